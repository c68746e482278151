"""First stage: read what students handed in. Trusted; called by `pipeline`; writes nothing.

Nothing but regular files and folders is opened: a symbolic link named `notes.txt` could bring the reference solution
into a student's feedback. One student's bad folder is that student's problem and nobody else's.
"""

from __future__ import annotations

import fnmatch
import os
import stat
import unicodedata
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from typing import NoReturn

from nbformat import NotebookNode
from nbgrader.utils import parse_utc

from autograder.errors import CouldNotGrade, CourseError, GradingError
from autograder.grading.assignment import KnownAssignment, KnownCell
from autograder.grading.notebook_file import NOTEBOOK_BYTES_MAX, as_bytes, grade_ids, read_notebook
from autograder.grading.settings import Course
from autograder.printable import printable
from autograder.records import Submission

FOLDER_BYTES_MAX = 500_000_000
"""All files of one submission together: they are held in memory while it is graded."""


def student_names(course: Course, assignment: str, only: Iterable[str] | None = None) -> list[str]:
    """The names in `submitted/`, sorted. Raises `GradingError` when one asked for is not among them."""
    base = students_folder(course, assignment)
    directory = course.layout
    left_out = set(filter(None, directory.student_id_exclude.split(",")))
    found = sorted(
        entry.name
        for entry in (os.scandir(base) if base.is_dir() else ())
        # .DS_Store and .gitkeep are nobody's; a FOLDER with a dot is reported when it is read.
        if not (entry.name.startswith(".") and entry.is_file(follow_symlinks=False))
        and not _ignored(entry.name, directory.ignore)
    )
    if only is None:
        if not found:
            raise GradingError(f"Nobody has handed in anything: {base} is empty.", "Collect the submissions first.")
        return [name for name in found if name not in left_out]
    only = list(dict.fromkeys(only))
    for name in only:
        if name not in found:
            raise GradingError(
                f"No folder {base / printable(name)}.", f"Choose from: {', '.join(map(printable, found))}."
            )
    return only


def read_submission(course: Course, assignment: KnownAssignment, student: str) -> Submission:
    """What `student` handed in; with a problem instead of notebooks when it cannot be graded."""
    folder = course.folder("submitted", student, assignment.name)
    try:
        return _read(course, assignment, student, folder)
    except CouldNotGrade as problem:
        return Submission(student, assignment.name, folder, problem=str(problem))
    except OSError as error:
        problem_text = f"{_place(course, folder)} could not be read: {error.strerror}. Correct its permissions."
        return Submission(student, assignment.name, folder, problem=problem_text)


def files_handed_in(course: Course, assignment: KnownAssignment, student: str) -> dict[str, bytes]:
    """Path → content of every file, as it is. Raises what `read_submission` turns into a problem."""
    folder = course.folder("submitted", student, assignment.name)
    place = _place(course, folder)
    check_name(student, place)
    _check_folders(course, folder, student, assignment.name)
    return dict(_regular_files(folder, place, course.layout.ignore))


def _read(course: Course, assignment: KnownAssignment, student: str, folder: Path) -> Submission:
    place = _place(course, folder)
    files = files_handed_in(course, assignment, student)
    if not files:
        raise CouldNotGrade(f"{place} is empty.", f"Ask {printable(student)} to hand in again.")

    notes: list[str] = []
    readable, unreadable = _read_notebooks(files, place, notes)
    chosen: dict[str, bytes] = {}
    for name, cells in assignment.notebooks.items():
        path = _find(name, cells, readable, unreadable, set(assignment.notebooks), place, notes)
        if path is not None:
            chosen[name] = as_bytes(readable[path])
    if not chosen:
        wanted = " or ".join(f"{name}.ipynb" for name in assignment.notebooks)
        there = ", ".join(sorted(map(printable, files))[:5])
        raise CouldNotGrade(
            f"{place} has no {wanted} (it has {there}).", f"Ask {printable(student)} to hand in that notebook."
        )
    timestamp = _timestamp(files, place, notes)
    others = {path: data for path, data in files.items() if not path.endswith(".ipynb")}
    return Submission(student, assignment.name, folder, chosen, others, timestamp, tuple(notes))


def refuse_what_is_no_file(course: Course, folder: Path) -> None:
    """Raises `CouldNotGrade` when anything but files and folders was handed in. Opens nothing."""
    for place, folders, names in os.walk(folder):
        for name in (*folders, *names):
            path = Path(place, name)
            if not (stat.S_ISDIR(mode := path.lstat().st_mode) or stat.S_ISREG(mode)):
                _refuse(mode, _place(course, path))


def _refuse(mode: int, place: str) -> NoReturn:
    kind = "symbolic link" if stat.S_ISLNK(mode) else "special file"
    raise CouldNotGrade(f"{place} is a {kind}, which is not read.", "Ask for the file itself, or delete it.")


def check_name(student: str, place: str) -> None:
    """Raises `CouldNotGrade` when nbgrader, or a terminal, could not cope with a folder of this name."""
    if student.startswith((".", "-")):
        reason = f"starts with “{student[0]}”"
    elif any(letter in "*?[]" for letter in student):
        reason = "has one of * ? [ ], which nbgrader takes for a pattern"
    elif any(unicodedata.category(letter) in ("Cc", "Cs", "Zl", "Zp") for letter in student):
        reason = "has a line break or an unreadable character"
    elif student != student.strip():
        reason = "begins or ends with a space"
    else:
        return
    raise CouldNotGrade(
        f"{place}: the student's name {reason}.", "Rename that folder; letters, digits, spaces and accents are welcome."
    )


def _check_folders(course: Course, folder: Path, student: str, assignment: str) -> None:
    """Every folder from `submitted/` down to the submission is a folder, not a link to one."""
    base = students_folder(course, assignment)
    for part in [*reversed([parent for parent in folder.parents if base in parent.parents]), folder]:
        place = _place(course, part)
        try:
            mode = part.lstat().st_mode
        except FileNotFoundError:
            raise CouldNotGrade(
                f"{place} does not exist: {printable(student)} has not handed in {assignment}.",
                "Move the work there if it lies elsewhere.",
            ) from None
        if stat.S_ISREG(mode):
            raise CouldNotGrade(f"{place} is a file, not a folder.", "Unpack it, or put it into a folder of that name.")
        if not stat.S_ISDIR(mode):
            raise CouldNotGrade(f"{place} is a link, which is not followed.", "Replace it by a real folder.")


def _regular_files(folder: Path, place: str, ignore: list[str]) -> Iterator[tuple[str, bytes]]:
    """Path relative to `folder` → content. Looks at what an entry is before it opens it."""
    left = FOLDER_BYTES_MAX
    waiting = [PurePosixPath()]
    while waiting:
        inside = waiting.pop()
        for entry in sorted(os.scandir(folder / inside), key=lambda entry: entry.name):
            if _ignored(entry.name, ignore):
                continue
            path, mode = inside / entry.name, entry.stat(follow_symlinks=False).st_mode
            if stat.S_ISDIR(mode):
                waiting.append(path)
            elif stat.S_ISREG(mode):
                limit = min(left, NOTEBOOK_BYTES_MAX) if path.suffix == ".ipynb" else left
                data = read_regular(folder / path, limit, f"{place}/{printable(str(path))}")
                left -= len(data)
                yield str(path), data
            else:
                _refuse(mode, f"{place}/{printable(str(path))}")


def read_regular(path: Path, limit: int, place: str, dir_fd: int | None = None) -> bytes:
    """The content. Raises `CouldNotGrade` when it is no regular file, or has more than `limit` bytes."""
    # Opened without following a link and looked at again: the entry may have been swapped since it was listed.
    flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
    with open(os.open(path, flags, dir_fd=dir_fd), "rb") as file:
        status = os.fstat(file.fileno())
        if not stat.S_ISREG(status.st_mode):
            raise CouldNotGrade(f"{place} is not a regular file.", "Ask for the file itself, or delete it.")
        if status.st_size <= limit and len(data := file.read(limit + 1)) <= limit:
            return data
    raise CouldNotGrade(
        f"{place} is too large ({status.st_size / 1e6:.0f} MB; at most {limit / 1e6:.0f} MB are read).",
        "Ask for it without outputs (Edit → Clear Outputs of All Cells) or without the large data.",
    )


def _read_notebooks(files: dict[str, bytes], place: str, notes: list[str]):
    """Path → notebook for those that can be read, path → problem for the others."""
    readable: dict[str, NotebookNode] = {}
    unreadable: dict[str, CouldNotGrade] = {}
    for path in [path for path in files if path.endswith(".ipynb")]:
        where = f"{place}/{printable(path)}"
        try:
            readable[path], remarks = read_notebook(files[path])
        except CouldNotGrade as problem:
            unreadable[path] = CouldNotGrade(f"{where} {problem.what}", problem.next_step)
        else:
            notes.extend(f"{where} {remark}." for remark in remarks)
    return readable, unreadable


def _find(
    name: str,
    cells: tuple[KnownCell, ...],
    readable: dict[str, NotebookNode],
    unreadable: dict[str, CouldNotGrade],
    expected: set[str],
    place: str,
    notes: list[str],
) -> str | None:
    """The path of notebook `name` in the submission; None when it is missing."""
    path = f"{name}.ipynb"
    if path in unreadable:
        raise unreadable[path]
    ids = {cell.id for cell in cells}
    if path in readable:
        theirs = set(grade_ids(readable[path]))
        if ids and not ids & theirs:
            seen = (
                f"its cells are {', '.join(sorted(map(printable, theirs))[:4])}" if theirs else "it has no graded cells"
            )
            raise CouldNotGrade(
                f"{place}/{path} is not this assignment's notebook ({seen}).", "Ask for the one that was released."
            )
        return path
    # At least half of the cells: two assignments may share an id or two.
    alike = [
        other
        for other, notebook in readable.items()
        if other.removesuffix(".ipynb") not in expected and 2 * len(ids & set(grade_ids(notebook))) >= max(1, len(ids))
    ]
    if len(alike) > 1:
        names = " and ".join(map(printable, alike))
        raise CouldNotGrade(f"{place} has no {path}, but {names} look like it.", f"Rename the right one to {path}.")
    if alike:
        notes.append(f"{place}/{printable(alike[0])} was graded as {path}: it holds that notebook's cells.")
        return alike[0]
    if len(expected) > 1:
        notes.append(f"{place} has no {path}: its questions score 0.")
    return None


def _timestamp(files: dict[str, bytes], place: str, notes: list[str]) -> datetime | None:
    text = files.get("timestamp.txt", b"").decode("utf-8", "replace").strip()
    if (time := utc_in(text)) is not None:
        return time.replace(tzinfo=None)  # as nbgrader keeps it
    files.pop("timestamp.txt", None)  # formgrader stops at a timestamp it cannot read
    if text:
        notes.append(f"{place}/timestamp.txt holds no date: the submission counts as in time.")
    return None


def utc_in(text: str | bytes) -> datetime | None:
    """The time that nbgrader reads there; None where it is no date."""
    if isinstance(text, bytes):
        text = text.decode("utf-8", "replace")
    try:
        return parse_utc(text.strip()).replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        return None


def students_folder(course: Course, assignment: str) -> Path:
    """The folder whose entries are students, whatever `CourseDirectory.directory_structure` says."""
    marker = "\0student\0"
    folder = course.folder("submitted", marker, assignment)
    for part in (folder, *folder.parents):
        if part.name == marker:
            return part.parent
    raise CourseError(
        "In CourseDirectory.directory_structure the student is not a folder of their own.",
        "Use `{nbgrader_step}/{student_id}/{assignment_id}`.",
    )


def _ignored(name: str, patterns: list[str]) -> bool:
    return any(fnmatch.fnmatchcase(name, pattern) for pattern in patterns)


def _place(course: Course, path: Path) -> str:
    return printable(str(path.relative_to(course.root) if path.is_relative_to(course.root) else path))
