"""Where marks are meant to differ from nbgrader's: the table in docs/grading.md, with nbgrader as the witness."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from foreign_courses import ANSWERS, differing, run

from benchmarks.gradebook_rows import gradebook_rows

ROOT = Path(__file__).parents[2]

PERSON = None
"""Waits for a person."""
NOTHING = (PERSON, PERSON, PERSON)

DIFFER = {
    # student: (row of the table, our marks, nbgrader's), of the tests `test`, `test_mark` and `test_after`
    "not_a_number": ("not a number, or negative", (2, PERSON, 1), (2, 2, 1)),
    "negative": ("not a number, or negative", (2, PERSON, 1), (2, 2, 1)),
    "too_much": ("more than the cell is worth", (2, PERSON, 1), (2, PERSON, PERSON)),
    "skips_the_test": ("tag `skip-execution`", (0, 2, 1), (2, 2, 1)),
    "deleted_the_test": ("deleted a test cell", (2, 2, 1), (PERSON, 2, 1)),
    "copied_the_test": ("copied a test cell", (0, 2, 1), None),
    "ends_the_process": ("ends the process", (0, 2, 1), NOTHING),
    "starts_a_program": ("starts a program", (0, 2, 1), (2, 2, 1)),
    "opens_a_socket": ("opens a connection", (0, 2, 1), (2, 2, 1)),
    "reads_the_machine": ("reads a file outside", (0, 2, 1), (2, 2, 1)),
    "reads_the_notebook": ("reads its own notebook", (0, 2, 1), (2, 2, 1)),
    "runs_a_loop": ("`asyncio.run`", (2, 2, 1), (0, 2, 1)),
}
SAME = {"nothing_unusual": (2, 2, 1), "ignores_the_interrupt": (0, 2, 1)}


def marks(course: Path) -> dict[str, tuple | None]:
    """student → marks of the three tests; None for a student without any row."""
    rows = {key: row for key, row in gradebook_rows(course, "small").items() if key[1] == "grade"}
    found: dict[str, tuple | None] = dict.fromkeys(ANSWERS)
    for student in {key[0] for key in rows}:
        cells = [rows[student, "grade", "work", name] for name in ("test", "test_mark", "test_after")]
        found[student] = tuple(PERSON if waits else auto for auto, _, _, waits, *_ in cells)
    return found


@pytest.fixture(scope="module")
def graded(tmp_path_factory) -> tuple[dict, dict, str]:
    """Our marks, nbgrader's, and what nbgrader says when one student has copied a test cell."""
    from autograder.grading.pipeline import grade

    ours = tmp_path_factory.mktemp("ours") / "course"
    differing(ours)
    stock = Path(shutil.copytree(ours, tmp_path_factory.mktemp("stock") / "course"))
    copied = stock / "submitted" / "copied_the_test"
    elsewhere = Path(shutil.move(copied, stock.parent))
    run(stock, "autograde", "small")
    before = marks(stock)
    shutil.move(elsewhere, copied)
    complaint = run(stock, "autograde", "small", "--force")
    assert complaint.returncode == 1
    grade(ours, "small", workers=1)
    return marks(ours), before, complaint.stderr


def test_marks_differ_where_they_are_meant_to(graded):
    """Each student of the table, with the marks that each engine gives."""
    ours, stock, _ = graded

    assert {student: ours[student] for student in DIFFER} == {student: row[1] for student, row in DIFFER.items()}
    assert {student: stock[student] for student in DIFFER} == {student: row[2] for student, row in DIFFER.items()}


def test_marks_are_the_same_otherwise(graded):
    """The same course, in the same run: an answer without tricks, and a loop that catches its interrupt."""
    ours, stock, _ = graded

    assert {student: ours[student] for student in SAME} == SAME
    assert {student: stock[student] for student in SAME} == SAME


def test_a_copied_test_cell_stops_nbgrader_for_the_whole_class(graded):
    """Why the row of the table says so: nbgrader ends at that student, in the name of another problem."""
    *_, complaint = graded

    assert "exists multiple times" in complaint
    assert "nbgrader update" in complaint


def test_the_table_in_the_docs_has_every_difference():
    """And no row that nothing here shows."""
    text = (ROOT / "docs" / "grading.md").read_text(encoding="utf-8")
    section = text.partition("## Where marks differ from nbgrader's, and why")[2].partition("\n## ")[0]
    rows = [line for line in section.partition("\n\n### ")[0].splitlines() if line.startswith("| ")][1:]

    named = {row for row, *_ in DIFFER.values()}

    assert len(rows) == len(named)
    for name in named:
        assert any(name in row.split("|")[1] for row in rows), name
