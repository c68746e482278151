"""The assignment as the instructor wrote it: its cells, from the gradebook, put there from `source/` when needed.

`collect` and `restore` hold submissions against it, `judge` goes through its graded cells.
"""

from __future__ import annotations

import contextlib
import json
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import nbformat
from nbconvert.exporters.exporter import ResourcesDict
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_raw_cell
from nbgrader import utils as nbgrader_cells
from nbgrader.api import Gradebook, MissingEntry, Notebook
from nbgrader.converters import GenerateAssignment
from nbgrader.preprocessors import ClearHiddenTests, ClearMarkScheme, SaveCells
from traitlets.utils.importstring import import_item

from autograder.errors import CourseError
from autograder.grading.settings import Course

NEW_CELL = {"code": new_code_cell, "markdown": new_markdown_cell, "raw": new_raw_cell}


@dataclass(frozen=True)
class KnownCell:
    """A cell that nbgrader keeps track of: a stub, a test, a read-only cell, a task."""

    id: str
    cell_type: str
    grade: bool
    solution: bool
    task: bool
    locked: bool
    points: float | None
    """None when it earns nothing."""
    source: str
    """As the instructor wrote it, hidden tests included."""
    released: str
    """As students received it."""
    checksum: str | None

    @property
    def graded(self) -> bool:
        return self.grade or self.task

    def metadata(self) -> dict[str, Any]:
        """What `cell.metadata.nbgrader` must say, whatever the student's copy says."""
        entries: dict[str, Any] = {
            "schema_version": 3,
            "grade_id": self.id,
            "grade": self.grade,
            "solution": self.solution,
            "locked": self.locked,
            "task": self.task,
            "cell_type": self.cell_type,
        }
        if self.graded:
            entries["points"] = self.points
        if self.checksum:
            entries["checksum"] = self.checksum
        return entries


@dataclass(frozen=True)
class KnownAssignment:
    name: str
    notebooks: Mapping[str, tuple[KnownCell, ...]]
    """Notebook name without `.ipynb` → its cells, in the order of the source."""
    kernels: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    """Notebook name → its kernelspec as the source has it; a student's may name a kernel that is not here."""


def known_assignment(course: Course, name: str) -> KnownAssignment:
    """The assignment as it must be graded now. Registers it first when the gradebook is behind `source/`."""
    sources = sorted(course.folder("source", ".", name).glob("*.ipynb"))
    with course.gradebook() as gradebook:
        recorded = _recorded_cells(gradebook, name)
        if recorded is None and not sources:
            raise CourseError(
                f"No assignment is called {name}: {course.folder('source', '.', name)} holds no notebook.",
                f"Choose one of: {', '.join(assignment_names(course)) or 'none yet, build the course first'}.",
            )
        written = {path.stem: _source_cells(course, name, path) for path in sources}
        if sources and recorded != written:
            gradebook.db.rollback()  # what was read is not held against nbgrader, which writes now
            _register(course, name)
        notebooks = gradebook.find_assignment(name).notebooks
        kernels = {notebook.name: json.loads(notebook.kernelspec) for notebook in notebooks if notebook.kernelspec}
        order = {notebook: list(cells) for notebook, cells in written.items()}
        return KnownAssignment(name, _load(course, notebooks, order), kernels)


def assignment_names(course: Course) -> list[str]:
    """Every assignment with a notebook in `source/`."""
    return sorted({path.parent.name for path in course.folder("source", ".", "*").parent.glob("*/*.ipynb")})


def _recorded_cells(gradebook: Gradebook, name: str) -> dict[str, dict[str, tuple]] | None:
    """Notebook → cell id → what decides about marks, as the gradebook has it. None when it has no such assignment."""
    try:
        notebooks = gradebook.find_assignment(name).notebooks
    except MissingEntry:
        return None
    points = {
        (notebook.name, cell.name): float(cell.max_score)
        for notebook in notebooks
        for cell in (*notebook.grade_cells, *notebook.task_cells)
    }
    return {
        notebook.name: {
            cell.name: (cell.cell_type, cell.checksum, points.get((notebook.name, cell.name)))
            for cell in notebook.source_cells
        }
        for notebook in notebooks
    }


def _source_cells(course: Course, name: str, path: Path) -> dict[str, tuple]:
    """The same, as `source/` has it: nbgrader's steps up to the one that would save them."""
    with _releasing(course) as (exporter, steps):
        for step in steps:
            if issubclass(_class(step), SaveCells):
                break
            exporter.register_preprocessor(step)
        try:
            text, _ = exporter.from_filename(str(path), _resources(course, name, path.stem))
        except Exception as error:
            raise CourseError(
                f"{path} cannot be made into an assignment: {type(error).__name__}: {error}",
                f"Correct that notebook; `nbgrader generate_assignment {name}` shows the details.",
            ) from error
    return {
        entry["grade_id"]: (
            cell["cell_type"],
            entry.get("checksum"),
            float(entry["points"]) if entry.get("grade") or entry.get("task") else None,
        )
        for cell in json.loads(text)["cells"]
        if (entry := cell["metadata"].get("nbgrader"))
        and (entry.get("grade") or entry.get("solution") or entry.get("locked") or entry.get("task"))
    }


def _register(course: Course, name: str) -> None:
    """Let nbgrader put the assignment into the gradebook. What it would release is thrown away."""
    with tempfile.TemporaryDirectory() as thrown_away:
        converter = course.converter(GenerateAssignment, assignment_id=name, release_directory=thrown_away)
        converter.force = True
        outcome = nbgrader_cells.capture_log(converter)
    if outcome["success"]:
        return
    if "are submissions associated" in outcome.get("log", ""):
        raise CourseError(
            f"Cells or notebooks of {name} were added or removed after submissions had been recorded.",
            "Put them back, or forget the recorded submissions with "
            f"`nbgrader db assignment remove {name} --force` and grade again.",
        )
    raise CourseError(
        f"{name} cannot be registered in the gradebook: {_last_line(outcome)}",
        f"`nbgrader generate_assignment {name} --force` shows the details.",
    )


def _load(
    course: Course, notebooks: Iterable[Notebook], order: Mapping[str, list[str]]
) -> dict[str, tuple[KnownCell, ...]]:
    loaded = {}
    for notebook in notebooks:
        grade = {cell.name: float(cell.max_score) for cell in notebook.grade_cells}
        task = {cell.name: float(cell.max_score) for cell in notebook.task_cells}
        solution = {cell.name for cell in notebook.solution_cells}
        # The gradebook promises no order.
        place = {cell_id: index for index, cell_id in enumerate(order.get(notebook.name, []))}
        cells = sorted(notebook.source_cells, key=lambda cell: place.get(cell.name, len(place)))
        as_written = [
            KnownCell(
                id=cell.name,
                cell_type=cell.cell_type,
                grade=cell.name in grade,
                solution=cell.name in solution,
                task=cell.name in task,
                locked=bool(cell.locked),
                points=grade.get(cell.name, task.get(cell.name)),
                source=cell.source or "",
                released="",
                checksum=cell.checksum,
            )
            for cell in cells
        ]
        loaded[notebook.name] = tuple(
            replace(cell, released=text) for cell, text in zip(as_written, _released(course, as_written), strict=True)
        )
    return loaded


def _released(course: Course, cells: list[KnownCell]) -> list[str]:
    """The texts as students received them: without hidden tests and marking schemes."""
    notebook = new_notebook(
        cells=[NEW_CELL[cell.cell_type](source=cell.source, metadata={"nbgrader": cell.metadata()}) for cell in cells]
    )
    with _releasing(course) as (exporter, steps):
        for step in steps:
            if issubclass(_class(step), (ClearHiddenTests, ClearMarkScheme)):
                exporter.register_preprocessor(step)
        text, _ = exporter.from_notebook_node(notebook)
    return [cell.source for cell in nbformat.reads(text, as_version=4).cells]


@contextlib.contextmanager
def _releasing(course: Course) -> Iterator[tuple[Any, list]]:
    """An exporter without steps, and the steps of the course's `generate_assignment`."""
    # Steps of the course's own may look into the release folder and change it: they get an empty one.
    with tempfile.TemporaryDirectory() as nowhere, contextlib.chdir(course.root):
        converter = course.converter(GenerateAssignment, release_directory=nowhere)
        yield converter.exporter_class(parent=converter, config=converter.config), converter.preprocessors


def _resources(course: Course, name: str, notebook: str) -> ResourcesDict:
    return ResourcesDict(
        nbgrader={"student": ".", "assignment": name, "notebook": notebook, "db_url": course.db_url},
        unique_key=notebook,
    )


def _class(step: Any) -> type:
    return import_item(step) if isinstance(step, str) else step


def _last_line(outcome: Mapping[str, Any]) -> str:
    lines = [line for line in (outcome.get("error") or outcome.get("log") or "").splitlines() if line.strip()]
    return lines[-1].strip() if lines else "nbgrader gave no reason."
