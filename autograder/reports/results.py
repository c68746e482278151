"""`--json FILE`: a graded class in the schema of docs/results.schema.json. Each report is written by `write_whole`."""

from __future__ import annotations

import json
import os
import tempfile
from pathlib import Path

from autograder.errors import GradingError
from autograder.records import ClassResult


def write_json(result: ClassResult, path: Path) -> None:
    text = json.dumps(result.as_json(), indent=1, ensure_ascii=False, allow_nan=False) + "\n"
    try:
        write_whole(path, text)
    except OSError as error:
        raise GradingError(f"{path} could not be written: {error.strerror}.", "Choose another place.") from error


def write_whole(path: Path, text: str) -> None:
    """All or nothing: a reader never sees half a file. With the permissions any new file would get."""
    # A student folder's name need not be text.
    write_whole_bytes(path, text.encode("utf-8", "backslashreplace"))


def write_whole_bytes(path: Path, data: bytes) -> None:
    path = Path(path)
    handle, beside = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with open(handle, "wb") as file:
            file.write(data)
        umask = os.umask(0)
        os.umask(umask)
        os.chmod(beside, 0o666 & ~umask)
        os.replace(beside, path)
    except BaseException:
        os.unlink(beside)
        raise
