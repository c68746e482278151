"""`submitted/` after collecting: the latest of each student, under the right id, and nothing lost that was there."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

import pytest
from downloads import EXPORTED, LESSON, A, collect, make_folder, make_zip, notebook, submitted, written

MOODLE = "Ada Lovelace_12345_assignsubmission_file_"


def kept_aside(course) -> list[str]:
    return [written(path) for path in sorted((course / "replaced").rglob("*.ipynb"))]


def day(number: int) -> datetime:
    return EXPORTED + timedelta(days=number)


def test_a_dry_run_shows_the_table_and_writes_nothing(course, tmp_path):
    """What would be new, what would be refused; the folders as before."""
    download = make_zip(tmp_path / "all.zip", {f"ada/{LESSON}": notebook("ada"), "bo/../x": "x"})

    result = collect(course, download, options=("--dry-run",))

    assert result.exit_code == 1
    assert re.search(r"^ada +ada in all.zip \(folders\) +1 +not said +new *$", result.output, re.MULTILINE)
    assert "✗ bo" in result.output
    assert "1 new, 1 refused. Nothing was written." in result.output
    assert not (course / "submitted").exists()


def test_collecting_twice_changes_nothing(course, tmp_path):
    """The second time everybody is unchanged, also whose folder holds files that nbgrader ignores."""
    files = {f"ada/{LESSON}": notebook("ada"), f"ada/.ipynb_checkpoints/{LESSON}": notebook("old"), "ada/x.pyc": b"\1"}
    download = make_zip(tmp_path / "all.zip", files | {f"bo/{LESSON}": notebook("bo")})
    collect(course, download)
    before = submitted(course)

    result = collect(course, download)

    assert "2 unchanged." in result.output
    assert submitted(course) == before
    assert f"ada/{A}/x.pyc" not in before
    assert not (course / "replaced").exists()


def test_a_later_download_replaces_and_the_earlier_is_kept_aside(course, tmp_path):
    """By the time of the download, where the platform says no other."""
    first = make_zip(tmp_path / "monday.zip", {f"{MOODLE}/{LESSON}": notebook("monday")}, day(0))
    second = make_zip(tmp_path / "tuesday.zip", {f"{MOODLE}/{LESSON}": notebook("tuesday")}, day(1))
    collect(course, first)

    result = collect(course, second)

    assert result.exit_code == 0
    assert "1 replaced." in result.output
    assert submitted(course) == {f"ada_lovelace/{A}/{LESSON}": "tuesday"}
    assert kept_aside(course) == ["monday"]


def test_an_earlier_download_does_not_replace(course, tmp_path):
    """The same two, in the wrong order: what is there stays, and the table says so."""
    first = make_zip(tmp_path / "monday.zip", {f"{MOODLE}/{LESSON}": notebook("monday")}, day(0))
    second = make_zip(tmp_path / "tuesday.zip", {f"{MOODLE}/{LESSON}": notebook("tuesday")}, day(1))
    collect(course, second)

    result = collect(course, first)

    assert result.exit_code == 0
    assert "what is in submitted/ is newer, and stays" in result.output
    assert submitted(course) == {f"ada_lovelace/{A}/{LESSON}": "tuesday"}


@pytest.mark.parametrize("order", [(0, 1), (1, 0)], ids=["in order", "mixed up"])
def test_of_two_downloads_at_once_the_later_one_counts(course, tmp_path, order):
    """Whatever their order on the command line."""
    made = [make_zip(tmp_path / f"{n}.zip", {f"{MOODLE}/{LESSON}": notebook(str(n))}, day(n)) for n in (0, 1)]

    result = collect(course, *(made[number] for number in order))

    assert submitted(course) == {f"ada_lovelace/{A}/{LESSON}": "1"}
    assert "the latest of 2 taken, left: Ada Lovelace_12345" in result.output


def test_a_time_that_is_known_decides_over_the_download(course, tmp_path):
    """In the exchange the later hand-in counts, though its files were copied first."""
    late, early = "2026-11-22 10:00:00 UTC", "2026-11-20 10:00:00 UTC"
    make_folder(tmp_path / "inbound", {f"ada+{A}+{late}/{LESSON}": notebook("late")})
    collect(course, tmp_path / "inbound")
    make_folder(tmp_path / "second", {f"ada+{A}+{early}/{LESSON}": notebook("early")})

    result = collect(course, tmp_path / "second")

    assert "1 kept: newer." in result.output
    assert submitted(course)[f"ada/{A}/{LESSON}"] == "late"


def test_the_latest_is_refused_rather_than_an_earlier_one_taken(course, tmp_path):
    """An instructor asks for it again; grading what the student replaced would be a surprise."""
    first = make_zip(tmp_path / "monday.zip", {f"{MOODLE}/{LESSON}": notebook("monday")}, day(0))
    second = make_zip(tmp_path / "tuesday.zip", {f"{MOODLE}/work.zip": "PK"}, day(1))

    result = collect(course, first, second)

    assert result.exit_code == 1
    assert not (course / "submitted").exists()


def test_two_students_of_one_name_are_refused_by_name(course, tmp_path):
    """Neither overwrites the other; the third student is collected."""
    download = make_zip(tmp_path / "all.zip", {
        f"Kim Lee_{number}_assignsubmission_file_/{LESSON}": notebook(str(number)) for number in (1, 2)
    } | {f"Bo Ek_3_assignsubmission_file_/{LESSON}": notebook("bo")})  # fmt: skip

    result = collect(course, download)

    assert result.exit_code == 1
    assert submitted(course) == {f"bo_ek/{A}/{LESSON}": "bo"}
    assert result.output.count("Kim Lee_1 and Kim Lee_2 would both be kim_lee") == 2


def test_a_list_of_students_says_who_is_who(course, tmp_path):
    """By number, by e-mail address, by name in either order; whoever is not in it is refused by name."""
    (tmp_path / "students.csv").write_text(
        "id,first_name,last_name,email,lms_user_id\n"
        "kl1,Kim,Lee,,1\nkl2,Kim,Lee,,2\nal,Ada,Lovelace,,\nzs,Zoë,Sørensen,,\nbe,,,BO@example.edu,\n",
        encoding="utf-8-sig",
    )
    moodle = make_zip(tmp_path / "moodle.zip", {
        f"{name}_{number}_assignsubmission_file_/{LESSON}": notebook(f"{name} {number}")
        for name, number in (("Kim Lee", 1), ("Kim Lee", 2), ("Ada Lovelace", 3), ("Some Body", 4))
    })  # fmt: skip
    canvas = make_zip(tmp_path / "canvas.zip", {f"sørensenzoë_70_80_{LESSON}": notebook("zoë")})
    gradescope = make_zip(tmp_path / "gradescope.zip", {
        "submission_metadata.yml": "submission_1: {':submitters': [{':name': B, ':email': bo@example.edu}]}",
        f"submission_1/{LESSON}": notebook("bo"),
    })  # fmt: skip

    result = collect(course, moodle, canvas, gradescope, options=("--students", str(tmp_path / "students.csv")))

    assert {path.split("/")[0]: text for path, text in submitted(course).items()} == {
        "kl1": "Kim Lee 1", "kl2": "Kim Lee 2", "al": "Ada Lovelace 3", "zs": "zoë", "be": "bo",
    }  # fmt: skip
    assert result.exit_code == 1
    assert "Some Body_4 is not in the list of students" in result.output


def test_two_accounts_that_the_list_cannot_tell_apart_are_refused(course, tmp_path):
    """One name in the list, two on the platform: not both into one folder."""
    (tmp_path / "students.csv").write_text("id,first_name,last_name\nkim,Kim,Lee\nbo,Bo,Ek\n")
    download = make_zip(tmp_path / "all.zip", {
        f"Kim Lee_{number}_assignsubmission_file_/{LESSON}": notebook(str(number)) for number in (1, 2)
    } | {f"Bo Ek_3_assignsubmission_file_/{LESSON}": notebook("bo")})  # fmt: skip

    result = collect(course, download, options=("--students", str(tmp_path / "students.csv")))

    assert result.exit_code == 1
    assert submitted(course) == {f"bo/{A}/{LESSON}": "bo"}
    assert "would both be kim" in result.output


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("name,number\nada,1\n", "has no column `id`"),
        ("id,lms_user_id\nada,1\nada,2\n", "has ada more than once"),
        ("id\n../ada\n", "cannot be the name of a folder"),
    ],
)
def test_a_list_that_is_none_is_refused_before_anything_is_written(course, tmp_path, text, said):
    """With what it should be."""
    (tmp_path / "students.csv").write_text(text)
    download = make_zip(tmp_path / "all.zip", {f"{MOODLE}/{LESSON}": notebook("ada")})

    result = collect(course, download, options=("--students", str(tmp_path / "students.csv")))

    assert result.exit_code == 1
    assert said in result.output
    assert not (course / "submitted").exists()


def test_a_students_own_timestamp_is_not_believed(course, tmp_path):
    """In a platform's download nothing but the platform says when: else everybody would have been early."""
    download = make_zip(tmp_path / "all.zip", {
        f"{MOODLE}/{LESSON}": notebook("ada"), f"{MOODLE}/timestamp.txt": "2020-01-01 00:00:00 UTC",
    })  # fmt: skip

    result = collect(course, download)

    assert submitted(course) == {f"ada_lovelace/{A}/{LESSON}": "ada"}
    assert "left out: a timestamp.txt of the student's own" in result.output


def test_a_missing_notebook_is_told(course, tmp_path):
    """It is collected, so that grading can look for a renamed one; but the instructor hears of it."""
    download = make_zip(tmp_path / "all.zip", {f"{MOODLE}/essay.docx": "words"})

    result = collect(course, download)

    assert result.exit_code == 0
    assert f"ada_lovelace: has no {LESSON}" in result.output


def test_an_assignment_that_the_course_does_not_have(course, tmp_path):
    """Named, with those that it has."""
    from click.testing import CliRunner

    from autograder.cli import main

    download = make_zip(tmp_path / "all.zip", {f"{MOODLE}/{LESSON}": notebook("ada")})
    result = CliRunner().invoke(main, ["collect", "03_typo", str(download), "--course", str(course)])

    assert result.exit_code == 1
    assert "Choose one of: 01_gates, 02_linear_layer" in result.output
