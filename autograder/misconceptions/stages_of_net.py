"""The pieces of a `TwoLayerNet` as stages: scores, loss, dscores, the gradients of each layer, regularisation.

Each is held against what the piece before it handed on, whatever that was: so two slips in one piece are found even
where another piece is wrong. Names that the lesson before has for the same slip are used again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from autograder.misconceptions import stages_of_softmax
from autograder.misconceptions.stages import Make, Slip, Stage, Values, Way
from autograder.misconceptions.two_layer_net import probabilities
from autograder.questions import Probe
from autograder.questions.two_layer_backward import seen_in, students_dA
from autograder.questions.two_layer_forward import ACTIVATIONS, Measured, is_gradient, number
from autograder.questions.two_layer_penalty import added_gradients, added_to_loss, slopes
from autograder.records import Reply

Handed = tuple[Values, Any] | None


def _under_other_names(stages: tuple[Stage, ...], names: Mapping[str, str]) -> tuple[Stage, ...]:
    return tuple(
        replace(stage, slips=tuple(replace(slip, slug=names.get(slip.slug, slip.slug)) for slip in stage.slips))
        for stage in stages
    )


def _reading(read: Callable[[Any, Probe], Handed]) -> Callable[[Any, Probe], Handed]:
    """`read`, and None for an answer of another kind."""

    def handed_on(answer: Any, probe: Probe) -> Handed:
        try:
            return read(answer, probe)
        except (KeyError, TypeError, ValueError, IndexError, AttributeError):
            return None

    return handed_on


def _setting(probe: Probe) -> Values:
    return dict(probe.setting)


def _drawn(probe: Probe) -> Values:
    return {**probe.setting, **probe.setting["parameters"], **probe.arguments}


def _scaled(slug: str, product: str, *counts: str) -> tuple[Slip, ...]:
    """Twice the product, or divided by one of the sizes N, D, H and C."""
    return (
        Slip(slug, lambda v: 2 * v[product]),
        *(Slip(slug, lambda v, one=one: v[product] / v[one]) for one in counts),
    )


# --- scores ---


def _layer(inputs: str, number: int, size: str, outputs: str) -> tuple[Stage, ...]:
    """`inputs` W + b, of the weights and biases with this number; `size`: how many inputs there are."""
    W, b = f"W{number}", f"b{number}"
    plain, product = f"plain {inputs}{W}", f"{inputs}{W}"
    return (
        Stage(plain, lambda v: v[inputs] @ v[W]),
        Stage(product, lambda v: v[plain], (
            Slip("layer_product_left_out", lambda v: np.zeros_like(v[b])),
            *_scaled("layer_product_scaled", plain, "N", size),
        )),
        Stage(outputs, lambda v: v[product] + v[b], (
            Slip(f"{b}_left_out", lambda v: v[product]),
            Slip("bias_subtracted", lambda v: v[product] - v[b]),
        )),
    )  # fmt: skip


SCORES = Way(("net_scores",), _drawn, (
    *_layer("X", 1, "D", "A"),
    Stage("hidden", lambda v: ACTIVATIONS["relu"](v["A"]), (
        Slip("relu_missing", lambda v: v["A"]),
        Slip("relu_upside_down", lambda v: np.minimum(v["A"], 0)),
        Slip("absolute_values_for_relu", lambda v: np.abs(v["A"])),
        Slip("sigmoid_for_relu", lambda v: ACTIVATIONS["sigmoid"](v["A"])),
    )),
    *_layer("hidden", 2, "H", "sum"),
    Stage("scores", lambda v: v["sum"], (
        Slip("relu_on_scores", lambda v: np.maximum(v["sum"], 0)),
        Slip("probabilities_for_scores", lambda v: probabilities(v["sum"])),
    )),
), ("value", "whole"))  # fmt: skip

# --- the loss ---

LOSS_NAMES = {
    "nll_summed": "loss_summed",
    "nll_without_minus": "loss_sign_flipped",
    "nll_of_all_labels": "loss_of_every_label",
    "nll_sum_down_columns": "loss_softmax_over_batch",
    "nll_sum_over_matrix": "loss_softmax_over_everything",
    "nll_without_logarithm": "loss_without_log",
    "nll_other_base": "loss_in_bits",
}


@_reading
def _loss(answer: Any, probe: Probe) -> Handed:
    m = probe.setting["measured"].as_seen(answer["scores"])
    found = number(answer["loss"])
    return None if found is None else ({"S": m.scores, "y": m.y}, found)


def _with_slips(stages: tuple[Stage, ...], more: Mapping[str, tuple[Slip, ...]]) -> tuple[Stage, ...]:
    return tuple(replace(stage, slips=(*stage.slips, *more.get(stage.name, ()))) for stage in stages)


LOSS = Way(
    ("net_loss",),
    _setting,
    _with_slips(_under_other_names(stages_of_softmax.LOSSES[1].stages, LOSS_NAMES), {
        "log of the sum": (
            # Of scores that are shifted row by row: the sum over all of them.
            Slip("loss_softmax_over_everything", lambda v: np.log(np.exp(v["normaliser"] - v["shift"]).sum())
                 + v["shift"]),
            Slip("loss_softmax_over_batch", lambda v: np.log(np.exp(v["scores"] - v["shift"][:, None]).sum(axis=0))[
                v["y"]] + v["shift"]),
        ),
    }),
    ("value", "absent", "whole"),
    handed_on=_loss,
)  # fmt: skip

# --- dscores ---

DSCORES_NAMES = {
    "probabilities_alone": "one_hot_not_subtracted",
    "one_added": "one_hot_added",
    "one_hot_assigned": "one_put_in_place",
    "every_label_everywhere": "every_label_in_every_row",
    "mean_not_in_gradient": "dscores_not_divided",
    "mean_twice_in_gradient": "dscores_divided_twice",
    "mean_over_classes_in_gradient": "dscores_divided_by_C",
    "downhill_scores": "dscores_sign_flipped",
    "down_columns": "dscores_softmax_over_batch",
    "over_the_whole_matrix": "dscores_softmax_over_everything",
}


@_reading
def _dscores(answer: Any, probe: Probe) -> Handed:
    _, m, upstream = seen_in(answer.get("batch", answer), probe.setting["measured"])
    if not upstream.explains:
        return None
    P = m.N * m.dscores + m.one_hot
    return {"S": m.scores, "one_hot": m.one_hot, "measured": P, "N": m.N}, upstream.value


DSCORES = Way(
    ("net_dscores",),
    _setting,
    _under_other_names(stages_of_softmax.DSCORES_WAY.stages, DSCORES_NAMES),
    ("batch", "single"),
    handed_on=_dscores,
)

# --- a layer, backwards ---


def _seen(answer: Any, probe: Probe) -> tuple[dict[str, Any], Measured, np.ndarray]:
    grads, m, upstream = seen_in(answer, probe.setting["measured"])
    return grads, m, upstream.value


def _of_parameter(which: str) -> Callable[[Any, Probe], Handed]:
    """The gradient by `which`, and what arrived there."""

    @_reading
    def handed_on(answer: Any, probe: Probe) -> Handed:
        grads, m, dscores = _seen(answer, probe)
        arrived = dscores if which in ("W2", "b2") else students_dA(grads, m, dscores).value
        values = {"net": m, "arrived": arrived, "dscores": dscores}
        return (values, grads[which]) if is_gradient(grads.get(which)) else None

    return handed_on


def _last_alone(values: Values) -> np.ndarray:
    last = np.zeros_like(values["arrived"])
    last[-1] = values["arrived"][-1]
    return last


def _weighted(which: str) -> Make:
    return lambda v: v["net"].weighted(which, v["visited"])


def _products(which: str) -> tuple[Slip, ...]:
    """What else is made of what arrived."""
    if which in ("b1", "b2"):
        return (
            Slip("bias_gradient_wrong_axis", lambda v: v["visited"].sum(axis=1)),
            Slip("bias_gradient_one_number", lambda v: v["visited"].sum()),
            Slip("bias_gradient_largest", lambda v: v["visited"].max(axis=0)),
        )
    if which == "W2":
        return (
            Slip(
                "before_the_relu",
                lambda v: Measured(v["net"].X, v["net"].y, v["net"].parameters, "none").weighted("W2", v["visited"]),
            ),
        )
    return ()


def _gradient(question: str, which: str) -> Way:
    slips_in_what_arrived = (Slip("gradient_of_last_example", _last_alone),)
    if which in ("W1", "b1"):
        slips_in_what_arrived += (Slip(f"{which}_without_mask", lambda v: v["net"].at_the_hidden_units(v["dscores"])),)
    return Way((question,), _setting, (
        Stage("visited", lambda v: v["arrived"], slips_in_what_arrived),
        Stage("product", _weighted(which), _products(which)),
        Stage("scaled", lambda v: v["product"], (
            Slip("gradient_averaged_again", lambda v: v["product"] / v["N"]),
            *_scaled("gradient_scaled", "product", "D", "H", "C"),
        )),
        Stage("signed", lambda v: v["scaled"], (Slip("gradient_downhill", lambda v: -v["scaled"]),)),
        Stage("turned", lambda v: v["signed"], () if which in ("b1", "b2") else (
            Slip("gradient_transposed", lambda v: v["signed"].T),
        )),
    ), (which,), (which,), _of_parameter(which))  # fmt: skip


@_reading
def _dhidden(answer: Any, probe: Probe) -> Handed:
    grads, m, dscores = _seen(answer, probe)
    dA = students_dA(grads, m, dscores)
    values = {"right dH": m.at_the_hidden_units(dscores), "A": m.A, "hidden": m.H}
    return (values, dA.value) if dA.explains else None


DHIDDEN = Way(("net_layer1",), _setting, (
    Stage("dH", lambda v: v["right dH"], (
        Slip("averaged_between_the_layers", lambda v: v["right dH"] / v["N"]),
        *_scaled("dhidden_scaled", "right dH", "C", "H"),
    )),
    Stage("dA", lambda v: np.where(v["A"] > 0, v["dH"], 0), (
        Slip("mask_missing", lambda v: v["dH"]),
        Slip("mask_of_the_gradient", lambda v: np.where(v["dH"] > 0, v["dH"], 0)),
        Slip("mask_inverted", lambda v: np.where(v["A"] > 0, 0, v["dH"])),
        Slip("values_for_mask", lambda v: v["dH"] * v["hidden"]),
        Slip("values_for_mask", lambda v: v["dH"] * v["A"]),
        Slip("mask_without_upstream", lambda v: np.where(v["A"] > 0, 1.0, 0.0)),
    )),
    Stage("signed", lambda v: v["dA"], (Slip("gradient_downhill", lambda v: -v["dA"]),)),
), ("dhidden",), ("dhidden",), _dhidden)  # fmt: skip

# --- regularisation ---

PRICE_NAMES = {
    "price_of_one_layer": "reg_on_one_layer",
    "price_not_squared": "reg_not_squared",
    "price_root_or_mean": "reg_root_or_mean",
    "price_subtracted": "reg_subtracted",
    "one_matrix_pays_twice": "reg_one_matrix_twice",
}


@_reading
def _term(answer: Any, probe: Probe) -> Handed:
    added = added_to_loss(Reply(value=answer))
    return None if added is None else ({}, added)


TERM = Way(("net_penalty",), _setting, (
    *_under_other_names(
        tuple(stage for stage in stages_of_softmax.PRICES.stages if stage.name.startswith("price")), PRICE_NAMES
    ),
    Stage("added", lambda v: v["prices"], (
        Slip("price_without_weights", lambda v: v["reg"]),
        Slip("price_without_reg", lambda v: v["prices"] / v["reg"]),
        Slip("price_of_other_power", lambda v: v["prices"] ** 2 / v["reg"]),
        Slip("reg_divided_by_N", lambda v: v["prices"] / v["N"]),
        Slip("reg_subtracted", lambda v: -v["prices"]),
        Slip("half_reg_convention", lambda v: v["prices"] / 2),
    )),
), ("term",), ("term",), _term)  # fmt: skip


@_reading
def _slopes(answer: Any, probe: Probe) -> Handed:
    added = added_gradients(Reply(value=answer), probe)
    return {}, np.concatenate([np.ravel(added["W1"]), np.ravel(added["W2"])])


def _slope(which: str) -> Stage:
    def times(factor: Callable[[Values], float]) -> Make:
        return lambda v: factor(v) * v["right"][which]

    return Stage(which, times(lambda v: 1.0), (
        Slip("reg_gradient_without_two", times(lambda v: 0.5)),
        Slip("reg_missing_in_gradients", times(lambda v: 0.0)),
        Slip("reg_gradient_divided_by_N", times(lambda v: 1 / v["N"])),
        Slip("reg_gradient_scaled", times(lambda v: 1.5)),
        Slip("reg_gradient_scaled", times(lambda v: 2.0)),
        Slip("reg_gradient_downhill", times(lambda v: -1.0)),
        Slip("reg_not_in_its_gradient", times(lambda v: 1 / v["reg"])),
        Slip("reg_not_in_its_gradient", times(lambda v: 1 / (2 * v["reg"]))),
        Slip("reg_twice_in_its_gradient", times(lambda v: v["reg"])),
        Slip("weights_not_in_reg_gradient", lambda v: np.full_like(v["right"][which], 2 * v["reg"])),
        Slip("weights_not_in_reg_gradient", lambda v: np.full_like(v["right"][which], v["reg"])),
        Slip("weights_squared_in_reg_gradient", lambda v: v["right"][which] * v["parameters"][which]),
    ))  # fmt: skip


SLOPES = Way(("net_penalty",), lambda probe: {**probe.setting, "right": slopes("right", probe)}, (
    _slope("W1"),
    _slope("W2"),
    Stage("both", lambda v: np.concatenate([np.ravel(v["W1"]), np.ravel(v["W2"])])),
), ("gradient",), ("gradient",), _slopes)  # fmt: skip

WAYS = (
    SCORES,
    LOSS,
    DSCORES,
    _gradient("net_layer2", "W2"),
    _gradient("net_layer2", "b2"),
    DHIDDEN,
    _gradient("net_layer1", "W1"),
    _gradient("net_layer1", "b1"),
    TERM,
    SLOPES,
)
