"""Which row of an LMS's file is which student of the gradebook. Never guessed: what could be two is neither."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from autograder.grading.marks import StudentMarks

ANY = ("id", "email", "lms_user_id")
"""What a student may be called in the gradebook."""


@dataclass(frozen=True)
class Called:
    """One identifying field of a row."""

    value: str
    may_be: tuple[str, ...] = ANY
    """Attributes of a student that it is held against."""


@dataclass
class Matches:
    students: dict[int, StudentMarks] = field(default_factory=dict)
    """Row → student."""
    ambiguous: dict[int, tuple[str, ...]] = field(default_factory=dict)
    """Row → names of the students it could be, or that other rows could be, too."""
    rows_left: list[int] = field(default_factory=list)
    students_left: list[StudentMarks] = field(default_factory=list)
    """Neither matched nor among the ambiguous."""

    def taken(self) -> set[str]:
        """Ids of the students who are one or the other."""
        matched = {student.id for student in self.students.values()}
        return matched.union(*self.ambiguous.values())


def match(rows: Mapping[int, Sequence[Called]], students: Sequence[StudentMarks]) -> Matches:
    """First by what is equal, then, for who is left, by what stands before the @ of an address."""
    matches = Matches()
    for written in (_as_written, _before_at):
        _match_by(written, rows, students, matches)
    taken = matches.taken()
    matches.rows_left = [row for row in rows if row not in matches.students and row not in matches.ambiguous]
    matches.students_left = [student for student in students if student.id not in taken]
    return matches


def _match_by(
    written: Callable[[str], str],
    rows: Mapping[int, Sequence[Called]],
    students: Sequence[StudentMarks],
    matches: Matches,
) -> None:
    taken = matches.taken()
    known: dict[tuple[str, str], set[str]] = {}
    by_id = {student.id: student for student in students if student.id not in taken}
    for student in by_id.values():
        for kind in ANY:
            if value := written(getattr(student, kind)):
                known.setdefault((kind, value), set()).add(student.id)
    could_be = {
        row: {
            student
            for called in names
            if (value := written(called.value))
            for kind in called.may_be
            for student in known.get((kind, value), ())
        }
        for row, names in rows.items()
        if row not in matches.students and row not in matches.ambiguous
    }
    wanted: dict[str, int] = {}
    for candidates in could_be.values():
        for student in candidates:
            wanted[student] = wanted.get(student, 0) + 1
    for row, candidates in could_be.items():
        if len(candidates) == 1 and wanted[next(iter(candidates))] == 1:
            matches.students[row] = by_id[next(iter(candidates))]
        elif candidates:
            matches.ambiguous[row] = tuple(sorted(candidates))


def _as_written(value: str) -> str:
    return unicodedata.normalize("NFC", value).strip().casefold()


def _before_at(value: str) -> str:
    return _as_written(value).partition("@")[0]
