"""The course of `line_course` as tests need it: as written, built, or released and ready to grade."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from line_course import A, write_course

from autograder.course.build import build
from autograder.course.throwaway import ThrowawayCourse


@pytest.fixture
def course(tmp_path) -> Path:
    """Sources only, nothing generated."""
    return write_course(tmp_path / "course")


@pytest.fixture(scope="session")
def built_once(tmp_path_factory) -> Path:
    root = write_course(tmp_path_factory.mktemp("built") / "course")
    build(root)
    return root


@pytest.fixture
def built(built_once, tmp_path) -> Path:
    """The course after `autograder build`, a fresh copy with the same times."""
    return Path(shutil.copytree(built_once, tmp_path / "course"))


@pytest.fixture(scope="session")
def gradebook_once(built_once, tmp_path_factory) -> Path:
    """The course after nbgrader has released it with a gradebook: making one takes longer than grading."""
    root = Path(shutil.copytree(built_once, tmp_path_factory.mktemp("released") / "course"))
    ThrowawayCourse(root).generate_assignment(A)
    return root


@pytest.fixture
def released(gradebook_once, tmp_path) -> ThrowawayCourse:
    """A course ready to grade, where nbgrader may do what it likes."""
    return ThrowawayCourse(Path(shutil.copytree(gradebook_once, tmp_path / "course")))
