"""A class of twenty, made by code from the reference and from typed-in wrong answers. For `autograder demo` and tests.

Not part of the installed package: it holds right answers, and students install the package.
"""

from __future__ import annotations

import copy
from pathlib import Path

import nbformat

from sample_class.students import LOST_A_TEST_CELL, STUDENTS, UNTOUCHED

ASSIGNMENT = "02_linear_layer"
NOTEBOOK = "linear_layer.ipynb"
MARKERS = ("### BEGIN SOLUTION", "### END SOLUTION")


def write_class(course: Path, into: Path) -> list[str]:
    """Write `into/<student>/02_linear_layer/linear_layer.ipynb` for each student, as JupyterLab would have saved it.

    `course`: the root of this repository. Returns the students' names.
    """
    released = nbformat.read(course / "release" / ASSIGNMENT / NOTEBOOK, as_version=4)
    reference = solutions(course / "source" / ASSIGNMENT / NOTEBOOK)
    for student in STUDENTS:
        folder = into / student / ASSIGNMENT
        folder.mkdir(parents=True)
        nbformat.write(handed_in(released, reference, student), folder / NOTEBOOK)
    return list(STUDENTS)


def handed_in(released: nbformat.NotebookNode, reference: dict[str, str], student: str) -> nbformat.NotebookNode:
    """The released notebook with one student's answers typed in. `reference`: grade_id → right answer."""
    notebook = copy.deepcopy(released)
    answers = {**reference, **STUDENTS[student]}
    for cell in notebook.cells:
        grade_id = cell.metadata.get("nbgrader", {}).get("grade_id")
        if answers.get(grade_id, UNTOUCHED) is not UNTOUCHED:
            cell.source = answers[grade_id].strip("\n")
    if student == LOST_A_TEST_CELL:
        notebook.cells = [
            cell for cell in notebook.cells if cell.metadata.get("nbgrader", {}).get("grade_id") != "check_db"
        ]
    return notebook


def solutions(source: Path) -> dict[str, str]:
    """grade_id → the reference answer, without its solution markers."""
    notebook = nbformat.read(source, as_version=4)
    return {
        cell.metadata.nbgrader.grade_id: "\n".join(
            line for line in cell.source.splitlines() if line.strip() not in MARKERS
        )
        for cell in notebook.cells
        if cell.metadata.get("nbgrader", {}).get("solution")
    }
