"""Mistakes in `neural_net.py`: the loss and large scores."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from autograder.misconceptions.misconception import Misconception
from autograder.misconceptions.two_layer_net import LESSON, LOSS, STABILITY, probabilities, when
from autograder.questions import Probe
from autograder.questions.two_layer_forward import Measured, is_gradient, is_loss, number
from autograder.records import Reply


def _loss_is(variant: Callable[[np.ndarray, Measured], float]) -> Callable[[Reply, Probe], bool]:
    """`variant` of -log P and the network."""

    def test(answer: Any, s: dict[str, Any]) -> bool:
        m = s["measured"].as_seen(answer["scores"])
        with np.errstate(all="ignore"):
            wanted = variant(-np.log(probabilities(m.scores)), m)
        return np.isfinite(wanted) and is_loss(answer["loss"], float(wanted)) and not is_loss(wanted, m.loss)

    return when(test)


def _right(minus_log: np.ndarray, m: Measured) -> np.ndarray:
    return minus_log[np.arange(m.N), m.y]


def _over_everything(scores: np.ndarray) -> np.ndarray:
    return probabilities(scores.reshape(1, -1)).reshape(scores.shape)


def _in_part_in_base(base: float, m: Measured) -> float:
    """The logarithm of the sums alone has another base, the shifted scores are as they are."""
    shifted = m.scores - m.scores.max(axis=1, keepdims=True)
    return float(np.mean(np.log(np.exp(shifted).sum(axis=1)) / np.log(base) - _right(shifted, m)))


def _over_batch(scores: np.ndarray) -> np.ndarray:
    return probabilities(scores.T).T


def _wide_loss(test: Callable[[float, float], bool]) -> Callable[[Reply, Probe], bool]:
    """`test` of the loss at wide scores and of what it should be, for a net whose loss is a number at ordinary ones."""

    def seen(answer: Any, s: dict[str, Any]) -> bool:
        usual, found = (number(one["loss"]) for one in answer)
        return (
            None not in (usual, found)
            and np.isfinite(usual)
            and test(found, s["wide"].as_seen(answer[1]["scores"]).loss)
        )

    return when(seen)


def _usual_loss_is_right(reply: Reply, probe: Probe) -> bool:
    return when(lambda answer, s: is_loss(answer[0]["loss"], s["measured"].as_seen(answer[0]["scores"]).loss))(
        reply, probe
    )


MISCONCEPTIONS = (
    Misconception(
        "loss_summed", LOSS,
        "Your loss is N = {N} times the right one: the sum over the examples, not their mean.",
        "Divide by the number of examples, once.",
        "The 1/N of the mean is missing.",
        "The loss", LESSON,
        matches=_loss_is(lambda minus_log, m: _right(minus_log, m).sum()),
    ),
    Misconception(
        "loss_mean_over_classes", LOSS,
        "Your loss is the right one divided by C = {C}.",
        "The mean runs over the examples. Count the entries that np.mean divides by.",
        "np.mean over an array (N, C) of which only one entry a row is not 0.",
        "The loss", LESSON,
        matches=_loss_is(lambda minus_log, m: _right(minus_log, m).mean() / m.C),
    ),
    Misconception(
        "loss_sign_flipped", LOSS,
        "Your loss is the negative of the right one.",
        "log of a probability is below 0. What does the loss do about it?",
        "The minus of the negative log likelihood is missing.",
        "The loss", LESSON,
        matches=_loss_is(lambda minus_log, m: -_right(minus_log, m).mean()),
    ),
    Misconception(
        "loss_of_every_label", LOSS,
        "Your loss mixes every example with the labels of all the others.",
        "logp[:, y] picks N columns in each row. One entry a row needs a row index, too: np.arange(N).",
        "`logp[:, y]` for `logp[np.arange(N), y]`.",
        "The loss", LESSON,
        matches=lambda reply, probe: any(
            _loss_is(variant)(reply, probe)
            for variant in (
                lambda minus_log, m: minus_log[:, m.y].mean(),
                lambda minus_log, m: minus_log[:, m.y].sum() / m.N,
            )
        ),
    ),
    Misconception(
        "loss_softmax_over_batch", LOSS,
        "Your loss belongs to probabilities that sum to 1 down each column, over the examples.",
        "Each example shares its probability out among the classes: which axis does the sum run along?",
        "axis=0 for axis=1 in the sum of the softmax.",
        "The loss", LESSON,
        matches=_loss_is(lambda minus_log, m: _right(-np.log(_over_batch(m.scores)), m).mean()),
        parts=("value", "absent", "whole"),
    ),
    Misconception(
        "loss_softmax_over_everything", LOSS,
        "Your loss belongs to probabilities that sum to 1 over the whole batch together.",
        "Each example shares out a probability of 1 among the classes: sum along its row.",
        "A sum without an axis.",
        "The loss", LESSON,
        matches=_loss_is(lambda minus_log, m: _right(-np.log(_over_everything(m.scores)), m).mean()),
        parts=("value", "absent", "whole"),
    ),
    Misconception(
        "loss_without_log", LOSS,
        "Your loss is made of the probabilities themselves: no logarithm was taken.",
        "The loss of one example is -log of the probability of its class.",
        "The probability of the right class is itself a number to be made large.",
        "The loss", LESSON,
        matches=lambda reply, probe: any(
            _loss_is(variant)(reply, probe)
            for variant in (
                lambda minus_log, m: -np.exp(-_right(minus_log, m)).mean(),
                lambda minus_log, m: 1 - np.exp(-_right(minus_log, m)).mean(),
            )
        ),
    ),
    Misconception(
        "loss_in_bits", LOSS,
        "Your loss is the right one in another unit: the logarithm has another base.",
        "np.log is the natural logarithm; its derivative is the plain 1/p.",
        "np.log2 or np.log10.",
        "The loss", LESSON,
        matches=lambda reply, probe: any(
            _loss_is(variant)(reply, probe)
            for variant in (
                lambda minus_log, m: _right(minus_log, m).mean() / np.log(2),
                lambda minus_log, m: _right(minus_log, m).mean() / np.log(10),
                lambda minus_log, m: _in_part_in_base(2, m),
                lambda minus_log, m: _in_part_in_base(10, m),
            )
        ),
    ),
    Misconception(
        "loss_per_example", LOSS,
        "Your loss is an array with one entry for each example.",
        "The loss of a batch is one number: the mean of these.",
        "The last step, the mean, is missing.",
        "The loss", LESSON,
        matches=when(lambda answer, s: is_gradient(answer["loss"]) and answer["loss"].size == s["N"] > 1),
    ),
    Misconception(
        "loss_not_a_number", LOSS,
        "Your loss is nan with ordinary scores: np.log was given something below 0.",
        "Print what goes into np.log. A sum of exponentials is never negative.",
        "The exp is missing: the logarithm is taken of a sum of scores.",
        "The loss", LESSON,
        matches=when(lambda answer, s: number(answer["loss"]) is not None and np.isnan(number(answer["loss"]))),
    ),
    Misconception(
        "row_maximum_not_subtracted", STABILITY,
        "With large scores your loss becomes nan or inf, though the right one is a plain number.",
        "Subtract something from each row, so that its largest score is 0. One number for all rows will not do.",
        "No shift at all (exp overflows), or one for the whole matrix (every exp of a low row is 0).",
        "Large scores", LESSON,
        matches=_wide_loss(lambda found, right: not np.isfinite(found)),
        parts=("shift",),
    ),
    Misconception(
        "log_of_a_quotient", STABILITY,
        "Where the scores of one row are over 745 apart your loss is not what it should be: an exp there is 0, or inf.",
        "log(a / b) = log a - log b, and log of exp(z) is z: nothing small has to be computed at all.",
        "exp and log one after the other, as in most published solutions; or the row's minimum is taken away.",
        "Large scores", LESSON,
        matches=lambda reply, probe: _usual_loss_is_right(reply, probe) and _wide_loss(
            lambda found, right: not np.isfinite(found) or (found < right and not is_loss(found, right))
        )(reply, probe),
        parts=("gap",),
    ),
    Misconception(
        "gradient_overflows", STABILITY,
        "With large scores your loss is right, and one of your gradients holds nan or inf.",
        "dscores takes exp of the scores as well. Which shift does your loss make, and does dscores make it?",
        "The row maximum is subtracted in the loss and not in the probabilities of its gradient.",
        "Large scores", LESSON,
        matches=lambda reply, probe: _wide_loss(is_loss)(reply, probe) and when(
            lambda answer, s: any(
                is_gradient(one) and not np.isfinite(one).all() for one in (answer[1]["grads"] or {}).values()
            )
        )(reply, probe),
        parts=("shift", "gap"),
    ),
)  # fmt: skip
