"""Second stage: run one submission and hand back its notebooks with outputs. Called by `pool` in a worker process.

NOT confined yet: student code runs with the rights of whoever grades, in a scratch folder, with other tests beside it.
Registered questions are asked from `outside` the kernel, so that their verdicts cannot be forged in it.
The steps are nbgrader's own, in the order the course configured, minus those that write marks: `record` does that.
"""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
from nbclient.exceptions import CellTimeoutError, DeadKernelError
from nbconvert.exporters.exporter import ResourcesDict
from nbgrader.converters import Autograde
from nbgrader.preprocessors import AssignLatePenalties, Execute, OverwriteCells, SaveAutoGrades
from traitlets.config import Config
from traitlets.utils.importstring import import_item

from autograder.grading.assignment import KnownAssignment
from autograder.grading.outside import asking
from autograder.grading.restore import restore
from autograder.grading.settings import Course, open_course
from autograder.grading.workspace import lay_out
from autograder.records import Executed, Submission, Verdict

WRITES_MARKS = (SaveAutoGrades, AssignLatePenalties)

KERNEL_STARTS = 3

SOCKET_PATH_MAX = 90
"""macOS allows 104 bytes, Linux 108; the name gets a suffix."""

ENVIRONMENT = {
    "NBGRADER_EXECUTION": "autograde",
    # Two workers on 300×300 products took ten times as long with a thread pool each.
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
}


@dataclass(frozen=True)
class RunSettings:
    """What all runs of a class share; small, and sent to the workers once."""

    root: Path
    """The course folder."""
    assignment: KnownAssignment
    seed: str
    scratch: Path
    """Where the runs' own folders go."""


def steps(converter: Autograde, *, sanitizing: bool, writing: bool = False) -> list[Any]:
    """The course's preprocessors for one half of `nbgrader autograde`."""
    configured = converter.sanitize_preprocessors if sanitizing else converter.autograde_preprocessors
    classes = [import_item(step) if isinstance(step, str) else step for step in configured]
    return [step for step in classes if (isinstance(step, type) and issubclass(step, WRITES_MARKS)) == writing]


def run(submission: Submission, settings: RunSettings, course: Course | None = None) -> Executed:
    """Never raises for what a student did: an `Executed` with a problem comes back instead."""
    started = time.monotonic()
    course = course or open_course(settings.root)
    os.environ.update(ENVIRONMENT)
    os.environ.pop("AUTOGRADER_SEED", None)  # a secret of this side; the kernel inherits what stands here
    folder = Path(tempfile.mkdtemp(dir=settings.scratch))
    notes: list[str] = []
    executed: dict[str, str] = {}
    verdicts: dict[str, dict[str, Verdict]] = {}
    problem = None
    try:
        lay_out(course, submission, folder)
        for name, data in submission.notebooks.items():
            verdicts[name] = {}
            executed[name] = _run_notebook(course, submission, settings, name, data, folder, notes, verdicts[name])
    except (DeadKernelError, CellTimeoutError) as error:
        problem = _unresponsive(submission, name, error)
    except Exception as error:
        reason = (str(error).strip() or "no reason given").splitlines()[0][:300]
        problem = (
            f"{_file(submission)} could not be run: {type(error).__name__}: {reason}. "
            "Open it in JupyterLab and run all cells to see where it stops."
        )
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return Executed(submission, executed, verdicts, time.monotonic() - started, tuple(notes), problem)


def _run_notebook(
    course: Course,
    submission: Submission,
    settings: RunSettings,
    name: str,
    data: bytes,
    folder: Path,
    notes: list[str],
    verdicts: dict[str, Verdict],
) -> str:
    """Restore, sanitize, execute. Returns the notebook as JSON text; fills `notes` and `verdicts`."""
    assignment = settings.assignment
    converter = course.converter(Autograde, assignment_id=assignment.name, student_id=submission.student)
    fits = os.name == "posix" and len(str(folder)) < SOCKET_PATH_MAX
    if fits and "transport" not in converter.config.KernelManager:
        # Kernels that look for free TCP ports at the same moment find the same ones, and one of them dies.
        sockets = Config(KernelManager=Config(transport="ipc", ip=f"{folder}.socket"))
        converter.update_config(sockets)
    exporter = converter.exporter_class(parent=converter, config=converter.config)
    notebook = nbformat.reads(data.decode(), as_version=4)
    notice = OverwriteCells(parent=exporter).missing_cell_notification
    file = f"{_file(submission)}/{name}.ipynb"
    notes += [f"{file}: {note}" for note in restore(notebook, assignment.notebooks[name], notice)]
    for sanitizing in (True, False):
        exporter._preprocessors = []  # as nbgrader's own `Autograde._init_preprocessors` does
        for step in steps(converter, sanitizing=sanitizing):
            if issubclass(step, Execute):
                step = asking(step, assignment.notebooks[name], settings.seed, verdicts)
            exporter.register_preprocessor(step)
        text = _apply(exporter, notebook, resources(course, submission, name, folder))
        notebook = nbformat.reads(text, as_version=4)
    return text


def _apply(exporter: Any, notebook: nbformat.NotebookNode, about: ResourcesDict) -> str:
    """The notebook after the exporter's steps, as JSON text."""
    for starts_left in reversed(range(KERNEL_STARTS)):
        try:
            return exporter.from_notebook_node(notebook, about)[0]
        except RuntimeError as error:
            # Before any cell ran, so not the student's doing: a busy machine.
            if not starts_left or "before replying to kernel_info" not in str(error):
                raise
    raise AssertionError("unreachable")


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


def _unresponsive(submission: Submission, name: str, error: Exception) -> str:
    what = "ended its kernel" if isinstance(error, DeadKernelError) else "could not be interrupted"
    return (
        f"{_file(submission)}/{name}.ipynb {what} while it ran. "
        "Look for exit(), very large arrays or a loop that catches KeyboardInterrupt."
    )


def _file(submission: Submission) -> str:
    return "/".join(submission.folder.parts[-3:])


# --- inside a worker process --------------------------------------------------------------------------------------

_settings: RunSettings
_course: Course


def start_worker(settings: RunSettings) -> None:
    """Runs once in each worker."""
    global _settings, _course
    # A kernel writes to the worker's own stdout and stderr when it dies; nobody reads that.
    nowhere = os.open(os.devnull, os.O_RDWR)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)
    _settings, _course = settings, open_course(settings.root)


def run_in_worker(submission: Submission) -> Executed:
    return run(submission, _settings, _course)
