"""Mistakes in the first half of `03_softmax_relu`: the loss and large scores. What large weights cost is in
`softmax_prices`.

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
from autograder.records import Reply

LESSON = "03_softmax_relu"

LOSS, REGULARISED, SLOPE = ("naive_loss", "stable_loss"), ("regularised_loss",), ("penalty_gradient",)
LOSS_OF_NET, REGULARISED_NET = (*LOSS, "net_loss"), (*REGULARISED, "net_penalty")
"""With the network's questions, where its stages show the same."""
ORDINARY = ("value", "single", "absent", "whole")

Matches = Callable[[Reply, Probe], bool]


def number_is(*variants: Callable[[dict[str, Any]], float]) -> Matches:
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
    return number_is(
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


def entry(
    slug: str, questions: tuple[str, ...], says: str, try_next: str, why: str, heading: str, matches: Matches | None,
    parts: tuple[str, ...], unless: tuple[str, ...] = (),
) -> Misconception:  # fmt: skip
    return Misconception(
        slug, questions, says, try_next, why, heading, LESSON, matches=matches, parts=parts, unless=unless
    )


ONE, ROW, STILL = "From scores to one number", "The row maximum", "Still infinite"

MISCONCEPTIONS = (
    entry(
        "nll_summed", LOSS,
        "Your {name} is N = {N} times the right one: the sum over the examples, not their mean.",
        "Divide by the number of examples, once.",
        "The 1/N of the mean is missing.", ONE,
        _loss_is(lambda P, S, y: -np.log(_at(P, y)).sum()), ORDINARY,
    ),
    entry(
        "nll_mean_of_all_entries", LOSS,
        "Your {name} is the right one divided by C = {C} once more.",
        "How many numbers does your mean run over? There is one L_i for each example.",
        "np.mean over an array (N, C) of which one entry a row is not 0, or a division by S.size.", ONE,
        _loss_is(lambda P, S, y: -np.log(_at(P, y)).mean() / S.shape[1]), ORDINARY,
    ),
    entry(
        "nll_divided_by_classes", LOSS,
        "Your {name} divides the sum over the examples by the number of classes.",
        "The mean runs over the examples. Which entry of S.shape counts them?",
        "`S.shape[1]` or `P[0].size` for the number of rows.", ONE,
        _loss_is(lambda P, S, y: -np.log(_at(P, y)).sum() / S.shape[1]), ORDINARY,
    ),
    entry(
        "nll_without_minus", LOSS,
        "Your {name} is the negative of the right one.",
        "The logarithm of a probability is below 0. What does the formula do about it?",
        "The minus of −log is missing.", ONE,
        _loss_is(lambda P, S, y: np.log(_at(P, y)).mean()), ORDINARY,
    ),
    entry(
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
    entry(
        "nll_sum_down_columns", LOSS,
        "Your {name} belongs to probabilities that sum to 1 down each column, over the examples.",
        "Each example shares its own probability out among the classes. Which axis does the sum run along?",
        "axis=0 for axis=1 in the sum of the softmax.", ONE,
        _loss_is(lambda P, S, y: -np.log(_at(_down_columns(S), y)).mean()), ("value", "absent", "whole"),
    ),
    entry(
        "nll_sum_over_matrix", LOSS,
        "Your {name} belongs to probabilities that sum to 1 over the whole matrix.",
        "np.sum without an axis adds up everything. Every row needs a sum of its own.",
        "The axis of the sum is missing.", ONE,
        _loss_is(lambda P, S, y: -np.log(_at(_whole_matrix(S), y)).mean()), ("value", "absent", "whole"),
    ),
    entry(
        "nll_without_logarithm", LOSS,
        "Your {name} is made of the probabilities themselves: no logarithm was taken.",
        "L_i is −log of the probability of the right class.",
        "The probability of the right class is itself a number to be made large.", ONE,
        _loss_is(lambda P, S, y: -_at(P, y).mean(), lambda P, S, y: 1 - _at(P, y).mean(),
                 lambda P, S, y: _at(P, y).mean()), ORDINARY,
    ),
    entry(
        "nll_mean_before_logarithm", LOSS,
        "Your {name} is the logarithm of a mean; the loss is a mean of logarithms.",
        "First one L_i for each example, each with its own logarithm; then their mean.",
        "The order of mean and log.", ONE,
        _loss_is(lambda P, S, y: -np.log(_at(P, y).mean())), ("value", "absent", "whole"),
    ),
    entry(
        "nll_other_base", LOSS,
        "Your {name} is the right one in another unit: the logarithm has another base.",
        "np.log is the natural logarithm, the one that undoes np.exp.",
        "np.log2 or np.log10.", ONE,
        _loss_is(lambda P, S, y: -np.log2(_at(P, y)).mean(), lambda P, S, y: -np.log10(_at(P, y)).mean()), ORDINARY,
    ),
    entry(
        "nll_over_every_class", LOSS,
        "Your {name} adds up −log p over all classes of an example, right and wrong.",
        "Only the right class of each example counts: one entry a row.",
        "The picking of the right class is missing.", ONE,
        _loss_is(lambda P, S, y: -np.log(P).sum(axis=1).mean(), lambda P, S, y: -np.log(P).mean()), ORDINARY,
    ),
    entry(
        "nll_not_normalised", LOSS_OF_NET,
        "Your {name} is the mean of −s at the right class: the sum of the exponentials is not in it.",
        "−log p has two terms. One is −s of the right class; where is the other?",
        "log and exp cancel, and the denominator got lost with them.", ONE,
        _loss_is(lambda P, S, y: -_at(S, y).mean()), ORDINARY,
    ),
    entry(
        "nll_denominator_no_sum", LOSS_OF_NET,
        "Your {name} has a mean or a maximum of the exponentials where their sum belongs.",
        "What must the probabilities of one example add up to?",
        "np.mean or np.max for np.sum.", ONE, None, ORDINARY,
    ),
    entry(
        "nll_denominator_multiplied", LOSS_OF_NET,
        "Your {name} multiplies by the sum of the exponentials where it should divide.",
        "What must the probabilities of one example add up to?",
        "`*` for `/`: the logarithm of the sum comes with the wrong sign.", ONE, None, ORDINARY,
    ),
    entry(
        "nll_denominator_twice", LOSS_OF_NET,
        "Your {name} divides twice by the sum of the exponentials.",
        "What must the probabilities of one example add up to?",
        "A line that normalises, and a second one after it.", ONE, None, ORDINARY,
    ),
    entry(
        "nll_not_a_number", LOSS,
        "Your {name} is nan with ordinary scores: np.log was given something below 0.",
        "Print what goes into np.log. A sum of exponentials is never negative.",
        "The exp is missing: the logarithm is taken of a sum of scores.", ONE,
        when(lambda answer, s: number(answer) is not None and np.isnan(number(answer))), ORDINARY,
    ),
    entry(
        "log_of_sum_left_out", LOSS_OF_NET,
        "Your {name} adds up exponentials and takes no logarithm of their sum.",
        "−log p has two terms. One of them is log Σ exp: is the log there?",
        "log and exp are thought to cancel, sum or no sum.", STILL, None, ORDINARY,
    ),
    entry(
        "scores_negated_in_loss", ("stable_loss", "net_loss"),
        "Your {name} belongs to the scores with all their signs turned.",
        "Which is subtracted from which: the maximum from the scores, or the scores from the maximum?",
        "The maximum minus the scores.", ROW, None, ORDINARY,
    ),
    entry(
        "nll_right_score_added", LOSS_OF_NET,
        "Your {name} adds the score of the right class to the logarithm of the sum.",
        "−log p has two terms. Which sign has the score of the right class?",
        "The minus of −log is taken over for one of the two terms only.", STILL, None, ORDINARY,
    ),
    entry(
        "nll_right_score_left_out", LOSS_OF_NET,
        "Your {name} is the mean of log Σ exp: the score of the right class is not in it.",
        "−log p has two terms. One is the logarithm of the sum; where is the other?",
        "The second term of the log-sum-exp form is missing.", STILL,
        _loss_is(lambda P, S, y: _log_sum(S).mean(),
                 lambda P, S, y: (_log_sum(S) - S.max(axis=1)).mean()), ORDINARY,
    ),
    entry(
        "shift_in_one_place_only", ("stable_loss",),
        "Your {name} subtracts the row maximum in one of its two terms and not in the other.",
        "Both terms are made of z. Where does an s still stand?",
        "z in the sum of the exponentials, s at the right class.", STILL,
        _loss_is(lambda P, S, y: (-np.log(_at(P, y)) - S.max(axis=1)).mean(),
                 lambda P, S, y: (-np.log(_at(P, y)) + S.max(axis=1)).mean()), ORDINARY,
    ),
    entry(
        "maximum_of_each_column", ("stable_loss", "net_loss"),
        "Your {name} belongs to scores from which the maximum of each column was subtracted.",
        "Subtracting changes nothing only if all scores of one example lose the same. Which axis is that?",
        "axis=0 for axis=1 in the maximum.", ROW,
        _loss_is(lambda P, S, y: -np.log(_at(probabilities((S - S.max(axis=0)).astype(float)), y)).mean()),
        ("value", "absent", "whole"),
    ),
    entry(
        "losses_not_averaged", LOSS,
        "Your {name} is an array with one entry for each example.",
        "The loss of a batch is one number: the mean of these.",
        "The last step, the mean, is missing.", ONE,
        when(lambda answer, s: is_gradient(answer) and answer.size == s["N"] > 1), ORDINARY,
    ),
    entry(
        "scores_not_shifted", ("stable_loss",),
        "With scores near 1000 your loss is nan or inf: exp overflows.",
        "Subtract something from each row before you exponentiate, so that its largest score is 0.",
        "The formula as it stands, without a shift.", "Where exp ends",
        _wide(lambda right, found: not np.isfinite(found[0])), ("large", "rows"), ("nll_not_a_number",),
    ),
    entry(
        "one_maximum_for_all", ("stable_loss",),
        "With all scores near 1000 your loss is right; with rows far apart it is not.",
        "Every row needs its own maximum: S.max without an axis is one number for all.",
        "One shift for the whole matrix: every exponential of a low row is 0.", ROW,
        _wide(lambda right, found: right[0] and not right[1]), ("rows",),
    ),
    entry(
        "quotient_before_logarithm", ("stable_loss",),
        "Where the scores of a row are far apart your loss is not what it should be: an exp there is 0, or inf.",
        "log(a / b) = log a − log b, and log of exp(z) is z: nothing small has to be computed at all.",
        "Quotient first, logarithm second, as in most published solutions; or the row's minimum is taken away.",
        STILL,
        _wide(lambda right, found: right[:2] == [True, True] and not right[2]), ("gap",),
    ),
)  # fmt: skip
