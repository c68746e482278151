"""A class for its page: its marks and findings, question by question and student by student, and what nobody can tell.

Called by `class_page`. A mark given by hand is the one that counts, as in formgrader; the automatic one stays beside
it.
"""

from __future__ import annotations

import statistics
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from autograder.first_cause import question_of
from autograder.grading.marks import Mark, Question, Standing, StudentMarks
from autograder.grading.settings import Course
from autograder.records import Finding, Outcome, QuestionMark
from autograder.reports.alike import Likeness, likeness
from autograder.reports.files import students_files
from autograder.reports.recorded import Recorded, recorded_class

SHARES = ("none", "less than half", "half or more", "all")
"""Of a question's points."""
EARLIER = (
    "Automatic marks were changed after `autograder grade` had given them: what it saw in those answers is left out."
)
NOT_WRITTEN = "not_written_yet"
"""How the names of those mistakes end."""

Key = tuple[str, str]
"""Notebook and id of a question."""


@dataclass(frozen=True)
class Student:
    """One line of the tables: a student with a mark, or more."""

    number: int
    """Its place on the page, for links."""
    marks: StudentMarks

    @property
    def shown(self) -> str:
        return self.marks.name

    @cached_property
    def judged(self) -> tuple[QuestionMark, ...]:
        """What `autograder grade` saw, of those questions whose automatic mark is still the one it gave."""
        seen = self.marks.graded.questions if self.marks.graded else ()
        return tuple(
            one
            for one in seen
            if (mark := self.marks.marks.get((one.notebook, one.id))) is not None and mark.auto == one.score
        )

    @property
    def notes(self) -> tuple[str, ...]:
        graded = self.marks.graded
        if graded is None:
            return ()
        return (*graded.notes, *([EARLIER] if len(self.judged) < len(graded.questions) else []))

    def findings(self) -> list[tuple[QuestionMark, Finding]]:
        """First causes only."""
        return [(mark, one) for mark in self.judged for one in mark.findings if one.echo_of is None]

    def not_checked(self) -> list[Key]:
        """What we could not check, and nobody has looked at since."""
        return [
            key
            for one in self.judged
            if one.outcome is Outcome.COULD_NOT_CHECK and self.marks.marks[key := (one.notebook, one.id)].waits
        ]

    def waits_for(self) -> list[Key]:
        """What else a person should look at, or look at again."""
        ours = set(self.not_checked())
        return [key for key, mark in self.marks.marks.items() if _waits(mark) and key not in ours]

    def given_by_hand(self) -> list[tuple[Key, Mark]]:
        return [(key, mark) for key, mark in self.marks.marks.items() if mark.manual is not None or mark.extra]


@dataclass(frozen=True)
class Spread:
    """How the marks of one question are distributed."""

    question: Question
    counts: tuple[int, ...]
    """For each of `SHARES`."""
    waiting: int
    """Who has no mark yet."""
    left_empty: int
    """Who wrote nothing, as far as we can tell; they are in `counts` or `waiting`, too."""
    mean: float | None
    median: float | None

    @property
    def everybody(self) -> int:
        return sum(self.counts) + self.waiting


@dataclass(frozen=True)
class Gathered:
    recorded: Recorded
    students: tuple[Student, ...]
    not_graded: tuple[StudentMarks, ...]
    """Handed in, and could not be graded the last time, or has not been yet."""
    absent: int
    """Students whom the gradebook knows, and who handed in nothing."""
    files: tuple[tuple[str, Likeness], ...] = ()
    """Name of a file that students write in, and what comparing them showed."""

    @property
    def assignment(self) -> str:
        return self.recorded.marks.assignment

    @property
    def questions(self) -> tuple[Question, ...]:
        return self.recorded.marks.questions

    @property
    def max_score(self) -> float:
        return self.recorded.marks.max_score


def gather(course: Course, assignment: str) -> Gathered:
    recorded = recorded_class(course, assignment)
    everybody = recorded.marks.students
    with_marks = [one for one in everybody if any(mark.score is not None for mark in one.marks.values())]
    files = students_files(course, assignment, [one.id for one in with_marks])
    return Gathered(
        recorded,
        tuple(Student(number, one) for number, one in enumerate(with_marks, 1)),
        tuple(one for one in everybody if one.standing is Standing.NOT_GRADED),
        sum(one.standing is Standing.NOT_HANDED_IN for one in everybody),
        tuple((file.name, likeness(file.texts, file.released)) for file in files if file.texts),
    )


def spreads(gathered: Gathered) -> list[Spread]:
    """One for each question, in the order of the lesson."""
    untouched = Counter(
        (mark.notebook, mark.id)
        for student in gathered.students
        for mark in student.judged
        if any((finding.misconception or "").endswith(NOT_WRITTEN) for finding in mark.findings)
    )
    return [_spread(gathered, one, untouched) for one in gathered.questions]


def _spread(gathered: Gathered, question: Question, untouched: Counter[Key]) -> Spread:
    key = question.notebook, question.id
    counts, scores, waiting = [0] * len(SHARES), [], 0
    for student in gathered.students:
        mark = student.marks.marks.get(key)
        if mark is None or mark.score is None:
            waiting += 1
        else:
            scores.append(mark.score)
            counts[_share(mark.score, question.max_score)] += 1
    left_empty = untouched[key] or gathered.recorded.left_empty.get(key, 0)
    mean, median = (statistics.fmean(scores), statistics.median(scores)) if scores else (None, None)
    return Spread(question, tuple(counts), waiting, left_empty, mean, median)


def _share(score: float, points: float) -> int:
    if score >= points - 1e-9:
        return SHARES.index("all")
    if score <= 0:
        return SHARES.index("none")
    return SHARES.index("less than half" if score < points / 2 else "half or more")


def missing(gathered: Gathered) -> list[str]:
    """What this page cannot tell, and why."""
    students = gathered.students
    found = []
    if elsewhere := sum(one.marks.graded is None for one in students):
        found.append(
            f"Which mistakes {_how_many(elsewhere, students)} made: their marks come from another program, such as "
            f"`nbgrader autograde`. `autograder grade {gathered.assignment} --force` names the mistakes in questions "
            "of this pack; marks given by hand stay."
        )
    elif students and not any(student.findings() for student in students) and not _asks_ours(students):
        found.append("Which mistakes anybody made: none of the questions is one of this pack's.")
    if students and gathered.recorded.marks.due is None:
        found.append("Who was late: the gradebook has no due date. Formgrader's page “Manage Assignments” sets one.")
    if timeless := sum(one.marks.timestamp is None for one in students):
        found.append(f"When {_how_many(timeless, students)} handed in: there was no `timestamp.txt`.")
    if students and not gathered.files:
        found.append("Whose files are near-identical: students of this assignment write in the notebook only.")
    return found


def _asks_ours(students: Sequence[Student]) -> bool:
    return any(question_of(mark) for student in students[:1] for mark in student.judged)


def _waits(mark: Mark) -> bool:
    return mark.waits or mark.score is None


def _how_many(some: int, everybody: Sequence[Student]) -> str:
    return "anybody" if some == len(everybody) else f"{some} of {len(everybody)} students"
