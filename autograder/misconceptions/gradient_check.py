"""Mistakes in measuring a derivative: the slope, the numeric gradient, the relative errors, the setting.

What was measured tells less than how: the functions that a question hands out keep a record of where they were called.
The mistakes of a whole checker are in `checker`.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np

from autograder.gradients import relative_error
from autograder.misconceptions import checker
from autograder.misconceptions.misconception import Misconception
from autograder.misconceptions.movements import (
    accumulates,
    moved_together,
    never_moves,
    one_sided,
    other_step,
    skips_entries,
)
from autograder.questions import Probe
from autograder.questions.telling_setting import complaint
from autograder.records import Reply

LESSON = "04_gradient_check"
SLOPE, GRADIENT, ERRORS, SETTING = (
    ("centred_slope",), ("numeric_gradient",), ("relative_errors",), ("telling_setting",),
)  # fmt: skip

A_SLOPE, AN_ENTRY, A_LAMBDA = (
    "A derivative, measured", "One entry at a time", "The lambda that ignores its argument",
)  # fmt: skip
FAR, SHOWS = "How far apart is far?", "A check sees what its setting shows"

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
    return moved.size > 0 and isinstance(reply.value, float) and (np.all(moved >= 0) or np.all(moved <= 0))


def _flattened(reply: Reply, probe: Probe) -> bool:
    value = reply.value
    return isinstance(value, np.ndarray) and value.shape == (probe.truth.size,) and probe.truth.ndim > 1


def _unseen_by_closure(reply: Reply, probe: Probe) -> bool:
    return isinstance(reply.value, np.ndarray) and reply.value.size > 0 and not np.any(reply.value)


def _errors(*formulas: Callable[[np.ndarray, np.ndarray], np.ndarray]) -> Callable[[Reply, Probe], bool]:
    """The answer is one of these wrong formulas."""

    def matches(reply: Reply, probe: Probe) -> bool:
        value, a, b = reply.value, probe.setting["a"], probe.setting["b"]
        if not isinstance(value, np.ndarray) or value.shape != a.shape:
            return False
        with np.errstate(all="ignore"):
            # Whoever thought of 0/0 has 0 there.
            predictions = [np.where((a == 0) & (b == 0), 0.0, formula(a, b)) for formula in formulas]
        return any(np.allclose(value, predicted, rtol=1e-6, equal_nan=True) for predicted in predictions)

    return matches


def _undefined_at_zero(reply: Reply, probe: Probe) -> bool:
    both_zero = (probe.setting["a"] == 0) & (probe.setting["b"] == 0)
    value = reply.value
    if not isinstance(value, np.ndarray) or value.shape != both_zero.shape or value.dtype.kind != "f":
        return False
    return bool(both_zero.any()) and bool(np.array_equal(np.isnan(value), both_zero))


def _setting(holds: Callable[[dict], bool]) -> Callable[[Reply, Probe], bool]:
    return lambda reply, probe: complaint(reply.value) is None and holds(reply.value)


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
        "two_steps_apart", (*SLOPE, *GRADIENT),
        "Your {name} is exactly twice the slope.",
        "The two points are x - h and x + h. What is the distance between them?",
        "Divided by h, as in the one-sided difference, though the points are 2h apart.",
        A_SLOPE,
        matches=_times(lambda h: 2.0),
    ),
    named(
        "not_divided_by_the_step", (*SLOPE, *GRADIENT),
        "Your {name} is the difference of two values, not yet divided by the distance between the two points.",
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
        matches=_times(lambda h: h * h),
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
    named(
        "errors_without_abs", ERRORS,
        "Your {name} is negative where a is smaller than b.",
        "An error is a distance: take the absolute value of the difference.",
        "The bars around the difference were not written.",
        FAR,
        matches=_errors(lambda a, b: (a - b) / (np.abs(a) + np.abs(b))),
    ),
    named(
        "size_without_abs", ERRORS,
        "Where a and b have opposite signs your {name} divides by almost nothing.",
        "Take the absolute values first and add them then.",
        "|a + b| in place of |a| + |b|.",
        FAR,
        matches=_errors(lambda a, b: np.abs(a - b) / np.abs(a + b)),
    ),
    named(
        "relative_to_one_of_them", ERRORS,
        "Your {name} divides by the size of one of the two arrays.",
        "Divide by both sizes together, so that neither a nor b is special.",
        "The textbook's relative error, where one of the two is the truth.",
        FAR,
        matches=_errors(lambda a, b: np.abs(a - b) / np.abs(b), lambda a, b: np.abs(a - b) / np.abs(a)),
    ),
    named(
        "relative_to_the_larger", ERRORS,
        "Your {name} divides by the larger of the two sizes. That is in use as well; here it is their sum.",
        "Replace the maximum by a sum. A flipped sign then gives exactly 1.",
        "A convention, not a mistake in reasoning: max(|a|, |b|) is in many libraries.",
        FAR,
        matches=_errors(lambda a, b: np.abs(a - b) / np.maximum(np.abs(a), np.abs(b))),
    ),
    named(
        "absolute_errors", ERRORS,
        "Your {name} is the distance itself, not yet relative to anything.",
        "Divide it by |a| + |b|, entry by entry.",
        "The absolute error is the first that comes to mind.",
        FAR,
        matches=_errors(lambda a, b: np.abs(a - b)),
    ),
    named(
        "errors_undefined_at_zero", ERRORS,
        "Your {name} is nan where both entries are 0: NumPy was asked for 0/0.",
        "Two zeros agree, so their error is 0. Which denominator is safe there?",
        "The formula has no answer for 0/0, and gradients are full of exact zeros.",
        FAR,
        matches=_undefined_at_zero,
        parts=("zeros",),
    ),
    named(
        "one_error_for_all", ERRORS,
        "Your {name} is one number; one for each entry was asked for.",
        "Leave out the maximum or the mean: it belongs into the checker.",
        "Most libraries return the largest error only.",
        FAR,
        matches=lambda reply, probe: isinstance(reply.value, float),
    ),
    *(
        named(slug, SETTING, says, try_next, why, SHOWS, matches=_setting(holds), parts=parts)
        for slug, parts, holds, says, try_next, why in (
            ("square_setting", ("transposed",), lambda s: s["D"] == s["C"],
             "In your setting W is square: W.T fits wherever W does.",
             "Make all three sizes different.", "Round sizes are quickly typed."),
            ("scores_near_zero", ("bias_left_out", "uniform_probabilities"),
             lambda s: max(s["weights"], s["biases"]) < 1e-2,
             "In your setting all scores are near 0, and all probabilities near 1/C.",
             "Use weights of order 1 for a check, whatever you train with.", "Training starts from tiny weights."),
            ("zero_biases", ("bias_left_out",), lambda s: s["biases"] < 1e-3,
             "In your setting the biases are 0 or nearly so: leaving them out changes nothing.",
             "Give the biases a size that is like that of the scores.", "Biases start at 0 in training."),
            ("one_class", ("first_label",), lambda s: len(set(s["labels"])) == 1,
             "In your setting every example has the same label.",
             "Let the first label differ from some of the others.", "A list of zeros is quickly typed."),
            ("penalty_swamps_data", ("averaged_twice",), lambda s: s["reg"] * s["weights"] > 100,
             "In your setting the regularisation is so large that what the data say is lost behind it.",
             "Make both parts of the gradient of like size.", "A large reg seems to make the check stricter."),
            ("no_penalty", ("penalty_missing",), lambda s: s["reg"] * s["weights"] < 1e-3,
             "In your setting the regularisation adds next to nothing: forgetting it goes unseen.",
             "Check with a reg that is clearly above 0.", "reg = 0 is the default of most losses."),
        )
    ),
    *checker.MISCONCEPTIONS,
)  # fmt: skip
