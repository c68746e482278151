"""Figures of many kinds, drawn as a notebook draws them: `python gallery.py stock|faster FILE.npz`.

Not a test: what `test_figures` runs twice, each time in a process of its own.
"""

from __future__ import annotations

import datetime
import io
import sys
from collections.abc import Callable

import matplotlib

matplotlib.use("agg")
import matplotlib.pyplot as plt
import numpy as np
import PIL.Image
from IPython.core.pylabtools import print_figure
from matplotlib.colors import LogNorm, Normalize
from matplotlib.patches import FancyArrowPatch, FancyBboxPatch

FIGURES: dict[str, Callable[[np.random.Generator], None]] = {}


def figure(function: Callable) -> Callable:
    FIGURES[function.__name__] = function
    return function


@figure
def loss_curves(rng):
    _, axes = plt.subplots(1, 2, figsize=(10, 4))
    axes[0].plot(rng.random(200).cumsum(), label="loss")
    axes[0].set(xlabel="iteration", ylabel="loss", title="Loss")
    axes[0].legend()
    axes[1].plot(rng.random(20), "o--", label="train", gapcolor="red")
    axes[1].grid(True)


@figure
def weights_as_pictures(rng):
    figure, axes = plt.subplots(2, 5, figsize=(8, 3.4))
    for axis in axes.flat:
        axis.imshow(rng.random((8, 8)), cmap="gray")
        axis.set_xticks([])
    figure.suptitle("First layer")
    figure.tight_layout()


@figure
def step_sizes_on_logarithmic_axes(rng):
    h = np.logspace(-12, 0, 60)
    plt.loglog(h, h**2 + 1e-16 / h)
    plt.ylabel(r"$|a - n| / \max(|a|, |n|)$")
    plt.xlabel("$h$")
    plt.grid(True, which="both")


@figure
def scatter_with_colour_bar(rng):
    plt.scatter(*rng.standard_normal((2, 300)), c=rng.integers(0, 3, 300), s=12)
    plt.colorbar(label="class")


@figure
def colour_range_known_only_when_drawn(rng):
    picture = plt.imshow(rng.random((9, 9)))
    plt.colorbar(picture)
    picture.set_norm(Normalize())


@figure
def points_whose_range_is_known_only_when_drawn(rng):
    points = plt.scatter(*rng.random((2, 9)))
    points.set_array(1e5 * rng.random(9))
    plt.colorbar(points)


@figure
def contours(rng):
    x, y = np.meshgrid(np.linspace(-2, 2, 40), np.linspace(-2, 2, 40))
    plt.contourf(x, y, np.sin(x) * y, 20)
    plt.colorbar()
    plt.clabel(plt.contour(x, y, np.sin(x) * y))


@figure
def histogram_and_bars(rng):
    _, axes = plt.subplots(2)
    axes[0].hist(rng.standard_normal(500), bins=30, hatch="/")
    axes[1].bar_label(axes[1].bar(["ada", "ben"], [1, 2]))


@figure
def circuit_with_boxes_and_arrows(rng):
    axes = plt.gca()
    axes.add_patch(FancyBboxPatch((0.1, 0.1), 0.2, 0.2, boxstyle="round"))
    axes.add_patch(FancyArrowPatch((0.3, 0.3), (0.9, 0.9), arrowstyle="->", mutation_scale=20))
    axes.annotate("here", (0.5, 0.5), (1.2, 1.1), arrowprops={"arrowstyle": "fancy"}, bbox={"boxstyle": "round"})
    axes.text(-0.3, 0.5, "outside the axes", rotation=45, bbox={"facecolor": "yellow"})
    axes.set_axis_off()


@figure
def text_of_several_lines(rng):
    plt.text(0.5, 0.5, "two lines\nof $x^2$ and $\\frac{a}{b}$", fontsize=20, family="serif", wrap=True)
    plt.title("first\nsecond", loc="left", style="italic")


@figure
def other_fonts(rng):
    with plt.rc_context({"font.family": "monospace", "mathtext.fontset": "cm", "font.size": 14}):
        plt.plot([1, 2])
        plt.xlabel("mono $x_1$")
        FIGURES["other_fonts"].data = print_figure(plt.gcf())
    plt.ylabel("back again $x_1$")


@figure
def fonts_changed_in_place(rng):
    before = list(matplotlib.rcParams["font.sans-serif"])
    matplotlib.rcParams["font.sans-serif"].insert(0, "DejaVu Serif")
    plt.plot([1, 2])
    plt.title("serif now")
    FIGURES["fonts_changed_in_place"].data = print_figure(plt.gcf())
    matplotlib.rcParams["font.sans-serif"] = before


@figure
def text_without_smoothing(rng):
    with plt.rc_context({"text.antialiased": False, "text.hinting": "none"}):
        plt.plot([1, 2])
        plt.title("rough $x$")
        FIGURES["text_without_smoothing"].data = print_figure(plt.gcf())


@figure
def three_dimensions(rng):
    x, y = np.meshgrid(np.linspace(-2, 2, 15), np.linspace(-2, 2, 15))
    axes = plt.figure().add_subplot(projection="3d")
    axes.plot_surface(x, y, x * y, cmap="viridis")
    axes.scatter(*rng.random((3, 20)))
    axes.set_zlabel("z")


@figure
def polar(rng):
    plt.polar(np.linspace(0, 6, 50), np.linspace(0, 1, 50))


@figure
def twin_axes_with_offsets(rng):
    plt.plot(1e9 + np.arange(5))
    plt.twinx().plot(1e-7 * rng.random(5), "r")
    plt.minorticks_on()


@figure
def dates(rng):
    start = datetime.datetime(2024, 1, 1)
    plt.plot([start + datetime.timedelta(days=day) for day in range(90)], rng.random(90))
    plt.gcf().autofmt_xdate()


@figure
def constrained_layout_with_colour_bar(rng):
    figure, axes = plt.subplots(2, 2, layout="constrained")
    figure.colorbar(axes[0, 0].pcolormesh(rng.random((5, 5)), norm=LogNorm()), ax=axes)


@figure
def arrows_and_error_bars(rng):
    plt.quiver(*rng.random((4, 10)))
    plt.quiverkey(plt.quiver(*rng.random((4, 3))), 1.1, 1.1, 1, "unit")
    plt.errorbar(range(5), rng.random(5), yerr=0.1, capsize=3)
    plt.fill_between(range(5), 0, rng.random(5), alpha=0.3)


@figure
def pie_box_violin_table(rng):
    _, axes = plt.subplots(2, 2)
    axes[0, 0].pie([1, 2, 3], labels=["a", "b", "c"], autopct="%d%%", shadow=True)
    axes[0, 1].boxplot(rng.random((20, 3)))
    axes[1, 0].violinplot(rng.random((20, 3)))
    axes[1, 1].table([["1", "2"], ["3", "4"]], loc="center")


@figure
def legend_beside_the_axes(rng):
    plt.plot([1, 2], label="a long name $y = x$")
    plt.plot([2, 1], "s-", label="another", markevery=2)
    plt.legend(bbox_to_anchor=(1.05, 1), title="Lines", shadow=True)


@figure
def hand_drawn(rng):
    with plt.xkcd():
        plt.plot([1, 3, 2])
        FIGURES["hand_drawn"].data = print_figure(plt.gcf())


@figure
def large_picture_and_inset(rng):
    plt.imshow(rng.random((700, 900, 3)), interpolation="bilinear")
    plt.gca().inset_axes([0.6, 0.6, 0.3, 0.3]).plot([1, 2])


@figure
def double_resolution_and_dark(rng):
    with plt.style.context("dark_background"):
        plt.figure(dpi=180)
        plt.plot(rng.random(2000))
        FIGURES["double_resolution_and_dark"].data = print_figure(plt.gcf(), fmt="retina")


@figure
def labels_that_are_rotated(rng):
    plt.plot(["first", "second", "third"], [1, 2, 3])
    plt.xticks(rotation=60, ha="right")
    plt.yticks([1, 2, 3], ["$\\alpha$", "$10^{-3}$", "äöü"])


@figure
def measured_by_the_student(rng):
    plt.plot([1, 2])
    title = plt.title("measured")
    plt.gcf().canvas.draw()
    plt.figtext(0.1, 0.02, f"{title.get_window_extent().width:.6f}")


@figure
def an_artist_of_the_students_own(rng):
    class Counting(plt.Line2D):
        drawn = 0

        def draw(self, renderer):
            self.drawn += 1
            self.axes.set_title(f"drawn {self.drawn} times")
            super().draw(renderer)

    plt.gca().add_line(Counting([0, 1], [0, 1]))


def pixels(data: bytes) -> np.ndarray:
    return np.asarray(PIL.Image.open(io.BytesIO(data)))


def main(which: str, path: str) -> None:
    if which == "faster":
        from autograder.confined import figures

        if not figures.install():
            raise SystemExit("This matplotlib is not the one that figures.py knows.")
        figures.warm_up()
    drawn = {}
    for name, function in FIGURES.items():
        function(np.random.default_rng(0))
        drawn[name] = pixels(print_figure(plt.gcf()))
        if (early := getattr(function, "data", None)) is not None:
            drawn[f"{name}, inside its settings"] = pixels(early)
        plt.close("all")
    np.savez(path, **drawn)


if __name__ == "__main__":
    main(*sys.argv[1:])
