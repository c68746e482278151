"""What students get back, in a real browser: a phone shows it without scrolling sideways."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from nbgrader.api import Gradebook

from autograder.grading.feedback import write_feedback
from autograder.grading.settings import open_course

# nbgrader 0.9 with SQLAlchemy 2; the package silences it where it is used, pytest listens again.
pytestmark = pytest.mark.filterwarnings("ignore:Object of type:sqlalchemy.exc.SAWarning")

CONFIG = """
from nbgrader.converters import GenerateFeedback
from autograder.course.preprocessors import steps
c = get_config()
c.CourseDirectory.course_id = "small"
c.Autograde.exclude_overwriting = {"ps1": ["mine.py"]}
c.GenerateFeedback.preprocessors = steps(
    GenerateFeedback,
    first=("autograder.grading.handed_back.HandBack",),
    last=("autograder.grading.handed_back.FitOnAPhone",),
)
"""

LONG = "total = " + " + ".join(f"term_{number}" for number in range(60))
TABLE = "|" + " | ".join(f"column{number}" for number in range(30)) + "|\n|" + "---|" * 30 + "\n|" + "1 |" * 30


@pytest.fixture(scope="module")
def page_path(tmp_path_factory) -> Path:
    """A notebook and a file of nothing but what is too wide."""
    os.environ["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])  # for alembic
    root = tmp_path_factory.mktemp("handed_back") / "course"
    folder = root / "autograded" / "ada" / "ps1"
    folder.mkdir(parents=True)
    (root / "nbgrader_config.py").write_text(CONFIG)
    (folder / "mine.py").write_text(f"# {'the file ' * 60}\n{LONG}\n")
    grade_id = "test_" + "long_" * 20
    entry = {"grade_id": grade_id, "grade": True, "locked": True, "solution": False, "points": 2, "schema_version": 3}
    outputs = [new_output("stream", text=LONG + "\n"), new_output("error", ename="E", evalue=LONG, traceback=[LONG])]
    cells = [
        new_markdown_cell(f"# {'W' * 200}\n\n{TABLE}\n\n`{LONG}`\n\n```\n{LONG}\n```"),
        new_code_cell(LONG, outputs=outputs),
        new_code_cell(LONG, metadata={"nbgrader": entry | {"cell_type": "code", "task": False}}, outputs=outputs),
    ]
    nbformat.write(new_notebook(cells=cells), folder / "problem.ipynb")
    with Gradebook(f"sqlite:///{root / 'gradebook.db'}", "small") as book:
        book.add_assignment("ps1")
        book.add_notebook("problem", "ps1")
        book.add_grade_cell(grade_id, "problem", "ps1", max_score=2, cell_type="code")
        book.add_student("ada")
        book.add_submission("ps1", "ada")
        book.db.commit()
    assert write_feedback(open_course(root), "ada", "ps1")
    return root / "feedback" / "ada" / "ps1" / "problem.html"


@pytest.mark.parametrize("width", [420, 1200])
def test_a_feedback_page_never_scrolls_sideways(browser, page_path, width):
    """As a phone lays it out, which goes by the viewport line in its head; the code scrolls in its own frame."""
    context = browser.new_context(viewport={"width": width, "height": 900}, is_mobile=width < 600)
    page = context.new_page()
    page.route("http*://**", lambda route: route.abort())
    page.goto(page_path.as_uri(), wait_until="domcontentloaded")

    wide, shown = page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
    frames = page.evaluate(
        "() => [...document.querySelectorAll('pre')].map(one => {"
        " while (one && one.scrollWidth <= one.clientWidth) one = one.parentElement;"
        " return one ? getComputedStyle(one).overflowX : 'fits' })"
    )
    context.close()

    assert wide == shown == width
    assert len(frames) >= 5
    assert set(frames) == {"auto"}
