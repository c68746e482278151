"""Names of a platform → ids of the course. Called by `collect`.

The list is the one that `nbgrader db student import` reads: a CSV with `id`, and of `first_name`, `last_name`, `email`,
`lms_user_id` what there is.
"""

from __future__ import annotations

import csv
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from autograder.collecting.handed_in import Who
from autograder.errors import CourseError, NotCollected


@dataclass(frozen=True)
class Student:
    id: str
    lms_user_id: str = ""
    email: str = ""
    first_name: str = ""
    last_name: str = ""

    def names(self) -> set[str]:
        """Both orders: Moodle and Gradescope put the first name first, Canvas the last."""
        first, last = _letters(self.first_name), _letters(self.last_name)
        return {first + last, last + first} - {""}


def read_roster(path: Path) -> list[Student]:
    """Raises `CourseError` when it is no such list, or names an id twice."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.DictReader(file))
    except (OSError, UnicodeError, csv.Error) as error:
        raise CourseError(f"{path} could not be read: {error}.", "Save the students' list as CSV in UTF-8.") from error
    if not rows or "id" not in rows[0]:
        raise CourseError(
            f"{path} has no column `id`.",
            "Give it the columns of `nbgrader db student import`: id, first_name, last_name, email, lms_user_id.",
        )
    fields = Student.__dataclass_fields__
    students = [Student(**{name: (row.get(name) or "").strip() for name in fields}) for row in rows]
    students = [student for student in students if student.id]
    ids = [student.id for student in students]
    if twice := sorted({one for one in ids if ids.count(one) > 1}):
        raise CourseError(f"{path} has {', '.join(twice)} more than once.", "Give every student an id of their own.")
    for one in ids:
        if "/" in one or "\\" in one or one in (".", ".."):
            raise CourseError(f"{path} has the id {one}, which cannot be the name of a folder.", "Give another.")
    return students


def id_of(who: Who, roster: Iterable[Student]) -> str:
    """By number, else by e-mail address or id, else by name. Raises `NotCollected` for nobody, or for two."""
    ways = (
        lambda student: who.number and student.lms_user_id == who.number,
        lambda student: who.email and student.email.casefold() == who.email.casefold(),
        lambda student: student.id in (who.sid, who.suggested),
        lambda student: _letters(who.name) in student.names(),
    )
    for way in ways:
        found = [student.id for student in roster if way(student)]
        if len(found) == 1:
            return found[0]
        if found:
            raise NotCollected(
                f"may be {' or '.join(found)} in the list of students.", f"Write lms_user_id {who.number} beside one."
            )
    raise NotCollected("is not in the list of students.", f"Write lms_user_id {who.number} beside their id.")


def _letters(name: str) -> str:
    """`Lovelace, Ada` and `lovelaceada` are the same."""
    text = unicodedata.normalize("NFKC", name).casefold()
    return "".join(letter for letter in text if letter.isalnum())
