"""The pictures of `03_softmax_relu`: where exp ends, what that does to a loss, a pair of slopes, rows that sum to 0.

Everything drawn is computed or measured when it is drawn. Plots follow the rules in `drawing`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from autograder.gradients import numeric_gradient

DARK, BRIGHT, GREY = "#08306b", "#d94801", "0.45"
LOOKS = ((BRIGHT, ":", "s"), (GREY, "--", "^"), (DARK, "-", "o"))


def ends_of_exp() -> tuple[float, float]:
    """The largest s whose exp is 0, and the smallest whose exp is inf, each to a thousandth; found by trying."""
    s = np.arange(-760_000, 720_000) / 1000
    with np.errstate(over="ignore", under="ignore"):
        e = np.exp(s)
    return float(s[e == 0].max()), float(s[np.isinf(e)].min())


def plot_exp() -> None:
    """The order of magnitude of exp(s) against s, with the two ends of what a float can hold."""
    import matplotlib.pyplot as plt

    low, high = ends_of_exp()
    s = np.linspace(low + 0.01, high - 0.01, 400)
    figure, axes = plt.subplots(figsize=(7.2, 3.6))
    axes.plot(s, np.log10(np.exp(s)), color=DARK)
    for start, end, hatch, text in ((-1000, low, "\\\\", "exp(s) is 0"), (high, 1000, "//", "exp(s) is inf")):
        axes.axvspan(start, end, facecolor="#fdae6b", edgecolor=BRIGHT, hatch=hatch, alpha=0.5)
        box = {"facecolor": "white", "edgecolor": "none", "pad": 2}
        axes.text((start + end) / 2, 0, text, ha="center", va="center", rotation=90, bbox=box)
    axes.set(xlim=(-1000, 1000), xlabel="score s", ylabel="log10 of exp(s)")
    axes.set_title(f"exp(s) overflows from s = {high:.1f} on, and is 0 from s = {low:.1f} down")
    _tidy(axes)
    figure.tight_layout()


Loss = Callable[[np.ndarray, np.ndarray], float]


def losses_by_gap(losses: Mapping[str, Loss], gaps: np.ndarray) -> dict[str, np.ndarray]:
    """What each of `losses` says of one example with the scores 0 and gap, the right class being the first.

    Returns arrays of the shape of `gaps`; a loss that is not written is left out.
    """
    found = {}
    for name, loss in losses.items():
        try:
            with np.errstate(all="ignore"):
                found[name] = np.array([loss(np.array([[0.0, gap]]), np.array([0])) for gap in gaps], dtype=float)
        except NotImplementedError:
            print(f"{name} is not written yet.")
    return found


def plot_losses(losses: Mapping[str, Loss]) -> None:
    """Loss against the gap between two scores, one line each; a cross where a line ends in nan or inf."""
    import matplotlib.pyplot as plt

    gaps = np.arange(0.0, 1001.0)
    found = losses_by_gap(losses, gaps)
    if not found:
        return
    figure, axes = plt.subplots(figsize=(7.2, 3.8))
    ends = []
    for (name, loss), (colour, line, _), width in zip(found.items(), LOOKS, (6, 3.5, 1.5), strict=False):
        finite = np.isfinite(loss)
        if not finite[0]:
            print(f"{name} is not a finite number even for two equal scores.")
            continue
        shown = np.where(finite, loss, np.nan)
        axes.plot(gaps, shown, color=colour, linestyle=line, linewidth=width, label=name)
        if not finite.all():
            last = int(np.argmin(finite)) - 1
            axes.plot(gaps[last], loss[last], color=colour, marker="X", markersize=12, linestyle="")
            ends.append(f"{gaps[last]:.0f}")
    axes.set(xlabel="how far the right class is below the best", ylabel="loss")
    if ends:
        axes.set_title(f"The last finite loss is at a gap of {' and of '.join(ends)} (crosses)")
    else:
        axes.set_title("Every loss is finite, at every gap")
    axes.legend(frameon=False)
    _tidy(axes)
    figure.tight_layout()


def plot_slopes(penalties: Mapping[str, Callable[[np.ndarray], np.ndarray]], reg: float) -> None:
    """The measured slope of each penalty against the weight, for one weight. `penalties`: name → function of w."""
    import matplotlib.pyplot as plt

    w = np.linspace(-2, 2, 9)
    figure, axes = plt.subplots(figsize=(6.8, 3.8))
    said = []
    for (name, penalty), (colour, line, marker) in zip(penalties.items(), LOOKS[::2], strict=False):
        slopes = numeric_gradient(penalty, w.copy())
        axes.plot(w, slopes, color=colour, linestyle=line, marker=marker, label=f"measured slope of {name}")
        said.append(f"{np.polyfit(w, slopes, 1)[0] / reg:.3g}·reg·w")
    axes.set(xlabel="weight w", ylabel="slope")
    axes.set_title(f"Two penalties, two slopes: {' and '.join(said)}")
    axes.legend(frameon=False)
    _tidy(axes)
    figure.tight_layout()


def plot_row_sums(dscores: np.ndarray, y: np.ndarray) -> None:
    """Each row of dscores as a stack of bars: up what is positive, down what is negative, the right class hatched."""
    import matplotlib.pyplot as plt

    dscores = np.asarray(dscores, dtype=float)
    figure, axes = plt.subplots(figsize=(7.2, 3.8))
    fills = ("#08306b", "#4292c6", "#9ecae1", "#deebf7")
    for i, row in enumerate(dscores):
        up = down = 0.0
        for k, entry in enumerate(row):
            right = k == y[i]
            axes.bar(
                i, entry, bottom=up if entry > 0 else down, width=0.6, color="#fdae6b" if right else fills[k % 4],
                hatch="///" if right else "", edgecolor="white" if not right else BRIGHT,
            )  # fmt: skip
            up, down = (up + entry, down) if entry > 0 else (up, down + entry)
        axes.text(i + 0.34, 0.01, " sum 0" if abs(row.sum()) < 1e-12 else f" sum {row.sum():.1g}", fontsize=9)
    axes.axhline(0, color="black", linewidth=0.8)
    axes.set_xticks(range(len(dscores)), [f"example {i + 1}" for i in range(len(dscores))])
    axes.set(ylabel="entries of dScores", xlim=(-0.5, len(dscores)))
    zero = np.abs(dscores.sum(axis=1)).max() < 1e-12
    what = "goes up by as much as it goes down: its sum is 0" if zero else "should sum to 0, and one does not"
    axes.set_title(f"Each row {what}\n(hatched: the right class; blue: the others)", fontsize=11)
    _tidy(axes)
    figure.tight_layout()


def _tidy(axes) -> None:
    axes.grid(alpha=0.3)
    axes.set_axisbelow(True)
    axes.spines[["top", "right"]].set_visible(False)
