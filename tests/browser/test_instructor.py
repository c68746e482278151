"""An instructor marks by hand, in formgrader, what our engine graded: it stays, and the student reads it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
from conftest import jupyterlab
from nbgrader.api import Gradebook

from sample_class.wrong_answers import WRONG_ANSWERS

# nbgrader 0.9 with SQLAlchemy 2; the package silences it where it is used, pytest listens again.
pytestmark = pytest.mark.filterwarnings("ignore:Object of type:sqlalchemy.exc.SAWarning")

ROOT = Path(__file__).parents[2]
ASSIGNMENT = "05_two_layer_net"
NOTEBOOK = "two_layer_net"
STUDENT = "dorothy"

STUB = "*Write your explanation here.*"
ANSWER = "The gap is variance: on 50 images the net learns by heart. In my table it shrank when there were 1,000."
COMMENT = "Variance is the word. When would more data not help?"
BY_HAND, OVERRIDE = 1.25, 1.5


@dataclass
class Afternoon:
    """What was on the screen and in the gradebook, from the first look to the page that is handed back."""

    listed: str
    """The submission's row, before anything was marked by hand."""
    in_view: dict[str, bool]
    """What formgrader showed at once when the mark for the explanation was given."""
    before: dict[str, float]
    after: dict[str, float]
    """The marks that count, when the class was graded again."""
    comments: list[str]
    waiting: tuple[bool, bool, bool]
    """Whether something waited for a person: before, when it was marked, when it was graded again."""
    said: str
    """By formgrader, when its button had made the feedback."""
    page: str
    """That the student reads."""


@pytest.fixture(scope="module")
def course(tmp_path_factory) -> Path:
    """One submission with a slip in its first layer and an explanation in words, graded by `autograder grade`."""
    root = tmp_path_factory.mktemp("by_hand") / "course"
    shutil.copytree(ROOT / "source" / ASSIGNMENT, root / "source" / ASSIGNMENT)
    shutil.copy(ROOT / "nbgrader_config.py", root)
    handed_in = Path(shutil.copytree(ROOT / "notebooks" / ASSIGNMENT, root / "submitted" / STUDENT / ASSIGNMENT))
    (handed_in / "neural_net.py").write_text(WRONG_ANSWERS["net_layer1", "mask_of_the_gradient"], encoding="utf-8")
    notebook = handed_in / f"{NOTEBOOK}.ipynb"
    text = notebook.read_text(encoding="utf-8")
    assert text.count(STUB) == 1
    notebook.write_text(text.replace(STUB, ANSWER), encoding="utf-8")
    grade(root)
    return root


def grade(course: Path, *how: str) -> None:
    tools = Path(sys.executable).parent
    environment = {**os.environ, "PATH": f"{tools}{os.pathsep}{os.environ['PATH']}"}
    command = [tools / "autograder", "grade", ASSIGNMENT, *how]
    subprocess.run(command, cwd=course, env=environment, check=True, capture_output=True, timeout=300)


@pytest.fixture(scope="module")
def afternoon(course, browser, tmp_path_factory, keep_picture) -> Afternoon:
    """From JupyterLab's menu to the page that the student reads."""
    before, _, waits = recorded(course)
    with jupyterlab(course, tmp_path_factory.mktemp("lab")) as address:
        page = browser.new_page(viewport={"width": 1300, "height": 900})
        formgrader = open_formgrader(page, address)

        formgrader.get_by_role("link", name="Manual Grading").click()
        formgrader.get_by_role("link", name=ASSIGNMENT).click()
        formgrader.get_by_role("link", name=NOTEBOOK, exact=True).click()
        row = formgrader.get_by_role("row").filter(has_text="Submission #1")
        listed = row.inner_text()
        row.get_by_role("link").click()

        score = formgrader.locator("input#inline_explanation")
        comment = formgrader.locator("textarea#inline_explanation-comment")
        # Formgrader fetches the marks and comments when its page is there, and saves nothing that was typed before.
        formgrader.locator("input#check_net_layer1[placeholder]").wait_for(timeout=60_000)
        formgrader.locator("textarea#inline_explanation-comment[data-autosize-on]").wait_for(timeout=60_000)
        score.evaluate("element => element.closest('.nbgrader_cell').scrollIntoView({block: 'center'})")
        save(page, score, BY_HAND)
        save(page, comment, COMMENT)
        in_view = {
            text: on_screen(page, formgrader.get_by_text(text))
            for text in ("½ point: variance.", "½ point: the table.", ANSWER)
        }
        keep_picture(page, "formgrader")
        save(page, formgrader.locator("input#check_net_layer1"), OVERRIDE)

        _, _, waits_still = recorded(course)
        grade(course, "--force")
        after, comments, waits_again = recorded(course)

        handed_back = course / "feedback" / STUDENT / ASSIGNMENT / f"{NOTEBOOK}.html"
        handed_back.unlink()
        formgrader.get_by_role("link", name="Manual Grading").click()
        formgrader.get_by_role("link", name="Manage Assignments").click()
        formgrader.get_by_role("row").filter(has_text=ASSIGNMENT).locator(".generate-feedback a").click()
        dialog = formgrader.locator(".modal-body").filter(visible=True)
        dialog.wait_for(timeout=120_000)
        said = dialog.inner_text()

        page.goto(handed_back.as_uri(), wait_until="domcontentloaded")
        shown = page.locator("body").inner_text()
        page.get_by_text(COMMENT).scroll_into_view_if_needed()
        keep_picture(page, "handed_back")
        page.close()
    return Afternoon(listed, in_view, before, after, comments, (waits, waits_still, waits_again), said, shown)


def open_formgrader(page, address: str):
    """By the menu, as an instructor finds it."""
    page.goto(f"{address}/lab", wait_until="domcontentloaded")
    page.locator(".jp-LauncherCard").first.wait_for(timeout=60_000)
    page.keyboard.press("Control+B")  # the file browser folded away
    page.get_by_role("menuitem", name="Nbgrader").click()
    page.get_by_role("menuitem", name="Formgrader").click()
    return page.frame_locator("iframe")


def save(page, field, value) -> None:
    """Typed, and left with Tab: formgrader saves at once."""
    with page.expect_response(lambda answer: answer.request.method == "PUT" and answer.ok):
        field.fill(str(value))
        field.press("Tab")


def on_screen(page, found) -> bool:
    """Whether all of it can be read without scrolling."""
    box, size = found.bounding_box(), page.viewport_size
    return box["y"] >= 0 and box["y"] + box["height"] <= size["height"]


def recorded(course: Path) -> tuple[dict[str, float], list[str], bool]:
    """The marks that count by cell, the comments in words, and whether something waits for a person."""
    with Gradebook(f"sqlite:///{course / 'gradebook.db'}") as book:
        submission = book.find_submission_notebook(NOTEBOOK, ASSIGNMENT, STUDENT)
        scores = {one.name: one.score for one in submission.grades}
        comments = [one.manual_comment for one in submission.comments if one.manual_comment]
        return scores, comments, submission.needs_manual_grade


def test_formgrader_lists_what_the_engine_recorded(afternoon):
    """The sum of what `autograder grade` gave, of which nothing yet by hand."""
    assert f"{sum(afternoon.before.values()):g} / 20" in afternoon.listed
    assert "0 / 2" in afternoon.listed


def test_the_rubric_and_the_answer_are_in_view_where_the_mark_is_given(afternoon):
    """Nobody scrolls between the two."""
    assert all(afternoon.in_view.values()), afternoon.in_view


def test_grading_again_keeps_what_was_given_by_hand(afternoon):
    """The mark for the explanation, its comment, and the mark that was overridden. Another look is asked for, as after
    `nbgrader autograde`: what was graded may be new."""
    assert afternoon.before["check_net_layer1"] == 1.0
    assert afternoon.after == afternoon.before | {"inline_explanation": BY_HAND, "check_net_layer1": OVERRIDE}
    assert afternoon.comments == [COMMENT]
    assert afternoon.waiting == (True, False, True)


def test_the_students_page_shows_card_comment_and_marks(afternoon):
    """Made by formgrader's button."""
    assert "Successfully generated feedback" in afternoon.said
    assert "Your mask looks at the sign of the gradient" in afternoon.page
    assert COMMENT in afternoon.page
    assert f"(Score: {sum(afternoon.after.values())} / 20.0)" in afternoon.page
    assert "MARK SCHEME" not in afternoon.page
