"""Which way of naming a download follows, and what was handed in by it. Called by `collect`.

What decides is at the level that the platform or the instructor named: below it stands what students named, and one of
them might imitate a platform to hand in for others.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Collection

from autograder.collecting.entries import Entry
from autograder.collecting.handed_in import HandedIn
from autograder.collecting.plain_folders import TIMESTAMP, exchange, folders, inbound, timestamp
from autograder.collecting.platforms import CANVAS, METADATA, MOODLE, canvas, gradescope, moodle
from autograder.errors import NotCollected

NAMES: dict[str, Callable[[str], bool]] = {
    "moodle": lambda name: bool(MOODLE.fullmatch(name)),
    "canvas": lambda name: bool(CANVAS.fullmatch(name)),
    "exchange": lambda name: inbound(name) is not None,
}
"""Does a name at that level follow the convention?"""


def handed_in(
    entries: list[Entry], convention: str | None, assignment: str, expected: Collection[str], others: Collection[str]
) -> tuple[str, list[HandedIn], list[Entry]]:
    """The convention, every submission, and the entries that belong to none.

    `convention`: the one to go by; by default the one that is recognised. `expected`: names of the assignment's files.
    Raises `NotCollected` when the download does not follow `convention`, or its own list cannot be read.
    """
    convention, level = _recognise(entries, convention, {assignment, *others})
    below = [dataclasses.replace(entry, parts=entry.parts[level:]) for entry in entries if len(entry.parts) > level]
    loose = [entry for entry in entries if len(entry.parts) <= level]
    loose += [entry for entry in below if not _belongs(entry, convention)]
    below = [entry for entry in below if _belongs(entry, convention) or entry.parts == (METADATA,)]
    if convention == "folders":
        found = folders(below, assignment, others)
    elif convention == "exchange":
        found = exchange(below, assignment)
    else:
        found = {"moodle": moodle, "canvas": canvas, "gradescope": gradescope}[convention](below, expected)
    for submission in found:
        submission.convention = convention
        _unwrap(submission)
        if convention in ("folders", "exchange"):
            submission.time = timestamp(submission) or submission.time
        elif submission.files.pop(TIMESTAMP, None):
            # Not the platform's: whoever handed it in would choose the time.
            submission.notes.append(f"left out: a {TIMESTAMP} of the student's own")
    return convention, found, [entry for entry in loose if entry.parts != (METADATA,)]


def _belongs(entry: Entry, convention: str) -> bool:
    """To some submission, by its first part."""
    if follows := NAMES.get(convention):
        return follows(entry.parts[0])
    return len(entry.parts) > 1 or entry.problem is not None


def _recognise(entries: list[Entry], wanted: str | None, assignments: Collection[str]) -> tuple[str, int]:
    level = 0
    while True:
        names = {entry.parts[level] for entry in entries if len(entry.parts) > level}
        for convention, follows in NAMES.items():
            if wanted in (None, convention) and names and 2 * sum(map(follows, names)) >= len(names):
                return convention, level
        if wanted in (None, "gradescope") and any(entry.parts[level:] == (METADATA,) for entry in entries):
            return "gradescope", level
        loose = any(len(entry.parts) == level + 1 and not entry.problem for entry in entries)
        if len(names) != 1 or loose:
            break
        level += 1
    if wanted not in (None, "folders"):
        raise NotCollected(f"Nothing in it is named as in a download from {wanted}.", "Leave out --from.")
    return "folders", _students_level(entries, assignments)


def _students_level(entries: list[Entry], assignments: Collection[str]) -> int:
    """How many folders stand around all students' folders: `submitted/`, or the name of a download."""
    level = 0
    while True:
        here = {entry.parts[level] for entry in entries if len(entry.parts) > level}
        below = {entry.parts[level + 1] for entry in entries if len(entry.parts) > level + 2}
        files_here = any(len(entry.parts) == level + 2 and not entry.problem for entry in entries)
        if len(here) != 1 or files_here or not below or below & set(assignments):
            return level
        level += 1


def _unwrap(submission: HandedIn) -> None:
    """Out of a folder that holds everything: some browsers and platforms put one around what is handed in."""
    while submission.files:
        tops = {path.partition("/")[0] for path in submission.files}
        if len(tops) != 1 or not all("/" in path for path in submission.files):
            return
        submission.files = {path.partition("/")[2]: entry for path, entry in submission.files.items()}
