"""Markdown → notebook, the same bytes on every machine and every run. Called by `build`; writes nothing.

jupytext gives cells new random ids at each conversion and notes its own version: both would make every rebuild a diff.
"""

from __future__ import annotations

import re
from pathlib import Path

import jupytext
import nbformat
import yaml
from nbformat import NotebookNode

from autograder.errors import CourseError

FORMAT = "md:myst"
KERNEL = {"display_name": "Python 3", "language": "python", "name": "python3"}


def notebook_from(text: Path) -> NotebookNode:
    """The notebook a MyST Markdown file stands for, with stable cell ids and metadata."""
    try:
        nb = jupytext.reads(text.read_text(encoding="utf-8"), fmt=FORMAT)
    except Exception as error:  # jupytext passes on whatever its YAML and JSON readers raise
        raise CourseError(
            f"{text} cannot be read as a notebook: {error}", "Mend the header or cell it names."
        ) from error
    nb.nbformat, nb.nbformat_minor = 4, 5
    nb.metadata = NotebookNode(
        jupytext={"formats": "ipynb,md:myst"},
        kernelspec=nb.metadata.get("kernelspec", KERNEL),
    )
    give_stable_ids(nb)
    return nb


def as_authored(text: str) -> str:
    """`text` as these lessons are written, where JupyterLab saved it in jupytext's words: nbgrader's settings of a cell
    on one line, in the header neither jupytext's version nor the name that a kernel has on one machine.

    Without this, saving one new cell would change every graded cell. What stands in the lesson stays as it is.
    """
    header, found, body = text.partition("\n---\n")
    if not (found and header.startswith("---\n")):
        return text
    header = re.sub(r"\n +jupytext_version:[^\n]*", "", header)
    header = re.sub(
        r"\nkernelspec:(\n +[^\n]*)+", lambda _: "\n" + yaml.safe_dump({"kernelspec": KERNEL}).rstrip(), header
    )
    new = header + found + SETTINGS_OVER_LINES.sub(_on_one_line, body)
    return new if new == text or _cells(new) == _cells(text) else text


SETTINGS_OVER_LINES = re.compile(r"(?<=\n---\n)nbgrader:\n(?:  [^\n]*\n)+")


def _on_one_line(settings: re.Match) -> str:
    values = yaml.safe_load(settings[0])["nbgrader"]
    return f"nbgrader: {yaml.safe_dump(values, default_flow_style=True, width=10_000).strip()}\n"


def _cells(text: str) -> list[tuple]:
    return [(cell.cell_type, cell.source, cell.metadata) for cell in jupytext.reads(text, fmt=FORMAT).cells]


def give_stable_ids(nb: NotebookNode) -> None:
    """Ids from `grade_id`, else from the position, as nbformat wants them: `^[a-zA-Z0-9-_]{1,64}$`, no two alike.

    Positions count from the last cell with a `grade_id`, so that a new paragraph renames its neighbours only.
    """
    taken: set[str] = set()
    anchor, distance = "cell", 0
    for cell in nb.cells:
        grade_id = cell.metadata.get("nbgrader", {}).get("grade_id")
        if grade_id:
            anchor, distance = re.sub(r"[^a-zA-Z0-9_-]", "-", grade_id)[:56], 0
            wanted = anchor
        else:
            distance += 1
            wanted = f"{anchor}-{distance}"
        cell.id, again = wanted, 1
        while cell.id in taken:
            again += 1
            cell.id = f"{wanted}-{again}"
        taken.add(cell.id)


def as_bytes(nb: NotebookNode) -> bytes:
    """As JupyterLab saves it: one space of indent, a newline at the end."""
    nbformat.validate(nb)
    return (nbformat.writes(nb, version=nbformat.NO_CONVERT) + "\n").encode()


def same_lesson(one: NotebookNode, other: NotebookNode) -> bool:
    """True if both have the same cells and nbgrader metadata, outputs and ids aside."""
    return _lesson(one) == _lesson(other)


def _lesson(nb: NotebookNode) -> list[tuple]:
    # Through Markdown and back: what pairing cannot carry (blank lines at a cell's end) is no difference.
    again = jupytext.reads(jupytext.writes(nb, fmt=FORMAT), fmt=FORMAT)
    return [(cell.cell_type, cell.source.strip(), cell.metadata.get("nbgrader")) for cell in again.cells]


def is_paired(notebook: Path) -> bool:
    """True for a notebook made from Markdown."""
    try:
        formats = nbformat.read(notebook, as_version=4).metadata.get("jupytext", {}).get("formats", "")
    except Exception:  # not a notebook: `build` says so in its own words
        return False
    return FORMAT in formats
