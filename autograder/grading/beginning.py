"""The cells with which an assignment's notebooks begin, run once for the whole class. Called by `pipeline`, for `run`.

Before the first answer stand the instructor's own cells: imports, data, a first picture. Where a student left them as
they were, a process that has run them already is forked, and what they showed is put into the notebook. They are run
in a folder with the course's files and, being the instructor's, not confined. A notebook that begins in any other way
is run from its own first cell.
"""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell

from autograder.confined.process import ProcessEnded, StudentProcess
from autograder.confined.warm import WarmServer
from autograder.grading.outputs import Outputs


@dataclass(frozen=True)
class Beginning:
    """A process behind an assignment's first cells, and what they showed. Picklable: workers get it once."""

    cells: Sequence[NotebookNode]
    """Those and the text between them, as they are in the source; code cells with their outputs."""
    server: WarmServer
    """Forks of the process. It refuses to be connected to when the process has ended."""

    def of(self, notebook: NotebookNode) -> bool:
        """Whether the notebook begins with exactly these cells."""
        return len(notebook.cells) >= len(self.cells) and all(
            _same(theirs, ours) for theirs, ours in zip(notebook.cells, self.cells, strict=False)
        )

    def show(self, index: int, cell: NotebookNode) -> None:
        """Puts into the code cell `cell` what it would have shown."""
        cell.outputs = deepcopy(self.cells[index].outputs)
        cell.execution_count = self.cells[index].execution_count


Beginnings = Mapping[str, Beginning]
"""Notebook, without `.ipynb` → how it begins. One that cannot be begun for everybody is not among them."""


def _same(theirs: NotebookNode, ours: NotebookNode) -> bool:
    return theirs.cell_type == ours.cell_type and (ours.cell_type != "code" or theirs.source == ours.source)


@contextlib.contextmanager
def begun(
    sources: Iterable[Path],
    server: WarmServer,
    scratch: Path,
    lay_out: Callable[[Path], None],
    environment: Mapping[str, str],
    seconds: float | None,
) -> Iterator[Beginnings]:
    """Each of the notebooks run as far as every student can have begun with it. The processes end with the block.

    `lay_out` fills the folder each runs in, below `scratch`. A notebook has no beginning when it has no such cells, or
    none whose process may be forked: a cell fails, opens a file and keeps it, starts a thread, writes beside the
    notebook or imports from there.
    """
    with contextlib.ExitStack() as stack:
        found = {}
        for path in sources:
            with contextlib.suppress(OSError):  # a file that cannot be copied: each submission will tell of it
                if both := _begin(path, server, scratch, lay_out, environment, seconds):
                    process, found[path.stem] = both
                    stack.callback(process.close)
        yield found


def _begin(
    source: Path,
    server: WarmServer,
    scratch: Path,
    lay_out: Callable[[Path], None],
    environment: Mapping[str, str],
    seconds: float | None,
) -> tuple[StudentProcess, Beginning] | None:
    cells = _before_the_first_answer(source)
    while any(cell.cell_type == "code" for cell in cells):
        folder = Path(tempfile.mkdtemp(prefix="beginning-", dir=scratch))
        lay_out(folder)
        process = StudentProcess(server, folder, environment, confined=False)
        last = max(index for index, cell in enumerate(cells) if cell.cell_type == "code")
        usable = 0
        with contextlib.suppress(ProcessEnded):
            usable = _run(process, folder, cells, seconds)
            if usable == len(cells):
                usable = last  # unless it serves
                # Beside the warm server's, where a socket's path is not too long.
                forks = process.serve(str(Path(server.address).with_name(folder.name)))
                if isinstance(forks, WarmServer):
                    return process, Beginning(cells, forks)
        process.close()
        cells = cells[:usable]
    return None


def _before_the_first_answer(source: Path) -> list[NotebookNode]:
    try:
        # Not validated here: that compiles the schema, and whoever registers the assignment validates it.
        notebook = nbformat.convert(nbformat.reader.reads(source.read_text(encoding="utf-8")), 4)
    except (OSError, ValueError, nbformat.ValidationError):
        return []  # the gradebook knows the assignment, `source/` does not any more
    cells = []
    for cell in notebook.cells:
        entry = cell.metadata.get("nbgrader", {})
        if entry.get("solution") or entry.get("grade") or entry.get("task"):
            break
        cells.append(cell)
    return cells


def _run(process: StudentProcess, folder: Path, cells: Sequence[NotebookNode], seconds: float | None) -> int:
    """Runs the cells and fills in their outputs. Returns how many of them may stand before a fork."""
    outputs = Outputs()
    before = _listing(folder)
    for index, cell in enumerate(cells):
        if cell.cell_type != "code":
            continue
        shown = new_code_cell()
        named = []

        def show(kind: str, content: dict[str, Any], shown: NotebookNode = shown, named: list = named) -> None:
            named.append((content.get("transient") or {}).get("display_id"))
            outputs.show(shown, kind, content)

        outputs.start_cell()
        run = process.run(cell.source, cell.get("id"), seconds, show) if cell.source.strip() else None
        # What has a name may be changed by a later cell, in each notebook differently.
        if run and (run.error or run.timed_out or any(named) or _listing(folder) != before):
            return index
        cell.outputs, cell.execution_count = shown.outputs, run and run.number
    return len(cells)


def _listing(folder: Path) -> set[tuple[str, int, int]]:
    found = set()
    for place, folders, files in os.walk(folder):
        for name in (*folders, *files):
            about = os.lstat(os.path.join(place, name))
            found.add((os.path.join(place, name), about.st_size, about.st_mtime_ns))
    return found
