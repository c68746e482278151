"""The questions about the gradients of a `TwoLayerNet`, each held against what the student's own code handed it.

`loss` returns four gradients at its end only, and a slip in dscores echoes in all of them. So the upstream gradient
that the student worked with is found first: the right one, one of the known wrong ones, or whichever explains dW2.
What follows from it by the chain rule, measured, is right in the later questions; the slip costs its marks once.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from autograder.gradients import row
from autograder.questions.question import Part, Probe, Question, Seen
from autograder.questions.two_layer_draws import ASSIGNMENT, CALLS, draw
from autograder.questions.two_layer_forward import NAMES, Measured, agrees, is_gradient, number
from autograder.questions.two_layer_kink import draw_kink, examine_kink
from autograder.records import Reply


@dataclass(frozen=True)
class Upstream:
    """The gradient that explains most of what came back."""

    name: str
    """"right", a name in `wrong_dscores` or `wrong_dA`, or "unknown"."""
    value: np.ndarray
    explains: frozenset[str]
    """Names of the parameters whose gradients follow from it."""


def wrong_dscores(m: Measured) -> dict[str, np.ndarray]:
    """The right one and its relatives, (N, C) each; all of them functions of what was measured."""
    right = m.dscores
    P = m.N * right + m.one_hot
    over_batch = np.exp(m.scores - m.scores.max(axis=0)) / np.exp(m.scores - m.scores.max(axis=0)).sum(axis=0)
    everything, rows_shifted = np.exp(m.scores - m.scores.max()), np.exp(m.scores - m.scores.max(axis=1, keepdims=True))
    return {
        "right": right,
        "not_divided": m.N * right,
        "divided_twice": right / m.N,
        "divided_by_C": m.N * right / m.C,
        "no_one_hot": P / m.N,
        "no_one_hot_and_not_divided": P,
        "one_hot_after_division": P / m.N - m.one_hot,
        "one_hot_added": (P + m.one_hot) / m.N,
        "one_hot_assigned": (P * (1 - m.one_hot) + m.one_hot) / m.N,
        "minus_one_hot_assigned": (P * (1 - m.one_hot) - m.one_hot) / m.N,
        "every_label_in_every_row": (P - np.isin(np.arange(m.C), m.y)) / m.N,
        "sign_flipped": -right,
        "softmax_over_batch": (over_batch - m.one_hot) / m.N,
        "softmax_over_everything": (everything / everything.sum() - m.one_hot) / m.N,
        "shifted_softmax_over_everything": (rows_shifted / rows_shifted.sum() - m.one_hot) / m.N,
    }


def wrong_dA(m: Measured, dscores: np.ndarray) -> dict[str, np.ndarray]:
    """What students hand to the first layer when they came with `dscores`, (N, H) each."""
    right, dH = m.through_the_activation(dscores), m.at_the_hidden_units(dscores)
    return {
        "right": right,
        "right_for_a_relu": np.where(m.A > 0, dH, 0),  # where the ReLU is missing on the way forward only
        "mask_missing": dH,
        "mask_of_the_gradient": np.where(dH > 0, dH, 0),
        "mask_inverted": dH - right,
        "values_for_mask": dH * m.H,
        "values_before_for_mask": dH * m.A,
        "upstream_dropped": (m.A > 0).astype(float),
        "sign_flipped": -right,
        "averaged_again": right / m.N,
    }


def students_dscores(grads: Mapping[str, Any], m: Measured) -> Upstream:
    best = Upstream("right", m.dscores, frozenset())
    candidates = wrong_dscores(m)
    recovered = m.upstream_of("W2", grads.get("W2"))
    if recovered is not None:
        candidates["unknown"] = recovered
    for name, dscores in candidates.items():
        dA = m.through_the_activation(dscores)
        follows = {"W2": dscores, "b2": dscores, "W1": dA, "b1": dA}
        explains = frozenset(which for which in NAMES if agrees_with(grads, which, m.weighted(which, follows[which])))
        # More, not as many: of equals the right one is believed.
        if len(explains) > len(best.explains):
            best = Upstream(name, dscores, explains)
    return best


def students_dA(grads: Mapping[str, Any], m: Measured, dscores: np.ndarray) -> Upstream:
    candidates = wrong_dA(m, dscores)
    best = Upstream("right", candidates["right"], frozenset())
    recovered = m.upstream_of("W1", grads.get("W1"))
    if recovered is not None:
        candidates["unknown"] = recovered
    for name, dA in candidates.items():
        explains = frozenset(which for which in ("W1", "b1") if agrees_with(grads, which, m.weighted(which, dA)))
        if len(explains) > len(best.explains):
            best = Upstream(name, dA, explains)
    return best


def agrees_with(grads: Mapping[str, Any], which: str, truth: np.ndarray) -> bool:
    return is_gradient(grads.get(which)) and agrees(grads[which], truth)


def grads_of(answer: Any) -> dict[str, Any]:
    """The gradients in what a call of `loss` gave; {} when there are none."""
    grads = answer.get("grads") if isinstance(answer, dict) else None
    if not isinstance(grads, dict):
        return {}
    # np.sum without an axis gives a number; as an array it can be looked at like the others.
    return {name: np.array(value) if isinstance(value, float) else value for name, value in grads.items()}


def seen_through(reply: Reply, probe: Probe) -> tuple[dict[str, Any], Measured, Upstream]:
    """The student's gradients, the network they really computed, and the dscores they worked with."""
    return seen_in(reply.value, probe.setting["measured"])


def seen_in(answer: Any, measured: Measured) -> tuple[dict[str, Any], Measured, Upstream]:
    grads = grads_of(answer)
    m = measured.as_seen(answer.get("scores"))
    if not grads and is_gradient(answer.get("dscores")):
        return grads, m, _told_directly(answer["dscores"], m)
    return grads, m, students_dscores(grads, m)


def _told_directly(dscores: np.ndarray, m: Measured) -> Upstream:
    """Before there is any gradient, the stub's own piece can be asked what it gives."""
    for name, known in wrong_dscores(m).items():
        if agrees(dscores, known):
            return Upstream(name, known, frozenset({"scores"}))
    return Upstream("unknown", dscores, frozenset({"scores"}))


def _examine_single(reply: Reply, probe: Probe) -> Seen:
    grads, m, upstream = seen_through(reply, probe)
    if not grads and not upstream.explains:
        return Seen(False, "the dict of gradients is empty")
    if not upstream.explains:
        return Seen(False, "none of the four gradients follows from the dscores we measured")
    if agrees(upstream.value, m.dscores):
        return Seen(True, "as measured: " + ", ".join(f"d{which}" for which in sorted(upstream.explains)))
    return Seen(False, "your gradients belong to other dscores than the measured ones")


def _examine_batch(reply: Reply, probe: Probe) -> Seen:
    """The batch against its own examples one by one: a loss that is a mean has the mean of their gradients."""
    batch, singles = grads_of(reply.value["batch"]), [grads_of(one) for one in reply.value["singles"]]
    if not batch:
        batch = {"scores": reply.value["batch"].get("dscores")}
        if not is_gradient(batch["scores"]):
            return Seen(False, "the dict of gradients is empty")
        singles = [{"scores": one.get("dscores")} for one in reply.value["singles"]]
    _, m, upstream = seen_in(reply.value["batch"], probe.setting["measured"])
    if any(one["loss"] is None for one in reply.value["singles"]):
        # A single example stops the net, which is told elsewhere.
        return Seen(upstream.name == "right" and bool(upstream.explains), "held against the measured dscores")
    factors = [1.0]
    loss = number(reply.value["batch"]["loss"])
    if loss is not None and np.isclose(loss, m.N * m.loss, rtol=1e-6):
        factors.append(float(m.N))  # the loss is a sum, too: told there
    found = []
    for which, gradient in batch.items():
        ones = [one.get(which) for one in singles]
        if not all(is_gradient(one) for one in (*ones, gradient)) or len({np.shape(one) for one in ones}) > 1:
            continue
        if all(np.array_equal(one, ones[0]) for one in ones):
            continue  # what does not depend on the example is no gradient
        mean = np.concatenate(ones) / len(ones) if which == "scores" else np.mean(ones, axis=0)
        if any(agrees(gradient, factor * mean) for factor in factors):
            found.append(f"d{which}")
    if found:
        return Seen(True, "the mean over the examples: " + ", ".join(found))
    return Seen(False, "no gradient of the batch is the mean of those of its examples")


def _examine_parameter(reply: Reply, probe: Probe, which: str) -> Seen:
    grads, m, upstream = seen_through(reply, probe)
    if which not in grads:
        return Seen(False, f"there is no gradient by {which} yet")
    if not is_gradient(grads[which]):
        return Seen(False, f"the gradient by {which} is not an array of numbers")
    value, note = upstream.value, "" if upstream.name == "right" else "; follows from your dscores"
    if which in ("W1", "b1"):
        dA = students_dA(grads, m, upstream.value)
        value, note = dA.value, note if dA.name.startswith("right") else "; follows from your dA"
    truth = m.weighted(which, value)
    yours = grads[which]
    if agrees(yours, truth):
        return Seen(True, "agrees with the measured one" if not note else note.removeprefix("; "))
    return Seen(False, row(yours, truth) + note)


def _examine_dhidden(reply: Reply, probe: Probe) -> Seen:
    grads, m, upstream = seen_through(reply, probe)
    if not {"W1", "b1"} & grads.keys():
        return Seen(False, "there are no gradients by W1 and b1 yet")
    dA = students_dA(grads, m, upstream.value)
    if not dA.explains:
        return Seen(False, "neither dW1 nor db1 follows from your dscores")
    if dA.name.startswith("right") or agrees(dA.value, m.through_the_activation(upstream.value)):
        return Seen(True, "on where the value before the ReLU is positive, off elsewhere")
    return Seen(False, "dW1 and db1 belong to another gradient before the ReLU than the measured one")


def _gradients_that_echo(reply: Reply, probe: Probe) -> tuple[str, ...]:
    """The gradients that a wrong dscores made wrong, too, where there are any yet."""
    if not isinstance(reply.value, dict):
        return ()
    grads, m, _ = seen_in(reply.value.get("batch", reply.value), probe.setting["measured"])
    dA = m.through_the_activation(m.dscores)
    right = {"W2": m.dscores, "b2": m.dscores, "W1": dA, "b1": dA}
    wrong = (which for which in right if is_gradient(grads.get(which)))
    return tuple(f"d{which}" for which in wrong if not agrees(grads[which], m.weighted(which, right[which])))


def _gradient_part(which: str, title: str, points: float) -> Part:
    return Part(which, title, points, draw, partial(_examine_parameter, which=which), through=f"{CALLS}:loss")


QUESTIONS = (
    Question(
        "net_dscores", ASSIGNMENT, "loss(X, y) → dscores",
        (
            Part("single", "one example: as the loss changes with its scores", 0.75, partial(draw, N=1),
                 _examine_single, through=f"{CALLS}:loss"),
            Part("batch", "a batch: the mean over its examples", 0.75, draw, _examine_batch,
                 through=f"{CALLS}:batch_and_singles"),
        ),
        "Compare dscores with `numeric_gradient(lambda s: net.data_loss(s, y), scores)`, entry by entry.",
        called="dscores", follows=("net_scores", "net_loss"), echoes=_gradients_that_echo,
    ),
    Question(
        "net_layer2", ASSIGNMENT, "loss(X, y) → dW2, db2",
        (
            _gradient_part("W2", "dW2 follows from dscores", 0.75),
            _gradient_part("b2", "db2 follows from dscores", 0.75),
        ),
        "Which values does W2 multiply on the way forward? And who uses b2?",
        follows=("net_dscores",),
    ),
    Question(
        "net_layer1", ASSIGNMENT, "loss(X, y) → dW1, db1",
        (
            Part("dhidden", "back through W2 and the ReLU", 0.5, draw, _examine_dhidden, through=f"{CALLS}:loss"),
            _gradient_part("W1", "dW1 follows from that", 0.5),
            _gradient_part("b1", "db1 follows from that", 0.25),
            Part("kink", "a value of a billionth is on, minus a billionth is off", 0.25, draw_kink, examine_kink,
                 through=f"{CALLS}:loss"),
        ),
        "Take one example: for which hidden units can its loss change when the value before the ReLU moves a little?",
        follows=("net_layer2",),
    ),
)  # fmt: skip
