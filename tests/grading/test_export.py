"""From a graded class to a file: what could not be graded stays visible on the way out."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import jsonschema
from click.testing import CliRunner
from nbgrader.api import Gradebook
from small_course import ASSIGNMENT, hand_in, honest

from autograder.cli import main
from autograder.grading.pipeline import grade

SCHEMA = json.loads((Path(__file__).parents[2] / "docs" / "results.schema.json").read_text())


def export(course: Path, kind: str) -> tuple[str, str]:
    out = course / f"out.{kind}"
    words = ["export", ASSIGNMENT, "--to", kind, "--out", str(out), "--course", str(course)]
    outcome = CliRunner().invoke(main, words)
    assert outcome.exception is None or isinstance(outcome.exception, SystemExit), outcome.output
    return out.read_text(), outcome.stdout


def standings(course: Path) -> dict[str, tuple[str, str]]:
    table, _ = export(course, "csv")
    return {row["student_id"]: (row["standing"], row["score"]) for row in csv.DictReader(table.splitlines())}


def mark_by_hand(course: Path, student: str) -> None:
    with Gradebook(f"sqlite:///{course / 'gradebook.db'}", "small") as book:
        for cell in ("explain", "essay"):
            mark = book.find_grade(cell, "problem", ASSIGNMENT, student)
            mark.manual_score, mark.needs_manual_grade = 1.0, False
        book.db.commit()


def test_a_submission_that_could_not_be_graded_is_named_and_never_a_zero(course):
    """Nor is it what an earlier submission earned; once it can be graded, it is as if nothing had been."""
    hand_in(course, "ada", honest())
    hand_in(course, "eve", "{")
    grade(course, ASSIGNMENT, workers=1, feedback=False)
    mark_by_hand(course, "ada")

    assert standings(course) == {"ada": ("graded", "11"), "eve": ("not graded", "")}
    assert "is not valid JSON" in export(course, "csv")[1]

    first = (course / "submitted/ada/ps1/problem.ipynb").read_bytes()
    hand_in(course, "ada", "{")
    grade(course, ASSIGNMENT, workers=1, feedback=False)
    assert standings(course)["ada"] == ("not graded", "")
    assert "The marks recorded before stay." in export(course, "csv")[1]

    hand_in(course, "ada", first)
    grade(course, ASSIGNMENT, workers=1, feedback=False)
    # Graded anew, so nbgrader asks whoever marked by hand to look again.
    assert standings(course)["ada"] == ("waiting", "")
    mark_by_hand(course, "ada")
    assert standings(course)["ada"] == ("graded", "11")


def test_what_nbgrader_graded_since_is_exported(course):
    """Formgrader's button does not write in our tables: other automatic scores say that somebody pressed it."""
    hand_in(course, "eve", "{")
    grade(course, ASSIGNMENT, workers=1, feedback=False)
    assert standings(course)["eve"] == ("not graded", "")
    with Gradebook(f"sqlite:///{course / 'gradebook.db'}", "small") as book:
        book.add_student("eve")
        for mark in book.add_submission(ASSIGNMENT, "eve").notebooks[0].grades:
            mark.auto_score, mark.needs_manual_grade = 1.0, False
        book.db.commit()

    assert standings(course)["eve"] == ("graded", "5")


def test_the_json_has_what_was_found_and_what_a_person_gave(course):
    """Findings from the run, marks by hand from the gradebook, questions in the order of the notebook."""
    hand_in(course, "ada", honest(slope="def slope(x):\n    return x"))
    hand_in(course, "eve", "{")
    grade(course, ASSIGNMENT, workers=1, feedback=False, seed="7")
    mark_by_hand(course, "ada")

    text, _ = export(course, "json")

    results = json.loads(text)
    jsonschema.validate(results, SCHEMA)
    assert results["seed"] == "7"
    ada, eve = results["submissions"]
    assert [one["id"] for one in ada["questions"]] == ["test_square", "test_mean", "check_slope", "explain", "essay"]
    assert ada["questions"][2]["findings"][0]["misconception"] == "half_slope"
    assert [one["score"] for one in ada["questions"]] == [2, 3, 1.5, 1, 1]
    assert eve["reason"].startswith("submitted/eve/ps1/problem.ipynb is not valid JSON")
