"""Moodle: Grades → Export → Plain text file, or an assignment's offline grading worksheet.

In the first an assignment's column is called `Assignment: Title (Real)`, in the second `Grade`. Where Moodle speaks
another language than English, `column` and `match_by` name the columns.
"""

from __future__ import annotations

import re

from autograder.errors import GradingError
from autograder.exporters.filling import Layout, LmsExporter, column_called, number_in, the_one
from autograder.exporters.lms_file import LmsFile
from autograder.exporters.matching import ANY
from autograder.printable import printable

IDENTIFYING = dict.fromkeys(("id number", "identity number", "username", "email address"), ANY)
PERSONAL = {
    *IDENTIFYING, "first name", "surname", "last name", "full name", "institution", "department", "identifier",
    "status", "group", "groups", "last downloaded from this course", "maximum grade", "grade can be changed",
    "online text", "last modified (submission)", "last modified (grade)", "feedback comments", "course total",
    "course total (real)",
}  # fmt: skip
"""Columns that no mark of an assignment goes into."""
NO_POINTS = re.compile(r".*\((?:percentage|letter|feedback)\)|feedback: .*", re.IGNORECASE | re.DOTALL)
TITLE = re.compile(r"(?:[^:]+: )?(.*?)(?: \(real\))?", re.IGNORECASE | re.DOTALL)


class MoodleExporter(LmsExporter):
    """Moodle's gradebook, or a grading worksheet, with the assignment's column filled."""

    lms = "Moodle"

    def layout(self, file: LmsFile, assignment: str) -> Layout:
        header = [" ".join(name.casefold().split()) for name in file.header]
        identifying = self.identify_by(file, IDENTIFYING)
        students = [
            record
            for record in range(1, len(file.records))
            if any(file.value(record, column).strip() for column in identifying)
        ]
        worksheet = "grade" in header and "identifier" in header
        if self.column:
            column = column_called(file, self.column)
            if header[column] in PERSONAL or NO_POINTS.fullmatch(file.header[column].strip()):
                raise GradingError(
                    f"“{printable(self.column)}” is no column of points.", "Choose the one that ends in (Real)."
                )
        elif worksheet:
            column = header.index("grade")
        else:
            titles = {
                place: TITLE.fullmatch(name.strip())[1]
                for place, name in enumerate(file.header)
                if header[place] not in PERSONAL and not NO_POINTS.fullmatch(name.strip())
            }
            column = the_one(file, assignment, titles)
        if not worksheet:
            return Layout(column, identifying, students, {})
        return Layout(column, identifying, students, _locked(file, header, students), _maximum(file, header, students))


def _locked(file: LmsFile, header: list[str], students: list[int]) -> dict[int, str]:
    if "grade can be changed" not in header:
        return {}
    place = header.index("grade can be changed")
    return {
        record: "Moodle says that this grade cannot be changed"
        for record in students
        if file.value(record, place).strip().casefold() == "no"
    }


def _maximum(file: LmsFile, header: list[str], students: list[int]) -> float | None:
    if "maximum grade" not in header:
        return None
    said = {file.value(record, header.index("maximum grade")).strip() for record in students}
    return number_in(said.pop()) if len(said) == 1 else None
