"""Last stage of collecting: one submission into `submitted/`, as a whole or not at all. Called by `collect`.

What was there before is moved, never deleted.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Mapping
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path

from autograder.collecting.plain_folders import TIMESTAMP
from autograder.errors import CouldNotGrade, NotCollected
from autograder.grading.assignment import KnownAssignment
from autograder.grading.collect import check_name, files_handed_in, students_folder, utc_in
from autograder.grading.settings import Course

ASIDE = "replaced"
"""Beside `submitted/`: what a later submission took the place of."""


class Outcome(StrEnum):
    NEW = "new"
    UNCHANGED = "unchanged"
    REPLACED = "replaced"
    KEPT = "kept: newer"
    REFUSED = "refused"


def compare(
    course: Course, assignment: str, student: str, files: Mapping[str, bytes], when: datetime | None
) -> Outcome:
    """What placing these files would do. Raises `NotCollected` where `submitted/` is not fit to receive them."""
    target = course.folder("submitted", student, assignment)
    try:
        check_name(student, student)
        base = students_folder(course, assignment)
        for folder in [target, *target.parents]:
            if base in folder.parents and folder.is_symlink():
                raise NotCollected(f"{folder} is a link, which is not followed.", "Replace it by a real folder.")
        if not target.exists():
            return Outcome.NEW
        there = files_handed_in(course, KnownAssignment(assignment, {}), student)
    except CouldNotGrade as problem:
        raise NotCollected(problem.what, problem.next_step) from problem
    stamp = there.pop(TIMESTAMP, b"")
    if there == dict(files):
        return Outcome.UNCHANGED
    before = utc_in(stamp) or max(
        (datetime.fromtimestamp((target / name).stat().st_mtime, UTC) for name in there), default=None
    )
    return Outcome.KEPT if there and before and when and before > when else Outcome.REPLACED


def put(
    course: Course,
    assignment: str,
    student: str,
    files: Mapping[str, bytes],
    time: datetime | None,
    when: datetime | None,
) -> Path | None:
    """Write the submission; `time` goes into nbgrader's `timestamp.txt`. Returns where the earlier one went, if any.

    Its files get the time `when`: without a time of handing in, that is what the next download is compared with.
    """
    target = course.folder("submitted", student, assignment)
    base = students_folder(course, assignment).parent
    base.mkdir(parents=True, exist_ok=True)
    staged = Path(tempfile.mkdtemp(prefix=".collecting-", dir=base))
    try:
        fresh = staged / "submission"
        fresh.mkdir()
        for name, content in files.items():
            path = fresh / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
            if when:
                os.utime(path, (when.timestamp(), when.timestamp()))
        if time:
            text = time.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f UTC")
            (fresh / TIMESTAMP).write_text(text + "\n", encoding="utf-8")
        target.parent.mkdir(parents=True, exist_ok=True)
        aside = None
        if target.exists():
            stamp = datetime.now(UTC).strftime("%Y-%m-%dT%H%M%S.%f")
            aside = base / ASIDE / student / assignment / stamp
            aside.parent.mkdir(parents=True, exist_ok=True)
            target.rename(aside)
        try:
            fresh.rename(target)
        except OSError:
            if aside:
                aside.rename(target)
            raise
        return aside
    finally:
        shutil.rmtree(staged, ignore_errors=True)
