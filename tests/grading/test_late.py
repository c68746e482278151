"""Late work loses what the course's own plugin of nbgrader's says: the same rows as `nbgrader autograde` writes."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from nbgrader.api import Gradebook
from small_course import ASSIGNMENT, hand_in, honest

from autograder.grading.pipeline import grade
from benchmarks.gradebook_rows import differences, gradebook_rows

DUE = "2026-11-01 12:00:00 UTC"

HANDED_IN = {
    "on_time": "2026-11-01 12:00:00 UTC",
    "an_hour": "2026-11-01 13:00:00 UTC",
    "elsewhere": "2026-11-01 15:30:00.500000 CET",
    "extended_and_late": "2026-11-03 12:30:00 UTC",
    "refunded": "2026-11-02 00:00:00 UTC",
    "ruined": "2026-11-02 00:00:00 UTC",
    "forgiven": "2026-11-02 00:00:00 UTC",
    "zeroed": "2026-11-02 00:00:00 UTC",
    "no_stamp": None,
}
"""Student → what timestamp.txt says."""

HALF_A_POINT_EACH_HOUR = """
from nbgrader.plugins import LateSubmissionPlugin

class HalfAPointEachHour(LateSubmissionPlugin):
    def late_submission_penalty(self, student_id, score, total_seconds_late):
        as_nbgrader_has_it = super().late_submission_penalty(student_id, score, total_seconds_late)
        special = {"refunded": -2.0, "ruined": score + 100, "forgiven": None, "zeroed": as_nbgrader_has_it}
        return special.get(student_id, 0.5 * total_seconds_late / 3600)

c.AssignLatePenalties.plugin_class = HalfAPointEachHour
c.HalfAPointEachHour.penalty_method = "zero"
"""

NOTHING_FOR_LATE_WORK = """
c.LateSubmissionPlugin.penalty_method = "zero"
"""


def late_class(course: Path, config: str, students: tuple[str, ...]) -> Path:
    with open(course / "nbgrader_config.py", "a") as file:
        file.write(config)
    for student in students:
        folder = hand_in(course, student, honest(square="def square(x):\n    return 0"))
        if (stamp := HANDED_IN[student]) is not None:
            (folder / "timestamp.txt").write_text(stamp)
    with Gradebook(f"sqlite:///{course}/gradebook.db", "small") as book:
        book.update_or_create_assignment(ASSIGNMENT, duedate=DUE)
        for student in students:
            book.update_or_create_student(student)
            if student.startswith("extended"):
                book.update_or_create_submission(ASSIGNMENT, student)
                book.grant_extension(ASSIGNMENT, student, days=2)
    return course


def penalties(course: Path) -> dict[str, float | None]:
    with Gradebook(f"sqlite:///{course}/gradebook.db", "small") as book:
        return {
            one.student.id: one.notebooks[0].late_submission_penalty for one in book.assignment_submissions(ASSIGNMENT)
        }


def graded_by_nbgrader(course: Path, tmp_path: Path) -> Path:
    stock = Path(shutil.copytree(course, tmp_path / "stock"))
    done = subprocess.run(
        [sys.executable, "-m", "nbgrader", "autograde", ASSIGNMENT], cwd=stock, capture_output=True, text=True,
        env=os.environ | {"PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return stock


def test_a_penalty_is_what_nbgrader_would_take(course, tmp_path):
    """Time zones, extensions, a penalty below zero and one beyond the score; every row, not only this one."""
    expected = {
        "on_time": None,
        "an_hour": 0.5,
        "elsewhere": 0.5 * 2.5 + 0.5 * 0.5 / 3600,
        "extended_and_late": 0.25,
        "refunded": 0,
        "ruined": 7,
        "forgiven": None,
        "zeroed": 7,
        "no_stamp": None,
    }
    late_class(course, HALF_A_POINT_EACH_HOUR, tuple(expected))
    stock = graded_by_nbgrader(course, tmp_path)

    grade(course, ASSIGNMENT, workers=1, feedback=False)

    assert penalties(course) == pytest.approx(expected)
    ours, theirs = (gradebook_rows(root, ASSIGNMENT) for root in (course, stock))
    assert differences(ours, theirs) == []
    assert len(theirs) >= 7 * len(expected)


def test_a_penalty_follows_the_mark_and_the_extension(course):
    """Graded again with a mark by hand, it is taken from all of it; an extension granted afterwards takes it back."""
    late_class(course, NOTHING_FOR_LATE_WORK, ("an_hour",))
    grade(course, ASSIGNMENT, workers=1, feedback=False)
    with Gradebook(f"sqlite:///{course}/gradebook.db", "small") as book:
        book.find_grade("explain", "problem", ASSIGNMENT, "an_hour").manual_score = 2
        book.db.commit()

    grade(course, ASSIGNMENT, workers=1, feedback=False, force=True)
    assert penalties(course) == {"an_hour": 9}

    with Gradebook(f"sqlite:///{course}/gradebook.db", "small") as book:
        book.grant_extension(ASSIGNMENT, "an_hour", days=1)
    grade(course, ASSIGNMENT, workers=1, feedback=False, force=True)
    assert penalties(course) == {"an_hour": None}
