"""Last stage: each student's feedback page, by nbgrader's `GenerateFeedback`, where formgrader looks for it."""

from __future__ import annotations

from pathlib import Path

from nbgrader.converters import GenerateFeedback
from nbgrader.utils import capture_log
from traitlets.config import Config

from autograder.grading.settings import Course


def write_feedback(course: Course, student: str, assignment: str) -> tuple[Path, ...]:
    """Returns the pages written to `feedback/<student>/<assignment>/`; none when nbgrader could not."""
    converter = course.converter(GenerateFeedback, assignment_id=assignment, student_id=student)
    if "template_name" not in converter.config.HTMLExporter:
        converter.update_config(Config(HTMLExporter=Config(template_name="feedback")))
    converter.force = True
    outcome = capture_log(converter)
    folder = course.folder("feedback", student, assignment)
    return tuple(sorted(folder.glob("*.html"))) if outcome["success"] else ()
