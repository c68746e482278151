"""Examinations that several questions share: is it the right array, the right shape, were the inputs left alone?"""

from __future__ import annotations

import numpy as np

from autograder.gradients import relative_error, row
from autograder.questions.question import Probe, Seen
from autograder.records import Reply

LINEAR_TOLERANCE = 1e-12
"""For gradients of functions that are linear in their parameter. Any order of summation of the small random arrays
drawn here stays below 1e-14. A centred difference has no truncation error on a linear function, so only its rounding
gives it away: 1e-12 to 1e-9 for steps of 1e-7 to 1e-4."""


def same_numbers(reply: Reply, probe: Probe) -> Seen:
    """The right array: shape, then values."""
    if (complaint := not_an_array(reply)) is not None:
        return complaint
    return Seen(_close(reply.value, probe.truth), row(reply.value, probe.truth, ok_below=LINEAR_TOLERANCE))


def same_numbers_in_any_shape(reply: Reply, probe: Probe) -> Seen:
    """The right values, whether (C,) or (1, C): the shape is a part of its own."""
    if (complaint := not_an_array(reply)) is not None:
        return complaint
    value = reply.value
    if value.squeeze().shape == probe.truth.squeeze().shape:
        value = value.reshape(probe.truth.shape)
    return Seen(_close(value, probe.truth), row(value, probe.truth, ok_below=LINEAR_TOLERANCE))


def same_shape(reply: Reply, probe: Probe) -> Seen:
    """The shape of the parameter, in an answer that is more than a constant fill."""
    if (complaint := not_an_array(reply)) is not None:
        return complaint
    if reply.value.shape != probe.truth.shape:
        return Seen(False, f"shape {reply.value.shape}, expected {probe.truth.shape}")
    if _constant(reply.value):
        return Seen(False, "every entry is the same")
    return Seen(True, f"shape {reply.value.shape}")


def left_alone(reply: Reply, probe: Probe) -> Seen:
    """The arguments are what they were. An answer of the wrong kind has not earned this either: doing nothing at all
    leaves everything alone."""
    if reply.changed:
        names = " and ".join(reply.changed)
        return Seen(False, f"{names} changed during the call")
    if (complaint := not_an_array(reply)) is not None:
        return complaint
    if reply.value.size != probe.truth.size or _constant(reply.value):
        return Seen(False, "not looked at: the answer is not a gradient yet")
    return Seen(True, "unchanged after the call")


def not_an_array(reply: Reply) -> Seen | None:
    """What was returned in place of a numeric array; None when it was one."""
    value = reply.value
    if value is None:
        return Seen(False, "nothing was returned")
    if not isinstance(value, np.ndarray):
        return Seen(False, f"a {type(value).__name__} was returned, not an array")
    if value.dtype.kind not in "iuf":
        return Seen(False, f"an array of dtype {value.dtype} was returned")
    return None


def _close(value: np.ndarray, truth: np.ndarray) -> bool:
    return value.shape == truth.shape and relative_error(value, truth) < LINEAR_TOLERANCE


def _constant(value: np.ndarray) -> bool:
    return value.size > 1 and bool(np.all((value == value.flat[0]) | np.isnan(value)))
