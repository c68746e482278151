"""Last stage: each student's feedback page, by nbgrader's `GenerateFeedback`, where formgrader looks for it.

A page takes a third of a second of processor time, as much as running a notebook: they are written by processes of
their own while the class is still being graded.
"""

from __future__ import annotations

import io
from concurrent.futures import Future, ProcessPoolExecutor
from functools import cache
from pathlib import Path

from jinja2 import Environment
from jinja2.bccache import Bucket, BytecodeCache
from nbgrader.converters import GenerateFeedback
from nbgrader.utils import capture_log
from traitlets.config import Config

from autograder.grading.settings import Course, open_course
from autograder.start import context


def write_feedback(course: Course, student: str, assignment: str) -> bool:
    """Writes `feedback/<student>/<assignment>/`; False when nbgrader could not."""
    converter = course.converter(GenerateFeedback, assignment_id=assignment, student_id=student)
    if "template_name" not in converter.config.HTMLExporter:
        converter.update_config(Config(HTMLExporter=Config(template_name="feedback")))
    converter.exporter_class = _with_compiled_templates(converter.exporter_class)
    converter.force = True
    outcome = capture_log(converter)
    return bool(outcome["success"]) and any(course.folder("feedback", student, assignment).glob("*.html"))


class Pages:
    """Feedback pages in the making. Use as a context manager: it ends when they are done."""

    def __init__(self, course: Course, assignment: str, workers: int) -> None:
        self.assignment = assignment
        self._make = lambda: ProcessPoolExecutor(workers, context(), _start, (course.root,))
        self._pool: ProcessPoolExecutor | None = None
        self._waiting: dict[str, Future] = {}

    def __enter__(self) -> Pages:
        return self

    def __exit__(self, *_: object) -> None:
        if self._pool is not None:
            self._pool.shutdown(wait=True, cancel_futures=True)

    def write(self, student: str) -> None:
        self._pool = self._pool or self._make()
        self._waiting[student] = self._pool.submit(_write, student, self.assignment)

    def could_not_be_written(self) -> list[str]:
        """Waits for all; the students without a page."""
        return [student for student, page in self._waiting.items() if page.exception() or not page.result()]


class _Compiled(BytecodeCache):
    """nbconvert compiles its templates anew for every page: two thirds of the work."""

    def __init__(self) -> None:
        self.known: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        if bucket.key in self.known:
            bucket.load_bytecode(io.BytesIO(self.known[bucket.key]))

    def dump_bytecode(self, bucket: Bucket) -> None:
        file = io.BytesIO()
        bucket.write_bytecode(file)
        self.known[bucket.key] = file.getvalue()


@cache
def _with_compiled_templates(exporter: type) -> type:
    compiled = _Compiled()

    def _create_environment(self) -> Environment:
        environment = exporter._create_environment(self)
        environment.bytecode_cache = compiled
        return environment

    return type(exporter.__name__, (exporter,), {"_create_environment": _create_environment})


# --- inside a worker process --------------------------------------------------------------------------------------

_course: Course


def _start(root: Path) -> None:
    global _course
    _course = open_course(root)


def _write(student: str, assignment: str) -> bool:
    return write_feedback(_course, student, assignment)
