"""Each lesson under "Run All" in a real kernel: solved, and as students first open it."""

import asyncio
import re
import shutil
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

ROOT = Path(__file__).parents[2]

LESSONS = sorted(path.parent.name for path in (ROOT / "release").glob("*/*.ipynb"))

PATIENCE_SECONDS = 240
"""For a whole lesson, on a machine that has other things to do. Alone, each takes well under a minute."""


def run_all(folder: Path, tmp_path: Path):
    """The code cells of the folder's notebook, run in a copy of it. Raises at the first traceback: JupyterLab stops."""
    work = tmp_path / "work"
    shutil.copytree(folder, work)
    (path,) = work.glob("*.ipynb")
    notebook = nbformat.read(path, as_version=4)
    client = NotebookClient(notebook, timeout=PATIENCE_SECONDS, resources={"metadata": {"path": str(work)}})
    asyncio.run(asyncio.wait_for(client.async_execute(), PATIENCE_SECONDS))
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def shown(cell, kind: str) -> str:
    """The texts of one kind that a cell put out: "stdout", "stderr", or a type such as "text/plain"."""
    texts = [
        output.text if output.output_type == "stream" and output.name == kind else output.get("data", {}).get(kind, "")
        for output in cell.outputs
    ]
    return "".join(texts)


def on_stderr(cells) -> list[str]:
    return [text for cell in cells if (text := shown(cell, "stderr"))]


@pytest.mark.parametrize("lesson", LESSONS)
def test_an_untouched_lesson_runs_to_its_end(lesson, tmp_path):
    """No traceback: every check says that nothing is written yet, and what uses an answer waits for it."""
    cells = run_all(ROOT / "release" / lesson, tmp_path)

    checks = [shown(cell, "text/html") for cell in cells if cell.source.startswith("check(")]
    waiting = [cell for cell in cells if "with once_written()" in cell.source]
    assert checks
    assert all("not written yet" in card or "not made yet" in card for card in checks)
    assert waiting
    for cell in waiting:
        assert re.search(r"^Waiting: `\w+(\.\w+)?` is not (written|there) yet", shown(cell, "stdout"), re.MULTILINE)
        assert "Run this cell again afterwards." in shown(cell, "stdout")
    assert on_stderr(cells) == []


@pytest.mark.parametrize("lesson", LESSONS)
def test_a_solved_lesson_waits_for_nothing(lesson, tmp_path):
    """And writes nothing on stderr."""
    cells = run_all(ROOT / "notebooks" / lesson, tmp_path)

    assert not any("Waiting: " in shown(cell, "stdout") for cell in cells)
    assert on_stderr(cells) == []
