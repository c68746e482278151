"""Fourth stage, and the only one that writes: marks into the gradebook, notebooks into `autograded/`.

A row is what `nbgrader autograde` would have written: manual scores and comments stay, "No response." is found, late
work loses what the course says. A course that configures steps of its own for this has them called, in the same
transaction where they let us. Called by `pipeline` for one submission at a time.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode
from nbgrader import utils as nbgrader_cells
from nbgrader.api import BaseCell, MissingEntry, Notebook, SubmittedAssignment, SubmittedNotebook
from nbgrader.converters import Autograde
from nbgrader.preprocessors import AssignLatePenalties, SaveAutoGrades
from sqlalchemy.exc import SQLAlchemyError

from autograder.errors import CouldNotGrade
from autograder.grading.book import Book, Entry
from autograder.grading.colliding import tried_again
from autograder.grading.mirror import add_submission, is_new
from autograder.grading.run import resources, steps
from autograder.grading.settings import Course
from autograder.grading.swap import put_in_place
from autograder.grading.workspace import lay_out
from autograder.live import in_one_line
from autograder.records import Executed, GradedSubmission, QuestionMark


@dataclass(frozen=True)
class _Found:
    """What `SaveAutoGrades` would find, with the judge's marks instead of a second look at the outputs."""

    handed_in: Collection[str]
    """Notebooks."""
    marks: Mapping[tuple[str, str], QuestionMark]
    cells: Mapping[tuple[str, str], NotebookNode]
    """(notebook, cell) → cell."""

    @classmethod
    def of(cls, graded: GradedSubmission, executed: Executed) -> _Found:
        cells = {
            (notebook, entry["grade_id"]): cell
            for notebook, in_notebook in executed.cells.items()
            for cell in in_notebook
            if (entry := cell.metadata.get("nbgrader"))
        }
        return cls(executed.cells.keys(), {(mark.notebook, mark.id): mark for mark in graded.questions}, cells)

    def score(self, notebook: str, name: str, by_hand: float | None = None) -> tuple[float | None, bool] | None:
        """Of a graded cell, and whether somebody must look at it. None: what is recorded stays as it is."""
        if notebook not in self.handed_in:
            return 0, False
        mark = self.marks.get((notebook, name))
        # A score given by hand stays the one that counts; nbgrader asks its giver to look again.
        return mark and (mark.score, by_hand is not None or mark.score is None)

    def comment(self, notebook: str, name: str) -> str | None:
        """An answer cell that is as it was released is no answer."""
        cell = self.cells.get((notebook, name))
        if cell is None or nbgrader_cells.is_task(cell):
            return None
        released = cell.metadata.nbgrader.get("checksum") == nbgrader_cells.compute_checksum(cell)
        return "No response." if released else None


class Recorder:
    """Records the submissions of one assignment, one after the other."""

    def __init__(self, course: Course, assignment: str, book: Book) -> None:
        self.course, self.assignment, self.book = course, assignment, book
        self.converter = course.converter(Autograde, assignment_id=assignment)
        self.exporter = self.converter.exporter_class(parent=self.converter, config=self.converter.config)
        self.writing = steps(self.converter, sanitizing=False, writing=True)
        self.late = AssignLatePenalties(parent=self.exporter)
        self.late.init_plugin()

    def record(self, graded: GradedSubmission, entry: Entry) -> None:
        """Replace what is recorded for this student by `graded`, which was graded and holds its run.

        Raises `CouldNotGrade` when the gradebook or the disk refuses; then everything is as it was.
        """
        executed = graded.executed
        if executed is None:
            raise ValueError("only a submission that was graded can be recorded")
        try:
            prepared = self._prepare_folder(executed)
            target = self.course.folder("autograded", graded.student, graded.assignment)
            # The folder first: marks without their notebook would be taken for finished.
            with put_in_place(prepared, target):
                tried_again(lambda: self._save(graded, executed, entry))
            self._steps_of_the_course(graded, executed)
        except Exception as error:
            raise CouldNotGrade(
                f"The marks of {graded.student} could not be recorded: {_in_words(error, self.course.root)}.",
                "See whether another program holds the gradebook, the disk is full or the folder is read-only, "
                "then grade again.",
            ) from error

    def _save(self, graded: GradedSubmission, executed: Executed, entry: Entry) -> None:
        with self.book.transaction() as gradebook:
            self._save_marks(gradebook, graded, executed)
            self.book.note(graded, entry)

    def could_not_grade(self, graded: GradedSubmission) -> None:
        """Note why; its marks, if an earlier run recorded some, stay."""
        # A folder's name need not be text, and a gradebook that refuses has been reported as the reason.
        with contextlib.suppress(UnicodeError, SQLAlchemyError), self.book.transaction():
            self.book.note_not_graded(graded)

    def has_marks(self, student: str) -> bool:
        """Whether an earlier run recorded marks, which stay when this one cannot replace them."""
        with self.book.transaction() as gradebook:
            try:
                submission = gradebook.find_submission(self.assignment, student)
            except (MissingEntry, UnicodeError):  # a folder's name need not be text
                return False
            return any(
                grade.auto_score is not None or grade.manual_score is not None
                for notebook in submission.notebooks
                for grade in notebook.grades
            )

    def _save_marks(self, gradebook: Any, graded: GradedSubmission, executed: Executed) -> None:
        gradebook.update_or_create_student(graded.student)
        which, timestamp = (graded.assignment, graded.student), executed.submission.timestamp
        found = _Found.of(graded, executed)
        if is_new(gradebook, *which):
            if add_submission(gradebook, *which, timestamp, found.score, found.comment):
                self._save_penalties(gradebook, gradebook.find_submission(*which), executed)
            return
        submission = gradebook.update_or_create_submission(*which, **({"timestamp": timestamp} if timestamp else {}))
        # One query for all names of cells: held here, so that no grade or comment asks for its own.
        named = gradebook.db.query(BaseCell).join(Notebook).filter_by(assignment_id=submission.assignment_id).all()
        for notebook in submission.notebooks if named else ():
            for grade in notebook.grades:
                if score := found.score(notebook.name, grade.name, grade.manual_score):
                    grade.auto_score, grade.needs_manual_grade = score
            for comment in notebook.comments:
                if (notebook.name, comment.name) in found.cells:
                    comment.auto_comment = found.comment(notebook.name, comment.name)
        self._save_penalties(gradebook, submission, executed)

    def _save_penalties(self, gradebook: Any, submission: SubmittedAssignment, executed: Executed) -> None:
        for notebook in submission.notebooks:
            if notebook.name in executed.cells:
                self._save_penalty(gradebook, submission, notebook)

    def _save_penalty(self, gradebook: Any, submission: SubmittedAssignment, notebook: SubmittedNotebook) -> None:
        """As `AssignLatePenalties`, whose plugin it asks."""
        notebook.late_submission_penalty = None
        if AssignLatePenalties not in self.writing or submission.total_seconds_late <= 0:
            return
        gradebook.db.flush()
        gradebook.db.refresh(notebook)  # its score is the database's sum
        late = submission.total_seconds_late
        penalty = self.late.plugin_inst.late_submission_penalty(submission.student_id, notebook.score, late)
        if penalty is not None:
            notebook.late_submission_penalty = self.late._check_late_penalty(notebook, penalty)

    def _steps_of_the_course(self, graded: GradedSubmission, executed: Executed) -> None:
        """What it put in the place of nbgrader's own, which have done their part above. They open the gradebook."""
        for step in self.writing:
            if step in (SaveAutoGrades, AssignLatePenalties):
                continue
            for name, text in executed.notebooks.items():
                marks = {mark.id: mark for mark in graded.questions if mark.notebook == name}
                notebook = nbformat.v4.reads_json(text)
                about = resources(self.course, executed.submission, name, executed.submission.folder)
                kind = _saving(step, marks) if issubclass(step, SaveAutoGrades) else step
                kind(parent=self.exporter)(notebook, about)

    def _prepare_folder(self, executed: Executed) -> Path:
        """The new `autograded/` folder, complete, beside the place it goes to."""
        submission = executed.submission
        target = self.course.folder("autograded", submission.student, submission.assignment)
        target.parent.mkdir(parents=True, exist_ok=True)
        prepared = Path(tempfile.mkdtemp(prefix=f".{target.name}.", dir=target.parent))
        try:
            lay_out(self.course, submission, prepared)
            for name, text in executed.notebooks.items():
                (prepared / f"{name}.ipynb").write_text(text, encoding="utf-8", errors="replace")
            mode = int(str(self.converter.permissions), 8)
            for folder, _, names in os.walk(prepared):
                for name in names:
                    os.chmod(os.path.join(folder, name), mode)
                os.chmod(folder, 0o2775 if self.converter.coursedir.groupshared else 0o755)
        except BaseException:
            shutil.rmtree(prepared, ignore_errors=True)
            raise
        return prepared


def _saving(configured: type, marks: Mapping[str, QuestionMark]) -> type:
    """A course's own `SaveAutoGrades`, with the judge's marks."""

    def add_score(self: Any, cell: Any, _resources: Any) -> None:
        mark = marks[cell.metadata["nbgrader"]["grade_id"]]
        grade = self.gradebook.find_grade(mark.id, self.notebook_id, self.assignment_id, self.student_id)
        grade.auto_score = mark.score
        grade.needs_manual_grade = grade.manual_score is not None or mark.score is None
        self.gradebook.db.commit()

    return type(configured.__name__, (configured,), {"_add_score": add_score})


def _in_words(error: Exception, root: Path) -> str:
    """Without a full stop. A folder being prepared has a name that means nothing: the one it is in is named."""
    if not (isinstance(error, OSError) and error.strerror and isinstance(error.filename, str)):
        return in_one_line(error).rstrip(".")
    place = Path(error.filename)
    place = place.parent if place.name.startswith(".") else place
    return f"{error.strerror}: {place.relative_to(root) if place.is_relative_to(root) else place}"
