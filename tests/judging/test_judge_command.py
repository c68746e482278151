"""`autograder judge`: a student's own check before handing in. Each test runs the real thing, confined."""

import json
import os
import subprocess
import sys
from pathlib import Path

import jsonschema
import nbformat
import pytest
from click.testing import CliRunner

from autograder.cli import main
from autograder.course.ownership import owned_by_students
from autograder.judging import judge as judging
from autograder.judging.solution import ANSWER_FILES
from sample_class import handed_in, solutions
from sample_class.wrong_two_layer_net import LAYER_2, MEAN, REFERENCE, instead

ROOT = Path(__file__).parents[2]
SCHEMA = json.loads((ROOT / "docs" / "results.schema.json").read_text())


def run(*arguments):
    return CliRunner().invoke(main, ["judge", *map(str, arguments)])


def write(folder, text, name="neural_net.py"):
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(text if isinstance(text, bytes) else text.encode())
    return folder / name


def test_the_table_of_files_is_that_of_the_course():
    """Students have no source/; what they may hand in beside a notebook is known to the package."""
    ours = {file.assignment: [file.name] for file in ANSWER_FILES}

    assert ours == owned_by_students(ROOT)


def test_a_right_file_has_every_point_of_what_it_can_be_asked(tmp_path, monkeypatch):
    """In a folder with nothing else in it: no course is needed."""
    monkeypatch.chdir(tmp_path)
    write(tmp_path, REFERENCE)

    outcome = run("neural_net.py")

    assert outcome.exit_code == 0, outcome.output
    assert "neural_net.py: 15 of 15 points" in outcome.stdout
    assert "Judged in the notebook or by a person only: inline_table, inline_answer." in outcome.stdout
    assert "✗" not in outcome.stdout


def test_a_wrong_dscores_is_told_once_with_its_echoes(tmp_path):
    outcome = run(write(tmp_path, instead((MEAN, "return dscores"))))

    assert outcome.exit_code == 0, outcome.output
    assert outcome.stdout.count("  → ") == 1
    assert "Divide by N once, at dscores" in outcome.stdout
    assert "Also seen in dW2, db2, dW1, db1: mend this first." in outcome.stdout


def test_calls_that_stop_further_down_are_folded_under_the_cause(tmp_path):
    path = write(tmp_path, instead((LAYER_2, "return dscores.T @ H, dscores.sum(axis=0), dscores @ W2.T")))

    outcome = run(path, "--json", tmp_path / "results.json")
    results = json.loads((tmp_path / "results.json").read_text())
    findings = {mark["id"]: mark["findings"] for mark in results["submissions"][0]["questions"]}

    assert outcome.stdout.count("  → ") == 1
    assert findings["net_layer2"][0]["also_seen_in"] == ["net_penalty", "net_returns"]
    assert findings["net_penalty"][0]["echo_of"] == "net_layer2"


def test_several_files_are_a_line_each_and_one_json(tmp_path):
    """The bad ones among them do not get in the way, and the exit status says that there were some."""
    files = [
        write(tmp_path / "ada", REFERENCE),
        write(tmp_path / "bob", instead((MEAN, "return dscores"))),
        write(tmp_path / "cy", "def f(:\n    pass\n"),
        write(tmp_path / "dan", "print('hello')\n"),
    ]

    outcome = run(*files, tmp_path, "--seed", "7", "--json", tmp_path / "results.json")
    results = json.loads((tmp_path / "results.json").read_text())

    assert outcome.exit_code == 1
    jsonschema.validate(results, SCHEMA)
    assert [one["student"] for one in results["submissions"]] == [str(path) for path in (*files, tmp_path)]
    assert [one["score"] for one in results["submissions"]] == [15, 14.25, None, None, None]
    assert (results["assignment"], results["seed"]) == ("05_two_layer_net", "7")
    assert "Python cannot read" in results["submissions"][2]["reason"]
    assert "neural_net.py, line 1" in results["submissions"][2]["reason"]
    assert "does not define TwoLayerNet" in results["submissions"][3]["reason"]
    assert "5/5" in outcome.stderr


def test_the_same_seed_draws_the_same_inputs(tmp_path):
    path = write(tmp_path, instead(("A = X @ W1 + b1", "A = np.tanh(X @ W1) + b1")))
    both = []
    for name in ("one.json", "two.json"):
        run(path, "--seed", "again", "--json", tmp_path / name)
        both.append(json.loads((tmp_path / name).read_text())["submissions"][0]["questions"])

    assert both[0] == both[1]


BAD = {
    "no such file": (None, "There is no file"),
    "a binary file": (b"\x7fELF\0\0\1", "is not Python text"),
    "UTF-16": ("x = 1".encode("utf-16"), "is not Python text"),
    "an empty file": (b"", "does not define TwoLayerNet"),
    "not UTF-8": (b"x = '\xff'\n", "Python cannot read"),
    "a huge file": (b"# " + b"x" * 2_000_000, "MB are the most"),
    "a syntax error": (b"class TwoLayerNet\n", "Python cannot read"),
    "exit at import": (b"import os\nos._exit(3)\n", "ended itself (exit code 3) while it was imported"),
    "sys.exit at import": (b"raise SystemExit(0)\n", "stopped with SystemExit"),
    "an error at import": (b"1 / 0\n", "stopped with ZeroDivisionError: division by zero while it was imported"),
    "a missing module": (b"import torchx\n", "No module named 'torchx'"),
}  # fmt: skip


@pytest.fixture(scope="module")
def told(tmp_path_factory):
    """What is said of each, all of them judged in one go."""
    folder = tmp_path_factory.mktemp("bad")
    files = [folder / bad / "neural_net.py" for bad in BAD]
    for file, (content, _) in zip(files, BAD.values(), strict=True):
        if content is not None:
            write(file.parent, content)
    outcome = run(*files)
    assert outcome.exit_code == 1
    return dict(zip(BAD, outcome.stdout.splitlines(), strict=True))


@pytest.mark.parametrize("bad", BAD)
def test_a_file_that_cannot_be_judged_is_told_in_a_sentence(bad, told):
    """Which file, what is wrong with it, and what to do."""
    _, sentence = BAD[bad]

    assert f"/{bad}/neural_net.py" in told[bad]
    assert sentence in told[bad]
    assert told[bad].count(". ") >= 1


def test_a_link_and_a_pipe_are_not_opened(tmp_path):
    (tmp_path / "neural_net.py").symlink_to("/etc/passwd")
    os.mkfifo(tmp_path / "pipe.py")

    outcome = run(tmp_path / "neural_net.py", tmp_path / "pipe.py", "--assignment", "05_two_layer_net")

    assert outcome.exit_code == 1
    assert outcome.stdout.count("is a link or a device") == 2


def test_a_loop_at_import_is_stopped(tmp_path, monkeypatch):
    monkeypatch.setattr(judging, "CELL_SECONDS", 1.0)

    outcome = run(write(tmp_path, "while True:\n    pass\n"))

    assert outcome.exit_code == 1
    assert "was still running after 1 seconds while it was imported" in outcome.stdout


def test_a_file_that_ends_its_process_loses_what_it_ended_only(tmp_path):
    """A new process goes on behind it."""
    killed = instead(("return self.forward(X)[2].argmax(axis=1)", "import os; os._exit(1)"))

    outcome = run(write(tmp_path, killed), "--json", tmp_path / "results.json")
    (one,) = json.loads((tmp_path / "results.json").read_text())["submissions"]
    scores = {mark["id"]: mark["score"] for mark in one["questions"]}

    assert outcome.exit_code == 0, outcome.output
    assert (scores["net_predict"], scores["net_scores"], scores["net_dscores"]) == (0, 1, 1.5)
    assert "net_predict" in one["notes"][0]


def test_what_a_file_does_stays_in_its_process(tmp_path):
    """It can neither read what lies around it nor write there, and no file of its own is left behind."""
    secret = write(tmp_path, "the reference", "secret.txt")
    nosy = f"open({str(secret)!r}).read()\n" + REFERENCE
    vandal = f"open({str(tmp_path / 'mine')!r}, 'w')\n" + REFERENCE

    outcome = run(write(tmp_path / "a", nosy), write(tmp_path / "b", vandal))

    assert outcome.stdout.count("stopped with PermissionError") == 2
    assert not (tmp_path / "mine").exists()
    assert [path.name for path in (tmp_path / "a").iterdir()] == ["neural_net.py"]


def test_a_patched_check_changes_no_mark(tmp_path):
    forged = "import autograder.verdicts, autograder.checking\nautograder.verdicts.judge = lambda *a: 'full'\n"

    outcome = run(write(tmp_path, forged + instead((MEAN, "return dscores"))))

    assert "14.25 of 15 points" in outcome.stdout


def test_terminal_sequences_in_a_file_stay_text(tmp_path):
    outcome = run(write(tmp_path, "raise ValueError('\\x1b[2J[red]gone')\n"))

    assert "\x1b" not in outcome.output
    assert "\\x1b[2J[red]gone" in outcome.stdout


def test_a_file_under_another_name_needs_its_assignment(tmp_path):
    path = write(tmp_path, REFERENCE, "ada's net.py")

    assert "--assignment 05_two_layer_net" in run(path).stdout
    assert "15 of 15 points" in run(path, "--assignment", "05_two_layer_net").stdout
    assert "There are: 01_gates" in run(path, "--assignment", "99").stderr


def test_what_a_file_imports_from_beside_it_comes_along(tmp_path):
    write(tmp_path, "def relu(A):\n    return A * (A > 0)\n", "layers.py")
    path = write(tmp_path, "from layers import relu\n" + instead(("H = np.maximum(0, A)", "H = relu(A)")))

    assert "15 of 15 points" in run(path).stdout


def test_a_notebook_is_asked_what_its_test_cells_ask(tmp_path):
    released = nbformat.read(ROOT / "release/02_linear_layer/linear_layer.ipynb", as_version=4)
    notebook = handed_in(released, solutions(ROOT / "source/02_linear_layer/linear_layer.ipynb"), "ada")
    for cell in notebook.cells:
        if cell.metadata.get("nbgrader", {}).get("grade_id") == "db":
            cell.source = "def db(dY):\n    return dY.mean(axis=0)"
    nbformat.write(notebook, tmp_path / "mine.ipynb")

    outcome = run(tmp_path / "mine.ipynb")

    assert outcome.exit_code == 0, outcome.output
    assert "✗ db " in outcome.stdout
    assert "✓ dW " in outcome.stdout


@pytest.mark.parametrize("text", ["{", "[]", '{"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": []}'])
def test_a_file_that_is_no_notebook_of_the_course_is_told_in_a_sentence(text, tmp_path):
    outcome = run(write(tmp_path, text, "mine.ipynb"))

    assert outcome.exit_code == 1
    assert "mine.ipynb" in outcome.stdout
    assert "Traceback" not in outcome.output


def test_trusted_code_is_said_to_be_so(tmp_path):
    outcome = run(write(tmp_path, REFERENCE), "--trusted")

    assert outcome.exit_code == 0, outcome.output
    assert "NOT confined" in outcome.stdout


def test_as_a_program_it_needs_no_course_folder(tmp_path):
    """The command as a student types it, where nothing but the released file is."""
    write(tmp_path, (ROOT / "release/05_two_layer_net/neural_net.py").read_bytes())

    done = subprocess.run(
        [sys.executable, "-m", "autograder", "judge", "neural_net.py"],
        cwd=tmp_path, capture_output=True, text=True, check=False,
    )  # fmt: skip

    assert done.returncode == 0, done.stderr
    assert "0 of 15 points" in done.stdout
    assert "This piece of TwoLayerNet is not written yet." in done.stdout
