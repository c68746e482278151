"""`nbgrader autograde`, and so formgrader's button, with our steps in its configuration."""

import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from nbgrader.api import Gradebook

from sample_class import handed_in, solutions

ROOT = Path(__file__).parents[2]
ASSIGNMENT = "02_linear_layer"

FORGERY = """
class Full:
    def __repr__(self): return "3.0"
def check(question, answer): return Full()
def dW(X, dY): return X
"""

SPY = """
try:
    found = open(r"{gradebook}", "rb").read(16)
except OSError as error:
    found = type(error).__name__
print("found:", found)
"""


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """Three submissions, graded by the stock command."""
    course = tmp_path_factory.mktemp("course")
    shutil.copytree(ROOT / "source", course / "source")
    shutil.copy(ROOT / "nbgrader_config.py", course)
    released = nbformat.read(ROOT / "release" / ASSIGNMENT / "linear_layer.ipynb", as_version=4)
    reference = solutions(ROOT / "source" / ASSIGNMENT / "linear_layer.ipynb")
    added = {"honest": "", "forger": FORGERY, "spy": SPY.format(gradebook=course / "gradebook.db"), "linker": ""}
    for student, code in added.items():
        notebook = handed_in(released, reference, "ada")
        for cell in notebook.cells:
            if cell.metadata.get("nbgrader", {}).get("grade_id") == "dW":
                cell.source += "\n" + code
        folder = course / "submitted" / student / ASSIGNMENT
        folder.mkdir(parents=True)
        nbformat.write(notebook, folder / "linear_layer.ipynb")
    lesson = course / "source" / ASSIGNMENT / "linear_layer.md"
    (course / "submitted" / "linker" / ASSIGNMENT / "notes.txt").symlink_to(lesson)
    for command in (["generate_assignment", ASSIGNMENT, "--force"], ["autograde", ASSIGNMENT]):
        subprocess.run([sys.executable, "-m", "nbgrader", *command], cwd=course, capture_output=True, check=False)
    return course


def marks(course, student):
    with Gradebook(f"sqlite:///{course}/gradebook.db") as gradebook:
        (notebook,) = gradebook.find_submission(ASSIGNMENT, student).notebooks
        return {grade.name: grade.auto_score for grade in notebook.grades}


def test_an_honest_student_has_every_point(course):
    assert sum(marks(course, "honest").values()) == 20


def test_a_forged_check_earns_nothing(course):
    """The stock command reads the card that was made outside."""
    assert marks(course, "forger")["check_dW"] == 0
    assert sum(marks(course, "forger").values()) == 17


def test_the_gradebook_is_out_of_reach(course):
    """Confined as under `autograder grade`; the rest of the notebook counts."""
    text = (course / "autograded" / "spy" / ASSIGNMENT / "linear_layer.ipynb").read_text()

    assert "found: PermissionError" in text
    assert sum(marks(course, "spy").values()) == 20


def test_what_nbgrader_copied_through_a_link_is_taken_back(course):
    """It follows links before any step of ours can run; the submission fails and its folder goes."""
    assert not (course / "autograded" / "linker" / ASSIGNMENT).exists()
