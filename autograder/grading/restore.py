"""Put the instructor's cells back into a copy of a student's notebook, before it runs. Trusted; called by `run`.

nbgrader's own `OverwriteCells` and `DeduplicateIds` come after this and find nothing left to do. On their own they let
a tag on a cell earn full marks, stop the class at a duplicated test, and fail when two tests in a row are missing.
"""

from __future__ import annotations

from collections.abc import Sequence

from nbformat import NotebookNode
from nbgrader.preprocessors import OverwriteCells

from autograder.grading.assignment import NEW_CELL, KnownCell


def restore(notebook: NotebookNode, cells: Sequence[KnownCell], missing_notice: str | None = None) -> list[str]:
    """Changes `notebook` in place. Returns what was done, one sentence each.

    `missing_notice` is nbgrader's text for an answer cell that was deleted, with `{cell_id}` in it.
    """
    notice = missing_notice or OverwriteCells.missing_cell_notification.default_value
    known = {cell.id: cell for cell in cells}
    notes = [*_drop_metadata(notebook), *_keep_last_of_each(notebook, known)]
    for index, submitted in enumerate(notebook.cells):
        if (cell := known.get(_id(submitted))) is not None:
            notebook.cells[index], done = _restored(submitted, cell)
            notes += done
    return notes + _add_missing(notebook, cells, notice)


def _id(cell: NotebookNode) -> str | None:
    return cell.metadata.get("nbgrader", {}).get("grade_id")


def _drop_metadata(notebook: NotebookNode) -> list[str]:
    """Leave of each cell's metadata only nbgrader's: the tag `skip-execution` earns full marks, as nothing can fail."""
    notes = []
    for cell in notebook.cells:
        entry = cell.metadata.get("nbgrader")
        grade_id = entry.get("grade_id") if isinstance(entry, dict) else None
        if "skip-execution" in str(cell.metadata.get("tags", "")):
            where = f"Cell `{grade_id}`" if isinstance(grade_id, str) else "A cell"
            notes.append(f"{where} carried the tag skip-execution; it was removed and the cell was run.")
        cell.metadata = NotebookNode({"nbgrader": entry} if isinstance(grade_id, str) else {})
    return notes


def _keep_last_of_each(notebook: NotebookNode, known: dict[str, KnownCell]) -> list[str]:
    """As nbgrader does: the last copy counts. The others, and cells of other assignments, become ordinary cells."""
    seen: set[str] = set()
    twice: set[str] = set()
    for cell in reversed(notebook.cells):
        grade_id = _id(cell)
        if grade_id in seen or grade_id not in known:
            cell.metadata.pop("nbgrader", None)
            twice |= {grade_id} & seen
        else:
            seen.add(grade_id)
    return [f"Cell `{grade_id}` was there more than once; the last copy was graded." for grade_id in sorted(twice)]


def _restored(submitted: NotebookNode, cell: KnownCell) -> tuple[NotebookNode, list[str]]:
    notes = []
    if submitted.cell_type != cell.cell_type:
        notes.append(f"Cell `{cell.id}` had become a {submitted.cell_type} cell; it was made {cell.cell_type} again.")
    if cell.locked:
        if submitted.source.strip() not in (cell.released.strip(), cell.source.strip()):
            kind = "Test cell" if cell.grade else "Read-only cell"
            notes.append(f"{kind} `{cell.id}` had been edited; the original was used.")
        source = cell.source
    else:
        source = submitted.source
    return _cell(submitted, cell, source), notes


def _add_missing(notebook: NotebookNode, cells: Sequence[KnownCell], notice: str) -> list[str]:
    notes = []
    for index, cell in enumerate(cells):
        present = {_id(submitted): place for place, submitted in enumerate(notebook.cells)}
        if cell.id in present:
            continue
        if not cell.locked and not cell.graded:
            # Its answer may live on in an ordinary cell, which the stub would overwrite.
            notes.append(f"Answer cell `{cell.id}` had been deleted; nothing was put in its place.")
            continue
        # As late as possible: after everything the student wrote in that part of the notebook.
        later = [present[other.id] for other in cells[index + 1 :] if other.id in present]
        place = min(later, default=len(notebook.cells))
        if cell.solution:  # a written answer: the notice keeps it from counting as "no response", a person looks
            text = notice.format(cell_id=cell.id)
            source = ("# " + text if cell.cell_type == "code" else text) + cell.source
            notes.append(f"Answer cell `{cell.id}` had been deleted; an empty one was added for a person to grade.")
        else:
            source = cell.source
            notes.append(f"Cell `{cell.id}` had been deleted; the original was put back.")
        notebook.cells.insert(place, _cell(NEW_CELL[cell.cell_type](), cell, source))
    return notes


def _cell(like: NotebookNode, cell: KnownCell, source: str) -> NotebookNode:
    metadata = NotebookNode(nbgrader=NotebookNode(cell.metadata()))
    if "id" in like:  # what `NEW_CELL` would make, which validates each for half a millisecond
        made = NotebookNode(id=like["id"], cell_type=cell.cell_type, metadata=metadata, source=source)
        if cell.cell_type == "code":
            made.update(execution_count=None, outputs=[])
    else:
        made = NEW_CELL[cell.cell_type](source=source, metadata=metadata)
    if cell.cell_type == "markdown" and not cell.locked and "attachments" in like:
        made["attachments"] = like["attachments"]  # pictures in a written answer
    return made
