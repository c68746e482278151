"""Nothing that a student receives answers a graded question: everything callable in the package and in release/ is
tried. The trier is tried, too, on answers that are planted where one might overlook them."""

import importlib
import json
import os
import sys
from pathlib import Path

import numpy as np
import pytest
from answers_that_ship import data_in_module, has_a_right_answer, in_module, in_release, modules_of, what_they_earn

import autograder
from autograder.questions import all_questions, find
from sample_class.right_two_layer_nets import RIGHT_NETS

ROOT = Path(__file__).parents[1]

TRIVIAL = {"alone"}
"""Leaving the arguments alone is earned by any function that computes something of the right shape from them."""

SHOWN = {("autograder.questions.telling_setting.POOR", "telling_setting")}
"""What the lesson itself prints: its settings hide some bugs and show the others."""

PLANTED = {
    "a function": "def answer(X, dY):\n    return X.T @ dY\n",
    "a private function": "def _answer(X, dY):\n    return np.dot(dY.T, X).T\n",
    "a function under another signature": "def answer(X, dY, *, scale=1.0, **options):\n    return scale * X.T @ dY\n",
    "a lambda in a table": "TABLE = {'right': [('dW', lambda X, dY: np.einsum('ik,ij->kj', X, dY))]}\n",
    "a static method": "class Layer:\n    @staticmethod\n    def backward(X, dY):\n        return X.T @ dY\n",
    "a method": "class Layer:\n    def backward(self, X, dY):\n        return X.T @ dY\n",
    "a function in a function": "def predict():\n    def right(X, dY):\n        return X.T @ dY\n    return right\n",
    "a lambda in a call": "def predict(probe):\n    return (lambda X, dY: X.T @ dY)(*probe)\n",
    "a part of another": """
from functools import partial
def answer(k, X, dY):
    return k * X.T @ dY
ready = partial(answer, 1)
""",
    "a field of a record": """
from dataclasses import dataclass
@dataclass
class Entry:
    made: object
ENTRY = Entry(lambda X, dY: X.T @ dY)
""",
    "a wrapped function": """
from functools import wraps
def traced(function):
    @wraps(function)
    def call(*arguments):
        return function(*arguments)
    return call
@traced
def answer(X, dY):
    return X.T @ dY
""",
}  # fmt: skip


def questions_with_answers():
    return [question for question in all_questions().values() if has_a_right_answer(question)]


def best_of(earned: dict, question: str) -> float:
    """The points of the best candidate."""
    points = {part.name: part.points for part in find(question).parts}
    return max(
        (sum(points[p] * s for p, s in parts.items()) for (_, q), parts in earned.items() if q == question), default=0
    )


@pytest.fixture
def plant(tmp_path, monkeypatch):
    """A package with one module in it, imported."""

    def planted(source: str) -> dict:
        folder = tmp_path / "planted_pack" / "deep"
        folder.mkdir(parents=True)
        (folder.parent / "__init__.py").touch()
        (folder / "__init__.py").touch()
        (folder / "answers.py").write_text(source, encoding="utf-8")
        monkeypatch.syspath_prepend(tmp_path)
        package = importlib.import_module("planted_pack")
        modules = modules_of(package)
        return dict(pair for module in modules for pair in [*in_module(module), *data_in_module(module)])

    yield planted
    for name in [name for name in sys.modules if name.startswith("planted_pack")]:
        del sys.modules[name]


def test_nothing_that_students_receive_answers_a_question():
    """Not the package with all its modules, tables and nested functions, and not what the release folders define."""
    modules = modules_of(autograder)
    candidates = dict(pair for module in modules for pair in [*in_module(module), *data_in_module(module)])
    candidates |= dict(in_release(ROOT / "release"))

    earned = what_they_earn(candidates, questions_with_answers())

    assert len(candidates) > 500
    assert {pair: parts for pair, parts in earned.items() if set(parts) - TRIVIAL and pair not in SHOWN} == {}


@pytest.mark.parametrize("form", PLANTED)
def test_an_answer_planted_in_the_package_is_found(plant, form):
    """Wherever it is kept and however it is called, it earns its three points, and the test above would fail."""
    candidates = plant(f"import numpy as np\n{PLANTED[form]}")

    assert best_of(what_they_earn(candidates, [find("dW"), find("db")]), "dW") == 3


def test_a_whole_network_planted_in_the_package_is_found(plant):
    """A class is an answer where a class is asked for."""
    candidates = plant(next(iter(RIGHT_NETS.values())))

    earned = what_they_earn(candidates, [find("net_layer1"), find("net_dscores")])

    assert best_of(earned, "net_layer1") == find("net_layer1").points
    assert best_of(earned, "net_dscores") == find("net_dscores").points


def test_an_answer_left_in_a_release_is_found(tmp_path):
    """In a module, or in a cell of a notebook whose other cells do not even parse."""
    cells = [
        "%matplotlib inline\nimport os",
        "import numpy as np",
        "def dW(X, dY):\n    return X.T @ dY",
        "def broken(",
    ]
    notebook = {"cells": [{"cell_type": "code", "source": [cell]} for cell in cells]}
    (tmp_path / "lesson.ipynb").write_text(json.dumps(notebook), encoding="utf-8")
    (tmp_path / "layer.py").write_text(
        "import numpy\n\nclass L:\n    db = lambda dY: numpy.sum(dY, 0)\n", encoding="utf-8"
    )

    earned = what_they_earn(dict(in_release(tmp_path)), [find("dW"), find("db")])

    assert best_of(earned, "dW") == 3
    assert best_of(earned, "db") == 2


@pytest.mark.parametrize(
    "source",
    [
        "def hidden_by_shape():\n    return {'a', 'b', 'd', 'f'}\n",
        "HIDDEN = ('a', 'b', 'd', 'f')\n",
        "def predict():\n    return (lambda: 'abdf')\n",
    ],
    ids=["a function", "a table", "a lambda"],
)
def test_the_answer_of_a_drill_is_found(plant, source):
    """Where data are asked for, they are called with nothing, or handed in as they are."""
    candidates = plant(source)

    assert best_of(what_they_earn(candidates, [find("drill_blind_spots")]), "drill_blind_spots") == 1


def test_the_ticks_of_the_inline_question_are_found(plant):
    """They are asked together with a table."""
    candidates = plant("EXPECTED = {1, 3}\n")

    assert best_of(what_they_earn(candidates, [find("inline_answer")]), "inline_answer") == 1


def test_a_wrong_formula_is_no_answer(plant):
    """The trier does not cry wolf: a slip earns what a slip earns."""
    candidates = plant("wrong = [lambda X, dY: X.T @ dY / len(X), lambda X, dY: (dY.T @ X)]\n")

    assert best_of(what_they_earn(candidates, [find("dW")]), "dW") < 1


def test_asking_numeric_gradient_is_no_answer(plant):
    """It gives the right numbers and earns nothing, here as in a student's notebook."""
    candidates = plant(
        "import numpy as np\nfrom autograder import numeric_gradient\n"
        "def dW(X, dY):\n    return numeric_gradient(lambda W: X @ W, np.zeros((X.shape[1], dY.shape[1])), dY)\n"
    )

    assert what_they_earn(candidates, [find("dW")]) == {}


def test_a_function_that_ends_its_process_hides_no_other():
    """Some functions of the package confine or kill; what stands beside them is tried all the same."""
    candidates = {
        "kills": lambda X, dY: os._exit(3),
        "answers": lambda X, dY: X.T @ dY,
        "raises": lambda X, dY: 1 / 0,
        "closes": lambda X, dY: os.closerange(0, 100),
    }

    assert best_of(what_they_earn(candidates, [find("dW")]), "dW") == 3


def test_the_inputs_are_not_so_plain_that_anything_fits():
    """A constant, a copy or a sum earns at most that the arguments were left alone."""
    candidates = {
        "zeros": lambda *arrays: np.zeros_like(arrays[0]),
        "first": lambda *arrays: np.array(arrays[0]),
        "sum": lambda *arrays: np.sum(arrays[0]),
    }

    earned = what_they_earn(candidates, questions_with_answers())

    assert all(set(parts) <= TRIVIAL for parts in earned.values())
