"""A real browser opens what an instructor and a student open, and nothing that an attacker wrote runs in it."""

from __future__ import annotations

import os
import shutil

import pytest
from nbconvert.exporters import HTMLExporter
from nbgrader.server_extensions.formgrader import handlers
from traitlets.config import Config

from hostile.hostile_course import ASSIGNMENT
from hostile.scripts import SCRIPT, SCRIPTS

SETTLE_MILLISECONDS = 150
"""For handlers of pictures that fail and of animations; scripts have run when the document is there."""


@pytest.fixture(scope="module")
def window():
    """One page of Debian's Chromium, without a network."""
    executable = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if executable is None:
        if os.environ.get("REQUIRE_BROWSER"):
            pytest.fail("No Chromium found, and REQUIRE_BROWSER is set.")
        pytest.skip("No Chromium found. On Debian: apt-get install chromium")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=["--no-sandbox"])
        page = browser.new_page()
        page.route("http*://**", lambda route: route.abort())
        yield page
        browser.close()


@pytest.fixture(scope="module")
def formgrader() -> HTMLExporter:
    """The exporter that formgrader shows a submission with, from its own template.

    Its assistant's scripts come from a running server; what a student wrote is in the template's body.
    """
    config = Config()
    config.HTMLExporter.template_name = "formgrade"
    config.HTMLExporter.extra_template_basedirs = [handlers.template_path]
    return HTMLExporter(config=config)


def ran(window, page) -> bool:
    window.goto(page.as_uri(), wait_until="domcontentloaded")
    window.wait_for_timeout(SETTLE_MILLISECONDS)
    return window.evaluate("window.pwned === true")


def test_the_browser_would_notice(window, tmp_path):
    """A page with the script in it does set `window.pwned`."""
    page = tmp_path / "page.html"
    page.write_text(f"<!doctype html><p>{SCRIPT}")

    assert ran(window, page)


@pytest.mark.parametrize("attack", SCRIPTS, ids=lambda attack: attack.name)
def test_no_script_runs_in_the_feedback(hostile, window, attack):
    """The page that the student gets, and that the instructor opens to see what the student got."""
    assert hostile.page(attack.name).is_file()
    assert not ran(window, hostile.page(attack.name))


@pytest.mark.parametrize("attack", SCRIPTS, ids=lambda attack: attack.name)
def test_no_script_runs_in_formgrader(hostile, window, formgrader, tmp_path, attack):
    """The autograded notebook, shown as formgrader shows it."""
    about = {
        "assignment_id": ASSIGNMENT, "notebook_id": "layer", "submission_id": "1", "index": 0, "total": 1,
        "base_url": "", "student": attack.name, "last_name": "", "first_name": "", "notebook_path": "layer.ipynb",
    }  # fmt: skip
    html, _ = formgrader.from_filename(str(hostile.notebook(attack.name)), resources=about)
    page = tmp_path / "formgrader.html"
    page.write_text(html, encoding="utf-8", errors="replace")

    assert not ran(window, page)
