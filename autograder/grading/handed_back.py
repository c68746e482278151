"""What a feedback page must not show, and what it should: a step of nbgrader's `GenerateFeedback`, behind formgrader's
button, `nbgrader generate_feedback` and `autograder grade` alike.

nbgrader's own pages show hidden tests, in the cell and again in its traceback, and the marking scheme of a task. The
student's `.py` file is not on them at all.
"""

from __future__ import annotations

import os
import re
import stat
from pathlib import Path, PurePosixPath

from nbconvert.exporters.exporter import ResourcesDict
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_output
from nbgrader.preprocessors import NbGraderPreprocessor

from autograder.printable import printable

HIDDEN = re.compile(
    r"^[^\n]*BEGIN (HIDDEN TESTS|MARK SCHEME)[^\n]*\n?(?:.*?(?:^[^\n]*END \1[^\n]*\n?)|.*)", re.DOTALL | re.MULTILINE
)
"""A region with its markers; one that is never closed reaches to the end."""

NARROW = """
pre, div.input_area, div.output_subarea, div.text_cell_render { min-width: 0; max-width: 100%; overflow-x: auto }
div.input_area pre, div.output_subarea pre { white-space: pre; word-wrap: normal }
div.inner_cell, div.output_area { min-width: 0; max-width: 100% }
div.text_cell_render, .panel-heading { overflow-wrap: break-word }
div.text_cell_render img, div.output_subarea img, div.output_subarea svg { max-width: 100%; height: auto }
div.nbgrader_cell .panel-heading { height: auto; min-height: 37px; overflow: hidden }
@media (max-width: 540px) {
  #notebook-container, div.cell, div.nbgrader_cell .panel-body { padding-left: 5px; padding-right: 5px }
  div.input, div.output_area { display: block }
  div.prompt { min-width: 0; text-align: left }
}
</style><meta name="viewport" content="width=device-width, initial-scale=1"><style>
"""
"""For nbgrader's template, which puts each sheet between style tags and has no place for a line of ours beside them."""

SHOWN_BYTES_MAX = 200_000
"""Of a student's file. The reference has 7,000; a page of megabytes opens nowhere."""


class HandBack(NbGraderPreprocessor):
    """Stands first, before the page is made."""

    def preprocess(self, nb: NotebookNode, resources: ResourcesDict) -> tuple[NotebookNode, ResourcesDict]:
        for cell in nb.cells:
            if cell.metadata.get("nbgrader", {}).get("locked"):
                without_hidden(cell)
        names = self.config.Autograde.get("exclude_overwriting", {}).get(resources["nbgrader"]["assignment"], ())
        for name in names:
            nb.cells += students_file(Path(resources["metadata"]["path"]), str(name))
        return nb, resources


class FitOnAPhone(NbGraderPreprocessor):
    """Stands last, behind the step that gathers the page's style sheets. Long lines scroll inside of their frame."""

    def preprocess(self, nb: NotebookNode, resources: ResourcesDict) -> tuple[NotebookNode, ResourcesDict]:
        resources["inlining"]["css"].append(NARROW)
        return nb, resources


def without_hidden(cell: NotebookNode) -> None:
    """The instructor's cell as students know it, in place. Its errors keep their last line and lose their traceback,
    which quotes the lines around it; a cell that hid something shows the kind of error only."""
    shown = HIDDEN.sub("", cell.source)
    hid = shown != cell.source
    cell.source = shown.rstrip() if hid else shown
    if cell.cell_type != "code" or not cell.metadata.nbgrader.get("grade"):
        return
    for place, output in enumerate(cell.outputs):
        if output.output_type == "error":
            said = output.ename if hid else f"{output.ename}: {output.evalue}"
            cell.outputs[place] = new_output("error", ename=output.ename, evalue="", traceback=[said])


def students_file(folder: Path, name: str) -> list[NotebookNode]:
    """Cells that show the file `name` in `folder`: a heading and the code, or a sentence on why it is not shown."""
    heading = f"## Your `{printable(name).replace('`', '')}`"
    try:
        code = _text(folder, name)
    except _NotShown as reason:
        return [new_markdown_cell(f"{heading}\n\nNot shown: {reason}.")]
    return [new_markdown_cell(heading), new_code_cell(code)]


class _NotShown(Exception):
    pass


def _text(folder: Path, name: str) -> str:
    if ".." in PurePosixPath(name).parts or not (folder / name).resolve().is_relative_to(folder.resolve()):
        raise _NotShown("it lies outside of what was handed in")
    path = folder / name
    try:
        about = os.lstat(path)
        if not stat.S_ISREG(about.st_mode):
            raise _NotShown("it is no ordinary file")
        if about.st_size > SHOWN_BYTES_MAX:
            raise _NotShown(f"it has {about.st_size / 1e6:.1f} MB")
        data = path.read_bytes()
    except OSError:
        raise _NotShown("it was not handed in") from None
    if b"\0" in data:
        raise _NotShown("it is not text")
    text = data.decode("utf-8", "replace").replace("\r\n", "\n")
    return "".join(letter if letter.isprintable() or letter in "\n\t" else "\ufffd" for letter in text)
