"""The question about a new `TwoLayerNet`: shapes, scale and spread of its weights, biases of zero."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from autograder.questions.question import Part, Probe, Question, Seen
from autograder.questions.two_layer_draws import ASSIGNMENT, CALLS
from autograder.questions.two_layer_forward import is_gradient
from autograder.records import Reply

WIDE = {"D": 60, "H": 50, "C": 40}
"""A new net of this size has 3,000 and 2,000 weights: their standard deviation is known to about 2 %."""


def draw_new(rng: np.random.Generator) -> Probe:
    std = float(rng.uniform(0.2, 0.5))
    return Probe({**WIDE, "std": std}, None, {**WIDE, "std": std})


def weights_of(reply: Reply) -> dict[str, Any] | Seen:
    """The parameters of the net with a given std, or what was found instead."""
    params = reply.value["given"] if isinstance(reply.value, dict) and "given" in reply.value else None
    if not isinstance(params, dict) or not params:
        return Seen(False, "params holds nothing yet")
    missing = [name for name in ("W1", "b1", "W2", "b2") if not is_gradient(params.get(name))]
    if missing:
        return Seen(False, f"params has no array {missing[0]}")
    return params


def _examine_shapes(reply: Reply, probe: Probe) -> Seen:
    if isinstance(params := weights_of(reply), Seen):
        return params
    D, H, C = (probe.setting[name] for name in "DHC")
    for name, shape in {"W1": (D, H), "b1": (H,), "W2": (H, C), "b2": (C,)}.items():
        if params[name].shape != shape:
            return Seen(False, f"{name} has shape {params[name].shape}, expected {shape}")
        if params[name].dtype != np.float64:
            return Seen(False, f"{name} has dtype {params[name].dtype}, expected float64")
    return Seen(True, "W1, b1, W2, b2 as they should be")


def _examine_scale(reply: Reply, probe: Probe) -> Seen:
    if isinstance(weights_of(reply), Seen):
        return weights_of(reply)
    for which, std in (("given", probe.setting["std"]), ("default", 1e-4)):
        for name in ("W1", "W2"):
            weights = np.asarray(reply.value[which].get(name, np.nan), dtype=float)
            # Measured about 0, so that a shifted mean does not hide in it. 10 %: five times what chance does.
            found = math.sqrt(float(np.mean(weights**2)))
            if not math.isclose(found, std, rel_tol=0.1):
                return Seen(False, f"{name}: weights of a size of {found:.3g} where std = {std:.3g}")
    return Seen(True, "for the std given and for the one by default")


def _examine_spread(reply: Reply, probe: Probe) -> Seen:
    if isinstance(params := weights_of(reply), Seen):
        return params
    for name in ("W1", "W2"):
        weights = np.asarray(params[name], dtype=float)
        size, mean = math.sqrt(float(np.mean(weights**2))), float(weights.mean())
        if len(np.unique(weights)) < weights.size / 2:
            return Seen(False, f"{name}: many weights are the same number")
        if abs(mean) > 6 * size / math.sqrt(weights.size):
            return Seen(False, f"{name}: weights of mean {mean:.3g}, not near 0")
    return Seen(True, "random, on both sides of 0")


def _examine_biases(reply: Reply, probe: Probe) -> Seen:
    if isinstance(params := weights_of(reply), Seen):
        return params
    for name in ("b1", "b2"):
        if np.any(params[name]):
            return Seen(False, f"{name} is not all zeros")
    return Seen(True, "all zeros")


INIT = Question(
    "net_init", ASSIGNMENT, "TwoLayerNet(input_size, hidden_size, output_size, std)",
    (
        Part("shapes", "four arrays of the right shapes", 0.25, draw_new, _examine_shapes, through=f"{CALLS}:initial"),
        Part("scale", "weights as large as std says", 0.25, draw_new, _examine_scale, through=f"{CALLS}:initial"),
        Part("spread", "weights random, around 0", 0.25, draw_new, _examine_spread, through=f"{CALLS}:initial"),
        Part("biases", "biases zero", 0.25, draw_new, _examine_biases, through=f"{CALLS}:initial"),
    ),
    "Make a net with `TwoLayerNet(4, 10, 3)` and print the shape and a few entries of each parameter.",
)  # fmt: skip
