"""The losses, dscores and the hidden layer of `03_softmax_relu` as stages. Losses and probabilities are measured."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from autograder.misconceptions.softmax_dscores import DSCORES, every_label, exponentials, measured_P
from autograder.misconceptions.softmax_loss import LOSS, REGULARISED
from autograder.misconceptions.softmax_relu import HIDDEN
from autograder.misconceptions.stages import Slip, Stage, Values, Way
from autograder.misconceptions.two_layer_net import probabilities
from autograder.questions.two_layer_forward import log_sum_exp_loss


def _normaliser(v: Values) -> np.ndarray:
    """The logarithm of each row's sum of exponentials: what is measured of its loss, and the score of its class."""
    alone = [log_sum_exp_loss(v["scores"][i : i + 1], v["y"][i : i + 1]) for i in range(len(v["y"]))]
    return np.array(alone) + v["right"]


def _losses(questions: tuple[str, ...], *slips: Slip) -> Way:
    """`slips`: in what becomes of the scores before anything else."""
    return Way(questions, lambda probe: {**probe.setting, "S": np.asarray(probe.setting["S"], dtype=float)}, (
    Stage("scores", lambda v: v["S"], slips),
    Stage("right", lambda v: v["scores"][np.arange(len(v["y"])), v["y"]]),
    Stage("normaliser", _normaliser),
    Stage("shift", lambda v: v["scores"].max(axis=1)),
    Stage("log of the sum", lambda v: v["normaliser"], (
        Slip("nll_sum_down_columns", lambda v: np.log(np.exp(v["scores"]).sum(axis=0))[v["y"]]),
        Slip("nll_sum_over_matrix", lambda v: np.full(len(v["y"]), np.log(np.exp(v["scores"]).sum()))),
        Slip("nll_denominator_no_sum", lambda v: v["normaliser"] - np.log(v["C"])),
        Slip("nll_denominator_no_sum", lambda v: v["shift"]),
        Slip("nll_not_normalised", lambda v: np.zeros(len(v["y"]))),
        Slip("log_of_sum_left_out", lambda v: np.exp(v["normaliser"] - v["shift"]) + v["shift"]),
        Slip("log_of_sum_left_out", lambda v: np.exp(v["normaliser"])),
        Slip("nll_denominator_multiplied", lambda v: -v["normaliser"]),
        Slip("nll_denominator_twice", lambda v: 2 * v["normaliser"]),
        Slip("nll_other_base", lambda v: (v["normaliser"] - v["shift"]) / np.log(2) + v["shift"]),
        Slip("nll_other_base", lambda v: (v["normaliser"] - v["shift"]) / np.log(10) + v["shift"]),
    )),
    Stage("picked", lambda v: v["log of the sum"] - v["right"], (
        Slip("nll_of_all_labels", lambda v: v["log of the sum"][:, None] - v["scores"][:, v["y"]]),
        Slip("nll_right_score_left_out", lambda v: v["log of the sum"]),
        Slip("nll_right_score_left_out", lambda v: v["log of the sum"] - v["shift"]),
        Slip("nll_right_score_added", lambda v: v["log of the sum"] + v["right"]),
        Slip("nll_right_score_added", lambda v: v["log of the sum"] + v["right"] - 2 * v["shift"]),
    )),
    Stage("in nats", lambda v: v["picked"], (
        Slip("nll_other_base", lambda v: v["picked"] / np.log(2)),
        Slip("nll_other_base", lambda v: v["picked"] / np.log(10)),
        Slip("nll_without_logarithm", lambda v: -np.exp(-v["picked"])),
    )),
    Stage("gathered", lambda v: v["in nats"].mean(), (Slip("nll_summed", lambda v: v["in nats"].sum()),)),
    Stage("loss", lambda v: v["gathered"], (Slip("nll_without_minus", lambda v: -v["gathered"]),)),
    ))  # fmt: skip


LOSSES = (
    _losses(LOSS[:1]),
    _losses(
        LOSS[1:],
        Slip("maximum_of_each_column", lambda v: v["S"] - v["S"].max(axis=0)),
        Slip("scores_negated_in_loss", lambda v: -v["S"]),
    ),
)


def _price(name: str) -> Stage:
    """What one weight matrix pays."""

    def times(amount: Callable[[np.ndarray], float]) -> Callable[[Values], float]:
        return lambda v: v["reg"] * amount(v["parameters"][name])

    return Stage(f"price of {name}", times(lambda W: np.vdot(W, W)), (
        Slip("price_of_one_layer", lambda v: 0.0),
        Slip("price_without_reg", lambda v: np.vdot(v["parameters"][name], v["parameters"][name])),
        Slip("price_not_squared", times(np.sum)),
        Slip("price_root_or_mean", times(lambda W: np.mean(W * W))),
        Slip("price_root_or_mean", times(np.linalg.norm)),
        Slip("price_subtracted", times(lambda W: -np.vdot(W, W))),
        Slip("price_of_other_power", times(lambda W: np.sum(W**3))),
        Slip("price_of_other_power", times(lambda W: np.vdot(W, W) ** 2)),
        Slip("price_of_the_largest", times(lambda W: np.max(W * W))),
        Slip("price_without_weights", lambda v: v["reg"]),
    ))  # fmt: skip


PRICES = Way(REGULARISED, lambda probe: dict(probe.setting), (
    Stage("mean", lambda v: np.mean(v["losses"]), (
        Slip("losses_summed", lambda v: np.sum(v["losses"])), Slip("price_alone", lambda v: 0.0),
    )),
    _price("W1"),
    _price("W2"),
    Stage("prices", lambda v: v["price of W1"] + v["price of W2"], (
        Slip("one_matrix_pays_twice", lambda v: 2 * v["price of W1"]),
        Slip("one_matrix_pays_twice", lambda v: 2 * v["price of W2"]),
    )),
    Stage("loss", lambda v: v["mean"] + v["prices"]),
))  # fmt: skip


def _empty(rows=slice(None), columns=slice(None)) -> Callable[[Values], np.ndarray]:
    def make(values: Values) -> np.ndarray:
        left = values["signed"].copy()
        left[rows, columns] = 0
        return left

    return make


def _shifted_by(shift: Callable[[np.ndarray], np.ndarray]) -> Callable[[Values], np.ndarray]:
    def make(values: Values) -> np.ndarray:
        S = np.asarray(values["S"], dtype=float)
        return np.exp(S - shift(S))

    return make


def _row_sums(values: Values) -> np.ndarray:
    return values["exponentials"].sum(axis=1, keepdims=True)


def _logarithms(values: Values) -> np.ndarray:
    """The scores that stand in the exponentials."""
    return np.log(values["exponentials"])


def _labels_for_scores(values: Values) -> np.ndarray:
    """exp of the labels that stand where the scores of a row should: (1, C)."""
    labels = values["one_hot"].argmax(axis=1)[: values["one_hot"].shape[1]]
    if len(labels) < values["one_hot"].shape[1]:
        raise IndexError("fewer labels than classes")
    return np.exp(labels.astype(float))[None]


DSCORES_WAY = Way(DSCORES, lambda probe: {**probe.setting, "measured": measured_P(probe)}, (
    # Where they are divided by their sum another shift of a row changes nothing; elsewhere it shows.
    Stage("exponentials", exponentials, (
        Slip("dscores_overflow", _shifted_by(lambda S: 0 * S)),
        Slip("dscores_overflow", _shifted_by(lambda S: -S.max(axis=1, keepdims=True))),
        Slip("dscores_overflow", _shifted_by(lambda S: S.min(axis=1, keepdims=True))),
        Slip("dscores_overflow", _shifted_by(lambda S: S.max())),
    )),
    Stage("P", lambda v: v["measured"], (
        Slip("exponentials_not_divided", lambda v: v["exponentials"]),
        Slip("scores_for_probabilities", lambda v: v["S"]),
        Slip("exp_left_out", lambda v: _logarithms(v) / _logarithms(v).sum(axis=1, keepdims=True)),
        Slip("exp_left_out", lambda v: _logarithms(v) / _row_sums(v)),
        Slip("exp_left_out", lambda v: v["exponentials"] / _logarithms(v).sum(axis=1, keepdims=True)),
        Slip("class_left_out_of_the_sum", lambda v: v["exponentials"] / v["exponentials"][:, 1:].sum(axis=1)[:, None]),
        Slip("class_left_out_of_the_sum", lambda v: v["exponentials"] / v["exponentials"][:, :-1].sum(axis=1)[:, None]),
        Slip("labels_for_scores", lambda v: _labels_for_scores(v) / _row_sums(v)),
        Slip("labels_for_scores", lambda v: v["exponentials"] / _labels_for_scores(v).sum()),
        Slip("down_columns", lambda v: probabilities(np.asarray(v["S"], dtype=float).T).T),
        Slip("down_columns", lambda v: v["exponentials"] / v["exponentials"].sum(axis=0)),  # of shifted rows
        Slip("over_the_whole_matrix", lambda v: probabilities(np.ravel(v["S"])[None] * 1.0).reshape(v["S"].shape)),
        Slip("over_the_whole_matrix", lambda v: v["exponentials"] / v["exponentials"].sum()),  # of shifted rows
        Slip("denominator_averaged", lambda v: v["C"] * v["measured"]),
        Slip("multiplied_by_denominator", lambda v: v["exponentials"] * _row_sums(v)),
        Slip("divided_twice_by_denominator", lambda v: v["measured"] / _row_sums(v)),
        Slip("scores_negated", lambda v: probabilities(-np.asarray(v["S"], dtype=float))),
    )),
    Stage("less", lambda v: v["P"] - v["one_hot"], (
        Slip("probabilities_alone", lambda v: v["P"]),
        Slip("one_added", lambda v: v["P"] + v["one_hot"]),
        Slip("one_hot_assigned", lambda v: np.where(v["one_hot"] > 0, 1, v["P"])),
        Slip("every_label_everywhere", lambda v: v["P"] - every_label(v)),
        Slip("two_taken_away", lambda v: v["P"] - 2 * v["one_hot"]),
    )),
    Stage("shared", lambda v: v["less"] / v["N"], (
        Slip("mean_not_in_gradient", lambda v: v["less"]),
        Slip("mean_twice_in_gradient", lambda v: v["less"] / v["N"] ** 2),
        Slip("mean_over_classes_in_gradient", lambda v: v["less"] / v["C"]),
        Slip("multiplied_by_N", lambda v: v["less"] * v["N"]),
    )),
    Stage("signed", lambda v: v["shared"], (Slip("downhill_scores", lambda v: -v["shared"]),)),
    Stage("rows", lambda v: v["signed"], (
        Slip("last_example_missing", _empty(rows=-1)),
        Slip("first_example_missing", _empty(rows=0)),
        Slip("first_example_alone", _empty(rows=slice(1, None))),
        Slip("class_left_empty", _empty(columns=0)),
        Slip("class_left_empty", _empty(columns=-1)),
    )),
))  # fmt: skip

HIDDEN_WAY = Way(HIDDEN, lambda probe: {**probe.setting, "right A": probe.setting["A"]}, (
    Stage("A", lambda v: v["right A"], (
        Slip("relu_without_bias", lambda v: v["right A"] - v["b"]),
        Slip("hidden_bias_subtracted", lambda v: v["right A"] - 2 * v["b"]),
        Slip("hidden_product_left_out", lambda v: v["b"]),
        Slip("hidden_product_scaled", lambda v: 2 * v["right A"] - v["b"]),
        Slip("hidden_product_scaled", lambda v: (v["right A"] - v["b"]) / v["D"] + v["b"]),
    )),
    Stage("H", lambda v: np.where(v["A"] > 0, v["A"], 0), (
        Slip("relu_left_out", lambda v: v["A"]),
        Slip("absolute_value", lambda v: np.abs(v["A"])),
        Slip("mask_for_values", lambda v: v["A"] > 0),
        Slip("negative_part", lambda v: np.where(v["A"] > 0, 0, v["A"])),
    )),
    Stage("both", lambda v: np.stack([v["A"], v["H"]]), (
        Slip("A_and_H_exchanged", lambda v: np.stack([v["H"], v["A"]])),
    )),
))  # fmt: skip

WAYS = (*LOSSES, PRICES, DSCORES_WAY, HIDDEN_WAY)
