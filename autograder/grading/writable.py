"""Whether a run will be able to record what it finds, asked before it begins. Used by `pipeline`.

A class takes minutes, and each of its submissions would say the same sentence at the end.
"""

from __future__ import annotations

import os
from pathlib import Path

from autograder.errors import GradingError
from autograder.grading.settings import Course


def must_be_writable(course: Course, autograded: Path) -> None:
    """Raises `GradingError` when marks could not be recorded: a file system mounted read-only, another's folder.

    What may be missing without loss (`feedback/`, `reports/`, the folder of one student) is not asked for here.
    """
    file = course.gradebook_file  # SQLite writes to it and, while it does, beside it
    for place in (course.root, autograded, *((file, file.parent) if file and file.is_absolute() else ())):
        there = next(one for one in (place, *place.parents) if one.exists())
        if not os.access(there, os.W_OK):
            raise GradingError(
                f"{there} cannot be written, so no mark could be recorded; nothing was graded.",
                f"See who owns it and whether its disk is mounted read-only (`ls -ld {there}`), then grade again.",
            )
