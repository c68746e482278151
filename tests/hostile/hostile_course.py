"""The course that is attacked, and the ten honest students whose marks must not move.

Three registered questions, because their verdicts are promised; one stock assert with a hidden test, because there is
something to steal in it.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from nbgrader.api import Gradebook
from nbgrader.apps import NbGraderAPI
from nbgrader.coursedir import CourseDirectory
from traitlets.config import Config

from hostile.attack import ALL, DB, DW, DX, LOSS, NOTEBOOK, Desk

ASSIGNMENT = "layer"

SECONDS_A_CELL = 3

CONFIG = """
c = get_config()
# «in_config»
c.CourseDirectory.course_id = "hostile"
c.Execute.timeout = {seconds}
c.OverwriteCells.add_missing_cells = True
"""

STUB = "raise NotImplementedError"

LOSS_TEST = """
assert half_square(np.array([1.0, 2.0])) == 2.5
### BEGIN HIDDEN TESTS
hidden = "«in_hidden_test»"
assert half_square(np.array([3.0])) == 4.5
### END HIDDEN TESTS
"""

SOLUTIONS = {
    "db": "def db(dY):\n    return dY.sum(axis=0)\n",
    "dW": "def dW(X, dY):\n    return X.T @ dY\n",
    "loss": "def half_square(Y):\n    return 0.5 * np.sum(Y**2)\n",
    "dX": "def dX(dY, W):\n    return dY @ W.T\n",
}

POINTS = {"check_db": DB, "check_dW": DW, "check_loss": LOSS, "check_dX": DX}

TESTS = {
    "check_db": 'check("db", db)',
    "check_dW": 'check("dW", dW)',
    "check_loss": LOSS_TEST.strip(),
    "check_dX": 'check("dX", dX)',
}

HONEST: dict[str, tuple[dict[str, str], float]] = {
    "honest_right": ({}, ALL),
    "honest_einsum": ({"dW": "def dW(X, dY):\n    return np.einsum('ik,ij->kj', X, dY)\n"}, ALL),
    "honest_with_threads": (
        {
            "db": "from concurrent.futures import ThreadPoolExecutor\ndef db(dY):\n"
            "    with ThreadPoolExecutor(2) as pool:\n        return np.array(list(pool.map(np.sum, dY.T)))\n"
        },
        ALL,
    ),
    "honest_figure": (
        {"loss": SOLUTIONS["loss"] + "import matplotlib.pyplot as plt\nplt.plot([1, 2]);\n"},
        ALL,
    ),
    "honest_with_files": (
        {
            "db": "from pathlib import Path\nimport tempfile\nPath('mine.txt').write_text('kept')\n"
            "with tempfile.TemporaryFile() as file:\n    file.write(b'1')\n"
            "def db(dY):\n    assert Path('mine.txt').read_text() == 'kept'\n    return dY.sum(axis=0)\n"
        },
        ALL,
    ),
    "honest_wrong_axis": ({"db": "def db(dY):\n    return dY.sum(axis=1)\n"}, ALL - DB),
    "honest_mean": ({"dW": "def dW(X, dY):\n    return X.T @ dY / len(X)\n"}, ALL - 2.5),
    "honest_sign": ({"dX": "def dX(dY, W):\n    return -dY @ W.T\n"}, ALL - 2.75),
    "honest_loss": ({"loss": "def half_square(Y):\n    return np.sum(Y**2)\n"}, ALL - LOSS),
    "honest_untouched": ({name: "# nothing yet\n" + STUB for name in SOLUTIONS}, 0.0),
}
"""Student → what they typed, and what it is worth: worked out by hand from the parts of each question."""

VICTIM = "honest_right"
"""Whose work the others try to read and to change."""

CANARIES = ("in_config", "in_solution", "in_hidden_test", "in_submission", "in_gradebook", "in_environment", "at_home")
"""Where something lies that no student may read. Each place holds a word of its own that occurs nowhere else."""


def canaries() -> dict[str, str]:
    return {place: f"canary-{secrets.token_hex(8)}" for place in CANARIES}


def write_course(root: Path, known: Mapping[str, str], seconds_a_cell: int = SECONDS_A_CELL) -> dict[str, Any]:
    """The course as after `nbgrader generate_assignment`. Returns the released notebook's JSON."""

    def spelled(text: str) -> str:
        for name, value in known.items():
            text = text.replace(f"«{name}»", value)
        return text

    source = root / "source" / ASSIGNMENT
    source.mkdir(parents=True)
    (root / "nbgrader_config.py").write_text(spelled(CONFIG).format(seconds=seconds_a_cell))
    cells = [
        new_markdown_cell("# The linear layer, in short", id="title"),
        new_code_cell("import numpy as np\nfrom autograder import check, numeric_gradient", id="setup"),
    ]
    for name, test in zip(SOLUTIONS, TESTS, strict=True):
        body = f"# {known['in_solution']}\n{SOLUTIONS[name]}"
        marked = f"### BEGIN SOLUTION\n{body}### END SOLUTION"
        cells.append(_cell(marked, name, solution=True))
        cells.append(_cell(spelled(TESTS[test]), test, grade=True, locked=True, points=POINTS[test]))
    explain = new_markdown_cell("Why is dW a sum over examples?", id="explain")
    explain.metadata["nbgrader"] = _entry("explain", grade=True, solution=True, points=1)
    cells.append(explain)
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    nbformat.write(new_notebook(cells=cells, metadata=kernel), source / NOTEBOOK)

    config = Config(CourseDirectory=Config(root=str(root), course_id="hostile"))
    outcome = NbGraderAPI(CourseDirectory(config=config), config=config).generate_assignment(ASSIGNMENT)
    assert outcome["success"], outcome
    with Gradebook(f"sqlite:///{root}/gradebook.db", "hostile") as gradebook:
        gradebook.update_or_create_student(VICTIM, last_name=known["in_gradebook"])
    return json.loads((root / "release" / ASSIGNMENT / NOTEBOOK).read_text())


def _entry(grade_id: str, **flags: Any) -> dict[str, Any]:
    plain = {"schema_version": 3, "grade": False, "solution": False, "locked": False, "task": False}
    return {**plain, "grade_id": grade_id, **flags}


def _cell(source: str, grade_id: str, **flags: Any) -> nbformat.NotebookNode:
    return new_code_cell(source, id=grade_id, metadata={"nbgrader": _entry(grade_id, **flags)})


def desk(root: Path, student: str, released: Mapping[str, Any], knows: Mapping[str, str]) -> Desk:
    folder = root / "submitted" / student / ASSIGNMENT
    folder.mkdir(parents=True)
    return Desk(folder, released, SOLUTIONS, knows)


def hand_in_honestly(root: Path, released: Mapping[str, Any], known: Mapping[str, str]) -> None:
    for student, (typed, _) in HONEST.items():
        at = desk(root, student, released, {})
        notebook = at.notebook(**typed)
        if student == VICTIM:
            notebook["cells"][0]["source"] = f"# My own work\n\n{known['in_submission']}"
        at.save(notebook)
