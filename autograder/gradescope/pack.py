"""The zip that an instructor uploads to Gradescope. Called by `command`; the same course gives the same bytes."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat

from autograder.course import ownership
from autograder.course.build import build
from autograder.errors import CourseError
from autograder.gradescope.results import of_failure
from autograder.grading.assignment import assignment_names
from autograder.grading.settings import CONFIG_NAME, open_course
from autograder.kit.archive import zipped
from autograder.kit.wheel import CLONE, wheel

HERE = Path(__file__).parent
SCRIPTS = ("setup.sh", "run_autograder")
REQUIREMENTS = ("requirements.txt", "requirements-student.txt", "requirements-lessons.txt", "requirements.lock")
MARGIN_SECONDS = 30
"""Kept free at the end, to write results; and twice that for starting."""

READ = """
import sys
from autograder.errors import CourseError
from autograder.grading.settings import open_course
try:
    open_course(sys.argv[1])
except CourseError as error:
    sys.exit(error.what)
"""

OWN_GRADEBOOK = """
# Added for Gradescope: a submission there has a gradebook of its own, whatever the course's is.
get_config().CourseDirectory.db_url = "sqlite:///gradebook.db"
"""

NOT_FINISHED = (
    "The grader was stopped before it was done: it may have taken too long, or too much memory. "
    "Look for a loop that never ends or for very large arrays; if there are none, please tell your instructor."
)


@dataclass(frozen=True)
class Packed:
    path: Path
    size_bytes: int
    files: tuple[str, ...]
    points: float
    """What Gradescope's autograder gives at most."""
    points_by_hand: float


def pack(course: Path, assignment: str, path: Path, *, trusted: bool, visibility: str, minutes: int) -> Packed:
    """Write the zip. Raises `StaleFiles` when the notebooks in source/ are behind their text."""
    opened = open_course(course)
    source = opened.folder("source", ".", assignment)
    if ownership.lesson_texts(source):
        build(opened.root, [assignment], check=True)
    graded = _graded_cells(source)
    if not graded:
        raise CourseError(
            f"{source} has no notebook with a graded cell.",
            f"Choose one of: {', '.join(assignment_names(opened)) or 'none yet, build the course first'}.",
        )
    if not source.is_relative_to(opened.root):
        raise CourseError(f"{source} is not in the course folder.", "Gradescope gets one folder: move it there.")
    content = {"course/" + CONFIG_NAME: (opened.root / CONFIG_NAME).read_bytes() + OWN_GRADEBOOK.encode()}
    for file in ownership.files(source):
        if not ownership.is_lesson_text(file):
            content[f"course/{file.relative_to(opened.root).as_posix()}"] = file.read_bytes()
    name, package = wheel()
    content[name] = package
    content |= {file: (CLONE / file).read_bytes() for file in REQUIREMENTS}
    content |= {script: (HERE / script).read_bytes() for script in SCRIPTS}
    _must_be_readable_alone(content)
    seconds = minutes * 60 - MARGIN_SECONDS
    settings = {
        "assignment": assignment,
        "trusted": trusted,
        "visibility": visibility,
        "submission_seconds": seconds - 2 * MARGIN_SECONDS,
    }
    content["settings.json"] = _json(settings)
    content["seconds"] = f"{seconds}\n".encode()
    content["not_finished.json"] = _json(of_failure(NOT_FINISHED, "none", visibility, 0.0))
    data = zipped(content, executable=SCRIPTS)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    by_hand = sum(entry["points"] for entry in graded if entry.get("task") or entry.get("solution"))
    points = sum(entry["points"] for entry in graded)
    return Packed(path, len(data), tuple(sorted(content)), points - by_hand, by_hand)


def _must_be_readable_alone(content: Mapping[str, bytes]) -> None:
    """A configuration that imports what was not packed is found here, and not by the first student."""
    with tempfile.TemporaryDirectory(prefix="autograder-") as folder:
        for name in (name for name in content if name.startswith("course/")):
            path = Path(folder) / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content[name])
        # In a process of its own: what this one has imported from the course already would be found.
        read = [sys.executable, "-P", "-c", READ, str(Path(folder) / "course")]
        done = subprocess.run(read, cwd=folder, capture_output=True, encoding="utf-8", errors="replace")
        if done.returncode:
            last = (done.stderr.strip().splitlines() or ["no reason given"])[-1].replace(f"{folder}/course/", "")
            raise CourseError(
                f"Without the rest of the course, {CONFIG_NAME} cannot be read: {last}",
                "Only that file and the assignment's source/ go to Gradescope; let it need nothing else.",
            )


def _graded_cells(source: Path) -> list[dict[str, Any]]:
    """What nbgrader's metadata says of each."""
    notebooks = [nbformat.read(path, as_version=4) for path in sorted(source.glob("*.ipynb"))]
    entries = [cell.metadata.get("nbgrader", {}) for notebook in notebooks for cell in notebook.cells]
    return [entry for entry in entries if entry.get("grade") or entry.get("task")]


def _json(value: object) -> bytes:
    return (json.dumps(value, indent=1) + "\n").encode()
