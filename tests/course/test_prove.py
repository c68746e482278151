import nbformat
import pytest
from line_course import A

from autograder.course.prove import Claim, by_reading, points_of, prove, require
from autograder.errors import CourseError, NotProven, UnknownQuestion

REFERENCE = "the reference earns every point"
UNTOUCHED = "the untouched release earns none"
NO_SOLUTION = "the release holds no solution"
NO_OUTPUTS = "the release holds no outputs"
RUN = "every solution cell was run"
CLEAN = "no solution cell raises or warns"
WORTH = "each check is worth what its cell says"


def broken(claims):
    """Claim → detail of those that do not hold."""
    return {claim.claim: claim.detail for claim in claims if not claim.holds}


def read(course, points_of=points_of):
    """The claims that need no kernel: most slips are in the files."""
    return by_reading(course, A, points_of)


def edit_notebook(path, change):
    nb = nbformat.read(path, 4)
    change({cell.id: cell for cell in nb.cells})
    nbformat.write(nb, path)


def test_every_claim_holds_for_a_good_course(built):
    """The reference earns all, the release nothing, and nothing leaks."""
    claims = prove(built)

    assert [claim.claim for claim in claims if not claim.holds] == []
    assert Claim(A, REFERENCE, True, "5 of 5, 2 cells") in claims
    assert Claim(A, UNTOUCHED, True, "0 of 5, 2 cells") in claims
    assert Claim(A, "points", True, "5: 5 automatic, 0 by hand") in claims
    assert not (built / "gradebook.db").exists()
    require(claims)


def test_a_task_s_points_are_counted_as_given_by_hand(built):
    """A task cell is no grade cell to nbgrader, and its points count all the same."""
    task = {"grade": False, "solution": False, "locked": True, "task": True, "points": 2, "grade_id": "essay"}
    path = built / "source" / A / "line.ipynb"
    nb = nbformat.read(path, 4)
    nb.cells.append(nbformat.v4.new_markdown_cell("Explain.", id="essay", metadata={"nbgrader": task}))
    nbformat.write(nb, path)

    assert Claim(A, "points", True, "7: 5 automatic, 2 by hand") in read(built)


def test_a_reference_that_loses_points_is_found(built):
    """A check nobody can pass, not even its author; the hidden half counts."""
    path = built / "source" / A / "line.ipynb"
    edit_notebook(path, lambda cells: cells["slope"].update(source="def slope(x):\n    return 3.0 if x == 0 else 4.0"))

    assert broken(prove(built))[REFERENCE] == "line/check_slope 0 of 2"


def test_points_for_nothing_are_found(built):
    """A check that passes on the stub is worth nothing as a check."""
    for tier in ("source", "release"):
        path = built / tier / A / "line.ipynb"
        edit_notebook(path, lambda cells: cells["check_slope"].update(source="assert True"))

    assert broken(prove(built))[UNTOUCHED] == "line/check_slope 2 of 2"


def test_a_shown_solution_is_found_without_its_markers(built):
    """In a module, in a cell, in an output, in a forgotten file: wherever a student could read it."""
    released = built / "release" / A
    module = (built / "source" / A / "neural_net.py").read_text()
    (released / "neural_net.py").write_text(module.replace("### ", "# "))
    (released / "notes.txt").write_text("assert slope(12345.0) == 3.0")
    edit_notebook(
        released / "line.ipynb",
        lambda cells: cells["cell-3"].update(source="Hint: steepness_of_the_line = 3.0"),
    )

    detail = broken(read(built))[NO_SOLUTION]

    assert "line.ipynb shows `steepness_of_the_line = 3.0`" in detail
    assert "neural_net.py holds `BEGIN SOLUTION`" in detail
    assert "neural_net.py shows `tripled_by_the_reference = 3 * x`" in detail
    assert "notes.txt shows `assert slope(12345.0) == 3.0`" in detail


def test_the_text_of_a_lesson_in_a_release_is_found(built):
    """The Markdown is the lesson with everything in it."""
    text = (built / "source" / A / "line.md").read_text()
    (built / "release" / A / "line.md").write_text(text)

    assert "line.md is the text the lesson is made from" in broken(read(built))[NO_SOLUTION]


def test_a_released_output_is_found(built):
    """An output shows what the solution computes."""
    output = nbformat.v4.new_output("stream", name="stdout", text="3.0\n")
    edit_notebook(built / "release" / A / "line.ipynb", lambda cells: cells["cell-2"].update(outputs=[output]))

    assert broken(read(built)) == {NO_OUTPUTS: "line.ipynb holds outputs"}


def test_an_unrun_or_noisy_solution_is_found(built):
    """nbval passes a cell that was never run, and a stored warning is a mark lost under nbgrader."""
    warning = nbformat.v4.new_output("stream", name="stderr", text="RuntimeWarning: overflow\n")

    def change(cells):
        cells["slope"].execution_count = None
        cells["check_net"].outputs = [warning]

    edit_notebook(built / "notebooks" / A / "line.ipynb", change)

    assert broken(read(built)) == {
        RUN: "line.ipynb, cell `slope` was never run",
        CLEAN: "line.ipynb, cell `check_net` wrote to stderr: RuntimeWarning: overflow",
    }


@pytest.mark.parametrize(
    ("worth", "detail"),
    [
        ({"net": 3.0}, None),
        ({"net": 2.0}, "cell `check_net` gives 3, question `net` is worth 2"),
        ({}, "cell `check_net` asks `net`, which is no question"),
    ],
)
def test_points_in_cell_and_question_must_agree(built, worth, detail):
    """nbgrader caps at the cell's points and takes the question's: if they differ, full marks cannot be reached."""
    path = built / "source" / A / "line.ipynb"
    source = 'def check(question, answer):\n    return 3.0\n\n\ncheck("net", forward)'
    edit_notebook(path, lambda cells: cells["check_net"].update(source=source))

    assert broken(read(built, worth.get)).get(WORTH) == detail


def test_questions_are_looked_up_in_the_register_by_default(built):
    """A question that was never written is named, not a crash."""
    path = built / "source" / A / "line.ipynb"
    edit_notebook(path, lambda cells: cells["check_net"].update(source='check("no such question", forward)'))

    assert "`no such question`, which is no question" in broken(read(built))[WORTH]


def test_what_does_not_hold_is_raised_with_its_assignment():
    """CI stops, and says at which lesson."""
    claims = [Claim(A, REFERENCE, False, "line/check_slope 0 of 2"), Claim(A, UNTOUCHED, True)]

    with pytest.raises(NotProven, match=r"1 of the course's claims.*01_line: the reference.*0 of 2"):
        require(claims)


def test_a_course_never_built_is_told_to_build(course):
    """There is nothing to prove about a release that is not there."""
    with pytest.raises(CourseError, match="autograder build"):
        prove(course)


def test_an_unknown_question_is_an_error_of_its_own():
    """`points_of` turns exactly this error into a claim that fails; any other is a bug and shows."""
    from autograder.questions import find

    with pytest.raises(UnknownQuestion):
        find("no such question")
