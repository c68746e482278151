"""What lies in a download, file by file, before anybody has said whose it is. Made by `archive` and `folder`.

An entry that must not be unpacked is not dropped: it carries its problem to whoever it belongs to, and is never read.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from fnmatch import fnmatch

from autograder.course.ownership import IGNORED

NOBODYS = (*IGNORED, "__MACOSX", ".DS_Store", "._*", "Thumbs.db", "desktop.ini", ".git", ".gitkeep")
"""What computers leave beside people's files."""

PACKED = (".zip", ".7z", ".rar", ".tar", ".gz", ".tgz", ".bz2", ".xz")
"""An archive in a submission would be handed in and never looked at."""

NAME_BYTES_MAX = 255
"""Of one folder or file, as most file systems have it."""


@dataclass(frozen=True)
class Entry:
    """One file of a download."""

    path: str
    """As the download has it, for messages."""
    parts: tuple[str, ...]
    """Folders and name. Of a path that leads astray, only what stands before it does."""
    size_bytes: int
    read: Callable[[], bytes]
    """Raises `NotCollected` or `CouldNotGrade` when the content is damaged or too large."""
    written: datetime | None = None
    """In an archive, when it was put there."""
    problem: str | None = None
    """Why it is not unpacked; None when it can be."""
    owner: str | None = None
    """The account that a folder's file belongs to."""


def is_nobodys(parts: tuple[str, ...]) -> bool:
    return any(fnmatch(part, pattern) for part in parts for pattern in NOBODYS)


def walked(path: str) -> tuple[tuple[str, ...], str | None]:
    """The parts of a path from a download, and what is wrong with it.

    Backslashes count as slashes: some programs on Windows write them, and there they would lead out of a folder.
    """
    text = unicodedata.normalize("NFC", path.replace("\\", "/"))
    if text.startswith("/"):
        return (), "is an absolute path"
    if re.match(r"[A-Za-z]:", text):
        return (), "names a drive of Windows"
    parts: list[str] = []
    for part in text.split("/"):
        if part == "..":
            return tuple(parts), "leads out of its folder (..)"
        if any(unicodedata.category(letter) in ("Cc", "Cs", "Zl", "Zp") for letter in part):
            return tuple(parts), "has an unreadable character in its name"
        if len(part.encode()) > NAME_BYTES_MAX:
            return tuple(parts), f"has a name of more than {NAME_BYTES_MAX} bytes"
        if part not in ("", "."):
            parts.append(part)
    if parts and parts[-1].lower().endswith(PACKED):
        return tuple(parts), "is an archive inside the download; ask for the files themselves"
    return tuple(parts), None
