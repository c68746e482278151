"""A zip whose bytes depend on its files alone: not on when, where or by whom it was made. Used by `kit` and `wheel`."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Collection, Mapping

EARLIEST = (1980, 1, 1, 0, 0, 0)
"""The first moment that a zip can name."""

UNIX, READABLE, RUNNABLE = 3, 0o100644 << 16, 0o100755 << 16
"""A regular file that everybody may read, or run, too: what the unpacked files are allowed on Linux and macOS."""


def zipped(files: Mapping[str, bytes], executable: Collection[str] = ()) -> bytes:
    """`files`: path with `/` → content; those in `executable` are programs.

    The same mapping gives the same bytes, in whatever order it was filled.
    """
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(files):
            entry = zipfile.ZipInfo(path, EARLIEST)
            entry.create_system, entry.external_attr = UNIX, RUNNABLE if path in executable else READABLE
            archive.writestr(entry, files[path], zipfile.ZIP_DEFLATED, 9)
    return buffer.getvalue()
