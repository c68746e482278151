"""Students' own `.py` files, for `alike`: read from `submitted/` as data, the file itself and never a link to one."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from autograder.course import markers
from autograder.course.ownership import owned_by_students
from autograder.errors import CourseError
from autograder.grading.settings import Course

BYTES_MAX = 200_000
"""Of one file. The reference has 7,000."""
OPEN = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
"""Follows no link, waits for no pipe."""


@dataclass(frozen=True)
class StudentsFile:
    """One file that students write in, and what each of them made of it."""

    name: str
    released: str
    texts: Mapping[str, str] = field(default_factory=dict)
    """Student → text."""


def students_files(course: Course, assignment: str, students: Iterable[str]) -> list[StudentsFile]:
    # The folder's pattern is asked for once: at three thousand students that is seconds.
    pattern = str(course.folder("submitted", "\0", assignment))
    folders = {student: Path(pattern.replace("\0", student)) for student in students}
    found = []
    for name in _names(course, assignment):
        texts = {student: text for student, folder in folders.items() if (text := _text(folder, name)) is not None}
        found.append(StudentsFile(name, _given_out(course, assignment, name), texts))
    return found


def _given_out(course: Course, assignment: str, name: str) -> str:
    """As it was released; where there is no release, as `source/` would be. "" where neither is here."""
    released = _text(course.folder("release", ".", assignment), name)
    if released is not None:
        return released
    source = _text(course.folder("source", ".", assignment), name) or ""
    try:
        return markers.cut(source, "raise NotImplementedError", name)
    except CourseError:  # a marker without its partner: the course's own error, told by `build`
        return source


def _names(course: Course, assignment: str) -> list[str]:
    """What its configuration says students own, and what the markers in `source/` say."""
    configured = course.app.config.Autograde.get("exclude_overwriting", {})
    try:
        owned = owned_by_students(course.root).get(assignment, [])
    except (CourseError, OSError):
        owned = []
    names = {*map(str, configured.get(assignment, ())), *owned} if hasattr(configured, "get") else set(owned)
    return sorted(name for name in names if name.endswith(".py") and ".." not in Path(name).parts)


def _text(folder: Path, name: str) -> str | None:
    """None when it is not there, no ordinary file, too large, or no text."""
    try:
        if not (folder / name).resolve().is_relative_to(folder.resolve()):
            return None
        # What was opened is looked at, not what was listed.
        with open(os.open(folder / name, OPEN), "rb") as file:
            about = os.fstat(file.fileno())
            if not stat.S_ISREG(about.st_mode) or about.st_size > BYTES_MAX:
                return None
            data = file.read(BYTES_MAX)
    except (OSError, ValueError):
        return None
    return None if b"\0" in data else data.decode("utf-8", "replace")
