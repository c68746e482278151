"""Grading again: what people wrote stays, what could not be graded changes nothing."""

from __future__ import annotations

import json
import sqlite3
import threading

import pytest
from nbgrader.api import Gradebook
from small_course import ASSIGNMENT, cell, hand_in, honest

from autograder.errors import CourseError
from autograder.grading.judge import judge
from autograder.grading.pipeline import grade


def gradebook(course) -> Gradebook:
    return Gradebook(f"sqlite:///{course}/gradebook.db")


def scores(course, student: str) -> dict:
    with gradebook(course) as book:
        submission = book.find_submission(ASSIGNMENT, student)
        return {one.name: (one.auto_score, one.manual_score) for one in submission.notebooks[0].grades}


def test_manual_marks_and_comments_survive_regrading(course):
    """A mark given by hand counts, its giver is asked to look again, and the automatic marks are fresh."""
    hand_in(course, "ada", honest(square="def square(x):\n    return 0"))
    grade(course, ASSIGNMENT, workers=1)
    with gradebook(course) as book:
        book.find_grade("explain", "problem", ASSIGNMENT, "ada").manual_score = 1.5
        book.find_grade("test_mean", "problem", ASSIGNMENT, "ada").manual_score = 0.5
        book.find_comment("explain", "problem", ASSIGNMENT, "ada").manual_comment = "Nicely put."
        book.db.commit()
    hand_in(course, "ada", honest())

    grade(course, ASSIGNMENT, workers=1)

    assert scores(course, "ada")["explain"] == (None, 1.5)
    assert scores(course, "ada")["test_mean"] == (3.0, 0.5)
    assert scores(course, "ada")["test_square"] == (2.0, None)
    with gradebook(course) as book:
        assert book.find_comment("explain", "problem", ASSIGNMENT, "ada").comment == "Nicely put."
        assert book.find_grade("test_mean", "problem", ASSIGNMENT, "ada").needs_manual_grade
    assert "Nicely put." in (course / "feedback" / "ada" / ASSIGNMENT / "problem.html").read_text()


def test_a_result_stays_until_a_new_one_replaces_it(course):
    """A submission that cannot be graded this time keeps its marks and files, and the line says so."""
    hand_in(course, "ada", honest())
    grade(course, ASSIGNMENT, workers=1)
    before = scores(course, "ada"), (course / "autograded/ada/ps1/problem.ipynb").read_bytes()
    hand_in(course, "ada", "{")

    result = grade(course, ASSIGNMENT, workers=1)

    assert result.submissions[0].reason.endswith("The marks recorded before stay.")
    assert (scores(course, "ada"), (course / "autograded/ada/ps1/problem.ipynb").read_bytes()) == before


def test_a_changed_test_is_registered_before_grading(course):
    """Nobody has to remember `nbgrader generate_assignment`; release/ is left to `build`."""
    hand_in(course, "ada", honest())
    released = (course / "release/ps1/problem.ipynb").read_bytes()
    source = course / "source/ps1/problem.ipynb"
    notebook = json.loads(source.read_text())
    cell(notebook, "test_square")["source"] = "assert square(3) == 10"
    source.write_text(json.dumps(notebook))

    result = grade(course, ASSIGNMENT, workers=1)

    assert next(mark.score for mark in result.submissions[0].questions if mark.id == "test_square") == 0
    assert (course / "release/ps1/problem.ipynb").read_bytes() == released

    cell(notebook, "test_square")["metadata"]["nbgrader"]["grade_id"] = "another"
    source.write_text(json.dumps(notebook))
    with pytest.raises(CourseError, match="added or removed after submissions had been recorded"):
        grade(course, ASSIGNMENT, workers=1)


def test_a_locked_gradebook_is_waited_for(course, monkeypatch):
    """Formgrader may be writing: a lock is a pause, not the end of the run."""
    hand_in(course, "ada", honest())
    other = sqlite3.connect(course / "gradebook.db", isolation_level=None, check_same_thread=False)
    # Longer than the 5 s after which nbgrader gives up.
    release = threading.Timer(6, other.execute, ["ROLLBACK"])

    def judge_while_another_writes(*arguments):
        other.execute("BEGIN IMMEDIATE")
        release.start()
        return judge(*arguments)

    monkeypatch.setattr("autograder.grading.pipeline.judge", judge_while_another_writes)
    result = grade(course, ASSIGNMENT, workers=1, feedback=False)
    release.join()
    other.close()

    assert not result.could_not_grade


def test_the_seed_stays_a_secret_of_the_grader(course, monkeypatch):
    """Questions draw their inputs from it on this side; the student's process never sees it."""
    monkeypatch.setenv("AUTOGRADER_SEED", "42")
    shows = (
        "import os\ndef mean(xs):\n    raise ValueError([k for k, v in os.environ.items() if 'SEED' in k or v == '42'])"
    )
    hand_in(course, "ada", honest(mean=shows))

    result = grade(course, ASSIGNMENT, seed="42", workers=1, feedback=False)

    assert result.seed == "42"
    assert "ValueError: []" in [finding.says for mark in result.submissions[0].questions for finding in mark.findings]
