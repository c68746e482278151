"""The course's gradebook while a class is graded: opened once, one transaction for each submission. Used by `record`.

nbgrader commits after every cell, and opens the gradebook anew in every step. Here its own calls run inside one
transaction, so that a submission's marks are all there or not at all; and what was graded is written down beside them,
in a table of ours, so that a run that was killed knows where to go on.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from nbgrader.api import Assignment, BaseCell, Grade, Gradebook, Notebook, SubmittedAssignment, SubmittedNotebook
from sqlalchemy import Column, MetaData, String, Table, Text, delete, insert, select

from autograder.grading.settings import Course
from autograder.records import GradedSubmission

JOURNAL = Table(
    "autograder_record",
    MetaData(),
    Column("assignment", String(128), primary_key=True),
    Column("student", String(128), primary_key=True),
    Column("fingerprint", String(64), nullable=False),
    Column("seed", Text, nullable=False),
    Column("engine", Text, nullable=False),
    Column("graded_at", String(32), nullable=False),
    Column("result", Text, nullable=False),
)
"""What was graded, how, and what came of it. nbgrader's own tables stay as nbgrader makes them."""


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
        JOURNAL.create(self.gradebook.engine, checkfirst=True)

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
        mine = (JOURNAL.c.assignment == graded.assignment) & (JOURNAL.c.student == graded.student)
        session.execute(delete(JOURNAL).where(mine))
        session.execute(
            insert(JOURNAL).values(
                assignment=graded.assignment,
                student=graded.student,
                fingerprint=entry.fingerprint,
                seed=entry.seed,
                engine=entry.engine,
                graded_at=datetime.now(UTC).isoformat(timespec="seconds"),
                result=json.dumps(graded.as_json()),
            )
        )

    def graded_before(self, assignment: str) -> dict[str, tuple[str, GradedSubmission]]:
        """Student → fingerprint and result, of those whose automatic scores are still what was recorded then."""
        session = self.gradebook.db()
        columns = (JOURNAL.c.student, JOURNAL.c.fingerprint, JOURNAL.c.result)
        lines = session.execute(select(*columns).where(JOURNAL.c.assignment == assignment)).all()
        scores = self._automatic_scores(assignment) if lines else {}
        session.rollback()  # nothing was changed, and no lock is kept
        before = {}
        for student, fingerprint, text in lines:
            result = GradedSubmission.from_json(assignment, json.loads(text))
            recorded = {(mark.notebook, mark.id): mark.score for mark in result.questions}
            if recorded == scores.get(student):
                before[student] = fingerprint, result
        return before

    def _automatic_scores(self, assignment: str) -> dict[str, dict[tuple[str, str], float | None]]:
        rows = self.gradebook.db().execute(
            select(SubmittedAssignment.student_id, Notebook.name, BaseCell.name, Grade.auto_score)
            .join(SubmittedNotebook, SubmittedNotebook.assignment_id == SubmittedAssignment.id)
            .join(Grade, Grade.notebook_id == SubmittedNotebook.id)
            .join(BaseCell, BaseCell.id == Grade.cell_id)
            .join(Notebook, Notebook.id == SubmittedNotebook.notebook_id)
            .join(Assignment, Assignment.id == SubmittedAssignment.assignment_id)
            .where(Assignment.name == assignment)
        )
        scores: dict[str, dict[tuple[str, str], float | None]] = {}
        for student, notebook, cell, score in rows:
            scores.setdefault(student, {})[notebook, cell] = score
        return scores
