"""The questions of `01_gates`: four gates backwards, a circuit with a fork, a shared factor, the rate for scaled data.

Every gradient is measured through a forward pass; `forward` below is all that is known of a gate.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from autograder.gradients import numeric_gradient
from autograder.questions import scaled_rate
from autograder.questions.examine import left_alone, not_an_array, same_numbers
from autograder.questions.question import Part, Probe, Question, Seen
from autograder.records import Reply

ASSIGNMENT = "01_gates"


def larger(x, y):
    """max(x, y) entry by entry; compares real parts, so that the complex step runs through it."""
    return np.where(np.real(x) > np.real(y), x, y)


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


FORWARD: dict[str, Callable] = {
    "add_gate": lambda x, y: x + y,
    "multiply_gate": lambda x, y: x * y,
    "max_gate": larger,
    "sigmoid_gate": sigmoid,
    "circuit": lambda x, y, z: sigmoid((x + y) * larger(x, z)),
    "shared_factor": lambda s, V: s * V,
}


def together(answer: Callable, *arguments: Any) -> Any:
    """The gradients that `answer` returns as rows of one array; what cannot be stacked comes back as it is."""
    value = answer(*arguments)
    if isinstance(value, (tuple, list)) and value:
        rows = [np.asarray(row) for row in value]
        if all(row.dtype.kind in "biuf" and row.shape == rows[0].shape for row in rows):
            return np.stack(rows) * 1  # a mask counts as zeros and ones
    return value


def measured(forward: Callable, inputs: dict[str, np.ndarray], wanted: tuple[str, ...], up: np.ndarray) -> np.ndarray:
    """The gradients of `sum(up * forward(**inputs))` by the inputs in `wanted`, one row each."""

    def by(name: str) -> np.ndarray:
        return numeric_gradient(lambda v: forward(**{**inputs, name: v}), inputs[name], up, method="complex")

    rows = [by(name) for name in wanted]
    return np.stack(rows) if len(rows) > 1 else rows[0]


def draw(rng: np.random.Generator, gate: str, takes: tuple[str, ...], n: int = 6) -> Probe:
    """`n` independent cases for `gate`, with a random upstream; ones would hide an upstream that was dropped.

    Inputs keep a distance from one another, so that no input is nearly a tie and no swap hides in rounding.
    """
    inputs = {name: _apart(rng, n) for name in takes}
    if gate == "max_gate":  # both branches, whatever the seed
        inputs["x"][0], inputs["y"][0] = 1.5, -0.5
        inputs["x"][1], inputs["y"][1] = -1.25, 0.75
    if gate == "circuit":  # the fork must carry through both roads, and once through one only
        inputs["x"][:2], inputs["z"][:2] = (1.5, -1.25), (-0.5, 0.75)
    up = rng.normal(size=n)
    gradient = partial(measured, FORWARD[gate], inputs, takes)
    setting = {**inputs, "dY": up, "n": n}
    if len(takes) > 1:
        setting["of_inputs"] = takes
    return Probe({**inputs, "up": up}, gradient(up), setting, gradient)


def _apart(rng: np.random.Generator, n: int) -> np.ndarray:
    return rng.uniform(0.3, 1.6, n) * rng.choice([-1.0, 1.0], n)


def draw_ties(rng: np.random.Generator) -> Probe:
    """x and y equal in every entry. Truth is what a centred difference says: half to each."""
    x, up = _apart(rng, 5), rng.uniform(0.5, 2, 5)
    halves = [numeric_gradient(lambda v: np.maximum(v, x), x.copy(), up) for _ in "xy"]
    return Probe({"x": x, "y": x.copy(), "up": up}, np.stack(halves), {"x": x, "dY": up, "n": 5})


def right_at_ties(reply: Reply, probe: Probe) -> Seen:
    """Any (t, 1 − t) with t in [0, 1], each entry with its own t, is a subgradient."""
    if (complaint := _rows(reply, probe)) is not None:
        return complaint
    shares = reply.value / probe.setting["dY"]
    # 1e-9: a share such as 0.3 · up + 0.7 · up loses a digit or two.
    fair = np.abs(shares.sum(axis=0) - 1) < 1e-9
    inside = ((shares > -1e-9) & (shares < 1 + 1e-9)).all(axis=0)
    if (fair & inside).all():
        return Seen(True, f"shares {shares[0, 0]:.2g} and {shares[1, 0]:.2g} of the upstream gradient")
    worst = int(np.argmin(fair & inside))
    return Seen(False, f"at x = y the shares are {shares[0, worst]:.2g} and {shares[1, worst]:.2g}")


def draw_shared(rng: np.random.Generator, n: int = 5, D: int = 3) -> Probe:
    """s (D,) multiplies every row of V (N, D)."""
    V, s, up = rng.normal(size=(n, D)), _apart(rng, D), rng.normal(size=(n, D))

    def gradient(upstream: np.ndarray) -> np.ndarray:
        return numeric_gradient(lambda value: value * V, s, upstream, method="complex")

    return Probe({"s": s, "V": V, "up": up}, gradient(up), {"s": s, "V": V, "dY": up, "N": n, "D": D}, gradient)


def _rows(reply: Reply, probe: Probe) -> Seen | None:
    """What is wrong with the number of gradients; None when all are there."""
    if isinstance(reply.value, (tuple, list)):
        return Seen(False, f"{len(reply.value)} values of different kinds or shapes were returned")
    if (complaint := not_an_array(reply)) is not None:
        return complaint
    if reply.value.shape != probe.truth.shape:
        return Seen(False, f"{probe.truth.shape[0]} gradients of shape {probe.truth.shape[1:]} were expected")
    return None


def right_rows(reply: Reply, probe: Probe, row: int | None = None) -> Seen:
    """All gradients right, or only the one in `row`."""
    if (complaint := _rows(reply, probe)) is not None:
        return complaint
    if row is None:
        return same_numbers(reply, probe)
    return same_numbers(Reply(value=reply.value[row]), Probe(probe.arguments, probe.truth[row]))


STACKED = "autograder.questions.gates:together"


def _two(id: str, value: float, alone: float, *more: Part) -> Question:
    usual = partial(draw, gate=id, takes=("x", "y"))
    return Question(
        id, ASSIGNMENT, f"{id}(x, y, up)",
        (
            Part("value", "both gradients agree with the numeric ones", value, usual, right_rows, through=STACKED),
            *more,
            Part("alone", "x, y and up left as they were", alone, usual, left_alone, through=STACKED),
        ),
        "Take one entry, x = 2, y = 3, up = 1, and move x by 0.001 by hand: what does the output do?",
    )  # fmt: skip


_circuit = partial(draw, gate="circuit", takes=("x", "y", "z"))
_sigmoid = partial(draw, gate="sigmoid_gate", takes=("x",))

QUESTIONS = (
    _two("add_gate", 1.5, 0.5),
    _two("multiply_gate", 1.5, 0.5),
    _two("max_gate", 2.0, 0.5, Part("tie", "a fair share for each where x = y", 0.5, draw_ties, right_at_ties,
                                    through=STACKED)),
    Question(
        "sigmoid_gate", ASSIGNMENT, "sigmoid_gate(x, up)",
        (
            Part("value", "the gradient agrees with the numeric one", 2.5, _sigmoid, same_numbers),
            Part("alone", "x and up left as they were", 0.5, _sigmoid, left_alone),
        ),
        "Take x = 0 and up = 1: σ(0) is 1/2. What should come out?",
    ),
    Question(
        "circuit", ASSIGNMENT, "circuit(x, y, z, up)",
        (
            Part("dx", "dx, which comes back over both roads", 2.0, _circuit, partial(right_rows, row=0),
                 through=STACKED),
            Part("dy", "dy, behind the add gate", 1.25, _circuit, partial(right_rows, row=1), through=STACKED),
            Part("dz", "dz, behind the max gate", 1.25, _circuit, partial(right_rows, row=2), through=STACKED),
            Part("alone", "x, y, z and up left as they were", 0.5, _circuit, left_alone, through=STACKED),
        ),
        "Compare with draw_circuit at one point, from the right: at which wire do you first differ?",
    ),
    Question(
        "shared_factor", ASSIGNMENT, "shared_factor(s, V, up)",
        (
            Part("value", "every entry agrees with the numeric gradient", 2.0, draw_shared, same_numbers),
            Part("single", "still right for N = 1", 0.5, partial(draw_shared, n=1), same_numbers),
            Part("alone", "s, V and up left as they were", 0.5, draw_shared, left_alone),
        ),
        "Write the gradient of s_1 alone: which entries of q does s_1 touch?",
    ),
    *scaled_rate.QUESTIONS,
)  # fmt: skip
