"""Mistakes in the gradient of the scores, in `03_softmax_relu`.

What is predicted is made of the numeric gradient: P is N times the measured dScores, plus the one-hot matrix.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from autograder.misconceptions.misconception import Misconception
from autograder.misconceptions.two_layer_net import probabilities, when
from autograder.questions import Probe

LESSON = "03_softmax_relu"

DSCORES, HIDDEN, DRELU = ("dscores_loop", "dscores"), ("hidden_layer",), ("drelu",)
DSCORES_OF_NET = (*DSCORES, "net_dscores")
"""With the network's question, where its stages show the same."""
USUAL = ("value", "single", "absent", "whole", "wide", "row_sums")
BATCH = ("value", "absent", "whole", "wide", "row_sums")

ENTRY, TEST, ONCE, RELU, BACK = (
    "dScores, one entry at a time", "A free test", "Divide by N once", "ReLU", "The way back",
)  # fmt: skip


def measured_P(probe: Probe) -> np.ndarray:
    return probe.truth * probe.setting["N"] + probe.setting["one_hot"]


def _of(variant: Callable[[np.ndarray, np.ndarray, dict[str, Any]], np.ndarray]) -> Callable[[Probe], np.ndarray]:
    """`variant` of P, the one-hot matrix, and what was drawn."""
    return lambda probe: variant(measured_P(probe), probe.setting["one_hot"], dict(probe.setting))


def _rows(keep: Callable[[int], Any]) -> Callable[[Probe], np.ndarray]:
    """The measured gradient in some rows, 0 in the others."""

    def predict(probe: Probe) -> np.ndarray:
        kept = np.zeros_like(probe.truth)
        rows = keep(len(kept))
        kept[rows] = probe.truth[rows]
        return kept

    return predict


def exponentials(s: dict[str, Any]) -> np.ndarray:
    S = np.asarray(s["S"], dtype=float)
    return np.exp(S - S.max(axis=1, keepdims=True))


def every_label(s: dict[str, Any]) -> np.ndarray:
    """1 in the column of every label of the batch, in every row."""
    return np.tile(s["one_hot"].max(axis=0), (s["N"], 1))


def _dscores(
    slug: str, says: str, try_next: str, why: str, predict: Callable[[Probe], np.ndarray],
    heading: str = ENTRY, parts: tuple[str, ...] = USUAL, questions: tuple[str, ...] = DSCORES,
) -> Misconception:  # fmt: skip
    return Misconception(slug, questions, says, try_next, why, heading, LESSON, predict=predict, parts=parts)


def _by_stages(slug: str, says: str, try_next: str, why: str) -> Misconception:
    """Recognised by the stages of the answer."""
    return Misconception(slug, DSCORES_OF_NET, says, try_next, why, ENTRY, LESSON, parts=USUAL)


HOW_THE_CALL_WENT = (
    Misconception(
        "dscores_too_slow", ("dscores",),
        "The call was stopped: with N = {N} examples and C = {C} classes it was still running at its time limit.",
        "One exp of the whole matrix, one sum along the classes, and one line for the right classes do what loops do.",
        "Python loops where a vectorised answer is asked for.",
        ENTRY, LESSON,
        matches=lambda reply, probe: reply.timed_out, parts=("real_size",),
    ),
)  # fmt: skip

MISCONCEPTIONS = (
    _dscores(
        "probabilities_alone", "Your {name} is P / N: nothing is taken away at the right class.",
        "What does each of your rows sum to, and what should it?",
        "The 1 of the right class is not subtracted.",
        _of(lambda P, hot, s: P / s["N"]),
    ),
    _dscores(
        "probabilities_as_gradient", "Your {name} is P itself: the probabilities, and nothing else.",
        "Two things are missing: the 1 at the right class, and the mean over the batch.",
        "The derivative of the first term only, for one example.",
        _of(lambda P, hot, s: P),
    ),
    _dscores(
        "mean_not_in_gradient", "Your {name} is N = {N} times the right one: the gradient of a sum, not of a mean.",
        "Each L_i counts 1/N in the loss. Divide once, here.",
        "P − one-hot without the 1/N. Row sums do not show it.",
        _of(lambda P, hot, s: P - hot), ONCE,
    ),
    _dscores(
        "mean_twice_in_gradient", "Your {name} is the right one divided by N = {N} once more.",
        "Look for a second division.",
        "Divided in the loop and once more after it.",
        lambda probe: probe.truth / probe.setting["N"], ONCE,
    ),
    _dscores(
        "mean_over_classes_in_gradient", "Your {name} is divided by C = {C}, the number of classes, in place of N.",
        "The mean runs over the examples. Which entry of S.shape counts them?",
        "`shape[1]` for `shape[0]`.",
        lambda probe: probe.truth * probe.setting["N"] / probe.setting["C"], ONCE,
    ),
    _dscores(
        "mean_over_all_entries", "Your {name} is divided by N·C, the number of scores, in place of N.",
        "The mean runs over the examples: N numbers L_i.",
        "A division by S.size.",
        lambda probe: probe.truth / probe.setting["C"], ONCE,
    ),
    _dscores(
        "one_not_divided", "Your {name} is P/N minus 1 at the right class: the 1 was not divided by N.",
        "Both terms belong to the mean: subtract first, then divide all of it.",
        "The order of the two lines.",
        _of(lambda P, hot, s: P / s["N"] - hot), TEST, BATCH,
    ),
    _dscores(
        "probabilities_not_divided", "Your {name} divides the 1 at the right class by N, and P not.",
        "Both terms belong to the mean: subtract first, then divide all of it.",
        "`P - one_hot / N`: the division binds more tightly than the minus.",
        _of(lambda P, hot, s: P - hot / s["N"]), TEST, BATCH,
    ),
    _dscores(
        "one_added", "Your {name} adds 1 at the right class.",
        "Raising the score of the right class lowers the loss. Which sign does its slope have?",
        "A sign lost on the way through −s.",
        _of(lambda P, hot, s: (P + hot) / s["N"]),
    ),
    _dscores(
        "downhill_scores", "Your {name} is exactly the negative of the measured gradient.",
        "A gradient points uphill. The minus belongs to the step that uses it.",
        "One-hot − P for P − one-hot.",
        lambda probe: -probe.truth,
    ),
    _dscores(
        "every_label_everywhere",
        "Your {name} takes something away in the column of every label of the batch, in every row.",
        "P[:, y] takes all rows. One entry a row needs a row index, too: np.arange(N).",
        "`P[:, y] -= 1`; with a single example nothing shows.",
        _of(lambda P, hot, s: (P - every_label(s)) / s["N"]), ENTRY, BATCH,
    ),
    _dscores(
        "one_hot_of_row_number", "Your {name} takes the 1 away at class 0 of every row, whatever y is.",
        "Which column is the right class of example i?",
        "An index into the wrong axis, or y never used.",
        _of(lambda P, hot, s: (P - (np.arange(s["C"]) == 0)) / s["N"]), ENTRY, BATCH,
    ),
    _dscores(
        "right_class_only", "Your {name} is right at the right classes, and 0 everywhere else.",
        "A wrong class has a slope, too: its score stands in the sum of the exponentials.",
        "Only the case k = y_i is written.",
        lambda probe: probe.truth * probe.setting["one_hot"],
    ),
    _dscores(
        "wrong_classes_only", "Your {name} is right at the wrong classes, and 0 at the right ones.",
        "The right class has a share, too: p − 1.",
        "Only the case k ≠ y_i is written.",
        lambda probe: probe.truth * (1 - probe.setting["one_hot"]),
        ENTRY, BATCH,
    ),
    _dscores(
        "one_hot_assigned", "Your {name} holds 1/N at the right classes: the probability that stood there is gone.",
        "The slope there is p − 1: the 1 is taken away from what is there.",
        "`= 1` for `-= 1`.",
        lambda probe: probe.truth * (1 - probe.setting["one_hot"]) + probe.setting["one_hot"] / len(probe.truth),
    ),
    _dscores(
        "one_hot_alone", "Your {name} is the one-hot matrix with a minus: the probabilities are not in it.",
        "s_ik occurs twice in L_i. Which of the two is missing?",
        "The logarithm of the sum is taken for a constant.",
        _of(lambda P, hot, s: -hot / s["N"]),
    ),
    _dscores(
        "exponentials_not_divided", "Your {name} has exponentials where probabilities belong.",
        "Divide each row by its sum before anything is taken away.",
        "The chain rule stops before the 1/Σ of the logarithm.",
        _of(lambda P, hot, s: (exponentials(s) - hot) / s["N"]), questions=DSCORES_OF_NET,
    ),
    _dscores(
        "scores_for_probabilities", "Your {name} has the scores where probabilities belong.",
        "What becomes of a score on its way to a probability?",
        "The softmax is missing.",
        _of(lambda P, hot, s: (s["S"] - hot) / s["N"]), questions=DSCORES_OF_NET,
    ),
    _dscores(
        "down_columns", "Your {name} comes from probabilities that sum to 1 down each column, over the examples.",
        "Each row shares out its own probability. Which axis does the sum run along?",
        "axis=0 for axis=1.",
        _of(lambda P, hot, s: (probabilities(np.asarray(s["S"], dtype=float).T).T - hot) / s["N"]), TEST, BATCH,
    ),
    _dscores(
        "over_the_whole_matrix", "Your {name} comes from probabilities that sum to 1 over the whole matrix.",
        "Every row needs a sum of its own.",
        "np.sum without an axis.",
        _of(
            lambda P, hot, s: (
                probabilities(np.ravel(s["S"])[None].astype(float)).reshape(P.shape) - hot
            ) / s["N"]
        ), TEST, BATCH,
    ),
    _dscores(
        "derivative_of_p", "Your {name} has p·(1 − p) in it: the slope of one probability by its own score.",
        "Start from L_i with its logarithm of a sum; the quotient never has to be differentiated.",
        "The sigmoid's derivative, remembered from lesson 01.",
        _of(lambda P, hot, s: P * (1 - P) / s["N"]), ENTRY, BATCH,
    ),
    _dscores(
        "first_example_alone", "Only the first row of your {name} is filled.",
        "Where does the loop over i return?",
        "A `return` indented into the loop.",
        _rows(lambda N: slice(0, 1)), ENTRY, BATCH, questions=DSCORES_OF_NET,
    ),
    _dscores(
        "last_example_missing", "The last row of your {name} is empty: the others are right.",
        "How far does the loop over i run? `range(N)` already stops before N.",
        "`range(N - 1)`: the sum on paper ends at N, the range must too.",
        _rows(lambda N: slice(0, N - 1)), ENTRY, BATCH, questions=DSCORES_OF_NET,
    ),
    _by_stages(
        "denominator_averaged", "Your {name} has C = {C} times each probability: a mean stands below, not a sum.",
        "What must each row of probabilities sum to?",
        "np.mean for np.sum over the exponentials.",
    ),
    _by_stages(
        "multiplied_by_denominator", "Your {name} multiplies each exponential by the sum that it should be divided by.",
        "What must each row of probabilities sum to?",
        "`*` for `/`.",
    ),
    _by_stages(
        "divided_twice_by_denominator", "Your {name} divides the exponentials twice by their sum.",
        "What must each row of probabilities sum to?",
        "A line that normalises, and a second one after it.",
    ),
    _by_stages(
        "scores_negated", "Your {name} belongs to the scores with all their signs turned.",
        "Which class should get the larger probability, that of a high score or of a low one?",
        "The maximum minus the scores, or exp(−s).",
    ),
    _by_stages(
        "exp_left_out", "Your {name} has scores in it where their exponentials belong.",
        "Print one row of your probabilities. Is each between 0 and 1?",
        "np.exp is missing above the bar of the softmax, below it, or in both places.",
    ),
    _by_stages(
        "class_left_out_of_the_sum", "Your {name} divides by a sum from which the first or the last class is missing.",
        "What must each row of probabilities sum to?",
        "A range that starts at 1, or ends one too early, in the sum of the exponentials.",
    ),
    _by_stages(
        "labels_for_scores", "Your {name} takes the exponential of labels, not of scores.",
        "Which array holds one score for each class, and which one label for each example?",
        "y and z stand beside each other, and one letter was mistaken for the other.",
    ),
    _by_stages(
        "two_taken_away", "Your {name} takes 2 away at the right classes, where 1 is taken away.",
        "What does each of your rows sum to, and what should it?",
        "The 1 is subtracted twice, or for each of the two terms.",
    ),
    _by_stages(
        "multiplied_by_N", "Your {name} is multiplied by N = {N} where it should be divided.",
        "Each L_i counts 1/N in the loss.",
        "`*` for `/`.",
    ),
    _by_stages(
        "first_example_missing", "The first row of your {name} is empty: the others are right.",
        "Where does the loop over i begin? Python counts from 0.",
        "`range(1, N)`: indices copied from paper, where they begin at 1.",
    ),
    _by_stages(
        "class_left_empty", "The first or the last column of your {name} is empty: the others are right.",
        "Print the classes that your loop visits. Which one gets no turn?",
        "A range that starts at 1, or ends one too early.",
    ),
    Misconception(
        "dscores_overflow", DSCORES_OF_NET,
        "With rows of scores near −1500 and 1500 your {name} holds nan or inf; with small scores it does not.",
        "Subtract the maximum of each row first, as in the loss. One maximum for all rows will not do.",
        "No shift, or one for the whole matrix.",
        "The row maximum", LESSON,
        matches=when(lambda answer, s: answer.shape == s["one_hot"].shape and not np.isfinite(answer).all()),
        parts=("wide",),
    ),
)  # fmt: skip
