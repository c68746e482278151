"""Moodle, Canvas and Gradescope: how each names what students handed in, in the download for instructors.

Sources: Moodle's `mod/assign/classes/downloader.php`, Canvas' `lib/content_zipper.rb`; Gradescope's is not public, and
was taken from programs that read it. None but Gradescope's says when something was handed in: the times in Moodle's and
Canvas' zips are those of the download.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from datetime import UTC, datetime
from typing import Any

import yaml

from autograder.collecting.entries import Entry
from autograder.collecting.handed_in import HandedIn, Who, plain
from autograder.errors import NotCollected

MOODLE = re.compile(r"(?P<name>.+?)_(?P<number>\d+)_assignsubmission_(?P<kind>[a-z]+)(?:_(?P<file>.*))?", re.DOTALL)
"""`Ada Lovelace_12345_assignsubmission_file_`: a folder, or, where folders were not wanted, in front of a file's name.
Releases differ in the last underscore. The first number counts: no name of a person has an underscore there, but
what follows may be a student's own."""

CANVAS = re.compile(
    r"(?:(?P<name>(?!late_).+?)_)?(?:(?P<late>late)_)?(?P<number>\d+|anon_[a-z0-9]+)"
    r"_(?:(?P<attachment>\d+)_(?P<file>.+)|(?P<typed>text|link)\.html)",
    re.IGNORECASE | re.DOTALL,
)
"""`lovelaceada_LATE_1234_5678_linear_layer-1.ipynb`: sortable name, late, number of the user, of the file, its name."""

AGAIN = re.compile(r"(?P<stem>.+)-\d+(?P<suffix>\.\w+)")
"""What Canvas makes of a name that the student has used before."""

METADATA = "submission_metadata.yml"
METADATA_BYTES_MAX = 50_000_000


def moodle(entries: list[Entry], expected: Collection[str]) -> list[HandedIn]:
    found: dict[str, HandedIn] = {}
    for entry in entries:
        if not (match := MOODLE.fullmatch(entry.parts[0])):
            continue
        who = Who(match["number"], name=match["name"], suggested=plain(match["name"]))
        submission = found.setdefault(who.number, HandedIn(who, f"{who.name}_{who.number}"))
        if match["kind"] != "file":
            submission.notes.append(f"left out: what was typed into Moodle ({match['kind']})")
        else:
            submission.add(filter(None, [match["file"], *entry.parts[1:]]), entry)
    if len(found) > 1 and len({one.who.name for one in found.values()}) == 1:
        # Blind marking: all are called "Participant", in the platform's language.
        for one in found.values():
            one.who = Who(one.who.number, suggested=plain(one.label))
    return list(found.values())


def canvas(entries: list[Entry], expected: Collection[str]) -> list[HandedIn]:
    """`expected`: names of the assignment's files; only those lose the number that Canvas puts behind them."""
    found: dict[str, HandedIn] = {}
    matched = [(match, entry) for entry in entries if (match := CANVAS.fullmatch(entry.parts[0]))]
    # The number of a file grows with every upload: of two with the same name the later one stays.
    for match, entry in sorted(matched, key=lambda pair: int(pair[0]["attachment"] or 0)):
        name = match["name"] or ""
        who = Who(match["number"], name=name, suggested=plain(name or match["number"]))
        submission = found.setdefault(who.number, HandedIn(who, "_".join(filter(None, [name, who.number]))))
        submission.late |= bool(match["late"])
        if match["typed"]:
            submission.notes.append(f"left out: a {match['typed']} instead of a file")
            continue
        file, again = match["file"], AGAIN.fullmatch(match["file"])
        if again and again["stem"] + again["suffix"] in expected:
            file = again["stem"] + again["suffix"]
        if file in submission.files:
            submission.notes.append(f"{match['file']} taken, the latest of several")
        submission.add([file], entry)
    return list(found.values())


def gradescope(entries: list[Entry], expected: Collection[str]) -> list[HandedIn]:
    """A team's work is everybody's of the team. Raises `NotCollected` when the list of submissions cannot be read."""
    (listed,) = [entry for entry in entries if entry.parts == (METADATA,)]
    found = {key: _submitted(key, facts) for key, facts in _metadata(listed).items()}
    for entry in entries:
        key = entry.parts[0]
        if key not in found and len(entry.parts) > 1:
            found[key] = [HandedIn(Who(key), key, problem=f"{METADATA} does not say whose {key} is")]
        for submission in found.get(key, []):
            submission.add(entry.parts[1:] or entry.parts, entry)
    return [submission for several in found.values() for submission in several]


def _submitted(key: str, facts: Any) -> list[HandedIn]:
    people = facts.get(":submitters") if isinstance(facts, dict) else None
    people = [person for person in people if isinstance(person, dict)] if isinstance(people, list) else []
    if not people:
        return [HandedIn(Who(key), key, problem=f"{METADATA} names no submitter of {key}")]
    time = _time(facts.get(":created_at"))
    found = []
    for person in people:
        name, email, sid = (str(person.get(f":{field}") or "").strip() for field in ("name", "email", "sid"))
        suggested = plain(sid) or plain(email.partition("@")[0]) or plain(name)
        submission = HandedIn(Who(sid or email or name, name, email, sid, suggested), key, time=time)
        if len(people) > 1:
            submission.notes.append(f"handed in by {len(people)} together")
        found.append(submission)
    return found


class _Ruby(yaml.SafeLoader):
    """YAML as Rails writes it: its tags are looked through, and make nothing but dictionaries, lists and text."""


def _untagged(loader: yaml.SafeLoader, tag: str, node: yaml.Node) -> Any:
    if isinstance(node, yaml.MappingNode):
        return loader.construct_mapping(node, deep=True)
    if isinstance(node, yaml.SequenceNode):
        return loader.construct_sequence(node, deep=True)
    return loader.construct_scalar(node)


_Ruby.add_multi_constructor("!ruby/", _untagged)


def _metadata(listed: Entry) -> dict[str, Any]:
    if listed.problem or listed.size_bytes > METADATA_BYTES_MAX:
        raise NotCollected(f"{listed.path} {listed.problem or 'is too large'}.", "Download the submissions again.")
    try:
        about = yaml.load(listed.read().decode("utf-8-sig"), _Ruby)
    except (yaml.YAMLError, UnicodeError, RecursionError, ValueError) as error:
        reason = str(error).splitlines()[0]
        raise NotCollected(f"{listed.path} cannot be read: {reason}.", "Download the submissions again.") from error
    if not isinstance(about, dict):
        raise NotCollected(f"{listed.path} lists no submissions.", "Download the submissions again.")
    return {str(key): facts for key, facts in about.items()}


def _time(value: Any) -> datetime | None:
    if isinstance(value, dict):  # a time with its zone, as Rails has it
        value = value.get("utc")
    if not isinstance(value, datetime):
        return None
    return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)
