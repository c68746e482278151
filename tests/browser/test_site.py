"""The documentation as a site: built without a warning, then looked at in Chromium."""

from __future__ import annotations

import functools
import http.server
import subprocess
import sys
import threading
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = ("docs/index", "docs/students", "docs/instructors", "docs/contributing", "docs/scale")
WIDTHS = (420, 1200)


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_) -> None:
        pass


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """`make docs`, served by Python; yields its address."""
    place = tmp_path_factory.mktemp("site")
    command = ["-m", "sphinx", "--quiet", "--fail-on-warning", "-c", "docs", ".", str(place)]
    built = subprocess.run([sys.executable, *command], cwd=ROOT, capture_output=True, text=True, check=False)
    assert built.returncode == 0, built.stdout + built.stderr
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=place))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()


@pytest.fixture
def page(browser, site):
    """A tab that remembers what went wrong in it, and whom it asked."""
    page = browser.new_page()
    page.errors, page.asked = [], set()
    page.on("console", lambda message: page.errors.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: page.errors.append(str(error)))
    page.on("requestfailed", lambda request: page.errors.append(request.url))
    page.on("request", lambda request: page.asked.add(request.url.split("/")[2]))
    yield page
    page.close()


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_whole_and_asks_nobody_else(page, site, name):
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        page.goto(f"{site}/{name}.html", wait_until="networkidle")

        assert page.locator("h1").count() == 1
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.errors == []
    assert page.asked <= {site.removeprefix("http://")}


def test_a_lesson_shows_its_mathematics_and_no_answers(page, site):
    page.set_viewport_size({"width": 1200, "height": 900})
    page.goto(f"{site}/release/02_linear_layer/linear_layer.html", wait_until="networkidle")
    page.wait_for_selector("mjx-container")

    assert page.locator("mjx-container").count() > 20
    assert "raise NotImplementedError" in page.inner_text("main, article, body")
    assert "BEGIN SOLUTION" not in page.content()
    assert page.errors == []
    assert page.asked <= {site.removeprefix("http://")}


def test_the_search_finds_softmax(page, site):
    page.goto(f"{site}/search.html?q=softmax", wait_until="networkidle")
    page.wait_for_selector("#search-results li a")

    assert any("softmax" in link.lower() for link in page.locator("#search-results li a").all_inner_texts())
    assert page.errors == []


def test_the_front_door_leads_in(page, site):
    page.goto(site)
    page.wait_for_url("**/docs/index.html")

    assert "Backpropagation by hand" in page.inner_text("h1")


def test_no_solution_is_in_the_site(site, tmp_path_factory):
    """The executed solutions and the lessons' sources stay where they are."""
    place = next(one for one in tmp_path_factory.getbasetemp().glob("site*") if one.is_dir() and not one.is_symlink())

    assert list(place.glob("release/*/*.html"))
    assert not list(place.glob("notebooks/*"))
    assert not list(place.glob("source/*"))
