"""The plugins as nbgrader calls them, the table, the JSON, and how much they ask of a gradebook."""

from __future__ import annotations

import csv
import json
import os
import shutil
import subprocess
import sys
import uuid
from pathlib import Path

import jsonschema
import pytest
from class_of_six import ASSIGNMENT, FILES, POINTS
from click.testing import CliRunner
from nbgrader.api import Gradebook
from sqlalchemy import event, text

from autograder.cli import main
from autograder.grading.marks import Standing, read_marks

SCHEMA = json.loads((Path(__file__).parents[2] / "docs" / "results.schema.json").read_text())


def nbgrader_export(course: Path, exporter: str, *more: str) -> subprocess.CompletedProcess:
    words = ["nbgrader", "export", f"--exporter=autograder.exporters.{exporter}", *more]
    env = os.environ | {"PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])}
    return subprocess.run(words, cwd=course, env=env, capture_output=True, text=True, timeout=120)


def test_nbgrader_s_own_command_fills_the_file(course):
    """`nbgrader export` in the course folder; who has no mark is in its log."""
    shutil.copy(FILES / "canvas.csv", course)

    done = nbgrader_export(course, "CanvasExporter", "--CanvasExporter.lms_file=canvas.csv", "--to=out.csv")

    assert done.returncode == 0, done.stderr
    assert (course / "out.csv").read_bytes() == (FILES / "canvas_filled.csv").read_bytes()
    assert "Waits for a person; no mark exported: bob (Bob Example)" in done.stderr


def test_nbgrader_s_own_command_reports_an_error_in_a_line(course):
    """And exit status 1."""
    done = nbgrader_export(course, "MoodleExporter", "--assignment", f"['{ASSIGNMENT}']")

    assert done.returncode == 1
    assert "The gradebook that Moodle exported is needed" in done.stderr
    assert "Traceback" not in done.stderr


def export(course: Path, kind: str, *more: str):
    out = course / f"out.{kind}"
    words = ["export", ASSIGNMENT, "--to", kind, "--out", str(out), "--course", str(course), *more]
    return out, CliRunner().invoke(main, words)


def test_the_table_has_a_column_per_question_and_no_zero_that_nobody_gave(course):
    """Held against a file made by hand."""
    out, outcome = export(course, "csv")

    assert out.read_text() == (FILES / "table.csv").read_text(), outcome.output
    assert outcome.exit_code == 1  # bob and eve
    by_student = {row["student_id"]: row for row in csv.DictReader(out.open())}
    assert (by_student["bob"]["score"], by_student["bob"]["raw_score"]) == ("", "6.5")
    assert by_student["cleo"]["why"] == "0"


def test_a_name_that_a_spreadsheet_would_calculate_is_set_off(course):
    """A student who is called =HYPERLINK(…) is a name in a table."""
    with Gradebook(f"sqlite:///{course / 'gradebook.db'}", "small") as book:
        book.find_student("ada").first_name = "=1+1"
        book.db.commit()

    out, _ = export(course, "csv")

    assert ",'=1+1," in out.read_text()


def test_the_json_keeps_the_schema_and_holds_marks_given_by_hand(course):
    """Everyone who handed in; dan did not."""
    out, _ = export(course, "json")

    results = json.loads(out.read_text())
    jsonschema.validate(results, SCHEMA)
    by_student = {one["student"]: one for one in results["submissions"]}
    assert set(by_student) == {"ada", "bob", "cleo", "eve", "finn", "zoë"}
    assert (by_student["cleo"]["score"], by_student["cleo"]["late_penalty"]) == (7, 2)
    assert (by_student["eve"]["outcome"], by_student["eve"]["score"]) == ("could_not_grade", None)
    why = {one["id"]: (one["outcome"], one["score"]) for one in by_student["ada"]["questions"]}
    assert why == {"db": ("passed", 2), "dW": ("passed", 4), "dX": ("passed", 4), "why": ("manual", 1.5)}
    assert next((one["outcome"], one["score"]) for one in by_student["bob"]["questions"] if one["id"] == "why") == (
        "manual",
        None,
    )


def test_an_assignment_is_asked_for_when_there_are_several(course):
    """Exporters here write one; nbgrader's `--assignment` chooses."""
    with Gradebook(f"sqlite:///{course / 'gradebook.db'}", "small") as book:
        book.add_assignment("03")

    done = nbgrader_export(course, "TableExporter")

    assert done.returncode == 1
    assert f"Choose one with --assignment: {ASSIGNMENT}, 03" in done.stderr
    assert not list(course.glob("*.csv"))


@pytest.fixture
def large_class(course) -> Path:
    """3,000 students more, written past nbgrader's api, which would take minutes."""
    with Gradebook(f"sqlite:///{course / 'gradebook.db'}", "small") as book:
        ada = book.find_submission(ASSIGNMENT, "ada")
        assignment, notebook = ada.assignment_id, ada.notebooks[0].notebook_id
        cells = [(grade.cell_id, POINTS.get(grade.name, 2.0)) for grade in ada.notebooks[0].grades]
        rows: dict[str, list[dict]] = {"student": [], "submitted_assignment": [], "submitted_notebook": [], "grade": []}
        for number in range(3000):
            student, submission, copy = f"s{number:04}", uuid.uuid4().hex, uuid.uuid4().hex
            rows["student"].append({"id": student})
            rows["submitted_assignment"].append({"id": submission, "assignment_id": assignment, "student_id": student})
            rows["submitted_notebook"].append({"id": copy, "assignment_id": submission, "notebook_id": notebook})
            for cell, score in cells:
                grade = {"id": uuid.uuid4().hex, "cell_id": cell, "notebook_id": copy, "auto_score": score}
                rows["grade"].append(grade | {"needs_manual_grade": False})
        for table, values in rows.items():
            names = ", ".join(values[0])
            given = ", ".join(f":{name}" for name in values[0])
            book.db.execute(text(f"INSERT INTO {table} ({names}) VALUES ({given})"), values)
        book.db.commit()
    return course


def test_three_thousand_students_take_no_more_queries_than_six(large_class):
    """The number of SELECTs is fixed: nbgrader's own export asks several times for each student."""
    with Gradebook(f"sqlite:///{large_class / 'gradebook.db'}", "small") as book:
        asked: list[str] = []
        event.listen(book.engine, "before_cursor_execute", lambda *about: asked.append(about[2]))

        marks = read_marks(book, ASSIGNMENT)

    assert len([statement for statement in asked if "SELECT" in statement]) <= 12
    large = [student for student in marks.students if student.id.startswith("s")]
    assert {(student.standing, student.score) for student in large} == {(Standing.GRADED, 12.0)}
    assert len(large) == 3000
