"""A student opens the released lesson in JupyterLab, gets an answer wrong, reads the card, and gets it right."""

import pytest

LESSON = "02_linear_layer/linear_layer.ipynb"

WRONG = "def dW(X, dY):\n    return X.T @ dY / len(X)"
RIGHT = "def dW(X, dY):\n    return X.T @ dY"


class Notebook:
    """The open notebook, as far as a student touches it."""

    def __init__(self, page) -> None:
        self.page = page

    def cell(self, text: str):
        """The code cell that holds `text`."""
        return self.page.locator(".jp-CodeCell").filter(has_text=text).first

    def type_into(self, cell, code: str) -> None:
        cell.locator(".cm-content").click()
        self.page.keyboard.press("Control+A")
        self.page.keyboard.insert_text(code)

    def run(self, cell) -> None:
        """Shift+Enter, then wait until the cell has its number."""
        cell.locator(".cm-content").click()
        self.page.keyboard.press("Shift+Enter")
        prompt = cell.locator(".jp-InputArea-prompt")
        self.page.wait_for_function(
            r"element => /^\[\d+\]:$/.test(element.textContent)", arg=prompt.element_handle(), timeout=60_000
        )

    def shows(self, cell) -> str:
        return cell.locator(".jp-OutputArea").inner_text()


@pytest.fixture
def notebook(browser, lab):
    page = browser.new_page(viewport={"width": 1100, "height": 900}, device_scale_factor=1.5)
    page.goto(f"{lab}/lab/tree/{LESSON}", wait_until="domcontentloaded")
    page.wait_for_selector(".jp-CodeCell", timeout=60_000)
    # In the status bar: a kernel that answers. A cell run before that is silently dropped.
    page.get_by_text("Python 3 (ipykernel) | Idle").wait_for(timeout=60_000)
    yield Notebook(page)
    page.close()


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
    _center(page, checked)
    keep_picture(page, "wrong_card")
    notebook.type_into(stub, RIGHT)
    stub = notebook.cell("return X.T @ dY")
    notebook.run(stub)
    notebook.run(checked)
    right = notebook.shows(checked)
    _center(page, checked)
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
    _center(page, picture)
    keep_picture(page, "lesson")

    assert page.locator("mjx-container").count() > 20
    assert page.locator("mjx-merror").count() == 0
    assert picture.locator("img").count() == 1


def _center(page, cell) -> None:
    cell.evaluate("element => element.scrollIntoView({block: 'center'})")
    page.wait_for_timeout(300)
