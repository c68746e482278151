"""What a submission's marks depend on, in one number: unchanged means nothing to grade. Used by `pipeline`."""

from __future__ import annotations

import hashlib
from pathlib import Path

from nbgrader.utils import find_all_files

from autograder.errors import CouldNotGrade
from autograder.grading.assignment import KnownAssignment
from autograder.grading.collect import files_handed_in
from autograder.grading.settings import Course


class Fingerprints:
    """Of the submissions to one assignment, graded by one engine."""

    def __init__(self, course: Course, assignment: KnownAssignment, engine: str) -> None:
        self.course, self.assignment = course, assignment
        shared = hashlib.sha256(f"{engine}\n{assignment}\n".encode())
        source = course.folder("source", ".", assignment.name)
        for name in sorted(find_all_files(str(source), [*course.layout.ignore, "*.ipynb"])):
            _add(shared, str(Path(name).relative_to(source)), Path(name).read_bytes())
        shared.update((course.root / "nbgrader_config.py").read_bytes())
        self._shared = shared

    def of(self, student: str) -> str | None:
        """None when what was handed in cannot be read."""
        mine = self._shared.copy()
        try:
            for name, data in sorted(files_handed_in(self.course, self.assignment, student).items()):
                _add(mine, name, data)
        except (CouldNotGrade, OSError):
            return None
        return mine.hexdigest()


def _add(digest, name: str, data: bytes) -> None:
    digest.update(f"{len(name)} {len(data)} ".encode())
    digest.update(name.encode("utf-8", "surrogateescape") + data)
