"""The benchmark's assignment for otter-grader, and `otter run` on every submission of a class.

    python benchmarks/otter_course.py OTTER COURSE

The same cells run; each graded cell becomes an otter test of its own with the same statements, and the answers are the
same files without nbgrader's metadata. otter-grader grades one submission at a time; it is not a dependency.
"""

from __future__ import annotations

import json
import subprocess
import sys
import zipfile
from pathlib import Path

import nbformat
from nbformat.v4 import new_code_cell, new_notebook

TEST = """\
OK_FORMAT = True
test = {{"name": {name!r}, "points": {points}, "suites": [{{"cases": [{{"code": {code!r}, "hidden": False}}],
    "scored": True, "setup": "", "teardown": "", "type": "doctest"}}]}}
"""


def graded_cells(notebook: Path) -> list[tuple[str, float, str]]:
    """(name, points, source) of the tests in the instructor's notebook."""
    cells = nbformat.read(notebook, as_version=4).cells
    entries = [(cell, cell.metadata.get("nbgrader", {})) for cell in cells if cell.cell_type == "code"]
    return [(entry["grade_id"], entry["points"], cell.source) for cell, entry in entries if entry.get("grade")]


def write_autograder(course: Path, target: Path) -> Path:
    """The zip file that `otter run` is given."""
    notebook = next(course.glob("source/*/*.ipynb"))
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("otter_config.json", json.dumps({"lang": "python"}))
        for name, points, source in graded_cells(notebook):
            archive.writestr(f"tests/{name}.py", TEST.format(name=name, points=points, code=_doctest(source)))
    return target


def _doctest(source: str) -> str:
    """Statements that show nothing; the last expression's value is tried for truth."""
    lines = [line for line in source.splitlines() if line.strip() and not line.startswith("###")]
    if not lines[-1].startswith(("assert", "check(")):
        lines[-1] = f"assert {lines[-1]}"
    elif lines[-1].startswith("check("):
        lines[-1] = f"assert {lines[-1]}.verdict.score"
    return "\n".join(f">>> {line}" for line in lines)


def for_otter(submission: Path, target: Path) -> Path:
    """The submission with a cell that asks for each test behind it."""
    cells = [new_code_cell("import otter\ngrader = otter.Notebook()")]
    for cell in nbformat.read(submission, as_version=4).cells:
        entry = cell.metadata.pop("nbgrader", {})
        if cell.cell_type == "code" and entry.get("grade"):
            cells.append(new_code_cell(f"grader.check({entry['grade_id']!r})"))
        else:
            cells.append(cell)
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    nbformat.write(new_notebook(cells=cells, metadata=kernel), target)
    return target


def main(otter: str, course: Path) -> None:
    place = course / "otter"
    place.mkdir()
    autograder = write_autograder(course, place / "autograder.zip")
    for submission in sorted(course.glob("submitted/*/*/*.ipynb")):
        student = submission.parts[-3]
        notebook = for_otter(submission, place / f"{student}.ipynb")
        run = [otter, "run", "--autograder", autograder, "--output-dir", place / student, notebook]
        (place / student).mkdir()
        subprocess.run(list(map(str, run)), cwd=place, check=True, stdout=subprocess.DEVNULL)


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
