"""What one student handed in, as far as the names in a download tell. Made by `conventions`, used by all behind it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from autograder.collecting.entries import Entry


@dataclass(frozen=True)
class Who:
    """A student as a platform knows them; what it does not tell is empty."""

    number: str
    """What tells two students of one platform apart: its own number, an e-mail address, the name of a folder."""
    name: str = ""
    email: str = ""
    sid: str = ""
    """The university's id, where the platform has it."""
    suggested: str = ""
    """The id in `submitted/` where no list of students says another."""


@dataclass
class HandedIn:
    """One submission: files that were handed in together."""

    who: Who
    label: str
    """As it is called in the download, for messages."""
    files: dict[str, Entry] = field(default_factory=dict)
    """Path in the submission → entry."""
    time: datetime | None = None
    """When it was handed in, where the download says so."""
    written: datetime | None = None
    """The latest time of its files: in a platform's zip, when the download was made."""
    late: bool = False
    """Marked so by the platform."""
    notes: list[str] = field(default_factory=list)
    problem: str | None = None
    """Why it is refused as a whole."""
    source: str = ""
    """The download it comes from."""
    convention: str = ""
    """How that names things."""

    def add(self, path: Iterable[str], entry: Entry) -> None:
        """One more file; its problem is the submission's."""
        if entry.written and (self.written is None or entry.written > self.written):
            self.written = entry.written
        if entry.problem and not self.problem:
            self.problem = f"{entry.path} {entry.problem}"
        elif parts := tuple(path):
            self.files["/".join(parts)] = entry

    @property
    def when(self) -> datetime | None:
        """What decides which of two is the later one."""
        return self.time or self.written


def plain(text: str) -> str:
    """`Ada Lovelace` becomes `ada_lovelace`: letters of any script, digits, and `. - @` between them."""
    text = unicodedata.normalize("NFKC", text).casefold()
    text = "".join(letter if letter.isalnum() or letter in ".-@" else "_" for letter in text)
    return re.sub(r"_+", "_", text).strip("_.-")
