"""A class of any size with its marks in nbgrader's gradebook, its findings in ours and its files in `submitted/`.

Written row by row, since grading three thousand would take an hour; what `grade` itself records is tested elsewhere.
The mistakes are the catalogue's, the files the reference's in other words.
"""

from __future__ import annotations

import json
import random
import shutil
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path

from nbgrader.api import Grade, Gradebook, Student, SubmittedAssignment, SubmittedNotebook
from sqlalchemy import insert

from autograder.course import markers
from autograder.grading.book import JOURNAL, OURS
from autograder.misconceptions.catalogue import catalogue
from autograder.records import Finding, GradedSubmission, Outcome, QuestionMark, SubmissionOutcome

ROOT = Path(__file__).parents[2]
ASSIGNMENT, NOTEBOOK, FILE = "05_two_layer_net", "two_layer_net", "neural_net.py"
DUE = datetime(2026, 11, 20, 22, 0)

CONFIG = f"""
c = get_config()
c.CourseDirectory.course_id = "class"
c.Autograde.exclude_overwriting = {{"{ASSIGNMENT}": ["{FILE}"]}}
"""


@dataclass
class Someone:
    """One student, what they have for each question, and what was seen in their answers."""

    id: str
    marks: dict[str, float | None]
    """Cell → automatic mark; None where a person gives it."""
    findings: dict[str, Finding] = field(default_factory=dict)
    outcomes: dict[str, Outcome] = field(default_factory=dict)
    """Where it does not follow from the mark."""
    name: tuple[str | None, str | None] = (None, None)
    handed_in: datetime | None = None
    file: str | None = None
    notes: tuple[str, ...] = ()


def questions() -> dict[str, float]:
    """Cell → points, as released."""
    notebook = json.loads((ROOT / "release" / ASSIGNMENT / f"{NOTEBOOK}.ipynb").read_text())
    cells = [cell["metadata"].get("nbgrader", {}) for cell in notebook["cells"]]
    return {cell["grade_id"]: float(cell["points"]) for cell in cells if cell.get("grade")}


def write_course(root: Path, students: Iterable[Someone], due: datetime | None = DUE) -> Path:
    """A course folder with the lesson released, everybody's marks recorded and everybody's file handed in."""
    root.mkdir(parents=True)
    (root / "nbgrader_config.py").write_text(CONFIG)
    for step in ("source", "release"):
        shutil.copytree(ROOT / step / ASSIGNMENT, root / step / ASSIGNMENT)
    (root / "gradebook.db").write_bytes(_without_students())
    with Gradebook(f"sqlite:///{root / 'gradebook.db'}", "class") as book:
        assignment = book.find_assignment(ASSIGNMENT)
        assignment.duedate = due
        (notebook,) = assignment.notebooks
        cells = {cell.name: cell.id for cell in notebook.grade_cells}
        rows = _rows(students, questions(), cells, assignment.id, notebook.id, root)
        for table, lines in rows.items():
            if lines:
                book.db.execute(insert(table), lines)
        book.db.commit()
    return root


@cache
def _without_students() -> bytes:
    """The gradebook with the assignment and nobody in it: nbgrader takes seconds to make one."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "gradebook.db")
        with Gradebook(f"sqlite:///{path}", "class") as book:
            book.add_assignment(ASSIGNMENT)
            book.add_notebook(NOTEBOOK, ASSIGNMENT)
            for cell, most in sorted(questions().items()):
                book.add_grade_cell(cell, NOTEBOOK, ASSIGNMENT, max_score=most, cell_type="code")
            OURS.create_all(book.engine)
        return path.read_bytes()


def _rows(students, points, cells, assignment, notebook, root) -> dict:
    rows = {kind: [] for kind in (Student.__table__, SubmittedAssignment.__table__, SubmittedNotebook.__table__)}
    rows |= {Grade.__table__: [], JOURNAL: []}
    people, submissions, notebooks, grades, journal = rows.values()
    for number, one in enumerate(students):
        people.append({"id": one.id, "first_name": one.name[0], "last_name": one.name[1]})
        mine = f"submission{number}", f"notebook{number}"
        submissions.append(
            {"id": mine[0], "assignment_id": assignment, "student_id": one.id, "timestamp": one.handed_in}
        )
        notebooks.append({"id": mine[1], "assignment_id": mine[0], "notebook_id": notebook})
        for cell, mark in one.marks.items():
            grades.append(
                {"id": f"{number}-{cell}", "notebook_id": mine[1], "cell_id": cells[cell], "auto_score": mark,
                 "needs_manual_grade": mark is None}
            )  # fmt: skip
        result = json.dumps(_graded(one, points).as_json())
        about = {"assignment": ASSIGNMENT, "student": one.id, "fingerprint": "f", "seed": "7"}
        journal.append({**about, "engine": "autograder, in a test", "graded_at": "2026-11-21", "result": result})
        folder = root / "submitted" / one.id / ASSIGNMENT
        folder.mkdir(parents=True)
        if one.file is not None:
            (folder / FILE).write_text(one.file)
    return rows


def _graded(one: Someone, points: dict[str, float]) -> GradedSubmission:
    marks = [
        QuestionMark(
            cell, NOTEBOOK, one.marks[cell], most,
            one.outcomes.get(cell, _outcome(one.marks[cell], most)),
            (one.findings[cell],) if cell in one.findings else (),
        )
        for cell, most in points.items()
        if cell in one.marks
    ]  # fmt: skip
    return GradedSubmission(one.id, ASSIGNMENT, SubmissionOutcome.GRADED, None, tuple(marks), one.notes, 0.5)


def _outcome(mark: float | None, most: float) -> Outcome:
    if mark is None:
        return Outcome.MANUAL
    return Outcome.PASSED if mark == most else Outcome.FAILED


def a_class(count: int, seed: int = 1) -> list[Someone]:
    """Everyone right in most questions, with mistakes whose frequency falls off as it does in a real class."""
    draw = random.Random(seed)
    points = questions()
    known = {cell: [one for one in catalogue() if cell.removeprefix("check_") in one.questions] for cell in points}
    reference = (ROOT / "source" / ASSIGNMENT / FILE).read_text()
    students = []
    for number in range(count):
        one = Someone(f"s{number:04}", dict(points), name=("Ada", f"Nº {number}"))
        one.handed_in = (DUE - timedelta(hours=draw.expovariate(1 / 40)) + timedelta(hours=8)).replace(microsecond=0)
        for cell, most in points.items():
            if draw.random() < 0.2:
                one.marks[cell] = round(most * draw.choice([0, 0.25, 0.5, 0.75]), 2)
                one.findings[cell] = _mistake(draw, cell, known[cell])
        if draw.random() < 0.02:
            one.marks["check_net_batches"] = None
            one.outcomes["check_net_batches"] = Outcome.COULD_NOT_CHECK
        one.file = in_other_words(reference, draw) if draw.random() < 0.98 or not students else students[-1].file
        students.append(one)
    return students


def _mistake(draw: random.Random, cell: str, known: list) -> Finding:
    place = min(int(draw.expovariate(0.5)), len(known))
    if place == len(known):
        return Finding(None, cell, f"{draw.randrange(20)} of 20 entries differ.", "Compare one entry on paper.")
    words = {"name": cell, "gradient": cell, "takes": "X", "N": 5, "D": 4, "C": 3, "H": 6}
    try:
        return Finding(
            known[place].slug, cell, known[place].says.format(**words), known[place].try_next.format(**words)
        )
    except KeyError:  # a sentence with words of its own
        return Finding(known[place].slug, cell, known[place].slug, "")


STATEMENTS = (
    "total = sum(value * value for value in row)", "for step in range(len(row)):\n            row[step] += {k}",
    "shape = (len(X), {k})", "assert X.ndim == 2, 'two axes'", "order = np.argsort(X[:, 0])[::-1]",
    "buffer = np.zeros((X.shape[0], {k}))", "mask = X > {k}", "print('seen', X.shape, {k})",
    "if {k} in self.params:\n            del self.params[{k}]", "rows = np.arange(len(X)) % {k}",
    "lowest, highest = X.min(axis=0), X.max(axis=0)", "while total > {k}:\n            total /= 2",
    "norms = np.linalg.norm(X, axis=1, keepdims=True)", "scaled = (X - X.mean()) / (X.std() + {k})",
)  # fmt: skip
"""What a student might write between the lines, so that two who did not copy differ."""


def in_other_words(reference: str, draw: random.Random) -> str:
    """The reference without its markers, with each solution's statements among others drawn at random."""
    out, inside = [], False
    for line in reference.splitlines():
        if "### BEGIN SOLUTION" in line:
            inside = True
        elif "### END SOLUTION" in line:
            inside = False
        else:
            if inside and line.startswith("        ") and not line.startswith("         "):
                for _ in range(draw.randrange(3)):
                    out.append("        " + draw.choice(STATEMENTS).format(k=draw.randrange(1, 500)))
            out.append(line)
    return "\n".join(out) + "\n"


def stub() -> str:
    return markers.cut((ROOT / "source" / ASSIGNMENT / FILE).read_text(), "raise NotImplementedError", FILE)
