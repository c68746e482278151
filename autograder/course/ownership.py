"""Which files of a source folder are whose: the one declaration that releasing and grading both read.

A `.py` file with solution markers belongs to the students: its solution is cut out on release, and what they hand in
is graded. Every other file is the course's: it is released as it is and put back on grading. The Markdown a notebook is
made from stays at home, for it holds every solution. Called by `nbgrader_config.py`, `build`, `prove`.
"""

from __future__ import annotations

from collections.abc import Iterable
from fnmatch import fnmatch
from pathlib import Path

from autograder.course import markers
from autograder.errors import CourseError

IGNORED = (".ipynb_checkpoints", "*.pyc", "__pycache__", "feedback")
"""nbgrader's own `CourseDirectory.ignore`."""


def assignments(course: Path) -> list[str]:
    """Names of the folders in `source/` that hold a lesson, in order."""
    return sorted(
        folder.name
        for folder in (course / "source").glob("[!.]*/")
        if folder.is_dir() and (list(folder.glob("*.ipynb")) or lesson_texts(folder))
    )


def chosen(course: Path, names: Iterable[str] | None) -> list[str]:
    """`names`, checked, or every assignment. Raises `CourseError` for a name that is none."""
    known = assignments(course)
    if not known:
        raise CourseError(f"{course / 'source'} holds no lesson.", "Run this in the course's root folder.")
    names = known if names is None else list(names)
    for name in names:
        if name not in known:
            raise CourseError(f"There is no assignment `{name}` in source/.", f"There are: {', '.join(known)}.")
    return names


def files(folder: Path) -> list[Path]:
    """Every file nbgrader would see, sorted."""
    return sorted(
        path
        for path in folder.rglob("*")
        if path.is_file()
        and not any(fnmatch(part, pattern) for part in path.relative_to(folder).parts for pattern in IGNORED)
    )


def is_lesson_text(path: Path) -> bool:
    """True for Markdown that jupytext turns into a notebook, False for a README."""
    if path.suffix != ".md":
        return False
    head, _, _ = path.read_text(encoding="utf-8", errors="replace").removeprefix("---").partition("\n---")
    return path.read_bytes().startswith(b"---") and "\njupytext:" in head


def lesson_texts(folder: Path) -> list[Path]:
    return sorted(path for path in folder.glob("*.md") if is_lesson_text(path))


def kept_home(course: Path) -> list[str]:
    """File names that never leave `source/`, for `c.CourseDirectory.ignore` (which knows names, not paths)."""
    return sorted({path.name for name in assignments(course) for path in lesson_texts(course / "source" / name)})


def owned_by_students(course: Path) -> dict[str, list[str]]:
    """Assignment → files its students own, for `c.Autograde.exclude_overwriting` (exact names, relative to the folder).

    Even a broken marker makes a file theirs: releasing refuses it, and grading never puts a reference over their work.
    """
    owned = {}
    for name in assignments(course):
        folder = course / "source" / name
        theirs = [str(path.relative_to(folder)) for path in files(folder) if is_owned_by_students(path)]
        if theirs:
            owned[name] = theirs
    return owned


def is_owned_by_students(path: Path) -> bool:
    # Hidden tests alone do not make a file theirs: it must be put back, or the tests would never run.
    return path.suffix == ".py" and any("solution" in mark.lower() for mark in markers.marks_in(path.read_bytes()))
