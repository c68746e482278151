"""What students get back: how much the cards tell, no hidden tests, their own file highlighted. By the real engine."""

import subprocess
import sys

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_output
from small_course import ASSIGNMENT, hand_in, honest

from autograder.card import Card
from autograder.checking import check
from autograder.errors import CourseError
from autograder.grading.handed_back import SHOWN_BYTES_MAX, students_file, without_hidden
from autograder.grading.pipeline import grade
from autograder.grading.settings import open_course

OURS = """
from nbgrader.converters import GenerateFeedback
from autograder.course.preprocessors import steps
c.GenerateFeedback.preprocessors = steps(GenerateFeedback, first=("autograder.grading.handed_back.HandBack",))
"""


@pytest.fixture(scope="module")
def class_of_one(template, tmp_path_factory):
    """Ada's square is wrong where only a hidden test looks. Graded by our engine."""
    import shutil

    course = tmp_path_factory.mktemp("handed_back") / "course"
    shutil.copytree(template, course)
    with open(course / "nbgrader_config.py", "a") as config:
        config.write(OURS)
    folder = hand_in(course, "ada", honest(square="def square(x):\n    return x * abs(x)"))
    (folder / "mine.py").write_text("def mine():\n    return '<script>alert(1)</script>'\n")
    grade(course, ASSIGNMENT, workers=1)
    return course


def page(course):
    return (course / "feedback" / "ada" / ASSIGNMENT / "problem.html").read_text()


def assert_handed_back(html):
    assert "square(-2)" not in html
    assert "HIDDEN TESTS" not in html
    assert "AssertionError" in html
    assert "Traceback (most recent call last)" not in html
    assert "<script>alert(1)" not in html
    assert "Your <code>mine.py</code>" in html
    assert '<span class="k">def</span> <span class="nf">mine</span>' in html.replace('<span class="w"> </span>', " ")


def test_a_page_of_ours_shows_no_hidden_test_and_the_students_file(class_of_one):
    assert_handed_back(page(class_of_one))


def test_so_does_a_page_of_stock_nbgrader(class_of_one):
    """`nbgrader generate_feedback`, which formgrader's button runs, with the same configuration."""
    (class_of_one / "feedback" / "ada" / ASSIGNMENT / "problem.html").unlink()

    subprocess.run(
        [sys.executable, "-m", "nbgrader", "generate_feedback", ASSIGNMENT, "--force"],
        cwd=class_of_one, capture_output=True, check=True,
    )  # fmt: skip

    assert_handed_back(page(class_of_one))


def test_a_hidden_region_that_is_never_closed_is_hidden_to_its_end():
    cell = new_code_cell(
        "f(1)\n### BEGIN HIDDEN TESTS\nassert f(2) == 4",
        metadata={"nbgrader": {"grade": True, "locked": True}},
        outputs=[new_output("error", ename="AssertionError", evalue="f(2)", traceback=["assert f(2) == 4"])],
    )

    without_hidden(cell)

    assert cell.source == "f(1)"
    assert "f(2)" not in str(cell.outputs)


def test_a_test_in_the_open_keeps_what_its_error_says():
    cell = new_code_cell(
        "assert f(1) == 1, 'at 1'",
        metadata={"nbgrader": {"grade": True, "locked": True}},
        outputs=[new_output("error", ename="AssertionError", evalue="at 1", traceback=["line", "line"])],
    )

    without_hidden(cell)

    assert cell.outputs[0].traceback == ["AssertionError: at 1"]


@pytest.mark.parametrize(
    ("content", "reason"),
    [(b"\0\1", "it is not text"), (b"#" * (SHOWN_BYTES_MAX + 1), "it has 0.2 MB"), (None, "it was not handed in")],
)
def test_a_file_that_cannot_be_shown_is_a_sentence(content, reason, tmp_path):
    if content is not None:
        (tmp_path / "net.py").write_bytes(content)

    (cell,) = students_file(tmp_path, "net.py")

    assert cell.cell_type == "markdown"
    assert f"Not shown: {reason}." in cell.source


def test_a_link_is_not_followed(tmp_path):
    (tmp_path / "net.py").symlink_to("/etc/passwd")

    (cell,) = students_file(tmp_path, "net.py")

    assert "root:" not in cell.source


def half(X, dY):
    return X.T @ dY / 2


def html(level):
    return Card(check("dW", half, seed=1).verdict, level)._repr_html_()


def test_marks_only_says_nothing_but_points():
    verdict = check("dW", half, seed=1).verdict

    assert "of 3 points" in html("marks")
    assert not any(part.says in html("marks") for part in verdict.parts if part.says)
    assert verdict.findings[0].says not in html("marks")
    assert "→" not in html("marks")


def test_an_observation_comes_without_what_to_try():
    (finding,) = check("dW", half, seed=1).verdict.findings

    assert finding.says in html("observation")
    assert finding.try_next not in html("observation")


def test_the_full_hint_is_the_default():
    card = check("dW", half, seed=1)

    assert card.verdict.findings[0].try_next in card._repr_html_()
    assert html("hint") == card._repr_html_()


@pytest.mark.parametrize(("level", "tells"), [("marks", False), ("hint", True)])
def test_the_configured_level_is_that_of_the_graded_notebook(level, tells, tmp_path):
    """The engine reads it for `autograded/`, and feedback is made from there."""
    course = question_course(tmp_path / "course", f'c.CheckCard.level = "{level}"\n')

    result = grade(course, "ps", workers=1)

    (path,) = (course / "autograded").rglob("*.ipynb")
    card = str(nbformat.read(path, as_version=4).cells[-1].outputs[0].data["text/html"])
    (feedback,) = (course / "feedback").rglob("*.html")
    assert ("→" in card) is tells
    assert ("half" in card or "times a constant" in card) is tells
    assert ("times a constant" in feedback.read_text()) is tells
    assert result.submissions[0].questions[0].findings  # the instructor is told all the same


STEPS = """
from nbgrader.converters import Autograde
from nbgrader.preprocessors import Execute
from autograder.course.preprocessors import steps
c.Autograde.sanitize_preprocessors = steps(
    Autograde, "sanitize_preprocessors", first=("autograder.grading.plugin.PutBack",))
c.Autograde.autograde_preprocessors = steps(
    Autograde, "autograde_preprocessors", instead={Execute: "autograder.grading.plugin.ExecuteConfined"})
"""


@pytest.mark.parametrize(("level", "observed", "hinted"), [("marks", False, False), ("observation", True, False)])
def test_the_configured_level_counts_under_stock_autograde(level, observed, hinted, tmp_path):
    """Behind `nbgrader autograde`, and so behind formgrader's button."""
    course = question_course(tmp_path / "course", f'c.CheckCard.level = "{level}"\n{STEPS}')
    finding = check("dW", half, seed=1).verdict.findings[0]

    for command in (["generate_assignment", "ps"], ["autograde", "ps"]):
        done = subprocess.run(
            [sys.executable, "-m", "nbgrader", *command], cwd=course, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr

    (path,) = (course / "autograded").rglob("*.ipynb")
    card = str(nbformat.read(path, as_version=4).cells[-1].outputs[0].data["text/html"])
    assert ("times a constant" in card) is observed
    assert (finding.try_next in card) is hinted


def question_course(root, config):
    """One question, answered with half of the gradient."""
    flags = {"schema_version": 3, "grade": False, "solution": False, "locked": False, "task": False}
    answer = {"nbgrader": flags | {"grade_id": "dW", "solution": True}}
    test = {"nbgrader": flags | {"grade_id": "check_dW", "grade": True, "locked": True, "points": 3}}
    notebook = nbformat.v4.new_notebook(
        cells=[
            new_code_cell("from autograder import check"),
            new_code_cell("def dW(X, dY):\n    return X.T @ dY / 2", metadata=answer),
            new_code_cell('check("dW", dW)', metadata=test),
        ],
        metadata={"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}},
    )
    for folder in (root / "source" / "ps", root / "submitted" / "ada" / "ps"):
        folder.mkdir(parents=True)
        nbformat.write(notebook, folder / "p.ipynb")
    (root / "nbgrader_config.py").write_text('c = get_config()\nc.CourseDirectory.course_id = "q"\n' + config)
    return root


def test_a_level_that_is_none_is_told_in_a_sentence(tmp_path):
    (tmp_path / "nbgrader_config.py").write_text('c = get_config()\nc.CheckCard.level = "everything"\n')

    with pytest.raises(CourseError) as error:
        open_course(tmp_path)

    assert str(error.value) == (
        "c.CheckCard.level in nbgrader_config.py is 'everything', which is no level. "
        "Choose one of: marks, observation, hint."
    )
