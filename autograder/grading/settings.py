"""What the course's own `nbgrader_config.py` says, read with nbgrader's machinery.

Every stage gets its `Course` from here, so that a course which never heard of us keeps its folders, its gradebook and
its preprocessors. Trusted: the configuration is the instructor's code.
"""

from __future__ import annotations

import logging
import os
import shutil
import sys
import warnings
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from nbgrader.api import Gradebook
from nbgrader.apps.baseapp import NbGrader
from nbgrader.coursedir import CourseDirectory
from sqlalchemy import make_url
from sqlalchemy.exc import SAWarning, SQLAlchemyError

from autograder.errors import CourseError
from autograder.grading.colliding import tried_again
from autograder.grading.levels import level_in

CONFIG_NAME = "nbgrader_config.py"

# nbgrader 0.9 adds its rows in an order that SQLAlchemy 2 remarks upon, to no effect.
warnings.filterwarnings("ignore", category=SAWarning, module="nbgrader")

LOCK_WAIT_SECONDS = 60
"""How long a write waits for another program's lock on SQLite. nbgrader's 5 s abort a class when formgrader is busy."""


@dataclass(frozen=True)
class Course:
    """A course folder and its configuration."""

    root: Path
    app: NbGrader
    db_url: str

    def directory(self, **traits: Any) -> CourseDirectory:
        """nbgrader's `CourseDirectory` for one conversion. Never shared: converters change it."""
        return CourseDirectory(parent=self.app, root=str(self.root), **{"db_url": self.db_url, **traits})

    def converter(self, kind: type, **traits: Any) -> Any:
        """One of nbgrader's converters, configured as its own command would be."""
        return kind(coursedir=self.directory(**traits), parent=self.app)

    def folder(self, step: str, student: str, assignment: str) -> Path:
        """`step` is one of source, submitted, autograded, feedback, release."""
        layout = self.layout
        return Path(layout.format_path(getattr(layout, f"{step}_directory"), student, assignment))

    @cached_property
    def layout(self) -> CourseDirectory:
        """Where what lies, and what is ignored: to be read only. Made once: every path asks for it."""
        return self.directory()

    @property
    def gradebook_file(self) -> Path | None:
        """Where SQLite has the gradebook, absolute (only `:memory:` and URIs are not); it may not be there yet."""
        url = make_url(self.db_url)
        named = url.get_backend_name() == "sqlite" and url.database
        return Path(named) if named else None

    @property
    def gradebook_shown(self) -> str:
        """Its URL, without a password."""
        return make_url(self.db_url).render_as_string(hide_password=True)

    def gradebook(self) -> Gradebook:
        """Raises `CourseError` when its server cannot be reached, or the library for it is not installed."""
        try:
            # Making its tables, and the course's row, collides with whoever does the same at that moment.
            return tried_again(lambda: Gradebook(self.db_url, self.layout.course_id or "default_course"))
        except (ImportError, SQLAlchemyError) as error:
            reason = (str(error).strip() or type(error).__name__).splitlines()[0][:300]
            raise CourseError(
                f"The gradebook {self.gradebook_shown} could not be opened: {reason}",
                "See whether it exists, its server runs, and lets you in; for PostgreSQL install psycopg[binary].",
            ) from error


def open_course(root: Path) -> Course:
    """Read `root/nbgrader_config.py`. Raises `CourseError` when there is none or it fails."""
    root = Path(root).resolve()
    if not (root / CONFIG_NAME).is_file():
        raise CourseError(
            f"{root} is not a course: it has no {CONFIG_NAME}.", "Start in the course folder, or give it with --course."
        )
    app = NbGrader(log_level=logging.CRITICAL)
    app.load_cwd_config = False  # the course's configuration counts, wherever the command was started
    app.raise_config_file_errors = True
    path_before = list(sys.path)
    try:
        app.initialize([], root=str(root))
    except (Exception, SystemExit) as error:
        raise CourseError(
            f"{root / CONFIG_NAME} could not be read: {type(error).__name__}: {error}",
            "Correct that file; `nbgrader --debug` in the course folder shows where it stops.",
        ) from error
    finally:
        sys.path[:] = path_before  # nbgrader puts the current folder in front, whatever lies in it
    app.log.handlers = [logging.NullHandler()]  # what matters of its log is told in our words
    app.log.propagate = False
    app.log.setLevel(logging.WARNING)
    level_in(app)
    _find_alembic()
    return Course(root, app, _waiting_url(CourseDirectory(parent=app, root=str(root)).db_url, root))


def _waiting_url(db_url: str, root: Path) -> str:
    """The same gradebook, from any folder, and patient with another program's lock."""
    prefix = "sqlite:///"
    path, _, query = db_url.removeprefix(prefix).partition("?")
    if not db_url.startswith(prefix) or not path or path == ":memory:" or path.startswith("file:"):
        return db_url
    if "timeout=" not in query:
        query = "&".join(filter(None, [query, f"timeout={LOCK_WAIT_SECONDS}"]))
    return f"{prefix}{root / path}?{query}"


def _find_alembic() -> None:
    """nbgrader calls the program `alembic` when it makes a gradebook, even where the environment is not activated."""
    if shutil.which("alembic") is None:
        os.environ["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
