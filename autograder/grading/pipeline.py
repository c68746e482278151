"""Wires the stages: collect → run → judge → record → feedback. The one way into this folder for commands.

Only `run` happens elsewhere (in workers); everything that decides or writes happens here, one submission at a time.
"""

from __future__ import annotations

import os
import secrets
import tempfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from pathlib import Path

from autograder._version import __version__
from autograder.confined.policy import Limits
from autograder.confined.process import warm_server
from autograder.errors import CouldNotGrade
from autograder.grading.assignment import KnownAssignment, known_assignment
from autograder.grading.collect import read_submission, student_names
from autograder.grading.feedback import write_feedback
from autograder.grading.judge import judge
from autograder.grading.pool import run_all
from autograder.grading.record import has_marks, record
from autograder.grading.run import RunSettings
from autograder.grading.settings import Course, open_course
from autograder.records import ClassResult, Executed, GradedSubmission, Submission, SubmissionOutcome


def engine(confined: bool) -> str:
    """What ran the submissions, and how, as it stands beside the marks."""
    how = "confined (Landlock, seccomp, rlimits)" if confined else "TRUSTED: not confined"
    return f"autograder {__version__}, {how}"


Progress = Callable[[GradedSubmission, int, int], None]
"""Called after each submission with it, how many are done and how many there are."""


def grade(
    course: Path,
    assignment: str,
    *,
    students: Iterable[str] | None = None,
    workers: int | None = None,
    seed: str | None = None,
    feedback: bool = True,
    progress: Progress | None = None,
    trusted: bool = False,
) -> ClassResult:
    """Grade every submission of `assignment` in the folder `course` again, and record what was found.

    `seed` is what inputs are drawn from; the same seed gives the same marks. None: a fresh secret one.
    `trusted` runs student code with the rights of whoever grades, where a machine cannot confine it.
    Raises `CannotConfine` where it cannot and `trusted` is False,
    `CourseError` or `GradingError` when nothing can be graded; one bad submission never does that.
    """
    opened = open_course(course)
    known = known_assignment(opened, assignment)
    names = student_names(opened, assignment, students)
    seed = secrets.token_hex(8) if seed is None else seed
    graded: list[GradedSubmission] = []
    with (
        tempfile.TemporaryDirectory(prefix="autograder-", ignore_cleanup_errors=True) as scratch,
        warm_server(Limits(), confined=not trusted) as server,
    ):
        settings = RunSettings(opened.root, known, seed, Path(scratch), server)
        count = max(1, min(workers or os.cpu_count() or 1, len(names)))
        for executed in _executions(opened, known, names, settings, count):
            graded.append(_settle(opened, known, executed, feedback))
            if progress:
                progress(graded[-1], len(graded), len(names))
    return ClassResult(
        assignment, seed, engine(not trusted), tuple(sorted(graded, key=lambda submission: submission.student))
    )


def _executions(
    course: Course, known: KnownAssignment, names: list[str], settings: RunSettings, workers: int
) -> Iterator[Executed]:
    """One for each name. What cannot be run at all does not visit a worker."""
    problems: list[Executed] = []

    def runnable() -> Iterator[Submission]:
        for name in names:
            submission = read_submission(course, known, name)
            if submission.problem is None:
                yield submission
            else:
                problems.append(Executed(submission))

    for executed in run_all(runnable(), settings, workers):
        yield executed
        while problems:
            yield problems.pop()
    yield from problems


def _settle(course: Course, known: KnownAssignment, executed: Executed, feedback: bool) -> GradedSubmission:
    """Judge one run, record it and write its feedback."""
    graded = judge(executed, known)
    if graded.outcome is SubmissionOutcome.GRADED:
        try:
            record(course, graded)
        except CouldNotGrade as problem:
            graded = replace(graded, outcome=SubmissionOutcome.COULD_NOT_GRADE, reason=str(problem), questions=())
    if graded.outcome is SubmissionOutcome.COULD_NOT_GRADE:
        if has_marks(course, graded.student, graded.assignment):
            graded = replace(graded, reason=f"{graded.reason} The marks recorded before stay.")
    elif feedback and not write_feedback(course, graded.student, graded.assignment):
        where = "/".join(executed.submission.folder.parts[-2:])
        note = f"feedback/{where} could not be written; `nbgrader generate_feedback` shows why."
        graded = replace(graded, notes=(*graded.notes, note))
    # Outputs can be large; nobody needs them once they are on disk.
    return replace(graded, executed=None)
