"""Reads one file that is to be judged. Trusted: opens regular files only, and runs nothing.

A lesson's `.py` file is asked every question about what it defines. A notebook brings its questions with it, in its
test cells. Neither needs a course: the questions are the package's.
"""

from __future__ import annotations

import ast
import os
import stat
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from autograder.errors import CouldNotGrade, CourseError
from autograder.printable import printable
from autograder.questions import all_questions, two_layer_draws
from autograder.questions.asked import Asked, asked_in

FILE_BYTES_MAX = 1_000_000
"""Of a `.py` file; the reference has 7,000."""
HELPERS_MAX = 20


@dataclass(frozen=True)
class AnswerFile:
    """A `.py` file that students hand in beside their notebook."""

    name: str
    assignment: str
    defines: str
    """What its questions are asked of."""
    through: str
    """The module of this package that uses it: every question which goes there is about this file."""

    def questions(self) -> list[str]:
        return [
            question.id
            for question in all_questions().values()
            if question.assignment == self.assignment
            and all((part.through or "").startswith(f"{self.through}:") for part in question.parts)
        ]


ANSWER_FILES = (
    AnswerFile("neural_net.py", two_layer_draws.ASSIGNMENT, "TwoLayerNet", two_layer_draws.CALLS),
)  # fmt: skip


@dataclass(frozen=True)
class Solution:
    """One file, read but not yet run."""

    given: str
    """Its path as it was given."""
    assignment: str
    name: str
    """Of the file in the assignment, without its suffix."""
    steps: tuple[str | Asked, ...]
    """Code to run and questions to ask, in order."""
    files: Mapping[str, bytes]
    """What lies beside it while it runs."""
    must_run: bool
    """True when nothing can be asked unless the code has run to its end."""
    elsewhere: tuple[str, ...]
    """What its assignment asks and this file cannot be asked."""


def read_solution(given: str, assignment: str | None) -> Solution:
    """Raises `CouldNotGrade` for what cannot be judged."""
    path = Path(given)
    if path.suffix == ".ipynb":
        return _notebook(given, path, assignment)
    data = _content(path, FILE_BYTES_MAX)
    if path.suffix != ".py":
        raise CouldNotGrade(
            f"{printable(given)} is no Python file and no notebook.", f"Give a file such as {ANSWER_FILES[0].name}."
        )
    if b"\0" in data:
        raise CouldNotGrade(f"{printable(given)} is not Python text.", "Save it as UTF-8, or look for the right file.")
    file = _answer_file(path.name, given, assignment)
    questions = file.questions()
    elsewhere = [
        question.id
        for question in all_questions().values()
        if question.assignment == file.assignment and question.id not in questions
    ]
    return Solution(
        given,
        file.assignment,
        Path(file.name).stem,
        (
            f"from {Path(file.name).stem} import {file.defines}",
            *(Asked(question, file.defines) for question in questions),
        ),
        _with_helpers(path, {file.name: data}, [data]),
        True,
        tuple(elsewhere),
    )


def assignments() -> list[str]:
    return list(dict.fromkeys(question.assignment for question in all_questions().values()))


def _answer_file(name: str, given: str, assignment: str | None) -> AnswerFile:
    for file in ANSWER_FILES:
        if file.assignment == assignment or (assignment is None and file.name == name):
            return file
    if assignment is None:
        known = " or ".join(f"{file.name} ({file.assignment})" for file in ANSWER_FILES)
        raise CouldNotGrade(
            f"No assignment has a file called {printable(name)}; there is {known}.",
            f"Say which one is meant: --assignment {ANSWER_FILES[0].assignment}",
        )
    raise CouldNotGrade(
        f"{printable(given)} cannot be judged: {assignment} is answered in its notebook alone.",
        "Give the notebook, a file ending in .ipynb.",
    )


def _notebook(given: str, path: Path, assignment: str | None) -> Solution:
    # Half a second to load, for those who judge notebooks only.
    import nbformat

    from autograder.grading.notebook_file import NOTEBOOK_BYTES_MAX, as_bytes, read_notebook

    data = _content(path, NOTEBOOK_BYTES_MAX)
    try:
        repaired, _ = read_notebook(data)
    except CouldNotGrade as problem:
        raise CouldNotGrade(f"{printable(given)} {problem.what}", problem.next_step) from None
    notebook = nbformat.v4.reads_json(as_bytes(repaired).decode())
    steps: list[str | Asked] = []
    by_hand: list[str] = []
    for cell in notebook.cells:
        about = cell.metadata.get("nbgrader", {})
        asked = asked_in(cell.source) if cell.cell_type == "code" else None
        if asked:
            if not any(isinstance(step, Asked) and step.question == asked.question for step in steps):
                steps.append(asked)
        elif cell.cell_type == "code" and not (about.get("grade") and about.get("locked")):
            steps.append(cell.source)
        elif about.get("grade") or about.get("task"):
            by_hand.append(str(about.get("grade_id", "a cell")))
    asked_of = {all_questions()[step.question].assignment for step in steps if isinstance(step, Asked)}
    if (assignment is not None and assignment not in asked_of) or not asked_of:
        raise CouldNotGrade(
            f"{printable(given)} holds no question of {assignment or 'this course'}.",
            'A test cell reads check("dW", dW); was it deleted?',
        )
    sources = [step.encode("utf-8", "replace") for step in steps if isinstance(step, str)]
    return Solution(
        given,
        assignment or min(asked_of),
        path.stem,
        tuple(steps),
        _with_helpers(path, {}, sources),
        False,
        tuple(by_hand),
    )


def _content(path: Path, at_most: int) -> bytes:
    """A regular file's bytes: a link could bring another's file here, and a pipe has no end."""
    shown = printable(str(path))
    try:
        about = os.lstat(path)
        if stat.S_ISDIR(about.st_mode):
            raise CouldNotGrade(f"{shown} is a folder.", "Give the files in it that you mean.")
        if not stat.S_ISREG(about.st_mode):
            raise CouldNotGrade(f"{shown} is a link or a device, not a file.", "Give the file itself.")
        if about.st_size > at_most:
            raise CouldNotGrade(
                f"{shown} has {about.st_size / 1e6:.1f} MB; {at_most / 1e6:g} MB are the most.", "Is it the right file?"
            )
        with open(os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK), "rb") as file:
            return file.read(at_most)
    except FileNotFoundError:
        raise CouldNotGrade(f"There is no file {shown}.", "Check its name and the folder you are in.") from None
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or str(error)
        raise CouldNotGrade(f"{shown} could not be read: {why}.", "Check its permissions.") from None


def _with_helpers(path: Path, files: dict[str, bytes], sources: list[bytes]) -> dict[str, bytes]:
    """`files`, and those beside `path` that they import, and what these import."""
    waiting = list(sources)
    while waiting and len(files) < HELPERS_MAX:
        for name in _imports(waiting.pop()):
            beside = path.parent / f"{name}.py"
            if f"{name}.py" not in files and beside != path and beside.is_file():
                try:
                    files[f"{name}.py"] = _content(beside, FILE_BYTES_MAX)
                except CouldNotGrade:
                    continue  # as if it were not there: the import says so
                waiting.append(files[f"{name}.py"])
    return files


def _imports(source: bytes) -> set[str]:
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return set()  # a magic command, or a slip that is told when it is run
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names.add(node.module.split(".")[0])
    return names


def chosen(assignment: str | None) -> str | None:
    """`assignment`, if the course has it. Raises `CourseError`."""
    if assignment is not None and assignment not in assignments():
        raise CourseError(f"There is no assignment {printable(assignment)}.", f"There are: {', '.join(assignments())}.")
    return assignment
