"""The executed solutions in notebooks/: are they of today's source, and did they run well? For `build`, `prove`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from autograder.course import ownership
from autograder.errors import CourseError


def stale(wanted: Path, there: Path) -> list[Path]:
    """Files of the folder `wanted` that `there` lacks, has differently, or has never run.

    If a module beside a notebook changed, the notebook is stale too: its outputs came from the old one.
    """
    notebooks = [path for path in ownership.files(wanted) if path.suffix == ".ipynb"]
    others = [path for path in ownership.files(wanted) if path.suffix != ".ipynb"]
    changed = [path for path in others if not _same_bytes(path, there / path.relative_to(wanted))]
    return changed + [path for path in notebooks if changed or not _is_run_of(there / path.relative_to(wanted), path)]


def _same_bytes(one: Path, other: Path) -> bool:
    return other.is_file() and one.read_bytes() == other.read_bytes()


def _is_run_of(notebook: Path, wanted: Path) -> bool:
    try:
        nb = nbformat.read(notebook, as_version=4)
    except Exception:  # missing, or no notebook at all: either way it must be made again
        return False
    return _without_run(nb) == _without_run(nbformat.read(wanted, as_version=4)) and not list(not_run(nb))


def _without_run(nb: NotebookNode) -> tuple:
    metadata = {key: value for key, value in nb.metadata.items() if key != "language_info"}
    cells = [(cell.cell_type, cell.get("id"), cell.source, dict(cell.metadata)) for cell in nb.cells]
    return metadata, cells


def not_run(nb: NotebookNode) -> Iterator[str]:
    """Names of the code cells that were never run."""
    for number, cell in enumerate(nb.cells):
        skipped = "skip-execution" in cell.metadata.get("tags", [])
        if cell.cell_type == "code" and cell.source.strip() and not skipped and cell.execution_count is None:
            yield named(cell, number)


def complaints(nb: NotebookNode) -> Iterator[str]:
    """One line for each error or warning a run left behind; the tag `raises-exception` announces one that should be."""
    for number, cell in enumerate(nb.cells):
        if cell.cell_type != "code":
            continue
        expected = "raises-exception" in cell.metadata.get("tags", [])
        for output in cell.outputs:
            if output.output_type == "error" and not expected:
                yield f"{named(cell, number)}: {output.ename}: {output.evalue}"
            elif output.output_type == "stream" and output.name == "stderr":
                yield f"{named(cell, number)} wrote to stderr: {output.text.strip().splitlines()[-1]}"


def named(cell: NotebookNode, number: int) -> str:
    grade_id = cell.metadata.get("nbgrader", {}).get("grade_id")
    return f"cell `{grade_id}`" if grade_id else f"cell {number + 1}"


def refuse_errors(folder: Path) -> None:
    """Raises `CourseError` if a solution does not run: its outputs are not worth keeping."""
    for path in sorted(folder.glob("*.ipynb")):
        wrong = [line for line in complaints(nbformat.read(path, as_version=4)) if " wrote to stderr: " not in line]
        if wrong:
            raise CourseError(
                f"The solution {path.name} does not run: {wrong[0]}.",
                "Nothing was written. Mend source/, or tag a cell that should fail with `raises-exception`.",
            )


def forget_the_machine(folder: Path) -> None:
    """Takes out of freshly run notebooks what differs from machine to machine without meaning anything."""
    for path in sorted(folder.glob("*.ipynb")):
        nb = nbformat.read(path, as_version=4)
        nb.metadata.get("language_info", {}).pop("version", None)
        for cell in nb.cells:
            cell.metadata.pop("execution", None)
        path.write_text(nbformat.writes(nb) + "\n", encoding="utf-8")
