"""The entries of a zip, each held against what a zip may do to whoever unpacks it. Called by `collect`.

Nothing is unpacked here, and nothing is ever extracted by its own name: contents are read one submission at a time, and
`place` decides where they go.
"""

from __future__ import annotations

import contextlib
import functools
import itertools
import lzma
import stat
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from autograder.collecting.entries import Entry, is_nobodys, walked
from autograder.errors import NotCollected
from autograder.printable import printable

ENTRIES_MAX = 200_000
BYTES_MAX = 20_000_000_000
"""All files of a download together, unpacked: a class of two thousand with ten megabytes each."""

RATIO_MAX, SMALL_BYTES = 200, 5_000_000
"""Notebooks shrink to a tenth or a hundredth; deflate can reach a thousandth. Small files may be as repetitive as they
like."""

ENCRYPTED, UTF_8 = 0x1, 0x800
"""Bits of an entry's flags. Source: PKWARE's APPNOTE.TXT, 4.4.4."""

UNIX = 3
"""`create_system` of entries whose attributes say what kind of file they are."""

LOCAL_HEADER_BYTES = 30

DAMAGED = (zipfile.BadZipFile, NotImplementedError, RuntimeError, zlib.error, lzma.LZMAError, EOFError, OSError)


@contextlib.contextmanager
def zip_entries(path: Path) -> Iterator[list[Entry]]:
    """Every file of the zip; they can be read inside the block. Raises `NotCollected` for a zip as a whole."""
    try:
        archive = zipfile.ZipFile(path)
    except DAMAGED as error:
        raise NotCollected(f"{path} is not a zip that can be read ({error}).", "Download it again.") from error
    with archive:
        found = archive.infolist()
        if len(found) > ENTRIES_MAX or sum(entry.file_size for entry in found) > BYTES_MAX:
            size = sum(entry.file_size for entry in found) / 1e9
            raise NotCollected(
                f"{path} would unpack to {len(found):,} files of {size:,.1f} GB together.",
                "If that is right, download it in parts.",
            )
        yield [_entry(archive, info, problem) for info, problem in _judged(found)]


def _judged(found: list[zipfile.ZipInfo]) -> Iterator[tuple[zipfile.ZipInfo, str | None]]:
    """Each file and what is wrong with it as an entry of a zip; what is wrong with its path is seen by `walked`."""
    paths = [_folded(_name(info)) for info in found]
    files = Counter(path for path, info in zip(paths, found, strict=True) if not _is_folder(info))
    folders = {path[:depth] for path in paths for depth in range(1, len(path))}
    folders |= {path for path, info in zip(paths, found, strict=True) if _is_folder(info)}
    overlapping = _overlapping(found)
    for path, info in zip(paths, found, strict=True):
        kind = stat.S_IFMT(info.external_attr >> 16) if info.create_system == UNIX else 0
        problem = None
        if stat.S_ISLNK(kind):
            problem = "is a symbolic link"
        elif kind not in (0, stat.S_IFREG, stat.S_IFDIR):
            problem = "is a special file"
        elif info.flag_bits & ENCRYPTED:
            problem = "is encrypted"
        elif files[path] > 1:
            problem = f"is there {files[path]} times"
        elif files[path] and path in folders:
            problem = "is both a file and a folder"
        elif info.file_size > SMALL_BYTES and info.file_size > RATIO_MAX * info.compress_size:
            problem = f"would unpack to {info.file_size / 1e6:,.0f} MB, more than {RATIO_MAX} times its size"
        elif info.header_offset in overlapping:
            problem = "shares its bytes with another entry"
        if problem or not _is_folder(info):
            yield info, problem


def _entry(archive: zipfile.ZipFile, info: zipfile.ZipInfo, problem: str | None) -> Entry:
    name = _name(info)
    parts, astray = walked(name)
    return Entry(
        path=name,
        parts=parts,
        size_bytes=info.file_size,
        read=functools.partial(_read, archive, info),
        written=_written(info),
        problem=None if is_nobodys(parts) and not astray else astray or problem,
    )


def _read(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> bytes:
    # zipfile gives at most `file_size` bytes whatever the data hold, and compares their checksum.
    try:
        return archive.read(info)
    except DAMAGED as error:
        raise NotCollected(f"{printable(_name(info))} is damaged ({error}).") from error


def _name(info: zipfile.ZipInfo) -> str:
    """As it was meant: macOS writes UTF-8 without saying so, and a NUL would cut the name short."""
    name = info.orig_filename
    if not info.flag_bits & UTF_8:
        with contextlib.suppress(UnicodeError):
            return name.encode("cp437").decode("utf-8")
    return name


def _is_folder(info: zipfile.ZipInfo) -> bool:
    return _name(info).endswith(("/", "\\"))


def _folded(name: str) -> tuple[str, ...]:
    """The same for what is one file on a disk that does not tell upper from lower case."""
    parts, _ = walked(name)
    return tuple(part.casefold() for part in parts)


def _overlapping(found: list[zipfile.ZipInfo]) -> set[int]:
    """Offsets of entries that reach into the next: a small zip whose files are all made of the same bytes."""
    ordered = sorted(found, key=lambda info: info.header_offset)
    bad: set[int] = set()
    for one, other in itertools.pairwise(ordered):
        if one.header_offset + LOCAL_HEADER_BYTES + one.compress_size > other.header_offset:
            bad |= {one.header_offset, other.header_offset}
    return bad


def _written(info: zipfile.ZipInfo) -> datetime | None:
    """In this machine's time zone: a zip does not say which. None where the program that made it did not know."""
    try:
        return datetime(*info.date_time).astimezone() if info.date_time > (1981,) else None
    except (ValueError, OverflowError):
        return None
