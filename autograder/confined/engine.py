"""What ran students' code, in words that stand beside the marks."""

from __future__ import annotations

from autograder._version import __version__


def engine(confined: bool) -> str:
    """What ran the submissions, and how."""
    how = "confined (Landlock, seccomp, rlimits)" if confined else "TRUSTED: not confined"
    return f"autograder {__version__}, {how}"
