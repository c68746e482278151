import re
from pathlib import Path

import jupytext
import pytest
from line_course import HEADER, LESSON

from autograder.course import pairing
from autograder.errors import CourseError

ROOT = Path(__file__).parents[2]


@pytest.fixture
def lesson(tmp_path):
    path = tmp_path / "line.md"
    path.write_text(LESSON)
    return path


def test_the_same_text_gives_the_same_bytes(lesson):
    """jupytext gives random cell ids and notes its version: a rebuild would be a diff every time."""
    first, second = (pairing.as_bytes(pairing.notebook_from(lesson)) for _ in range(2))

    assert first == second
    assert b"jupytext_version" not in first


def test_ids_come_from_grade_ids_and_positions(lesson):
    """Cell ids are unique, valid, and tell where a cell stands."""
    ids = [cell.id for cell in pairing.notebook_from(lesson).cells]

    assert ids == ["cell-1", "cell-2", "cell-3", "slope", "check_slope", "check_net"]


def test_ids_are_valid_and_unique_whatever_the_grade_ids_are(tmp_path):
    """nbformat allows 64 letters, digits, - and _; authors write what they like."""
    names = ["a b", "a-b", "cell-1", "é" * 3, "x" * 100, "x" * 101]
    cells = [f'+++ {{"nbgrader": {{"grade_id": "{name}"}}}}\n\ntext\n\n' for name in names]
    text = tmp_path / "odd.md"
    text.write_text(HEADER + "# Title\n\n" + "".join(cells), encoding="utf-8")

    ids = [cell.id for cell in pairing.notebook_from(text).cells]

    assert len(set(ids)) == len(ids) == 7
    assert all(re.fullmatch(r"[a-zA-Z0-9_-]{1,64}", id) for id in ids)


def test_nbgrader_metadata_arrives_as_written(lesson):
    """Points, locks and ids in the Markdown are those nbgrader sees."""
    cell = pairing.notebook_from(lesson).cells[4]

    assert cell.metadata.nbgrader == {
        "grade": True,
        "grade_id": "check_slope",
        "locked": True,
        "points": 2,
        "schema_version": 3,
        "solution": False,
        "task": False,
    }


def test_broken_cell_metadata_is_reported_with_the_file(lesson):
    """A slip in a cell's YAML names the lesson, not jupytext's insides."""
    lesson.write_text(LESSON.replace("{grade: true, grade_id: check_net", "{grade: true, grade_id: [check_net"))

    with pytest.raises(CourseError, match=r"line\.md"):
        pairing.notebook_from(lesson)


def test_what_jupytext_wrote_is_put_back_into_the_lessons_words():
    """A lesson saved by JupyterLab, which has its own spelling of every graded cell, is the same text again."""
    for path in sorted((ROOT / "source").glob("*/*.md")):
        typed = path.read_text(encoding="utf-8")
        nb = jupytext.reads(typed, fmt="md:myst")
        nb.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3 (ipykernel)", "language": "python"}
        saved = jupytext.writes(nb, fmt="md:myst")

        assert saved != typed
        assert pairing.as_authored(saved) == typed
        assert pairing.as_authored(typed) == typed


def test_settings_that_are_only_quoted_in_a_lesson_stay():
    """A cell whose code looks like the settings of a cell keeps its lines."""
    cell = '```{code-cell} ipython3\nquoted = """\n---\nnbgrader:\n  grade: true\n---\n"""\n```\n'
    text = f"---\nkernelspec:\n  display_name: Python\n  name: python3\n---\n\n{cell}"

    assert cell in pairing.as_authored(text)
