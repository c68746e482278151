"""What `04_gradient_check` shows after each prediction: step sizes, a kink, and settings that hide bugs.

Each picture waits for the student's prediction, and marks it beside what was measured. Nothing here is graded.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import numpy as np

from autograder.questions.telling_setting import BUGS, ROWS, SEEN_ABOVE, errors_of_rows

DARK, BRIGHT = "#08306b", "#d94801"
"""Far apart in lightness; line styles and hatching say the same once more."""

NOT_YET = "You have predicted nothing yet: write your prediction down first, then run this cell again."

STEPS = np.logspace(-15, -0.5, 59)
"""Four a decade."""

Slope = Callable[[Callable[[Any], Any], Any, Any], Any]


def _waits_for(predict: Callable[[], Any] | None) -> bool:
    """Whether the prediction is not made yet. Then nothing is drawn: what one has seen one cannot predict."""
    if predict is None:
        return False
    try:
        predict()
    except NotImplementedError:
        print(NOT_YET)
        return True
    return False


def step_errors(slope: Slope, dtype: type) -> np.ndarray:
    """Relative error of `slope(np.exp, x, h)` for each h of STEPS, computed in `dtype`: the median over 25 points, for
    rounding is a matter of luck at each single one."""
    points = np.linspace(0.5, 1.5, 25)
    with np.errstate(all="ignore"):
        slopes = [[float(slope(np.exp, dtype(x), dtype(h))) for x in points] for h in STEPS]
        return np.median(np.abs(np.array(slopes) / np.exp(points) - 1), axis=1)


def plot_step_sizes(slopes: Mapping[str, Slope], predict: Callable[[], Any] | None = None) -> None:
    """Error against step size, a panel for each precision and a line for each slope of `slopes` that is written.

    `predict`: returns the best centred steps for float64 and for float32, which are marked; the titles say which was.
    """
    import matplotlib.pyplot as plt

    if _waits_for(predict):
        return
    figure, panels = plt.subplots(1, 2, figsize=(9.2, 3.9), sharey=True)
    guesses = predict() if predict is not None else None
    guesses = guesses if isinstance(guesses, tuple | list) and len(guesses) == 2 else (None, None)
    for axes, dtype, guess in zip(panels, (np.float64, np.float32), guesses, strict=True):
        looks = iter([(BRIGHT, "--"), (DARK, "-")])
        found = ""
        for name, slope in slopes.items():
            colour, line = next(looks)
            try:
                errors = step_errors(slope, dtype)
            except NotImplementedError:
                print(f"{name} is not written yet.")
                continue
            # A step that vanishes beside x gives 0/0 or a slope of 0: an error of 1 at best.
            errors = np.where(np.isfinite(errors), errors, 1.0)
            axes.plot(STEPS, np.maximum(errors, 1e-17), color=colour, linestyle=line, label=name)
            found = f": {name} is best at h = {_digit(STEPS[np.argmin(errors)])}"
        if isinstance(guess, int | float) and guess > 0:
            axes.axvline(float(guess), color="0.35", linestyle=":", label="your guess")
        axes.set(xscale="log", yscale="log", xlabel="step h", ylim=(1e-13, 30))
        axes.set_title(f"{dtype.__name__}{found}", fontsize=10)
        axes.grid(alpha=0.3)
        axes.spines[["top", "right"]].set_visible(False)
    panels[0].set_ylabel("relative error of the slope")
    panels[0].legend(frameon=False, fontsize=9, loc="lower left")
    figure.tight_layout()


def _digit(number: float) -> str:
    """6e-06 as 6e-6."""
    mantissa, exponent = f"{number:.0e}".split("e")
    return f"{mantissa}e{int(exponent)}"


def plot_kink(slope: Slope, predict: Callable[[], Any]) -> None:
    """The slope of max(0, x) as it is measured near its kink, for two steps, with the prediction for x = 0 marked."""
    import matplotlib.pyplot as plt

    if _waits_for(predict):
        return
    x = np.linspace(-2e-5, 2e-5, 401)
    figure, axes = plt.subplots(figsize=(6.8, 3.6))
    try:
        for h, colour, line in ((1e-5, BRIGHT, "--"), (1e-6, DARK, "-")):
            measured = [float(slope(lambda x: max(0.0, x), float(at), h)) for at in x]
            axes.plot(x * 1e6, measured, color=colour, linestyle=line, label=f"measured with h = {_digit(h)}")
        middle = float(slope(lambda x: max(0.0, x), 0.0, 1e-6))
    except NotImplementedError:
        plt.close(figure)
        print("The slope is not written yet.")
        return
    guess = predict()
    if isinstance(guess, int | float):
        axes.plot([0], [float(guess)], marker="X", markersize=10, color="0.35", linestyle="", label="your guess")
    axes.set(xlabel="x, in millionths", ylabel="slope of max(0, x)", ylim=(-0.15, 1.15))
    axes.set_title(f"Within one step of the kink neither 0 nor 1 is measured; on it, {middle:.2g}")
    axes.grid(alpha=0.3)
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(frameon=False, fontsize=9, loc="upper left")
    figure.tight_layout()


def plot_hiding(predict: Callable[[], Any]) -> None:
    """The error that a check sees for each row of the lesson's table, with the rows marked that were predicted to hide
    their bug."""
    import matplotlib.pyplot as plt

    if _waits_for(predict):
        return
    guess = predict()
    guess = set(map(str, guess)) if isinstance(guess, Iterable) else set()
    errors = errors_of_rows()
    floor = 1e-9
    figure, axes = plt.subplots(figsize=(9.2, 4.2))
    for place, (letter, error) in enumerate(errors.items()):
        hidden = error < SEEN_ABOVE
        axes.barh(
            place, np.log10(max(error, floor * 1.6) / floor), left=0, color="#fdae6b" if hidden else DARK,
            hatch="///" if hidden else "", edgecolor=BRIGHT if hidden else DARK,
        )  # fmt: skip
        text = "0" if not error else _digit(error) if error < 0.01 else f"{error:.1f}"
        end = np.log10(max(error, floor * 1.6) / floor) + 0.1
        axes.text(end, place, text, va="center", fontsize=9, bbox={"facecolor": "white", "edgecolor": "none", "pad": 1})
        if letter in guess:
            axes.text(10.2, place, "you: hidden", va="center", fontsize=9)
    labels = [f"{letter}  {special}: {BUGS[bug][0]}" for letter, (special, bug, _) in ROWS.items()]
    axes.set_yticks(range(len(ROWS)), labels, fontsize=9)
    axes.invert_yaxis()
    decades = range(0, 10, 3)
    axes.set_xticks(list(decades), [f"1e{decade - 9}" if decade < 9 else "1" for decade in decades])
    axes.axvline(np.log10(SEEN_ABOVE / floor), color="0.35", linestyle=":")
    axes.text(np.log10(SEEN_ABOVE / floor) + 0.05, -0.75, "a usual tolerance", fontsize=9, color="0.35")
    axes.set(xlim=(0, 12.8), xlabel="relative error that the check sees")
    count = sum(error < SEEN_ABOVE for error in errors.values())
    axes.set_title(f"{count} of {len(errors)} bugs go unseen (hatched)", pad=18)
    axes.spines[["top", "right"]].set_visible(False)
    figure.tight_layout()
