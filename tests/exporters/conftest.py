"""A small class in a gradebook of nbgrader's, made once; every test gets a copy."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))
from class_of_six import write_course


def pytest_configure(config) -> None:
    # nbgrader 0.9 with SQLAlchemy 2; the package silences it where it is used, pytest listens again.
    config.addinivalue_line("filterwarnings", "ignore:Object of type:sqlalchemy.exc.SAWarning")


@pytest.fixture(scope="session")
def class_graded(tmp_path_factory) -> Path:
    os.environ["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])  # for alembic
    return write_course(tmp_path_factory.mktemp("class") / "course")


@pytest.fixture
def course(class_graded, tmp_path) -> Path:
    return Path(shutil.copytree(class_graded, tmp_path / "course"))
