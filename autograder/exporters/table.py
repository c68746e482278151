"""A plain table: a student in a line, a column per question. For a spreadsheet, or an LMS that is not spoken here."""

from __future__ import annotations

import csv
import io

from autograder.exporters.exporter import AutograderExporter, Report, points, put
from autograder.grading.marks import ClassMarks, Standing, StudentMarks

ABOUT = ("student_id", "last_name", "first_name", "email", "standing", "timestamp")
TOTALS = ("raw_score", "late_submission_penalty", "score", "max_score")
"""Named as nbgrader's own export names them."""


class TableExporter(AutograderExporter):
    """UTF-8, commas. A mark that is not there yet is an empty field, never 0."""

    suffix = ".csv"

    def write_marks(self, marks: ClassMarks) -> Report:
        target = self.target(marks)
        several = len({question.notebook for question in marks.questions}) > 1
        headers = [f"{one.notebook}/{one.id}" if several else one.id for one in marks.questions]
        text = io.StringIO(newline="")
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow([*ABOUT, *TOTALS, *headers])
        for student in marks.students:
            writer.writerow([*self._about(student), *self._totals(student, marks), *_questions(student, marks)])
        put(target, text.getvalue().encode("utf-8", "backslashreplace"))
        report = Report(target, f"{len(marks.students)} students, {len(headers)} questions in {target}.")
        self.kept_back(report, list(marks.students))
        return report

    def _about(self, student: StudentMarks) -> list[str]:
        when = student.timestamp.isoformat(sep=" ") if student.timestamp else ""
        called = (student.id, student.last_name, student.first_name, student.email)
        return [*map(_no_formula, called), str(student.standing), when]

    def _totals(self, student: StudentMarks, marks: ClassMarks) -> list[str]:
        score = self.mark_of(student)
        so_far = student.standing in (Standing.GRADED, Standing.WAITING)
        return [
            points(student.raw_score) if so_far else "",
            points(student.penalty) if so_far else "",
            "" if score is None else points(score),
            points(marks.max_score),
        ]


def _questions(student: StudentMarks, marks: ClassMarks) -> list[str]:
    given = [student.marks.get((one.notebook, one.id)) for one in marks.questions]
    return ["" if mark is None or mark.score is None else points(mark.score) for mark in given]


def _no_formula(text: str) -> str:
    """A name that a spreadsheet would calculate is set off: a folder that a student named must not run there."""
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text
