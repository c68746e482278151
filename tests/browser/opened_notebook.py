"""A notebook in JupyterLab as a person meets it: cells are found by what they say, typed into and run."""


class Notebook:
    """The open notebook, as far as a person touches it."""

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


def open_notebook(browser, address: str, path: str) -> Notebook:
    """The notebook at `path`, its kernel ready."""
    page = browser.new_page(viewport={"width": 1100, "height": 900}, device_scale_factor=1.5)
    page.goto(f"{address}/lab/tree/{path}", wait_until="domcontentloaded")
    page.wait_for_selector(".jp-CodeCell", timeout=60_000)
    # In the status bar: a kernel that answers. A cell run before that is silently dropped.
    page.get_by_text("Python 3 (ipykernel) | Idle").wait_for(timeout=60_000)
    return Notebook(page)


def center(page, cell) -> None:
    cell.evaluate("element => element.scrollIntoView({block: 'center'})")
    page.wait_for_timeout(300)
