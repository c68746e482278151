"""The class on one page: `reports/<assignment>.html`, self-contained, to be read on a phone or printed.

Written by `autograder grade` and by `autograder report` alike, from what the gradebook has at that moment.
"""

from __future__ import annotations

import os
import statistics
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from urllib.parse import quote

from jinja2 import Environment, PackageLoader, StrictUndefined, Template

from autograder.errors import GradingError
from autograder.grading.marks import Mark
from autograder.grading.settings import Course, open_course
from autograder.reports import wording
from autograder.reports.gathered import SHARES, Gathered, Key, Student, gather, missing, spreads
from autograder.reports.mistakes import Mistake, ranked_mistakes
from autograder.reports.results import write_whole
from autograder.reports.timeline import timeline
from autograder.reports.told import common_prefix

ROWS_AT_MOST = 100
"""Of a table that stands open. More are folded away, so many in each fold."""
NAMES_AT_MOST = 12
"""In a sentence. More are folded away behind their number."""
MISTAKES_AT_MOST = 12
"""That stand open: two screens of a phone. The rarer ones are folded away."""
BINS = 10


@dataclass(frozen=True)
class Fold:
    """Some of the students, in their order."""

    label: str
    rows: tuple[Student, ...]


def write_class_page(course: Path, assignment: str) -> Path:
    """Replace `reports/<assignment>.html` in the folder `course`. Returns its path."""
    opened = open_course(course)
    path = opened.root / "reports" / f"{assignment}.html"
    text = render(opened, gather(opened, assignment), datetime.now().astimezone())
    try:
        path.parent.mkdir(exist_ok=True)
        write_whole(path, text)
    except OSError as error:
        raise GradingError(f"{path} could not be written: {error.strerror}.", "The marks are recorded.") from error
    return path


@cache
def template() -> Template:
    """Compiled, with all its parts: that takes longer than filling it for a class of twenty."""
    environment = Environment(
        loader=PackageLoader("autograder"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= wording.FILTERS
    for part in environment.list_templates(filter_func=lambda name: name.startswith("class_")):
        environment.get_template(part)  # which keeps it
    return environment.get_template("class_report.html.j2")


def render(course: Course, gathered: Gathered, when: datetime) -> str:
    students, marks = gathered.students, gathered.recorded.marks
    by_id = {student.marks.id: student for student in students}
    mistakes = ranked_mistakes(gathered, course)
    totals = [student.marks.score for student in students]
    return template().render(
        page=gathered,
        due=marks.due,
        engines=marks.engines,
        seeds=marks.seeds,
        when=when,
        shares=SHARES,
        prefix=common_prefix(question.id for question in gathered.questions),
        several_notebooks=len({question.notebook for question in gathered.questions}) > 1,
        spreads=spreads(gathered),
        bins=_bins(totals, gathered.max_score),
        mean=statistics.fmean(totals) if totals else None,
        median=statistics.median(totals) if totals else None,
        folds=_folds(students),
        mistakes=mistakes,
        ranks=_ranks(mistakes),
        timeline=timeline(students, marks.due),
        late=sorted((one for one in students if one.marks.late), key=lambda one: one.marks.late, reverse=True),
        waiting=_by_question(gathered, Student.waits_for),
        not_checked=_by_question(gathered, Student.not_checked),
        by_hand=[(student, key, mark) for student in students for key, mark in _in_order(gathered, student)],
        penalties=any(one.marks.penalty for one in students),
        noted=[one for one in students if one.notes],
        alike=[(name, [[by_id[one] for one in group.students] for group in found.groups], found)
               for name, found in gathered.files],
        pages=_feedback_pages(course, gathered),
        missing=missing(gathered),
        rows_at_most=ROWS_AT_MOST,
        names_at_most=NAMES_AT_MOST,
        mistakes_at_most=MISTAKES_AT_MOST,
    )  # fmt: skip


def _folds(students: tuple[Student, ...]) -> list[Fold]:
    parts = [students[start : start + ROWS_AT_MOST] for start in range(0, len(students), ROWS_AT_MOST)]
    return [Fold(f"{part[0].marks.id} to {part[-1].marks.id}", part) for part in parts]


def _bins(totals: list[float], most: float) -> list[tuple[str, int]]:
    """How many students have 0–10 %, … of all points; a total on the border is in the upper one."""
    if not totals or most <= 0:
        return []
    counts = [0] * BINS
    for total in totals:
        counts[min(int(total / most * BINS + 1e-9), BINS - 1)] += 1
    step = 100 // BINS
    labels = [f"{place * step} to {place * step + step} %" for place in range(BINS)]
    return list(zip(labels, counts, strict=True))


def _ranks(mistakes: Iterable[Mistake]) -> dict[int, list[int]]:
    """Student → ranks of the mistakes they made."""
    found = defaultdict(list)
    for mistake in mistakes:
        for student in mistake.students:
            found[student.number].append(mistake.number)
    return dict(found)


def _by_question(gathered: Gathered, concerned: Callable[[Student], Iterable[Key]]) -> list[tuple[str, list[Student]]]:
    """Question → students it concerns, in the order of the lesson; only those that concern anybody."""
    found: dict[Key, list[Student]] = {(one.notebook, one.id): [] for one in gathered.questions}
    for student in gathered.students:
        for key in concerned(student):
            found.setdefault(key, []).append(student)
    return [(key[1], students) for key, students in found.items() if students]


def _in_order(gathered: Gathered, student: Student) -> list[tuple[Key, Mark]]:
    given = dict(student.given_by_hand())
    return [(key, given[key]) for one in gathered.questions if (key := (one.notebook, one.id)) in given]


def _feedback_pages(course: Course, gathered: Gathered) -> dict[int, list[tuple[str, str]]]:
    """Student → notebook and relative address of each feedback page that exists."""
    notebooks = list(dict.fromkeys(question.notebook for question in gathered.questions))
    # The folder's pattern is asked for once: at three thousand students that is seconds.
    pattern = str(course.folder("feedback", "\0", gathered.assignment))
    found = {}
    for student in gathered.students:
        folder = pattern.replace("\0", student.marks.id)
        pages = [(notebook, os.path.join(folder, f"{notebook}.html")) for notebook in notebooks]
        found[student.number] = [
            (notebook, quote(os.path.relpath(page, course.root / "reports")))
            for notebook, page in pages
            if os.path.isfile(page)
        ]
    return found
