"""Whose row it is: equal first, before the @ second, and never a guess."""

from __future__ import annotations

from autograder.exporters.matching import Called, match
from autograder.grading.marks import StudentMarks


def rows(*values: str | tuple[str, ...]) -> dict[int, list[Called]]:
    return {
        row: [Called(one) for one in ((value,) if isinstance(value, str) else value)]
        for row, value in enumerate(values)
    }


def pairs(matches) -> dict[int, str]:
    return {row: student.id for row, student in matches.students.items()}


def test_an_address_is_the_student_whose_id_stands_before_the_at():
    """Case and the way an accent is composed do not count."""
    students = [StudentMarks("ada"), StudentMarks("zo\u00eb"), StudentMarks("m1", email="Max@uni.example")]

    matches = match(rows("ADA@uni.example ", "zoe\u0308@uni.example", "max@UNI.example"), students)

    assert pairs(matches) == {0: "ada", 1: "zo\u00eb", 2: "m1"}
    assert (matches.ambiguous, matches.rows_left, matches.students_left) == ({}, [], [])


def test_two_rows_that_could_be_one_student_are_neither():
    """Two Adas at two universities, and the gradebook says `ada` only."""
    students = [StudentMarks("ada"), StudentMarks("bob")]

    matches = match(rows("ada@north.example", "ada@south.example", "bob"), students)

    assert pairs(matches) == {2: "bob"}
    assert matches.ambiguous == {0: ("ada",), 1: ("ada",)}
    assert matches.students_left == []


def test_an_equal_name_goes_before_a_similar_one():
    """One of the two addresses is in the gradebook: then it is no question."""
    students = [StudentMarks("ada", email="ada@south.example")]

    matches = match(rows("ada@north.example", "ada@south.example"), students)

    assert pairs(matches) == {1: "ada"}
    assert matches.rows_left == [0]


def test_a_row_whose_fields_name_two_students_is_neither():
    """A login of one and a number of another: somebody has to look."""
    students = [StudentMarks("ada"), StudentMarks("s-2")]

    matches = match(rows(("ada", "s-2")), students)

    assert pairs(matches) == {}
    assert matches.ambiguous == {0: ("ada", "s-2")}


def test_an_lms_s_own_number_is_nobody_s_matriculation_number():
    """Canvas counts its users; 1001 there is not student 1001."""
    students = [StudentMarks("1001"), StudentMarks("ada", lms_user_id="7")]

    matches = match({0: [Called("1001", ("lms_user_id",))], 1: [Called("7", ("lms_user_id",))]}, students)

    assert pairs(matches) == {1: "ada"}
    assert [student.id for student in matches.students_left] == ["1001"]
