"""The cells before the first answer are run once for the class, and what follows finds them done."""

import json
import shutil

import pytest
from small_course import ASSIGNMENT, hand_in, honest

from autograder.confined.policy import Limits
from autograder.confined.warm import WarmServer, warm_server
from autograder.grading.assignment import known_assignment
from autograder.grading.collect import read_submission
from autograder.grading.pipeline import grade
from autograder.grading.pool import begun_meanwhile
from autograder.grading.run import Runner, RunSettings, begun_for_all
from autograder.grading.settings import open_course

WHO = "import os\nprint('process', os.getpid())"
"""Printed by one process for the class, or by one for each student."""


def insert(notebook, *sources, at=1):
    """Plain code cells behind the title, as an instructor writes them before the first answer."""
    made = [
        {"cell_type": "code", "id": f"begin{number}", "metadata": {}, "source": source, "outputs": [],
         "execution_count": None}
        for number, source in enumerate(sources)
    ]  # fmt: skip
    notebook["cells"][at:at] = made
    return notebook


@pytest.fixture
def graded(course):
    """`graded(sources, ada={...}, …)`: the course begins with `sources`; each student's notebook as given.

    Returns for each student the text that each code cell showed, and the marks.
    """

    def begin_with(*sources, **students):
        path = course / "source" / ASSIGNMENT / "problem.ipynb"
        path.write_text(json.dumps(insert(json.loads(path.read_text()), *sources)))
        for student, notebook in students.items():
            hand_in(course, student, notebook)
        result = grade(course, ASSIGNMENT, workers=1, seed="seed", feedback=False)
        assert not result.could_not_grade
        shown = {}
        for student in students:
            notebook = json.loads((course / "autograded" / student / ASSIGNMENT / "problem.ipynb").read_text())
            cells = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
            shown[student] = [
                "".join("".join(output.get("text", output.get("evalue", ""))) for output in cell["outputs"])
                for cell in cells
            ]
            counts = [cell["execution_count"] for cell in cells]
            assert [count for count in counts if count is not None] == sorted({*counts} - {None})
        return shown, {one.student: one.score for one in result.submissions}

    return begin_with


FULL = 9.0
"""Of what is marked by machine."""


def test_they_are_run_once_for_the_class(graded):
    """Everybody's notebook shows what one process printed, and everybody's answers find what it had made."""
    first, last = WHO, "made = 41"
    uses = "def mean(xs):\n    return sum(xs) / len(xs) + (made - 41)"
    notebook = [insert(honest(mean=uses), first, last) for _ in range(3)]

    shown, marks = graded(first, last, ada=notebook[0], bob=notebook[1], cyd=notebook[2])

    assert len({texts[0] for texts in shown.values()}) == 1
    assert shown["ada"][0].startswith("process")
    assert set(marks.values()) == {FULL}


def test_who_changed_one_of_them_has_their_own_run(graded):
    """Also who put a cell before them; nobody else notices."""
    edited = insert(honest(), WHO + "\nmade = 1", "made = 2")
    pushed = insert(insert(honest(), WHO, "made = 2"), "made = 3")
    plain = [insert(honest(), WHO, "made = 2") for _ in range(2)]

    shown, marks = graded(WHO, "made = 2", ada=plain[0], bob=edited, cyd=pushed, dan=plain[1])

    assert shown["ada"][0] == shown["dan"][0]
    assert len({shown["ada"][0], shown["bob"][0], shown["cyd"][1]}) == 3
    assert set(marks.values()) == {FULL}


@pytest.mark.parametrize(
    "cell",
    [
        "kept = open(os.devnull)",
        "import threading, time\nthreading.Thread(target=time.sleep, args=(60,), daemon=True).start()",
        "open('made.txt', 'w').close()",
        "import mine",
        "1 / 0",
        "shown = display('a picture to be changed', display_id=True)",
    ],
    ids=["open_file", "thread", "file_beside", "module_beside", "error", "display_with_a_name"],
)
def test_what_a_fork_would_miss_is_run_by_each(graded, cell):
    """The process is forked before such a cell, never behind it."""
    notebooks = [insert(honest(), WHO, f"{cell}\n{WHO}") for _ in range(2)]

    shown, marks = graded(WHO, f"{cell}\n{WHO}", ada=notebooks[0], bob=notebooks[1])

    assert shown["ada"][0] == shown["bob"][0]
    assert shown["ada"][1] != shown["bob"][1] or "process" not in shown["ada"][1]
    assert set(marks.values()) == {FULL}


def test_a_module_of_the_students_is_each_students_own(graded, course):
    """Though its import stands among the first cells."""
    cells = ("from mine import NAME", "print(NAME)")
    for student in ("ada", "bob"):
        folder = hand_in(course, student)
        (folder / "mine.py").write_text(f"NAME = {student!r}\n")

    shown, _ = graded(*cells, ada=insert(honest(), *cells), bob=insert(honest(), *cells))

    assert (shown["ada"][1], shown["bob"][1]) == ("ada\n", "bob\n")


def test_random_numbers_go_on_from_a_seed_that_was_set(graded):
    """As in a notebook that is run from its first cell."""
    seeded = "import random\nimport numpy as np\nrandom.seed(1)\nnp.random.seed(1)"
    draws = "def square(x):\n    return x * x\nprint(random.random(), np.random.random())"

    shown, _ = graded(seeded, ada=insert(honest(square=draws), seeded), bob=insert(honest(square=draws), seeded, "1"))

    assert "0.134364244112" in shown["ada"][2]
    assert "0.417022004702" in shown["ada"][2]
    assert shown["bob"][3] == shown["ada"][2]


def test_each_fork_has_the_folder_of_its_own_submission(graded):
    """The current one, the home folder and the one for temporary files: the beginning's own is shut to them."""
    writes = (
        "def square(x):\n    return x * x\nimport tempfile\nfrom pathlib import Path\n"
        "with tempfile.TemporaryFile() as file:\n    file.write(b'1')\n"
        "Path('mine.txt').write_text('1')\n(Path.home() / 'home.txt').write_text('1')\n"
        "print(Path.cwd() == Path.home() == Path(tempfile.gettempdir()))"
    )
    cells = ("import tempfile\nprint(tempfile.gettempdir() != '')",)

    shown, marks = graded(*cells, ada=insert(honest(square=writes), *cells))

    assert shown["ada"][0] == "True\n"
    assert shown["ada"][2] == "True\n"
    assert marks == {"ada": FULL}


def test_a_process_that_ended_is_replaced_by_another_fork(graded):
    """The cells behind the one that ended it still find what the first ones made."""
    dies = "def square(x):\n    import os\n    os._exit(3)"
    uses = "def mean(xs):\n    return sum(xs) / len(xs) + (made - 41)"
    cells = (WHO, "made = 41")

    shown, marks = graded(*cells, ada=insert(honest(square=dies, mean=uses), *cells), bob=insert(honest(), *cells))

    assert shown["ada"][0] == shown["bob"][0]
    assert marks == {"ada": FULL - 2, "bob": FULL}


def test_what_one_student_does_to_them_reaches_nobody_else(graded):
    """A fork has a copy."""
    spoils = "def square(x):\n    return x * x\nmade.clear()\nimport builtins\nbuiltins.sum = None"
    uses = "def mean(xs):\n    return sum(xs) / len(xs) if made else 0"
    cells = ("made = [1]",)

    _, marks = graded(
        *cells, ada=insert(honest(square=spoils), *cells), bob=insert(honest(mean=uses), *cells)
    )  # fmt: skip

    assert marks["bob"] == FULL
    assert marks["ada"] < FULL


def test_when_its_process_has_ended_notebooks_are_run_from_their_first_cell(course, tmp_path):
    """Each by itself, with the same verdicts."""
    path = course / "source" / ASSIGNMENT / "problem.ipynb"
    path.write_text(json.dumps(insert(json.loads(path.read_text()), WHO)))
    hand_in(course, "ada", insert(honest(), WHO))
    opened = open_course(course)
    known = known_assignment(opened, ASSIGNMENT)
    submission = read_submission(opened, known, "ada")
    runs = []
    with warm_server(Limits()) as server:
        with begun_for_all(opened, ASSIGNMENT, server, tmp_path) as beginnings:
            runner = Runner(RunSettings(course, known, "seed", tmp_path, server, beginnings), opened)
            runs += [runner.run(submission), runner.run(submission)]
        runs += [runner.run(submission), runner.run(submission)]

    verdicts = [run.verdicts["problem"] for run in runs]
    assert all(one == verdicts[0] for one in verdicts)
    printed = [json.loads(run.notebooks["problem"])["cells"][1]["outputs"][0]["text"] for run in runs]
    assert printed[0] == printed[1]
    assert len({*map("".join, printed[1:])}) == 3


def test_without_a_worker_for_them_there_are_none(course):
    """It could not even read the course; the class is graded all the same."""
    elsewhere = shutil.copytree(course, course.with_name("elsewhere"))
    (elsewhere / "nbgrader_config.py").write_text("raise RuntimeError('not today')")

    with begun_meanwhile(elsewhere, ASSIGNMENT, WarmServer("nowhere", Limits(), True)) as begun:
        assert begun() == {}
