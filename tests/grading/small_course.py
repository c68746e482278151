"""A small stock nbgrader course for these tests: written here, so that a reader sees what the marks should be."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

ASSIGNMENT = "ps1"

CONFIG = """
c = get_config()
c.CourseDirectory.course_id = "small"
c.Execute.timeout = 4
c.Autograde.exclude_overwriting = {"ps1": ["mine.py"]}
"""

SETUP = '''
class Verdict:
    """Stands for what `check` returns: points as text, findings beside it."""
    def __init__(self, score, outcome="failed", findings=()):
        self.score, self.content = score, {
            "question": "check_slope", "outcome": outcome, "score": score, "max_score": 4.0, "findings": list(findings)}
    def _repr_mimebundle_(self, **kw):
        return {"text/plain": repr(float(self.score)), "text/html": "<b>card</b>",
                "application/vnd.autograder.verdict+json": self.content}
'''

CHECK_SLOPE = """
given = slope(2.0)
if given is None:
    verdict = Verdict(0.0, "could_not_check")
elif given == 4.0:
    verdict = Verdict(4.0, "passed")
else:
    verdict = Verdict(1.5, findings=[{"misconception": "half_slope", "where": "check_slope",
        "says": "Your slope is half of the numeric one.", "try_next": "Differentiate x*x once more on paper."}])
verdict
"""

CELLS = [
    ("markdown", {}, "# Small functions"),
    ("code", {"grade_id": "setup", "locked": True}, SETUP.strip()),
    (
        "code",
        {"grade_id": "square", "solution": True},
        "def square(x):\n    ### BEGIN SOLUTION\n    return x * x\n    ### END SOLUTION",
    ),
    (
        "code",
        {"grade_id": "test_square", "grade": True, "locked": True, "points": 2},
        "assert square(3) == 9\n### BEGIN HIDDEN TESTS\nassert square(-2) == 4\n### END HIDDEN TESTS",
    ),
    (
        "code",
        {"grade_id": "mean", "solution": True},
        "def mean(xs):\n    ### BEGIN SOLUTION\n    return sum(xs) / len(xs)\n    ### END SOLUTION",
    ),
    (
        "code",
        {"grade_id": "test_mean", "grade": True, "locked": True, "points": 3},
        "1.0 * (mean([1, 3]) == 2) + 2.0 * (mean([1, 1, 4]) == 2)",
    ),
    (
        "code",
        {"grade_id": "slope", "solution": True},
        "def slope(x):\n    ### BEGIN SOLUTION\n    return 2 * x\n    ### END SOLUTION",
    ),
    ("code", {"grade_id": "check_slope", "grade": True, "locked": True, "points": 4}, CHECK_SLOPE.strip()),
    (
        "markdown",
        {"grade_id": "explain", "grade": True, "solution": True, "points": 2},
        "Why is it 2x?\n\n*your words here*",
    ),
    ("markdown", {"grade_id": "essay", "task": True, "locked": True, "points": 1}, "Draw the parabola below."),
]

ANSWERS = {
    "square": "def square(x):\n    return x * x",
    "mean": "def mean(xs):\n    return sum(xs) / len(xs)",
    "slope": "def slope(x):\n    return 2 * x",
    "explain": "Because the area grows along two sides.",
}


def write_course(root: Path) -> Path:
    """The course before anything was generated: configuration and source."""
    cells = []
    for kind, entry, source in CELLS:
        make = new_code_cell if kind == "code" else new_markdown_cell
        flags = {"schema_version": 3, "grade": False, "solution": False, "locked": False, "task": False}
        metadata = {"nbgrader": flags | entry} if entry else {}
        cells.append(make(source=source, metadata=metadata))
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    notebook = new_notebook(cells=cells, metadata=kernel)
    folder = root / "source" / ASSIGNMENT
    folder.mkdir(parents=True)
    nbformat.write(notebook, folder / "problem.ipynb")
    (folder / "data.txt").write_text("the instructor's\n")
    (folder / "mine.py").write_text("SOLUTION = True\n")
    (root / "nbgrader_config.py").write_text(CONFIG)
    return root


def released(**answers: str) -> dict[str, Any]:
    """The notebook as a student got it, with some answers typed in. As JSON, for tests to damage."""
    notebook = json.loads(RELEASED)
    for cell in notebook["cells"]:
        grade_id = cell["metadata"].get("nbgrader", {}).get("grade_id")
        if grade_id in answers:
            cell["source"] = answers[grade_id]
    return notebook


def honest(**answers: str) -> dict[str, Any]:
    """A complete submission, with some answers given differently."""
    return released(**(ANSWERS | answers))


def cell(notebook: Mapping[str, Any], grade_id: str) -> dict[str, Any]:
    return next(one for one in notebook["cells"] if one["metadata"].get("nbgrader", {}).get("grade_id") == grade_id)


def hand_in(root: Path, student: str, notebook: Any = None, name: str = "problem.ipynb") -> Path:
    """Write `notebook` (JSON, text or bytes) to the student's folder; returns the folder."""
    folder = root / "submitted" / student / ASSIGNMENT
    folder.mkdir(parents=True, exist_ok=True)
    if notebook is not None:
        data = notebook if isinstance(notebook, bytes | str) else json.dumps(notebook)
        (folder / name).write_bytes(data.encode() if isinstance(data, str) else data)
    return folder


RELEASED = ""
"""Filled by the session fixture in conftest.py from what nbgrader itself releases."""
