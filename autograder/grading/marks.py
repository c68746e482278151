"""The marks of one assignment as the gradebook has them now, in a handful of queries however large the class.

Every exporter and the class page begin here. nbgrader's own export gives 0.0 to whom nobody has graded; here each
student has a standing, and only a graded one has a mark.
"""

from __future__ import annotations

import glob
import json
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path

from nbgrader.api import (
    Grade,
    Gradebook,
    GradeCell,
    MissingEntry,
    Notebook,
    Student,
    SubmittedAssignment,
    SubmittedNotebook,
    TaskCell,
)
from nbgrader.coursedir import CourseDirectory
from sqlalchemy import func, inspect, select

from autograder.errors import GradingError
from autograder.grading.book import JOURNAL, NOT_GRADED, as_text, grades_of
from autograder.printable import printable
from autograder.records import GradedSubmission


class Standing(StrEnum):
    """What the gradebook says of one student."""

    GRADED = "graded"
    WAITING = "waiting"
    """Cells are left that a person has to mark, or to look at again."""
    NOT_GRADED = "not graded"
    """Handed in, but it could not be graded, or has not been yet."""
    NOT_HANDED_IN = "not handed in"


@dataclass(frozen=True)
class Question:
    """One graded cell."""

    notebook: str
    id: str
    max_score: float


@dataclass(frozen=True)
class Mark:
    """What one student has for one cell."""

    auto: float | None
    manual: float | None
    extra: float | None
    waits: bool
    """A person is asked to mark it, or to look again at the mark given by hand."""

    @property
    def score(self) -> float | None:
        """As nbgrader counts: a mark given by hand goes before the automatic one. None while there is neither."""
        given = self.auto if self.manual is None else self.manual
        return None if given is None else given + (self.extra or 0.0)


@dataclass(frozen=True)
class StudentMarks:
    """One student and their marks."""

    id: str
    first_name: str = ""
    last_name: str = ""
    email: str = ""
    lms_user_id: str = ""
    standing: Standing = Standing.NOT_HANDED_IN
    why: str = ""
    """What keeps the mark back; empty when nothing does."""
    marks: Mapping[tuple[str, str], Mark] = field(default_factory=dict)
    """(notebook, cell) → mark."""
    penalty: float = 0.0
    """Points taken off for being late."""
    timestamp: datetime | None = None
    """When it was handed in: UTC, without a zone, as nbgrader keeps it."""
    due: datetime | None = None
    """With this student's extension; UTC."""
    graded: GradedSubmission | None = None
    """As it was graded by `autograder grade`, with its findings; None when something else graded it."""

    @property
    def name(self) -> str:
        called = " ".join(filter(None, [self.first_name, self.last_name]))
        return printable(f"{self.id} ({called})" if called else self.id)

    @property
    def late(self) -> timedelta:
        """Zero where it was in time, or where nobody can tell."""
        if self.timestamp is None or self.due is None:
            return timedelta(0)
        return max(timedelta(0), self.timestamp - self.due)

    @property
    def raw_score(self) -> float:
        return sum(mark.score or 0.0 for mark in self.marks.values())

    @property
    def score(self) -> float:
        """Points so far, less what was late; never below zero, as nbgrader exports it."""
        return max(0.0, self.raw_score - self.penalty)


@dataclass(frozen=True)
class ClassMarks:
    """One assignment."""

    assignment: str
    questions: tuple[Question, ...]
    """In the order of the notebook where `autograder grade` has seen it, by name otherwise."""
    students: tuple[StudentMarks, ...]
    """Sorted by id: all that the gradebook knows, and all that handed in."""
    due: datetime | None = None
    """For those without an extension; UTC."""
    engines: tuple[str, ...] = ()
    seeds: tuple[str, ...] = ()

    @property
    def max_score(self) -> float:
        return sum(question.max_score for question in self.questions)


def names_handed_in(coursedir: CourseDirectory, assignment: str) -> set[str]:
    """The folders in `submitted/`, for whom the gradebook may not know at all."""
    mark = "\0"
    pattern = coursedir.format_path(coursedir.submitted_directory, mark, assignment)
    before, _, after = pattern.partition(mark)
    found = glob.glob(glob.escape(before) + "*" + glob.escape(after))
    name = re.compile(re.escape(before) + "([^/]+)" + re.escape(after))
    return {match[1] for path in found if Path(path).is_dir() and (match := name.fullmatch(path))}


def read_marks(gradebook: Gradebook, assignment: str, handed_in: Collection[str] = ()) -> ClassMarks:
    """`handed_in`: the names in `submitted/`; one that is not in the gradebook at all was never graded.

    Raises `GradingError` when the gradebook has no such assignment.
    """
    try:
        due = gradebook.find_assignment(assignment).duedate
    except MissingEntry:
        names = ", ".join(sorted(one.name for one in gradebook.assignments)) or "none yet"
        raise GradingError(
            f"The gradebook has no assignment {printable(assignment)}.", f"It has: {names}. Grade it first."
        ) from None
    ask = gradebook.db().execute
    students = {
        row.id: StudentMarks(row.id, *(value or "" for value in row[1:]))
        for row in ask(select(Student.id, Student.first_name, Student.last_name, Student.email, Student.lms_user_id))
    }
    for name in handed_in:
        students.setdefault(name, StudentMarks(name))
    marks = _marks(gradebook, assignment)
    submissions = {
        row.student_id: row
        for row in ask(
            select(
                SubmittedAssignment.student_id,
                SubmittedAssignment.timestamp,
                SubmittedAssignment.extension,
                func.coalesce(func.sum(SubmittedNotebook.late_submission_penalty), 0.0).label("penalty"),
            )
            .join(SubmittedNotebook, SubmittedNotebook.assignment_id == SubmittedAssignment.id, isouter=True)
            .where(SubmittedAssignment.assignment.has(name=assignment))
            .group_by(SubmittedAssignment.student_id, SubmittedAssignment.timestamp, SubmittedAssignment.extension)
        )
    }
    journal, refused = _journal(gradebook, assignment, marks)
    known = []
    for student in sorted(students.values(), key=lambda one: one.id):
        row, mine = submissions.get(student.id), marks.get(student.id, {})
        standing, why = _standing(row is not None, mine, refused.get(student.id), student.id in handed_in)
        if row is not None:
            until = due + row.extension if due and row.extension else due
            student = replace(student, marks=mine, penalty=row.penalty, timestamp=row.timestamp, due=until)
        graded = journal[student.id][0] if student.id in journal else None
        known.append(replace(student, standing=standing, why=why, graded=graded))
    return ClassMarks(
        assignment,
        _questions(gradebook, assignment, [graded for graded, _, _ in journal.values()]),
        tuple(known),
        due,
        tuple(sorted({engine for _, engine, _ in journal.values()})),
        tuple(sorted({seed for _, _, seed in journal.values()})),
    )


def _standing(
    recorded: bool, marks: Mapping[tuple[str, str], Mark], refused: str | None, handed_in: bool
) -> tuple[Standing, str]:
    if refused is not None:
        return Standing.NOT_GRADED, refused
    if not recorded:
        if handed_in:
            return Standing.NOT_GRADED, "Handed in, but not graded yet."
        return Standing.NOT_HANDED_IN, ""
    if marks and all(mark.score is None for mark in marks.values()):
        return Standing.NOT_GRADED, "Nothing of it has a mark yet."
    if waiting := [cell for (_, cell), mark in marks.items() if mark.waits or mark.score is None]:
        return Standing.WAITING, f"Waits for a person: {printable(', '.join(sorted(waiting)))}."
    return Standing.GRADED, ""


def _marks(gradebook: Gradebook, assignment: str) -> dict[str, dict[tuple[str, str], Mark]]:
    about = (Grade.auto_score, Grade.manual_score, Grade.extra_credit, Grade.needs_manual_grade)
    rows = gradebook.db().execute(grades_of(assignment, *about))
    marks: dict[str, dict[tuple[str, str], Mark]] = {}
    for student, notebook, cell, *mark in rows:
        marks.setdefault(student, {})[notebook, cell] = Mark(*mark)
    return marks


def _questions(gradebook: Gradebook, assignment: str, graded: list[GradedSubmission]) -> tuple[Question, ...]:
    found = {}
    for kind in (GradeCell, TaskCell):
        rows = gradebook.db().execute(
            select(Notebook.name, kind.name, kind.max_score)
            .join(Notebook, Notebook.id == kind.notebook_id)
            .where(Notebook.assignment.has(name=assignment))
        )
        found |= {(notebook, cell): Question(notebook, cell, float(points or 0.0)) for notebook, cell, points in rows}
    # The gradebook does not know which cell comes first; a result does.
    seen = [(mark.notebook, mark.id) for mark in graded[0].questions] if graded else []
    places = {key: place for place, key in enumerate(seen)}
    return tuple(found[key] for key in sorted(found, key=lambda key: (places.get(key, len(places)), key)))


def _journal(
    gradebook: Gradebook, assignment: str, marks: Mapping[str, Mapping[tuple[str, str], Mark]]
) -> tuple[dict[str, tuple[GradedSubmission, str, str]], dict[str, str]]:
    """Student → result, engine, seed; and student → why it could not be graded the last time."""
    there = inspect(gradebook.engine).get_table_names()
    ask = gradebook.db().execute
    journal, refused = {}, {}
    if JOURNAL.name in there:
        columns = (JOURNAL.c.student, JOURNAL.c.result, JOURNAL.c.engine, JOURNAL.c.seed)
        for student, text, engine, seed in ask(select(*columns).where(JOURNAL.c.assignment == assignment)):
            journal[student] = GradedSubmission.from_json(assignment, json.loads(text)), engine, seed
    if NOT_GRADED.name in there:
        columns = (NOT_GRADED.c.student, NOT_GRADED.c.reason, NOT_GRADED.c.scores)
        for student, reason, scores in ask(select(*columns).where(NOT_GRADED.c.assignment == assignment)):
            now = {cell: mark.auto for cell, mark in marks.get(student, {}).items()}
            if as_text(now) == scores:  # else something else has graded it since
                refused[student] = reason
    return journal, refused
