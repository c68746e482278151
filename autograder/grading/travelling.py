"""A course on its way to a worker of a cluster, and what that worker does with it. Used by `cluster`.

The worker is trusted, as those of `pool` are: a student's lines run in a confined process beside it, on its machine.
"""

from __future__ import annotations

import contextlib
import io
import platform
import tarfile
import tempfile
import threading
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import threadpoolctl
from distributed import Worker, WorkerPlugin, get_worker

from autograder._version import __version__
from autograder.confined.policy import Limits
from autograder.confined.warm import warming
from autograder.errors import CannotConfine, CourseError
from autograder.grading.assignment import KnownAssignment
from autograder.grading.run import Runner, RunSettings, begun_for_all
from autograder.grading.settings import CONFIG_NAME, Course, open_course
from autograder.records import Executed, Submission


def about_this_process() -> str:
    """What must be the same on both sides for marks to be the same."""
    return f"autograder {__version__} on Python {platform.python_version()} with numpy {np.__version__}"


def packed(course: Course, assignment: str) -> bytes:
    """What a worker needs of the course: its configuration, Python files beside that, the assignment's source.

    Raises `CourseError` where the source lies outside the course folder.
    """
    source = course.folder("source", ".", assignment).resolve()
    if not source.is_relative_to(course.root):
        raise CourseError(
            f"{source} lies outside the course folder {course.root}, so it cannot be sent to a cluster.",
            "Move it inside, or grade without --scheduler.",
        )
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as archive:
        for path in (course.root / CONFIG_NAME, *sorted(course.root.glob("*.py"))):
            if path.name not in archive.getnames():
                archive.add(path, path.name)
        if source.is_dir():
            archive.add(source, source.relative_to(course.root))
    return buffer.getvalue()


@dataclass
class CourseOnWorker(WorkerPlugin):
    """The course of one run on one worker: unpacked for its first submission, removed with the plugin."""

    archive: bytes
    known: KnownAssignment
    seed: str
    confined: bool
    _runner: Runner | None = field(default=None, init=False)

    def setup(self, worker: Worker) -> None:
        self._one_at_a_time = threading.Lock()
        self._open = contextlib.ExitStack()

    def teardown(self, worker: Worker) -> None:
        self._open.close()

    def run(self, submission: Submission) -> Executed:
        """One at a time, however many threads the worker has: a run keeps a core busy, mostly in another process."""
        with self._one_at_a_time:
            try:
                if self._runner is None:
                    self._runner = self._start()
                return self._runner.run(submission)
            except CannotConfine as error:
                raise CannotConfine(f"{platform.node()}: {error.what}", error.next_step) from None

    def _start(self) -> Runner:
        self._open.enter_context(threadpoolctl.threadpool_limits(1))
        root, scratch = self._folder(), self._folder()
        with tarfile.open(fileobj=io.BytesIO(self.archive)) as archive:
            archive.extractall(root, filter="data")
        server = self._open.enter_context(warming(Limits(), confined=self.confined))()
        course = open_course(root)
        found = self._open.enter_context(begun_for_all(course, self.known.name, server, scratch))
        return Runner(RunSettings(root, self.known, self.seed, scratch, server, found), course)

    def _folder(self) -> Path:
        folder = tempfile.TemporaryDirectory(prefix="autograder-", ignore_cleanup_errors=True)
        return Path(self._open.enter_context(folder))


def run_on_worker(plugin: str, submission: Submission) -> Executed:
    """The task. `plugin` is the name under which the worker has the course."""
    return get_worker().plugins[plugin].run(submission)
