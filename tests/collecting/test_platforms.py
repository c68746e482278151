"""What Moodle, Canvas, Gradescope, nbgrader's exchange and a careful instructor each call a student's work."""

from __future__ import annotations

import os
from datetime import datetime

import pytest
from downloads import LESSON, OTHER, A, collect, make_folder, make_zip, notebook, submitted

from autograder.grading.assignment import KnownAssignment
from autograder.grading.collect import read_submission
from autograder.grading.settings import open_course

METADATA = """\
submission_101:
  :submitters:
  - :name: Ada Lovelace
    :sid: '3012345'
    :email: ada@example.edu
  :created_at: 2026-11-20 09:30:00.123456000 Z
  :score: 0.0
  :status: processed
  :history:
  - :id: 99
    :created_at: 2026-11-19 09:30:00.000000000 Z
submission_102:
  :submitters:
  - :name: Bo Ek
    :sid:
    :email: Bo.Ek@example.edu
  - :name: Cy Dale
    :sid: '3099999'
    :email: cy@example.edu
  :created_at: !ruby/object:ActiveSupport::TimeWithZone
    utc: 2026-11-20 23:59:59.000000000 Z
    zone: !ruby/object:ActiveSupport::TimeZone
      name: Pacific Time (US & Canada)
    time: 2026-11-20 15:59:59.000000000 Z
"""


@pytest.mark.parametrize("ending", ["assignsubmission_file_", "assignsubmission_file"], ids=["4.0", "4.5"])
def test_moodle_with_a_folder_for_each_student(course, tmp_path, ending):
    """Both forms of the folder's name; umlauts and folders in the submission stay, no time is made up."""
    download = make_zip(tmp_path / "CS7643-Layer-88.zip", {
        f"Ada Lovelace_12345_{ending}/{LESSON}": notebook("ada"),
        f"Ada Lovelace_12345_{ending}/data/notes.txt": "mine",
        f"Zoë O'Neil-Sørensen_12399_{ending}/{LESSON}": notebook("zoë"),
    })  # fmt: skip

    result = collect(course, download)

    assert result.exit_code == 0, result.output
    assert submitted(course) == {
        f"ada_lovelace/{A}/{LESSON}": "ada",
        f"ada_lovelace/{A}/data/notes.txt": "mine",
        f"zoë_o_neil-sørensen/{A}/{LESSON}": "zoë",
    }


def test_moodle_without_folders_and_with_typed_text(course, tmp_path):
    """The prefix stands before the file's name; what was typed into a text field is named and left out."""
    download = make_zip(tmp_path / "flat.zip", {
        f"Ada Lovelace_12345_assignsubmission_file_{LESSON}": notebook("ada"),
        "Ada Lovelace_12345_assignsubmission_onlinetext_onlinetext.html": "<p>See the file</p>",
    })  # fmt: skip

    result = collect(course, download)

    assert result.exit_code == 0, result.output
    assert submitted(course) == {f"ada_lovelace/{A}/{LESSON}": "ada"}
    assert "what was typed into Moodle (onlinetext)" in result.output


def test_names_that_a_mac_has_packed(course, tmp_path):
    """It writes UTF-8 and does not say so; read as the standard has it, Zoë would be ZoÃ«."""
    source = "Zoë Ek_7_assignsubmission_file_"
    download = make_zip(tmp_path / "mac.zip", {f"{source}/{LESSON}": notebook("zoë")})
    data = bytearray(download.read_bytes())
    for start in (data.index(b"PK\x03\x04") + 6, data.index(b"PK\x01\x02") + 8):
        data[start + 1] &= 0xFF - 0x08  # the flag that the name is UTF-8
    download.write_bytes(data)

    assert collect(course, download).exit_code == 0
    assert submitted(course) == {f"zoë_ek/{A}/{LESSON}": "zoë"}


def test_moodle_with_blind_marking(course, tmp_path):
    """All are called alike in the platform's language, and told apart by number."""
    download = make_zip(tmp_path / "blind.zip", {
        f"Teilnehmer_{number}_assignsubmission_file_/{LESSON}": notebook(str(number)) for number in (7, 8)
    })  # fmt: skip

    assert collect(course, download).exit_code == 0
    assert submitted(course) == {f"teilnehmer_{number}/{A}/{LESSON}": str(number) for number in (7, 8)}


def test_canvas_with_late_marks_and_resubmissions(course, tmp_path):
    """The latest of a student's files is taken under its own name, and the choice is shown; so is LATE."""
    download = make_zip(tmp_path / "submissions.zip", {
        f"lovelaceada_1234_90001_{LESSON}": notebook("first"),
        "lovelaceada_1234_100007_linear_layer-2.ipynb": notebook("third"),
        "lovelaceada_1234_90004_linear_layer-1.ipynb": notebook("second"),
        "lovelaceada_1234_90005_plan-1.txt": "this is its own name",
        f"vanderbergjan_LATE_1300_91000_{LESSON}": notebook("jan"),
        f"LATE_anon_x7Yz2_91500_{LESSON}": notebook("somebody"),
        "ekbo_1400_text.html": "<p>I forgot the file</p>",
    })  # fmt: skip

    result = collect(course, download)

    assert submitted(course) == {
        f"lovelaceada/{A}/{LESSON}": "third",
        f"lovelaceada/{A}/plan-1.txt": "this is its own name",
        f"vanderbergjan/{A}/{LESSON}": "jan",
        f"anon_x7yz2/{A}/{LESSON}": "somebody",
    }
    assert "linear_layer-2.ipynb taken, the latest of several" in result.output
    assert result.output.count("late") - result.output.count("latest") == 2
    assert result.exit_code == 1
    assert "✗ ekbo: holds no files." in result.output


def test_gradescope_with_its_list(course, tmp_path):
    """Ids and times come from the list; a team's work is everybody's; what the list does not know is refused."""
    download = make_zip(tmp_path / "assignment_8046601_export.zip", {
        "assignment_8046601_export/submission_metadata.yml": METADATA,
        f"assignment_8046601_export/submission_101/{LESSON}": notebook("ada"),
        f"assignment_8046601_export/submission_102/work/{LESSON}": notebook("two"),
        f"assignment_8046601_export/submission_103/{LESSON}": notebook("nobody"),
        "__MACOSX/assignment_8046601_export/._submission_metadata.yml": b"\0",
    })  # fmt: skip

    result = collect(course, download)

    assert submitted(course) == {
        f"3012345/{A}/{LESSON}": "ada",
        f"3012345/{A}/timestamp.txt": "2026-11-20 09:30:00.123456 UTC\n",
        **{
            f"{student}/{A}/{name}": content
            for student in ("bo.ek", "3099999")
            for name, content in ((LESSON, "two"), ("timestamp.txt", "2026-11-20 23:59:59.000000 UTC\n"))
        },
    }
    assert "handed in by 2 together" in result.output
    assert result.exit_code == 1
    assert "submission_metadata.yml does not say whose submission_103 is" in result.output


def test_a_list_of_gradescope_makes_no_objects(course, tmp_path):
    """YAML can name Python's own functions; here it is refused as a whole, and nothing happens."""
    harm = tmp_path / "harm"
    download = make_zip(tmp_path / "export.zip", {
        "submission_metadata.yml": f"submission_1: !!python/object/apply:os.mkdir ['{harm}']\n",
        f"submission_1/{LESSON}": notebook("x"),
    })  # fmt: skip

    result = collect(course, download)

    assert result.exit_code == 1
    assert "submission_metadata.yml cannot be read" in result.output
    assert not harm.exists()


def test_the_exchange_of_nbgrader(course, tmp_path):
    """Every hand-in of this assignment is seen, the latest taken, its time kept; other assignments are left alone."""
    inbound = make_folder(tmp_path / "inbound", {
        f"ada+{A}+2026-11-20 10:00:00 UTC/{LESSON}": notebook("early"),
        f"ada+{A}+2026-11-21 10:00:00 UTC+XyZ12/{LESSON}": notebook("later"),
        f"ada+{A}+2026-11-21 10:00:00 UTC+XyZ12/timestamp.txt": "2026-11-21 10:00:00 UTC",
        f"bo+ek+{A}+2026-11-20 08:00:00 UTC/{LESSON}": notebook("bo"),
        f"ada+{OTHER}+2026-11-22 10:00:00 UTC/gates.ipynb": notebook("gates"),
    })  # fmt: skip

    result = collect(course, inbound)

    assert result.exit_code == 0, result.output
    assert submitted(course) == {
        f"ada/{A}/{LESSON}": "later",
        f"ada/{A}/timestamp.txt": "2026-11-21 10:00:00.000000 UTC\n",
        f"bo+ek/{A}/{LESSON}": "bo",
        f"bo+ek/{A}/timestamp.txt": "2026-11-20 08:00:00.000000 UTC\n",
    }
    assert f"the latest of 2 taken, left: ada+{A}+2026-11-20 10:00:00 UTC" in result.output


@pytest.mark.skipif(os.name == "nt" or os.geteuid() != 0, reason="files of two accounts need root")
def test_somebody_elses_files_in_the_exchange_are_told(course, tmp_path):
    """Anybody may write there under any name; the file system knows who it was."""
    inbound = make_folder(tmp_path / "inbound", {
        f"root+{A}+2026-11-20 10:00:00 UTC/{LESSON}": notebook("root"),
        f"ada+{A}+2026-11-20 10:00:00 UTC/{LESSON}": notebook("not ada"),
    })  # fmt: skip
    os.chown(inbound / f"ada+{A}+2026-11-20 10:00:00 UTC" / LESSON, 65534, 65534)

    result = collect(course, inbound)

    assert "ada: the files are nobody's; was it handed in by them?" in result.output
    assert "root: the files" not in result.output


@pytest.mark.parametrize("around", ["", "hand-ins/"])
@pytest.mark.parametrize("inside", ["", f"{A}/"])
@pytest.mark.parametrize("packed", [True, False], ids=["zip", "folder"])
def test_a_folder_for_each_student(course, tmp_path, around, inside, packed):
    """With or without a folder around them, and as they lie in `submitted/` of another course."""
    files = {
        f"{around}ada/{inside}{LESSON}": notebook("ada"),
        f"{around}bo ek/{inside}{LESSON}": notebook("bo"),
        f"{around}bo ek/{inside}timestamp.txt": "2026-11-20 08:00:00 UTC",
    }
    if inside:
        files[f"{around}cy/{OTHER}/gates.ipynb"] = notebook("not asked for")
    source = make_zip(tmp_path / "all.zip", files) if packed else make_folder(tmp_path / "all", files)

    result = collect(course, source)

    assert result.exit_code == 0, result.output
    assert submitted(course) == {
        f"ada/{A}/{LESSON}": "ada",
        f"bo ek/{A}/{LESSON}": "bo",
        f"bo ek/{A}/timestamp.txt": "2026-11-20 08:00:00.000000 UTC\n",
    }


def test_a_file_in_nobodys_folder_is_told(course, tmp_path):
    """It may be somebody's only copy."""
    download = make_zip(tmp_path / "all.zip", {
        f"ada/{LESSON}": notebook("ada"), f"bo/{LESSON}": notebook("bo"), "cy.ipynb": notebook("cy"),
    })  # fmt: skip

    result = collect(course, download)

    assert len(submitted(course)) == 2
    assert result.exit_code == 1
    assert "✗ cy.ipynb: is in no student's folder" in result.output


def test_a_platform_that_is_named_is_not_guessed(course, tmp_path):
    """Folders that look like Canvas' files are students all the same where the instructor says so."""
    files = {f"lab_1_2_{name}/{LESSON}": notebook(name) for name in ("ada", "bo")}
    source = make_folder(tmp_path / "all", files)

    assert collect(course, source, options=("--from", "folders")).exit_code == 0
    assert submitted(course) == {f"lab_1_2_{name}/{A}/{LESSON}": name for name in ("ada", "bo")}
    refused = collect(course, source, options=("--from", "moodle"))
    assert refused.exit_code == 1
    assert "named as in a download from moodle" in refused.output


def test_a_student_cannot_hand_in_for_others_by_imitating_a_platform(course, tmp_path):
    """What decides is the level that the instructor named."""
    source = make_folder(tmp_path / "all", {
        f"bo/{LESSON}": notebook("bo"),
        f"eve/{LESSON}": notebook("eve"),
        "eve/submission_metadata.yml": "submission_1: {':submitters': [{':name': Bo, ':sid': bo}]}",
        f"eve/submission_1/{LESSON}": notebook("not bo"),
        f"eve/bo+{A}+2027-01-01 00:00:00 UTC/{LESSON}": notebook("not bo"),
        f"eve/bo_1_assignsubmission_file_/{LESSON}": notebook("not bo"),
    })  # fmt: skip

    assert collect(course, source).exit_code == 0
    assert submitted(course)[f"bo/{A}/{LESSON}"] == "bo"
    assert {path.split("/")[0] for path in submitted(course)} == {"bo", "eve"}


@pytest.mark.parametrize(
    ("own", "other"),
    [
        ("Eve Dow_1_assignsubmission_file_", f"Bo Ek_2_assignsubmission_file_{LESSON}"),
        ("doweve_1_900_", f"ekbo_2_901_{LESSON}"),
    ],
    ids=["moodle", "canvas"],
)
def test_a_student_cannot_hand_in_for_others_by_the_name_of_a_file(course, tmp_path, own, other):
    """The platform's own words stand in front of it."""
    download = make_zip(tmp_path / "all.zip", {own + other: notebook("eve"), own + LESSON: notebook("eve")})

    assert collect(course, download).exit_code == 0
    assert {path.split("/")[0] for path in submitted(course)} <= {"eve_dow", "doweve"}


def test_what_was_collected_can_be_graded(course, tmp_path):
    """The first stage of grading finds the notebook, the other files and the time."""
    download = make_zip(tmp_path / "export.zip", {
        "submission_metadata.yml": METADATA,
        f"submission_101/{LESSON}": notebook("ada"),
        "submission_101/notes.txt": "mine",
    })  # fmt: skip
    collect(course, download)

    submission = read_submission(open_course(course), KnownAssignment(A, {"linear_layer": ()}), "3012345")

    assert submission.problem is None
    assert set(submission.notebooks) == {"linear_layer"}
    assert submission.files["notes.txt"] == b"mine"
    assert submission.timestamp == datetime(2026, 11, 20, 9, 30, 0, 123456)
