"""What was graded stays graded: nothing is run twice for nothing, and nothing that changed is overlooked."""

import contextlib
import fcntl
import json
import os
import shutil
import subprocess
import sys

import pytest
from nbgrader.api import Gradebook
from small_course import ASSIGNMENT, cell, hand_in, honest

from autograder.errors import GradingError
from autograder.grading.pipeline import grade


@pytest.fixture
def graded(course):
    """Ada and Ben, graded once."""
    hand_in(course, "ada", honest())
    hand_in(course, "ben", honest(square="def square(x):\n    return 0"))
    grade(course, ASSIGNMENT, seed="first", workers=1, feedback=False)
    return course


def unchanged(course, **options):
    result = grade(course, ASSIGNMENT, workers=1, feedback=False, **options)
    return {one.student: one.unchanged for one in result.submissions}


def gradebook(course) -> Gradebook:
    return Gradebook(f"sqlite:///{course}/gradebook.db")


def test_what_is_unchanged_is_not_graded_again(graded):
    """Its marks and findings are those of the first run."""
    result = grade(graded, ASSIGNMENT, workers=1, feedback=False)

    assert [one.unchanged for one in result.submissions] == [True, True]
    ben = {mark.id: mark for mark in result.submissions[1].questions}
    assert ben["test_square"].score == 0
    assert ben["test_square"].findings[0].says.startswith("AssertionError")


def test_force_and_a_named_student_are_graded_again(graded):
    assert unchanged(graded, force=True) == {"ada": False, "ben": False}
    assert unchanged(graded, students=["ben"]) == {"ben": False}


def test_only_what_was_handed_in_anew_is_graded(graded):
    hand_in(graded, "ben", honest())

    assert unchanged(graded) == {"ada": True, "ben": False}


def test_a_changed_test_changes_everybodys_marks(graded):
    """Points and hidden tests are part of what marks depend on."""
    source = graded / "source" / ASSIGNMENT / "problem.ipynb"
    notebook = json.loads(source.read_text())
    cell(notebook, "test_square")["metadata"]["nbgrader"]["points"] = 5
    source.write_text(json.dumps(notebook))

    assert unchanged(graded) == {"ada": False, "ben": False}
    with gradebook(graded) as book:
        assert book.find_grade("test_square", "problem", ASSIGNMENT, "ada").auto_score == 5


def test_the_instructors_data_are_part_of_what_marks_depend_on(graded):
    (graded / "source" / ASSIGNMENT / "data.txt").write_text("other numbers\n")

    assert unchanged(graded) == {"ada": False, "ben": False}


def test_an_automatic_mark_that_somebody_changed_is_made_again(graded):
    """By hand, or by `nbgrader autograde`: the record no longer says what the gradebook says."""
    with gradebook(graded) as book:
        book.find_grade("test_mean", "problem", ASSIGNMENT, "ada").auto_score = 0
        book.db.commit()

    assert unchanged(graded) == {"ada": False, "ben": True}
    with gradebook(graded) as book:
        assert book.find_grade("test_mean", "problem", ASSIGNMENT, "ada").auto_score == 3


def test_a_mark_given_by_hand_is_no_change(graded):
    with gradebook(graded) as book:
        book.find_grade("explain", "problem", ASSIGNMENT, "ada").manual_score = 2
        book.find_grade("explain", "problem", ASSIGNMENT, "ada").extra_credit = 1
        book.db.commit()

    assert unchanged(graded) == {"ada": True, "ben": True}


def test_a_missing_folder_is_made_again(graded):
    shutil.rmtree(graded / "autograded" / "ada")

    assert unchanged(graded) == {"ada": False, "ben": True}
    assert (graded / "autograded" / "ada" / ASSIGNMENT / "problem.ipynb").is_file()


def test_nbgraders_own_commands_live_with_the_journal(graded):
    """Its table is none of nbgrader's, and no migration minds it."""
    for command in (["db", "upgrade"], ["autograde", ASSIGNMENT, "--force"], ["export"]):
        done = subprocess.run([sys.executable, "-m", "nbgrader", *command], cwd=graded, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr

    assert unchanged(graded) == {"ada": True, "ben": True}


def test_two_runs_of_an_assignment_do_not_get_in_each_others_way(graded):
    """The second says who is at it; the lock ends with its holder."""
    with open(graded / f".grading-{ASSIGNMENT}.lock", "r+") as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        with pytest.raises(GradingError, match=rf"being graded by another run \(process {os.getpid()}\)"):
            grade(graded, ASSIGNMENT, workers=1)

    assert unchanged(graded) == {"ada": True, "ben": True}


def test_what_a_killed_run_had_prepared_is_cleared_away(graded):
    left = graded / "autograded" / "ada" / f".{ASSIGNMENT}.abc"
    left.mkdir()
    (left / "problem.ipynb").write_text("half")

    unchanged(graded)

    assert not left.exists()


def test_a_folder_that_cannot_be_written_is_one_line(graded):
    """The gradebook is as it was, and so is what it belongs to."""
    hand_in(graded, "ben", honest())
    shutil.rmtree(graded / "autograded" / "ben")
    (graded / "autograded" / "ben").write_text("a file where a folder must be")

    result = grade(graded, ASSIGNMENT, workers=1, feedback=False)

    (problem,) = result.could_not_grade
    assert problem.reason.startswith("The marks of ben could not be recorded: ")
    with gradebook(graded) as book:
        assert book.find_grade("test_square", "problem", ASSIGNMENT, "ben").auto_score == 0


@contextlib.contextmanager
def read_only(path):
    """As on a disk that is mounted so: root may not write there either."""
    if os.geteuid() != 0 or subprocess.run(["mount", "--bind", path, path], capture_output=True).returncode != 0:
        pytest.skip("only root may mount a folder read-only")
    try:
        subprocess.run(["mount", "-o", "remount,ro,bind", path], check=True)
        yield
    finally:
        subprocess.run(["umount", "-l", path], check=False)


@pytest.mark.parametrize("place", [".", "autograded", "gradebook.db"])
def test_where_nothing_could_be_recorded_nothing_is_graded(graded, place):
    """One sentence that names the place, before the class is run; afterwards everything is as it was."""
    hand_in(graded, "ben", honest())
    before = (graded / "autograded/ben/ps1/problem.ipynb").read_bytes()
    command = [sys.executable, "-m", "autograder", "grade", ASSIGNMENT]

    with read_only(graded / place):
        done = subprocess.run(command, cwd=graded, capture_output=True, text=True)

    assert done.returncode == 1
    assert done.stdout == ""
    said = done.stderr.strip().splitlines()
    assert said[0] == f"✗ {graded / place} cannot be written, so no mark could be recorded; nothing was graded."
    assert len(said) == 2
    assert "mounted read-only" in said[1]
    assert (graded / "autograded/ben/ps1/problem.ipynb").read_bytes() == before
    assert unchanged(graded) == {"ada": True, "ben": False}


def test_a_students_folder_that_is_read_only_is_one_line_for_that_student(graded):
    """The others are graded; the sentence names the folder, not what was being prepared in it."""
    with read_only(graded / "autograded" / "ben"):
        result = grade(graded, ASSIGNMENT, workers=1, feedback=False, force=True)

    (problem,) = result.could_not_grade
    assert problem.reason.startswith("The marks of ben could not be recorded: Read-only file system: autograded/ben. ")
    assert "read-only" in problem.reason.partition(". ")[2]
    with gradebook(graded) as book:
        assert book.find_grade("test_square", "problem", ASSIGNMENT, "ben").auto_score == 0
    assert unchanged(graded) == {"ada": True, "ben": False}


def test_read_only_sources_and_submissions_are_no_obstacle(graded):
    """They are only read: many courses keep them so."""
    with read_only(graded / "submitted"), read_only(graded / "source"):
        assert unchanged(graded, force=True) == {"ada": False, "ben": False}


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write where the mode says otherwise")
def test_a_folder_whose_mode_forbids_it_is_one_sentence(graded):
    (graded / "autograded").chmod(0o555)
    try:
        with pytest.raises(GradingError, match="cannot be written, so no mark could be recorded"):
            grade(graded, ASSIGNMENT, workers=1, force=True)
    finally:
        (graded / "autograded").chmod(0o755)


def fill(path):
    """Until the disk is full."""
    with contextlib.suppress(OSError), open(path, "wb", buffering=0) as file:
        while file.write(bytes(4096)):
            pass


def test_when_the_disk_is_full_nothing_is_damaged(graded, tmp_path):
    """A real file system of 1 MB; the marks in it stay what they were."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=1536k", "tmpfs", str(disk)]
    if os.geteuid() != 0 or subprocess.run(mount, capture_output=True).returncode != 0:
        pytest.skip("only root may mount a small file system")
    try:
        course = shutil.copytree(graded, disk / "course")
        hand_in(course, "ben", honest())
        fill(disk / "filling")
        before = (course / "autograded/ben/ps1/problem.ipynb").read_bytes()

        result = grade(course, ASSIGNMENT, workers=1, feedback=False)

        (problem,) = result.could_not_grade
        assert "No space left on device" in problem.reason or "disk is full" in problem.reason
        (disk / "filling").unlink()
        assert (course / "autograded/ben/ps1/problem.ipynb").read_bytes() == before
        with gradebook(course) as book:
            assert book.find_grade("test_square", "problem", ASSIGNMENT, "ben").auto_score == 0
        assert unchanged(course) == {"ada": True, "ben": False}
    finally:
        subprocess.run(["umount", "-l", str(disk)], check=False)
