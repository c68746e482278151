"""One class in which nearly everything went wrong, graded once. Each bad submission costs one line and nobody else."""

from __future__ import annotations

import copy
import hashlib
import json
import os
import shutil
from pathlib import Path

import pytest
from small_course import ASSIGNMENT, cell, hand_in, honest

from autograder.grading import notebook_file
from autograder.grading.pipeline import grade

FULL = {"test_square": 2.0, "test_mean": 3.0, "check_slope": 4.0}

COULD_NOT_BE_GRADED = {
    # student: what the line must say
    "no-notebook": "submitted/no-notebook/ps1 has no problem.ipynb (it has essay.txt). Ask no-notebook to hand in",
    "two-renamed": "has no problem.ipynb, but one.ipynb and two.ipynb look like it. Rename the right one",
    "broken-json": "submitted/broken-json/ps1/problem.ipynb is not valid JSON (line 3, column 1",
    "empty-file": "submitted/empty-file/ps1/problem.ipynb is empty. Open it in JupyterLab",
    "other-assignment": "is not this assignment's notebook (its cells are elsewhere). Ask for the one",
    "latin-1": "submitted/latin-1/ps1/problem.ipynb is not UTF-8 text (byte ",
    "empty-folder": "submitted/empty-folder/ps1 is empty. Ask empty-folder to hand in again",
    "nothing": "submitted/nothing/ps1 does not exist: nothing has not handed in ps1",
    "star*": "which nbgrader takes for a pattern. Rename that folder",
    "-dash": "the student's name starts with “-”. Rename",
    ".hidden": "the student's name starts with “.”. Rename",
    "new\nline": "submitted/new\\nline/ps1: the student's name has a line break",
    "trailing ": "begins or ends with a space. Rename",
    "huge": "submitted/huge/ps1/problem.ipynb is too large",
    "not-a-notebook": "is JSON but not a notebook",
    "invalid": "problem.ipynb is not a valid notebook (",
    "future": "is in notebook format 9",
    "link": "submitted/link/ps1/notes.txt is a symbolic link, which is not read",
    "link-notebook": "submitted/link-notebook/ps1/problem.ipynb is a symbolic link",
    "link-folder": "submitted/link-folder/ps1 is a link, which is not followed",
    "link-student": "submitted/link-student is a link, which is not followed",
    "pipe": "submitted/pipe/ps1/pipe is a special file",
    "zipped.zip": "submitted/zipped.zip is a file, not a folder. Unpack it",
}

NOTED = {
    # student: what the note must say; all of them earn full marks
    "renamed": "submitted/renamed/ps1/my copy (1).ipynb was graded as problem.ipynb",
    "nested": "submitted/nested/ps1/ps1/problem.ipynb was graded as problem.ipynb",
    "utf-16": "was encoded as UTF-16",
    "utf-8-bom": "was encoded as UTF-8-SIG",
    "old-format": "was in the old notebook format 3",
    "deleted-test": "Cell `test_mean` had been deleted; the original was put back.",
    "deleted-tests": "Cell `check_slope` had been deleted; the original was put back.",
    "edited-test": "Test cell `test_square` had been edited; the original was used.",
    "cell-type": "Cell `test_square` had become a raw cell; it was made code again.",
    "duplicated": "Cell `test_mean` was there more than once; the last copy was graded.",
    "bad-timestamp": "timestamp.txt holds no date",
}

ODD_NAMES = ["Zoë Ångström", 'Dwayne "The Rock" O\'Neil', "{braces} & <tags>"]

PLAIN = ["ada", "ben"]


def digest(folder: Path) -> str:
    """Of every name, kind and byte below `folder`."""
    summary = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        kind = path.lstat()
        summary.update(repr((str(path), kind.st_mode, kind.st_mtime_ns)).encode("utf-8", "surrogateescape"))
        if path.is_file() and not path.is_symlink():
            summary.update(path.read_bytes())
    return summary.hexdigest()


def old_format(notebook: dict) -> dict:
    """The same in nbformat 3, as IPython wrote it in 2014."""
    cells = []
    for one in notebook["cells"]:
        old = {"cell_type": one["cell_type"], "metadata": one["metadata"]}
        if one["cell_type"] == "code":
            old |= {"input": one["source"], "language": "python", "outputs": [], "collapsed": False}
        else:
            old |= {"source": one["source"]}
        cells.append(old)
    return {
        "nbformat": 3,
        "nbformat_minor": 0,
        "metadata": {"name": ""},
        "worksheets": [{"cells": cells, "metadata": {}}],
    }


def without(notebook: dict, *grade_ids: str) -> dict:
    kept = [one for one in notebook["cells"] if one["metadata"].get("nbgrader", {}).get("grade_id") not in grade_ids]
    return notebook | {"cells": kept}


def write_class(course: Path) -> None:
    for student in [*PLAIN, *ODD_NAMES]:
        hand_in(course, student, honest())
    text = json.dumps(honest(explain="déjà vu"), ensure_ascii=False)

    (hand_in(course, "no-notebook") / "essay.txt").write_text("sorry")
    hand_in(course, "two-renamed", honest(), "one.ipynb")
    hand_in(course, "two-renamed", honest(), "two.ipynb")
    hand_in(course, "broken-json", '{"cells": [],\n"metadata": {},\n<<<<<<< HEAD\n}')
    hand_in(course, "empty-file", "")
    other = honest()
    other["cells"] = [cell(other, "square")]
    other["cells"][0]["metadata"]["nbgrader"]["grade_id"] = "elsewhere"
    hand_in(course, "other-assignment", other)
    hand_in(course, "latin-1", text.encode("latin-1"))
    hand_in(course, "empty-folder")
    (course / "submitted" / "nothing" / "ps0").mkdir(parents=True)
    for name in ("star*", "-dash", ".hidden", "new\nline", "trailing "):
        hand_in(course, name, honest())
    hand_in(course, "huge", json.dumps(honest()) + " " * 300_000)
    hand_in(course, "not-a-notebook", "[1, 2]")
    hand_in(course, "invalid", honest() | {"cells": [{"cell_type": "poem", "metadata": {}, "source": ""}]})
    hand_in(course, "future", honest() | {"nbformat": 9})
    (hand_in(course, "link", honest()) / "notes.txt").symlink_to(course / "source" / ASSIGNMENT / "problem.ipynb")
    (hand_in(course, "link-notebook") / "problem.ipynb").symlink_to(course / "source" / ASSIGNMENT / "problem.ipynb")
    (course / "submitted" / "link-folder").mkdir()
    (course / "submitted" / "link-folder" / ASSIGNMENT).symlink_to(course / "source" / ASSIGNMENT)
    (course / "submitted" / "link-student").symlink_to(course / "submitted" / "ada")
    os.mkfifo(hand_in(course, "pipe", honest()) / "pipe")
    (course / "submitted" / "zipped.zip").write_bytes(b"PK")
    (course / "submitted" / ".DS_Store").write_bytes(b"")
    hand_in(course, "exits", honest(mean="import os\ndef mean(xs):\n    os._exit(3)"))
    hand_in(course, "kills-parent", honest(mean="import os\ndef mean(xs):\n    os.kill(os.getppid(), 9)"))

    hand_in(course, "renamed", honest(), "my copy (1).ipynb")
    nested = hand_in(course, "nested") / ASSIGNMENT
    nested.mkdir()
    (nested / "problem.ipynb").write_text(json.dumps(honest()))
    hand_in(course, "utf-16", text.encode("utf-16"))
    hand_in(course, "utf-8-bom", text.encode("utf-8-sig"))
    hand_in(course, "old-format", old_format(honest()))
    hand_in(course, "deleted-test", without(honest(), "test_mean"))
    hand_in(course, "deleted-tests", without(honest(), "setup", "test_square", "test_mean", "check_slope", "essay"))
    edited = honest()
    cell(edited, "test_square")["source"] = "pass"
    hand_in(course, "edited-test", edited)
    retyped = honest()
    cell(retyped, "test_square").update(cell_type="raw", source="anything")
    del cell(retyped, "test_square")["outputs"], cell(retyped, "test_square")["execution_count"]
    hand_in(course, "cell-type", retyped)
    doubled = honest()
    twin = copy.deepcopy(cell(doubled, "test_mean")) | {"id": "twin"}
    doubled["cells"].insert(doubled["cells"].index(cell(doubled, "test_mean")) + 1, twin)
    hand_in(course, "duplicated", doubled)
    (hand_in(course, "bad-timestamp", honest()) / "timestamp.txt").write_text("yesterday evening")

    # These change marks, and must not earn any.
    skipped = honest(square="def square(x):\n    return 0")
    for one in skipped["cells"]:
        one["metadata"]["tags"] = ["skip-execution"]
    hand_in(course, "skips", skipped)
    hand_in(course, "deleted-stub", without(honest(), "square", "test_square"))
    worthless = honest(square="def square(x):\n    return 0")
    cell(worthless, "test_square")["metadata"]["nbgrader"].update(points=100, grade=False, locked=False)
    hand_in(course, "no-grade", worthless)
    (hand_in(course, "own-file", honest()) / "mine.py").write_text("THEIRS = True")
    hand_in(course, "endless", honest(mean="def mean(xs):\n    while True: pass"))


@pytest.fixture(scope="module")
def graded(template, tmp_path_factory):
    course = Path(shutil.copytree(template, tmp_path_factory.mktemp("bad") / "course"))
    (course / "gradebook.db").unlink()  # as in a fresh clone
    write_class(course)
    before = digest(course / "submitted"), digest(course / "release"), digest(course / "source")
    with pytest.MonkeyPatch.context() as patch:
        # A tenth of a megabyte stands for a hundred: the rule is the same and the test is quick.
        patch.setattr("autograder.grading.collect.NOTEBOOK_BYTES_MAX", 200_000)
        result = grade(course, ASSIGNMENT, workers=2)
    after = digest(course / "submitted"), digest(course / "release"), digest(course / "source")
    return course, {one.student: one for one in result.submissions}, before == after


def marks(submission) -> dict[str, float | None]:
    return {mark.id: mark.score for mark in submission.questions}


def test_nothing_that_was_handed_in_is_changed(graded):
    """submitted/, release/ and source/ are byte for byte what they were."""
    _, _, unchanged = graded

    assert unchanged


@pytest.mark.parametrize("student", [*PLAIN, *ODD_NAMES])
def test_the_others_are_graded(graded, student):
    """Names with spaces, quotes and accents included, down to the feedback page."""
    course, submissions, _ = graded

    assert submissions[student].reason is None
    assert FULL.items() <= marks(submissions[student]).items()
    assert submissions[student].notes == ()
    assert (course / "feedback" / student / ASSIGNMENT / "problem.html").is_file()


@pytest.mark.parametrize(("student", "says"), COULD_NOT_BE_GRADED.items())
def test_a_bad_submission_is_one_clear_line(graded, student, says):
    """It names the student's file and says what to do."""
    _, submissions, _ = graded

    reason = submissions[student].reason
    assert reason is not None
    assert says in reason
    assert "\n" not in reason
    assert submissions[student].score is None


@pytest.mark.parametrize(("student", "says"), NOTED.items())
def test_what_can_be_put_right_is_graded_with_a_note(graded, student, says):
    """The student keeps every mark, the instructor learns of it."""
    _, submissions, _ = graded

    assert submissions[student].reason is None
    assert any(says in note for note in submissions[student].notes), submissions[student].notes
    assert FULL.items() <= marks(submissions[student]).items()


def test_no_submission_is_forgotten(graded):
    """Everything in submitted/ has its line in the result."""
    course, submissions, _ = graded

    assert set(submissions) == {entry.name for entry in (course / "submitted").iterdir()} - {".DS_Store"}


def test_a_cell_that_asks_to_be_skipped_is_run_all_the_same(graded):
    """With nbgrader alone the tag `skip-execution` earns full marks: nothing ran, so nothing failed."""
    _, submissions, _ = graded

    assert marks(submissions["skips"])["test_square"] == 0
    assert any("skip-execution" in note for note in submissions["skips"].notes)


def test_a_deleted_answer_is_not_made_up(graded):
    """The test comes back and fails, the other questions keep their marks."""
    _, submissions, _ = graded

    assert marks(submissions["deleted-stub"]) | {"test_square": 2.0} == marks(submissions["ada"])
    assert marks(submissions["deleted-stub"])["test_square"] == 0


def test_metadata_that_says_a_test_is_not_graded_is_put_right(graded):
    """Points and flags are the instructor's."""
    _, submissions, _ = graded

    assert marks(submissions["no-grade"])["test_square"] == 0
    assert submissions["no-grade"].max_score == 12


def test_a_file_the_student_writes_is_not_replaced_by_the_reference(graded):
    """What the course declares as the students' own stays theirs; who has none does not get the solution."""
    course, _, _ = graded

    assert (course / "autograded/own-file/ps1/mine.py").read_text() == "THEIRS = True"
    assert not (course / "autograded/ada/ps1/mine.py").exists()


def test_an_endless_loop_costs_its_own_questions_only(graded):
    """It is cut at the course's time limit; the same student's other answers count."""
    _, submissions, _ = graded

    assert marks(submissions["endless"]) | {"test_mean": 3.0} == marks(submissions["ada"])
    (finding,) = next(mark.findings for mark in submissions["endless"].questions if mark.id == "test_mean")
    assert finding.says == "The cell ran longer than allowed and was stopped."


@pytest.mark.parametrize(
    ("student", "says"),
    [
        ("exits", "The cell ended itself (exit code 3)."),
        ("kills-parent", "PermissionError: [Errno 1] Operation not permitted"),
    ],
)
def test_an_answer_that_ends_its_process_costs_its_own_questions_only(graded, student, says):
    """A new process brings the notebook to where the old one was, and goes on behind that cell."""
    _, submissions, _ = graded

    assert marks(submissions[student]) | {"test_mean": 3.0} == marks(submissions["ada"])
    (finding,) = next(mark.findings for mark in submissions[student].questions if mark.id == "test_mean")
    assert finding.says == says


def test_what_could_not_be_graded_leaves_no_trace(graded):
    """No half-made folder, no row in the gradebook that an export would show as zero."""
    course, _, _ = graded
    from nbgrader.api import Gradebook

    with Gradebook(f"sqlite:///{course}/gradebook.db") as gradebook:
        recorded = {student.id for student in gradebook.students}

    assert not recorded & set(COULD_NOT_BE_GRADED)
    assert {path.name for path in (course / "autograded").iterdir()} == recorded
    assert not [path for path in (course / "autograded").rglob(".*")]


def test_the_limit_for_notebooks_is_a_hundred_megabytes():
    """The fixture lowers it; this is what holds outside."""
    assert notebook_file.NOTEBOOK_BYTES_MAX == 100_000_000
