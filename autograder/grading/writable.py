"""Whether a run will be able to record what it finds, asked before it begins. Used by `pipeline`.

A class takes minutes, and each of its submissions would say the same sentence at the end.
"""

from __future__ import annotations

import os
from pathlib import Path

from sqlalchemy import make_url

from autograder.errors import GradingError
from autograder.grading.settings import Course


def must_be_writable(course: Course, assignment: str) -> None:
    """Raises `GradingError` when marks could not be recorded: a file system mounted read-only, another's folder.

    What may be missing without loss (`feedback/`, `reports/`, the folder of one student) is not asked for here.
    """
    autograded = course.folder("autograded", "*", assignment).parent.parent
    for place in (course.root, autograded, *_database(course)):
        there = next(one for one in (place, *place.parents) if one.exists())
        if not os.access(there, os.W_OK):
            raise GradingError(
                f"{there} cannot be written, so no mark could be recorded; nothing was graded.",
                f"See who owns it and whether its disk is mounted read-only (`ls -ld {there}`), then grade again.",
            )


def _database(course: Course) -> tuple[Path, ...]:
    """SQLite writes to the file and, while it does, beside it."""
    url = make_url(course.db_url)
    if url.get_backend_name() != "sqlite" or not url.database or url.database == ":memory:":
        return ()
    if url.database.startswith("file:"):
        return ()
    file = (course.root / url.database).absolute()
    return file, file.parent
