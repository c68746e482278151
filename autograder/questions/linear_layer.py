"""The questions of `02_linear_layer`: db, dW, dX of Y = XW + b, as loops and vectorised, and the dimension drill.

Sizes are all different and nothing is square, so that no wrong axis or missing transpose fits by luck.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np

from autograder.gradients import numeric_gradient
from autograder.questions import dimension_drill
from autograder.questions.examine import left_alone, not_an_array, same_numbers, same_numbers_in_any_shape, same_shape
from autograder.questions.question import Part, Probe, Question, Seen
from autograder.records import Reply

ASSIGNMENT = "02_linear_layer"

REAL_SIZE = {"N": 400, "D": 250, "C": 200}
"""20 million products: a few milliseconds vectorised, 6 seconds and more in Python loops."""

REAL_SIZE_SECONDS = 2.0
"""Hundreds of times what the vectorised line needs, a third of what loops need: no busy machine tips it."""


def draw(rng: np.random.Generator, wanted: str, takes: tuple[str, ...], *, N: int, D: int, C: int) -> Probe:
    """Random X (N, D), W (D, C), b (C,) and upstream dY (N, C), float64; truth is the gradient called `wanted`.

    A random upstream, because ones would hide a transposed or ignored dY.
    """
    setting = {
        "X": rng.normal(size=(N, D)),
        "W": rng.normal(size=(D, C)),
        "b": rng.normal(size=C),
        "dY": rng.normal(size=(N, C)),
    }
    gradient = partial(measured, setting, wanted)
    arguments = {name: setting[name] for name in takes}
    return Probe(arguments, gradient(setting["dY"]), {**setting, "N": N, "D": D, "C": C}, gradient)


def measured(setting: dict, wanted: str, upstream: np.ndarray) -> np.ndarray:
    """The numeric gradient called `wanted` of Y = XW + b at `setting`, under another upstream gradient (N, C)."""
    parameter = wanted.removeprefix("d")

    def forward(value):
        at = {**setting, parameter: value}
        return at["X"] @ at["W"] + at["b"]

    return numeric_gradient(forward, setting[parameter], upstream, method="complex")


def draw_real_size(rng: np.random.Generator, wanted: str, takes: tuple[str, ...]) -> Probe:
    """As `draw` at REAL_SIZE, where measuring every entry would take minutes: truth is known at 12 entries."""
    N, D, C = REAL_SIZE["N"], REAL_SIZE["D"], REAL_SIZE["C"]
    setting = {"X": rng.normal(size=(N, D)), "W": rng.normal(size=(D, C)), "dY": rng.normal(size=(N, C))}
    shape = {"dW": (D, C), "dX": (N, D)}[wanted]
    entries = [tuple(int(rng.integers(n)) for n in shape) for _ in range(12)]
    # Only what the entry touches, found by moving it: Y is linear, so one row or column of it is enough to measure.
    truth = np.array([_measured_at(setting, wanted, entry) for entry in entries])
    return Probe(
        {name: setting[name] for name in takes},
        truth,
        {"N": N, "D": D, "C": C, "entries": entries, "shape": shape},
    )


def _measured_at(setting: dict, wanted: str, entry: tuple[int, ...]) -> float:
    """One entry of dW or dX, measured on the one column (dW) or row (dX) of Y that the entry can move."""
    X, W, dY = setting["X"], setting["W"], setting["dY"]
    if wanted == "dX":
        i, k = entry
        return float(numeric_gradient(lambda x: x @ W, X[i], dY[i], method="complex", entries=[(k,)])[0])
    k, j = entry
    return float(numeric_gradient(lambda w: X @ w, W[:, j], dY[:, j], method="complex", entries=[(k,)])[0])


def right_at_real_size(reply: Reply, probe: Probe) -> Seen:
    """In time and right at the measured entries."""
    if (complaint := not_an_array(reply)) is not None:
        return complaint
    value = reply.value
    if value.shape != probe.setting["shape"]:
        return Seen(False, f"shape {value.shape}, expected {probe.setting['shape']}")
    sizes = "N = {N}, D = {D}, C = {C}".format(**probe.setting)
    picked = np.array([value[entry] for entry in probe.setting["entries"]])
    # 1e-9: sums of hundreds of products, in an order of their own.
    right = bool(np.allclose(picked, probe.truth, rtol=1e-9, atol=1e-9))
    return Seen(right, f"{sizes}: {'done in time' if right else 'in time, but the values are not right'}")


def _gradient_question(
    id: str,
    takes: tuple[str, ...],
    *,
    value: float,
    alone: float,
    single: float = 0.0,
    shape: float = 0.0,
    real_size: float = 0.0,
) -> Question:
    """`value`, `alone`, …: the points of each part; a part worth nothing is not asked."""
    wanted = id.removesuffix("_loop")
    usual: Callable[[np.random.Generator], Probe] = partial(draw, wanted=wanted, takes=takes, N=5, D=4, C=3)
    examine = same_numbers_in_any_shape if shape else same_numbers
    # The size that a sum runs over, taken as 1: a mean equals the sum there, and `=` equals `+=`.
    summed, smaller = ("C = 1", {"N": 5, "D": 4, "C": 1}) if wanted == "dX" else ("N = 1", {"N": 1, "D": 4, "C": 3})
    parts = [
        Part("value", "every entry agrees with the numeric gradient", value, usual, examine),
        Part("shape", "the shape is that of the parameter", shape, usual, same_shape),
        Part("single", f"still right for {summed}", single,
             partial(draw, wanted=wanted, takes=takes, **smaller), examine),
        Part("alone", f"{' and '.join(takes)} left as {'they were' if len(takes) > 1 else 'it was'}",
             alone, usual, left_alone),
        Part("real_size", "fast enough for real data, without loops", real_size,
             partial(draw_real_size, wanted=wanted, takes=takes), right_at_real_size, REAL_SIZE_SECONDS),
    ]  # fmt: skip
    return Question(id, ASSIGNMENT, f"{id}({', '.join(takes)})", tuple(part for part in parts if part.points))


QUESTIONS = (
    _gradient_question("db_loop", ("dY",), value=1.25, shape=0.25, alone=0.5),
    _gradient_question("dW_loop", ("X", "dY"), value=2.0, single=0.5, alone=0.5),
    _gradient_question("dX_loop", ("dY", "W"), value=2.0, single=0.5, alone=0.5),
    _gradient_question("db", ("dY",), value=1.25, shape=0.25, alone=0.5),
    _gradient_question("dW", ("X", "dY"), value=2.0, single=0.25, alone=0.25, real_size=0.5),
    _gradient_question("dX", ("dY", "W"), value=2.0, single=0.25, alone=0.25, real_size=0.5),
    *dimension_drill.QUESTIONS,
)
