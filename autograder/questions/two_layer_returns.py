"""The question about what `loss` hands back, and what it leaves alone."""

from __future__ import annotations

import numpy as np

from autograder.questions.question import Part, Probe, Question, Seen
from autograder.questions.two_layer_backward import grads_of
from autograder.questions.two_layer_draws import ASSIGNMENT, CALLS, draw
from autograder.questions.two_layer_forward import NAMES, is_gradient, number
from autograder.records import Reply


def draw_twice(rng: np.random.Generator) -> Probe:
    probe = draw(rng)
    X, y = probe.arguments["X"], probe.arguments["y"]
    return Probe({"X": X, "y": y, "reg": 0.3, **probe.setting["parameters"]}, None, {**probe.setting, "reg": 0.3})


def _not_yet(reply: Reply) -> Seen | None:
    """What is missing before anything else can be looked at."""
    first = reply.value[0]
    missing = [name for name in NAMES if name not in grads_of(first)]
    if missing:
        return Seen(False, f"not looked at: there is no gradient by {missing[0]} yet")
    gradients = [grads_of(first)[name] for name in NAMES]
    if not all(is_gradient(one) and np.isfinite(one).all() for one in gradients):
        return Seen(False, "not looked at: a gradient is not an array of finite numbers")
    if not any(np.ptp(one) for one in gradients):
        return Seen(False, "not looked at: every entry of each gradient is the same")
    return None


def _examine_returned_shapes(reply: Reply, probe: Probe) -> Seen:
    if (complaint := _not_yet(reply)) is not None:
        return complaint
    for name, parameter in probe.setting["parameters"].items():
        shape = np.shape(grads_of(reply.value[0])[name])
        # Another number of entries, or a transpose, is told where that gradient is asked.
        if shape != parameter.shape and tuple(n for n in shape if n > 1) == parameter.shape:
            return Seen(False, f"d{name} has shape {shape}, expected {parameter.shape}")
    return Seen(True, "each gradient has the shape of its parameter")


def _examine_returned_types(reply: Reply, probe: Probe) -> Seen:
    if (complaint := _not_yet(reply)) is not None:
        return complaint
    if number(reply.value[0]["loss"]) is None:
        return Seen(False, "the loss is not one number")
    for name in NAMES:
        dtype = np.asarray(grads_of(reply.value[0])[name]).dtype
        if dtype != np.float64:
            return Seen(False, f"d{name} has dtype {dtype}, expected float64")
    return Seen(True, "a number, and a dict of four float64 arrays")


def _examine_untouched(reply: Reply, probe: Probe) -> Seen:
    if reply.changed:
        return Seen(False, f"{' and '.join(reply.changed)} changed during the call")
    return _not_yet(reply) or Seen(True, "X, y and the four parameters are as they were")


def _examine_twice(reply: Reply, probe: Probe) -> Seen:
    if (complaint := _not_yet(reply)) is not None:
        return complaint
    if reply.changed:
        return Seen(True, "not looked at: the call changes what it starts from")
    first, second = reply.value
    same = np.array_equal(first["loss"], second["loss"], equal_nan=True) and all(
        np.array_equal(grads_of(first)[name], grads_of(second).get(name)) for name in NAMES
    )
    return Seen(same, "the same loss and gradients" if same else "the second call answers something else")


RETURNS = Question(
    "net_returns", ASSIGNMENT, "loss(X, y, reg)",
    (
        Part("shapes", "each gradient has the shape of its parameter", 0.25, draw_twice, _examine_returned_shapes,
             through=f"{CALLS}:loss_twice"),
        Part("types", "one number, and four arrays of float64", 0.25, draw_twice, _examine_returned_types,
             through=f"{CALLS}:loss_twice"),
        Part("untouched", "inputs and parameters left as they were", 0.25, draw_twice, _examine_untouched,
             through=f"{CALLS}:loss_twice"),
        Part("twice", "the same call gives the same again", 0.25, draw_twice, _examine_twice,
             through=f"{CALLS}:loss_twice"),
    ),
    "Print `loss(X, y, reg)` twice in a row, and the shape and dtype of each gradient.",
    follows=("net_penalty",),
)  # fmt: skip
