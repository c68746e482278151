"""A gradebook as an LMS exported it. Every byte is kept but those of the fields that are set.

Python's `csv` reads such files, but forgets which fields had quotes and how lines ended; an LMS may compare what comes
back with what it gave. So fields are kept here as they are written.
"""

from __future__ import annotations

import codecs
import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from autograder.errors import GradingError

BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
DELIMITERS = (",", ";", "\t")


@dataclass
class LmsFile:
    """Records of fields, as text with their quotes. Line and column numbers start at 0; record 0 is the header."""

    path: Path
    bom: bytes
    encoding: str
    delimiter: str
    records: list[list[str]]
    ends: list[str]
    """What each record's line ends with; empty after the last where the file does not end its last line."""

    @property
    def header(self) -> list[str]:
        return [self.value(0, column) for column in range(len(self.records[0]))]

    def value(self, record: int, column: int) -> str:
        """What the field says; empty where the record is too short to have it."""
        if column >= len(self.records[record]):
            return ""
        raw = self.records[record][column]
        return raw[1:-1].replace('""', '"') if raw.startswith('"') else raw

    def line(self, record: int) -> int:
        """Where a text editor shows it; a field in quotes may hold line ends."""
        earlier = (self.delimiter.join(fields) + end for fields, end in zip(self.records, self.ends, strict=True))
        return 1 + sum(len(text.splitlines()) for text, _ in zip(earlier, range(record), strict=False))

    def set(self, record: int, column: int, text: str) -> None:
        """Quoted if the field was, or must be now."""
        quoted = self.records[record][column].startswith('"') or any(mark in text for mark in (self.delimiter, '"'))
        self.records[record][column] = '"{}"'.format(text.replace('"', '""')) if quoted else text

    def as_bytes(self) -> bytes:
        lines = (self.delimiter.join(fields) + end for fields, end in zip(self.records, self.ends, strict=True))
        return self.bom + "".join(lines).encode(self.encoding)


def read_lms_file(path: Path) -> LmsFile:
    """Raises `GradingError` when there is no such file, or it is no table."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise GradingError(
            f"{path} could not be read: {error.strerror}.", "Export the gradebook there, and give that file."
        ) from None
    bom, encoding, text = _decoded(path, data)
    first_line = _records(path, text, "\0", first_only=True)[0][0][0]
    delimiter = max(DELIMITERS, key=Counter(re.sub(r'"[^"]*"', "", first_line)).__getitem__)
    records, ends = _records(path, text, delimiter)
    if len(records) < 2 or len(records[0]) < 2:
        raise GradingError(
            f"{path} is no table with a header and students.", "Give the CSV file that Canvas or Moodle exported."
        )
    return LmsFile(path, bom, encoding, delimiter, records, ends)


def _decoded(path: Path, data: bytes) -> tuple[bytes, str, str]:
    for bom, encoding in BOMS:
        if data.startswith(bom):
            try:
                return bom, encoding, data.removeprefix(bom).decode(encoding)
            except UnicodeDecodeError:
                break
    # cp1252: what spreadsheets save on Windows. latin-1 reads anything, and writes the same bytes back.
    for encoding in ("utf-8", "cp1252", "latin-1"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" in text:
            raise GradingError(f"{path} is not text.", "Export as CSV, not as a spreadsheet (.xlsx, .ods).")
        return b"", encoding, text
    raise AssertionError("latin-1 decodes every byte")


def _records(path: Path, text: str, delimiter: str, first_only: bool = False) -> tuple[list[list[str]], list[str]]:
    # A field in quotes may hold the delimiter and line ends; one without holds neither.
    field = re.compile(rf'("[^"]*(?:""[^"]*)*"|(?!")[^{delimiter}\r\n]*)({delimiter}|\r\n|\n|\r|\Z)')
    if delimiter == "\0":  # the first line as one field
        field = re.compile(r'((?:[^"\r\n]|"[^"]*")*)(\r\n|\n|\r|\Z)')
    records: list[list[str]] = [[]]
    ends: list[str] = []
    at = 0
    while True:
        found = field.match(text, at)
        if found is None:
            line = text.count("\n", 0, at) + 1
            raise GradingError(
                f"{path} cannot be read as CSV: a quote in line {line} does not end its field.",
                "Export it again, and do not edit it in between.",
            )
        records[-1].append(found[1])
        at = found.end()
        if found[2] != delimiter:
            ends.append(found[2])
            # A line end at the very end of the file begins no further record.
            if at == len(text) or first_only:
                return records, ends
            records.append([])
