"""A folder per student, and the inbound folder of nbgrader's exchange."""

from __future__ import annotations

import contextlib
from collections.abc import Collection
from datetime import datetime

from autograder.collecting.entries import Entry
from autograder.collecting.handed_in import HandedIn, Who
from autograder.errors import CouldNotGrade, NotCollected
from autograder.grading.collect import utc_in

TIMESTAMP = "timestamp.txt"


def folders(entries: list[Entry], assignment: str, others: Collection[str]) -> list[HandedIn]:
    """`ada/linear_layer.ipynb`, or as in `submitted/`: `ada/02_linear_layer/linear_layer.ipynb`.

    `others`: the course's other assignments, whose folders are none of this one's files.
    """
    found: dict[str, HandedIn] = {}
    nested = {entry.parts[0] for entry in entries if entry.parts[1:2] == (assignment,)}
    for entry in entries:
        student, *inside = entry.parts
        if inside and (inside[0] in others or (student in nested and inside[0] != assignment)):
            continue
        submission = found.setdefault(student, HandedIn(Who(student, student, suggested=student), student))
        submission.add(inside[1:] if student in nested else inside, entry)
    return list(found.values())


def exchange(entries: list[Entry], assignment: str) -> list[HandedIn]:
    """`ada+02_linear_layer+2026-11-20 10:15:00 UTC`, with or without something random behind it: each time that a
    student handed in."""
    found: dict[str, HandedIn] = {}
    owners: dict[str, set[str]] = {}
    for entry in entries:
        label = entry.parts[0]
        parsed = inbound(label)
        if not parsed or parsed[1] != assignment:
            continue
        student, _, time = parsed
        submission = found.setdefault(label, HandedIn(Who(student, suggested=student), label, time=time))
        submission.add(entry.parts[1:], entry)
        owners.setdefault(label, set()).add(entry.owner or "")
    if len(set().union(*owners.values())) > 1:
        # Anybody can write into the exchange, under any name. Where all files are one person's, it is a copy of it.
        for label, names in owners.items():
            if strange := names - {found[label].who.number, ""}:
                found[label].notes.append(f"the files are {' and '.join(sorted(strange))}'s; was it handed in by them?")
    return list(found.values())


def inbound(name: str) -> tuple[str, str, datetime] | None:
    """Student, assignment and time of a folder in the exchange. A student's name may hold a plus, as in nbgrader."""
    parts = name.split("+")
    for end in (len(parts) - 1, len(parts) - 2):
        if end >= 2 and parts[end][:4].isdigit() and (time := utc_in(parts[end])):
            return "+".join(parts[: end - 1]), parts[end - 1], time
    return None


def timestamp(submission: HandedIn) -> datetime | None:
    """From nbgrader's `timestamp.txt`, which is taken out: it is written anew."""
    entry = submission.files.pop(TIMESTAMP, None)
    if entry is None or entry.size_bytes > 1000:
        return None
    time = None
    with contextlib.suppress(NotCollected, CouldNotGrade):
        time = utc_in(entry.read())
    if time is None:
        submission.notes.append("timestamp.txt holds no date")
    return time
