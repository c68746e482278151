"""A small class in a gradebook of nbgrader's, with one of everything that an export can meet."""

from __future__ import annotations

from pathlib import Path

from nbgrader.api import Gradebook

ASSIGNMENT = "02_linear_layer"
NOTEBOOK = "linear_layer"
POINTS = {"db": 2.0, "dW": 4.0, "dX": 4.0}

FILES = Path(__file__).parent / "files"
"""What the LMSs exported, and what is expected back. Byte for byte, so git must not touch their line ends."""

CONFIG = """
c = get_config()
c.CourseDirectory.course_id = "small"
"""

MARKS = {
    "ada": (2.0, 4.0, 4.0, 1.5),
    "cleo": (2.0, 3.0, 4.0, 0.0),
    "finn": (2.0, 4 / 3, 1.0, 2.0),
    "zoë": (2.0, 4.0, 4.0, 2.0),
    "bob": (2.0, 4.0, 0.5, None),
}
"""db, dW, dX by us, `why` by hand: nobody has read bob's."""


def write_course(root: Path) -> Path:
    """ada, finn and zoë graded, cleo two points late, bob waiting, dan absent, eve handed in and was never graded."""
    root.mkdir()
    (root / "nbgrader_config.py").write_text(CONFIG)
    with Gradebook(f"sqlite:///{root / 'gradebook.db'}", "small") as book:
        book.add_assignment(ASSIGNMENT)
        book.add_notebook(NOTEBOOK, ASSIGNMENT)
        for cell, points in POINTS.items():
            book.add_grade_cell(cell, NOTEBOOK, ASSIGNMENT, max_score=points, cell_type="code")
        book.add_grade_cell("why", NOTEBOOK, ASSIGNMENT, max_score=2, cell_type="markdown")
        book.add_student("dan", first_name="Dan", last_name="Brown")
        for student, marks in MARKS.items():
            book.add_student(
                student, first_name=student.capitalize(), last_name="Example", email=f"{student}@uni.example"
            )
            hand_in(book, student, marks)
        book.find_student("finn").lms_user_id = "104"
        book.find_submission_notebook(NOTEBOOK, ASSIGNMENT, "cleo").late_submission_penalty = 2.0
        book.db.commit()
    for student in (*MARKS, "eve"):
        (root / "submitted" / student / ASSIGNMENT).mkdir(parents=True)
    return root


def hand_in(book: Gradebook, student: str, marks: tuple[float | None, ...]) -> None:
    book.add_submission(ASSIGNMENT, student)
    for cell, mark in zip((*POINTS, "why"), marks, strict=True):
        grade = book.find_grade(cell, NOTEBOOK, ASSIGNMENT, student)
        if cell == "why":
            grade.manual_score, grade.needs_manual_grade = mark, mark is None
        else:
            grade.auto_score, grade.needs_manual_grade = mark, False
    book.db.commit()
