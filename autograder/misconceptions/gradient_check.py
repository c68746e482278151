"""Mistakes in measuring a derivative: the slope and the numeric gradient.

What was measured tells less than how: the functions that a question hands out keep a record of where they were called.
The lesson's other mistakes are in `relative_errors`, `telling_setting` and `checker`.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np

from autograder.gradients import relative_error
from autograder.misconceptions import checker, relative_errors, telling_setting
from autograder.misconceptions.misconception import Misconception
from autograder.misconceptions.movements import (
    accumulates,
    moved_together,
    never_moves,
    one_sided,
    other_step,
    skips_entries,
    unequal_steps,
)
from autograder.questions import Probe
from autograder.records import Reply

LESSON = "04_gradient_check"
SLOPE, GRADIENT = ("centred_slope",), ("numeric_gradient",)

A_SLOPE, AN_ENTRY, A_LAMBDA = (
    "A derivative, measured", "One entry at a time", "The lambda that ignores its argument",
)  # fmt: skip

named = partial(Misconception, lesson=LESSON)


def _times(factor: Callable[[float], float]) -> Callable[[Reply, Probe], bool]:
    """The answer is the derivative times a number that depends on the step alone."""

    def matches(reply: Reply, probe: Probe) -> bool:
        value, truth = np.asarray(reply.value), np.asarray(probe.truth)
        if value.dtype.kind != "f" or value.shape != truth.shape or not np.isfinite(value).all():
            return False
        # 1e-3: the answer has the error of a difference quotient, which is wide for a wide step.
        return np.any(value) and relative_error(value, factor(probe.setting["step"]) * truth) < 1e-3

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


def _flattened(reply: Reply, probe: Probe) -> bool:
    value = reply.value
    return isinstance(value, np.ndarray) and value.shape == (probe.truth.size,) and probe.truth.ndim > 1


def _unseen_by_closure(reply: Reply, probe: Probe) -> bool:
    return isinstance(reply.value, np.ndarray) and reply.value.size > 0 and not np.any(reply.value)


HOW_THE_CALL_WENT = (
    named(
        "measured_by_the_package", (*GRADIENT, *checker.CHECKER),
        "{name} asks the package's numeric_gradient; in this lesson it is yours to write.",
        "Write the loop of the lesson. In later lessons the package's version is there for you.",
        "The import from an earlier lesson is still at hand.",
        AN_ENTRY,
        matches=lambda reply, probe: reply.used_numeric_gradient,
    ),
    named(
        "x_not_restored", (*GRADIENT, *checker.CHECKER),
        "f was called with several entries moved at once: each one stayed moved when the next had its turn.",
        "Put the entry back before you go on to the next one.",
        "`x[i] += h` without a line that undoes it.",
        AN_ENTRY,
        matches=lambda reply, probe: any(accumulates(moves) for moves in checker.movements(probe)),
        parts=("value", "matrix", "step", "alone", *checker.PARTS),
    ),
    named(
        "restored_by_adding_back", (*GRADIENT, *checker.CHECKER),
        "After the call x differs in its last digit from what it was: adding and subtracting h does not cancel.",
        "Keep the old value in a variable, and write it back when you are done with the entry.",
        "`x[i] += h; …; x[i] -= 2*h; …; x[i] += h`: right on paper, off by a rounding in floating point.",
        AN_ENTRY,
        matches=lambda reply, probe: any(name.startswith("x") for name in reply.changed)
        and not any(never_moves(moves) for moves in checker.movements(probe)),
        parts=("alone",),
    ),
)  # fmt: skip

MISCONCEPTIONS = (
    named(
        "one_sided_slope", SLOPE,
        "f was called on one side of x only: this is a one-sided difference.",
        "Ask f on both sides, at x + h and at x - h. How far apart are these two points?",
        "The definition of the derivative from school is one-sided.",
        A_SLOPE,
        matches=_one_sided_slope,
    ),
    named(
        "asked_elsewhere", SLOPE,
        "f was called at a place that is neither x, x - h nor x + h.",
        "Print the two places for x = 3 and h = 0.1. Which two should they be?",
        "An x was left out, or the two ends of a difference changed places: f(h), f(h - x).",
        A_SLOPE,
        matches=_asked_elsewhere,
    ),
    named(
        "two_steps_apart", (*SLOPE, *GRADIENT),
        "Your {name} is exactly twice the slope.",
        "The two points are x - h and x + h. What is the distance between them?",
        "Divided by h, as in the one-sided difference, though the points are 2h apart.",
        A_SLOPE,
        matches=_times(lambda h: 2.0),
    ),
    named(
        "not_divided_by_the_step", (*SLOPE, *GRADIENT),
        "Your {name} still grows with the step: the difference of the two values was not divided by h.",
        "A slope is a rise over a run. Divide by the run.",
        "The division was forgotten, or only its 2 was kept.",
        A_SLOPE,
        matches=lambda reply, probe: any(_times(by)(reply, probe) for by in (lambda h: 2 * h, lambda h: h)),
    ),
    named(
        "multiplied_by_the_step", (*SLOPE, *GRADIENT),
        "Your {name} is h times h too small: it was multiplied by h where it should be divided.",
        "Python reads a / 2 * h from left to right. Where do the brackets belong?",
        "`/ 2 * h` for `/ (2 * h)`.",
        A_SLOPE,
        matches=lambda reply, probe: any(_times(f)(reply, probe) for f in (lambda h: h * h, lambda h: 4 * h * h)),
    ),
    named(
        "divided_by_the_step_again", (*SLOPE, *GRADIENT),
        "Your {name} is the slope divided by the step once more.",
        "A slope is a rise over a run. How often does the run stand below the line?",
        "`2 * h * h`, or a division in two places.",
        A_SLOPE,
        matches=lambda reply, probe: any(_times(f)(reply, probe) for f in (lambda h: 1 / h, lambda h: 0.5 / h)),
    ),
    named(
        "values_added", (*SLOPE, *GRADIENT),
        "Times h, your {name} is about f(x) itself; of a difference a constant in f would drop out.",
        "Take the value on the left from the value on the right; a constant in f then drops out.",
        "f(x + h) + f(x - h).",
        A_SLOPE,
        matches=_values_added,
    ),
    named(
        "sides_exchanged", (*SLOPE, *GRADIENT),
        "Your {name} has the right size and the wrong sign.",
        "Take the value on the left from the value on the right.",
        "f(x - h) - f(x + h).",
        A_SLOPE,
        matches=_times(lambda h: -1.0),
    ),
    named(
        "copy_moved_original_asked", GRADIENT,
        "Each time f was called, its argument was x itself: nothing had moved.",
        "Which array did you change, and which one did you hand to f?",
        "A copy is perturbed and the original handed over.",
        A_LAMBDA,
        matches=lambda reply, probe: any(never_moves(moves) for moves in checker.movements(probe)),
    ),
    named(
        "closure_sees_no_change", GRADIENT,
        "A function that ignores its argument and reads the array itself saw nothing move: every entry came out 0.",
        "Change the entry in x itself, call f, and put the old value back.",
        "A copy is perturbed: right for a function of its argument, blind for `lambda W: net.loss(X, y)[0]`.",
        A_LAMBDA,
        matches=_unseen_by_closure,
        parts=("closure",),
        unless=("one_sided_gradient", "copy_moved_original_asked"),
    ),
    named(
        "rows_moved_together", GRADIENT,
        "In a matrix your {name} moves a whole row at once.",
        "Let the loop run over `np.ndindex(x.shape)`: its index names one entry, whatever the shape.",
        "`for i in range(len(x)): x[i] += h` moves one entry of a vector and one row of a matrix.",
        AN_ENTRY,
        matches=lambda reply, probe: any(moved_together(moves) for moves in checker.movements(probe)),
        parts=("matrix",),
    ),
    named(
        "entries_never_moved", GRADIENT,
        "Some entries of x were never moved.",
        "How far does your loop run? Every entry needs its turn.",
        "The loop returns in its first pass, or stops one short.",
        AN_ENTRY,
        matches=lambda reply, probe: any(skips_entries(moves) for moves in checker.movements(probe)),
    ),
    named(
        "one_sided_gradient", GRADIENT,
        "Each entry was moved to one side only: the result is a one-sided difference.",
        "Move the entry up and down, and divide by the distance between the two.",
        "One call fewer, and an error that shrinks with h instead of h².",
        A_SLOPE,
        matches=lambda reply, probe: any(one_sided(moves) for moves in checker.movements(probe)),
    ),
    named(
        "unequal_steps", GRADIENT,
        "f was called with entries moved by unequal amounts: not each by h, to either side.",
        "Print the places where f is called, for x = np.array([3.0, 5.0]). Which entries should stand there?",
        "An entry is set to h, not moved by it, or h - x stands for x - h.",
        AN_ENTRY,
        matches=lambda reply, probe: any(map(unequal_steps, checker.movements(probe))),
    ),
    named(
        "step_ignored", GRADIENT,
        "Your {name} was asked to take steps of 0.01, and took others.",
        "Use the parameter h inside the loop, not a number of your own.",
        "The step is written into the loop as a constant.",
        AN_ENTRY,
        matches=lambda reply, probe: any(other_step(m, probe.setting["step"]) for m in checker.movements(probe)),
        parts=("step",),
    ),
    named(
        "gradient_flattened", GRADIENT,
        "Your {name} has one row of entries; x is a matrix.",
        "Make the result with the shape of x.",
        "`np.zeros(x.size)`, or a list that is turned into an array at the end.",
        AN_ENTRY,
        matches=_flattened,
        parts=("matrix",),
    ),
    *relative_errors.MISCONCEPTIONS,
    *telling_setting.MISCONCEPTIONS,
    *checker.MISCONCEPTIONS,
)  # fmt: skip
