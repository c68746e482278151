"""The zero-install edition is built, served as plain files, and opens a lesson in a real browser.

What is not tried: running a cell. Python and NumPy for the browser come from Pyodide's own distribution, which
a student's browser fetches and a test without the internet cannot.
"""

import functools
import importlib.util
import json
import threading
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import nbformat
import pytest

from autograder.errors import CourseError

ROOT = Path(__file__).parents[2]
LESSON = "02_linear_layer/linear_layer.ipynb"


def tool():
    """tools/ is no package."""
    spec = importlib.util.spec_from_file_location("build_jupyterlite", ROOT / "tools" / "build_jupyterlite.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *words):
        pass


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    output = tmp_path_factory.mktemp("lite") / "site"
    tool().build_site(ROOT, output, ["02_linear_layer"])
    return output


@pytest.fixture
def address(site):
    server = ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=str(site)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def test_the_site_holds_the_released_lessons_and_the_package(site):
    """Cell for cell what students get elsewhere, behind one cell that fetches the package; the wheel is in its index;
    nothing of nbgrader is there."""
    served = nbformat.read(site / "files" / LESSON, as_version=4)
    released = nbformat.read(ROOT / "release" / LESSON, as_version=4)
    index = json.loads((site / "pypi" / "all.json").read_text())
    (files,) = index["backpropagation-course"]["releases"].values()

    assert served.cells[1:] == released.cells
    assert "piplite.install" in served.cells[0].source
    assert (site / "pypi" / files[0]["filename"]).stat().st_size == files[0]["size"]
    assert [path.name for path in (site / "extensions").rglob("package.json")] == ["package.json"]


def test_a_lesson_opens_in_the_browser(browser, address, keep_picture):
    """JupyterLab starts from plain files, without a server of Jupyter's, and shows the lesson with its formulas."""
    page = browser.new_page(viewport={"width": 1100, "height": 900}, device_scale_factor=1.5)
    asked = []
    page.on("request", lambda request: asked.append(request.url))

    page.goto(f"{address}/lab/index.html?path={LESSON}", wait_until="domcontentloaded")
    page.get_by_role("heading", name="The linear layer, backwards").wait_for(timeout=60_000)
    page.locator("mjx-container").first.wait_for(timeout=30_000)
    page.get_by_text("Python (Pyodide)").first.wait_for(timeout=30_000)
    questions = page.locator(".jp-Dialog").count()
    first = page.locator(".jp-CodeCell").first.inner_text()
    kernels = json.loads(page.evaluate("document.getElementById('jupyter-config-data').textContent"))
    keep_picture(page, "jupyterlite")
    page.close()

    assert questions == 0  # the kernel is found without asking
    assert "piplite.install" in first
    assert [entry["name"] for entry in kernels["federated_extensions"]] == ["@jupyterlite/pyodide-kernel-extension"]
    assert not [url for url in asked if "/api/kernels" in url or "nbgrader" in url]


def test_the_first_cell_does_nothing_elsewhere(site):
    """A notebook from the browser is handed in like any other: in an ordinary kernel its first cell is silent."""
    notebook = nbformat.read(site / "files" / LESSON, as_version=4)
    from nbclient import NotebookClient

    notebook.cells = notebook.cells[:1]
    NotebookClient(notebook, timeout=60, kernel_name="python3").execute()

    assert notebook.cells[0].outputs == []


def test_a_folder_that_is_no_site_is_not_replaced(tmp_path):
    """`--output .` must not empty a clone."""
    (tmp_path / "thesis.txt").write_text("years of work")

    with pytest.raises(CourseError, match="is not replaced"):
        tool().build_site(ROOT, tmp_path, ["02_linear_layer"])

    assert (tmp_path / "thesis.txt").exists()
