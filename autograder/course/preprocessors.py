"""What `nbgrader_config.py` adds to nbgrader's own steps, so that the stock commands are as careful as ours.

    generate_assignment   StripSolutionFiles, ForgetPairing first; RefuseLeftovers last
    generate_solution     ForgetPairing first
    autograde             grading.plugin's PutBack first, its ExecuteConfined in place of Execute

Preprocessors and not hooks: when one raises, nbgrader removes the half-made folder and exits with 1; an error in a hook
is only logged. They run once a notebook, after every other file was copied, and find nothing to do the second time.
"""

from __future__ import annotations

import ast
import io
import tokenize
from collections.abc import Mapping
from pathlib import Path

from nbconvert.exporters.exporter import ResourcesDict
from nbformat import NotebookNode
from nbgrader.converters.base import BaseConverter
from nbgrader.preprocessors import ClearSolutions, NbGraderPreprocessor

from autograder.course import markers, ownership
from autograder.errors import CourseError, UnstrippedSolution


def steps(
    converter: type[BaseConverter],
    stage: str = "preprocessors",
    first: tuple = (),
    last: tuple = (),
    instead: Mapping[type, str] | None = None,
) -> list:
    """nbgrader's own list for `converter.stage`, with ours around it and `instead`: an upgrade's new step is kept."""
    standard = converter.class_traits()[stage].default()
    return [*first, *((instead or {}).get(step, step) for step in standard), *last]


class _SeesTheReleasedFolder(NbGraderPreprocessor):
    def released_folder(self, resources: ResourcesDict) -> Path:
        # exporter → converter: the only way from a preprocessor to its folders; `resources` has names only.
        converter = self.parent.parent
        names = resources["nbgrader"]
        return Path(converter._format_dest(names["assignment"], names["student"])).resolve()


class StripSolutionFiles(_SeesTheReleasedFolder):
    """Cuts the solutions out of released `.py` files; refuses the release if that cannot be done with certainty.

    Stands first: a refusal then comes before SaveCells, and the gradebook never hears of the attempt.
    """

    def preprocess(self, nb: NotebookNode, resources: ResourcesDict) -> tuple[NotebookNode, ResourcesDict]:
        refuse_loose_ends(nb, resources["nbgrader"]["notebook"] + ".ipynb")
        stub = ClearSolutions(parent=self.parent).code_stub["python"]
        folder = self.released_folder(resources)
        for path in ownership.files(folder):
            if path.suffix == ".py":
                strip_file(path, stub, str(path.relative_to(folder)))
            elif path.suffix != ".ipynb":
                refuse_leftover(path.read_bytes(), str(path.relative_to(folder)))
        return nb, resources


class RefuseLeftovers(_SeesTheReleasedFolder):
    """Last look at what is about to be released: not one marker may be left, whatever went wrong before."""

    def preprocess(self, nb: NotebookNode, resources: ResourcesDict) -> tuple[NotebookNode, ResourcesDict]:
        for cell in nb.cells:
            refuse_leftover(cell.source, resources["nbgrader"]["notebook"] + ".ipynb")
        folder = self.released_folder(resources)
        for path in ownership.files(folder):
            refuse_leftover(path.read_bytes(), str(path.relative_to(folder)))
        return nb, resources


class ForgetPairing(NbGraderPreprocessor):
    """Takes jupytext's pairing off a generated notebook: saving it should not write a Markdown file beside it."""

    def preprocess(self, nb: NotebookNode, resources: ResourcesDict) -> tuple[NotebookNode, ResourcesDict]:
        nb.metadata.pop("jupytext", None)
        return nb, resources


def refuse_loose_ends(nb: NotebookNode, name: str) -> None:
    """Raises `UnstrippedSolution` if a cell's markers do not pair up."""
    for number, cell in enumerate(nb.cells):
        label = cell.metadata.get("nbgrader", {}).get("grade_id", f"number {number + 1}")
        markers.regions(cell.source, f"{name}, cell {label}")


def refuse_leftover(data: bytes | str, name: str) -> None:
    if marks := markers.marks_in(data):
        raise UnstrippedSolution(
            f"{name} would be released with `{marks[0]}` in it. Nothing was released.",
            "Solutions are cut out of notebooks and `.py` files only: move the lines there, or the file elsewhere.",
        )


def strip_file(path: Path, stub: str, name: str) -> None:
    """Rewrites a `.py` file without its solutions, in its own encoding. A file without markers keeps its bytes."""
    data = path.read_bytes()
    try:
        encoding, _ = tokenize.detect_encoding(io.BytesIO(data).readline)
        text = data.decode(encoding)
    except (SyntaxError, UnicodeDecodeError) as error:
        raise UnstrippedSolution(
            f"{name} cannot be read as Python text ({error}), so nobody can tell whether it holds a solution. "
            "Nothing was released.",
            "Save it as UTF-8.",
        ) from error
    stripped = markers.cut(text, stub, name)
    if stripped == text:
        return
    try:
        ast.parse(stripped)
    except SyntaxError as error:
        raise CourseError(
            f"Without its solution {name} is not valid Python any more: line {error.lineno}: {error.msg}. "
            "Nothing was released.",
            "Let the markers enclose whole statements, indented like them.",
        ) from error
    path.write_bytes(stripped.encode(encoding))
