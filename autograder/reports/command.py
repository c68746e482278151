"""`autograder report`: which assignments, and a page for each of them. Grades nothing; writes into `reports/` only."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from autograder.errors import CourseError, GradingError
from autograder.grading.assignment import assignment_names
from autograder.grading.settings import open_course
from autograder.printable import printable
from autograder.reports.class_page import write_class_page
from autograder.reports.recorded import assignments_in


def write_pages(course: Path, assignments: Iterable[str] = ()) -> Iterator[Path]:
    """The path of each page when it is written. No `assignments`: all of which a submission is recorded.

    Raises `CourseError` for a name that neither the gradebook nor `source/` knows, before any page is written.
    """
    opened = open_course(course)
    recorded = assignments_in(opened)
    known = sorted({*recorded, *assignment_names(opened)})
    chosen = list(dict.fromkeys(assignments)) or [name for name, count in recorded.items() if count]
    for name in chosen:
        if name not in known:
            raise CourseError(
                f"No assignment is called {printable(name)}.",
                f"Choose one of: {', '.join(map(printable, known)) or 'none yet, build the course first'}.",
            )
    if not chosen:
        there = f" Choose one of: {', '.join(map(printable, known))}." if known else ""
        raise GradingError("Nothing has been graded yet.", f"`autograder grade ASSIGNMENT` does it.{there}")
    for name in chosen:
        yield write_class_page(opened.root, name)
