"""A student opens the released lesson in JupyterLab, gets an answer wrong, reads the card, and gets it right."""

import pytest
from opened_notebook import center, open_notebook

LESSON = "02_linear_layer/linear_layer.ipynb"

WRONG = "def dW(X, dY):\n    return X.T @ dY / len(X)"
RIGHT = "def dW(X, dY):\n    return X.T @ dY"


@pytest.fixture
def notebook(browser, lab):
    opened = open_notebook(browser, lab, LESSON)
    yield opened
    opened.page.close()


def test_a_student_reads_what_is_wrong_and_mends_it(notebook, keep_picture):
    """A wrong answer gives a card that names the mistake; the right one gives full points; no traceback on the way."""
    page = notebook.page
    # Room for the lesson: the file browser folded away.
    page.keyboard.press("Control+B")
    stub, checked = notebook.cell("Gradient of the loss by W, vectorised"), notebook.cell('check("dW", dW)')
    notebook.run(notebook.cell("from autograder import"))

    notebook.run(stub)
    notebook.run(checked)
    untouched = notebook.shows(checked)
    notebook.type_into(stub, WRONG)
    stub = notebook.cell("len(X)")
    notebook.run(stub)
    notebook.run(checked)
    wrong = notebook.shows(checked)
    stub.scroll_into_view_if_needed()
    center(page, checked)
    keep_picture(page, "wrong_card")
    notebook.type_into(stub, RIGHT)
    stub = notebook.cell("return X.T @ dY")
    notebook.run(stub)
    notebook.run(checked)
    right = notebook.shows(checked)
    center(page, checked)
    keep_picture(page, "right_card")

    assert "dW is not written yet" in untouched
    assert "0 of 3 points" in untouched
    assert "Your dW is the right one divided by N = 5." in wrong
    assert "yours − numeric, entry by entry" in wrong
    assert "3 of 3 points" in right
    assert "Traceback" not in untouched + wrong + right


def test_the_mathematics_is_typeset(notebook, keep_picture):
    """Formulas are drawn, not shown as TeX, and the picture of the matrices appears."""
    page = notebook.page
    notebook.run(notebook.cell("from autograder import"))
    notebook.run(notebook.cell("def loss"))
    picture = notebook.cell('draw_touched("b1")')
    notebook.run(picture)
    page.wait_for_selector("mjx-container", timeout=30_000)
    center(page, picture)
    keep_picture(page, "lesson")

    assert page.locator("mjx-container").count() > 20
    assert page.locator("mjx-merror").count() == 0
    assert picture.locator("img").count() == 1


def test_validate_gives_the_same_answer_as_the_card(notebook, keep_picture):
    """nbgrader's *Validate* lists the question while its card is red, and no longer when it is green."""
    page = notebook.page
    page.keyboard.press("Control+B")
    notebook.run(notebook.cell("from autograder import"))
    stub, checked = notebook.cell("Gradient of the loss by W, vectorised"), notebook.cell('check("dW", dW)')

    notebook.type_into(stub, WRONG)
    notebook.run(notebook.cell("len(X)"))
    notebook.run(checked)
    wrong_card, wrong = notebook.shows(checked), _validate(page)
    page.locator(".jp-Dialog").get_by_text('check("dW", dW)').scroll_into_view_if_needed()
    keep_picture(page, "validate")
    page.get_by_role("button", name="Ok", exact=True).click()
    notebook.type_into(notebook.cell("len(X)"), RIGHT)
    notebook.run(notebook.cell("return X.T @ dY"))
    notebook.run(checked)
    right_card, right = notebook.shows(checked), _validate(page)

    assert "3 of 3 points" not in wrong_card
    assert 'check("dW", dW)' in wrong
    assert "3 of 3 points" in right_card
    assert 'check("dW", dW)' not in right
    # Validate did run: what is still unwritten is listed.
    assert 'check("dX", dX)' in right


def _validate(page) -> str:
    """What nbgrader's dialog says: the notebook is saved, and run from its first cell in a fresh kernel."""
    page.get_by_role("button", name="Validate", exact=True).click()
    dialog = page.locator(".jp-Dialog").filter(has_text="Validation Results")
    dialog.wait_for(timeout=120_000)
    return dialog.inner_text()
