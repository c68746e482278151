"""A copy of the course in a temporary folder, where nbgrader may do what it likes. Used by `build` and `prove`.

nbgrader itself does the work, in this process and with the course's own `nbgrader_config.py`; only the folders and the
gradebook are the copy's, so that neither the course nor its marks can be harmed by a run that fails.
"""

from __future__ import annotations

import contextlib
import copy
import functools
import os
import re
import shutil
import sys
import tempfile
import warnings
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from nbgrader.api import Gradebook
from nbgrader.converters import Autograde, GenerateAssignment, GenerateSolution
from nbgrader.converters.base import BaseConverter
from nbgrader.coursedir import CourseDirectory
from nbgrader.utils import capture_log
from sqlalchemy.exc import SAWarning
from traitlets.config import Config
from traitlets.config.loader import PyFileConfigLoader

from autograder import errors
from autograder.course import ownership
from autograder.errors import CourseError

CONFIG = "nbgrader_config.py"


@dataclass(frozen=True)
class CellMark:
    """What nbgrader gave for one cell it marks by itself."""

    notebook: str
    grade_id: str
    score: float
    max_score: float


@contextlib.contextmanager
def throwaway_course(course: Path, names: Iterable[str]) -> Iterator[ThrowawayCourse]:
    """The course with the sources of the assignments `names`; gone when the block is left."""
    with tempfile.TemporaryDirectory(prefix="course-") as folder:
        # The real path: on macOS /var is a link, and nbgrader matches paths as text.
        root = Path(folder).resolve()
        for name in names:
            ignored = shutil.ignore_patterns(*ownership.IGNORED)
            shutil.copytree(course / "source" / name, root / "source" / name, ignore=ignored)
        if (course / CONFIG).exists():
            shutil.copy(course / CONFIG, root / CONFIG)
        yield ThrowawayCourse(root)


class ThrowawayCourse:
    def __init__(self, root: Path) -> None:
        self.root = root
        self._config: Config | None = None

    @property
    def config(self) -> Config:
        """Read when first needed, not sooner: the file looks at what is in `source/`."""
        if self._config is None:
            config = Config()
            if (self.root / CONFIG).exists():
                config = PyFileConfigLoader(CONFIG, path=str(self.root)).load_config()
            config.CourseDirectory.root = str(self.root)
            config.CourseDirectory.db_url = f"sqlite:///{self.root / 'gradebook.db'}"
            config.CourseDirectory.directory_structure = CourseDirectory.directory_structure.default()
            config.CourseDirectory.source_directory = "source"
            config.CourseDirectory.release_directory = "release"
            config.CourseDirectory.solution_directory = "notebooks"
            # Kernels warn on the terminal that they use TCP; every kernel here lives and dies on this machine.
            config.Execute.extra_arguments = ["--HistoryManager.hist_file=:memory:", "--IPKernelApp.log_level=ERROR"]
            self._config = config
        return self._config

    def generate_assignment(self, name: str) -> Path:
        """Makes and returns `release/<name>`. Raises `CourseError` with nbgrader's reason."""
        self._run(GenerateAssignment, name)
        return self.root / "release" / name

    def generate_solution(self, name: str, execute: bool = True) -> Path:
        """Makes and returns `notebooks/<name>`, after `generate_assignment`, which put the name into the gradebook."""
        self._run(GenerateSolution, name, execute=execute)
        return self.root / "notebooks" / name

    def autograde(self, name: str, student: str) -> list[CellMark]:
        """Grades `submitted/<student>/<name>` and returns every mark given without a person."""
        self._run(Autograde, name, student=student)
        course_id = self.config.CourseDirectory.get("course_id", "")
        with Gradebook(self.config.CourseDirectory.db_url, course_id or "default_course") as gradebook:
            submission = gradebook.find_submission(name, student)
            return [
                CellMark(notebook.name, grade.name, float(grade.auto_score or 0.0), float(grade.max_score))
                for notebook in submission.notebooks
                for grade in sorted(notebook.grades, key=lambda grade: grade.name)
                if grade.cell.cell_type == "code" and not _is_written_by_hand(notebook, grade.name)
            ]

    def submit(self, name: str, student: str, folder: Path) -> Path:
        """Hands in the contents of `folder` as `student`; returns the submission's folder."""
        there = self.root / "submitted" / student / name
        ignored = shutil.ignore_patterns(*ownership.IGNORED)
        shutil.copytree(folder, there, ignore=ignored)
        for text in ownership.lesson_texts(there):
            text.unlink()
        return there

    def _run(self, converter: type[BaseConverter], name: str, student: str = "*", execute: bool = True) -> None:
        gradebook = self.root / "gradebook.db"
        if not gradebook.exists():
            gradebook.write_bytes(_empty_gradebook())
        config = copy.deepcopy(self.config)
        config.Execute.enabled = execute
        coursedir = CourseDirectory(config=config)
        coursedir.assignment_id, coursedir.student_id = name, student
        app = converter(coursedir=coursedir, config=config)
        app.force = True
        with warnings.catch_warnings():
            # nbgrader's own sessions, seen through a newer SQLAlchemy: nothing an instructor can act on.
            warnings.simplefilter("ignore", SAWarning)
            result = capture_log(app)
        if not result["success"]:
            raise _raised(name, result)


def _is_written_by_hand(notebook: object, grade_id: str) -> bool:
    return grade_id in {cell.name for cell in notebook.notebook.solution_cells}


def _raised(name: str, result: dict[str, str]) -> CourseError:
    """The error nbgrader logged before its own summary; one of ours comes back as itself."""
    # Tracebacks end in `package.Name: message`; nbgrader's log indents them.
    ends = re.findall(r"^ *([\w.]+(?:Error|Exception|Solution|Interrupt)): (.+)$", result.get("log", ""), re.MULTILINE)
    for path, message in reversed(ends):
        package, _, kind = path.rpartition(".")
        if package == errors.__name__:
            return getattr(errors, kind)(message)
    kind, message = ends[-1] if ends else ("", result["error"].strip().splitlines()[-1])
    return CourseError(f"nbgrader could not process {name}: {kind} {message}", "Mend it in source/.")


@functools.cache
def _empty_gradebook() -> bytes:
    """Made once a process: nbgrader starts another program for each new gradebook, which takes longer than the rest."""
    with tempfile.TemporaryDirectory() as folder, _alembic_on_path():
        Gradebook(f"sqlite:///{folder}/gradebook.db").close()
        return (Path(folder) / "gradebook.db").read_bytes()


@contextlib.contextmanager
def _alembic_on_path() -> Iterator[None]:
    """nbgrader starts `alembic` by name for each new gradebook; without an activated environment it is not found."""
    before = os.environ.get("PATH", "")
    if shutil.which("alembic") is None:
        os.environ["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{before}"
    try:
        yield
    finally:
        os.environ["PATH"] = before
