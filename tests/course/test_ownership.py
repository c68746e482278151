import pytest

from autograder.course import ownership
from autograder.errors import CourseError


def test_students_own_the_files_with_solution_markers(course):
    """The markers are the declaration: there is no second list to keep."""
    folder = course / "source" / "01_line"
    (folder / "more").mkdir()
    (folder / "more" / "layers.py").write_text("### BEGIN SOLUTION\npass\n### END SOLUTION\n")
    (folder / "hidden.py").write_text("### BEGIN HIDDEN TESTS\npass\n### END HIDDEN TESTS\n")
    (folder / "notes.txt").write_text("### BEGIN SOLUTION\n")

    assert ownership.owned_by_students(course) == {"01_line": ["more/layers.py", "neural_net.py"]}


def test_the_text_of_a_lesson_stays_at_home(course):
    """A README may be released; the Markdown that holds the solutions may not."""
    (course / "source" / "01_line" / "README.md").write_text("# Read me\n")

    assert ownership.kept_home(course) == ["line.md"]


def test_an_unknown_assignment_is_named_with_the_known_ones(course):
    """A typo is answered with what could have been meant."""
    with pytest.raises(CourseError, match=r"no assignment `1_line`.*There are: 01_line"):
        ownership.chosen(course, ["1_line"])
