"""Mistakes in the relative error of two arrays, told apart by the wrong formula that gives the same numbers."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np

from autograder.misconceptions.misconception import Misconception
from autograder.questions import Probe
from autograder.records import Reply

ERRORS, FAR = ("relative_errors",), "How far apart is far?"

named = partial(Misconception, lesson="04_gradient_check")


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


def _or_one(size: np.ndarray) -> np.ndarray:
    """As a student divides who guards against what is not positive."""
    return np.where(size > 0, size, 1)


MISCONCEPTIONS = (
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
        matches=_errors(
            lambda a, b: np.abs(a - b) / np.abs(a + b),
            lambda a, b: np.abs(a - b) / (np.abs(a) + b),
            lambda a, b: np.abs(a - b) / (a + np.abs(b)),
            lambda a, b: np.abs(a - b) / _or_one(a + b),
            lambda a, b: np.abs(a - b) / _or_one(np.abs(a) + b),
            lambda a, b: np.abs(a - b) / _or_one(a + np.abs(b)),
        ),
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
        "errors_multiplied", ERRORS,
        "Your {name} is the distance times |a| + |b|, not divided by it.",
        "An error is relative when doubling a and b leaves it alone. Does it?",
        "`*` in place of `/`.",
        FAR,
        matches=_errors(lambda a, b: np.abs(a - b) * (np.abs(a) + np.abs(b))),
    ),
    named(
        "errors_of_the_sum", ERRORS,
        "Your {name} is 1 where a and b agree: |a + b| stands above the line.",
        "The distance of two numbers is a difference.",
        "`a + b` in place of `a - b`.",
        FAR,
        matches=_errors(lambda a, b: np.abs(a + b) / (np.abs(a) + np.abs(b))),
    ),
    named(
        "errors_of_one_alone", ERRORS,
        "Only one of the two arrays stands above the line of your {name}.",
        "The distance of two numbers is a difference. Which one is missing?",
        "`np.abs(a)` in place of `np.abs(a - b)`.",
        FAR,
    ),
    named(
        "sizes_subtracted", ERRORS,
        "Your {name} divides by the difference of |a| and |b|; where they are alike that is almost nothing.",
        "Both sizes together are what the distance is held against: add them.",
        "`-` in place of `+` below the line.",
        FAR,
    ),
    named(
        "errors_divided_twice", ERRORS,
        "Your {name} is divided by |a| + |b| twice: it shrinks when a and b are doubled.",
        "An error is relative when doubling a and b leaves it alone. How often does the size stand below the line?",
        "A division in two places, or a square.",
        FAR,
    ),
    named(
        "errors_negated", ERRORS,
        "Your {name} has the right size and a minus in front: no entry is above 0.",
        "An error is a distance, and no distance is below 0. Where does the minus come from?",
        "A minus, or a difference whose sides changed places below the line.",
        FAR,
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
)  # fmt: skip
