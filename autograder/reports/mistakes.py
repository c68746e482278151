"""What went wrong in a class, the most frequent first, and where in the lessons each of them is treated."""

from __future__ import annotations

import statistics
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from autograder.grading.settings import Course
from autograder.misconceptions.catalogue import catalogue
from autograder.records import Finding, QuestionMark
from autograder.reports.gathered import Gathered, Key, Student


@dataclass(frozen=True)
class Lesson:
    """Where a mistake is treated."""

    notebook: str
    heading: str
    link: str
    """Relative to the page; "" where the notebook is not in this course."""


@dataclass(frozen=True)
class Mistake:
    """One thing that went wrong, and whose answers showed it."""

    number: int
    """Its rank, and its place on the page, for links."""
    where: tuple[str, ...]
    """Ids of the cells it was seen in, in the order of the lesson."""
    says: str
    try_next: str
    why: str
    """What we think happened, for the instructor; "" where we do not know."""
    wordings: int
    """In how many ways students were told: what was not recognised is told in many."""
    named: bool
    """False for "wrong, not recognised"."""
    students: tuple[Student, ...]
    lesson: Lesson | None


def ranked_mistakes(gathered: Gathered, course: Course) -> list[Mistake]:
    """The most frequent first; named ones before the others where as many students made them.

    What was not recognised is one line for each question: its words differ from student to student.
    """
    known = {one.slug: one for one in catalogue()}
    groups: dict[tuple[str | None, str], list[tuple[Student, QuestionMark, Finding]]] = defaultdict(list)
    for student in gathered.students:
        for mark, finding in student.findings():
            slug = finding.misconception
            groups[(slug, "") if slug else (None, mark.id)].append((student, mark, finding))
    in_order = sorted(
        groups.items(),
        key=lambda one: (-len({student.number for student, _, _ in one[1]}), one[0][0] is None, one[0][1]),
    )
    place = {(one.notebook, one.id): number for number, one in enumerate(gathered.questions)}
    lessons: dict[tuple[str, str], Lesson] = {}
    mistakes = []
    for number, ((slug, _), seen) in enumerate(in_order, 1):
        told = statistics.mode((finding.says, finding.try_next) for _, _, finding in seen)
        record = known.get(slug or "")
        lesson = None
        if record:
            key = record.lesson, record.heading
            lesson = lessons[key] = lessons.get(key) or lesson_at(course, *key)
        mistakes.append(
            Mistake(
                number=number,
                where=_in_order({(mark.notebook, mark.id) for _, mark, _ in seen}, place),
                says=told[0],
                try_next=told[1],
                why=record.why if record else "",
                wordings=len({finding.says for _, _, finding in seen}),
                named=slug is not None,
                students=tuple({student.number: student for student, _, _ in seen}.values()),
                lesson=lesson,
            )
        )
    return mistakes


def _in_order(cells: Iterable[Key], place: Mapping[Key, int]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(cell for _, cell in sorted(cells, key=lambda key: (place.get(key, len(place)), key))))


def lesson_at(course: Course, assignment: str, heading: str) -> Lesson:
    """The heading in the notebook that students have; JupyterLab scrolls to it."""
    for step in ("release", "source"):
        for path in sorted(course.folder(step, ".", assignment).glob("*.ipynb")):
            if path.is_relative_to(course.root):
                link = quote(str(Path("..", path.relative_to(course.root)))) + "#" + quote(heading.replace(" ", "-"))
                return Lesson(path.stem, heading, link)
    return Lesson(assignment, heading, "")
