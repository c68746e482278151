"""The zip, unpacked and run as Gradescope runs it: setup.sh once, run_autograder for each submission, results.json."""

from __future__ import annotations

import errno
import json
import os
import re
import shutil
import subprocess
import time
import venv
import zipfile
from pathlib import Path

import jsonschema
import nbformat
import numpy
import psutil
import pytest
from click.testing import CliRunner

from autograder.cli import main
from sample_class import ASSIGNMENT, NOTEBOOK, handed_in, solutions

ROOT = Path(__file__).parents[2]
SECONDS = 120

VISIBILITY = {"enum": ["visible", "hidden", "after_due_date", "after_published"]}
FORMAT = {"enum": ["text", "html", "simple_format", "md", "ansi"]}
TEST = {
    "type": "object",
    "additionalProperties": False,
    "properties": {
        "score": {"type": "number"},
        "max_score": {"type": "number"},
        "status": {"enum": ["passed", "failed"]},
        "name": {"type": "string", "minLength": 1},
        "name_format": FORMAT,
        "number": {"type": "string"},
        "output": {"type": "string"},
        "output_format": FORMAT,
        "tags": {"type": "array", "items": {"type": "string"}},
        "visibility": VISIBILITY,
        "extra_data": {"type": "object"},
    },
}
SPECIFICATION = {
    "type": "object",
    "additionalProperties": False,
    "required": ["score", "tests", "output", "visibility", "stdout_visibility", "execution_time"],
    "properties": {
        "score": {"type": "number", "minimum": 0},
        "execution_time": {"type": "number", "minimum": 0},
        "output": {"type": "string", "minLength": 1},
        "output_format": FORMAT,
        "test_output_format": FORMAT,
        "test_name_format": FORMAT,
        "visibility": VISIBILITY,
        "stdout_visibility": VISIBILITY,
        "extra_data": {"type": "object"},
        "tests": {"type": "array", "items": TEST},
    },
}
"""Gradescope's, of gradescope-autograders.readthedocs.io/en/latest/specs/, with what we always give as required."""


class Container:
    """A folder in the place of /autograder."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.env = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
        (root / "tmp").mkdir()
        self.env |= {"AUTOGRADER_ROOT": str(root), "TMPDIR": str(root / "tmp")}

    def hand_in(self, **files: bytes) -> None:
        shutil.rmtree(self.root / "submission", ignore_errors=True)
        (self.root / "submission").mkdir()
        for name, data in files.items():
            (self.root / "submission" / name).write_bytes(data)

    def run(self, **how) -> dict:
        """What Gradescope does for one submission; its results, which always follow the specification."""
        shutil.rmtree(self.root / "results", ignore_errors=True)
        done = subprocess.run([self.root / "run_autograder"], cwd=self.root, env=self.env, timeout=SECONDS, **how)
        assert done.returncode == 0
        return self.results()

    def results(self) -> dict:
        results = json.loads((self.root / "results" / "results.json").read_text())
        jsonschema.validate(results, SPECIFICATION)
        return results

    def settings(self, **changed) -> None:
        file = self.root / "source" / "settings.json"
        file.write_text(json.dumps(json.loads(file.read_text()) | changed))


@pytest.fixture(scope="module")
def packed(tmp_path_factory) -> Path:
    """This repository's lesson, packed from a copy of the course."""
    course = tmp_path_factory.mktemp("course")
    for folder in ("source", "release", "notebooks"):
        shutil.copytree(ROOT / folder / ASSIGNMENT, course / folder / ASSIGNMENT)
    shutil.copy(ROOT / "nbgrader_config.py", course)
    outcome = CliRunner().invoke(main, ["gradescope", ASSIGNMENT, "--course", str(course)])
    assert outcome.exit_code == 0, outcome.output
    assert "Gradescope's autograder points: 20." in outcome.stdout
    return course / "gradescope" / f"{ASSIGNMENT}.zip"


@pytest.fixture(scope="module")
def container(packed, tmp_path_factory) -> Container:
    """Built as Gradescope builds it, but with the libraries that are here already in the place of PyPI's."""
    root = tmp_path_factory.mktemp("autograder")
    with zipfile.ZipFile(packed) as archive:
        for entry in archive.infolist():
            os.chmod(archive.extract(entry, root / "source"), entry.external_attr >> 16)
    venv.create(root / "source" / ".venv", with_pip=False)
    (site,) = (root / "source" / ".venv").glob("lib/python*/site-packages")
    (site / "installed_already.pth").write_text(str(Path(numpy.__file__).parents[1]) + "\n")
    container = Container(root)
    done = subprocess.run(
        [root / "source" / "setup.sh"], env=container.env | {"PIP_NO_INDEX": "1"}, capture_output=True, text=True,
        timeout=SECONDS,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Students' code can be confined here." in done.stdout
    assert list(site.glob("autograder/gradescope/run.py")), "the wheel's own package is used"
    shutil.copy(root / "source" / "run_autograder", root / "run_autograder")
    return container


@pytest.fixture(scope="module")
def notebooks() -> dict[str, bytes]:
    """Student of the sample class → what they hand in."""
    released = nbformat.read(ROOT / "release" / ASSIGNMENT / NOTEBOOK, as_version=4)
    reference = solutions(ROOT / "source" / ASSIGNMENT / NOTEBOOK)
    looping = {"dW": "def dW(X, dY):\n    return X.T @ dY\n\nwhile True:\n    pass"}
    return {
        student: nbformat.writes(handed_in(released, reference | more, who)).encode()
        for student, who, more in (("ada", "ada", {}), ("grace", "grace", {}), ("loops", "ada", looping))
    }


def test_a_right_and_a_wrong_answer_get_their_points_and_their_reason(container, notebooks):
    """Field by field; the notebook may lie in a folder, as students zip it."""
    container.hand_in()
    folder = container.root / "submission" / "My Homework"
    folder.mkdir()
    (folder / NOTEBOOK).write_bytes(notebooks["grace"])
    (container.root / "submission" / "__MACOSX").mkdir()

    results = container.run()

    assert (results["score"], results["output"]) == (16.25, "16.25 of 20 points.")
    assert (results["visibility"], results["stdout_visibility"]) == ("visible", "hidden")
    assert "confined (Landlock" in results["extra_data"]["engine"]
    assert 0 < results["execution_time"] < SECONDS
    tests = {test["name"].partition(":")[0]: test for test in results["tests"]}
    assert {test["output_format"] for test in tests.values()} == {"text"}
    assert sum(test["score"] for test in tests.values()) == 16.25
    assert sum(test["max_score"] for test in tests.values()) == 20
    wrong = {name for name, test in tests.items() if test["status"] == "failed"}
    assert wrong == {"check_db", "check_dW"}
    assert re.match(
        r"Your db is the right one divided by N = \d+\.\n→ If .*\nAlso seen in check_dW: mend this first\.",
        tests["check_db"]["output"],
    )
    assert tests["check_dX"]["output"] == ""


def test_an_endless_loop_costs_what_stands_behind_it(container, notebooks):
    """The grader's own limit comes before Gradescope's, so that what came before the loop keeps its points."""
    container.hand_in(**{NOTEBOOK: notebooks["loops"]})
    container.settings(submission_seconds=6)

    results = container.run()

    container.settings(submission_seconds=480)
    assert 0 < results["score"] < 20
    tests = {test["name"].partition(":")[0]: test for test in results["tests"]}
    assert tests["check_db"]["score"] == 2
    assert tests["check_drill_blind_spots"]["score"] == 0


def test_what_could_not_be_graded_says_so_and_that_0_is_no_mark(container):
    """A damaged notebook, and none."""
    for files, says in (({NOTEBOOK: b"{"}, "is not valid JSON"), ({"notes.txt": b"hi"}, f"has no {NOTEBOOK}")):
        container.hand_in(**files)

        results = container.run()

        assert results["score"] == 0
        assert results["tests"] == []
        assert says in results["output"]
        assert "These 0 points are no mark." in results["output"]


def test_a_grader_that_is_killed_leaves_results(container, notebooks):
    """Out of memory, or out of time: what was there first stays."""
    container.hand_in(**{NOTEBOOK: notebooks["ada"]})
    shutil.rmtree(container.root / "results", ignore_errors=True)
    started = psutil.Popen([container.root / "run_autograder"], env=container.env)
    deadline = time.monotonic() + SECONDS
    while not (container.root / "results" / "results.json").exists() and time.monotonic() < deadline:
        time.sleep(0.02)
    time.sleep(0.5)
    for process in (started, *started.children(recursive=True)):
        process.kill()
    started.wait()

    assert "was stopped before it was done" in container.results()["output"]

    seconds = container.root / "source" / "seconds"
    before = seconds.read_text()
    seconds.write_text("1\n")
    results = container.run()
    seconds.write_text(before)
    assert "may have taken too long" in results["output"]


def without_landlock() -> None:
    """Like a container whose kernel has none."""
    import pyseccomp

    rules = pyseccomp.SyscallFilter(pyseccomp.ALLOW)
    rules.add_rule(pyseccomp.ERRNO(errno.ENOSYS), "landlock_create_ruleset")
    rules.load()


def test_where_code_cannot_be_confined_it_is_not_run_unless_that_was_packed(container, notebooks):
    """And what ran it stands beside the marks."""
    container.hand_in(**{NOTEBOOK: notebooks["ada"]})

    refused = container.run(preexec_fn=without_landlock)
    container.settings(trusted=True)
    trusted = container.run(preexec_fn=without_landlock)
    container.settings(trusted=False)

    assert "Nothing was run: this container cannot confine students' code." in refused["output"]
    assert (refused["score"], refused["tests"]) == (0, [])
    assert trusted["score"] == 20
    assert "TRUSTED: not confined" in trusted["extra_data"]["engine"]


def test_a_course_that_cannot_be_read_is_our_fault_and_says_so(container, notebooks):
    """A crash of the grader's own: no traceback reaches the student, results are there."""
    container.hand_in(**{NOTEBOOK: notebooks["ada"]})
    config = container.root / "source" / "course" / "nbgrader_config.py"
    before = config.read_bytes()
    config.write_bytes(b"raise RuntimeError('x')")

    results = container.run()

    config.write_bytes(before)
    assert "The fault may be ours." in results["output"]
    assert "Traceback" not in results["output"]


def test_the_zip_holds_no_more_than_it_must(packed):
    """The programs may be run; the lesson's text stays at home; the same course gives the same bytes."""
    with zipfile.ZipFile(packed) as archive:
        entries = {entry.filename: entry.external_attr >> 16 & 0o777 for entry in archive.infolist()}

    assert entries["setup.sh"] == entries["run_autograder"] == 0o755
    assert not [name for name in entries if name.endswith(".md")]
    assert f"course/source/{ASSIGNMENT}/{NOTEBOOK}" in entries

    again = packed.with_name("again.zip")
    CliRunner().invoke(
        main, ["gradescope", ASSIGNMENT, "--course", str(packed.parents[1]), "--output", str(again)],
        catch_exceptions=False,
    )  # fmt: skip
    assert again.read_bytes() == packed.read_bytes()


@pytest.mark.parametrize("script", ["setup.sh", "run_autograder"])
def test_the_scripts_are_bash(script):
    """`bash -n`."""
    path = ROOT / "autograder" / "gradescope" / script

    subprocess.run(["bash", "-n", path], check=True)


def test_a_configuration_that_needs_more_than_is_packed_is_refused(packed, tmp_path):
    """Here, and not by the first student."""
    course = Path(shutil.copytree(packed.parents[1], tmp_path / "course"))
    (course / "penalties.py").write_text("")
    with open(course / "nbgrader_config.py", "a") as file:
        file.write("\nimport sys\nsys.path.insert(0, str(COURSE))\nimport penalties\n")

    outcome = CliRunner().invoke(main, ["gradescope", ASSIGNMENT, "--course", str(course)])

    assert outcome.exit_code == 1
    assert "Without the rest of the course, nbgrader_config.py cannot be read" in outcome.stderr
    assert "No module named 'penalties'" in outcome.stderr


def test_an_assignment_without_tests_is_refused(packed):
    """In a sentence, with what there is."""
    outcome = CliRunner().invoke(main, ["gradescope", "ps9", "--course", str(packed.parents[1])])

    assert outcome.exit_code == 1
    assert f"Choose one of: {ASSIGNMENT}" in outcome.stderr
