"""Does a released folder show what its source hides? Called by `prove`; reads files, writes nothing.

Markers gone is not enough: a solution may also stand in a second cell, a comment, an output or a forgotten file.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import nbformat
from nbgrader.utils import is_solution

from autograder.course import markers, ownership

TELLING_CHARACTERS = 12
"""A hidden line shorter than this (`return out`, `i += 1`) gives nothing away, and stands anywhere."""


def shown_solutions(source: Path, released: Path) -> list[str]:
    """One line for each hidden line of `source` that can be read somewhere in `released`, and for each marker left."""
    found = []
    shown, hidden = _lines(source)
    everything_shown = "\n".join(shown)
    # A line that stands in the open in source/ as well is no secret.
    secrets = {line for line in hidden if len(line) >= TELLING_CHARACTERS and line not in everything_shown}
    for path in ownership.files(released):
        text = _text(path)
        name = path.relative_to(released).as_posix()
        found += [f"{name} holds `{mark}`" for mark in markers.marks_in(path.read_bytes())[:1]]
        found += [f"{name} shows `{secret}`" for secret in sorted(secrets) if secret in text]
        if ownership.is_lesson_text(path):
            found.append(f"{name} is the text the lesson is made from")
    return found


def outputs(released: Path) -> list[str]:
    """One line for each notebook of `released` that holds an output or was run."""
    found = []
    for path in sorted(released.rglob("*.ipynb")):
        cells = [cell for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == "code"]
        if any(cell.outputs or cell.execution_count is not None for cell in cells):
            found.append(f"{path.name} holds outputs")
    return found


def _lines(source: Path) -> tuple[list[str], list[str]]:
    """Stripped lines of a source folder: those students may see, those they may not."""
    shown, hidden = [], []
    for name, text, all_hidden in _texts(source):
        for visible, line in markers.shown_and_hidden(text, name):
            (shown if visible and not all_hidden else hidden).append(line.strip())
    return shown, hidden


def _texts(source: Path) -> Iterator[tuple[str, str, bool]]:
    """Name, text, and whether all of it is hidden, for each cell and each other text file."""
    for path in ownership.files(source):
        if path.suffix == ".ipynb":
            for number, cell in enumerate(nbformat.read(path, as_version=4).cells):
                # Without markers nbgrader takes a solution cell to be solution from its first line to its last.
                whole = is_solution(cell) and not markers.marks_in(cell.source)
                yield f"{path.name}, cell {number + 1}", cell.source, whole
        elif path.suffix == ".py":
            yield path.name, path.read_text(encoding="utf-8", errors="replace"), False


def _text(path: Path) -> str:
    """What can be read in a file: of a notebook every string in it, outputs and metadata included."""
    text = path.read_text(encoding="utf-8", errors="replace")
    if path.suffix != ".ipynb":
        return text
    return "\n".join(_strings(json.loads(text)))


def _strings(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for inside in value.values():
            yield from _strings(inside)
    elif isinstance(value, list):
        for inside in value:
            yield from _strings(inside)
