"""The sample class, graded by `autograder demo` and by stock nbgrader, for real."""

import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from nbgrader.api import Gradebook

from sample_class.students import STUDENTS

ROOT = Path(__file__).parents[1]
BIN = Path(sys.executable).parent
ASSIGNMENT = "02_linear_layer"

QUESTIONS = ("db_loop", "db", "dW_loop", "dW", "dX_loop", "dX",
             "drill_fits", "drill_counter_example", "drill_blind_spots")  # fmt: skip

EXPECTED = {
    "ada":       (2,    2,    3,   3,    3,   3,    2,   1,   1),
    "blaise":    (0,    0,    0,   0,    0,   0,    0,   0,   0),
    "carl":      (2,    2,    3,   3,    3,   3,    2,   1,   1),
    "dorothy":   (2,    0,    3,   3,    3,   3,    2,   1,   1),
    "emmy":      (2,    2,    0.5, 0.25, 3,   0.25, 2,   1,   1),
    "felix":     (0.75, 2,    1,   3,    1,   3,    2,   1,   1),
    "grace":     (2,    0.75, 3,   0.5,  3,   3,    2,   1,   1),
    "henri":     (2,    2,    3,   3,    3,   0,    0,   1,   1),
    "ida":       (2,    2,    3,   0,    3,   3,    2,   1,   1),
    "joseph":    (2,    2,    3,   2.5,  3,   2.5,  2,   1,   1),
    "katherine": (1.5,  2,    3,   3,    3,   3,    2,   1,   1),
    "leonhard":  (2,    1.75, 3,   3,    3,   3,    2,   1,   1),
    "maryam":    (2,    2,    3,   3,    0,   3,    2,   1,   1),
    "niels":     (2,    2,    3,   0,    0,   0,    0,   0,   0),
    "olga":      (2,    2,    3,   3,    3,   3,    0.5, 0.5, 0.75),
    "pierre":    (0,    0,    3,   3,    3,   3,    2,   1,   1),
    "quentin":   (0.75, 2,    3,   3,    0.5, 3,    2,   1,   1),
    "rosalind":  (2,    2,    3,   0.25, 3,   0.25, 2,   1,   1),
    "sofia":     (2,    2,    3,   3,    3,   3,    2,   1,   1),
    "tycho":     (2,    2,    3,   0,    3,   3,    2,   1,   1),
}  # fmt: skip
"""Worked out by hand from the points of each part."""

TOLD = {
    "dorothy": {"db_wrong_axis"},
    "emmy": {"transposed"},
    "felix": {"assigned_not_added", "assigned_not_added_over_classes"},
    "grace": {"mean_for_sum"},
    "henri": {"name_without_a_value"},
    "ida": {"numeric_instead_of_analytic"},
    "joseph": {"slow_at_real_size"},
    "katherine": {"changed_in_place"},
    "leonhard": {"db_keeps_two_dimensions"},
    "maryam": {"endless_loop"},
    "niels": {"not_written_yet"},
    "olga": {"symmetric_counter_example", None},
    "pierre": {"returned_nothing", "db_over_everything"},
    "quentin": {"last_example_left_out", "last_class_left_out"},
    "rosalind": {"finite_difference", "slow_at_real_size", "sign_flipped"},
    "tycho": {"sizes_do_not_fit"},
}
"""The mistakes that each student is told of; None is "wrong, not recognised"."""


def run(*command: str, cwd: Path) -> subprocess.CompletedProcess:
    environment = {**os.environ, "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}", "COLUMNS": "240"}
    return subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True, timeout=600, check=False)


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    """`autograder demo`, as the README gives it, in a folder of its own. Returns (folder, process, results)."""
    folder = tmp_path_factory.mktemp("demo") / "class"
    results = folder.parent / "results.json"
    process = run(str(BIN / "autograder"), "demo", "--folder", str(folder), "--json", str(results), cwd=ROOT)
    assert process.returncode == 0, process.stdout + process.stderr
    return folder, process, json.loads(results.read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def stock(demo, tmp_path_factory):
    """The same class through nbgrader's own commands, from release to export."""
    folder, _, _ = demo
    course = tmp_path_factory.mktemp("stock")
    shutil.copytree(folder / "submitted", course / "submitted")
    shutil.copytree(ROOT / "source", course / "source")
    shutil.copy(ROOT / "nbgrader_config.py", course)
    for command in ("generate_assignment", "autograde", "generate_feedback"):
        process = run(str(BIN / "nbgrader"), command, ASSIGNMENT, cwd=course)
        assert process.returncode == 0, process.stderr
    process = run(str(BIN / "nbgrader"), "export", cwd=course)
    assert process.returncode == 0, process.stderr
    return course


def marks(course: Path) -> dict[tuple[str, str], tuple]:
    """(student, cell) → what the gradebook says."""
    rows = {}
    with Gradebook(f"sqlite:///{course / 'gradebook.db'}") as gradebook:
        for submission in gradebook.assignment_submissions(ASSIGNMENT):
            for notebook in submission.notebooks:
                for grade in notebook.grades:
                    rows[submission.student.id, grade.name] = (
                        grade.auto_score, grade.manual_score, grade.max_score, grade.needs_manual_grade,
                    )  # fmt: skip
    return rows


def test_everyone_gets_the_marks_worked_out_by_hand(demo):
    """Every student and every question; a mistake costs its own marks once."""
    _, _, results = demo

    graded = {
        one["student"]: tuple({q["id"]: q["score"] for q in one["questions"]}[f"check_{name}"] for name in QUESTIONS)
        for one in results["submissions"]
    }

    assert graded == EXPECTED
    assert set(EXPECTED) == set(STUDENTS)


def test_everyone_is_told_what_went_wrong(demo):
    """By the name in the catalogue, and nobody who is right is told anything."""
    _, _, results = demo

    told = {
        one["student"]: {finding["misconception"] for q in one["questions"] for finding in q["findings"]}
        for one in results["submissions"]
    }

    assert {student: slugs for student, slugs in told.items() if slugs} == {**TOLD, "blaise": {"not_written_yet"}}


def test_the_table_and_the_page_are_shown(demo):
    """A line per student with what went wrong, and at the end the path of a page that exists."""
    folder, process, _ = demo

    page = folder / "reports" / f"{ASSIGNMENT}.html"

    assert page.is_file()
    assert str(page) in process.stdout.splitlines()[-2]  # the last line names the JSON that was asked for
    assert all(student in process.stdout for student in STUDENTS)
    assert "divided by N = 5" in process.stdout


def test_the_user_s_own_gradebook_is_not_touched(demo):
    """The demo keeps to its folder."""
    folder, _, _ = demo

    assert (folder / "gradebook.db").is_file()
    assert not (ROOT / "gradebook.db").exists()


def test_every_student_gets_a_feedback_page_with_cards(demo):
    """The observation stands in the page that formgrader hands back, and no traceback of ours."""
    folder, _, _ = demo

    page = (folder / "feedback" / "grace" / ASSIGNMENT / "linear_layer.html").read_text(encoding="utf-8")

    assert "Your dW is the right one divided by N = 5." in page
    assert "site-packages/autograder" not in page
    assert all((folder / "feedback" / student / ASSIGNMENT / "linear_layer.html").is_file() for student in STUDENTS)


def test_the_seed_of_a_run_draws_the_same_inputs_again(demo):
    """Grading one student again with it gives the same card, to the digit; another seed gives other inputs."""
    folder, _, results = demo
    notebook = folder / "autograded" / "grace" / ASSIGNMENT / "linear_layer.ipynb"

    def card(*seed: str) -> str:
        if seed:
            process = run(str(BIN / "autograder"), "grade", ASSIGNMENT, "--student", "grace", *seed, cwd=folder)
            assert process.returncode == 0, process.stderr
        cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
        (cell,) = [cell for cell in cells if cell["metadata"].get("nbgrader", {}).get("grade_id") == "check_dW"]
        return "".join(cell["outputs"][0]["data"]["text/html"])

    before, other, again = card(), card("--seed", "another"), card("--seed", results["seed"])

    assert before == again != other


def test_stock_nbgrader_gives_the_same_marks(demo, stock):
    """generate_assignment, autograde, generate_feedback and export on this pack: the same gradebook, cell by cell."""
    folder, _, _ = demo

    assert marks(stock) == marks(folder)
    assert len(marks(stock)) == len(STUDENTS) * len(QUESTIONS)
    assert (stock / "feedback" / "grace" / ASSIGNMENT / "linear_layer.html").is_file()
    exported = (stock / "grades.csv").read_text(encoding="utf-8")
    assert all(student in exported for student in STUDENTS)


def test_stock_nbgrader_releases_what_is_committed(stock):
    """What students get from `nbgrader generate_assignment` is release/, byte for byte."""
    released = f"{ASSIGNMENT}/linear_layer.ipynb"

    assert (stock / "release" / released).read_bytes() == (ROOT / "release" / released).read_bytes()


def test_an_interrupt_stops_in_a_sentence_and_loses_nothing(tmp_path):
    """Ctrl-C while a class is graded: one sentence, exit status 1, and those who were done have their marks."""
    process = subprocess.Popen(
        [str(BIN / "autograder"), "demo", "--folder", str(tmp_path / "class")],
        cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True,
    )  # fmt: skip
    said = []
    for line in process.stderr:  # a library may say something before the first student
        said.append(line)
        if line.startswith("1/"):
            break
    else:
        pytest.fail("".join(said))
    student = line.split()[-1]

    os.killpg(process.pid, signal.SIGINT)
    output, errors = process.communicate(timeout=60)

    assert process.returncode == 1
    assert "Stopped. Whoever was graded so far stays graded." in errors
    assert "Traceback" not in output + errors
    assert len([who for who, _ in marks(tmp_path / "class") if who == student]) == len(QUESTIONS)
