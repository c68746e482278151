"""An LMS's file comes back as it was: every byte but the marks."""

from __future__ import annotations

import csv
import io

import pytest

from autograder.errors import GradingError
from autograder.exporters.lms_file import read_lms_file

LINES = [
    'Student,ID,"Gates, part 1 (7)"',
    '"Example, ""Zoë""",1,',
    "plain \"quotes\" inside,2,'3'",
    '"two',
    'lines",3,""',
]


def written(tmp_path, text: str, encoding: str = "utf-8", bom: bytes = b""):
    path = tmp_path / "grades.csv"
    path.write_bytes(bom + text.encode(encoding))
    return path


@pytest.mark.parametrize("last", ["", "end"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize(
    ("encoding", "bom"),
    [
        ("utf-8", b""),
        ("utf-8", b"\xef\xbb\xbf"),
        ("cp1252", b""),
        ("utf-16-le", b"\xff\xfe"),
        ("utf-16-be", b"\xfe\xff"),
    ],
)
def test_a_file_comes_back_byte_for_byte(tmp_path, encoding, bom, delimiter, end, last):
    """Encoding, byte order mark, delimiter, quotes, line ends, and whether the last line has one."""
    text = end.join(LINES).replace(",", delimiter) + (end if last else "")
    path = written(tmp_path, text, encoding, bom)

    file = read_lms_file(path)

    assert file.as_bytes() == path.read_bytes()
    assert file.delimiter == delimiter
    read = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    assert [[file.value(record, column) for column in range(3)] for record in range(4)] == list(read)


def test_a_field_that_is_set_keeps_its_quotes_and_nothing_else_changes(tmp_path):
    """A decimal comma brings quotes where commas part fields."""
    file = read_lms_file(written(tmp_path, 'Student,ID,Mark\nada,1,""\nbob,2,3\ncleo,3,-\n'))

    for record, mark in ((1, "7"), (2, "8"), (3, "7,5")):
        file.set(record, 2, mark)

    assert file.as_bytes().decode() == 'Student,ID,Mark\nada,1,"7"\nbob,2,8\ncleo,3,"7,5"\n'


def test_lines_are_counted_as_an_editor_shows_them(tmp_path):
    """A feedback of two lines is one record."""
    file = read_lms_file(written(tmp_path, 'Student,Said\r\nada,"one\r\ntwo"\r\nbob,\r\n'))

    assert [file.line(record) for record in range(3)] == [1, 2, 4]


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b'Student,ID\nada,"1"2\n', "a quote in line 2 does not end its field"),
        (b'Student,ID\n"ada,1\n', "a quote in line 2 does not end its field"),
        (b"PK\x03\x04\x00\x00\x00", "is not text"),
        (b"", "is no table"),
        (b"Student\nada\n", "is no table"),
    ],
)
def test_what_is_no_table_is_refused(tmp_path, data, says):
    """In a sentence; a spreadsheet's own format is a common mistake."""
    path = tmp_path / "grades.csv"
    path.write_bytes(data)

    with pytest.raises(GradingError, match=says):
        read_lms_file(path)
