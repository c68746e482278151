"""Putting the instructor's cells back, without a kernel."""

from __future__ import annotations

import itertools

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook

from autograder.grading.assignment import KnownCell
from autograder.grading.restore import restore


def known(name: str, *, grade: bool = False, solution: bool = False) -> KnownCell:
    return KnownCell(name, "code", grade, solution, False, not solution, 1.0 if grade else None, name, name, None)


CELLS = [
    known("setup"),
    known("f", solution=True),
    known("test_f1", grade=True),
    known("test_f2", grade=True),
    known("g", solution=True),
    known("test_g", grade=True),
]
TESTS = [cell.id for cell in CELLS if not cell.solution]


def submitted(*names: str) -> nbformat.NotebookNode:
    by_id = {cell.id: cell for cell in CELLS}
    return new_notebook(
        cells=[
            new_code_cell(name, metadata={"nbgrader": by_id[name].metadata()} if name in by_id else {})
            for name in names
        ]
    )


def order(notebook: nbformat.NotebookNode) -> list[str]:
    return [cell.source for cell in notebook.cells]


@pytest.mark.parametrize("gone", [set(some) for n in (1, 2, 3, 4) for some in itertools.combinations(TESTS, n)])
def test_any_set_of_deleted_tests_comes_back_in_order(gone):
    """nbgrader's own `add_missing_cells` stops when the cell before a missing one is missing too."""
    notebook = submitted(*(cell.id for cell in CELLS if cell.id not in gone))

    notes = restore(notebook, CELLS)

    assert order(notebook) == [cell.id for cell in CELLS]
    assert len(notes) == len(gone)


def test_a_restored_test_comes_after_what_the_student_wrote_in_its_place():
    """Stub and test deleted, the answer kept in an ordinary cell: it is defined before it is tested."""
    notebook = submitted("setup", "my own f", "g", "test_g")

    restore(notebook, CELLS)

    assert order(notebook) == ["setup", "my own f", "test_f1", "test_f2", "g", "test_g"]


def test_an_untouched_notebook_is_left_alone():
    """No note where nothing was done."""
    notebook = submitted(*(cell.id for cell in CELLS))

    assert restore(notebook, CELLS) == []
    assert order(notebook) == [cell.id for cell in CELLS]


@pytest.mark.parametrize("entry", [None, 7, [], {"grade_id": ["test_f1"]}, {"grade_id": "stranger", "grade": True}, {}])
def test_metadata_of_any_kind_is_taken(entry):
    """A cell that is not the assignment's becomes an ordinary one."""
    notebook = submitted(*(cell.id for cell in CELLS))
    notebook.cells.append(new_code_cell("mine", metadata={"nbgrader": entry, "tags": ["skip-execution"]}))

    restore(notebook, CELLS)

    assert notebook.cells[-1].metadata == {}
