"""The class on one page: `reports/<assignment>.html`, self-contained, to be read on a phone or printed.

Reads a `ClassResult` only: nbgrader's own view of a class takes a minute at ten thousand students.
"""

from __future__ import annotations

import re
import statistics
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from urllib.parse import quote

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from autograder.errors import GradingError
from autograder.printable import printable
from autograder.records import ClassResult, Finding, GradedSubmission, Outcome, QuestionMark
from autograder.reports.results import write_whole
from autograder.reports.told import Told, common_prefix, told

WAITING = (Outcome.MANUAL, Outcome.COULD_NOT_CHECK)


@dataclass(frozen=True)
class Mistake:
    """One thing that went wrong, and whose answers showed it."""

    where: tuple[str, ...]
    """Ids of the questions it was seen in."""
    says: str
    try_next: str
    named: bool
    """False for "wrong, not recognised"."""
    students: tuple[str, ...]


@dataclass(frozen=True)
class Row:
    submission: GradedSubmission
    marks: tuple[QuestionMark | None, ...]
    """One for each column."""
    told: tuple[Told, ...]
    waiting: tuple[QuestionMark, ...]
    pages: tuple[tuple[str, str], ...]
    """Notebook and relative address of each feedback page."""


def write_class_page(course: Path, result: ClassResult) -> Path:
    """Replace `reports/<assignment>.html` in the folder `course`. Returns its path."""
    path = Path(course) / "reports" / f"{result.assignment}.html"
    try:
        path.parent.mkdir(exist_ok=True)
        write_whole(path, render(course, result, datetime.now().astimezone()))
    except OSError as error:
        raise GradingError(f"{path} could not be written: {error.strerror}.", "The marks are recorded.") from error
    return path


def render(course: Path, result: ClassResult, when: datetime) -> str:
    environment = Environment(
        loader=PackageLoader("autograder"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"mark": _mark, "state": _state, "prose": _prose, "printable": printable}
    graded = [one for one in result.submissions if one.reason is None]
    columns = list(dict.fromkeys((mark.notebook, mark.id) for one in graded for mark in one.questions))
    prefix = common_prefix(question for _, question in columns)
    rows = [_row(Path(course), one, columns, prefix) for one in graded]
    return environment.get_template("class_report.html.j2").render(
        result=result,
        when=when,
        columns=columns,
        prefix=prefix,
        several_notebooks=len({notebook for notebook, _ in columns}) > 1,
        points=_points(graded),
        averages=_averages(graded, columns),
        rows=rows,
        mistakes=ranked_mistakes(graded),
        waiting=[row for row in rows if row.waiting],
        noted=[one for one in result.submissions if one.notes],
        mean=statistics.mean([one.score for one in graded]) if graded else None,
        median=statistics.median([one.score for one in graded]) if graded else None,
        max_score=max((one.max_score for one in graded), default=0),
    )


def ranked_mistakes(graded: Iterable[GradedSubmission]) -> list[Mistake]:
    """The most frequent first; named ones before the others where as many students made them."""
    groups: dict[tuple, list[tuple[str, Finding]]] = defaultdict(list)
    for one in graded:
        for finding in (finding for mark in one.questions for finding in mark.findings if finding.echo_of is None):
            key = (finding.misconception,) if finding.misconception else (None, finding.where, finding.says)
            groups[key].append((one.student, finding))
    mistakes = [
        Mistake(
            where=tuple(dict.fromkeys(finding.where for _, finding in seen)),
            says=statistics.mode(finding.says for _, finding in seen),
            try_next=statistics.mode(finding.try_next for _, finding in seen),
            named=key[0] is not None,
            students=tuple(dict.fromkeys(student for student, _ in seen)),
        )
        for key, seen in groups.items()
    ]
    return sorted(mistakes, key=lambda mistake: (-len(mistake.students), not mistake.named, mistake.where))


def _row(course: Path, one: GradedSubmission, columns: list[tuple[str, str]], prefix: str) -> Row:
    marks = {(mark.notebook, mark.id): mark for mark in one.questions}
    pages = [
        (notebook, course / "feedback" / one.student / one.assignment / f"{notebook}.html")
        for notebook in dict.fromkeys(mark.notebook for mark in one.questions)
    ]
    return Row(
        one,
        tuple(marks.get(column) for column in columns),
        told(one, prefix),
        tuple(mark for mark in one.questions if mark.outcome in WAITING),
        tuple((notebook, quote(f"../{page.relative_to(course)}")) for notebook, page in pages if page.is_file()),
    )


def _points(graded: list[GradedSubmission]) -> dict[tuple[str, str], float]:
    return {(mark.notebook, mark.id): mark.max_score for one in graded for mark in one.questions}


def _averages(graded: list[GradedSubmission], columns: list[tuple[str, str]]) -> list[float | None]:
    """Mean mark of each column over those who have one."""
    given = defaultdict(list)
    for mark in (mark for one in graded for mark in one.questions):
        if mark.score is not None:
            given[mark.notebook, mark.id].append(mark.score)
    return [statistics.mean(given[column]) if given[column] else None for column in columns]


def _prose(text: str) -> Markup:
    """`name` between backticks becomes code; everything else stays text."""
    return Markup(re.sub(r"`([^`]{1,80})`", r"<code>\1</code>", str(escape(printable(text)))))


def _mark(mark: QuestionMark | None) -> str:
    """A score in words and figures: colour alone tells a colour-blind reader nothing."""
    if mark is None:
        return "–"
    if mark.outcome is Outcome.MANUAL:
        return "by hand"
    if mark.outcome is Outcome.COULD_NOT_CHECK:
        return "look"
    return f"{mark.score:g}" + (" ✓" if mark.outcome is Outcome.PASSED else "")


def _state(mark: QuestionMark | None) -> str:
    """The CSS class of a score."""
    if mark is None or mark.outcome in WAITING:
        return "waiting"
    if mark.outcome is Outcome.PASSED:
        return "full"
    return "part" if mark.score else "none"
