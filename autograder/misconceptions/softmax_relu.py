"""Mistakes in the ReLU of `03_softmax_relu`, and on the way back through it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from autograder.misconceptions.misconception import Misconception
from autograder.misconceptions.two_layer_net import when
from autograder.questions import Probe
from autograder.records import Reply

LESSON = "03_softmax_relu"

HIDDEN, DRELU = ("hidden_layer",), ("drelu",)
RELU, BACK = "ReLU", "The way back"


def _hidden(test: Callable[[np.ndarray, np.ndarray, dict[str, Any]], bool]) -> Callable[[Reply, Probe], bool]:
    """`test` of the two arrays that were returned and of what was drawn."""

    def seen(answer: Any, s: dict[str, Any]) -> bool:
        if not isinstance(answer, np.ndarray) or answer.shape != (2, s["N"], s["C"]):
            return False
        return test(answer[0], answer[1], s)

    return when(seen)


def _behind(function: Callable[[np.ndarray], np.ndarray]) -> Callable[[Reply, Probe], bool]:
    """A is right, and H is `function` of it."""
    return _hidden(lambda A, H, s: np.allclose(A, s["A"]) and np.allclose(H, function(s["A"])))


def _relu_entry(slug: str, says: str, try_next: str, why: str, matches: Callable) -> Misconception:
    return Misconception(
        slug, HIDDEN, says, try_next, why, RELU, LESSON, matches=matches, parts=("value", "single", "whole")
    )


FORWARDS = (
    _relu_entry(
        "max_along_an_array", "np.max was asked for the larger of two things; its second argument is an axis.",
        "The function that compares two arrays entry by entry has a longer name.",
        "np.max for np.maximum, or Python's max on arrays.",
        lambda reply, probe: bool(reply.error)
        and any(words in reply.error for words in ("only integer scalar", "AxisError", "truth value", "'axis'",
                                                   "axis must", "cannot be interpreted as an integer",
                                                   "only length-1", "only 0-dimensional")),
    ),
    _relu_entry(
        "relu_returns_H_only", "One array came back where two were asked for: A and H.",
        "End with `return A, H`.",
        "Only the result is thought to matter; the way back needs A.",
        when(lambda answer, s: answer.shape == (s["N"], s["C"])),
    ),
    _relu_entry(
        "A_and_H_exchanged", "A and H are there, in the other order.",
        "First what stands before the ReLU, then what stands behind it.",
        "The newest array is returned first.",
        _hidden(lambda A, H, s: np.allclose(H, s["A"]) and np.allclose(A, np.where(s["A"] > 0, H, 0))),
    ),
    _relu_entry(
        "A_overwritten", "Both arrays that came back are the same: A has lost its negative values, too.",
        "Make a new array for H. `A[A < 0] = 0` and `out=A` write into A itself.",
        "The ReLU is done in place, and the way back has nothing to look at.",
        _hidden(lambda A, H, s: np.array_equal(A, H) and np.allclose(H, np.where(s["A"] > 0, s["A"], 0))),
    ),
    _relu_entry(
        "relu_left_out", "Your H is A: nothing was set to 0.",
        "Where is the bend between the two layers?",
        "The ReLU is missing.",
        _behind(lambda A: A),
    ),
    _relu_entry(
        "relu_without_bias", "Your A has no bias in it.",
        "A = XW + b. Which of the three is missing?",
        "The bias is left out.",
        _hidden(lambda A, H, s: np.allclose(A, s["A"] - s["b"]) and np.allclose(H, np.where(A > 0, A, 0))),
    ),
    _relu_entry(
        "hidden_bias_subtracted", "Your A is XW − b: the bias has the wrong sign.",
        "A = XW + b. Which sign stands before b?",
        "A minus slipped in.",
        _hidden(lambda A, H, s: np.allclose(A, s["A"] - 2 * s["b"]) and np.allclose(H, np.where(A > 0, A, 0))),
    ),
    Misconception(
        "hidden_product_left_out", HIDDEN,
        "Your A is b alone: the product XW is not in it.",
        "A = XW + b. Which of the three is missing?",
        "A term lost.",
        RELU, LESSON, parts=("value", "single", "whole"),
    ),
    Misconception(
        "hidden_product_scaled", HIDDEN,
        "Your A holds the product XW times a constant, and b as it is.",
        "A = XW + b, and nothing else: what stands in front of the product, or below it?",
        "A factor, or an average over the features.",
        RELU, LESSON, parts=("value", "single", "whole"),
    ),
    _relu_entry(
        "absolute_value", "Your H is |A|: what is negative was folded up, not set to 0.",
        "A unit that is below 0 says nothing at all.",
        "np.abs for np.maximum.",
        _behind(np.abs),
    ),
    _relu_entry(
        "mask_for_values", "Your H holds 0 and 1: where A is positive, not how much.",
        "Where a is positive, h is a itself.",
        "The comparison is returned; it belongs to the way back.",
        _behind(lambda A: A > 0),
    ),
    _relu_entry(
        "negative_part", "Your H keeps what is negative and sets to 0 what is positive.",
        "Which side does max(0, a) keep?",
        "np.minimum, or a comparison the wrong way round.",
        _behind(lambda A: np.where(A > 0, 0, A)),
    ),
)  # fmt: skip


def _back(slug: str, says: str, try_next: str, why: str, predict: Callable[[Probe], np.ndarray]) -> Misconception:
    return Misconception(slug, DRELU, says, try_next, why, BACK, LESSON, predict=predict, parts=("value",))


def _s(variant: Callable[[np.ndarray, np.ndarray], np.ndarray]) -> Callable[[Probe], np.ndarray]:
    return lambda probe: variant(probe.setting["dH"], probe.setting["A"]).astype(float)


BACKWARDS = (
    _back(
        "mask_left_out", "Your {name} lets everything through, as if no ReLU had been there.",
        "Where a was negative a small move of it changes nothing.",
        "No mask, or `H >= 0`, which is true everywhere.",
        lambda probe: probe.setting["dH"],
    ),
    _back(
        "gradient_rectified", "Your {name} sets to 0 what is negative in dH, not what was negative in A.",
        "The ReLU decided on the way forward. Which array did it look at?",
        "The ReLU is applied to the gradient.",
        _s(lambda dH, A: np.maximum(dH, 0)),
    ),
    _back(
        "mask_upside_down", "Your {name} lets through where A was negative, and stops where it was positive.",
        "Which entries are set to 0: those with A above 0, or below?",
        "`dA[A > 0] = 0`.",
        lambda probe: probe.setting["dH"] - probe.truth,
    ),
    _back(
        "values_not_mask", "Your {name} is multiplied by the values of the ReLU, not by 0 and 1.",
        "The slope of max(0, a) is 1 wherever a is positive, however large a is.",
        "`dH * H` for `dH * (A > 0)`.",
        lambda probe: probe.truth * probe.setting["A"],
    ),
    _back(
        "pre_activation_for_slope", "Your {name} is dH times A, entry by entry.",
        "The local slope is 1 or 0. Where does it come from?",
        "down = up · local, with the input taken for the local gradient.",
        _s(lambda dH, A: dH * A),
    ),
    _back(
        "mask_alone", "Your {name} is the mask alone: what arrived from above is gone.",
        "down = local · up. You have the local part.",
        "`dA = A > 0`: the other factor of the chain rule is missing.",
        _s(lambda dH, A: A > 0),
    ),
    _back(
        "forward_again", "Your {name} is max(0, A), the way forward once more.",
        "On the way back dH goes through; A only decides where.",
        "The forward line is repeated.",
        _s(lambda dH, A: np.maximum(A, 0)),
    ),
    _back(
        "sign_for_mask", "Your {name} turns the sign of dH around where A was negative; it should be 0 there.",
        "np.sign has three values. Which do you need where a is negative?",
        "np.sign(A) for A > 0: the slope of |a|.",
        _s(lambda dH, A: dH * np.sign(A)),
    ),
    _back(
        "leaky_mask", "Your {name} lets a small part through where A was negative.",
        "That is the slope of another function, the leaky ReLU. max(0, a) is flat there.",
        "A leaky ReLU, with 0.01 of the gradient on the negative side.",
        lambda probe: probe.truth + 0.01 * (probe.setting["dH"] - probe.truth),
    ),
    Misconception(
        "mask_with_tolerance", DRELU,
        "A value of a billionth is treated as if it were off, or one of minus a billionth as if it were on.",
        "Compare with 0 itself, without a tolerance.",
        "np.isclose, or a small threshold in place of 0.",
        BACK, LESSON,
        # Far from the kink it is right.
        matches=lambda reply, probe: when(lambda answer, s: np.allclose(
            answer[[0, 1, 4]], probe.truth[[0, 1, 4]], atol=1e-4))(reply, probe),
        parts=("kink",),
    ),
)  # fmt: skip

MISCONCEPTIONS = (*FORWARDS, *BACKWARDS)
