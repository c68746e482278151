"""Canvas's and Moodle's own files come back with the assignment's column filled, and who is missing is told."""

from __future__ import annotations

import shutil

import pytest
from class_of_six import ASSIGNMENT, FILES
from click.testing import CliRunner
from nbgrader.api import Gradebook

from autograder.cli import main


def export(course, kind: str, *more, given: str | None = None):
    """`autograder export`, with a copy of one of the files beside this one."""
    given = given or f"{kind}.csv"
    if not (course / given).exists():
        shutil.copy(FILES / given, course / given)
    words = ["export", ASSIGNMENT, "--to", kind, "--from", course / given, "--course", course, *more]
    return CliRunner().invoke(main, [str(word) for word in words])


@pytest.mark.parametrize(
    ("kind", "given"), [("canvas", "canvas.csv"), ("moodle", "moodle.csv"), ("moodle", "moodle_worksheet.csv")]
)
def test_the_file_comes_back_filled(course, kind, given):
    """Held against a file made by hand, byte for byte; what came in is as it was."""
    outcome = export(course, kind, given=given)

    filled = given.replace(".csv", "_filled.csv")
    assert (course / filled).read_bytes() == (FILES / filled).read_bytes(), outcome.output
    assert (course / given).read_bytes() == (FILES / given).read_bytes()


def test_everyone_without_a_mark_is_named(course):
    """Who waits, who was not graded, who handed in nothing, who is on one side only; and the status says it, too."""
    outcome = export(course, "canvas")

    assert outcome.exit_code == 1
    assert outcome.stdout.splitlines()[:-1] == [
        "Another mark was there:",
        "  cleo (Cleo Example): 6.5, now 7",
        "Waits for a person; no mark exported:",
        "  bob (Bob Example): Waits for a person: why.",
        "Handed in nothing; no mark exported:",
        "  dan (Dan Brown)",
        "Handed in, but has no row in Canvas's file:",
        "  eve: Handed in, but not graded yet.",
        "In Canvas's file, not in the gradebook:",
        "  line 10 (Gone, Gerda, 107, s-7, gerda)",
        "  line 11 (Student, Test, 108, a1b2c3)",
    ]
    assert "4 marks of 02_linear_layer in the column “Linear layer (881)” of " in outcome.stdout


def test_the_exit_status_is_0_when_nobody_who_handed_in_lacks_a_mark(course):
    """Rows of people who are not in the gradebook are usual."""
    shutil.rmtree(course / "submitted" / "eve")
    with Gradebook(f"sqlite:///{course / 'gradebook.db'}", "small") as book:
        grade = book.find_grade("why", "linear_layer", ASSIGNMENT, "bob")
        grade.manual_score, grade.needs_manual_grade = 1.0, False
        book.db.commit()

    outcome = export(course, "canvas")

    assert outcome.exit_code == 0, outcome.output
    assert "5 marks" in outcome.stdout


def test_what_is_not_asked_for_is_not_done_and_what_is_asked_for_is(course):
    """Points so far, zeros for the absent, marks that stay, one student only."""
    asked = export(course, "canvas", "--incomplete", "--missing-as-zero", "--keep-marks")

    lines = (course / "canvas_filled.csv").read_text().splitlines()
    assert lines[4].split(",")[-4] == "6.5"  # bob
    assert lines[7].split(",")[-4] == "0"  # dan
    assert lines[5].split(",")[-4] == "6.5"  # cleo's old one
    assert "Another mark is there, and stays:\n  cleo (Cleo Example): 6.5, would be 7" in asked.stdout

    only = export(course, "canvas", "--student", "ada")
    assert only.exit_code == 0
    changed = zip((course / "canvas.csv").open(), (course / "canvas_filled.csv").open(), strict=True)
    assert [new.split(",")[1] for old, new in changed if old != new] == [' Ada"']
    assert export(course, "canvas", "--student", "nobody").exit_code == 1


def test_the_file_that_came_in_is_overwritten_only_when_asked(course):
    """Neither by name nor by another name for it."""
    refused = export(course, "canvas", "--out", course / "submitted" / ".." / "canvas.csv")

    assert refused.exit_code == 1
    assert "is not overwritten" in refused.stderr
    assert (course / "canvas.csv").read_bytes() == (FILES / "canvas.csv").read_bytes()

    export(course, "canvas", "--in-place")

    assert (course / "canvas.csv").read_bytes() == (FILES / "canvas_filled.csv").read_bytes()
    assert not (course / "canvas_filled.csv").exists()


def test_canvas_s_excuses_and_unassigned_students_stay(course):
    """`EX` and `N/A` are no marks, and a mark would undo them."""
    text = (
        (FILES / "canvas.csv")
        .read_text()
        .replace("Section 2,,6.33", "Section 2,,EX")
        .replace('Section 2,,""', "Section 2,,N/A")
    )
    (course / "canvas.csv").write_text(text)

    outcome = export(course, "canvas")

    filled = (course / "canvas_filled.csv").read_text()
    assert "Section 2,,EX,," in filled
    assert "Section 2,,N/A,," in filled
    assert "finn (Finn Example): excused in Canvas" in outcome.stdout
    assert "zoë (Zoë Example): not assigned to this student in Canvas" in outcome.stdout


@pytest.mark.parametrize(
    "column", ["Linear layer Current Score", "Final Score", "Gates", "881", "Linear layer", "no such"]
)
def test_a_column_can_be_named_but_not_one_that_canvas_works_out(course, column):
    """By title, number or whole header."""
    outcome = export(course, "canvas", "--column", column)

    if column in ("881", "Linear layer"):
        assert (course / "canvas_filled.csv").read_bytes() == (FILES / "canvas_filled.csv").read_bytes()
    elif column == "Gates":
        assert "“Gates (880)”" in outcome.stdout
        assert "Canvas has it at 20 points, the gradebook at 12" in outcome.stdout
    else:
        assert outcome.exit_code == 1
        assert "Linear layer (881)" in outcome.stderr
        assert not (course / "canvas_filled.csv").exists()


def test_a_column_that_cannot_be_told_is_asked_for(course):
    """Two of one title, or none: never the first that fits."""
    twice = (FILES / "canvas.csv").read_text().replace("Gates (880)", "Linear Layer (880)")
    (course / "canvas.csv").write_text(twice)

    outcome = export(course, "canvas")

    assert outcome.exit_code == 1
    assert "Name it with --column. There are: “Linear Layer (880)”, “Linear layer (881)”." in outcome.stderr


def test_what_could_be_two_students_is_exported_as_neither(course):
    """By name; `--match` says which column decides."""
    text = (FILES / "canvas.csv").read_text().replace("107,s-7,gerda", "107,s-7,zoë@other.example")
    (course / "canvas.csv").write_text(text)

    outcome = export(course, "canvas")

    assert "  line 9 (Example, Zoë, 106, s-6, zoë@students.uni.example): zoë" in outcome.stdout
    assert "  line 10 (Gone, Gerda, 107, s-7, zoë@other.example): zoë" in outcome.stdout
    assert 'Zoë",106,s-6,zoë@students.uni.example,Section 2,,""' in (course / "canvas_filled.csv").read_text()

    (course / "canvas.csv").write_text(text.replace("s-6", "zoë"))
    chosen = export(course, "canvas", "--match", "SIS User ID")
    assert 'Section 2,,"12"' in (course / "canvas_filled.csv").read_text(), chosen.output


def test_moodle_in_another_language_and_with_decimal_commas(course):
    """Columns are named; a mark is written as the file writes numbers."""
    text = (
        "Vorname;Anmeldename;Aufgabe: Lineare Schicht (Punkte);Quiz (Punkte)\r\nAda;ada;-;7,50\r\nFinn;finn;-;8,00\r\n"
    )
    (course / "de.csv").write_bytes(text.encode("cp1252"))

    outcome = export(
        course, "moodle", "--match", "Anmeldename", "--column", "Aufgabe: Lineare Schicht (Punkte)", given="de.csv"
    )

    filled = (course / "de_filled.csv").read_bytes().decode("cp1252")
    assert filled == text.replace("ada;-", "ada;11,5").replace("finn;-", "finn;6,33333"), outcome.output


def test_moodle_s_percentages_and_feedback_are_no_columns_for_points(course):
    """11.5 % would be a mark nobody gave."""
    outcome = export(course, "moodle", "--column", "Assignment: Linear layer (Percentage)")

    assert outcome.exit_code == 1
    assert "is no column of points" in outcome.stderr


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["--to", "canvas"], "The gradebook that Canvas exported is needed"),
        (["--to", "canvas", "--from", FILES / "moodle.csv"], "is no gradebook of Canvas's"),
        (["--to", "moodle", "--from", FILES / "no.csv"], "could not be read: No such file"),
        (["--to", "csv", "--column", "x"], "are about an LMS's file"),
        (["--to", "csv", "--out", "/no/such/folder/x.csv"], "Choose another place"),
    ],
)
def test_an_error_is_a_sentence_and_a_next_step(course, words, says):
    """On stderr, without a traceback; nothing is written."""
    outcome = CliRunner().invoke(main, [str(word) for word in ["export", ASSIGNMENT, *words, "--course", course]])

    assert outcome.exit_code == 1
    assert says in outcome.stderr
    assert "Traceback" not in outcome.output
    assert not list(FILES.glob("*_filled_filled.csv"))
