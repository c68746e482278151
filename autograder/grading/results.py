"""`grade --json FILE`: the class as JSON, in the schema of docs/results.schema.json."""

from __future__ import annotations

import json
import os
import tempfile
from pathlib import Path

from autograder.errors import GradingError
from autograder.records import ClassResult


def write_json(result: ClassResult, path: Path) -> None:
    """All or nothing: a reader never sees half a file."""
    text = json.dumps(result.as_json(), indent=1, ensure_ascii=False, allow_nan=False) + "\n"
    try:
        write_whole(path, text)
    except OSError as error:
        raise GradingError(f"{path} could not be written: {error.strerror}.", "Choose another place.") from error


def write_whole(path: Path, text: str) -> None:
    """Replace `path` in one step, with the permissions any new file would get."""
    path = Path(path)
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with open(handle, "w", encoding="utf-8", errors="backslashreplace") as file:
            file.write(text)
        umask = os.umask(0)
        os.umask(umask)
        os.chmod(name, 0o666 & ~umask)
        os.replace(name, path)
    except BaseException:
        os.unlink(name)
        raise
