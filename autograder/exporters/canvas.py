"""Canvas: Gradebook → Export. An assignment's column is called `Title (12345)`.

The row “Points Possible” says what each is worth, and which columns are read only.
"""

from __future__ import annotations

import re

from autograder.errors import GradingError
from autograder.exporters.filling import Layout, LmsExporter, column_called, number_in, the_one
from autograder.exporters.lms_file import LmsFile
from autograder.exporters.matching import ANY
from autograder.printable import printable

IDENTIFYING = {
    # Canvas's own number could be another student's matriculation number, so it is held against what is it for sure.
    "id": ("lms_user_id",),
    "sis user id": ANY,
    "sis login id": ANY,
    "integration id": ANY,
}
POINTS_POSSIBLE = "points possible"
TITLE_AND_ID = re.compile(r"(.*) \((\d+)\)", re.DOTALL)
CALCULATED = re.compile(r".*(Current|Final) (Score|Grade|Points)( \(.*\))?|Override (Score|Grade|Status)( \(.*\))?")
"""Headers of what Canvas works out itself, for an assignment group, a grading period or the course."""
NO_MARK = {"EX": "excused in Canvas", "N/A": "not assigned to this student in Canvas"}


class CanvasExporter(LmsExporter):
    """Canvas's gradebook with the assignment's column filled."""

    lms = "Canvas"

    def layout(self, file: LmsFile, assignment: str) -> Layout:
        header = [name.strip().casefold() for name in file.header]
        if "id" not in header or not {"student", "lastname"} & set(header):
            raise GradingError(
                f"{file.path} is no gradebook of Canvas's: it has no columns Student and ID.",
                "Open Grades in Canvas, choose Export, and give that file.",
            )
        own_id = header.index("id")
        # Rows that are no students (points possible, posting policies) have no number of Canvas's.
        students = [record for record in range(1, len(file.records)) if file.value(record, own_id).strip()]
        possible = next(
            (
                record
                for record in range(1, len(file.records))
                if file.value(record, 0).strip().casefold() == POINTS_POSSIBLE
            ),
            None,
        )
        column = self._column(file, assignment, possible)
        closed = {
            record: NO_MARK[said] for record in students if (said := file.value(record, column).strip()) in NO_MARK
        }
        worth = number_in(file.value(possible, column)) if possible is not None else None
        return Layout(column, self.identify_by(file, IDENTIFYING), students, closed, worth)

    def _column(self, file: LmsFile, assignment: str, possible: int | None) -> int:
        titles = {}
        for place, header in enumerate(file.header):
            found = TITLE_AND_ID.fullmatch(header.strip())
            read_only = possible is not None and "read only" in file.value(possible, place).casefold()
            if found and not read_only and not CALCULATED.fullmatch(header.strip()):
                titles[place] = found[1]
        if not self.column:
            return the_one(file, assignment, titles)
        by_number = [
            place for place in titles if TITLE_AND_ID.fullmatch(file.header[place].strip())[2] == self.column.strip()
        ]
        by_title = [place for place, title in titles.items() if title.strip() == self.column.strip()]
        for places in (by_number, by_title):
            if len(places) == 1:
                return places[0]
        place = column_called(file, self.column)
        if place not in titles:
            raise GradingError(
                f"“{printable(self.column)}” is no assignment's column: Canvas does not take marks there.",
                f"Choose from: {printable(', '.join(file.header[one] for one in titles)) or 'none'}.",
            )
        return place
