"""An LMS's own exported gradebook with one column filled in. What differs between LMSs is in `canvas` and `moodle`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from traitlets import Bool, Unicode

from autograder.errors import GradingError
from autograder.exporters.exporter import AutograderExporter, Report, points, put, reasons
from autograder.exporters.lms_file import LmsFile, read_lms_file
from autograder.exporters.matching import ANY, Called, Matches, match
from autograder.grading.marks import ClassMarks, Standing
from autograder.printable import printable

EMPTY = ("", "-")
"""What a field without a mark says."""
SAME_WITHIN = 0.005
"""LMSs export two decimals, and keep more."""


@dataclass(frozen=True)
class Layout:
    """Where things are in one LMS's file."""

    column: int
    """Which is filled."""
    identifying: dict[int, tuple[str, ...]]
    """Column → attributes of a student that it is held against."""
    students: list[int]
    """Records that are students; others (points possible, empty lines) are left alone."""
    closed: dict[int, str]
    """Records that must not be filled, and why."""
    max_points: float | None = None
    """What the LMS says the assignment is worth, where it says it."""


class LmsExporter(AutograderExporter):
    """Fills the assignment's column; every other byte of the file stays."""

    lms_file = Unicode("", help="The gradebook as the LMS exported it (CSV).").tag(config=True)
    column = Unicode("", help="Header of the column to fill, where it cannot be told from its name.").tag(config=True)
    match_by = Unicode("", help="Header of the only column that says who a student is.").tag(config=True)
    keep_marks = Bool(False, help="Leave marks alone that are in the file already.").tag(config=True)
    in_place = Bool(False, help="Write into the file that came in.").tag(config=True)

    lms = ""

    def layout(self, file: LmsFile, assignment: str) -> Layout:
        """Raises `GradingError` when the file is another program's, or its column cannot be told."""
        raise NotImplementedError

    def write_marks(self, marks: ClassMarks) -> Report:
        if not self.lms_file:
            raise GradingError(
                f"The gradebook that {self.lms} exported is needed: it is filled in.",
                f"Export it there as CSV, and give it with --from (for nbgrader: --{type(self).__name__}.lms_file).",
            )
        given = Path(self.lms_file)
        target = self._target(given)
        file = read_lms_file(given)
        layout = self.layout(file, marks.assignment)
        rows = {
            record: [Called(file.value(record, column), kinds) for column, kinds in layout.identifying.items()]
            for record in layout.students
        }
        matches = match(rows, marks.students)
        report = Report(target, "")
        filled = self._fill(file, layout, matches, report)
        self._tell_who_is_left(file, layout, matches, report)
        note = ""
        if layout.max_points is not None and abs(layout.max_points - marks.max_score) > SAME_WITHIN:
            note = (
                f" {self.lms} has it at {points(layout.max_points)} points, the gradebook at "
                f"{points(marks.max_score)}: points are exported as they are."
            )
        put(target, file.as_bytes())
        header = printable(file.value(0, layout.column))
        report.says = f"{filled} marks of {marks.assignment} in the column “{header}” of {target}.{note}"
        return report

    def _target(self, given: Path) -> Path:
        target = Path(self.to) if self.to else given if self.in_place else given.with_stem(f"{given.stem}_filled")
        if not self.in_place and target.exists() and given.exists() and target.samefile(given):
            raise GradingError(
                f"{target} is the file that came in, and it is not overwritten.",
                "Name another place, or say --in-place.",
            )
        return target

    def _fill(self, file: LmsFile, layout: Layout, matches: Matches, report: Report) -> int:
        filled = 0
        comma = _decimal_comma(file, layout)
        for record, student in matches.students.items():
            score = self.mark_of(student)
            if score is None:
                continue
            before = file.value(record, layout.column).strip()
            text = points(score).replace(".", ",") if comma else points(score)
            if record in layout.closed:
                report.add(f"{self.lms} takes no mark for", [f"{student.name}: {layout.closed[record]}"], lacking=True)
            elif layout.column >= len(file.records[record]):
                report.add(
                    "The row ends before the column", [f"{student.name}: line {file.line(record)}"], lacking=True
                )
            elif before in EMPTY:
                file.set(record, layout.column, text)
                filled += 1
            elif (number := number_in(before)) is None:
                line = f"{student.name}: “{printable(before)}”, would be {text}"
                report.add("Something else than a mark is there, and stays", [line], lacking=True)
            elif abs(number - score) <= SAME_WITHIN:
                filled += 1  # as it is, to the byte
            elif self.keep_marks:
                report.add("Another mark is there, and stays", [f"{student.name}: {before}, would be {text}"])
            else:
                file.set(record, layout.column, text)
                filled += 1
                report.add("Another mark was there", [f"{student.name}: {before}, now {text}"])
        return filled

    def _tell_who_is_left(self, file: LmsFile, layout: Layout, matches: Matches, report: Report) -> None:
        def row(record: int) -> str:
            said = [file.value(record, column).strip() for column in (0, *layout.identifying)]
            return f"line {file.line(record)} ({printable(', '.join(dict.fromkeys(filter(None, said))))})"

        self.kept_back(report, list(matches.students.values()))
        report.add(
            "Could be more than one, so no mark exported (--match COLUMN chooses what decides)",
            [f"{row(record)}: {printable(', '.join(names))}" for record, names in matches.ambiguous.items()],
            lacking=True,
        )
        without_row = [one for one in matches.students_left if one.standing is not Standing.NOT_HANDED_IN]
        report.add(f"Handed in, but has no row in {self.lms}'s file", reasons(without_row), lacking=True)
        report.add(f"In {self.lms}'s file, not in the gradebook", [row(record) for record in matches.rows_left])

    def identify_by(self, file: LmsFile, known: dict[str, tuple[str, ...]]) -> dict[int, tuple[str, ...]]:
        """The columns of `file` that say who a student is: `match_by`, or those of `known` (by lower-case header)."""
        if self.match_by:
            return {column_called(file, self.match_by): ANY}
        found = {place: known[name] for place, header in enumerate(file.header) if (name := _plain(header)) in known}
        if not found:
            raise GradingError(
                f"{file.path} has no column that says who a student is.",
                f"Name it with --match. There are: {printable(', '.join(file.header))}.",
            )
        return found


def column_called(file: LmsFile, name: str) -> int:
    """The one column with this header. Raises `GradingError`."""
    places = [place for place, header in enumerate(file.header) if header == name]
    places = places or [place for place, header in enumerate(file.header) if _plain(header) == _plain(name)]
    if len(places) == 1:
        return places[0]
    what = f"{len(places)} columns" if places else "no column"
    raise GradingError(
        f"{file.path} has {what} called “{printable(name)}”.", f"There are: {printable(', '.join(file.header))}."
    )


def the_one(file: LmsFile, assignment: str, titles: dict[int, str]) -> int:
    """The column whose title is the assignment's name. `titles`: column → title, of those that may be filled.

    Case, punctuation and the number in front do not count: `02_linear_layer` is “Linear layer”. Raises `GradingError`.
    """
    for name in (_words(assignment), _words(assignment).lstrip("0123456789 ")):
        places = [place for place, title in titles.items() if name and _words(title) == name]
        if len(places) == 1:
            return places[0]
        if places:
            break
    there = ", ".join(f"“{file.header[place]}”" for place in titles) or "none that could be filled"
    raise GradingError(
        f"Which column of {file.path} is {assignment} cannot be told from its name.",
        f"Name it with --column. There are: {printable(there)}.",
    )


def _words(text: str) -> str:
    return " ".join(re.findall(r"[^\W_]+", text.casefold()))


def _plain(header: str) -> str:
    return " ".join(header.casefold().split())


def number_in(text: str) -> float | None:
    """Written with a point or a comma; None where it is no number."""
    try:
        return float(text.replace(",", "."))
    except ValueError:
        return None


def _decimal_comma(file: LmsFile, layout: Layout) -> bool:
    """Whether this LMS writes 7,5: numbers in the column say so, or, where it is empty, those in the other columns."""
    others = [column for column in range(len(file.records[0])) if column not in (layout.column, *layout.identifying)]
    for columns in ([layout.column], others):
        said = [file.value(record, column) for record in range(1, len(file.records)) for column in columns]
        commas, points_ = (any(re.fullmatch(rf"\s*\d+{mark}\d+\s*", text) for text in said) for mark in (",", r"\."))
        if commas or points_:
            return commas and not points_
    return False
