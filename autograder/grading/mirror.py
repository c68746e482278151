"""A student's first submission of an assignment in the gradebook: all its rows at once. Called by `record`.

nbgrader's `Gradebook.add_submission` makes an object of each row, has SQLAlchemy find out in which order they depend
on each other, and has each changed when its score is known; that is most of what recording costs. The order is known,
and so are the scores: four insertions.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from nbgrader.api import (
    Assignment,
    BaseCell,
    Comment,
    Grade,
    Gradebook,
    Notebook,
    SubmittedAssignment,
    SubmittedNotebook,
    new_uuid,
)
from nbgrader.utils import parse_utc
from sqlalchemy import insert, select

GRADED = {"GradeCell", "TaskCell"}
COMMENTED = {"SolutionCell", "TaskCell"}


def is_new(gradebook: Gradebook, assignment: str, student: str) -> bool:
    """Whether the student has no submission of the assignment yet."""
    of_theirs = (
        select(SubmittedAssignment.id)
        .join(Assignment, Assignment.id == SubmittedAssignment.assignment_id)
        .where(Assignment.name == assignment, SubmittedAssignment.student_id == student)
    )
    return gradebook.db().execute(of_theirs).first() is None


def add_submission(
    gradebook: Gradebook,
    assignment: str,
    student: str,
    timestamp: datetime | str | None,
    score: Callable[[str, str], tuple[float | None, bool] | None],
    comment: Callable[[str, str], str | None],
) -> bool:
    """What nbgrader's method of that name writes: a row for each notebook, graded cell and cell to comment on.

    `score` says of a notebook and its cell what the automatic score is and whether somebody must look at it, if that is
    known, `comment` what the automatic comment is. Returns whether the assignment has a due date, so that this may be
    late. Raises `IntegrityError` when another program has added the submission meanwhile.
    """
    session = gradebook.db()
    cells = session.execute(
        select(Assignment, Notebook.id, Notebook.name, BaseCell.id, BaseCell.name, BaseCell.type)
        .join(Notebook, Notebook.assignment_id == Assignment.id)
        .outerjoin(BaseCell, BaseCell.notebook_id == Notebook.id)
        .where(Assignment.name == assignment)
    ).all()
    mirrored, submission = cells[0][0], new_uuid()
    theirs = {notebook: new_uuid() for _, notebook, *_ in cells}
    about = {"id": submission, "assignment_id": mirrored.id, "student_id": student, "timestamp": parse_utc(timestamp)}
    notebooks = [{"id": own, "assignment_id": submission, "notebook_id": notebook} for notebook, own in theirs.items()]
    grades, comments = [], []
    for _, notebook, in_notebook, cell, name, kind in cells:
        where = {"cell_id": cell, "notebook_id": theirs[notebook]}
        if kind in GRADED:
            auto, by_hand = score(in_notebook, name) or (None, True)
            grades.append(where | {"auto_score": auto, "needs_manual_grade": by_hand})
        if kind in COMMENTED:
            comments.append(where | {"auto_comment": comment(in_notebook, name)})
    made = {SubmittedAssignment: [about], SubmittedNotebook: notebooks, Grade: grades, Comment: comments}
    for row, values in made.items():
        if values:
            session.execute(insert(row), values)
    return mirrored.duedate is not None
