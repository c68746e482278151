import os
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import nbformat
import pytest
from line_course import LESSON, A

from autograder.course.build import build
from autograder.errors import CourseError, StaleFiles, UnstrippedSolution


def contents(course, *tiers):
    """Path → bytes and time of every file of some tiers."""
    paths = [path for tier in tiers for path in (course / tier).rglob("*") if path.is_file()]
    return {path.relative_to(course).as_posix(): (path.read_bytes(), path.stat().st_mtime_ns) for path in paths}


def edit(path, old, new):
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


def test_a_build_makes_every_generated_file(built):
    """One command leads from the Markdown to what students get and to the executed solution."""
    assert sorted(contents(built, "release", "notebooks")) == [
        "notebooks/01_line/axes.py",
        "notebooks/01_line/line.ipynb",
        "notebooks/01_line/neural_net.py",
        "release/01_line/axes.py",
        "release/01_line/line.ipynb",
        "release/01_line/neural_net.py",
    ]
    assert not (built / "gradebook.db").exists()


def test_the_solution_is_executed_and_holds_no_times(built):
    """Outputs are kept, the clock and the machine are not."""
    text = (built / "notebooks" / A / "line.ipynb").read_text()
    counts = [cell.execution_count for cell in nbformat.reads(text, 4).cells if cell.cell_type == "code"]

    assert counts == [1, 2, 3, 4]
    assert "iopub" not in text
    assert sys.version.split()[0] not in text


def test_a_second_build_changes_nothing(built):
    """No byte, no time stamp, no second run of the solution."""
    before = contents(built, "source", "release", "notebooks")

    result = build(built)

    assert contents(built, "source", "release", "notebooks") == before
    assert (result.written, result.removed, result.executed) == ((), (), ())


def test_forcing_changes_no_byte_of_source_and_release(built):
    """Everything but the executed outputs is the same however often it is made."""
    before = contents(built, "source", "release")

    assert build(built, force=True).executed == (A,)
    assert contents(built, "source", "release") == before


def test_check_names_every_stale_file_and_writes_nothing(built):
    """CI says which files to rebuild and with which command."""
    edit(built / "source" / A / "line.md", "steepness_of_the_line", "steepness")
    edit(built / "source" / A / "line.md", "the same everywhere", "three everywhere")
    (built / "release" / A / "axes.py").unlink()
    (built / "release" / A / "old.txt").write_text("left over")
    before = contents(built, "source", "release", "notebooks")

    with pytest.raises(StaleFiles) as stale:
        build(built, check=True)

    assert stale.value.what == (
        "5 generated files no longer match source/: notebooks/01_line/line.ipynb, release/01_line/axes.py, "
        "release/01_line/line.ipynb, release/01_line/old.txt, source/01_line/line.ipynb."
    )
    assert "autograder build" in stale.value.next_step
    assert contents(built, "source", "release", "notebooks") == before


def test_check_accepts_a_fresh_build_and_a_fresh_clone(built):
    """A clone gives files new times in any order; times alone make nothing stale."""
    for age, path in enumerate(sorted((built / "source" / A).iterdir())):
        os.utime(path, (time.time() - age / 10, time.time() - age / 10))

    build(built, check=True)
    assert build(built).written == ()


def test_a_solution_never_run_is_stale(built):
    """A notebook saved without outputs would pass unnoticed through nbval."""
    path = built / "notebooks" / A / "line.ipynb"
    nb = nbformat.read(path, 4)
    nb.cells[3].execution_count = None
    nbformat.write(nb, path)

    with pytest.raises(StaleFiles, match=r"match source/: notebooks/01_line/line\.ipynb\."):
        build(built, check=True)


def test_a_build_mends_what_check_complains_of(built):
    """Changed, missing and superfluous files, and a helper the outputs depend on."""
    edit(built / "source" / A / "axes.py", "0.0", "1.0")
    (built / "release" / A / "line.ipynb").unlink()
    (built / "notebooks" / "00_gone").mkdir()
    (built / "notebooks" / "00_gone" / "old.ipynb").write_text("{}")

    result = build(built)

    assert result.executed == (A,)
    assert result.removed == (Path("notebooks/00_gone/old.ipynb"),)
    assert not (built / "notebooks" / "00_gone").exists()
    build(built, check=True)


@pytest.mark.parametrize(
    ("file", "old", "new", "error", "says"),
    [
        (
            "line.md",
            "    ### END SOLUTION\n",
            "",
            UnstrippedSolution,
            r"line\.ipynb, cell slope, line 3: BEGIN SOLUTION",
        ),
        ("neural_net.py", "    ### BEGIN SOLUTION\n", "", CourseError, r"neural_net\.py, line 8: END SOLUTION has no"),
        (
            "line.md",
            "steepness_of_the_line = 3.0",
            "3.0 / 0",
            CourseError,
            "line.ipynb does not run.*ZeroDivisionError",
        ),
    ],
    ids=["loose marker in a lesson", "loose marker in a module", "a solution that fails"],
)
def test_a_failing_build_leaves_everything_as_it_was(built, file, old, new, error, says):
    """Half a release is worse than yesterday's."""
    edit(built / "source" / A / file, old, new)
    before = contents(built, "source", "release", "notebooks")

    with pytest.raises(error, match=says):
        build(built)

    assert contents(built, "source", "release", "notebooks") == before


def test_an_edited_notebook_is_not_lost_to_older_markdown(built):
    """An edit in a notebook that pairing did not carry back stops the build, with both ways out."""
    notebook = built / "source" / A / "line.ipynb"
    edit(notebook, "the same everywhere", "an edit in Jupyter")
    later = notebook.with_suffix(".md").stat().st_mtime + 60
    os.utime(notebook, (later, later))

    with pytest.raises(CourseError) as refused:
        build(built)

    assert "jupytext --to md:myst" in refused.value.next_step
    assert "autograder build --force" in refused.value.next_step
    build(built, force=True)
    assert "an edit in Jupyter" not in notebook.read_text()


def test_a_notebook_run_in_jupyter_is_no_conflict(built):
    """Outputs and JupyterLab's own metadata are not an edit."""
    notebook = built / "source" / A / "line.ipynb"
    nb = nbformat.read(notebook, 4)
    nb.cells[1].execution_count = 7
    nb.metadata["language_info"] = {"name": "python", "version": "3.12.1"}
    nbformat.write(nb, notebook)
    later = notebook.with_suffix(".md").stat().st_mtime + 60
    os.utime(notebook, (later, later))

    assert build(built).written == (Path("source/01_line/line.ipynb"),)


def test_a_notebook_whose_text_is_gone_is_not_released_silently(built):
    """Renaming the Markdown leaves the old notebook behind, and nbgrader would release both."""
    (built / "source" / A / "line.md").rename(built / "source" / A / "straight.md")

    with pytest.raises(CourseError, match=r"made from line\.md, which is not there"):
        build(built)


def test_a_course_of_plain_notebooks_builds(built):
    """Markdown is an offer: a lesson that is only a notebook is taken as it is."""
    notebook = built / "source" / A / "line.ipynb"
    nb = nbformat.read(notebook, 4)
    del nb.metadata["jupytext"]
    nbformat.write(nb, notebook)
    (built / "source" / A / "line.md").unlink()
    before = notebook.read_bytes()

    build(built)

    assert notebook.read_bytes() == before


def test_stock_nbgrader_releases_the_same_bytes(built):
    """`nbgrader generate_assignment` in the course folder and `autograder build` are interchangeable."""
    before = {path: data for path, (data, _) in contents(built, "release").items()}
    programs = str(Path(sys.executable).parent)
    environment = os.environ | {"PATH": programs + os.pathsep + os.environ["PATH"]}

    run = subprocess.run(
        [sys.executable, "-m", "nbgrader", "generate_assignment", A, "--force"],
        cwd=built,
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
    )

    assert run.returncode == 0, run.stderr
    assert {path: data for path, (data, _) in contents(built, "release").items()} == before
    # `?timeout=60` in db_url is an option, not part of the name.
    with sqlite3.connect(built / "gradebook.db") as gradebook:
        assert gradebook.execute("select name from assignment").fetchall() == [(A,)]


def test_the_lesson_of_these_tests_holds_a_secret():
    """If nothing were hidden in it, the tests above would prove nothing."""
    assert "steepness_of_the_line" in LESSON
