"""Mistakes in what large weights cost in `03_softmax_relu`, and in the gradient of that."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from autograder.misconceptions.misconception import Misconception
from autograder.misconceptions.softmax_loss import (
    LESSON,
    REGULARISED,
    REGULARISED_NET,
    SLOPE,
    Matches,
    entry,
    number_is,
)
from autograder.misconceptions.two_layer_net import when
from autograder.questions import Probe
from autograder.questions.two_layer_forward import is_gradient, number
from autograder.questions.two_layer_penalty import TERMS, in_one_layer

PRICE, PAIR = "The price of large weights", "Two conventions"

HALVES = (("first_layer_only", "second_layer_only"), ("second_layer_only", "first_layer_only"))


def _added_is(*terms: Callable[[dict[str, Any]], float]) -> Matches:
    """What stands beside the mean of the losses is one of `terms` of what was drawn."""
    return number_is(*(lambda s, t=t: np.mean(s["losses"]) + t(s) for t in terms))


def _term(name: str) -> Callable[[dict[str, Any]], float]:
    return lambda s: s["reg"] * TERMS[name](s["parameters"])


PRICES = (
    entry(
        "losses_summed", REGULARISED,
        "Your {name} adds up the losses of the examples: with reg = 0 it is N = {N} times the right one.",
        "The first sum is a mean.",
        "np.sum for np.mean.", PRICE,
        number_is(lambda s: np.sum(s["losses"]) + s["reg"] * TERMS["right"](s["parameters"])), ("mean", "value"),
    ),
    entry(
        "losses_kept_apart", REGULARISED,
        "Your {name} is an array with one entry for each example.",
        "The loss of a batch is one number.",
        "The mean is missing; the price is added to each of the losses.", PRICE,
        when(lambda answer, s: is_gradient(answer) and answer.size == s["N"]), ("mean", "value"),
    ),
    entry(
        "price_alone", REGULARISED,
        "Your {name} is made of weights alone: the losses of the examples are not in it.",
        "The loss has two parts. One of them is the mean of `losses`.",
        "The mean is computed and not added.", PRICE,
        number_is(*map(_term, ("right", "first_layer_only", "second_layer_only"))),
        ("mean", "value"),
    ),
    entry(
        "price_missing", REGULARISED,
        "Your {name} is the same for every reg.",
        "Two sums over weights are to be added to the mean.",
        "The price is not there, or computed and not added.", PRICE,
        _added_is(lambda s: 0.0), ("value",),
    ),
    entry(
        "price_halved", REGULARISED,
        "Your {name} adds ½·reg·ΣW², a convention that many use; this course adds reg·ΣW².",
        "Take the ½ away here. Either is right if the gradient goes with it.",
        "CS231n itself has used both.", PAIR,
        _added_is(_term("half")), ("value",),
    ),
    entry(
        "price_of_biases", REGULARISED,
        "Your {name} makes the biases pay, too.",
        "A bias moves a score whatever the input is; it fits no noise. Leave both out.",
        "All four parameters are squared.", PRICE,
        _added_is(_term("on_biases")), ("value",),
    ),
    entry(
        "price_divided_by_N", REGULARISED,
        "What reg adds to your loss is the right number divided by N = {N}.",
        "Weights do not belong to examples. Which part of the loss is a mean over examples?",
        "The sum of everything is divided by N.", PRICE,
        _added_is(lambda s: _term("right")(s) / s["N"]), ("value",),
    ),
    entry(
        "price_for_each_example", REGULARISED,
        "What reg adds to your loss is N = {N} times the right number.",
        "Weights do not belong to examples: they pay once, not once for each.",
        "The price is added inside a loop or sum over the examples.", PRICE,
        _added_is(lambda s: _term("right")(s) * s["N"]), ("value",),
    ),
    entry(
        "price_of_one_layer", REGULARISED,
        "Only one of the two weight matrices pays in your {name}.",
        "There are two sums, one for W1 and one for W2.",
        "Taken over from a classifier with one W.", PRICE,
        _added_is(_term("first_layer_only"), _term("second_layer_only")), ("value",),
    ),
    entry(
        "price_not_squared", REGULARISED,
        "Your {name} adds the weights up without squaring them.",
        "A weight of −3 should cost as much as one of +3.",
        "np.sum(W) for np.sum(W * W), or absolute values.", PRICE,
        _added_is(
            _term("not_squared"), *map(_term, in_one_layer("not_squared")),
            lambda s: s["reg"] * sum(np.abs(s["parameters"][name]).sum() for name in ("W1", "W2")),
        ), ("value",),
    ),
    entry(
        "price_root_or_mean", REGULARISED,
        "Your {name} takes a root or a mean of the squares, not their sum.",
        "Square, add, multiply by reg. Nothing else.",
        "np.linalg.norm(W) is the root of the sum; np.mean divides by the number of weights.", PRICE,
        _added_is(_term("root_of_squares"), _term("mean_of_squares"), *map(_term, in_one_layer("root_of_squares")),
                  *map(_term, in_one_layer("mean_of_squares"))), ("value",),
    ),
    entry(
        "price_of_other_power", REGULARISED_NET,
        "In your {name} weights stand in another power than the square.",
        "Square each weight, add up, multiply by reg: each once.",
        "A factor too many in the product, or the sum multiplied by itself.", PRICE, None, ("value",),
    ),
    entry(
        "one_matrix_pays_twice", REGULARISED,
        "In your {name} one of the two weight matrices pays twice, and the other not at all.",
        "Read the two sums aloud: which W stands in each?",
        "A line was copied and its name was not changed.", PRICE, None, ("value",),
    ),
    entry(
        "price_of_the_largest", REGULARISED_NET,
        "In your {name} only the largest weight of a matrix pays.",
        "All weights pay. Which function adds them up?",
        "np.max for np.sum.", PRICE, None, ("value",),
    ),
    entry(
        "price_without_weights", REGULARISED_NET,
        "Your {name} adds reg itself, without the weights of one of the two matrices.",
        "reg is multiplied by a sum of squares. Where is it?",
        "A factor lost.", PRICE, None, ("value",),
    ),
    entry(
        "price_subtracted", REGULARISED,
        "Your {name} subtracts the price: large weights would make the loss smaller.",
        "Which sign makes large weights cost something?",
        "A sign slipped in.", PRICE,
        _added_is(_term("subtracted"), *map(_term, in_one_layer("subtracted"))), ("value",),
    ),
    entry(
        "price_without_reg", REGULARISED_NET,
        "Your {name} adds the squares at their full price: reg is not in it as a factor.",
        "Multiply each sum by reg, once.",
        "reg is left out, or squared along with the weights.", PRICE,
        _added_is(lambda s: _term("right")(s) / s["reg"], lambda s: _term("right")(s) * s["reg"],
                  *(lambda s, a=a, b=b: _term(a)(s) + _term(b)(s) / s["reg"] for a, b in HALVES)),
        ("mean", "value"),
    ),
)  # fmt: skip


def _slope(
    slug: str, says: str, try_next: str, why: str, predict: Callable[[Probe], np.ndarray],
) -> Misconception:  # fmt: skip
    return Misconception(slug, SLOPE, says, try_next, why, PAIR, LESSON, predict=predict)


SLOPES = (
    _slope(
        "slope_of_the_half", "Your {name} is half the measured slope: it belongs to ½·reg·ΣW².",
        "Where does the square leave its 2? Or look at the picture again: which line is yours?",
        "reg·W beside reg·ΣW²: the two conventions are mixed.",
        lambda probe: probe.truth / 2,
    ),
    _slope(
        "slope_without_reg", "Your {name} does not depend on reg.",
        "reg is a constant factor in front of the square. What does a derivative do with it?",
        "The derivative of w² is written down, and the factor in front is lost.",
        lambda probe: probe.truth / probe.setting["reg"],
    ),
    _slope(
        "price_for_slope", "Your {name} is the price of each weight, not the slope of it.",
        "Differentiate: what becomes of w² ?",
        "The term of the loss is returned.",
        lambda probe: probe.setting["reg"] * probe.setting["W"] ** 2,
    ),
    _slope(
        "slope_with_square", "Your {name} has the square of each weight in it.",
        "Differentiate: the power comes down as a factor, and one power goes.",
        "The 2 is there, and the weight is still squared.",
        lambda probe: probe.truth * probe.setting["W"],
    ),
    _slope(
        "slope_downhill", "Your {name} is exactly the negative of the measured slope.",
        "A gradient points uphill. The minus sign belongs to the step that uses it.",
        "Weight decay is written with a minus; that is the step.",
        lambda probe: -probe.truth,
    ),
    _slope(
        "slope_divided_by_rows", "Your {name} is the measured slope divided by the number of rows of W.",
        "Nothing in the price is divided by anything.",
        "len(W) is taken for a number of examples, and the price for a mean.",
        lambda probe: probe.truth / probe.setting["N"],
    ),
    _slope(
        "slope_of_absolute_values", "Your {name} knows only the sign of each weight, not its size.",
        "Which price has the same slope at every positive weight? Not the square.",
        "The derivative of Σ|w|, another kind of regularisation (L1).",
        lambda probe: probe.setting["reg"] * np.sign(probe.setting["W"]),
    ),
    Misconception(
        "slope_one_number", SLOPE,
        "Your {name} is one number; W has {N} × {C} entries, and each has its own slope.",
        "A gradient has the shape of its parameter. What is summed that should not be?",
        "np.sum stays in place when the derivative is taken.", PAIR, LESSON,
        matches=lambda reply, probe: number(reply.value) is not None, parts=("value", "whole"),
    ),
)  # fmt: skip

MISCONCEPTIONS = (*PRICES, *SLOPES)
