"""The gates of `01_gates` as stages: what is local, what arrives from above, and what is handed down to each input."""

from __future__ import annotations

import inspect
from collections.abc import Callable

import numpy as np

from autograder.misconceptions.gates import MAX, MULTIPLY, SHARED, SIGMOID
from autograder.misconceptions.stages import Make, Slip, Stage, Values, Way
from autograder.questions.gates import FORWARD, measured, sigmoid

STEP = 1e-30
"""So small that nothing of it is left in the real part."""


def rate(gate: Callable, v: Values, by: str, **at: str) -> np.ndarray:
    """The derivative of a gate, entry by entry, by the input `by`: measured with a step along the imaginary axis.

    `at`: under which names of `v` the gate's inputs stand, where they are others.
    """
    inputs = {name: v[at.get(name, name)] for name in inspect.signature(gate).parameters}
    inputs[by] = inputs[by] + STEP * 1j
    return np.broadcast_to(np.imag(gate(**inputs)) / STEP, v["dY"].shape)


def arriving(name: str, of: str = "") -> Stage:
    """What comes from above, under `name`."""
    return Stage(name, lambda v: v["dY"], (
        Slip("gate_upstream_dropped", lambda v: np.ones_like(v["dY"]), of),
        Slip("upstream_squared", lambda v: v["dY"] ** 2, of),
    ))  # fmt: skip


def signed(name: str, of: Callable[[Values], np.ndarray]) -> Stage:
    """The same under a new name, or its negative."""
    return Stage(name, of, (Slip("gate_sign_flipped", lambda v: -of(v)),))


def wrong_sigmoids(at: Callable[[Values], np.ndarray]) -> tuple[Make, ...]:
    """What is typed for σ of what stands at `at`. (exp(x) for exp(−x) has the same slope.)"""

    def typed(formula: Callable[[np.ndarray], np.ndarray]) -> Make:
        return lambda v: formula(at(v))

    return tuple(typed(formula) for formula in (
        lambda c: 1 / (1 - np.exp(-c)), lambda c: 1 / np.exp(-c), lambda c: 1 + np.exp(-c), lambda c: np.exp(-c),
        lambda c: 1 / (2 + np.exp(-c)), lambda c: 2 / (1 + np.exp(-c)), lambda c: 1 / (1 - c), lambda c: 1 / (1 + c),
        lambda c: sigmoid(c) ** 2, lambda c: 1 / (1 + np.exp(c)) ** 2, np.ones_like,
    ))  # fmt: skip


def slope_stages(s: str, prefix: str, *more: Slip) -> tuple[Stage, ...]:
    """The sigmoid's slope from its output, which stands under `s`. `prefix`: of the names that are told."""
    return (
        Stage("other", lambda v: 1 - v[s], (
            Slip("sigmoid_other_factor", lambda v: 1 + v[s]),
            Slip("sigmoid_other_factor", lambda v: 2 - v[s]),
            Slip(f"{prefix}sigmoid_forward_again", lambda v: np.ones_like(v[s])),
        )),
        Stage("slope", lambda v: v["other"] * v[s], (
            Slip(f"{prefix}sigmoid_one_minus_only", lambda v: v["other"]),
            Slip("sigmoid_factor_twice", lambda v: v["other"] * v[s] ** 2),
            Slip("sigmoid_factor_twice", lambda v: v["other"] ** 2 * v[s]),
            *more,
        )),
    )  # fmt: skip


def _row(input_: str, local: Callable[[Values], np.ndarray], *slips: tuple[str, Make]) -> tuple[Stage, ...]:
    """What is handed down to one input of a gate with two."""
    arrives, factor = f"up for {input_}", f"local of {input_}"
    return (
        arriving(arrives, of=input_),
        Stage(factor, local, tuple(Slip(slug, make, input_) for slug, make in slips)),
        Stage(f"d{input_}", lambda v: v[factor] * v[arrives], (
            Slip("gate_sign_flipped", lambda v: -v[factor] * v[arrives], input_),
        )),
    )  # fmt: skip


def _local(gate: str, input_: str) -> Make:
    """The measured derivative of the gate itself."""
    return lambda v: rate(FORWARD[gate], v, input_)


BOTH = Stage("both", lambda v: np.stack([v["dx"], v["dy"]]))


def _multiply(input_: str) -> tuple[Stage, ...]:
    return _row(
        input_, _local("multiply_gate", input_),
        ("multiply_not_swapped", lambda v: v[input_]),
        ("multiply_like_add", lambda v: np.ones_like(v["dY"])),
        ("output_for_local", lambda v: v["x"] * v["y"]),
    )  # fmt: skip


def _max(input_: str) -> tuple[Stage, ...]:
    other = {"x": "y", "y": "x"}[input_]
    mask = _local("max_gate", input_)
    return _row(
        input_, mask,
        ("max_gives_both", lambda v: np.ones_like(v["dY"])),
        ("max_wrong_branch", _local("max_gate", other)),
        ("max_scaled_by_input", lambda v: mask(v) * v[input_]),
        ("max_value_for_mask", lambda v: v[input_]),
        ("max_value_for_mask", lambda v: v[other]),
        ("max_input_gets_nothing", lambda v: np.zeros_like(v["dY"])),
    )  # fmt: skip


def _terms(change: Callable[[Values], Values]) -> Make:
    """One gradient of s for each row of V and of what arrives."""

    def make(values: Values) -> np.ndarray:
        V, up = change(values)["V"], change(values)["dY"]
        return np.stack([measured(FORWARD["shared_factor"], {"s": values["s"], "V": row}, ("s",), above)
                         for row, above in zip(V, up, strict=True)])  # fmt: skip

    return make


def _one(name: str, value: Make) -> Make:
    """The terms, of which one factor is another."""
    return _terms(lambda v: {"V": v["V"], "dY": v["dY"], name: value(v)})


SUMS: tuple[tuple[str, Make], ...] = (
    ("shared_mean", lambda v: v["terms"].mean(axis=0)),
    ("shared_wrong_axis", lambda v: v["terms"].sum(axis=1)),
    ("shared_not_summed", lambda v: v["terms"]),
)

WAYS = (
    Way(MULTIPLY, lambda probe: dict(probe.setting), (*_multiply("x"), *_multiply("y"), BOTH)),
    Way(MAX, lambda probe: dict(probe.setting), (*_max("x"), *_max("y"), BOTH)),
    Way(SIGMOID, lambda probe: dict(probe.setting), (
        Stage("s", lambda v: sigmoid(v["x"]), (
            *(Slip("sigmoid_forward_wrong", make) for make in wrong_sigmoids(lambda v: v["x"])),
            Slip("sigmoid_of_input", lambda v: v["x"]),
            Slip("sigmoid_squashed_twice", lambda v: sigmoid(sigmoid(v["x"]))),
        )),
        *slope_stages("s", "", Slip("sigmoid_left_out", lambda v: np.ones_like(v["s"]))),
        arriving("up"),
        signed("dx", lambda v: v["slope"] * v["up"]),
    )),
    Way(SHARED, lambda probe: dict(probe.setting), (
        Stage("terms", _terms(lambda v: v), (
            Slip("gate_upstream_dropped", _one("dY", lambda v: np.ones_like(v["dY"]))),
            Slip("upstream_squared", _one("dY", lambda v: v["dY"] ** 2)),
            Slip("shared_local_left_out", _one("V", lambda v: np.ones_like(v["V"]))),
            Slip("shared_local_twice", _one("V", lambda v: v["V"] ** 2)),
            Slip("shared_not_swapped", _one("V", lambda v: np.broadcast_to(v["s"], v["V"].shape))),
        )),
        Stage("sum", lambda v: v["terms"].sum(axis=0), tuple(Slip(slug, make) for slug, make in SUMS)),
        signed("ds", lambda v: v["sum"]),
        Stage("shaped", lambda v: v["ds"], (Slip("shared_keeps_two_dimensions", lambda v: v["ds"][None]),)),
    )),
)  # fmt: skip
