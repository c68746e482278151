"""Downloads that would harm whoever unpacks them: each is refused by name, and everybody else's work is collected."""

from __future__ import annotations

import os
import stat
import struct
import warnings
import zipfile

import pytest
from downloads import LESSON, A, collect, make_folder, make_zip, notebook, submitted

GOOD = {f"Bo Ek_2_assignsubmission_file_/{LESSON}": notebook("bo")}
ADA = "Ada Lovelace_1_assignsubmission_file_"

BAD_PATHS = {
    f"{ADA}/../../../escaped.txt": "leads out of its folder (..)",
    f"{ADA}\\..\\..\\escaped.txt": "leads out of its folder (..)",
    f"{ADA}/sub/../../Bo Ek_2_assignsubmission_file_/{LESSON}": "leads out of its folder (..)",
    f"{ADA}/line\nbreak.txt": "has an unreadable character",
    f"{ADA}/nul\0.txt": "has an unreadable character",
    f"{ADA}/{'x' * 300}.txt": "has a name of more than 255 bytes",
    f"{ADA}/work.ZIP": "is an archive inside the download",
    f"{ADA}/work.tar.gz": "is an archive inside the download",
}


def refused(course, download) -> str:
    """What was said; everything but Bo's work must be missing, and nothing may lie outside the course's folders."""
    result = collect(course, download)
    assert result.exit_code == 1
    assert submitted(course) == {f"bo_ek/{A}/{LESSON}": "bo"}
    outside = sorted(path.name for path in course.parent.iterdir() if path != download)
    assert outside == [course.name]
    assert sorted(path.name for path in course.iterdir() if not path.name.startswith("gradebook")) == [
        "nbgrader_config.py", "source", "submitted",
    ]  # fmt: skip
    return result.output


def zip_with(path, entry: zipfile.ZipInfo, content: bytes = b"x"):
    make_zip(path, GOOD | {f"{ADA}/{LESSON}": notebook("ada")})
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(entry, content)
    return path


@pytest.mark.parametrize("name", BAD_PATHS, ids=lambda name: repr(name.removeprefix(ADA))[:30])
def test_a_path_that_leads_astray_costs_its_student_the_submission(course, tmp_path, name):
    """All of it: half a submission would be graded as if it were whole."""
    entry = zipfile.ZipInfo("placeholder")
    entry.filename = entry.orig_filename = name

    said = refused(course, zip_with(tmp_path / "download.zip", entry))

    assert "✗ ada_lovelace" in said
    assert BAD_PATHS[name] in said


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("/etc/cron.d/escaped", "is an absolute path"),
        ("C:\\Windows\\escaped.txt", "names a drive of Windows"),
        ("d:escaped.txt", "names a drive of Windows"),
        ("../escaped.txt", "leads out of its folder"),
        ("\\\\server\\share\\escaped.txt", "is an absolute path"),
    ],
)
def test_a_path_of_nobody_is_refused_by_its_own_name(course, tmp_path, name, reason):
    """Whose it is cannot be said; Ada's and Bo's work are taken."""
    download = make_zip(tmp_path / "download.zip", GOOD | {name: "x"})

    said = refused(course, download)

    assert reason in said
    assert "escaped" in said


@pytest.mark.parametrize(
    ("mode", "kind"),
    [(stat.S_IFLNK, "symbolic link"), (stat.S_IFIFO, "special file"), (stat.S_IFCHR, "special file")],
    ids=["link", "pipe", "device"],
)
def test_what_is_no_file_is_refused(course, tmp_path, mode, kind):
    """A link named `notes.txt` could bring the solution into a student's feedback."""
    entry = zipfile.ZipInfo(f"{ADA}/notes.txt")
    entry.create_system, entry.external_attr = 3, (mode | 0o777) << 16

    said = refused(course, zip_with(tmp_path / "download.zip", entry, b"../../../source/02_linear_layer/x"))

    assert f"{ADA}/notes.txt is a {kind}" in said


def test_a_bomb_is_refused_by_its_ratio(course, tmp_path):
    """Two hundred megabytes of zeros in two hundred kilobytes; not unpacked to find out."""
    entry = zipfile.ZipInfo(f"{ADA}/zeros.txt")
    entry.compress_type = zipfile.ZIP_DEFLATED

    said = refused(course, zip_with(tmp_path / "download.zip", entry, bytes(20_000_000)))

    assert "would unpack to 20 MB, more than 200 times its size" in said


def test_a_submission_that_is_too_large_is_refused(course, tmp_path, monkeypatch):
    """All files together; the real limit is 500 MB."""
    monkeypatch.setattr("autograder.collecting.collect.FOLDER_BYTES_MAX", 100_000)
    files = {f"{ADA}/{number}.bin": os.urandom(40_000) for number in range(3)}

    assert "is too large" in refused(course, make_zip(tmp_path / "download.zip", GOOD | files))


@pytest.mark.parametrize("limit", ["ENTRIES_MAX", "BYTES_MAX"])
def test_a_download_that_is_too_large_is_refused_as_a_whole(course, tmp_path, monkeypatch, limit):
    """Beside a second download that is not."""
    monkeypatch.setattr(f"autograder.collecting.archive.{limit}", 3)
    flood = make_zip(tmp_path / "flood.zip", {f"{ADA}/{number}.txt": "" if limit == "ENTRIES_MAX" else "xx"
                                              for number in range(4)})  # fmt: skip

    result = collect(course, flood, make_folder(tmp_path / "good", GOOD))

    assert result.exit_code == 1
    assert "flood.zip would unpack to 4 files" in result.output
    assert submitted(course) == {f"bo_ek/{A}/{LESSON}": "bo"}


def test_a_bomb_of_overlapping_entries_is_refused(course, tmp_path):
    """Many names for the same bytes: small in the zip, large together."""
    download = make_zip(tmp_path / "download.zip", GOOD | {f"{ADA}/a.txt": "a" * 100, f"{ADA}/b.txt": "b" * 100})
    data = bytearray(download.read_bytes())
    first, second = (entry.header_offset for entry in zipfile.ZipFile(download).infolist()[1:])
    # In the central directory, the second of Ada's entries is made to begin inside the first.
    place = data.rindex(struct.pack("<L", second), data.rindex(b"PK\x01\x02"))
    data[place : place + 4] = struct.pack("<L", first + 10)
    download.write_bytes(data)

    assert "shares its bytes with another entry" in refused(course, download)


def test_an_encrypted_entry_is_refused(course, tmp_path):
    """Nobody here knows the password."""
    download = make_zip(tmp_path / "download.zip", GOOD | {f"{ADA}/{LESSON}": notebook("ada")})
    data = bytearray(download.read_bytes())
    data[data.rindex(b"PK\x01\x02") + 8] |= 0x1
    download.write_bytes(data)

    assert f"{ADA}/{LESSON} is encrypted" in refused(course, download)


@pytest.mark.parametrize("second", [LESSON, LESSON.upper(), f"./{LESSON}"], ids=["same", "case", "dot"])
def test_two_entries_of_one_name_are_refused(course, tmp_path, second):
    """Which of them counts would depend on who unpacks."""
    download = make_zip(tmp_path / "download.zip", GOOD | {f"{ADA}/{LESSON}": notebook("ada")})
    with zipfile.ZipFile(download, "a") as archive, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # zipfile's own remark about what is done here on purpose
        archive.writestr(f"{ADA}/{second}", notebook("another"))

    assert "is there 2 times" in refused(course, download)


def test_a_file_that_is_also_a_folder_is_refused(course, tmp_path):
    """It cannot be written as both."""
    download = make_zip(tmp_path / "download.zip", GOOD | {f"{ADA}/work": "x", f"{ADA}/work/{LESSON}": notebook("ada")})

    assert "is both a file and a folder" in refused(course, download)


def test_damaged_bytes_are_refused(course, tmp_path):
    """The checksum does not fit: a transmission that broke off, or a header that lies about its size."""
    download = make_zip(tmp_path / "download.zip", GOOD | {f"{ADA}/{LESSON}": os.urandom(1000)})
    data = bytearray(download.read_bytes())
    offset = zipfile.ZipFile(download).infolist()[1].header_offset
    data[offset + 200] ^= 0xFF
    download.write_bytes(data)

    assert "is damaged" in refused(course, download)


def test_what_is_no_zip_is_refused(course, tmp_path):
    """An error page saved under the name of a download."""
    page = tmp_path / "submissions.zip"
    page.write_text("<html>Please log in</html>")

    result = collect(course, page)

    assert result.exit_code == 1
    assert "is not a zip that can be read" in result.output


def test_links_in_a_folder_are_refused_and_not_followed(course, tmp_path):
    """Of a file, of a folder, of a student's whole folder; and a pipe, which would never end."""
    source = make_folder(
        tmp_path / "all", {f"{name}/{LESSON}": notebook(name) for name in ("bo ek", "ada", "cy", "di")}
    )
    (source / "ada" / "notes.txt").symlink_to(course / "source" / A / LESSON)
    (source / "cy" / "work").symlink_to(course / "source")
    (source / "eve").symlink_to(course / "source")
    os.mkfifo(source / "di" / "pipe")

    result = collect(course, source)

    assert result.exit_code == 1
    assert submitted(course) == {f"bo ek/{A}/{LESSON}": "bo ek"}
    for said in ("ada/notes.txt is a symbolic", "cy/work is a symbolic", "eve is a symbolic", "di/pipe is a special"):
        assert said in result.output


def test_a_folder_swapped_for_a_link_while_collecting_is_not_read(course, tmp_path):
    """What lies in an exchange is still the student's, who can change it between two looks at it."""
    from autograder.collecting.folder import folder_entries

    source = make_folder(tmp_path / "all", {f"ada/work/{LESSON}": notebook("ada")})
    (entry,) = folder_entries(source)
    (source / "ada" / "work").rename(tmp_path / "away")
    (source / "ada" / "work").symlink_to(course / "source" / A)

    with pytest.raises(OSError, match=r"Not a directory|symbolic"):
        entry.read()


def test_a_link_in_submitted_is_not_written_through(course, tmp_path):
    """`submitted/bo_ek` leads elsewhere: refused, and elsewhere stays empty."""
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (course / "submitted").mkdir()
    (course / "submitted" / "bo_ek").symlink_to(elsewhere)

    result = collect(course, make_zip(tmp_path / "download.zip", GOOD))

    assert result.exit_code == 1
    assert "bo_ek is a link, which is not followed" in result.output
    assert list(elsewhere.iterdir()) == []


def test_control_characters_do_not_reach_the_terminal(course, tmp_path):
    """A student's name could otherwise repaint the table."""
    download = make_zip(tmp_path / "download.zip", GOOD | {"\x1b[2J\x1b[31mAda_3_assignsubmission_file_/x.txt": "x"})

    result = collect(course, download)

    assert "\x1b" not in result.output
