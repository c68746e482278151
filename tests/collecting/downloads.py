"""Downloads as the platforms make them, written here so that a reader sees each convention; and a small course."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from click.testing import CliRunner, Result

from autograder.cli import main

A, OTHER = "02_linear_layer", "01_gates"
LESSON = "linear_layer.ipynb"

EXPORTED = datetime(2026, 11, 20, 10, 15, 30)
"""When a download was made: what Moodle's and Canvas' zips have for every file."""


def write_course(root: Path) -> Path:
    for assignment, lesson in ((A, LESSON), (OTHER, "gates.ipynb")):
        folder = root / "source" / assignment
        folder.mkdir(parents=True)
        (folder / lesson).write_text(notebook("the instructor's"))
    (root / "nbgrader_config.py").write_text('c = get_config()\nc.CourseDirectory.course_id = "small"\n')
    return root


def notebook(answer: str) -> str:
    cell = {"cell_type": "code", "metadata": {}, "source": answer, "outputs": [], "execution_count": None}
    return json.dumps({"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 4})


def make_zip(path: Path, files: Mapping[str, str | bytes], exported: datetime = EXPORTED) -> Path:
    """Like the platforms': no entries for folders, one time for everything."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(name, exported.timetuple()[:6]), content, zipfile.ZIP_DEFLATED)
    return path


def make_folder(root: Path, files: Mapping[str, str | bytes]) -> Path:
    for name, content in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    return root


def collect(course: Path, *sources: Path, options: tuple[str, ...] = ()) -> Result:
    result = CliRunner().invoke(main, ["collect", A, *map(str, sources), "--course", str(course), *options])
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def submitted(course: Path) -> dict[str, str]:
    """Path below `submitted/` → what the student wrote there, or the text of another file."""
    base = course / "submitted"
    return {path.relative_to(base).as_posix(): written(path) for path in sorted(base.rglob("*")) if path.is_file()}


def written(path: Path) -> str:
    text = path.read_text()
    return json.loads(text)["cells"][0]["source"] if path.suffix == ".ipynb" else text
