"""What a student is told, gathered for the tables: a mistake made in three questions is one line, not three."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass

from autograder.records import Finding, GradedSubmission


@dataclass(frozen=True)
class Told:
    """One mistake of one student."""

    questions: tuple[str, ...]
    """Short names, in the order of the notebook."""
    says: str


def told(submission: GradedSubmission, prefix: str) -> tuple[Told, ...]:
    """Each mistake once. What was not recognised is kept apart question by question: its words tell it apart."""
    seen: dict[tuple, list[Finding]] = {}
    for mark in submission.questions:
        for finding in mark.findings:
            key = (finding.misconception,) if finding.misconception else (mark.id, finding.says)
            seen.setdefault(key, []).append(finding)
    return tuple(
        Told(tuple(dict.fromkeys(finding.where.removeprefix(prefix) for finding in same)), same[0].says)
        for same in seen.values()
    )


def common_prefix(ids: Iterable[str]) -> str:
    """`check_` of `check_dW`, `check_db`, …: what all names begin with tells nothing, and lines are short."""
    ids = list(dict.fromkeys(ids))
    letters = os.path.commonprefix(ids) if len(ids) > 1 else ""  # noqa: RUF071 (letters are meant, not folders)
    return letters[: letters.rfind("_") + 1]
