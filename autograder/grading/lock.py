"""One run of an assignment at a time. Used by `pipeline`."""

from __future__ import annotations

import contextlib
import fcntl
import os
from collections.abc import Iterator
from pathlib import Path

from autograder.errors import GradingError


@contextlib.contextmanager
def only_one(course: Path, assignment: str) -> Iterator[None]:
    """Raises `GradingError` while another process grades the same assignment.

    The lock is the system's (flock), so it ends with its holder, however that ends; the file stays and means nothing.
    """
    with open(course / f".grading-{assignment}.lock", "a+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.seek(0)
            who = file.read().strip() or "unknown"
            raise GradingError(
                f"{assignment} is being graded by another run (process {who}).", "Wait until it is done, or stop it."
            ) from None
        file.truncate(0)
        file.write(f"{os.getpid()}\n")
        file.flush()
        yield
