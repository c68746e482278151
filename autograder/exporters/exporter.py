"""What every exporter here does alike: an `ExportPlugin` of nbgrader's that reads marks, writes one file, and reports.

`nbgrader export` calls `export` and gets the report in its log; `autograder export` calls `write` and prints it.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path

from nbgrader.api import Gradebook
from nbgrader.coursedir import CourseDirectory
from nbgrader.plugins import ExportPlugin
from traitlets import Bool

from autograder.errors import AutograderError, GradingError
from autograder.grading.marks import ClassMarks, Standing, StudentMarks, names_handed_in, read_marks
from autograder.printable import printable
from autograder.reports.results import write_whole_bytes


@dataclass
class Report:
    """What was exported, and what was not."""

    written: Path
    says: str
    """One line: how many, into what."""
    lists: dict[str, list[str]] = field(default_factory=dict)
    """Heading → one line for each student it is true of."""
    complete: bool = True
    """Whether every submission that was handed in has its mark in the file."""

    def add(self, heading: str, lines: list[str], *, lacking: bool = False) -> None:
        """`lacking`: these have handed in, and the file has no mark for them."""
        if lines:
            self.lists.setdefault(heading, []).extend(lines)
            self.complete = self.complete and not lacking


class AutograderExporter(ExportPlugin):
    """One assignment into one file."""

    incomplete = Bool(False, help="Export the points so far of those who wait for a person, too.").tag(config=True)
    missing_as_zero = Bool(False, help="Give 0 to students who handed in nothing.").tag(config=True)

    suffix = ""
    """Of the file that is written where none is named."""

    def export(self, gradebook: Gradebook) -> None:
        """As `nbgrader export` calls it. An expected error is a line in its log and exit status 1."""
        try:
            report = self.write(gradebook)
        except AutograderError as error:
            self.log.error("%s", error)
            raise SystemExit(1) from None
        self.log.info("%s", report.says)
        for heading, lines in report.lists.items():
            for line in lines:
                self.log.warning("%s: %s", heading, line)

    def write(self, gradebook: Gradebook) -> Report:
        """Write the file. Raises `GradingError`, and then nothing was written."""
        coursedir: CourseDirectory = self.parent.coursedir
        assignment = self._assignment(gradebook)
        marks = read_marks(gradebook, assignment, names_handed_in(coursedir, assignment))
        if self.student:
            chosen = {str(name) for name in self.student}
            if unknown := chosen - {student.id for student in marks.students}:
                raise GradingError(
                    f"The gradebook has no student {printable(', '.join(sorted(unknown)))}.", "Check the name."
                )
            marks = replace(marks, students=tuple(one for one in marks.students if one.id in chosen))
        return self.write_marks(marks)

    def write_marks(self, marks: ClassMarks) -> Report:
        """What each exporter does in its own way."""
        raise NotImplementedError

    def mark_of(self, student: StudentMarks) -> float | None:
        """The points to export; None when there are none yet."""
        if student.standing is Standing.GRADED or (self.incomplete and student.standing is Standing.WAITING):
            return student.score
        if student.standing is Standing.NOT_HANDED_IN and self.missing_as_zero:
            return 0.0
        return None

    def kept_back(self, report: Report, students: list[StudentMarks]) -> None:
        """Into the report: who of `students` has no mark in the file, and why."""
        for standing, heading in (
            (Standing.NOT_GRADED, "Could not be graded, or was not yet; no mark exported"),
            (Standing.WAITING, "Waits for a person; no mark exported"),
            (Standing.NOT_HANDED_IN, "Handed in nothing; no mark exported"),
        ):
            lacking = [one for one in students if one.standing is standing and self.mark_of(one) is None]
            report.add(heading, reasons(lacking), lacking=standing is not Standing.NOT_HANDED_IN)

    def target(self, marks: ClassMarks) -> Path:
        return Path(self.to or f"{marks.assignment}{self.suffix}")

    def _assignment(self, gradebook: Gradebook) -> str:
        chosen = [str(name) for name in self.assignment] or [one.name for one in gradebook.assignments]
        if len(chosen) != 1:
            raise GradingError(
                f"This exporter writes one assignment at a time, and {len(chosen) or 'none'} could be meant.",
                f"Choose one with --assignment: {printable(', '.join(sorted(chosen))) or 'the gradebook has none'}.",
            )
        return chosen[0]


def reasons(students: list[StudentMarks]) -> list[str]:
    """A line for each: who, and what keeps the mark back."""
    return [f"{one.name}: {printable(one.why)}" if one.why else one.name for one in students]


def put(target: Path, data: bytes) -> None:
    """All or nothing. Raises `GradingError`."""
    try:
        write_whole_bytes(target, data)
    except OSError as error:
        raise GradingError(f"{target} could not be written: {error.strerror}.", "Choose another place.") from None


def points(score: float) -> str:
    """`7`, `7.5`, `6.33333`: Moodle keeps five decimals, Canvas rounds what it shows."""
    return f"{score:.5f}".rstrip("0").rstrip(".")
