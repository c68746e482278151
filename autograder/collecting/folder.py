"""The entries of a folder: an unpacked download, a folder per student, nbgrader's exchange. Called by `collect`.

Looks at what an entry is before it opens it, and follows no link: what lies in an exchange is still the student's, who
could put a link to the instructor's files in the place of a folder while it is being collected.
"""

from __future__ import annotations

import functools
import os
import stat
from datetime import UTC, datetime
from pathlib import Path

from autograder.collecting.entries import Entry, is_nobodys, walked
from autograder.grading.collect import FOLDER_BYTES_MAX, read_regular
from autograder.printable import printable

FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC


def folder_entries(root: Path) -> list[Entry]:
    """Every file below `root`, sorted. A folder that cannot be listed is an entry with that problem."""
    found: list[Entry] = []

    def unreadable(error: OSError) -> None:
        path = Path(error.filename).relative_to(root).as_posix()
        found.append(Entry(path, walked(path)[0], 0, bytes, problem=f"cannot be listed ({error.strerror})"))

    for place, folders, names in os.walk(root, onerror=unreadable):
        # A link to a folder is among the folders, and is not walked into.
        links = [name for name in folders if Path(place, name).is_symlink()]
        for name in (*names, *links):
            inside = Path(place, name).relative_to(root)
            if not is_nobodys(inside.parts):
                found.append(_entry(root, inside))
    return sorted(found, key=lambda entry: entry.path)


def _entry(root: Path, inside: Path) -> Entry:
    status = (root / inside).lstat()
    parts, problem = walked(inside.as_posix())
    if stat.S_ISLNK(status.st_mode):
        problem = "is a symbolic link"
    elif not stat.S_ISREG(status.st_mode):
        problem = "is a special file"
    return Entry(
        path=inside.as_posix(),
        parts=parts,
        size_bytes=status.st_size,
        read=functools.partial(_read, root, inside),
        written=datetime.fromtimestamp(status.st_mtime, UTC),
        problem=problem,
        owner=_account(status.st_uid),
    )


def _read(root: Path, inside: Path) -> bytes:
    """Folder by folder, none of them a link by now."""
    here = os.open(root, FOLDER)
    try:
        for part in inside.parts[:-1]:
            below = os.open(part, FOLDER | os.O_NOFOLLOW, dir_fd=here)
            os.close(here)
            here = below
        return read_regular(Path(inside.name), FOLDER_BYTES_MAX, printable(inside.as_posix()), dir_fd=here)
    finally:
        os.close(here)


@functools.cache
def _account(number: int) -> str | None:
    try:
        import pwd

        return pwd.getpwuid(number).pw_name
    except (ImportError, KeyError):
        return None
