"""Three students' class, recorded once; every test gets a copy."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))
from recorded_class import a_class, write_course


def pytest_configure(config) -> None:
    # nbgrader 0.9 with SQLAlchemy 2; the package silences it where it is used, pytest listens again.
    config.addinivalue_line("filterwarnings", "ignore:Object of type:sqlalchemy.exc.SAWarning")


@pytest.fixture(scope="session", autouse=True)
def alembic_is_found() -> None:
    os.environ["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])


@pytest.fixture(scope="session")
def three_recorded(tmp_path_factory) -> Path:
    return write_course(tmp_path_factory.mktemp("three") / "course", a_class(3))


@pytest.fixture
def course(three_recorded, tmp_path) -> Path:
    return Path(shutil.copytree(three_recorded, tmp_path / "course"))
