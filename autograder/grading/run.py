"""Second stage: run one submission and hand back its notebooks with outputs and verdicts. Called by `pool` in a worker.

The worker is trusted and never runs a student's line: `execute` does that in a confined process. The steps are
nbgrader's, in the order the course configured, minus those that write marks (`record` does that) and those of
nbgrader's own for which `restore` leaves nothing to do.
"""

from __future__ import annotations

import contextlib
import os
import tempfile
import time
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from functools import partial
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import nbformat
from nbconvert.exporters.exporter import ResourcesDict
from nbgrader.converters import Autograde
from nbgrader.preprocessors import (
    AssignLatePenalties,
    CheckCellMetadata,
    DeduplicateIds,
    Execute,
    OverwriteCells,
    OverwriteKernelspec,
    SaveAutoGrades,
)
from traitlets.utils.importstring import import_item

from autograder.confined.asking import Drawn
from autograder.confined.process import ENVIRONMENT
from autograder.confined.scratch import remove
from autograder.confined.warm import LOOK_SECONDS, WarmServer
from autograder.errors import CannotConfine
from autograder.grading.assignment import KnownAssignment
from autograder.grading.beginning import Beginnings, begun
from autograder.grading.execute import ConfinedExecute, Run
from autograder.grading.plugin import ExecuteConfined, PutBack
from autograder.grading.restore import restore
from autograder.grading.settings import Course, open_course
from autograder.grading.workspace import copy_files, course_files, lay_out
from autograder.records import Executed, Submission, Verdict

WRITES_MARKS = (SaveAutoGrades, AssignLatePenalties)

DONE_BY_RESTORE = (PutBack, DeduplicateIds, OverwriteKernelspec, OverwriteCells, CheckCellMetadata)
"""nbgrader's own, not a course's subclass of them. Each would look at every cell, or at the gradebook
anew, to find nothing to change."""


@dataclass(frozen=True)
class RunSettings:
    """What all runs of a class share; small, and sent to the workers once."""

    root: Path
    """The course folder."""
    assignment: KnownAssignment
    seed: str
    scratch: Path
    """Where the runs' own folders go."""
    server: WarmServer
    """Where confined processes are to be had."""
    beginnings: Beginnings = field(default_factory=dict)


def steps(converter: Autograde, *, sanitizing: bool, writing: bool = False) -> list[Any]:
    """The course's preprocessors for one half of `nbgrader autograde`."""
    configured = converter.sanitize_preprocessors if sanitizing else converter.autograde_preprocessors
    classes = [import_item(step) if isinstance(step, str) else step for step in configured]
    return [step for step in classes if (isinstance(step, type) and issubclass(step, WRITES_MARKS)) == writing]


def _executing(step: type[Execute]) -> type[ConfinedExecute]:
    """In place of nbgrader's `Execute`, or of a course's subclass of it."""
    if step in (Execute, ExecuteConfined):
        return ConfinedExecute
    return type(step.__name__, (ConfinedExecute, step), {})


def begun_for_all(
    course: Course, assignment: str, server: WarmServer, scratch: Path
) -> AbstractContextManager[Beginnings]:
    """`begun`, with the notebooks of the assignment."""
    converter = course.converter(Autograde, assignment_id=assignment)
    classes = [step for step in steps(converter, sanitizing=False) if isinstance(step, type)]
    executes = next((step for step in classes if issubclass(step, Execute)), None)
    if executes is None:
        return contextlib.nullcontext({})
    exporter = converter.exporter_class(parent=converter, config=converter.config)
    sources = course.folder("source", ".", assignment).glob("*.ipynb")
    lay_out = partial(copy_files, course_files(course, assignment))
    return begun(sources, server, scratch, lay_out, ENVIRONMENT, _executing(executes)(parent=exporter).timeout)


class Runner:
    """Runs submissions of one assignment, one after the other."""

    def __init__(self, settings: RunSettings, course: Course) -> None:
        self.settings, self.course = settings, course
        self.drawn = Drawn()
        converter = course.converter(Autograde, assignment_id=settings.assignment.name)
        self.exporter = converter.exporter_class(parent=converter, config=converter.config)
        self.notice = OverwriteCells(parent=self.exporter).missing_cell_notification
        classes = steps(converter, sanitizing=True) + steps(converter, sanitizing=False)
        self.steps = [self._step(step) for step in classes if step not in DONE_BY_RESTORE]

    def _step(self, step: Any) -> Any:
        if not isinstance(step, type):
            return step  # a plain function
        return (_executing(step) if issubclass(step, Execute) else step)(parent=self.exporter)

    def run(self, submission: Submission) -> Executed:
        """Never raises for what a student did: an `Executed` with a problem comes back instead."""
        started = time.monotonic()
        ends_at = started + self.settings.server.limits.submission_seconds
        folder = Path(tempfile.mkdtemp(dir=self.settings.scratch))
        notes: list[str] = []
        executed: dict[str, str] = {}
        verdicts: dict[str, dict[str, Verdict]] = {}
        problem = None
        try:
            lay_out(self.course, submission, folder)
            for name, data in submission.notebooks.items():
                executed[name], verdicts[name] = self._run_notebook(submission, name, data, folder, notes, ends_at)
        except CannotConfine:
            raise
        except Exception as error:
            reason = (str(error).strip() or "no reason given").splitlines()[0][:300]
            problem = (
                f"{_file(submission)} could not be run: {type(error).__name__}: {reason}. "
                "Open it in JupyterLab and run all cells to see where it stops."
            )
        finally:
            remove(folder)
        return Executed(submission, executed, verdicts, time.monotonic() - started, tuple(notes), problem)

    def _run_notebook(
        self, submission: Submission, name: str, data: bytes, folder: Path, notes: list[str], ends_at: float
    ) -> tuple[str, dict[str, Verdict]]:
        """Restore, sanitize, execute. Returns the notebook as JSON text, and what was asked of it; fills `notes`."""
        known = self.settings.assignment
        notebook = nbformat.v4.reads_json(data.decode())  # `collect` validated it
        file = f"{_file(submission)}/{name}.ipynb"
        notes += [f"{file}: {note}" for note in restore(notebook, known.notebooks[name], self.notice)]
        if (kernel := known.kernels.get(name)) is not None:
            notebook.metadata["kernelspec"] = nbformat.from_dict(kernel)
        context = Run(self.settings.server, self.settings.seed, folder, known.notebooks[name], ends_at, self.drawn)
        beginning = self.settings.beginnings.get(name)
        context.beginning = beginning if beginning and beginning.of(notebook) else None
        about = resources(self.course, submission, name, folder)
        for step in self.steps:
            if isinstance(step, ConfinedExecute):
                step.context = context
            notebook, about = step(notebook, about)
        notes += [f"{file}: {note}" for note in context.notes]
        return nbformat.v4.writes_json(notebook), context.verdicts


def resources(course: Course, submission: Submission, notebook: str, folder: Path) -> ResourcesDict:
    """What nbgrader's preprocessors want to know about the notebook before them."""
    return ResourcesDict(
        nbgrader={
            "student": submission.student,
            "assignment": submission.assignment,
            "notebook": notebook,
            "db_url": course.db_url,
        },
        metadata=ResourcesDict(name=notebook, path=str(folder)),
        unique_key=notebook,
        output_files_dir=f"{notebook}_files",
    )


def _file(submission: Submission) -> str:
    return "/".join(submission.folder.parts[-3:])


# --- inside a process of its own ----------------------------------------------------------------------------------

_runner: Runner


def start_worker(settings: RunSettings) -> None:
    """Runs once in each worker."""
    global _runner
    os.environ.pop("AUTOGRADER_SEED", None)
    _runner = Runner(settings, open_course(settings.root))


def run_in_worker(submission: Submission) -> Executed:
    return _runner.run(submission)


def begin_in_worker(connection: Connection, root: Path, assignment: str, server: WarmServer, scratch: Path) -> None:
    """Sends the beginnings and keeps them, until it is killed or the other end of `connection` is closed."""
    with contextlib.suppress(EOFError, OSError):
        course = open_course(root)
        while not os.path.exists(server.address):
            if connection.poll(LOOK_SECONDS):
                return
        with begun_for_all(course, assignment, server, scratch) as found:
            connection.send(found)
            connection.recv()
