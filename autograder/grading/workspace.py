"""The folder a submission runs in, and the files that lie beside it in `autograded/`. Used by `run` and `record`.

As nbgrader does: what the student handed in, then the instructor's files over it, except those the student writes.
"""

from __future__ import annotations

import os
import shutil
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
    lay_out_course_files(course, submission.assignment, into)


def lay_out_course_files(course: Course, assignment: str, into: Path) -> None:
    """The instructor's alone, without those that students write."""
    source = course.folder("source", ".", assignment)
    converter = course.converter(Autograde)
    owned = converter.exclude_overwriting.get(assignment, [])
    students_own = {os.path.normpath(source / name) for name in owned}
    for path in find_all_files(str(source), [*converter.coursedir.ignore, "*.ipynb"]):
        target = into / os.path.relpath(path, source)
        if os.path.normpath(path) in students_own:
            continue  # even where the student has none: the instructor's holds the solution
        _make_room(into, target)
        shutil.copy(path, target)


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
