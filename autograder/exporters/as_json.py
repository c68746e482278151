"""The gradebook in the schema of docs/results.schema.json: as `grade --json`, with what people have added since."""

from __future__ import annotations

import json
from typing import Any

from autograder.exporters.exporter import AutograderExporter, Report, put
from autograder.grading.marks import ClassMarks, Mark, Question, Standing, StudentMarks
from autograder.records import Outcome, QuestionMark, SubmissionOutcome

BY_SOMETHING_ELSE = "nbgrader"
"""The engine of marks that `autograder grade` did not make."""


class JsonExporter(AutograderExporter):
    """Those who handed in; findings where `autograder grade` made the marks."""

    suffix = ".json"

    def write_marks(self, marks: ClassMarks) -> Report:
        target = self.target(marks)
        handed_in = [one for one in marks.students if one.standing is not Standing.NOT_HANDED_IN]
        content = {
            "assignment": marks.assignment,
            "seed": ", ".join(marks.seeds),
            "engine": "; ".join(marks.engines) or BY_SOMETHING_ELSE,
            "submissions": [_submission(student, marks) for student in handed_in],
        }
        text = json.dumps(content, indent=1, ensure_ascii=False, allow_nan=False) + "\n"
        put(target, text.encode("utf-8", "backslashreplace"))
        report = Report(target, f"{len(handed_in)} submissions in {target}.")
        self.kept_back(report, handed_in)
        return report


def _submission(student: StudentMarks, marks: ClassMarks) -> dict[str, Any]:
    graded = student.graded
    if student.standing is Standing.NOT_GRADED:
        return {
            "student": student.id,
            "outcome": str(SubmissionOutcome.COULD_NOT_GRADE),
            "reason": student.why,
            "notes": [],
            "score": None,
            "max_score": 0,
            "seconds": 0,
            "questions": [],
        }
    found = {(mark.notebook, mark.id): mark for mark in graded.questions} if graded else {}
    return {
        "student": student.id,
        "outcome": str(SubmissionOutcome.GRADED),
        "reason": None,
        "notes": list(graded.notes) if graded else [],
        "score": student.score,
        "max_score": marks.max_score,
        "seconds": round(graded.seconds, 3) if graded else 0,
        "late_penalty": student.penalty,
        "questions": [
            _question(question, mark, found.get((question.notebook, question.id))).as_json()
            for question in marks.questions
            if (mark := student.marks.get((question.notebook, question.id))) is not None
        ],
    }


def _question(question: Question, mark: Mark, found: QuestionMark | None) -> QuestionMark:
    """As it was found, or `manual` where the mark that counts is a person's, or will be."""
    findings = found.findings if found and found.score == mark.auto else ()  # else it was graded anew elsewhere
    if mark.score is None:
        unchecked = found is not None and found.outcome is Outcome.COULD_NOT_CHECK
        outcome = Outcome.COULD_NOT_CHECK if unchecked else Outcome.MANUAL
    elif mark.manual is not None:
        outcome = Outcome.MANUAL
    else:
        outcome = Outcome.PASSED if mark.score >= question.max_score else Outcome.FAILED
    return QuestionMark(question.id, question.notebook, mark.score, question.max_score, outcome, findings)
