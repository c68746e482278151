"""For every test: what it does to the environment ends with it."""

from __future__ import annotations

import os

import pytest


@pytest.fixture(autouse=True)
def _environment_restored():
    """A kernel's shell made in a test's own process says FORCE_COLOR=1 to every command that a later test starts."""
    before = dict(os.environ)
    yield
    for name in os.environ.keys() - before.keys():
        if name != "PYTEST_CURRENT_TEST":
            del os.environ[name]
    os.environ.update(before)
