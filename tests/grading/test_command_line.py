"""The commands as an instructor meets them: help, exit codes, the JSON file, the demo."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

import jsonschema
import pytest
from click.testing import CliRunner
from small_course import ASSIGNMENT, hand_in, honest

from autograder.cli import main

SCHEMA = json.loads((Path(__file__).parents[2] / "docs" / "results.schema.json").read_text())

SAMPLE_CLASS = '''
import json
ASSIGNMENT = "ps1"
def write_class(course, into):
    """Everyone hands in what lies beside this file."""
    for student in ("Zoë", "max"):
        folder = into / student / ASSIGNMENT
        folder.mkdir(parents=True)
        (folder / "problem.ipynb").write_text((course / "sample_class" / f"{student}.json").read_text())
    return ["Zoë", "max"]
'''


def run(*arguments: str | Path):
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


@pytest.fixture(scope="module")
def graded(template, tmp_path_factory):
    """A class of three, one of them bad, graded from the command line."""
    course = Path(shutil.copytree(template, tmp_path_factory.mktemp("cli") / "course"))
    hand_in(course, "ada", honest())
    hand_in(course, "<b>bob", honest(slope="def slope(x):\n    return x"))
    hand_in(course, "eve", "{")
    hand_in(course, "cy", honest(square="def square(x):\n    raise ValueError('<script>alert(1)</script>')"))
    outcome = run("grade", ASSIGNMENT, "--course", course, "--seed", "7", "--json", course / "results.json")
    return course, outcome


def test_a_class_with_a_bad_submission_exits_with_1(graded):
    """A script can tell; the table and the reason stand in the output."""
    _, outcome = graded

    assert outcome.exit_code == 1, outcome.output
    assert "3 of 4 submissions graded. Seed 7 draws the same inputs again." in outcome.stdout
    assert re.search(r"ada +9/12 +2 +3 +4 +by hand +by hand", outcome.stdout)
    assert re.search(r"<b>bob +check_slope +Your slope is half of the numeric one\.", outcome.stdout)
    assert "\x1b" not in outcome.output


def test_a_class_without_one_exits_with_0(graded):
    """`--student` grades those asked for only, and leaves the page of the whole class alone."""
    course, _ = graded

    outcome = run("grade", ASSIGNMENT, "--course", course, "--student", "ada", "--workers", "1", "--no-feedback")

    assert outcome.exit_code == 0, outcome.output
    assert "Class page" not in outcome.stdout
    assert "1 of 1 submissions graded" in outcome.stdout


def test_the_json_file_keeps_its_schema(graded):
    """The one in docs/, which other programs are written against."""
    course, _ = graded
    results = json.loads((course / "results.json").read_text())

    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    jsonschema.validate(results, SCHEMA)
    assert results["seed"] == "7"
    by_student = {one["student"]: one for one in results["submissions"]}
    assert by_student["ada"]["score"] == 9
    findings = next(one for one in by_student["<b>bob"]["questions"] if one["id"] == "check_slope")["findings"]
    assert findings[0]["misconception"] == "half_slope"


def test_the_class_page_shows_everyone_and_links_to_their_feedback(graded):
    """Names and messages are text, whatever is in them; every link leads somewhere."""
    from html.parser import HTMLParser
    from urllib.parse import unquote

    course, outcome = graded
    page = course / "reports" / f"{ASSIGNMENT}.html"
    text = page.read_text()

    class Links(HTMLParser):
        found: list[str] = []  # noqa: RUF012
        tags: set[str] = set()  # noqa: RUF012

        def handle_starttag(self, tag, attributes) -> None:
            self.tags.add(tag)
            self.found += [value for name, value in attributes if name == "href"]

    Links().feed(text)
    assert str(page) in outcome.stdout
    outside = [link for link in Links.found if not link.startswith("#")]
    assert len([link for link in outside if "/feedback/" in link]) == 3
    assert all((page.parent / unquote(link)).is_file() for link in outside)
    assert "script" not in Links.tags
    assert "&lt;b&gt;bob" in text
    assert "ValueError: &lt;script&gt;" in text
    assert "Your slope is half of the numeric one." in text
    assert "Waiting for a person" in text
    assert "is not valid JSON" in text
    assert {"caption", "th"} <= Links.tags
    assert 'scope="col"' in text
    assert 'scope="row"' in text


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (["grade", "ps9"], 1, "No assignment is called ps9"),
        (["grade", "ps1", "--student", "nobody"], 1, "Choose from: "),
        (["grade", "ps1", "--json", "/no/such/folder/results.json"], 1, "give --json another place"),
        (["grade", "ps1", "--workers", "0"], 2, "Invalid value for '--workers'"),
        (["grade"], 2, "Missing argument 'ASSIGNMENT'"),
        (["demo"], 1, "Run `autograder demo` from a clone"),
        (["grade", "ps1", "--course", "/tmp"], 1, "give its folder with --course"),
    ],
)
def test_an_error_is_a_sentence_and_a_next_step(graded, arguments, code, says):
    """On stderr, without a traceback; 1 for what went wrong, 2 for how it was asked."""
    course, _ = graded

    outcome = run(*arguments, *([] if "--course" in arguments else ["--course", course]))

    assert outcome.exit_code == code
    assert says in outcome.stderr
    assert "Traceback" not in outcome.output


@pytest.mark.parametrize("command", ["build", "prove", "grade", "demo"])
def test_every_command_explains_itself_with_an_example(command):
    """`autograder COMMAND --help`."""
    outcome = run(command, "--help")

    assert outcome.exit_code == 0
    assert f"Example:\n    autograder {command}" in outcome.stdout


def test_help_does_not_wait_for_nbgrader():
    """0.1 s where nbgrader's own takes 3: nothing heavy is imported before it is needed."""
    loaded = "import sys; sys.argv = ['autograder', '--help']\nfrom autograder.cli import main\ntry: main()\nfinally: "
    check = "print([name for name in ('nbgrader', 'numpy', 'nbformat', 'jinja2', 'rich.table') if name in sys.modules])"
    started = time.monotonic()

    done = subprocess.run([sys.executable, "-c", loaded + check], capture_output=True, text=True, check=True)

    assert done.stdout.endswith("[]\n")
    assert time.monotonic() - started < 3


def test_the_demo_is_graded_in_a_folder_of_its_own(course):
    """It replaces what an earlier demo left, and nothing else."""
    sample = course / "sample_class"
    sample.mkdir()
    (sample / "__init__.py").write_text(SAMPLE_CLASS)
    for student in ("Zoë", "max"):
        (sample / f"{student}.json").write_text(json.dumps(honest()))
    gradebook = (course / "gradebook.db").read_bytes()

    first = run("demo", "--course", course, "--no-feedback")
    (course / "demo" / "stale.txt").write_text("from the first run")
    second = run("demo", "--course", course, "--no-feedback", "--json", course / "demo.json")

    assert first.exit_code == second.exit_code == 0, first.output + second.output
    assert not (course / "demo" / "stale.txt").exists()
    assert (course / "demo" / "reports" / "ps1.html").is_file()
    assert (course / "gradebook.db").read_bytes() == gradebook
    assert [one["student"] for one in json.loads((course / "demo.json").read_text())["submissions"]] == ["Zoë", "max"]

    (course / "demo" / ".autograder-demo").unlink()
    refused = run("demo", "--course", course)
    assert refused.exit_code == 1
    assert "was not made by `autograder demo`" in refused.stderr
