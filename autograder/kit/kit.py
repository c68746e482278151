"""One zip for students: what `release/` holds, the package as a wheel, exact versions, and how to start.

Called by `command`. Takes nothing from `source/`; looks there only to be sure that nothing of it is shown.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined

from autograder.course import leaks, ownership
from autograder.course.build import build
from autograder.errors import CourseError, UnstrippedSolution
from autograder.kit.archive import zipped
from autograder.kit.wheel import CLONE, wheel

START, REQUIREMENTS = "START_HERE.md", "requirements.txt"

LOCK = CLONE / "requirements-student.lock"


@dataclass(frozen=True)
class Kit:
    """What was packed."""

    path: Path
    size_bytes: int
    files: tuple[str, ...]
    """Paths in the zip, sorted."""


def kit(course: Path, assignment: str, path: Path | None = None) -> Kit:
    """Write the zip, by default `kits/<assignment>.zip` in the course. The same course gives the same bytes.

    Raises `StaleFiles` when `release/` is behind `source/`, `UnstrippedSolution` when it shows a solution.
    """
    course = Path(course).resolve()
    files = released_files(course, assignment)
    name, package = wheel()
    added = {name: package, REQUIREMENTS: _requirements(name), START: _start(files, _theirs(course, assignment))}
    if taken := sorted(files.keys() & added.keys()):
        raise CourseError(
            f"release/{assignment} has a file {taken[0]} of its own, which the kit would replace.",
            "Rename it in source/.",
        )
    # One folder on top: whoever unpacks it beside other things finds it again.
    files = {f"{assignment}/{path}": content for path, content in (files | added).items()}
    data = zipped(files)
    path = path or course / "kits" / f"{assignment}.zip"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return Kit(path, len(data), tuple(sorted(files)))


def released_files(course: Path, assignment: str) -> dict[str, bytes]:
    """Path → content of what students may have. Raises what `kit` does when they may not."""
    ownership.chosen(course, [assignment])
    build(course, [assignment], check=True)
    released = course / "release" / assignment
    if shown := leaks.shown_solutions(course / "source" / assignment, released):
        raise UnstrippedSolution(f"{released}: {shown[0]}.", "Mend it in source/, then run `autograder build`.")
    return {path.relative_to(released).as_posix(): path.read_bytes() for path in ownership.files(released)}


def _requirements(wheel_name: str) -> bytes:
    """The lock without its comments, and the package itself from the file beside it."""
    pinned = [line for line in LOCK.read_text(encoding="utf-8").splitlines() if line and not line.startswith("#")]
    head = "# What this lesson runs on, in the versions it was tested with. pip looks for the first in this folder."
    return "\n".join([head, f"./{wheel_name}", *pinned, ""]).encode()


def _theirs(course: Path, assignment: str) -> list[str]:
    """The modules that students write in."""
    return sorted(ownership.owned_by_students(course).get(assignment, []))


def _start(files: Mapping[str, bytes], modules: list[str]) -> bytes:
    environment = Environment(
        loader=PackageLoader("autograder"), undefined=StrictUndefined, trim_blocks=True, keep_trailing_newline=True
    )
    notebooks = sorted(path for path in files if path.endswith(".ipynb"))
    return environment.get_template("start_here.md.j2").render(notebooks=notebooks, modules=modules).encode()
