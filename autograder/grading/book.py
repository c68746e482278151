"""The course's gradebook while a class is graded: opened once, one transaction for each submission. Used by `record`.

nbgrader commits after every cell, and opens the gradebook anew in every step. Here its own calls run inside one
transaction, so that a submission's marks are all there or not at all; and what was graded is written down beside them,
in a table of ours, so that a run that was killed knows where to go on.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from nbgrader.api import Assignment, BaseCell, Grade, Gradebook, Notebook, SubmittedAssignment, SubmittedNotebook
from sqlalchemy import Column, ColumnElement, MetaData, Select, String, Table, Text, delete, insert, select

from autograder.grading.colliding import tried_again
from autograder.grading.settings import Course
from autograder.records import GradedSubmission

OURS = MetaData()
"""Our own tables; nbgrader's stay as nbgrader makes them."""

JOURNAL = Table(
    "autograder_record",
    OURS,
    Column("assignment", String(128), primary_key=True),
    Column("student", String(128), primary_key=True),
    Column("fingerprint", String(64), nullable=False),
    Column("seed", Text, nullable=False),
    Column("engine", Text, nullable=False),
    Column("graded_at", String(32), nullable=False),
    Column("result", Text, nullable=False),
)
"""What was graded, how, and what came of it."""

NOT_GRADED = Table(
    "autograder_not_graded",
    OURS,
    Column("assignment", String(128), primary_key=True),
    Column("student", String(128), primary_key=True),
    Column("reason", Text, nullable=False),
    Column("scores", Text, nullable=False),
    Column("tried_at", String(32), nullable=False),
)
"""Whose submission could not be graded when it was last tried. Marks in the gradebook are of an earlier one, if any.

`scores`: the automatic ones at that time. Others since mean that something else, formgrader say, has graded it.
"""


Scores = Mapping[tuple[str, str], float | None]
"""(notebook, cell) → automatic score."""


@dataclass(frozen=True)
class Entry:
    """One line of the journal."""

    fingerprint: str
    """Of everything the marks depend on but the seed."""
    seed: str
    engine: str


class Book:
    """Use as a context manager; one at a time writes."""

    def __init__(self, course: Course) -> None:
        self.gradebook: Gradebook = course.gradebook()
        tried_again(lambda: OURS.create_all(self.gradebook.engine, checkfirst=True))

    def __enter__(self) -> Book:
        return self

    def __exit__(self, *_: Any) -> None:
        self.gradebook.close()

    @contextlib.contextmanager
    def transaction(self) -> Iterator[Gradebook]:
        """nbgrader's gradebook, whose commits wait for the end of the block; an exception takes everything back."""
        session = self.gradebook.db()
        session.commit = session.flush
        try:
            yield self.gradebook
            del session.commit
            session.commit()
        except BaseException:
            session.__dict__.pop("commit", None)
            session.rollback()
            raise
        finally:
            session.expunge_all()  # what others change meanwhile is read anew

    def note(self, graded: GradedSubmission, entry: Entry) -> None:
        """Inside a transaction: the journal's line for `graded`, in place of an older one."""
        session = self.gradebook.db()
        for table in (JOURNAL, NOT_GRADED):
            session.execute(delete(table).where(_line(table, graded)))
        session.execute(
            insert(JOURNAL).values(
                assignment=graded.assignment,
                student=graded.student,
                fingerprint=entry.fingerprint,
                seed=entry.seed,
                engine=entry.engine,
                graded_at=_now(),
                result=json.dumps(graded.as_json()),
            )
        )

    def note_not_graded(self, graded: GradedSubmission) -> None:
        """Inside a transaction: that `graded` could not be, for whoever exports marks."""
        session = self.gradebook.db()
        session.execute(delete(NOT_GRADED).where(_line(NOT_GRADED, graded)))
        about = {"assignment": graded.assignment, "student": graded.student, "tried_at": _now()}
        scores = as_text(self._automatic_scores(graded.assignment, graded.student).get(graded.student, {}))
        session.execute(insert(NOT_GRADED).values(reason=graded.reason or "", scores=scores, **about))

    def graded_before(self, assignment: str) -> dict[str, tuple[str, GradedSubmission]]:
        """Student → fingerprint and result, of those whose automatic scores are still what was recorded then.

        Not of those who handed in something since that could not be graded.
        """
        session = self.gradebook.db()
        columns = (JOURNAL.c.student, JOURNAL.c.fingerprint, JOURNAL.c.result)
        tried_since = select(NOT_GRADED.c.student).where(NOT_GRADED.c.assignment == assignment)
        lines = session.execute(
            select(*columns).where(JOURNAL.c.assignment == assignment, JOURNAL.c.student.not_in(tried_since))
        ).all()
        scores = self._automatic_scores(assignment) if lines else {}
        session.rollback()  # nothing was changed, and no lock is kept
        before = {}
        for student, fingerprint, text in lines:
            result = GradedSubmission.from_json(assignment, json.loads(text))
            recorded = {(mark.notebook, mark.id): mark.score for mark in result.questions}
            if recorded == scores.get(student):
                before[student] = fingerprint, result
        return before

    def _automatic_scores(self, assignment: str, student: str | None = None) -> dict[str, Scores]:
        of_whom = [] if student is None else [SubmittedAssignment.student_id == student]
        rows = self.gradebook.db().execute(grades_of(assignment, Grade.auto_score).where(*of_whom))
        scores: dict[str, Scores] = {}
        for student, notebook, cell, score in rows:
            scores.setdefault(student, {})[notebook, cell] = score
        return scores


def grades_of(assignment: str, *columns: Any) -> Select:
    """Student, notebook and cell of every grade, and then `columns` of it."""
    return (
        select(SubmittedAssignment.student_id, Notebook.name, BaseCell.name, *columns)
        .join(SubmittedNotebook, SubmittedNotebook.assignment_id == SubmittedAssignment.id)
        .join(Grade, Grade.notebook_id == SubmittedNotebook.id)
        .join(BaseCell, BaseCell.id == Grade.cell_id)
        .join(Notebook, Notebook.id == SubmittedNotebook.notebook_id)
        .join(Assignment, Assignment.id == SubmittedAssignment.assignment_id)
        .where(Assignment.name == assignment)
    )


def as_text(scores: Scores) -> str:
    """To be compared with what it was another time."""
    return json.dumps(sorted([*cell, score] for cell, score in scores.items()))


def _line(table: Table, graded: GradedSubmission) -> ColumnElement[bool]:
    return (table.c.assignment == graded.assignment) & (table.c.student == graded.student)


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
