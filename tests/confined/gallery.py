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
from matplotlib.markers import MarkerStyle
from matplotlib.patches import FancyArrowPatch, FancyBboxPatch
from matplotlib.path import Path
from matplotlib.transforms import Affine2D

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
def ticks_of_many_kinds(rng):
    _, axes = plt.subplots(2, 2)
    for axis in axes.flat:
        axis.plot(rng.random(30).cumsum())
    axes[0, 0].tick_params(direction="in", length=9, width=3, color=np.array([1, 0, 0]), labelcolor="green", pad=9)
    axes[0, 1].tick_params(top=True, labeltop=True, right=True, bottom=False, labelbottom=False, labelrotation=40)
    axes[0, 1].set_title("above its ticks")
    axes[1, 0].minorticks_on()
    axes[1, 0].tick_params(which="minor", length=7, direction="inout")
    axes[1, 0].grid(True, which="minor", linestyle=":", color="orange", alpha=0.4)
    axes[1, 1].xaxis.tick_top()
    axes[1, 1].invert_yaxis()


@figure
def ticks_changed_one_by_one(rng):
    _, axes = plt.subplots(1, 3)
    first = axes[0].xaxis.get_major_ticks()[0]
    first.label1.set_fontsize(18)
    first.tick1line.set_markersize(15)
    first.gridline.set(visible=True, color="red")
    plt.setp(axes[1].get_yticklabels()[:2], color="blue", fontsize=15, rotation=30)
    axes[1].get_xticklabels()[1].set_bbox({"facecolor": "yellow"})
    axes[2].xaxis.get_major_ticks(12)[5].label1.set_color("magenta")
    axes[2].set_xticks(np.linspace(0, 1, 12), minor=False)


@figure
def ticks_under_other_settings(rng):
    plt.subplot(221).plot([1, 2])
    with plt.rc_context({"xtick.major.size": 12, "ytick.color": "red", "grid.color": "#00ff0080", "axes.grid": True}):
        plt.subplot(222).plot([1, 2])
    with plt.rc_context({"font.size": 6, "lines.marker": "x", "xtick.labelsize": "large", "ytick.direction": "in"}):
        plt.subplot(223).plot([1, 2])
    plt.subplot(224).plot([1, 2])


@figure
def spines_through_the_middle(rng):
    axes = plt.gca()
    axes.plot(np.linspace(-3, 5, 50), np.linspace(-20, 9, 50))
    axes.spines[["left", "bottom"]].set_position("zero")
    axes.spines["top"].set_position(("axes", 0.7))
    axes.spines["right"].set_position(("outward", 20))
    axes.set(xlabel="$x$", ylabel="$y$", title="through the origin")
    axes.axis("equal")


@figure
def labels_in_line(rng):
    figure, axes = plt.subplots(2, 2)
    for axis, scale in zip(axes.flat, (1, 1e4, 1e-9, 100), strict=True):
        axis.plot(scale * rng.random(9))
        axis.set(xlabel="step", ylabel=f"{scale:g}", title=f"{scale:g}")
    axes[0, 1].tick_params(axis="x", rotation=55)
    figure.align_labels()
    figure.align_titles()


@figure
def markers_of_many_kinds(rng):
    turned = MarkerStyle("^", transform=Affine2D().rotate_deg(30))
    kinds = [
        "o",
        ".",
        ",",
        "$x^2$",
        (5, 1),
        (4, 2, 20),
        turned,
        turned.rotated(deg=60),
        turned,
        Path([(0, 0), (1, 1), (1, 0)]),
        "None",
        4,
        "",
    ]
    for row, kind in enumerate(kinds):
        plt.plot([0, 1], [row, row], marker=kind, fillstyle="left" if kind == "o" else None, label=f"line {row}")
    copied = plt.gca().add_line(plt.Line2D([0.2, 0.8], [0.5, 0.5]))
    copied.update_from(plt.gca().lines[6])
    copied.set(linestyle="--", transform=plt.gca().transData)
    plt.legend(ncols=3)


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
