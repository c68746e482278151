"""The oracle for marks is nbgrader: a stock course gets from us, row by row, what `nbgrader autograde` gives it."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from nbgrader.api import Gradebook
from small_course import ASSIGNMENT, hand_in, honest, released

from autograder.grading.pipeline import grade


def rows(course: Path) -> dict[tuple, tuple]:
    """(student, cell) → everything nbgrader knows about its mark; and each submission's own row."""
    with Gradebook(f"sqlite:///{course}/gradebook.db") as gradebook:
        found = {}
        for submission in gradebook.assignment_submissions(ASSIGNMENT):
            student = submission.student.id
            found[student, "submission"] = (submission.timestamp, submission.score, submission.needs_manual_grade)
            for notebook in submission.notebooks:
                found[student, "notebook"] = (notebook.name, notebook.late_submission_penalty)
                for grade in notebook.grades:
                    found[student, grade.name] = (
                        grade.auto_score,
                        grade.manual_score,
                        grade.max_score,
                        grade.needs_manual_grade,
                    )
                for comment in notebook.comments:
                    found[student, "comment", comment.name] = comment.auto_comment
        return found


@pytest.fixture(scope="module")
def graded_twice(template, tmp_path_factory) -> tuple[Path, Path]:
    """One class, graded by stock nbgrader and by us, each in its own copy of the course."""
    ours = Path(shutil.copytree(template, tmp_path_factory.mktemp("ours") / "course"))
    hand_in(ours, "ada", honest())
    late = hand_in(
        ours, "ben", honest(square="def square(x):\n    return x * abs(x)", mean="def mean(xs):\n    return 2")
    )
    (late / "timestamp.txt").write_text("2030-01-02 03:04:05 UTC")
    (late / "data.txt").write_text("my own")
    (late / "extra.csv").write_text("1,2")
    hand_in(ours, "cleo", honest(slope="def slope(x):\n    return x", explain=""))
    hand_in(ours, "untouched", released())
    hand_in(ours, "warns", honest(square="import warnings\ndef square(x):\n    warnings.warn('hm')\n    return x * x"))
    hand_in(
        ours,
        "words",
        honest(mean="class Odd:\n    def __rmul__(self, other): return 'text'\ndef mean(xs):\n    return 1"),
    )
    config = ours / "nbgrader_config.py"
    config.write_text(
        config.read_text()
        + "from nbgrader.plugins import BasePlugin\n"
        + "class Half(BasePlugin):\n"
        + "    def late_submission_penalty(self, student_id, score, total_seconds_late): return score / 2\n"
        + "c.AssignLatePenalties.plugin_class = Half\n"
    )
    with Gradebook(f"sqlite:///{ours}/gradebook.db") as gradebook:
        gradebook.update_or_create_assignment(ASSIGNMENT, duedate="2030-01-01 00:00:00 UTC")
    stock = Path(shutil.copytree(ours, tmp_path_factory.mktemp("stock") / "course"))

    run = [Path(sys.executable).parent / "nbgrader", "autograde", ASSIGNMENT]
    done = subprocess.run(run, cwd=stock, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    result = grade(ours, ASSIGNMENT)
    assert not result.could_not_grade
    return ours, stock


def test_every_row_of_the_gradebook_equals_stock_nbgraders(graded_twice):
    """Scores, what waits for a person, "No response.", timestamps and late penalties: cell by cell the same."""
    ours, stock = map(rows, graded_twice)

    assert len(ours) > 50
    assert ours == stock


def test_the_files_beside_the_notebook_equal_stock_nbgraders(graded_twice):
    """The instructor's data over the student's, the student's own files kept, no reference solution, read-only."""
    ours, stock = graded_twice

    def files(course: Path) -> dict:
        folder = course / "autograded" / "ben" / ASSIGNMENT
        return {
            path.name: (path.stat().st_mode, path.read_bytes() if path.suffix != ".ipynb" else None)
            for path in folder.iterdir()
        }

    assert files(ours) == files(stock)
    assert set(files(ours)) == {"data.txt", "extra.csv", "problem.ipynb", "timestamp.txt"}


def test_feedback_lies_where_formgrader_looks_for_it(graded_twice):
    """Each student has a page, with the marks in it."""
    ours, _ = graded_twice

    pages = sorted(path.parts[-3] for path in ours.glob("feedback/*/ps1/problem.html"))

    assert pages == ["ada", "ben", "cleo", "untouched", "warns", "words"]
    assert "Score: 1.5 / 4.0" in (ours / "feedback/cleo/ps1/problem.html").read_text()
