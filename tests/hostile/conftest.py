"""One run of the hostile class, which every test looks at."""

from __future__ import annotations

import sys

import pytest

from hostile.class_run import Graded, grade_hostile_class


def pytest_configure(config) -> None:
    config.addinivalue_line("filterwarnings", "ignore:Object of type:sqlalchemy.exc.SAWarning")


@pytest.fixture(scope="session")
def hostile(tmp_path_factory) -> Graded:
    if not sys.platform.startswith("linux"):
        pytest.skip("Students' code is confined on Linux only, and elsewhere not run.")
    return grade_hostile_class(tmp_path_factory.mktemp("hostile"))
