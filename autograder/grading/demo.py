"""The bundled sample class in a folder of its own, ready to be graded. Called by `autograder demo`."""

from __future__ import annotations

import importlib.util
import shutil
import sys
from pathlib import Path
from types import ModuleType

from autograder.errors import CourseError

MARKER = ".autograder-demo"
"""Lies in a folder that `demo` made, and so may replace."""

COPIED = ("source", "nbgrader_config.py")


def set_up_demo(course: Path, folder: Path) -> tuple[Path, str]:
    """Make `folder` afresh. Returns it and the name of the assignment.

    Raises `CourseError` when `folder` holds something else, or the sample class is not there.
    """
    folder = Path(folder).absolute()
    sample = _sample_class(course)
    if folder.exists() and not (folder / MARKER).is_file() and (not folder.is_dir() or any(folder.iterdir())):
        raise CourseError(
            f"{folder} was not made by `autograder demo` and is not replaced.", "Choose another place with --folder."
        )
    if folder == course or folder in course.parents:
        raise CourseError(f"{folder} holds the course itself.", "Choose another place with --folder.")
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    (folder / MARKER).write_text("Made by `autograder demo`, which replaces this folder at its next run.\n")
    for name in COPIED:
        if (course / name).is_dir():
            shutil.copytree(course / name, folder / name)
        else:
            shutil.copy(course / name, folder / name)
    sample.write_class(course, folder / "submitted")
    return folder, sample.ASSIGNMENT


def _sample_class(course: Path) -> ModuleType:
    """`sample_class/` of the clone: it is not installed with the package."""
    init = course / "sample_class" / "__init__.py"
    if not init.is_file():
        raise CourseError(
            f"{course} has no sample_class/.", "Run `autograder demo` from a clone of the course's repository."
        )
    spec = importlib.util.spec_from_file_location("sample_class", init, submodule_search_locations=[str(init.parent)])
    module = importlib.util.module_from_spec(spec)
    sys.modules["sample_class"] = module
    spec.loader.exec_module(module)
    return module
