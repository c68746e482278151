"""A student unpacks the zip, gives the three commands that it names, and works: with no clone, and with nothing in it
that answers a question."""

import json
import os
import re
import shlex
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
import zipfile
from pathlib import Path

import nbformat
import pytest
from click.testing import CliRunner
from line_course import A

from autograder.cli import main

ROOT = Path(__file__).parents[2]
LESSON = "02_linear_layer"
RELEASED = ROOT / "release" / LESSON / "linear_layer.ipynb"


def pack(course: Path, assignment: str, output: Path):
    return CliRunner().invoke(main, ["kit", assignment, "--course", str(course), "--output", str(output)])


@pytest.fixture(scope="session")
def packed(tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("kit") / "kit.zip"
    result = pack(ROOT, LESSON, path)
    assert result.exit_code == 0, result.output
    return path


@pytest.fixture(scope="session")
def installed(packed, tmp_path_factory) -> Path:
    """The unpacked folder after the first two commands of its own START_HERE.md."""
    folder = tmp_path_factory.mktemp("student")
    with zipfile.ZipFile(packed) as archive:
        archive.extractall(folder)
    folder /= LESSON
    make, install, _ = commands(folder)
    assert install == [".venv/bin/pip", "install", "-r", "requirements.txt"]
    run([sys.executable, *make[1:]], folder)
    run(install, folder)
    return folder


def commands(folder: Path) -> list[list[str]]:
    """The three for Linux, as a student reads them."""
    block = re.findall(r"```\n(.*?)```", (folder / "START_HERE.md").read_text(encoding="utf-8"), re.DOTALL)[0]
    return [shlex.split(line) for line in block.splitlines()]


def alone() -> dict[str, str]:
    """The environment of somebody who has neither this clone nor its virtual environment."""
    return {
        "PATH": os.defpath,
        "HOME": os.environ.get("HOME", "/"),
        "MPLBACKEND": "agg",
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
        # Where CI gets its packages from; nothing on a student's machine.
        **{name: value for name, value in os.environ.items() if name in ("PIP_INDEX_URL", "PIP_CONFIG_FILE")},
    }


def run(command: list[str], folder: Path) -> str:
    done = subprocess.run(command, cwd=folder, env=alone(), capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    return done.stdout


def outcomes(notebook: nbformat.NotebookNode) -> dict[str, str]:
    """Question → what the card under its check says."""
    return {
        found[1]: cell.outputs[0].data["application/vnd.autograder.verdict+json"]["outcome"]
        for cell in notebook.cells
        if cell.cell_type == "code" and (found := re.match(r'check\("(\w+)"', cell.source))
    }


def asked() -> list[str]:
    """The questions of the lesson, as its source has them."""
    text = (ROOT / "source" / LESSON / "linear_layer.md").read_text(encoding="utf-8")
    return re.findall(r'^check\("(\w+)"', text, re.MULTILINE)


def test_the_released_notebook_runs_where_only_the_kit_is(installed):
    """With one answer written: that check gives its points, all others say that nothing is written, and nothing else
    goes wrong from the first cell to the last."""
    lesson = installed / "linear_layer.ipynb"
    notebook = nbformat.read(lesson, as_version=4)
    (stub,) = [cell for cell in notebook.cells if re.match(r"def dW\(X, dY\):", cell.source)]
    stub.source = "def dW(X, dY):\n    return X.T @ dY"
    nbformat.write(notebook, lesson)

    run([".venv/bin/jupyter", "execute", "--inplace", "--allow-errors", lesson.name], installed)

    notebook = nbformat.read(lesson, as_version=4)
    errors = {output.ename for cell in notebook.cells for output in cell.get("outputs", []) if "ename" in output}
    assert outcomes(notebook) == {question: "passed" if question == "dW" else "failed" for question in asked()}
    assert errors <= {"NotImplementedError"}


def test_jupyterlab_starts_from_the_kit(installed):
    """The third command, in a browser's place a request."""
    *_, open_lesson = commands(installed)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]

    server = subprocess.Popen(
        [*open_lesson, "--no-browser", "--allow-root", f"--ServerApp.port={port}", "--IdentityProvider.token="],
        cwd=installed, env=alone(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        version = json.loads(answer(f"http://127.0.0.1:{port}/api", server))["version"]
        page = answer(f"http://127.0.0.1:{port}/lab/tree/linear_layer.ipynb", server)
    finally:
        server.terminate()
        server.wait(timeout=30)

    assert version
    assert "jupyter-config-data" in page


def answer(address: str, server: subprocess.Popen) -> str:
    for _ in range(240):
        try:
            with urllib.request.urlopen(address, timeout=5) as reply:
                return reply.read().decode()
        except (urllib.error.URLError, OSError):
            assert server.poll() is None, "JupyterLab ended"
            time.sleep(0.25)
    raise AssertionError(f"{address} did not answer")


def test_nothing_of_the_grader_is_installed(installed):
    """A student's computer gets the lessons without the machinery: `check` needs no nbgrader and no gradebook."""
    names = {line.partition("==")[0].lower() for line in run([".venv/bin/pip", "freeze"], installed).splitlines()}

    assert not names & {"nbgrader", "sqlalchemy", "alembic", "jupytext", "nbval", "pytest"}
    assert "jupyterlab" in names


def test_the_kit_holds_what_was_released_and_nothing_of_the_source(packed):
    """The notebook byte for byte, the package alone in the wheel, exact versions, and the way in."""
    with zipfile.ZipFile(packed) as archive:
        names = archive.namelist()
        (wheel,) = [name for name in names if name.endswith(".whl")]
        inside = zipfile.ZipFile(archive.open(wheel)).namelist()
        requirements = archive.read(f"{LESSON}/requirements.txt").decode()

        assert names == sorted([wheel, *(f"{LESSON}/{name}" for name in (
            "START_HERE.md", "linear_layer.ipynb", "requirements.txt"))])  # fmt: skip
        assert archive.read(f"{LESSON}/linear_layer.ipynb") == RELEASED.read_bytes()
    assert {name.split("/")[0] for name in inside if ".dist-info" not in name} == {"autograder"}
    assert f"./{Path(wheel).name}\n" in requirements
    assert all(re.match(r"#|\./|[\w-]+==[\w.]+( ; .*)?$", line) for line in requirements.splitlines())


def test_the_package_asks_for_nothing_of_jupyters(packed):
    """On Colab, on Binder and in a browser, Jupyter is somebody else's and must not be replaced."""
    with zipfile.ZipFile(packed) as archive:
        (name,) = [name for name in archive.namelist() if name.endswith(".whl")]
        wheel = zipfile.ZipFile(archive.open(name))
        (about,) = [wheel.read(name).decode() for name in wheel.namelist() if name.endswith("METADATA")]

    asked = {line.split()[1] for line in about.splitlines() if re.match(r"Requires-Dist: (?!.*extra ==)", line)}
    assert {re.match(r"[\w-]+", requirement)[0] for requirement in asked} == {
        "numpy", "matplotlib", "jinja2", "click", "rich", "lazy_loader", "pooch", "threadpoolctl",
    }  # fmt: skip


def test_the_same_course_gives_the_same_bytes(packed, tmp_path):
    """So that a kit can be compared, cached and signed."""
    again = tmp_path / "deep" / "again.zip"

    assert pack(ROOT, LESSON, again).exit_code == 0
    assert again.read_bytes() == packed.read_bytes()


def test_a_students_module_is_packed_without_its_solution(built, tmp_path):
    """And START_HERE says which files are theirs; `axes.py` comes along and is the course's."""
    result = pack(built, A, tmp_path / "kit.zip")

    assert result.exit_code == 0, result.output
    with zipfile.ZipFile(tmp_path / "kit.zip") as archive:
        start = archive.read(f"{A}/START_HERE.md").decode()
        assert "tripled_by_the_reference" not in archive.read(f"{A}/neural_net.py").decode()
        assert f"{A}/axes.py" in archive.namelist()
    assert "**Hand in** `line.ipynb`, `neural_net.py`, saved" in start
    assert "axes.py" not in start


def test_a_release_behind_its_source_is_not_packed(built, tmp_path):
    """Nobody hands out last week's lesson by accident."""
    helper = built / "source" / A / "axes.py"
    helper.write_text("ORIGIN = 1.0\n")

    result = pack(built, A, tmp_path / "kit.zip")

    assert result.exit_code == 1
    assert f"release/{A}/axes.py" in result.output
    assert not (tmp_path / "kit.zip").exists()


def test_a_solution_that_can_be_read_in_the_release_is_not_packed(built, tmp_path):
    """A line of the answer in a file of the course's own: built as told, and still refused here."""
    for step in ("source", "release", "notebooks"):
        (built / step / A / "notes.txt").write_text("steepness_of_the_line = 3.0\n")

    result = pack(built, A, tmp_path / "kit.zip")

    assert result.exit_code == 1
    assert "notes.txt shows `steepness_of_the_line = 3.0`" in result.output
    assert not (tmp_path / "kit.zip").exists()


def test_a_released_file_is_not_replaced_by_one_of_the_kit(built, tmp_path):
    """A lesson with a requirements.txt of its own."""
    for step in ("source", "release", "notebooks"):
        (built / step / A / "requirements.txt").write_text("pandas\n")

    result = pack(built, A, tmp_path / "kit.zip")

    assert result.exit_code == 1
    assert "requirements.txt of its own" in result.output


def test_the_students_lock_agrees_with_the_courses():
    """A student's computer has the versions that the tests ran with."""
    course, student = (
        dict(re.findall(r"^([\w-]+)==(\S+(?: ; python_full_version.*)?)", (ROOT / name).read_text(), re.MULTILINE))
        for name in ("requirements.lock", "requirements-student.lock")
    )

    assert {name: course.get(name) for name in student} == student
