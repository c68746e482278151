"""Mistakes that any question can meet: how the call itself went, and weak relations to the right answer."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from autograder.gradients import relative_error
from autograder.misconceptions.misconception import Misconception
from autograder.questions import Probe
from autograder.records import Reply

DOES_NOT_FIT = ("matmul: ", "shapes (", "could not be broadcast", "not aligned", "dimension mismatch")
"""How NumPy words a product or sum whose shapes disagree."""


def _array(reply: Reply, probe: Probe) -> np.ndarray | None:
    """The reply's value if it is a numeric array of the right shape."""
    value = reply.value
    if isinstance(value, np.ndarray) and isinstance(probe.truth, np.ndarray) and value.dtype.kind in "iuf":
        return value if value.shape == probe.truth.shape else None
    return None


def _close_but_not_exact(reply: Reply, probe: Probe) -> bool:
    if "step" in probe.setting:  # a difference quotient was asked for
        return False
    value = _array(reply, probe)
    return value is not None and value.dtype == np.float64 and 1e-12 < relative_error(value, probe.truth) < 1e-4


def _single_precision(reply: Reply, probe: Probe) -> bool:
    value = _array(reply, probe)
    return value is not None and value.dtype in (np.float32, np.float16) and relative_error(value, probe.truth) < 1e-2


def _whole_numbers(reply: Reply, probe: Probe) -> bool:
    value = _array(reply, probe)
    return value is not None and value.dtype.kind in "iu" and bool(np.any(probe.truth != np.rint(probe.truth)))


def _not_finite(reply: Reply, probe: Probe) -> bool:
    value = _array(reply, probe)
    return value is not None and value.dtype.kind == "f" and not np.isfinite(value).all()


def _a_list(reply: Reply, probe: Probe) -> bool:
    return isinstance(reply.value, list | tuple) and isinstance(probe.truth, np.ndarray)


def _all_zeros(reply: Reply, probe: Probe) -> bool:
    value = _array(reply, probe)
    return value is not None and not np.any(value)


def _constant_factor(reply: Reply, probe: Probe) -> bool:
    value = _array(reply, probe)
    if value is None or not np.any(value) or not np.isfinite(value).all():
        return False
    factor = float(np.vdot(probe.truth, value) / np.vdot(probe.truth, probe.truth))
    return abs(factor - 1) > 1e-6 and relative_error(value, factor * probe.truth) < 1e-9


def _stopped_with(kinds: str | tuple[str, ...], *words: str) -> Callable[[Reply, Probe], bool]:
    """An error of one of these kinds, with one of `words` in it where there are any."""

    def matches(reply: Reply, probe: Probe) -> bool:
        error = reply.error or ""
        return error.startswith(kinds) and (not words or any(one in error for one in words))

    return matches


CARD = "How the check works"

HOW_THE_CALL_WENT = (
    Misconception(
        "not_written_yet", (),
        "{name} is not written yet: it still raises NotImplementedError.",
        "Write your lines below the docstring, and delete the line that raises.",
        "The stub is untouched, or the `raise` line was left in place.",
        CARD,
        matches=lambda reply, probe: reply.unfinished,
    ),
    Misconception(
        "slow_at_real_size", (),
        "The call was stopped: at N = {N}, D = {D}, C = {C} it was still running at its time limit.",
        "Let one NumPy product do what the loops do.",
        "Python loops where a vectorised line is asked for.",
        "Loops against one line",
        matches=lambda reply, probe: reply.timed_out,
        parts=("real_size",),
    ),
    Misconception(
        "endless_loop", (),
        "The call was stopped: on small arrays it was still running at its time limit.",
        "Look for a `while` whose condition never becomes false, or a loop over a list that grows.",
        "An endless loop.",
        CARD,
        matches=lambda reply, probe: reply.timed_out,
    ),
    Misconception(
        "numeric_instead_of_analytic", (),
        "{name} asks numeric_gradient for its answer; during a check that is what it is compared with.",
        "Write the formula of the lesson. The numeric gradient is the yardstick, not the answer.",
        "The numeric gradient gives the right numbers, so it is tempting to return it.",
        CARD,
        matches=lambda reply, probe: reply.used_numeric_gradient,
    ),
    Misconception(
        "changed_in_place", (),
        "After the call {takes} was not what it had been before.",
        "Start from a new array of zeros. `s = dY[0]` is a view: `s += …` writes into dY itself.",
        "A view used as the accumulator, or `*=` on an argument.",
        CARD,
        matches=lambda reply, probe: bool(reply.changed),
        parts=("alone",),
    ),
    Misconception(
        "sizes_do_not_fit", (),
        "NumPy could not combine the arrays: their inner sizes disagree.",
        "Write the shape under each factor. Which one has to be transposed so that the inner sizes meet?",
        "A missing transpose: with N, D, C all different it cannot even be multiplied.",
        "Shapes as a memory aid",
        matches=_stopped_with("ValueError", *DOES_NOT_FIT),
    ),
    Misconception(
        "no_such_axis", (),
        "NumPy was asked to go along an axis that the array does not have: {error}.",
        "Axes are counted from 0: an array of shape (N, C) has the axes 0 and 1. Which of them should go?",
        "axis=2 for axis=1: counted from 1. Or a sum has taken an axis away already.",
        "Shapes as a memory aid",
        matches=_stopped_with("AxisError"),
    ),
    Misconception(
        "name_without_a_value", (),
        "The call stopped at a name that has no value there: {error}.",
        "On which line should it have got its value?",
        "A slip of the keyboard; a name that is used one line too early; a variable of another cell or function.",
        CARD,
        matches=_stopped_with(("NameError", "UnboundLocalError")),
    ),
    Misconception(
        "index_out_of_range", (),
        "The call stopped where something was asked for that is not there: {error}.",
        "Counting begins at 0, so that the last of n has the number n − 1. Which number was asked for?",
        "Counted from 1, as on paper; or N and C, or D, exchanged.",
        CARD,
        matches=_stopped_with("IndexError", "out of range", "out of bounds"),
    ),
    Misconception(
        "argument_left_out", (),
        "The call stopped at a function that was called without one of its arguments: {error}.",
        "Compare the call with the line that begins with `def`.",
        "An argument was forgotten, or `self.` before the name of a method.",
        CARD,
        matches=lambda reply, probe: bool(reply.error)
        and reply.error.startswith("TypeError")
        and "missing" in reply.error
        and "required positional" in reply.error,
    ),
    Misconception(
        "array_for_one_number", (),
        "A whole array was put where one number goes: {error}.",
        "Print the shape of what stands on the right of that `=`. Which index is missing?",
        "z for z[j] in a loop, or a sum that still has an axis.",
        CARD,
        matches=_stopped_with("ValueError", "with a sequence"),
    ),
    Misconception(
        "returned_nothing", (),
        "{name} returned nothing (None).",
        "End it with `return` and the name of the array you filled.",
        "`print` in place of `return`, or no return at all.",
        CARD,
        matches=lambda reply, probe: reply.error is None and reply.value is None,
    ),
)  # fmt: skip

RELATIONS = (
    Misconception(
        "returned_list", (),
        "{name} returned a list, not an array.",
        "Make the buffer with np.zeros, or wrap the list in np.array before you return it.",
        "Plain Python lists used as buffers.",
        CARD,
        matches=_a_list, relation=True,
    ),
    Misconception(
        "not_finite", (),
        "Your {name} holds nan or inf.",
        "Look for a division by 0, or a buffer from np.empty that was never filled.",
        "np.empty for np.zeros, or a division by a sum that can be 0.",
        CARD,
        matches=_not_finite, relation=True,
    ),
    Misconception(
        "whole_number_buffer", (),
        "Your {name} holds whole numbers only: everything after the decimal point is gone.",
        "Which dtype does your buffer have? np.zeros(shape) makes floats.",
        "A buffer made of integers truncates what is stored in it.",
        CARD,
        matches=_whole_numbers, relation=True,
    ),
    Misconception(
        "single_precision", (),
        "Your {name} is right to about seven digits: its dtype is not float64.",
        "Leave the dtype alone: float64 in, float64 out.",
        "A cast to float32, a habit from training on graphics cards.",
        CARD,
        matches=_single_precision, relation=True,
    ),
    Misconception(
        "finite_difference", (),
        "Your {name} is right up to the rounding of a finite difference, not exactly.",
        "Write the formula of the lesson in place of a difference quotient.",
        "A difference quotient in place of the derived formula.",
        CARD,
        matches=_close_but_not_exact, relation=True,
    ),
    Misconception(
        "all_zeros", (),
        "Your {name} is all zeros.",
        "Does anything write into the buffer before it is returned?",
        "The buffer is made and returned, but the loop does not run or writes elsewhere.",
        CARD,
        matches=_all_zeros, relation=True, of_the_whole=True,
    ),
    Misconception(
        "constant_factor", (),
        "Your {name} is the right one times a constant.",
        "Compare one entry: the ratio of yours to the numeric one is the factor to look for.",
        "A factor such as 1/2, 1/C or a learning rate multiplied in.",
        "Where dY comes from",
        matches=_constant_factor, relation=True, of_the_whole=True,
    ),
)  # fmt: skip
