"""The circuit of `01_gates` as stages: forward wire by wire, backward through sigmoid, product, fork and max gate."""

from __future__ import annotations

import numpy as np

from autograder.misconceptions.gates import CIRCUIT
from autograder.misconceptions.stages import Make, Slip, Stage, Values, Way
from autograder.misconceptions.stages_of_gates import arriving, rate, signed, slope_stages, wrong_sigmoids
from autograder.questions.gates import larger, sigmoid

ANOTHER = "circuit_forward_changed"
MIXED = "circuit_wires_mixed_up"


def product(a, b):
    return a * b


def _wire(name: str, right: Make, *others: Make) -> Stage:
    """A line of the way forward, which may compute something else."""
    return Stage(name, right, tuple(Slip(ANOTHER, other) for other in others))


def _factor(wire: str, other: str) -> Stage:
    """What comes back at the product to the factor on `wire`."""
    return Stage(f"d{wire}", lambda v: rate(product, v, wire) * v["dc"], (
        Slip("circuit_not_swapped", lambda v: rate(product, v, other) * v["dc"], wire),
        Slip("circuit_product_left_out", lambda v: v["dc"], wire),
        Slip("circuit_arriving_dropped", lambda v: rate(product, v, wire), wire),
        Slip("circuit_arriving_twice", lambda v: rate(product, v, wire) * v["dc"] ** 2, wire),
    ))  # fmt: skip


def _switch(name: str, input_: str) -> Stage:
    """What comes back through the max gate to x or z."""
    other = {"x": "z", "z": "x"}[input_]

    def mask(v: Values, of: str = input_, **at: str) -> np.ndarray:
        return rate(larger, v, {"x": "x", "z": "y"}[of], **{"x": "x", "y": "z"} | at)

    def compared(**at: str) -> Slip:
        return Slip("circuit_other_comparison", lambda v: v["db"] * mask(v, **at), input_)

    return Stage(name, lambda v: v["db"] * mask(v), (
        Slip("circuit_max_gives_both", lambda v: v["db"], input_),
        Slip("circuit_max_wrong_branch", lambda v: v["db"] * mask(v, of=other), input_),
        Slip("circuit_value_for_mask", lambda v: v["db"] * v["x"], input_),
        Slip("circuit_value_for_mask", lambda v: v["db"] * v["z"], input_),
        Slip("circuit_arriving_dropped", lambda v: mask(v), input_),
        Slip(MIXED, lambda v: v["da"] * mask(v), input_),
        compared(x="y"), compared(y="y"), Slip("circuit_other_comparison", lambda v: np.zeros_like(v["db"]), input_),
    ))  # fmt: skip


WAYS = (
    Way(CIRCUIT, lambda probe: dict(probe.setting), (
        _wire("a", lambda v: v["x"] + v["y"], lambda v: v["x"], lambda v: v["y"], lambda v: v["x"] - v["y"],
              lambda v: v["x"] + v["z"], lambda v: 2 * v["x"], lambda v: 2 * v["y"]),
        _wire("b", lambda v: larger(v["x"], v["z"]), lambda v: v["x"], lambda v: v["z"],
              lambda v: np.minimum(v["x"], v["z"]), lambda v: np.abs(v["z"]), lambda v: np.abs(v["x"]),
              lambda v: larger(v["x"], v["y"]), lambda v: larger(v["y"], v["z"])),
        _wire("c", lambda v: v["a"] * v["b"], lambda v: v["a"], lambda v: v["b"], lambda v: v["a"] * v["b"] ** 2,
              lambda v: v["a"] ** 2, lambda v: v["b"] ** 2),
        Stage("s", lambda v: sigmoid(v["c"]), (
            *(Slip(ANOTHER, make) for make in wrong_sigmoids(lambda v: v["c"])),
            Slip("circuit_sigmoid_of_input", lambda v: v["c"]),
        )),
        *slope_stages("s", "circuit_", Slip("circuit_sigmoid_left_out", lambda v: np.ones_like(v["s"]))),
        arriving("up"),
        signed("dc", lambda v: v["slope"] * v["up"]),
        _factor("a", "b"),
        _factor("b", "a"),
        _switch("over max", "x"),
        Stage("dx", lambda v: v["da"] + v["over max"], (
            Slip("fork_first_road_only", lambda v: v["da"]),
            Slip("fork_last_road_only", lambda v: v["over max"]),
            Slip("fork_averaged", lambda v: (v["da"] + v["over max"]) / 2),
            Slip("fork_difference", lambda v: v["da"] - v["over max"]),
            Slip(MIXED, lambda v: v["db"] + v["over max"], "x"),
        )),
        Stage("dy", lambda v: v["da"], (
            Slip("fork_aliased", lambda v: v["dx"]),
            Slip(MIXED, lambda v: v["db"], "y"),
        )),
        _switch("dz", "z"),
        Stage("together", lambda v: np.stack([v["dx"], v["dy"], v["dz"]]), (
            Slip("circuit_order", lambda v: np.stack([v["dx"], v["dz"], v["dy"]])),
        )),
    ), parts=("dx", "dy", "dz")),
)  # fmt: skip
