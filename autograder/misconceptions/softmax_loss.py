"""Mistakes in the first half of `03_softmax_relu`: the loss, large scores, regularisation and its gradient.

Relatives of those that `two_layer_loss` finds in a whole network; here the functions are asked one by one.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from autograder.misconceptions.misconception import Misconception
from autograder.misconceptions.two_layer_net import probabilities, when
from autograder.questions import Probe
from autograder.questions.two_layer_forward import is_gradient, is_loss, number
from autograder.questions.two_layer_penalty import TERMS, in_one_layer
from autograder.records import Reply

LESSON = "03_softmax_relu"

LOSS, REGULARISED, SLOPE = ("naive_loss", "stable_loss"), ("regularised_loss",), ("penalty_gradient",)
LOSS_OF_NET, REGULARISED_NET = (*LOSS, "net_loss"), (*REGULARISED, "net_penalty")
"""With the network's questions, where its stages show the same."""
ORDINARY = ("value", "single", "absent", "whole")

HALVES = (("first_layer_only", "second_layer_only"), ("second_layer_only", "first_layer_only"))

Matches = Callable[[Reply, Probe], bool]


def _number_is(*variants: Callable[[dict[str, Any]], float]) -> Matches:
    """One of `variants` of what was drawn is the number that was returned, and not the right one."""

    def matches(reply: Reply, probe: Probe) -> bool:
        def test(answer: Any, s: dict[str, Any]) -> bool:
            with np.errstate(all="ignore"):
                wanted = [float(variant(s)) for variant in variants]
            return any(is_loss(answer, one) and not is_loss(one, probe.truth) for one in wanted if np.isfinite(one))

        return when(test)(reply, probe)

    return matches


def _loss_is(*variants: Callable[[np.ndarray, np.ndarray, np.ndarray], float]) -> Matches:
    """`variants` of P (N, C), S and y."""
    return _number_is(
        *(lambda s, v=v: v(probabilities(np.asarray(s["S"], dtype=float)), s["S"], s["y"]) for v in variants)
    )


def _at(P: np.ndarray, y: np.ndarray) -> np.ndarray:
    return P[np.arange(len(y)), y]


def _whole_matrix(S: np.ndarray) -> np.ndarray:
    return probabilities(np.ravel(S)[None].astype(float)).reshape(S.shape)


def _down_columns(S: np.ndarray) -> np.ndarray:
    return probabilities(np.asarray(S, dtype=float).T).T


def _log_sum(S: np.ndarray) -> np.ndarray:
    return np.log(np.exp(S.astype(float)).sum(axis=1))


def _wide(test: Callable[[list[bool], list], bool]) -> Matches:
    """`test` of which of the three wide batches came out right, and of the numbers themselves."""

    def seen(answer: Any, s: dict[str, Any]) -> bool:
        found = [number(one) for one in answer]
        if None in found:
            return False
        return test([is_loss(one, truth) for one, truth in zip(found, s["truths"], strict=True)], found)

    return when(seen)


def _added_is(*terms: Callable[[dict[str, Any]], float]) -> Matches:
    """What stands beside the mean of the losses is one of `terms` of what was drawn."""
    return _number_is(*(lambda s, t=t: np.mean(s["losses"]) + t(s) for t in terms))


def _term(name: str) -> Callable[[dict[str, Any]], float]:
    return lambda s: s["reg"] * TERMS[name](s["parameters"])


def _entry(
    slug: str, questions: tuple[str, ...], says: str, try_next: str, why: str, heading: str, matches: Matches | None,
    parts: tuple[str, ...], unless: tuple[str, ...] = (),
) -> Misconception:  # fmt: skip
    return Misconception(
        slug, questions, says, try_next, why, heading, LESSON, matches=matches, parts=parts, unless=unless
    )


ONE, ROW, STILL = "From scores to one number", "The row maximum", "Still infinite"
PRICE, PAIR = "The price of large weights", "Two conventions"

LOSSES = (
    _entry(
        "nll_summed", LOSS,
        "Your {name} is N = {N} times the right one: the sum over the examples, not their mean.",
        "Divide by the number of examples, once.",
        "The 1/N of the mean is missing.", ONE,
        _loss_is(lambda P, S, y: -np.log(_at(P, y)).sum()), ORDINARY,
    ),
    _entry(
        "nll_mean_of_all_entries", LOSS,
        "Your {name} is the right one divided by C = {C} once more.",
        "How many numbers does your mean run over? There is one L_i for each example.",
        "np.mean over an array (N, C) of which one entry a row is not 0, or a division by S.size.", ONE,
        _loss_is(lambda P, S, y: -np.log(_at(P, y)).mean() / S.shape[1]), ORDINARY,
    ),
    _entry(
        "nll_divided_by_classes", LOSS,
        "Your {name} divides the sum over the examples by the number of classes.",
        "The mean runs over the examples. Which entry of S.shape counts them?",
        "`S.shape[1]` or `P[0].size` for the number of rows.", ONE,
        _loss_is(lambda P, S, y: -np.log(_at(P, y)).sum() / S.shape[1]), ORDINARY,
    ),
    _entry(
        "nll_without_minus", LOSS,
        "Your {name} is the negative of the right one.",
        "The logarithm of a probability is below 0. What does the formula do about it?",
        "The minus of −log is missing.", ONE,
        _loss_is(lambda P, S, y: np.log(_at(P, y)).mean()), ORDINARY,
    ),
    _entry(
        "nll_of_all_labels", LOSS,
        "Your {name} mixes every example with the right classes of all the others.",
        "P[:, y] picks N columns in every row. One entry a row needs a row index, too: np.arange(N).",
        "`P[:, y]` for `P[np.arange(N), y]`.", ONE,
        _loss_is(
            lambda P, S, y: -np.log(P[:, y]).mean(),
            lambda P, S, y: -np.log(P[:, y]).sum() / len(y),
            lambda P, S, y: np.mean(_log_sum(S)[:, None] - S[:, y]),
            lambda P, S, y: np.mean(_log_sum(S) - S[:, y]),
        ), ("value", "absent", "whole"),
    ),
    _entry(
        "nll_sum_down_columns", LOSS,
        "Your {name} belongs to probabilities that sum to 1 down each column, over the examples.",
        "Each example shares its own probability out among the classes. Which axis does the sum run along?",
        "axis=0 for axis=1 in the sum of the softmax.", ONE,
        _loss_is(lambda P, S, y: -np.log(_at(_down_columns(S), y)).mean()), ("value", "absent", "whole"),
    ),
    _entry(
        "nll_sum_over_matrix", LOSS,
        "Your {name} belongs to probabilities that sum to 1 over the whole matrix.",
        "np.sum without an axis adds up everything. Every row needs a sum of its own.",
        "The axis of the sum is missing.", ONE,
        _loss_is(lambda P, S, y: -np.log(_at(_whole_matrix(S), y)).mean()), ("value", "absent", "whole"),
    ),
    _entry(
        "nll_without_logarithm", LOSS,
        "Your {name} is made of the probabilities themselves: no logarithm was taken.",
        "L_i is −log of the probability of the right class.",
        "The probability of the right class is itself a number to be made large.", ONE,
        _loss_is(lambda P, S, y: -_at(P, y).mean(), lambda P, S, y: 1 - _at(P, y).mean(),
                 lambda P, S, y: _at(P, y).mean()), ORDINARY,
    ),
    _entry(
        "nll_mean_before_logarithm", LOSS,
        "Your {name} is the logarithm of a mean; the loss is a mean of logarithms.",
        "First one L_i for each example, each with its own logarithm; then their mean.",
        "The order of mean and log.", ONE,
        _loss_is(lambda P, S, y: -np.log(_at(P, y).mean())), ("value", "absent", "whole"),
    ),
    _entry(
        "nll_other_base", LOSS,
        "Your {name} is the right one in another unit: the logarithm has another base.",
        "np.log is the natural logarithm, the one that undoes np.exp.",
        "np.log2 or np.log10.", ONE,
        _loss_is(lambda P, S, y: -np.log2(_at(P, y)).mean(), lambda P, S, y: -np.log10(_at(P, y)).mean()), ORDINARY,
    ),
    _entry(
        "nll_over_every_class", LOSS,
        "Your {name} adds up −log p over all classes of an example, right and wrong.",
        "Only the right class of each example counts: one entry a row.",
        "The picking of the right class is missing.", ONE,
        _loss_is(lambda P, S, y: -np.log(P).sum(axis=1).mean(), lambda P, S, y: -np.log(P).mean()), ORDINARY,
    ),
    _entry(
        "nll_not_normalised", LOSS_OF_NET,
        "Your {name} is the mean of −s at the right class: the sum of the exponentials is not in it.",
        "−log p has two terms. One is −s of the right class; where is the other?",
        "log and exp cancel, and the denominator got lost with them.", ONE,
        _loss_is(lambda P, S, y: -_at(S, y).mean()), ORDINARY,
    ),
    _entry(
        "nll_denominator_no_sum", LOSS_OF_NET,
        "Your {name} has a mean or a maximum of the exponentials where their sum belongs.",
        "What must the probabilities of one example add up to?",
        "np.mean or np.max for np.sum.", ONE, None, ORDINARY,
    ),
    _entry(
        "nll_denominator_multiplied", LOSS_OF_NET,
        "Your {name} multiplies by the sum of the exponentials where it should divide.",
        "What must the probabilities of one example add up to?",
        "`*` for `/`: the logarithm of the sum comes with the wrong sign.", ONE, None, ORDINARY,
    ),
    _entry(
        "nll_denominator_twice", LOSS_OF_NET,
        "Your {name} divides twice by the sum of the exponentials.",
        "What must the probabilities of one example add up to?",
        "A line that normalises, and a second one after it.", ONE, None, ORDINARY,
    ),
    _entry(
        "nll_not_a_number", LOSS,
        "Your {name} is nan with ordinary scores: np.log was given something below 0.",
        "Print what goes into np.log. A sum of exponentials is never negative.",
        "The exp is missing: the logarithm is taken of a sum of scores.", ONE,
        when(lambda answer, s: number(answer) is not None and np.isnan(number(answer))), ORDINARY,
    ),
    _entry(
        "log_of_sum_left_out", LOSS_OF_NET,
        "Your {name} adds up exponentials and takes no logarithm of their sum.",
        "−log p has two terms. One of them is log Σ exp: is the log there?",
        "log and exp are thought to cancel, sum or no sum.", STILL, None, ORDINARY,
    ),
    _entry(
        "scores_negated_in_loss", ("stable_loss", "net_loss"),
        "Your {name} belongs to the scores with all their signs turned.",
        "Which is subtracted from which: the maximum from the scores, or the scores from the maximum?",
        "The maximum minus the scores.", ROW, None, ORDINARY,
    ),
    _entry(
        "nll_right_score_added", LOSS_OF_NET,
        "Your {name} adds the score of the right class to the logarithm of the sum.",
        "−log p has two terms. Which sign has the score of the right class?",
        "The minus of −log is taken over for one of the two terms only.", STILL, None, ORDINARY,
    ),
    _entry(
        "nll_right_score_left_out", LOSS_OF_NET,
        "Your {name} is the mean of log Σ exp: the score of the right class is not in it.",
        "−log p has two terms. One is the logarithm of the sum; where is the other?",
        "The second term of the log-sum-exp form is missing.", STILL,
        _loss_is(lambda P, S, y: _log_sum(S).mean(),
                 lambda P, S, y: (_log_sum(S) - S.max(axis=1)).mean()), ORDINARY,
    ),
    _entry(
        "shift_in_one_place_only", ("stable_loss",),
        "Your {name} subtracts the row maximum in one of its two terms and not in the other.",
        "Both terms are made of z. Where does an s still stand?",
        "z in the sum of the exponentials, s at the right class.", STILL,
        _loss_is(lambda P, S, y: (-np.log(_at(P, y)) - S.max(axis=1)).mean(),
                 lambda P, S, y: (-np.log(_at(P, y)) + S.max(axis=1)).mean()), ORDINARY,
    ),
    _entry(
        "maximum_of_each_column", ("stable_loss", "net_loss"),
        "Your {name} belongs to scores from which the maximum of each column was subtracted.",
        "Subtracting changes nothing only if all scores of one example lose the same. Which axis is that?",
        "axis=0 for axis=1 in the maximum.", ROW,
        _loss_is(lambda P, S, y: -np.log(_at(probabilities((S - S.max(axis=0)).astype(float)), y)).mean()),
        ("value", "absent", "whole"),
    ),
    _entry(
        "losses_not_averaged", LOSS,
        "Your {name} is an array with one entry for each example.",
        "The loss of a batch is one number: the mean of these.",
        "The last step, the mean, is missing.", ONE,
        when(lambda answer, s: is_gradient(answer) and answer.size == s["N"] > 1), ORDINARY,
    ),
    _entry(
        "scores_not_shifted", ("stable_loss",),
        "With scores near 1000 your loss is nan or inf: exp overflows.",
        "Subtract something from each row before you exponentiate, so that its largest score is 0.",
        "The formula as it stands, without a shift.", "Where exp ends",
        _wide(lambda right, found: not np.isfinite(found[0])), ("large", "rows"), ("nll_not_a_number",),
    ),
    _entry(
        "one_maximum_for_all", ("stable_loss",),
        "With all scores near 1000 your loss is right; with rows far apart it is not.",
        "Every row needs its own maximum: S.max without an axis is one number for all.",
        "One shift for the whole matrix: every exponential of a low row is 0.", ROW,
        _wide(lambda right, found: right[0] and not right[1]), ("rows",),
    ),
    _entry(
        "quotient_before_logarithm", ("stable_loss",),
        "Where the scores of a row are far apart your loss is not what it should be: an exp there is 0, or inf.",
        "log(a / b) = log a − log b, and log of exp(z) is z: nothing small has to be computed at all.",
        "Quotient first, logarithm second, as in most published solutions; or the row's minimum is taken away.",
        STILL,
        _wide(lambda right, found: right[:2] == [True, True] and not right[2]), ("gap",),
    ),
)  # fmt: skip

PRICES = (
    _entry(
        "losses_summed", REGULARISED,
        "Your {name} adds up the losses of the examples: with reg = 0 it is N = {N} times the right one.",
        "The first sum is a mean.",
        "np.sum for np.mean.", PRICE,
        _number_is(lambda s: np.sum(s["losses"]) + s["reg"] * TERMS["right"](s["parameters"])), ("mean", "value"),
    ),
    _entry(
        "losses_kept_apart", REGULARISED,
        "Your {name} is an array with one entry for each example.",
        "The loss of a batch is one number.",
        "The mean is missing; the price is added to each of the losses.", PRICE,
        when(lambda answer, s: is_gradient(answer) and answer.size == s["N"]), ("mean", "value"),
    ),
    _entry(
        "price_alone", REGULARISED,
        "Your {name} is made of weights alone: the losses of the examples are not in it.",
        "The loss has two parts. One of them is the mean of `losses`.",
        "The mean is computed and not added.", PRICE,
        _number_is(*map(_term, ("right", "first_layer_only", "second_layer_only"))),
        ("mean", "value"),
    ),
    _entry(
        "price_missing", REGULARISED,
        "Your {name} is the same for every reg.",
        "Two sums over weights are to be added to the mean.",
        "The price is not there, or computed and not added.", PRICE,
        _added_is(lambda s: 0.0), ("value",),
    ),
    _entry(
        "price_halved", REGULARISED,
        "Your {name} adds ½·reg·ΣW², a convention that many use; this course adds reg·ΣW².",
        "Take the ½ away here. Either is right if the gradient goes with it.",
        "CS231n itself has used both.", PAIR,
        _added_is(_term("half")), ("value",),
    ),
    _entry(
        "price_of_biases", REGULARISED,
        "Your {name} makes the biases pay, too.",
        "A bias moves a score whatever the input is; it fits no noise. Leave both out.",
        "All four parameters are squared.", PRICE,
        _added_is(_term("on_biases")), ("value",),
    ),
    _entry(
        "price_divided_by_N", REGULARISED,
        "What reg adds to your loss is the right number divided by N = {N}.",
        "Weights do not belong to examples. Which part of the loss is a mean over examples?",
        "The sum of everything is divided by N.", PRICE,
        _added_is(lambda s: _term("right")(s) / s["N"]), ("value",),
    ),
    _entry(
        "price_for_each_example", REGULARISED,
        "What reg adds to your loss is N = {N} times the right number.",
        "Weights do not belong to examples: they pay once, not once for each.",
        "The price is added inside a loop or sum over the examples.", PRICE,
        _added_is(lambda s: _term("right")(s) * s["N"]), ("value",),
    ),
    _entry(
        "price_of_one_layer", REGULARISED,
        "Only one of the two weight matrices pays in your {name}.",
        "There are two sums, one for W1 and one for W2.",
        "Taken over from a classifier with one W.", PRICE,
        _added_is(_term("first_layer_only"), _term("second_layer_only")), ("value",),
    ),
    _entry(
        "price_not_squared", REGULARISED,
        "Your {name} adds the weights up without squaring them.",
        "A weight of −3 should cost as much as one of +3.",
        "np.sum(W) for np.sum(W * W), or absolute values.", PRICE,
        _added_is(
            _term("not_squared"), *map(_term, in_one_layer("not_squared")),
            lambda s: s["reg"] * sum(np.abs(s["parameters"][name]).sum() for name in ("W1", "W2")),
        ), ("value",),
    ),
    _entry(
        "price_root_or_mean", REGULARISED,
        "Your {name} takes a root or a mean of the squares, not their sum.",
        "Square, add, multiply by reg. Nothing else.",
        "np.linalg.norm(W) is the root of the sum; np.mean divides by the number of weights.", PRICE,
        _added_is(_term("root_of_squares"), _term("mean_of_squares"), *map(_term, in_one_layer("root_of_squares")),
                  *map(_term, in_one_layer("mean_of_squares"))), ("value",),
    ),
    _entry(
        "price_of_other_power", REGULARISED_NET,
        "In your {name} weights stand in another power than the square.",
        "Square each weight, add up, multiply by reg: each once.",
        "A factor too many in the product, or the sum multiplied by itself.", PRICE, None, ("value",),
    ),
    _entry(
        "one_matrix_pays_twice", REGULARISED,
        "In your {name} one of the two weight matrices pays twice, and the other not at all.",
        "Read the two sums aloud: which W stands in each?",
        "A line was copied and its name was not changed.", PRICE, None, ("value",),
    ),
    _entry(
        "price_of_the_largest", REGULARISED_NET,
        "In your {name} only the largest weight of a matrix pays.",
        "All weights pay. Which function adds them up?",
        "np.max for np.sum.", PRICE, None, ("value",),
    ),
    _entry(
        "price_without_weights", REGULARISED_NET,
        "Your {name} adds reg itself, without the weights of one of the two matrices.",
        "reg is multiplied by a sum of squares. Where is it?",
        "A factor lost.", PRICE, None, ("value",),
    ),
    _entry(
        "price_subtracted", REGULARISED,
        "Your {name} subtracts the price: large weights would make the loss smaller.",
        "Which sign makes large weights cost something?",
        "A sign slipped in.", PRICE,
        _added_is(_term("subtracted"), *map(_term, in_one_layer("subtracted"))), ("value",),
    ),
    _entry(
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

MISCONCEPTIONS = (*LOSSES, *PRICES, *SLOPES)
