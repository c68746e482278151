"""The folder a submission runs in, and the files that lie beside it in `autograded/`. Used by `run` and `record`.

As nbgrader does: what the student handed in, then the instructor's files over it, except those the student writes.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

from nbgrader.converters import Autograde
from nbgrader.utils import find_all_files

from autograder.grading.settings import Course
from autograder.records import Submission


def lay_out(course: Course, submission: Submission, into: Path) -> None:
    """Write every file but the notebooks below `into`, which exists."""
    for name, data in submission.files.items():
        _make_room(into, into / name)
        (into / name).write_bytes(data)
    copy_files(course_files(course, submission.assignment), into)


def copy_files(files: Iterable[tuple[str, str]], into: Path) -> None:
    """Path, and path below `into`, of each."""
    for path, name in files:
        _make_room(into, into / name)
        shutil.copy(path, into / name)


@lru_cache(maxsize=8)
def course_files(course: Course, assignment: str) -> tuple[tuple[str, str], ...]:
    """The instructor's, without those that students write: path, and path in the folder, of each.

    Looked up once for each reading of the course's configuration.
    """
    source = course.folder("source", ".", assignment)
    converter = course.converter(Autograde)
    # Even where the student has none: the instructor's holds the solution.
    students_own = {os.path.normpath(name) for name in converter.exclude_overwriting.get(assignment, [])}
    found = find_all_files(str(source), [*converter.coursedir.ignore, "*.ipynb"])
    named = ((path, os.path.relpath(path, source)) for path in found)
    return tuple((path, name) for path, name in named if name not in students_own)


def _make_room(into: Path, target: Path) -> None:
    """A file where a folder must be, or the other way round, gives way."""
    for parent in reversed([parent for parent in target.parents if into in parent.parents]):
        if not parent.is_dir():
            parent.unlink(missing_ok=True)
            parent.mkdir(parents=True)
    if target.is_dir():
        shutil.rmtree(target)
    else:
        target.unlink(missing_ok=True)
