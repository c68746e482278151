"""Fourth stage, and the only one that writes: marks into the gradebook, notebooks into `autograded/`.

Through nbgrader's own `SaveAutoGrades` and `AssignLatePenalties`, so that a row is what `nbgrader autograde` would have
written: manual scores and comments stay, "No response." is found, late work loses what the course says. Called by
`pipeline` for one submission at a time.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import nbformat
from nbgrader.api import MissingEntry
from nbgrader.converters import Autograde
from nbgrader.preprocessors import SaveAutoGrades

from autograder.errors import CouldNotGrade
from autograder.grading.run import resources, steps
from autograder.grading.settings import Course
from autograder.grading.workspace import lay_out
from autograder.records import Executed, GradedSubmission, QuestionMark


def record(course: Course, graded: GradedSubmission) -> None:
    """Replace what is recorded for this student by `graded`, which was graded and holds its run.

    Raises `CouldNotGrade` when the gradebook or the disk refuses.
    """
    executed = graded.executed
    if executed is None:
        raise ValueError("only a submission that was graded can be recorded")
    prepared = _prepare_folder(course, executed)
    try:
        _save_marks(course, graded, executed)
        _replace_folder(prepared, course.folder("autograded", graded.student, graded.assignment))
    except Exception as error:
        reason = str(error).splitlines()[0][:300] if str(error) else ""
        raise CouldNotGrade(
            f"The marks of {graded.student} could not be recorded: {type(error).__name__}: {reason}",
            "See whether another program holds the gradebook or the disk is full, then grade again.",
        ) from error
    finally:
        shutil.rmtree(prepared, ignore_errors=True)


def has_marks(course: Course, student: str, assignment: str) -> bool:
    """Whether an earlier run recorded marks, which stay when this one cannot replace them."""
    with course.gradebook() as gradebook:
        try:
            submission = gradebook.find_submission(assignment, student)
        except (MissingEntry, UnicodeError):  # a folder's name need not be text
            return False
        return any(
            grade.auto_score is not None or grade.manual_score is not None
            for notebook in submission.notebooks
            for grade in notebook.grades
        )


def _save_marks(course: Course, graded: GradedSubmission, executed: Executed) -> None:
    submission = executed.submission
    with course.gradebook() as gradebook:
        gradebook.update_or_create_student(graded.student)
        when = {"timestamp": submission.timestamp} if submission.timestamp else {}
        gradebook.update_or_create_submission(graded.assignment, graded.student, **when)
        for notebook in gradebook.find_assignment(graded.assignment).notebooks:
            if notebook.name not in executed.notebooks:
                missing = gradebook.find_submission_notebook(notebook.name, graded.assignment, graded.student)
                for grade in missing.grades:
                    grade.auto_score, grade.needs_manual_grade = 0, False
        gradebook.db.commit()

    converter = course.converter(Autograde, assignment_id=graded.assignment, student_id=graded.student)
    exporter = converter.exporter_class(parent=converter, config=converter.config)
    for name, text in executed.notebooks.items():
        marks = {mark.id: mark for mark in graded.questions if mark.notebook == name}
        notebook = nbformat.reads(text, as_version=4)
        about = resources(course, submission, name, submission.folder)
        for step in steps(converter, sanitizing=False, writing=True):
            if issubclass(step, SaveAutoGrades):
                step = _saving(step, marks)
            notebook, about = step(parent=exporter)(notebook, about)


def _saving(configured: type, marks: Mapping[str, QuestionMark]) -> type:
    """The course's `SaveAutoGrades`, with the judge's marks instead of a second look at the outputs."""

    def add_score(self: Any, cell: Any, _resources: Any) -> None:
        mark = marks[cell.metadata["nbgrader"]["grade_id"]]
        grade = self.gradebook.find_grade(mark.id, self.notebook_id, self.assignment_id, self.student_id)
        grade.auto_score = mark.score
        # A score given by hand stays the one that counts; nbgrader asks its giver to look again.
        grade.needs_manual_grade = grade.manual_score is not None or mark.score is None
        self.gradebook.db.commit()

    return type(configured.__name__, (configured,), {"_add_score": add_score})


def _prepare_folder(course: Course, executed: Executed) -> Path:
    """The new `autograded/` folder, complete, beside the place it goes to."""
    submission = executed.submission
    target = course.folder("autograded", submission.student, submission.assignment)
    target.parent.mkdir(parents=True, exist_ok=True)
    prepared = Path(tempfile.mkdtemp(prefix=f".{target.name}.", dir=target.parent))
    lay_out(course, submission, prepared)
    for name, text in executed.notebooks.items():
        (prepared / f"{name}.ipynb").write_text(text, encoding="utf-8", errors="replace")
    converter = course.converter(Autograde)
    mode = int(str(converter.permissions), 8)
    for folder, _, names in os.walk(prepared):
        for name in names:
            os.chmod(os.path.join(folder, name), mode)
        os.chmod(folder, 0o2775 if converter.coursedir.groupshared else 0o755)
    return prepared


def _replace_folder(prepared: Path, target: Path) -> None:
    """Two renames: a reader sees the old folder, for an instant none, then the new one; never a half-written one."""
    if target.exists():
        old = Path(tempfile.mkdtemp(prefix=f".{target.name}.", dir=target.parent))
        target.rename(old / "old")
        prepared.rename(target)
        shutil.rmtree(old, ignore_errors=True)
    else:
        prepared.rename(target)
