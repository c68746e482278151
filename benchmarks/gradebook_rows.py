"""Everything that a gradebook holds about an assignment's submissions, as plain rows that can be compared."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from nbgrader.api import Gradebook, MissingEntry


def gradebook_rows(
    course: Path, assignment: str, students: Collection[str] | None = None, db_url: str | None = None
) -> dict[tuple, tuple]:
    """(student, table, …) → its columns, but no database ids. `db_url`: where it is not the course's gradebook.db."""
    with Gradebook(db_url or f"sqlite:///{course}/gradebook.db") as gradebook:
        try:
            submissions = gradebook.assignment_submissions(assignment)
        except MissingEntry:
            return {}
        rows: dict[tuple, tuple] = {}
        for submission in submissions:
            who = submission.student.id
            if students is not None and who not in students:
                continue
            rows[who, "submission"] = (
                submission.timestamp,
                submission.extension,
                submission.total_seconds_late,
                submission.score,
                submission.max_score,
                submission.needs_manual_grade,
            )
            for notebook in submission.notebooks:
                rows[who, "notebook", notebook.name] = (
                    notebook.late_submission_penalty,
                    notebook.failed_tests,
                    notebook.needs_manual_grade,
                    notebook.score,
                    notebook.max_score,
                )
                for grade in notebook.grades:
                    rows[who, "grade", notebook.name, grade.name] = (
                        grade.auto_score,
                        grade.manual_score,
                        grade.extra_credit,
                        grade.needs_manual_grade,
                        grade.score,
                        grade.max_score,
                        grade.cell.type,
                    )
                for comment in notebook.comments:
                    rows[who, "comment", notebook.name, comment.name] = (comment.auto_comment, comment.manual_comment)
        return rows


def differences(ours: dict[tuple, tuple], stock: dict[tuple, tuple]) -> list[str]:
    """One line for each row that is not the same in both."""
    return [
        f"{' / '.join(map(str, key))}: {ours.get(key, 'no row')}, nbgrader: {stock.get(key, 'no row')}"
        for key in sorted(ours.keys() | stock.keys())
        if ours.get(key) != stock.get(key)
    ]
