"""An instructor adds a graded cell to a lesson in JupyterLab; its text has it, and so has what is released."""

from __future__ import annotations

import difflib
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import nbformat
import pytest
from conftest import jupyterlab
from opened_notebook import open_notebook

ROOT = Path(__file__).parents[2]
ASSIGNMENT = "02_linear_layer"
LESSON = f"source/{ASSIGNMENT}/linear_layer"

CODE = "assert db(np.ones((3, 2))).shape == (2,)"
GRADE_ID, POINTS = "db_shape", 0.5


@dataclass
class Course:
    folder: Path
    text_before: str
    total: str
    """What the panel said that the lesson is worth."""


@pytest.fixture(scope="module")
def course(browser, tmp_path_factory, keep_picture) -> Course:
    """A copy of the lesson's source, to which a cell was added with the *Create Assignment* panel, saved and built."""
    folder = tmp_path_factory.mktemp("author") / "course"
    shutil.copytree(ROOT / "source" / ASSIGNMENT, folder / "source" / ASSIGNMENT)
    shutil.copy(ROOT / "nbgrader_config.py", folder)
    text_before = (folder / f"{LESSON}.md").read_text(encoding="utf-8")
    with jupyterlab(folder, tmp_path_factory.mktemp("lab")) as address:
        opened = open_notebook(browser, address, f"{LESSON}.ipynb")
        page = opened.page
        page.keyboard.press("Control+B")  # the file browser folded away
        page.get_by_role("menuitem", name="Nbgrader").click()
        page.get_by_role("menuitem", name="Create assignment").click()
        opened.cell('check("db", db)').locator(".cm-content").click()
        page.keyboard.press("Escape")
        page.keyboard.press("b")  # a cell below
        opened.type_into(page.locator(".jp-Notebook-cell.jp-mod-active"), CODE)
        panel = page.locator(".nbgrader-CellWidget.nbgrader-mod-active")
        panel.locator("select").select_option("tests")
        panel.locator(".nbgrader-CellId input").fill(GRADE_ID)
        panel.locator(".nbgrader-CellPoints input").fill(str(POINTS))
        panel.locator(".nbgrader-CellPoints input").press("Tab")
        total = page.locator(".nbgrader-TotalPointsInput").input_value()
        keep_picture(page, "create_assignment")
        with page.expect_response(lambda answer: answer.request.method == "PUT" and answer.ok):
            page.keyboard.press("Control+S")
        page.close()
    tools = Path(sys.executable).parent
    environment = {**os.environ, "PATH": f"{tools}{os.pathsep}{os.environ['PATH']}"}
    command = [tools / "autograder", "build", ASSIGNMENT]
    subprocess.run(command, cwd=folder, env=environment, check=True, capture_output=True, timeout=300)
    return Course(folder, text_before, total)


def test_the_panel_adds_up_the_points(course):
    """The lesson's twenty, and the new half."""
    assert course.total == "20.5"


def test_the_lessons_text_has_the_new_cell_and_nothing_else_is_new(course):
    """What `git diff` of the Markdown shows: one cell."""
    added, removed = _difference(course.text_before, (course.folder / f"{LESSON}.md").read_text(encoding="utf-8"))

    assert not removed
    assert added.count("```{code-cell}") == 1
    assert CODE in added
    assert f"grade_id: {GRADE_ID}" in added
    assert f"points: {POINTS}" in added


@pytest.mark.parametrize("where", ["release", "notebooks"])
def test_build_carries_the_cell_through(course, where):
    """To students, locked and worth its points, behind the check it was typed under; and to the solutions, run."""
    cells = nbformat.read(course.folder / where / ASSIGNMENT / "linear_layer.ipynb", 4).cells
    place = next(i for i, cell in enumerate(cells) if cell.source == CODE)
    about = cells[place].metadata.nbgrader

    assert cells[place - 1].source == 'check("db", db)'
    assert (about.grade_id, about.points, about.grade, about.locked) == (GRADE_ID, POINTS, True, True)
    assert bool(cells[place].execution_count) == (where == "notebooks")


def _difference(before: str, after: str) -> tuple[str, list[str]]:
    """Lines that came, as one text, and lines that went."""
    lines = list(difflib.ndiff(before.splitlines(), after.splitlines()))
    came = [line[2:] for line in lines if line.startswith("+ ")]
    return "\n".join(came), [line[2:] for line in lines if line.startswith("- ")]
