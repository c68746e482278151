"""Downloads → entries → who handed in what → the latest of each → `submitted/`. Called by `command`.

What is wrong with one student's work, or with one entry, is told by name and costs nobody else theirs.
"""

from __future__ import annotations

import contextlib
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from fnmatch import fnmatch
from pathlib import Path

from autograder.collecting.archive import zip_entries
from autograder.collecting.conventions import handed_in
from autograder.collecting.entries import is_nobodys
from autograder.collecting.folder import folder_entries
from autograder.collecting.handed_in import HandedIn
from autograder.collecting.place import ASIDE, Outcome, compare, put
from autograder.collecting.roster import Student, id_of
from autograder.errors import CouldNotGrade, CourseError, NotCollected
from autograder.grading.assignment import assignment_names
from autograder.grading.collect import FOLDER_BYTES_MAX
from autograder.grading.notebook_file import NOTEBOOK_BYTES_MAX
from autograder.grading.settings import Course

NOBODYS_FILE = "is in no student's folder, and its name does not say whose it is"

LONG_AGO = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True)
class Line:
    """One line of the table: what became of one submission, or of an entry that is nobody's."""

    student: str
    label: str
    source: str
    outcome: Outcome
    time: datetime | None = None
    late: bool = False
    files: int = 0
    notes: tuple[str, ...] = ()


def collect(
    course: Course,
    assignment: str,
    sources: Iterable[Path],
    *,
    roster: list[Student] | None = None,
    convention: str | None = None,
    dry_run: bool = False,
) -> list[Line]:
    """Fill `submitted/` from the downloads, in their order: of two that cannot be told apart by time the last counts.

    Raises `CourseError` for an assignment that the course does not have.
    """
    names = assignment_names(course)
    if assignment not in names:
        raise CourseError(f"No assignment is called {assignment}.", f"Choose one of: {', '.join(names) or 'none yet'}.")
    expected = {path.name for path in course.folder("source", ".", assignment).iterdir()}
    others = set(names) - {assignment}
    lines: list[Line] = []
    everything: list[HandedIn] = []
    with contextlib.ExitStack() as stack:
        for source in sources:
            try:
                entries = folder_entries(source) if source.is_dir() else stack.enter_context(zip_entries(source))
                entries = [entry for entry in entries if entry.problem or not is_nobodys(entry.parts)]
                kind, found, loose = handed_in(entries, convention, assignment, expected, others)
            except (NotCollected, CouldNotGrade) as problem:
                lines.append(Line("", source.name, source.name, Outcome.REFUSED, notes=(str(problem),)))
                continue
            lines += [
                Line("", entry.path, source.name, Outcome.REFUSED, notes=(entry.problem or NOBODYS_FILE,))
                for entry in loose
            ]
            if not found:
                lines.append(Line("", source.name, source.name, Outcome.REFUSED, notes=("holds no submission",)))
            for submission in found:
                submission.source = f"{source.name} ({kind})"
            everything += found
        for student, submissions in _by_student(everything, roster, lines).items():
            lines.append(_one(course, assignment, student, submissions, expected, dry_run))
    return sorted(lines, key=lambda line: (line.student, line.label))


def _by_student(
    everything: list[HandedIn], roster: list[Student] | None, lines: list[Line]
) -> dict[str, list[HandedIn]]:
    """Id → what was handed in under it. Whoever cannot be told apart, or is not in the list, is refused."""
    found: dict[str, list[HandedIn]] = {}
    for submission in everything:
        try:
            if roster is None and not submission.who.suggested:
                raise NotCollected(submission.problem or "has a name without letters.", "Give a list with --students.")
            student = submission.who.suggested if roster is None else id_of(submission.who, roster)
        except NotCollected as problem:
            lines.append(_refused("", submission, submission.problem or f"{submission.label} {problem}"))
        else:
            found.setdefault(student, []).append(submission)
    for student, submissions in list(found.items()):
        numbers = {(one.convention, one.who.number) for one in submissions}
        if len(numbers) > len({convention for convention, _ in numbers}):
            labels = " and ".join(sorted({one.label for one in submissions}))
            reason = f"{labels} would both be {student}: tell them apart with lms_user_id in --students"
            lines += [_refused(student, one, reason) for one in submissions]
            del found[student]
    return found


def _one(
    course: Course,
    assignment: str,
    student: str,
    submissions: list[HandedIn],
    expected: Collection[str],
    dry_run: bool,
) -> Line:
    """The latest of one student's, put in its place."""
    ordered = sorted(enumerate(submissions), key=lambda pair: (pair[1].when or LONG_AGO, pair[0]))
    latest = ordered[-1][1]
    notes = list(latest.notes)
    if len(submissions) > 1:
        left = ", ".join(one.label for _, one in ordered[:-1])
        notes.append(f"the latest of {len(submissions)} taken, left: {left}")
    try:
        files = _contents(latest, course.layout.ignore)
        wanted = sorted(name for name in expected if name.endswith(".ipynb") and name not in files)
        if wanted:
            notes.append(f"has no {' and no '.join(wanted)}")
        outcome = compare(course, assignment, student, files, latest.when)
        if outcome is Outcome.REPLACED:
            notes.append(f"what was there before is kept in {ASIDE}/")
        elif outcome is Outcome.KEPT:
            notes.append("what is in submitted/ is newer, and stays")
        if outcome in (Outcome.NEW, Outcome.REPLACED) and not dry_run:
            put(course, assignment, student, files, latest.time, latest.when)
    except (NotCollected, CouldNotGrade) as problem:
        return _refused(student, latest, str(problem))
    except OSError as error:
        return _refused(student, latest, f"{error.filename} could not be read or written: {error.strerror}.")
    return Line(
        student, latest.label, latest.source, outcome, latest.time, latest.late, len(files), tuple(dict.fromkeys(notes))
    )


def _contents(submission: HandedIn, ignored: Collection[str]) -> dict[str, bytes]:
    """Every file that grading would read. Raises `NotCollected` with what is wrong with the submission."""
    if submission.problem:
        raise NotCollected(f"{submission.problem}.", "Ask for it again.")
    if not submission.files:
        raise NotCollected("holds no files.", "Ask for it again.")
    for path, entry in submission.files.items():
        if path.endswith(".ipynb") and entry.size_bytes > NOTEBOOK_BYTES_MAX:
            raise NotCollected(f"{entry.path} is too large ({entry.size_bytes / 1e6:.0f} MB).", "Ask for it anew.")
    if (size := sum(entry.size_bytes for entry in submission.files.values())) > FOLDER_BYTES_MAX:
        raise NotCollected(f"{submission.label} is too large ({size / 1e6:.0f} MB).", "Ask for it without large data.")
    return {
        path: entry.read()
        for path, entry in submission.files.items()
        if not any(fnmatch(part, pattern) for part in path.split("/") for pattern in ignored)
    }


def _refused(student: str, submission: HandedIn, reason: str) -> Line:
    return Line(
        student, submission.label, submission.source, Outcome.REFUSED, submission.time, submission.late, notes=(reason,)
    )
