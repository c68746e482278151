"""Folders that are there as a whole or not at all, whenever somebody looks or pulls the plug. Used by `record`."""

from __future__ import annotations

import contextlib
import ctypes
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

AT_FDCWD = -100
RENAME_EXCHANGE = 2


@contextlib.contextmanager
def put_in_place(prepared: Path, target: Path) -> Iterator[None]:
    """`prepared` at the place of `target`, for good when the block ends well; as it was before when it raises.

    `prepared` lies beside `target` and is gone afterwards, either way.
    """
    existed = target.exists()
    try:
        _exchange(prepared, target) if existed else prepared.rename(target)
        try:
            yield
        except BaseException:
            _exchange(prepared, target) if existed else target.rename(prepared)
            raise
    finally:
        shutil.rmtree(prepared, ignore_errors=True)


def remove_leftovers(folder: Path, name: str) -> None:
    """What a run that was killed had prepared below `folder` for folders called `name`."""
    for left in folder.glob(f"*/.{name}.*"):
        shutil.rmtree(left, ignore_errors=True)


def _exchange(one: Path, other: Path) -> None:
    """Both names, in one step: a reader sees the old folder or the new one.

    Source: renameat2(2). A file system without it gets three renames, between which the folder is missing for an
    instant; a run killed there grades that submission again.
    """
    rename = getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None)
    if rename and rename(AT_FDCWD, os.fsencode(one), AT_FDCWD, os.fsencode(other), RENAME_EXCHANGE) == 0:
        return
    between = Path(tempfile.mkdtemp(prefix=f"{one.name}.", dir=one.parent))
    other.rename(between / "old")
    one.rename(other)
    (between / "old").rename(one)
    between.rmdir()
