"""The question about regularisation: what reg adds to the loss of a `TwoLayerNet`, and to its gradients."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from autograder.gradients import numeric_gradient
from autograder.questions.question import Part, Probe, Question, Seen
from autograder.questions.two_layer_backward import grads_of
from autograder.questions.two_layer_draws import ASSIGNMENT, CALLS, draw
from autograder.questions.two_layer_forward import LOSS_TOLERANCE, is_gradient, mean_of
from autograder.records import Reply

OF_ONE_LAYER: dict[str, Callable[[np.ndarray], float]] = {
    "subtracted": lambda W: -np.sum(W**2),
    "not_squared": np.sum,
    "root_of_squares": lambda W: np.sqrt(np.sum(W**2)),
    "mean_of_squares": lambda W: np.mean(W**2),
}
"""What students make of one of the two sums, or of both."""


def in_one_layer(kind: str) -> tuple[str, str]:
    """The names in TERMS of what is wrong in one of the two layers only."""
    return f"{kind}_in_W1", f"{kind}_in_W2"


def _with_one_wrong(kind: str, which: str) -> Callable[[dict], float]:
    other = {"W1": "W2", "W2": "W1"}[which]
    return lambda p: OF_ONE_LAYER[kind](p[which]) + np.sum(p[other] ** 2)


TERMS: dict[str, Callable[[dict], float]] = {
    "right": lambda p: np.sum(p["W1"] ** 2) + np.sum(p["W2"] ** 2),
    "half": lambda p: (np.sum(p["W1"] ** 2) + np.sum(p["W2"] ** 2)) / 2,
    "on_biases": lambda p: sum(np.sum(p[name] ** 2) for name in p),
    "first_layer_only": lambda p: np.sum(p["W1"] ** 2),
    "second_layer_only": lambda p: np.sum(p["W2"] ** 2),
    **{kind: (lambda p, one=one: one(p["W1"]) + one(p["W2"])) for kind, one in OF_ONE_LAYER.items()},
    **{f"{kind}_in_{which}": _with_one_wrong(kind, which) for kind in OF_ONE_LAYER for which in ("W1", "W2")},
}
"""What students add to the loss, per unit of reg: the right one and its relatives."""


def draw_penalty(rng: np.random.Generator) -> Probe:
    """As `draw`, with a reg."""
    probe = draw(rng)
    reg, parameters = float(rng.uniform(0.3, 0.9)), probe.setting["parameters"]
    arguments = {"X": probe.arguments["X"], "y": probe.arguments["y"], "reg": reg, **parameters}
    return Probe(arguments, None, {**probe.setting, "reg": reg})


def slopes(term: str, probe: Probe) -> dict[str, np.ndarray]:
    """What reg adds to the gradients by W1 and W2 of whoever adds `term` (a key of TERMS) to the loss; measured."""
    parameters, reg = probe.setting["parameters"], probe.setting["reg"]

    def by(which: str) -> np.ndarray:
        return numeric_gradient(
            lambda value: np.asarray(TERMS[term]({**parameters, which: value})), parameters[which], method="complex"
        )

    return {which: reg * by(which) for which in ("W1", "W2")}


def added_to_loss(reply: Reply) -> float | None:
    """What reg adds to the loss; to its mean, for a student who still has one entry for each example."""
    losses = [mean_of(reply.value[which]["loss"]) for which in ("with", "without")]
    return None if None in losses else losses[0] - losses[1]


def students_term(reply: Reply, probe: Probe) -> str | None:
    """The name in TERMS of what reg adds to the loss; "divided_by_N", "missing", or None if it is none of these."""
    s = probe.setting
    if (difference := added_to_loss(reply)) is None:
        return None
    added = difference / s["reg"]
    if abs(added) < 1e-9:
        return "missing"
    for name, term in TERMS.items():
        if math.isclose(added, term(s["parameters"]), rel_tol=LOSS_TOLERANCE):
            return name
    if math.isclose(added, TERMS["right"](s["parameters"]) / s["N"], rel_tol=LOSS_TOLERANCE):
        return "divided_by_N"
    return None


def _examine_term(reply: Reply, probe: Probe) -> Seen:
    if (added := added_to_loss(reply)) is None:
        return Seen(False, "loss(X, y, reg) did not return a number first")
    truth = probe.setting["reg"] * TERMS["right"](probe.setting["parameters"])
    right = students_term(reply, probe) == "right"
    return Seen(right, "reg·ΣW1² + reg·ΣW2²" if right else f"reg adds {added:.6f}, expected {truth:.6f}")


def added_gradients(reply: Reply, probe: Probe) -> dict[str, np.ndarray]:
    """Parameter → what reg adds to its gradient, where that has as many entries as the parameter, in its order."""
    with_reg, without = grads_of(reply.value["with"]), grads_of(reply.value["without"])
    return {
        name: (np.asarray(with_reg[name], dtype=float) - without[name]).reshape(parameter.shape)
        for name, parameter in probe.setting["parameters"].items()
        if is_gradient(with_reg.get(name))
        and is_gradient(without.get(name))
        and with_reg[name].squeeze().shape == without[name].squeeze().shape == parameter.shape
    }


def rounding(reply: Reply) -> float:
    """What is left of the rounding of two gradients of order 1 to 10 when they are subtracted."""
    single = any(is_gradient(one) and one.dtype == np.float32 for one in grads_of(reply.value["with"]).values())
    return 1e-4 if single else 1e-9


def _examine_penalty_gradient(reply: Reply, probe: Probe) -> Seen:
    """The derivative of what the lesson adds to the loss, or of what the student's own loss adds: a convention costs
    its mark once."""
    if not {"W1", "W2"} <= grads_of(reply.value["with"]).keys():
        return Seen(False, "there are no gradients by W1 and W2 yet")
    # One of another shape is told where that gradient is asked.
    added = {name: one for name, one in added_gradients(reply, probe).items() if name in ("W1", "W2")}
    if not added:
        return Seen(False, "no gradient by W1 or W2 has the shape of its parameter")
    for term in ("right", students_term(reply, probe)):
        if term not in TERMS:
            continue
        wanted = slopes(term, probe)
        if all(np.allclose(one, wanted[name], rtol=1e-9, atol=rounding(reply)) for name, one in added.items()):
            return Seen(True, "the derivative of the term" + (" that your loss adds" if term != "right" else ""))
    return Seen(False, "not the derivative of what reg adds to the loss")


def _examine_penalty_on_biases(reply: Reply, probe: Probe) -> Seen:
    added = added_gradients(reply, probe)
    if not {"b1", "b2"} & added.keys():
        return Seen(False, "not looked at: there are no gradients by the biases yet")
    term = students_term(reply, probe)
    if term in ("missing", None) and not any(np.abs(one).max() > rounding(reply) for one in added.values()):
        return Seen(False, "not looked at: there is no regularisation yet")
    biases = [np.abs(added[name]).max() for name in ("b1", "b2") if name in added]
    if term == "on_biases" or max(biases) <= rounding(reply):
        return Seen(True, "their gradients do not depend on reg")
    return Seen(False, "the gradient by a bias changes with reg")


PENALTY = Question(
    "net_penalty", ASSIGNMENT, "loss(X, y, reg)",
    (
        Part("term", "what reg adds to the loss", 0.75, draw_penalty, _examine_term,
             through=f"{CALLS}:with_and_without_reg"),
        Part("gradient", "what reg adds to the gradients of W1 and W2", 0.5, draw_penalty,
             _examine_penalty_gradient, through=f"{CALLS}:with_and_without_reg"),
        Part("biases", "the biases are left in peace", 0.25, draw_penalty, _examine_penalty_on_biases,
             through=f"{CALLS}:with_and_without_reg"),
    ),
    "Subtract the loss at reg = 0 from the loss at reg = 1: which sum of weights is left?",
    called="loss", follows=("net_layer1",),
)  # fmt: skip
