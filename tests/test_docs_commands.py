"""Every command that a page shows: the cheap ones run, in a course of their own; the others at least exist.

What cannot run here stands in a list with its reason, and a command that is in neither list fails.
"""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import click
import pytest

from autograder.cli import main
from sample_class import write_class

ROOT = Path(__file__).parents[1]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
PROGRAMS = ("autograder", "nbgrader", "jupyter", "dask", "pip", "make", "git", "python")

FENCE = re.compile(r"^```(?:\w+)?\n(.*?)^```", re.MULTILINE | re.DOTALL)
INDENTED = re.compile(r"(?:^    \S.*\n)+", re.MULTILINE)

SHOWN_ELSEWHERE = {
    "make demo": "tests/test_sample_class.py runs what it runs",
    "make test": "this is it",
    "make docs": "tests/browser/test_site.py",
    "make prove": "as autograder prove",
    "dask scheduler": "tests/grading/test_cluster.py starts one",
    "dask worker": "tests/grading/test_cluster.py starts two",
    "pip install": "would change this environment; tests/kit installs for real",
    "git subtree": "needs the history of a course's own repository",
    "git push": "needs a remote",
    "jupyter lab": "tests/browser starts it",
    "nbgrader export": "tests/exporters runs each exporter",
    "python benchmarks": "tests/benchmarks",
    "python tools": "tests/browser and tests/kit build with it",
    "python -m": "serves until it is stopped",
}
"""Not run from here: its first two words, and where it is, or why nowhere."""

RUN = (
    "autograder doctor",
    "autograder build --check",
    "autograder kit 02_linear_layer",
    "autograder grade 02_linear_layer",
    "autograder grade 02_linear_layer --student grace --student felix",
    "autograder report",
    "autograder export 02_linear_layer --to csv",
    "autograder export 02_linear_layer --to json --out results.json",
    "autograder gradescope 02_linear_layer",
)
"""In this order, in a course where three have handed in. The other `autograder` commands are parsed only: their own
tests run them on files that a page cannot bring along."""


def shown() -> list[tuple[str, str]]:
    """(page, command), comments and the path to the environment left out."""
    found = []
    for page in PAGES:
        text = page.read_text(encoding="utf-8")
        blocks = [*FENCE.findall(text), *INDENTED.findall(FENCE.sub("", text))]
        for line in "".join(blocks).splitlines():
            command = re.sub(r"\s+#.*$", "", line.strip()).removeprefix("$ ").replace(".venv/bin/", "")
            if command.split(" ")[0] in PROGRAMS and "─" not in command:
                found.append((page.name, command))
    return found


SHOWN = shown()


def test_the_pages_show_commands():
    """Otherwise the tests below would hold nothing."""
    assert len(SHOWN) > 30
    assert set(RUN) <= {command for _, command in SHOWN}


@pytest.mark.parametrize(("page", "command"), [one for one in SHOWN if one[1].startswith("autograder ")])
def test_a_command_of_ours_is_understood(page, command):
    """The command exists, and so do its options and what they may be."""
    words = shlex.split(command)[1:]
    ours = main.commands[words[0]]
    with ours.make_context(words[0], words[1:], resilient_parsing=False):
        pass


@pytest.mark.parametrize(("page", "command"), [one for one in SHOWN if not one[1].startswith("autograder ")])
def test_another_program_s_command_is_run_somewhere(page, command):
    """Or it is said why not."""
    assert any(command.startswith(known) for known in SHOWN_ELSEWHERE), command


def test_an_option_that_is_none_would_be_seen():
    with pytest.raises(click.UsageError):
        main.commands["grade"].make_context("grade", ["02_linear_layer", "--nonesuch"])


def test_what_the_pages_show_runs(tmp_path):
    """From the first command to the last, in one course folder."""
    course = tmp_path / "course"
    for name in ("source", "release", "notebooks"):
        shutil.copytree(ROOT / name, course / name)
    for path in ROOT.glob("*.*"):
        if path.is_file():
            shutil.copy(path, course)
    write_class(ROOT, tmp_path / "class")
    for student in ("grace", "felix", "ada"):
        shutil.copytree(tmp_path / "class" / student, course / "submitted" / student)

    for command in RUN:
        words = [str(Path(sys.executable).parent / "autograder"), *shlex.split(command)[1:]]
        done = subprocess.run(words, cwd=course, capture_output=True, text=True, timeout=300, check=False)
        assert done.returncode == 0, f"{command}\n{done.stdout}{done.stderr}"

    assert (course / "reports" / "02_linear_layer.html").is_file()
    assert (course / "results.json").is_file()
