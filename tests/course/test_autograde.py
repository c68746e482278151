"""What nbgrader_config.py changes about stock grading, each with the control that shows nbgrader alone would not."""

import nbformat
import pytest
from line_course import A
from sqlalchemy import create_engine, text
from traitlets.config.loader import PyFileConfigLoader

SKIP = ["skip-execution"]
WRONG_NET = "def forward(x):\n    return -1.0\n"
RIGHT_SLOPE = "def slope(x):\n    return 3.0\n"


@pytest.fixture
def hand_in(released):
    """Hands in the release with some files replaced; returns the folder."""

    def hand_in(**files):
        folder = released.submit(A, "student", released.root / "release" / A)
        for stem, content in files.items():
            (folder / f"{stem}.py").write_text(content)
        return folder

    return hand_in


def marks(released):
    return {mark.grade_id: mark.score for mark in released.autograde(A, "student")}


def without(released, setting):
    with (released.root / "nbgrader_config.py").open("a") as config:
        config.write(f"del c.{setting}\n")


def test_a_wrong_student_file_is_not_replaced_by_the_reference(released, hand_in):
    """Grading marks what the student wrote, even when the source folder has a file of the same name."""
    hand_in(neural_net=WRONG_NET)

    assert marks(released)["check_net"] == 0.0
    assert (released.root / "autograded" / "student" / A / "neural_net.py").read_text() == WRONG_NET


def test_stock_nbgrader_would_give_full_marks_for_the_reference(released, hand_in):
    """The control: without the derived `exclude_overwriting` the wrong file earns everything."""
    without(released, "Autograde.exclude_overwriting")
    hand_in(neural_net=WRONG_NET)

    assert marks(released)["check_net"] == 3.0


def test_a_tampered_helper_is_put_back(released, hand_in):
    """A file that students do not own is the course's on grading, whatever was handed in."""
    hand_in(axes="ORIGIN = 'mine'\n", neural_net="def forward(x):\n    return 3 * x\n")

    assert marks(released) == {"check_slope": 0.0, "check_net": 3.0}
    assert (released.root / "autograded" / "student" / A / "axes.py").read_text() == "ORIGIN = 0.0\n"


def test_the_text_of_the_lesson_is_not_beside_running_code(released, hand_in):
    """nbgrader copies source files next to the submission before it runs: `line.md` holds every solution."""
    hand_in()
    marks(released)

    assert not (released.root / "autograded" / "student" / A / "line.md").exists()


def tag_graded_cells(folder):
    nb = nbformat.read(folder / "line.ipynb", 4)
    for cell in nb.cells:
        if cell.metadata.get("nbgrader", {}).get("grade"):
            cell.metadata.tags = SKIP
    nbformat.write(nb, folder / "line.ipynb")


def test_tagging_graded_cells_earns_nothing(released, hand_in):
    """The tag `skip-execution` on a submitted cell is taken off before anything runs."""
    tag_graded_cells(hand_in())

    assert marks(released) == {"check_slope": 0.0, "check_net": 0.0}


def test_stock_nbgrader_would_give_full_marks_for_the_tag(released, hand_in):
    """The control: a cell that never ran has no error, and no error is full marks."""
    without(released, "Autograde.sanitize_preprocessors")
    without(released, "Autograde.autograde_preprocessors")
    tag_graded_cells(hand_in())

    assert marks(released) == {"check_slope": 2.0, "check_net": 3.0}


def test_a_deleted_check_is_put_back(released, hand_in):
    """A student who deletes the graded cells is graded on them all the same."""
    folder = hand_in()
    nb = nbformat.read(folder / "line.ipynb", 4)
    nb.cells = [cell for cell in nb.cells if not cell.metadata.get("nbgrader", {}).get("grade")]
    nbformat.write(nb, folder / "line.ipynb")

    assert marks(released) == {"check_slope": 0.0, "check_net": 0.0}


def test_the_gradebook_waits_a_minute_for_another_writer(built):
    """With the default of 5 seconds a formgrader tab can abort the grading of a whole class."""
    config = PyFileConfigLoader("nbgrader_config.py", path=str(built)).load_config()

    with create_engine(config.CourseDirectory.db_url).connect() as gradebook:
        assert gradebook.execute(text("pragma busy_timeout")).scalar() == 60_000
        name = gradebook.execute(text("pragma database_list")).one().file
    assert name == str(built / "gradebook.db")
