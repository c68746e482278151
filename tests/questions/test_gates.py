"""The questions of `01_gates`: what they hand out, what they measure, and what they accept."""

import ast
from pathlib import Path

import numpy as np
import pytest

import autograder
from autograder import check
from autograder.questions import all_questions
from autograder.questions.gates import draw, draw_shared, sigmoid
from autograder.questions.scaled_rate import train

GATES = [question for question in all_questions().values() if question.assignment == "01_gates"]

BY_HAND = {
    "add_gate": lambda s: (s["dY"], s["dY"]),
    "multiply_gate": lambda s: (s["y"] * s["dY"], s["x"] * s["dY"]),
    "max_gate": lambda s: (s["dY"] * (s["x"] > s["y"]), s["dY"] * (s["x"] < s["y"])),
    "sigmoid_gate": lambda s: sigmoid(s["x"]) * (1 - sigmoid(s["x"])) * s["dY"],
}


def test_the_lesson_is_worth_twenty_points():
    """In small pieces: no question above five."""
    assert sum(question.points for question in GATES) == 20
    assert max(question.points for question in GATES) == 5


@pytest.mark.parametrize("gate", BY_HAND)
def test_the_truth_is_the_gradient_found_by_hand(gate):
    """What is measured through the forward pass is held against the closed form."""
    takes = ("x",) if gate == "sigmoid_gate" else ("x", "y")
    probe = draw(np.random.default_rng(1), gate, takes)

    np.testing.assert_allclose(probe.truth, BY_HAND[gate](probe.setting), rtol=1e-12, atol=1e-12)


def test_the_truth_of_the_circuit_is_its_centred_difference():
    """Through all four gates and the fork, by another way of measuring."""
    probe = draw(np.random.default_rng(2), "circuit", ("x", "y", "z"))
    s = dict(probe.setting)

    def output(x):
        return sigmoid((x + s["y"]) * np.maximum(x, s["z"]))

    np.testing.assert_allclose(probe.truth[0], autograder.numeric_gradient(output, s["x"], s["dY"]), atol=1e-8)


def test_a_shared_factor_collects_every_row():
    """The sum over the rows of what each of them contributes."""
    probe = draw_shared(np.random.default_rng(3))
    V, up = probe.setting["V"], probe.setting["dY"]

    np.testing.assert_allclose(probe.truth, sum(v * u for v, u in zip(V, up, strict=True)), rtol=1e-12)


@pytest.mark.parametrize("seed", range(20))
def test_both_branches_of_the_maximum_are_asked(seed):
    """Whatever is drawn: a gate that always prefers x is found out, alone and in the circuit."""
    rng = np.random.default_rng(seed)
    alone, inside = draw(rng, "max_gate", ("x", "y")).setting, draw(rng, "circuit", ("x", "y", "z")).setting

    for one, other in ((alone["x"], alone["y"]), (inside["x"], inside["z"])):
        assert {True, False} == set(one > other)


@pytest.mark.parametrize("t", [0, 0.25, 0.5, 1, "each its own"])
def test_any_fair_share_is_accepted_at_a_tie(t):
    """(t, 1 − t) for t in [0, 1], and not the same t everywhere."""
    assert max_with_share(t).score == 3


@pytest.mark.parametrize("t", [-0.5, 1.5, (1, 1), (0, 0), (0.5, 0.6)])
def test_an_unfair_share_costs_half_a_point(t):
    """Shares beyond [0, 1], or that do not add up to 1, and nothing else is lost by it."""
    assert max_with_share(t).score == 2.5


def max_with_share(t):
    def max_gate(x, y, up):
        first, second = t if isinstance(t, tuple) else (t, None)
        if first == "each its own":
            first = np.linspace(0, 1, len(x))
        if second is None:
            second = 1 - first
        dx = np.where(x > y, 1, np.where(x == y, first, 0))
        dy = np.where(x < y, 1, np.where(x == y, second, 0))
        return dx * up, dy * up

    return check("max_gate", max_gate).verdict


def test_parts_of_the_circuit_fail_apart():
    """A forgotten road costs dx, and neither dy nor dz nor anything else."""

    def circuit(x, y, z, up):
        b = np.maximum(x, z)
        s = sigmoid((x + y) * b)
        dc = s * (1 - s) * up
        return b * dc, b * dc, (x + y) * dc * (z > x)

    verdict = check("circuit", circuit).verdict

    assert {part.name: part.score for part in verdict.parts} == {"dx": 0, "dy": 1.25, "dz": 1.25, "alone": 0.5}


def test_scaled_inputs_at_the_scaled_rate_keep_every_score():
    """The discovery itself, on a descent of its own: rate / α² and no other power."""
    rng = np.random.default_rng(4)
    X, y, alpha, rate = rng.normal(size=(9, 2)), rng.normal(size=9), 3.0, 0.05
    apart = {
        power: np.max(np.abs(train(alpha * X, y, rate / alpha**power) - train(X, y, rate))) for power in (0, 1, 2, 3)
    }

    assert apart[2] < 1e-12
    assert min(apart[power] for power in (0, 1, 3)) > 1e-2


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        (lambda rate, alpha: None, "one number"),
        (lambda rate, alpha: float("nan"), "no learning rate"),
        (lambda rate, alpha: "small", "one number"),
        (lambda rate, alpha: 1e300, "the first step changes"),
    ],
)
def test_an_odd_rate_is_told_what_was_expected(answer, says):
    """One sentence, and no traceback."""
    card = check("scaled_rate", answer)

    assert says in str(card)
    assert card.verdict.score == 0


@pytest.mark.parametrize("value", [(), None, "up", 3.0, (1, 2, 3), ("a", "b"), {"dx": 1}])
def test_an_odd_answer_to_a_gate_earns_nothing_and_stops_nothing(value):
    """Wrong kinds and wrong counts are judged, not "could not check"."""
    verdict = check("multiply_gate", lambda x, y, up: value).verdict

    assert (str(verdict.outcome), verdict.score) == ("failed", 0)


def test_nothing_in_the_package_answers_a_gate():
    """Every function and lambda of the modules that know the gates is tried as an answer to every question."""
    package = Path(autograder.__file__).parent
    modules = [*package.glob("circuit*.py"), package / "scales.py", package / "drawing.py"]
    modules += [package / folder / "gates.py" for folder in ("questions", "misconceptions")]
    modules += [package / "questions/scaled_rate.py", package / "misconceptions/circuits.py"]
    names = {"np": np, "a": 2.0, "name": "x", **vars(autograder.questions.gates)}
    tried = [
        ast.unparse(node) for path in modules for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Lambda)
    ]  # fmt: skip

    assert len(tried) > 20
    for source in tried:
        for question in GATES:
            with np.errstate(all="ignore"):
                verdict = check(question.id, eval(source, dict(names))).verdict
            assert verdict.score < verdict.max_score, (question.id, source)
