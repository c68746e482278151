"""Wires the stages: collect → run → judge → record → feedback. The one way into this folder for commands.

Only `run` happens elsewhere (in workers); everything that decides or writes happens here, one submission at a time.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import tempfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from autograder.confined.engine import engine
from autograder.confined.policy import Limits
from autograder.confined.warm import Warming
from autograder.errors import CouldNotGrade
from autograder.grading.assignment import KnownAssignment, known_assignment
from autograder.grading.beginning import Beginnings
from autograder.grading.book import Book, Entry
from autograder.grading.collect import read_submission, student_names
from autograder.grading.feedback import Pages
from autograder.grading.fingerprint import Fingerprints
from autograder.grading.judge import judge
from autograder.grading.lock import only_one
from autograder.grading.pool import begun_meanwhile, run_all
from autograder.grading.record import Recorder
from autograder.grading.run import RunSettings
from autograder.grading.settings import Course, open_course
from autograder.grading.swap import remove_leftovers
from autograder.grading.writable import must_be_writable
from autograder.records import ClassResult, Executed, GradedSubmission, Submission, SubmissionOutcome
from autograder.start import started

Progress = Callable[[GradedSubmission, int, int], None]
"""Called after each submission with it, how many are done and how many there are."""

Runs = Callable[[Iterable[Submission]], Iterator[Executed]]
"""Runs submissions somewhere, in any order; each yields exactly one."""


def grade(
    course: Path,
    assignment: str,
    *,
    students: Iterable[str] | None = None,
    workers: int | None = None,
    seed: str | None = None,
    feedback: bool = True,
    progress: Progress | None = None,
    meanwhile: Callable[[], None] = lambda: None,
    trusted: bool = False,
    force: bool = False,
    server: Warming | None = None,
    scheduler: str | None = None,
) -> ClassResult:
    """Grade the submissions of `assignment` in the folder `course`, and record what was found.

    What was graded before and has not changed since is not graded again, unless `force` or its student is named.
    `seed` is what inputs are drawn from; the same seed gives the same marks. None: a fresh secret one.
    `meanwhile` is called once, when the first submissions run and this process has nothing to do.
    `trusted` runs student code with the rights of whoever grades, where a machine cannot confine it.
    `server`: the warm server of `start.started`, where it is on its way already; by default one is started when needed.
    `scheduler`: the address of a Dask scheduler whose workers run the submissions; by default this machine's cores do.
    Raises `CannotConfine` where it cannot and `trusted` is False,
    `CourseError` or `GradingError` when nothing can be graded; one bad submission never does that.
    """
    opened = open_course(course)
    autograded = opened.folder("autograded", "*", assignment).parent.parent
    must_be_writable(opened, autograded)
    with only_one(opened.root, assignment), contextlib.ExitStack() as stack:
        begun = stack.enter_context(begun_meanwhile(opened.root, assignment, server.server)) if server else None
        known = known_assignment(opened, assignment)
        names = student_names(opened, assignment, students)
        remove_leftovers(autograded, assignment)
        with Book(opened) as book:
            run = _Run(opened, known, book, secrets.token_hex(8) if seed is None else seed, engine(not trusted))
            run.feedback, run.progress, run.meanwhile, run.count = feedback, progress, meanwhile, len(names)
            at_once = max(1, min(workers or os.cpu_count() or 1, len(names)))
            with Pages(opened, assignment, at_once) as run.pages:
                changed = names if force or students is not None else run.changed(names)
                if changed:
                    elsewhere = scheduler is not None
                    where = (
                        run.on_cluster(scheduler, trusted)
                        if elsewhere
                        else run.on_cores(server, begun, at_once, trusted)
                    )
                    with where as runs:
                        run.grade(changed, runs)
                run.wait_for_pages()
    in_order = sorted(run.graded, key=lambda submission: submission.student)
    return ClassResult(assignment, run.seed, run.engine, tuple(in_order))


@dataclass
class _Run:
    """One run over a class."""

    course: Course
    known: KnownAssignment
    book: Book
    seed: str
    engine: str
    feedback: bool = True
    progress: Progress | None = None
    meanwhile: Callable[[], None] = lambda: None
    count: int = 0
    graded: list[GradedSubmission] = field(default_factory=list)
    pages: Pages = field(init=False)

    def __post_init__(self) -> None:
        self.fingerprints = Fingerprints(self.course, self.known, f"{self.engine} {Limits()}")
        self.recorder = Recorder(self.course, self.known.name, self.book)

    def changed(self, names: list[str]) -> list[str]:
        """Whom to grade; the others' results are taken from the record."""
        before = self.book.graded_before(self.known.name)
        again = []
        for name in names:
            fingerprint, result = before.get(name, (None, None))
            folder = self.course.folder("autograded", name, self.known.name)
            if result is not None and folder.is_dir() and self.fingerprints.of(name) == fingerprint:
                self._done(result)
                if not self.course.folder("feedback", name, self.known.name).is_dir():
                    self._write_feedback(name)
            else:
                again.append(name)
        return again

    @contextlib.contextmanager
    def on_cores(
        self, server: Warming | None, begun: Callable[[], Beginnings] | None, workers: int, trusted: bool
    ) -> Iterator[Runs]:
        with contextlib.ExitStack() as stack:
            server = server or stack.enter_context(started(confined=not trusted))
            begun = begun or stack.enter_context(begun_meanwhile(self.course.root, self.known.name, server.server))
            scratch = stack.enter_context(tempfile.TemporaryDirectory(prefix="autograder-", ignore_cleanup_errors=True))
            settings = RunSettings(self.course.root, self.known, self.seed, Path(scratch), server(), begun())
            yield lambda submissions: run_all(submissions, settings, workers, self.meanwhile)

    @contextlib.contextmanager
    def on_cluster(self, scheduler: str, trusted: bool) -> Iterator[Runs]:
        from autograder.grading.cluster import cluster  # an optional extra

        with cluster(scheduler, self.course, self.known, self.seed, confined=not trusted) as joined:
            self.meanwhile()
            yield joined.run_all

    def grade(self, names: list[str], runs: Runs) -> None:
        for executed in self._executions(names, runs):
            self._done(self._settle(executed))

    def _done(self, graded: GradedSubmission) -> None:
        self.graded.append(graded)
        if self.progress:
            self.progress(graded, len(self.graded), self.count)

    def _executions(self, names: list[str], runs: Runs) -> Iterator[Executed]:
        """One for each name. What cannot be run at all does not visit a worker."""
        problems: list[Executed] = []

        def runnable() -> Iterator[Submission]:
            for name in names:
                submission = read_submission(self.course, self.known, name)
                if submission.problem is None:
                    yield submission
                else:
                    problems.append(Executed(submission))

        for executed in runs(runnable()):
            yield executed
            while problems:
                yield problems.pop()
        yield from problems

    def _settle(self, executed: Executed) -> GradedSubmission:
        """Judge one run, record it and write its feedback."""
        graded = judge(executed, self.known)
        if graded.outcome is SubmissionOutcome.GRADED:
            try:
                entry = Entry(self.fingerprints.of(graded.student) or "", self.seed, self.engine)
                self.recorder.record(graded, entry)
            except CouldNotGrade as problem:
                graded = replace(graded, outcome=SubmissionOutcome.COULD_NOT_GRADE, reason=str(problem), questions=())
        if graded.outcome is SubmissionOutcome.COULD_NOT_GRADE:
            if self.recorder.has_marks(graded.student):
                graded = replace(graded, reason=f"{graded.reason} The marks recorded before stay.")
            self.recorder.could_not_grade(graded)
        else:
            self._write_feedback(graded.student)
        # Outputs can be large; nobody needs them once they are on disk.
        return replace(graded, executed=None)

    def _write_feedback(self, student: str) -> None:
        if self.feedback:
            self.pages.write(student)

    def wait_for_pages(self) -> None:
        """A page that could not be written is a note beside its student's marks."""
        without = self.pages.could_not_be_written()
        for place, graded in enumerate(self.graded):
            if graded.student in without:
                where = "/".join(self.course.folder("feedback", graded.student, graded.assignment).parts[-3:])
                note = f"{where} could not be written; `nbgrader generate_feedback` shows why."
                self.graded[place] = replace(graded, notes=(*graded.notes, note))
