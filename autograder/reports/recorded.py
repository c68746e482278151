"""A class as its gradebook has it: what exporters read, and what only the class page asks for. Grades nothing.

Formgrader's own view takes a minute at ten thousand students, since it asks again for each of them.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from nbgrader.api import Assignment, BaseCell, Comment, Gradebook, Notebook, SubmittedAssignment
from sqlalchemy import create_engine, func, inspect, select
from sqlalchemy.exc import SQLAlchemyError

from autograder.errors import GradingError
from autograder.grading.marks import ClassMarks, Question, Standing, StudentMarks, names_handed_in, read_marks
from autograder.grading.settings import Course

NO_RESPONSE = "No response."
"""What nbgrader notes of an answer cell that is as it was released."""


@dataclass(frozen=True)
class Recorded:
    marks: ClassMarks
    left_empty: Mapping[tuple[str, str], int] = field(default_factory=dict)
    """(notebook, cell) → how many left it as it was released; only of cells that a person marks."""


def assignments_in(course: Course) -> dict[str, int]:
    """Assignment → how many submissions of it are recorded; every assignment that the gradebook knows."""
    with _gradebook(course) as gradebook:
        if gradebook is None:
            return {}
        counted = (
            select(Assignment.name, func.count(SubmittedAssignment.id))
            .join(SubmittedAssignment, SubmittedAssignment.assignment_id == Assignment.id, isouter=True)
            .group_by(Assignment.name)
            .order_by(Assignment.name)
        )
        return {name: count for name, count in gradebook.db().execute(counted)}


def recorded_class(course: Course, assignment: str) -> Recorded:
    """Raises `GradingError` when the gradebook cannot be read. An assignment it does not know has no questions."""
    names = names_handed_in(course.layout, assignment)
    with _gradebook(course) as gradebook:
        if gradebook is None or not gradebook.db().scalar(select(Assignment.id).where(Assignment.name == assignment)):
            waiting = (StudentMarks(name, standing=Standing.NOT_GRADED) for name in sorted(names))
            return Recorded(ClassMarks(assignment, (), tuple(waiting)))
        marks = read_marks(gradebook, assignment, names)
        marks = replace(marks, questions=_in_order(course, marks))
        return Recorded(marks, _left_empty(gradebook, assignment))


def _in_order(course: Course, marks: ClassMarks) -> tuple[Question, ...]:
    """As in the lesson. Where no result of ours says which cell comes first, `source/` does."""
    if any(student.graded for student in marks.students):
        return marks.questions
    folder = course.folder("source", ".", marks.assignment)
    notebooks = sorted({question.notebook for question in marks.questions})
    order = [(notebook, cell) for notebook in notebooks for cell in _cells_of(folder / f"{notebook}.ipynb")]
    place = {key: number for number, key in enumerate(order)}
    return tuple(sorted(marks.questions, key=lambda one: place.get((one.notebook, one.id), len(place))))


def _cells_of(path: Path) -> list[str]:
    try:
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        return [cell["metadata"]["nbgrader"]["grade_id"] for cell in cells if "nbgrader" in cell["metadata"]]
    except (OSError, ValueError, KeyError, TypeError):
        return []  # the instructor's notebook is not here, or no notebook: then by name


def _left_empty(gradebook: Gradebook, assignment: str) -> dict[tuple[str, str], int]:
    counted = (
        select(Notebook.name, BaseCell.name, func.count())
        .select_from(Comment)
        .join(BaseCell, BaseCell.id == Comment.cell_id)
        .join(Notebook, Notebook.id == BaseCell.notebook_id)
        .where(Notebook.assignment.has(name=assignment), Comment.auto_comment == NO_RESPONSE)
        .group_by(Notebook.name, BaseCell.name)
    )
    return {(notebook, cell): count for notebook, cell, count in gradebook.db().execute(counted)}


@contextmanager
def _gradebook(course: Course) -> Iterator[Gradebook | None]:
    """None where there is none yet. nbgrader would make one, in a file that is no gradebook, too."""
    if course.gradebook_file and not course.gradebook_file.is_file():
        yield None
        return
    try:
        engine = create_engine(course.db_url)
        with engine.connect() as connection:
            there = inspect(connection).has_table(Assignment.__tablename__)
        engine.dispose()
        if not there:
            yield None
            return
        with course.gradebook() as gradebook:
            yield gradebook
    except SQLAlchemyError as error:
        reason = str(getattr(error, "orig", None) or error).splitlines()[0]
        raise GradingError(
            f"The gradebook {course.gradebook_shown} could not be read: {reason}.",
            "If an older nbgrader made it, `nbgrader db upgrade` brings it up to date.",
        ) from error
