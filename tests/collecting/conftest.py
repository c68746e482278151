"""A course into which nothing has been handed in yet."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))
from downloads import write_course


@pytest.fixture
def course(tmp_path) -> Path:
    return write_course(tmp_path / "course")
