"""What a student is told, gathered for the tables: a mistake made in three questions is one line, not three."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass

from autograder.first_cause import mistake
from autograder.records import Finding, GradedSubmission


@dataclass(frozen=True)
class Told:
    """One mistake of one student."""

    questions: tuple[str, ...]
    """Short names, in the order of the notebook."""
    says: str
    try_next: str = ""
    echoes: tuple[str, ...] = ()
    """Where else it shows: gradients, and questions whose own finding is likely no more than its echo."""


def told(submission: GradedSubmission, prefix: str) -> tuple[Told, ...]:
    """Each mistake once, its echoes with it. What was not recognised is kept apart question by question."""
    seen: dict[tuple, list[Finding]] = {}
    for mark in submission.questions:
        for finding in mark.findings:
            if finding.echo_of is not None:
                continue
            key = mistake(finding) or (mark.id, finding.says)
            seen.setdefault(key, []).append(finding)
    return tuple(_told(same, prefix) for same in seen.values())


def _told(same: list[Finding], prefix: str) -> Told:
    questions = tuple(dict.fromkeys(finding.where.removeprefix(prefix) for finding in same))
    again = (place.removeprefix(prefix) for finding in same for place in finding.also_seen_in)
    echoes = tuple(place for place in dict.fromkeys(again) if place not in questions)
    return Told(questions, same[0].says, same[0].try_next, echoes)


def common_prefix(ids: Iterable[str]) -> str:
    """`check_` of `check_dW`, `check_db`, …: what all names begin with tells nothing, and lines are short."""
    ids = list(dict.fromkeys(ids))
    letters = os.path.commonprefix(ids) if len(ids) > 1 else ""  # noqa: RUF071 (letters are meant, not folders)
    return letters[: letters.rfind("_") + 1]
