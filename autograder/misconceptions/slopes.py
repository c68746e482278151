"""Mistakes in a difference quotient: where f was asked, the rise, and the run below it.

In a slope and in every entry of a gradient they are the same. An answer is taken apart first
(`stages_of_gradient_check`), which tells two of them apart; the relations here are for what was written in another way.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np

from autograder.gradients import relative_error
from autograder.misconceptions.misconception import Misconception
from autograder.questions import Probe
from autograder.records import Reply

LESSON = "04_gradient_check"
SLOPE, GRADIENT = ("centred_slope",), ("numeric_gradient",)
A_SLOPE = "A derivative, measured"

named = partial(Misconception, lesson=LESSON, heading=A_SLOPE, relation=True)


def _times(factor: Callable[[float], float]) -> Callable[[Reply, Probe], bool]:
    """The answer is the derivative times a number that depends on the step alone."""

    def matches(reply: Reply, probe: Probe) -> bool:
        value, truth = np.asarray(reply.value), np.asarray(probe.truth)
        if value.dtype.kind != "f" or value.shape != truth.shape or not np.isfinite(value).all():
            return False
        # 1e-6: above the error of a centred difference, below that of a one-sided one.
        return np.any(value) and relative_error(value, factor(probe.setting["step"]) * truth) < 1e-6

    return matches


def _one_sided_slope(reply: Reply, probe: Probe) -> bool:
    moved = np.array(probe.setting["calls"]) - probe.setting["x"]
    if not moved.size or not isinstance(reply.value, float) or _asked_elsewhere(reply, probe):
        return False
    return bool(np.all(moved >= 0) or np.all(moved <= 0))


def _asked_elsewhere(reply: Reply, probe: Probe) -> bool:
    """At a place that is neither x nor one step away from it."""
    moved = np.abs(np.array(probe.setting["calls"]) - probe.setting["x"])
    far = ~np.isclose(moved, probe.setting["step"], rtol=1e-3) & (moved > 1e-14)
    # Two places a step apart, or halves of a step on either side, are ways to measure, too.
    usual = np.isclose(moved, 2 * probe.setting["step"], rtol=1e-3) | np.isclose(
        moved, probe.setting["step"] / 2, rtol=1e-3
    )
    return bool(np.any(far & ~usual))


def _values_added(reply: Reply, probe: Probe) -> bool:
    """In each entry; within 3 %, the change of f within a step."""
    value, truth, f = np.asarray(reply.value), np.asarray(probe.truth), probe.arguments.get("f")
    if f is None or value.dtype.kind != "f" or value.shape != truth.shape:
        return False
    terrain = probe.setting.get("terrain")
    calls = probe.setting["calls"] if terrain is None else terrain.calls
    before, at_x, step = len(calls), f(probe.arguments["x"]), probe.setting["step"]
    del calls[before:]  # ours
    return np.allclose(value * step, at_x, rtol=0.03, atol=0) and not np.allclose(truth * step, at_x, rtol=0.1, atol=0)


MISCONCEPTIONS = (
    named(
        "one_sided_slope", SLOPE,
        "f was called on one side of x only; a centred difference asks on both.",
        "Ask f on both sides, at x + h and at x - h. How far apart are these two points?",
        "The definition of the derivative from school is one-sided.",
        matches=_one_sided_slope,
    ),
    named(
        "asked_elsewhere", SLOPE,
        "f was called at a place that is neither x, x - h nor x + h.",
        "Print the two places for x = 3 and h = 0.1. Which two should they be?",
        "An x was left out, or the two ends of a difference changed places: f(h), f(h - x).",
        matches=_asked_elsewhere,
    ),
    named(
        "two_steps_apart", (*SLOPE, *GRADIENT),
        "Your {name} is exactly twice the slope.",
        "The two points are x - h and x + h. What is the distance between them?",
        "Divided by h, as in the one-sided difference, though the points are 2h apart.",
        matches=_times(lambda h: 2.0),
    ),
    named(
        "not_divided_by_the_step", (*SLOPE, *GRADIENT),
        "Your {name} still grows with the step: the difference of the two values was not divided by h.",
        "A slope is a rise over a run. Divide by the run.",
        "The division was forgotten, or only its 2 was kept.",
        matches=lambda reply, probe: any(_times(by)(reply, probe) for by in (lambda h: 2 * h, lambda h: h)),
    ),
    named(
        "multiplied_by_the_step", (*SLOPE, *GRADIENT),
        "Your {name} shrinks with the square of the step: it was multiplied by h where it should be divided.",
        "Python reads a / 2 * h from left to right. Where do the brackets belong?",
        "`/ 2 * h` for `/ (2 * h)`.",
        matches=lambda reply, probe: any(_times(f)(reply, probe) for f in (lambda h: h * h, lambda h: 4 * h * h)),
    ),
    named(
        "divided_by_the_step_again", (*SLOPE, *GRADIENT),
        "Your {name} is the slope divided by the step once more.",
        "A slope is a rise over a run. How often does the run stand below the line?",
        "`2 * h * h`, or a division in two places.",
        matches=lambda reply, probe: any(_times(f)(reply, probe) for f in (lambda h: 1 / h, lambda h: 0.5 / h)),
    ),
    named(
        "values_added", (*SLOPE, *GRADIENT),
        "Times h, your {name} is about f(x) itself; of a difference a constant in f would drop out.",
        "Take the value on the left from the value on the right; a constant in f then drops out.",
        "f(x + h) + f(x - h).",
        matches=_values_added,
    ),
    named(
        "one_value_alone", (*SLOPE, *GRADIENT),
        "Your {name} is one value of f over the run: no other value was taken from it.",
        "A slope is a rise over a run. Which two values make the rise?",
        "Half of the difference was left out: `f(x + h) / (2 * h)`.",
    ),
    named(
        "run_of_another_length", (*SLOPE, *GRADIENT),
        "Your {name} is the rise divided by a multiple of h that is not the distance of the two points.",
        "The two points are x - h and x + h. What is the distance between them?",
        "`3 * h` or `4 * h`, from another formula, or a 2 that stands twice.",
    ),
    named(
        "sides_exchanged", (*SLOPE, *GRADIENT),
        "Your {name} has the right size and the wrong sign.",
        "Take the value on the left from the value on the right.",
        "f(x - h) - f(x + h).",
        matches=_times(lambda h: -1.0),
    ),
)  # fmt: skip
