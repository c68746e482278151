"""The lessons' pictures, so that plotting code stays out of the lessons. Colours differ in lightness, too: they survive
a grey printer, and hatching marks what colour marks."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence

import numpy as np

from autograder.errors import QuestionError

MOVED, TOUCHED, FACTOR = "#08306b", "#fdae6b", "#c6dbef"
"""The entry that is moved, the entries of Y that move with it, and the numbers that multiply it."""


def touched_by(entry: str, N: int = 4, D: int = 3, C: int = 2) -> np.ndarray:
    """Which entries of Y = XW + b move when one entry of X, W or b moves. Found by moving it.

    `entry`: as on paper, counted from 1: `"b2"`, `"w31"`, `"x43"`.
    Returns (N, C) booleans.
    Raises `QuestionError` when there is no such entry.
    """
    name, index = _parse(entry, N, D, C)
    rng = np.random.default_rng(0)
    at = {"x": rng.uniform(1, 2, (N, D)), "w": rng.uniform(1, 2, (D, C)), "b": rng.uniform(1, 2, C)}
    before = at["x"] @ at["w"] + at["b"]
    at[name][index] += 1
    return at["x"] @ at["w"] + at["b"] != before


def _parse(entry: str, N: int, D: int, C: int) -> tuple[str, tuple[int, ...]]:
    shape = {"x": (N, D), "w": (D, C), "b": (C,)}.get(entry[:1].lower(), ())
    index = tuple(int(digit) - 1 for digit in entry[1:] if digit.isdecimal())
    inside = len(index) == len(shape) and all(0 <= i < n for i, n in zip(index, shape, strict=True))
    if not shape or not inside:
        raise QuestionError(
            f"There is no entry {entry!r} with N = {N}, D = {D}, C = {C}.",
            'Write it as on paper, counted from 1: "b2", "w31", "x43".',
        )
    return entry[0].lower(), index


def draw_touched(entry: str, N: int = 4, D: int = 3, C: int = 2) -> None:
    """Draw X, W, b and Y as grids of entries, with one entry of X, W or b moved and what it touches marked.

    `entry`: as in `touched_by`.
    """
    import matplotlib.pyplot as plt

    name, index = _parse(entry, N, D, C)
    touched = touched_by(entry, N, D, C)
    grids = {"x": (N, D), "w": (D, C), "b": (1, C), "y": (N, C)}
    width = sum(columns for _, columns in grids.values()) + 3 * 1.3
    figure, axes = plt.subplots(figsize=(width * 0.68, max(N, D) * 0.68 + 0.75))
    left = 0.0
    for grid, (rows, columns) in grids.items():
        top = (max(N, D) - rows) / 2
        for i in range(rows):
            for j in range(columns):
                look = _look(grid, i, j, name, index, touched)
                _draw_entry(axes, left + j, top + i, _label(grid, i, j), look)
        title = {"x": "X", "w": "W", "b": "b", "y": "Y"}[grid]
        axes.text(left + columns / 2, top - 0.35, f"${title}$", ha="center", va="center", fontsize=14)
        left += columns
        if (between := {"x": "·", "w": "+", "b": "="}.get(grid)) is not None:
            axes.text(left + 0.65, max(N, D) / 2, between, ha="center", va="center", fontsize=18)
            left += 1.3
    axes.set(xlim=(-0.1, left + 0.1), ylim=(max(N, D) + 0.1, -0.65), aspect="equal")
    axes.axis("off")
    count = int(touched.sum())
    axes.set_title(f"${_label_of(entry)}$ moves {count} of the {N * C} entries of $Y$", fontsize=13, pad=10)
    figure.tight_layout()


def _look(grid: str, i: int, j: int, name: str, index: tuple[int, ...], touched: np.ndarray) -> tuple[str, str, str]:
    """Fill, hatch and text colour of one entry."""
    if grid == name and (i, j)[-len(index) :] == index:
        return MOVED, "", "white"
    if grid == "y" and touched[i, j]:
        return TOUCHED, "///", "black"
    if (name == "w" and grid == "x" and j == index[0]) or (name == "x" and grid == "w" and i == index[1]):
        return FACTOR, "", "black"
    return "white", "", "0.35"


def _label(grid: str, i: int, j: int) -> str:
    return f"{grid}_{{{j + 1}}}" if grid == "b" else f"{grid}_{{{i + 1}{j + 1}}}"


def _label_of(entry: str) -> str:
    return f"{entry[0].lower()}_{{{entry[1:]}}}"


def _draw_entry(axes, x: float, y: float, label: str, look: tuple[str, str, str]) -> None:
    from matplotlib.patches import Rectangle

    fill, hatch, ink = look
    axes.add_patch(Rectangle((x + 0.04, y + 0.04), 0.92, 0.92, facecolor=fill, edgecolor="0.5", linewidth=0.8))
    if hatch:
        axes.add_patch(
            Rectangle((x + 0.04, y + 0.04), 0.92, 0.92, facecolor="none", edgecolor="#d94801", hatch=hatch, linewidth=0)
        )
    background = {"facecolor": fill, "edgecolor": "none", "pad": 1.0} if hatch else None
    axes.text(x + 0.5, y + 0.5, f"${label}$", ha="center", va="center", fontsize=12, color=ink, bbox=background)


def measure_times(
    functions: Mapping[str, Callable[[np.ndarray, np.ndarray], np.ndarray]],
    sizes: Sequence[int] = (4, 8, 16, 32, 64),
) -> dict[str, list[float]]:
    """Seconds that each function of (X, dY) takes when N = D = C = size; the best of three calls.

    A function that is not written yet (NotImplementedError) is left out.
    """
    rng = np.random.default_rng(0)
    times: dict[str, list[float]] = {}
    for name, function in functions.items():
        try:
            times[name] = [_best_of_three(function, rng.normal(size=(n, n)), rng.normal(size=(n, n))) for n in sizes]
        except NotImplementedError:
            print(f"{name} is not written yet.")
    return times


def _best_of_three(function, X, dY) -> float:
    seconds = []
    for _ in range(3):
        start = time.perf_counter()
        function(X, dY)
        seconds.append(time.perf_counter() - start)
        if sum(seconds) > 1:  # slow enough to be measured well by one call
            break
    return min(seconds)


def plot_times(times: Mapping[str, Sequence[float]], sizes: Sequence[int] = (4, 8, 16, 32, 64)) -> None:
    """Seconds against size on two logarithmic axes, one line a function; the title states the last ratio."""
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(figsize=(6.4, 3.8))
    styles = [("#08306b", "o", "-"), ("#d94801", "s", "--")]
    for (name, seconds), (colour, marker, line) in zip(times.items(), styles, strict=False):
        axes.plot(sizes, seconds, color=colour, marker=marker, linestyle=line, label=name)
        axes.annotate(name, (sizes[-1], seconds[-1]), xytext=(8, 0), textcoords="offset points", va="center")
    axes.set(xscale="log", yscale="log", xlabel="size (N = D = C)", ylabel="seconds for one call")
    axes.set_xticks(list(sizes), [str(size) for size in sizes])
    axes.minorticks_off()
    axes.grid(alpha=0.3)
    axes.spines[["top", "right"]].set_visible(False)
    axes.margins(x=0.12)
    if len(times) == 2:
        (slow, slow_times), (fast, fast_times) = times.items()
        ratio = slow_times[-1] / fast_times[-1]
        axes.set_title(f"At size {sizes[-1]}, {slow} takes {ratio:,.0f} times as long as {fast}")
    figure.tight_layout()
