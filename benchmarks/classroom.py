"""A class to grade: one realistic assignment and N submissions of it, a fifth of them wrong or crashing.

Called by `throughput`. The course is stock nbgrader's, with nothing configured: both engines read the same folder.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

ASSIGNMENT = "net"
NOTEBOOK = "net"
CONFIG = 'c = get_config()\nc.CourseDirectory.course_id = "benchmark"\n'

IMPORTS = """
%matplotlib inline
import matplotlib.pyplot as plt
import numpy as np

from autograder import check, numeric_gradient, relative_error
"""

DATA = """
rng = np.random.default_rng(1)
t = np.linspace(0, 1, 100)
X = np.concatenate([np.c_[t * np.sin(4 * t + 2.1 * k), t * np.cos(4 * t + 2.1 * k)] for k in range(3)])
X += 0.02 * rng.standard_normal(X.shape)
y = np.repeat([0, 1, 2], 100)
plt.scatter(X[:, 0], X[:, 1], c=y, s=14, cmap="viridis")
plt.title("Three arms")
plt.xlabel("$x_1$")
plt.ylabel("$x_2$")
plt.colorbar(label="class");
"""

RELU_TEST = """
assert relu(np.array([[-1.0, 2.0]])).tolist() == [[0.0, 2.0]]
### BEGIN HIDDEN TESTS
assert relu(np.zeros((2, 3))).shape == (2, 3)
### END HIDDEN TESTS
"""

SOFTMAX_TEST = """
S = rng.standard_normal((5, 3))
labels = np.array([0, 1, 2, 2, 1])
loss, dS = softmax_loss(S, labels)
assert abs(loss - np.mean(np.log(np.exp(S).sum(1)) - S[range(5), labels])) < 1e-9
assert relative_error(dS, numeric_gradient(lambda S: softmax_loss(S, labels)[0], S)) < 1e-6
"""

LARGE_SCORES = """
large = np.isfinite(softmax_loss(np.array([[1000.0, 0.0]]), np.array([0]))[0])
apart = np.isfinite(softmax_loss(np.array([[0.0, 1000.0]]), np.array([0]))[0])
float(large) + float(apart)
"""

TRAIN = """
W1, b1 = 0.5 * rng.standard_normal((2, 40)), np.zeros(40)
W2, b2 = 0.5 * rng.standard_normal((40, 3)), np.zeros(3)
losses, accuracies = [], []
for step in range(400):
    A = X @ W1 + b1
    H = relu(A)
    S = H @ W2 + b2
    loss, dS = softmax_loss(S, y)
    dA = dX(dS, W2) * (A > 0)
    for parameter, gradient in ((W1, dW(X, dA)), (b1, db(dA)), (W2, dW(H, dS)), (b2, db(dS))):
        parameter -= 1.0 * gradient
    losses.append(loss)
    accuracies.append(np.mean(S.argmax(1) == y))
print(f"loss {losses[-1]:.3f}, accuracy {accuracies[-1]:.2f}")
"""

CURVES = """
figure, (left, right) = plt.subplots(1, 2, figsize=(10, 3.5))
left.plot(losses)
left.set(xlabel="step", ylabel="loss", title="The loss falls")
right.plot(accuracies, label="training")
right.set(xlabel="step", ylabel="accuracy", title="The arms come apart")
right.grid(True)
right.legend();
"""

WEIGHTS = """
figure, axes = plt.subplots(2, 4, figsize=(8, 3))
for axis, column in zip(axes.flat, W1.T):
    axis.imshow(column.reshape(1, 2), cmap="gray")
    axis.set_xticks([])
    axis.set_yticks([])
figure.suptitle("What eight units look at")
figure.tight_layout()
"""

STEP_SIZES = """
h = np.logspace(-12, 0, 50)
measured = (np.sin(1 + h) - np.sin(1 - h)) / (2 * h)
plt.loglog(h, np.abs(measured - np.cos(1)) / np.abs(np.cos(1)))
plt.xlabel("$h$")
plt.ylabel("relative error")
plt.title("Neither too small nor too large")
plt.grid(True);
"""

ANSWERS = {
    "db": "def db(dY):\n    return dY.sum(axis=0)",
    "dW": "def dW(X, dY):\n    return X.T @ dY",
    "dX": "def dX(dY, W):\n    return dY @ W.T",
    "relu": "def relu(A):\n    return np.maximum(A, 0)",
    "softmax_loss": (
        "def softmax_loss(S, y):\n"
        "    S = S - S.max(axis=1, keepdims=True)\n"
        "    logsum = np.log(np.exp(S).sum(axis=1))\n"
        "    rows = np.arange(len(y))\n"
        "    dS = np.exp(S - logsum[:, None])\n"
        "    dS[rows, y] -= 1\n"
        "    return float(np.mean(logsum - S[rows, y])), dS / len(y)"
    ),
    "explain": "A gradient is passed back through every gate; at a fork the gradients add.",
}

WRONG = (
    {"db": "def db(dY):\n    return dY.mean(axis=0)"},
    {"dW": "def dW(X, dY):\n    return dY.T @ X", "dX": "def dX(dY, W):\n    return dY @ W"},
    {"softmax_loss": "def softmax_loss(S, y):\n    return np.log(np.exp(S).sum()), S.undefined", "explain": ""},
    {"relu": "def relu(A)\n    return np.maximum(A, 0)"},
    {"db": "# Write your lines here.\nraise NotImplementedError", "relu": "def relu(A):\n    return A[100] / 0"},
)
"""Two wrong gradients, one error in training, one that does not parse, one that was not finished."""

FIFTH = 5


FIGURES = (CURVES, WEIGHTS, STEP_SIZES)
"""After the data, which are drawn first: two axes, eight pictures, and a logarithmic plot."""


def cells(figures: int = 4) -> list[nbformat.NotebookNode]:
    """The instructor's notebook, with one to four figures."""
    return [
        new_markdown_cell("# A small net, by hand\n\nEach gradient first, then the training."),
        _code(IMPORTS),
        _code(DATA),
        *(cell for name, points in (("db", 2), ("dW", 3), ("dX", 3)) for cell in _question(name, points)),
        _solution("relu"),
        _code(RELU_TEST, grade_id="test_relu", grade=True, locked=True, points=2),
        _solution("softmax_loss"),
        _code(SOFTMAX_TEST, grade_id="test_softmax_loss", grade=True, locked=True, points=3),
        _code(LARGE_SCORES, grade_id="test_large_scores", grade=True, locked=True, points=2),
        _code(TRAIN),
        _code("assert losses[-1] < 0.5 * losses[0]", grade_id="test_training", grade=True, locked=True, points=2),
        *(_code(figure) for figure in FIGURES[: figures - 1]),
        new_markdown_cell(
            "Why do gradients add?\n\n*Your answer.*",
            metadata={"nbgrader": _entry(grade_id="explain", grade=True, solution=True, points=2)},
        ),
    ]


def make_course(root: Path, submissions: int, figures: int = 4) -> list[str]:
    """The course, its release and its class. Returns the students, those with mistakes spread evenly."""
    folder = root / "source" / ASSIGNMENT
    folder.mkdir(parents=True)
    (root / "nbgrader_config.py").write_text(CONFIG)
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    nbformat.write(new_notebook(cells=cells(figures), metadata=kernel), folder / f"{NOTEBOOK}.ipynb")
    nbgrader(root, "generate_assignment", ASSIGNMENT)
    released = json.loads((root / "release" / ASSIGNMENT / f"{NOTEBOOK}.ipynb").read_text())
    students = [f"student{number:05d}" for number in range(submissions)]
    for number, student in enumerate(students):
        mistakes = WRONG[number // FIFTH % len(WRONG)] if number % FIFTH == FIFTH - 1 else {}
        hand_in(root, student, released, ANSWERS | mistakes)
    return students


def hand_in(root: Path, student: str, released: dict, answers: dict[str, str]) -> None:
    notebook = json.loads(json.dumps(released))
    for cell in notebook["cells"]:
        grade_id = cell["metadata"].get("nbgrader", {}).get("grade_id")
        cell["source"] = answers.get(grade_id, cell["source"])
    folder = root / "submitted" / student / ASSIGNMENT
    folder.mkdir(parents=True)
    (folder / f"{NOTEBOOK}.ipynb").write_text(json.dumps(notebook, indent=1))


def some_of(course: Path, students: list[str], target: Path) -> Path:
    """A copy of the course in which only these have handed in, and nobody is graded."""
    shutil.copytree(course, target, ignore=shutil.ignore_patterns("submitted"))
    for student in students:
        shutil.copytree(course / "submitted" / student, target / "submitted" / student)
    return target


def nbgrader(root: Path, *arguments: str) -> None:
    done = subprocess.run(
        [program("nbgrader"), *arguments], cwd=root, env=environment(), capture_output=True, text=True
    )
    if done.returncode:
        raise RuntimeError(f"nbgrader {' '.join(arguments)} failed:\n{done.stderr}")


def program(name: str) -> str:
    return str(Path(sys.executable).parent / name)


def environment() -> dict[str, str]:
    """With this environment's `alembic` and `jupyter` on the PATH, and one BLAS thread for every engine alike."""
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)])
    threads = dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"), "1")
    return {**os.environ, **threads, "PATH": path}


def _entry(**flags: object) -> dict:
    return {"schema_version": 3, "grade": False, "solution": False, "locked": False, "task": False} | flags


def _code(source: str, **flags: object) -> nbformat.NotebookNode:
    return new_code_cell(source.strip(), metadata={"nbgrader": _entry(**flags)} if flags else {})


def _solution(name: str) -> nbformat.NotebookNode:
    head, _, body = ANSWERS[name].partition("\n")
    return _code(f"{head}\n    ### BEGIN SOLUTION\n{body}\n    ### END SOLUTION", grade_id=name, solution=True)


def _question(name: str, points: int) -> list[nbformat.NotebookNode]:
    test = _code(f'check("{name}", {name})', grade_id=f"check_{name}", grade=True, locked=True, points=points)
    return [_solution(name), test]
