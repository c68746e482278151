"""Courses that never heard of this pack get from us what `nbgrader autograde` gives them, but for what docs list."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path

import nbformat
from alike import graded_as, outputs, settled

from benchmarks.gradebook_rows import differences, gradebook_rows

INTENDED = (
    ("input(", "outputs"),
    ("def __repr__(self): raise", "outputs"),
    ("_repr_html_", "outputs"),
    ("SVG(", "outputs"),
    ("Javascript(", "outputs"),
)
"""A piece of a cell's source, and what of it differs: docs/grading.md, “Where outputs differ”."""


def intended(source: str, part: str) -> bool:
    return any(piece in source and part == named for piece, named in INTENDED)


def cell_type(cell: nbformat.NotebookNode) -> str:
    return cell.cell_type


def source(cell: nbformat.NotebookNode) -> str:
    return cell.source


def execution_count(cell: nbformat.NotebookNode) -> int | None:
    return cell.get("execution_count")


def autograded(root: Path) -> dict[str, nbformat.NotebookNode]:
    return {
        str(path.relative_to(root)): nbformat.read(path, as_version=4)
        for path in sorted(root.glob("autograded/*/*/*.ipynb"))
    }


class _Words(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self.hidden = 0

    def handle_starttag(self, tag, attrs) -> None:
        self.hidden += tag in ("style", "script")

    def handle_endtag(self, tag) -> None:
        self.hidden -= tag in ("style", "script")

    def handle_data(self, data) -> None:
        if not self.hidden:
            self.words += settled(data).split()


def words(course, root: Path, page: Path) -> list[str]:
    """What a student reads, without the styling around it; of notebooks with intended differences, only the marks."""
    parser = _Words()
    parser.feed((root / page).read_text())
    if course.name != "displays":
        return parser.words
    text = " ".join(parser.words)
    return re.findall(r"(?:Test|Grade) cell: \w+|Score: [\d.]+ / [\d.]+|Comments:.{40}", text)


def test_nobody_is_left_out(course):
    """Whom nbgrader grades, we grade."""
    assert course.result.could_not_grade == ()
    assert len(course.result.submissions) == len(list(course.stock.glob("submitted/*"))) >= 2


def test_every_row_of_the_gradebook_is_the_same(course):
    """Marks, what waits for a person, comments, lateness and penalties: every table, every column."""
    ours, stock = (gradebook_rows(root, course.assignment) for root in (course.ours, course.stock))

    assert len(stock) > 20
    assert differences(ours, stock) == []


def test_autograded_notebooks_have_the_same_cells_and_outputs(course):
    """Cell by cell: source, metadata of nbgrader's, every output with its data and its order."""
    ours, stock = autograded(course.ours), autograded(course.stock)
    assert ours.keys() == stock.keys()

    different = []
    for path, notebook in stock.items():
        assert len(ours[path].cells) == len(notebook.cells), path
        for number, (mine, theirs) in enumerate(zip(ours[path].cells, notebook.cells, strict=True)):
            for part in (cell_type, source, outputs, execution_count, graded_as):
                one, other = part(mine), part(theirs)
                if one != other and not intended(theirs.source, part.__name__):
                    different.append(f"{path} cell {number} {part.__name__}: {one!s:.999} nbgrader: {other!s:.999}")

    assert different == []


def test_the_files_beside_the_notebooks_are_the_same(course):
    """The instructor's data, the student's own files, in the same places with the same content."""

    def files(root: Path) -> dict[str, bytes]:
        paths = (
            path for path in root.glob("autograded/**/*") if path.is_file() and path.suffix not in (".ipynb", ".pyc")
        )
        return {str(path.relative_to(root)): path.read_bytes() for path in paths}

    assert files(course.ours) == files(course.stock)


def test_the_feedback_reads_the_same(course):
    """Every page that students open: the same words, where outputs are the same."""
    pages = sorted(path.relative_to(course.stock) for path in course.stock.glob("feedback/*/*/*.html"))
    assert pages == sorted(path.relative_to(course.ours) for path in course.ours.glob("feedback/*/*/*.html"))

    different = []
    for page in pages:
        ours, stock = words(course, course.ours, page), words(course, course.stock, page)
        assert len(stock) > 8
        if ours != stock:
            first = next((i for i, pair in enumerate(zip(ours, stock, strict=False)) if pair[0] != pair[1]), -1)
            here = slice(first, first + 20)
            different.append(f"{page} feedback: {' '.join(ours[here])} nbgrader: {' '.join(stock[here])}")

    assert different == []
