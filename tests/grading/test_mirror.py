"""A first submission's rows are those that nbgrader makes."""

from datetime import datetime

import pytest
from nbgrader.api import Comment, Grade
from small_course import ASSIGNMENT

from autograder.grading.assignment import known_assignment
from autograder.grading.mirror import add_submission, is_new
from autograder.grading.settings import open_course


@pytest.fixture
def gradebook(course):
    opened = open_course(course)
    known_assignment(opened, ASSIGNMENT)
    with opened.gradebook() as book:
        for student in ("ada", "bob"):
            book.add_student(student)
        yield book


def rows(gradebook, student):
    """Every column of every row, but for the ids of the rows themselves and of their owner."""
    submission = gradebook.find_submission(ASSIGNMENT, student)
    found = [(submission.assignment_id, submission.timestamp, submission.extension)]
    for notebook in submission.notebooks:
        found.append((notebook.notebook_id, notebook.flagged, notebook.late_submission_penalty))
        for kind, own in ((Grade, notebook.grades), (Comment, notebook.comments)):
            names = [column.key for column in kind.__table__.columns if column.key not in ("id", "notebook_id")]
            found += sorted((kind.__name__, *(str(getattr(one, name)) for name in names)) for one in own)
    return found


def test_they_are_nbgraders(gradebook):
    """Column by column; the time is kept as nbgrader keeps it."""
    when = "2026-11-29 10:00:00 Europe/Zurich"
    gradebook.add_submission(ASSIGNMENT, "ada", timestamp=when)
    assert is_new(gradebook, ASSIGNMENT, "bob")
    add_submission(gradebook, ASSIGNMENT, "bob", when, lambda *cell: None, lambda *cell: None)
    gradebook.db.commit()

    assert rows(gradebook, "bob") == rows(gradebook, "ada")
    assert len(rows(gradebook, "bob")) > 5
    assert not is_new(gradebook, ASSIGNMENT, "bob")


def test_scores_and_comments_are_filled_in(gradebook):
    """Each in the cell it was said of."""
    due = gradebook.find_assignment(ASSIGNMENT)
    assert not add_submission(
        gradebook, ASSIGNMENT, "ada", None, lambda _, cell: (len(cell), False), lambda *cell: cell[1]
    )
    due.duedate = datetime(2026, 1, 1)
    assert add_submission(gradebook, ASSIGNMENT, "bob", None, lambda *cell: (None, True), lambda *cell: None)

    (notebook,) = gradebook.find_submission(ASSIGNMENT, "ada").notebooks
    assert all(grade.auto_score == len(grade.name) and not grade.needs_manual_grade for grade in notebook.grades)
    assert all(comment.auto_comment == comment.name for comment in notebook.comments)
