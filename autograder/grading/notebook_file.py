"""The bytes of a submitted notebook → a notebook nbformat accepts, or one sentence on why not.

Called by `collect`. Everything here may have been made by any program on any computer.
"""

from __future__ import annotations

import json
import warnings
from typing import Any

import nbformat
from nbformat import NotebookNode, ValidationError

from autograder.errors import CouldNotGrade

NOTEBOOK_BYTES_MAX = 100_000_000
"""Beyond this the file holds outputs nobody can read; parsing it takes gigabytes."""

CONTAINERS_MAX = 500_000
"""A hundred megabytes of empty lists would be gigabytes in memory."""

SAVE_AGAIN = "Open it in JupyterLab, save it and hand it in again."


def read_notebook(data: bytes) -> tuple[NotebookNode, list[str]]:
    """The notebook in nbformat 4, and what had to be done to it.

    Raises `CouldNotGrade`; its `what` continues a sentence that begins with the name of the file.
    """
    notes: list[str] = []
    content = _parse(data, notes)
    if not isinstance(content, dict) or not isinstance(content.get("nbformat"), int):
        raise CouldNotGrade("is JSON but not a notebook.", "Hand in the file that JupyterLab saved.")
    if content["nbformat"] > 4:
        raise CouldNotGrade(
            f"is in notebook format {content['nbformat']}, which is newer than this program.",
            "Save it as format 4, or update nbformat.",
        )
    try:
        notebook = nbformat.from_dict(content)
        if content["nbformat"] < 4:
            notebook = nbformat.convert(notebook, 4)
            notes.append(f"was in the old notebook format {content['nbformat']} and was converted to 4")
        elif content.get("nbformat_minor", 0) < 5:
            notebook = nbformat.v4.upgrade(notebook)  # cells added later have ids, which 4.4 forbids
        if not all(isinstance(cell.metadata, dict) for cell in notebook.cells):
            raise ValueError("a cell's metadata is not a dictionary")
        with warnings.catch_warnings(action="ignore"):  # it warns of what it repairs
            _, notebook = nbformat.validator.normalize(notebook, relax_add_props=True, strip_invalid_metadata=True)
        nbformat.validate(notebook, relax_add_props=True)
    except (ValidationError, ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        reason = (str(error).strip() or type(error).__name__).splitlines()[0][:200]
        raise CouldNotGrade(f"is not a valid notebook ({reason}).", SAVE_AGAIN) from error
    return notebook, notes


def as_bytes(notebook: NotebookNode) -> bytes:
    """For `nbformat.v4.reads_json`, not for people: on one line, which `json` writes in C."""
    # A lone half of a surrogate pair is legal JSON but not legal UTF-8; it becomes a question mark.
    return json.dumps(notebook, ensure_ascii=False).encode("utf-8", "replace")


def grade_ids(notebook: NotebookNode) -> list[str]:
    """Every `grade_id` in order, repeated ones repeated."""
    entries = [cell.metadata.get("nbgrader") for cell in notebook.cells]
    found = [entry.get("grade_id") for entry in entries if isinstance(entry, dict)]
    return [grade_id for grade_id in found if isinstance(grade_id, str)]


def _parse(data: bytes, notes: list[str]) -> Any:
    if data.count(b"[") + data.count(b"{") > CONTAINERS_MAX:
        raise CouldNotGrade(
            f"holds more than {CONTAINERS_MAX:,} lists and dictionaries.", "Ask for it without outputs."
        )
    if not data.strip():
        raise CouldNotGrade("is empty.", SAVE_AGAIN)
    encoding = json.detect_encoding(data)
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        raise CouldNotGrade(f"is not UTF-8 text (byte {error.start}).", SAVE_AGAIN) from error
    if encoding != "utf-8":
        notes.append(f"was encoded as {encoding.upper()} and was read as such")
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        raise CouldNotGrade(
            f"is not valid JSON (line {error.lineno}, column {error.colno}: {error.msg}).", SAVE_AGAIN
        ) from error
    except (ValueError, RecursionError) as error:  # a number of thousands of digits; brackets nested without end
        raise CouldNotGrade("is JSON that no notebook program writes.", SAVE_AGAIN) from error
