"""Each foreign course is graded once by stock nbgrader, the oracle, and once by us; the tests compare."""

from __future__ import annotations

import os
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))
from foreign_courses import COURSES, run

from autograder.records import ClassResult


@dataclass(frozen=True)
class GradedTwice:
    name: str
    assignment: str
    ours: Path
    stock: Path
    result: ClassResult
    """What our run reported."""


@pytest.fixture(scope="session", params=COURSES)
def course(request, tmp_path_factory) -> GradedTwice:
    from autograder.grading.pipeline import grade

    os.environ["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])  # for alembic
    ours = tmp_path_factory.mktemp("ours") / request.param
    ours.mkdir()
    assignment = COURSES[request.param](ours)
    stock = Path(shutil.copytree(ours, tmp_path_factory.mktemp("stock") / request.param))
    for command in ("autograde", "generate_feedback"):
        done = run(stock, command, assignment)
        assert done.returncode == 0, done.stderr
    result = grade(ours, assignment, workers=1)
    return GradedTwice(request.param, assignment, ours, stock, result)
