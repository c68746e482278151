"""The right answers that are mutated, the questions each is asked, and how to call it. Used by `diagnosis`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from autograder.questions import all_questions
from benchmarks.diagnosing import facts
from benchmarks.diagnosing.facts import Behaves, Call, of_arrays, of_max
from sample_class import solutions
from sample_class.wrong_two_layer_net import REFERENCE

SOURCE = Path(__file__).parents[2] / "source"
NOTEBOOKS = ("01_gates", "02_linear_layer", "03_softmax_relu", "04_gradient_check")
NET = "neural_net.py"
PUT_TOGETHER_BY_THE_LESSON = "loss"
"""A method that is given, with nothing to write in it."""


@dataclass(frozen=True)
class Answer:
    """A function of a notebook, or a whole `neural_net.py`."""

    family: str
    name: str
    """Of the function, or of the file."""
    text: str
    defines: str
    """What `check` is given."""
    questions: tuple[str, ...]
    call: Call
    beside: str = ""
    """Code of the same student's that it uses."""
    behaves: Behaves | None = None

    def facts(self, text: str) -> frozenset[str] | None:
        """Of another answer to the same; see `facts`."""
        return facts.facts(self.text, text, self.call, self.behaves)


def _sizes(rng: np.random.Generator, trial: int) -> tuple[int, int, int]:
    """N, D, C, all different; every fourth time a single example."""
    N, D, C = (int(n) for n in rng.permutation(np.arange(2, 8))[:3])
    return (1 if trial % 4 == 3 else N), D, C


def _gate(count: int, ties: bool = False):
    def draw(rng, trial):
        arrays = [rng.normal(size=6) for _ in range(count)]
        if ties and trial % 2:
            arrays[:-1] = [rng.integers(-1, 2, size=6).astype(float) for _ in range(count - 1)]
        return tuple(arrays)

    return draw


def _shared(rng, trial):
    N, D, _ = _sizes(rng, trial)
    return rng.normal(size=D), rng.normal(size=(N, D)), rng.normal(size=(N, D))


def _X_dY(rng, trial):
    N, D, C = _sizes(rng, trial)
    return rng.normal(size=(N, D)), rng.normal(size=(N, C))


def _dY(rng, trial):
    return _X_dY(rng, trial)[1:]


def _dY_W(rng, trial):
    N, D, C = _sizes(rng, trial)
    return rng.normal(size=(N, C)), rng.normal(size=(D, C))


def _scores(spread: float):
    def draw(rng, trial):
        N, C, _ = _sizes(rng, trial)
        S = rng.normal(size=(N, C)) * (spread if trial % 3 == 2 else 1.0)
        y = rng.integers(0, C, size=N)
        if trial % 2:
            y[y == C - 1] = 0
        return S, y

    return draw


def _losses(rng, trial):
    N, D, C = _sizes(rng, trial)
    return rng.random(N), rng.normal(size=(D, N)), rng.normal(size=N), rng.normal(size=(N, C)), rng.normal(size=C), 0.3


def _weights(rng, trial):
    _, D, C = _sizes(rng, trial)
    return rng.normal(size=(D, C)), float(rng.random() + 0.1)


def _hidden(rng, trial):
    N, D, C = _sizes(rng, trial)
    return rng.normal(size=(N, D)), rng.normal(size=(D, C)), rng.normal(size=C)


def _dH_A(rng, trial):
    N, D, _ = _sizes(rng, trial)
    return rng.normal(size=(N, D)), rng.normal(size=(N, D))


def _pair(rng, trial):
    a, b = rng.normal(size=7), rng.normal(size=7)
    if trial % 2:  # what 0 with 0 gives hides what the others do
        a[0] = b[0] = 0
        a[1] = 0
    return a, b


CALLS: dict[str, Call] = {
    "add_gate": of_arrays("add_gate", _gate(3)),
    "multiply_gate": of_arrays("multiply_gate", _gate(3)),
    "max_gate": of_max("max_gate", _gate(3, ties=True), 0, 1),
    "sigmoid_gate": of_arrays("sigmoid_gate", _gate(2)),
    "circuit": of_arrays("circuit", _gate(4)),
    "shared_factor": of_arrays("shared_factor", _shared),
    "db": of_arrays("db", _dY), "db_loop": of_arrays("db_loop", _dY),
    "dW": of_arrays("dW", _X_dY), "dW_loop": of_arrays("dW_loop", _X_dY),
    "dX": of_arrays("dX", _dY_W), "dX_loop": of_arrays("dX_loop", _dY_W),
    "naive_loss": of_arrays("naive_loss", _scores(1)),
    "stable_loss": of_arrays("stable_loss", _scores(1000)),
    "regularised_loss": of_arrays("regularised_loss", _losses),
    "penalty_gradient": of_arrays("penalty_gradient", _weights),
    "dscores": of_arrays("dscores", _scores(1000)), "dscores_loop": of_arrays("dscores_loop", _scores(1000)),
    "hidden_layer": of_arrays("hidden_layer", _hidden),
    "drelu": of_arrays("drelu", _dH_A),
    "centred_slope": facts.of_slope,
    "numeric_gradient": facts.of_numeric_gradient,
    "relative_errors": of_arrays("relative_errors", _pair),
}  # fmt: skip
"""A tie in `circuit` is left to the student: the lesson treats it at the gate."""


def answers() -> Iterator[Answer]:
    """Every answer that is code."""
    for lesson in NOTEBOOKS:
        written = solutions(next((SOURCE / lesson).glob("*.ipynb")))
        for name, text in written.items():
            if name == "gradient_check":
                yield _checker(lesson, text, written["numeric_gradient"])
            elif name in CALLS:
                yield Answer(lesson, name, f"{text}\n", name, (name,), CALLS[name])
    questions = tuple(name for name in all_questions() if name.startswith("net_"))
    yield Answer("05_two_layer_net", NET, REFERENCE, "TwoLayerNet", questions, facts.of_net)


def _checker(lesson: str, text: str, numeric_gradient: str) -> Answer:
    """It measures with the student's own `numeric_gradient`."""

    def call(rng, trial, names):
        exec(numeric_gradient, names)
        return facts.of_checker(rng, trial, names)

    name, questions = "gradient_check", ("gradient_check", "bug_hunt")
    return Answer(lesson, name, f"{text}\n", name, questions, call, numeric_gradient, facts.of_checkers)
