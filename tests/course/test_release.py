import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from line_course import NEURAL_NET, A

from autograder.errors import CourseError


def test_students_get_neither_solutions_nor_hidden_tests(built):
    """Stock nbgrader would copy `neural_net.py` and `line.md` into the release as they are."""
    released = "".join(path.read_text() for path in (built / "release" / A).iterdir())

    for secret in ("steepness_of_the_line", "tripled_by_the_reference", "12345", "SOLUTION", "HIDDEN"):
        assert secret not in released
    assert released.count("raise NotImplementedError") == 2


def test_a_stripped_module_is_the_stub_in_its_place(built):
    """Everything but the solution is as the author wrote it."""
    body = NEURAL_NET[NEURAL_NET.index("    ### BEGIN") :]
    stub = "    # Write your lines here, then delete the next line.\n    raise NotImplementedError\n"

    assert (built / "release" / A / "neural_net.py").read_text() == NEURAL_NET.replace(body, stub)


def test_released_notebooks_are_not_paired(built):
    """A student with jupytext installed gets no second file that could be handed in."""
    assert "jupytext" in (built / "source" / A / "line.ipynb").read_text()
    assert "jupytext" not in (built / "release" / A / "line.ipynb").read_text()


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("neural_net.py", NEURAL_NET.replace("    ### END SOLUTION\n", "").encode()),
        ("neural_net.py", NEURAL_NET.replace("    ### BEGIN SOLUTION\n", "").encode()),
        ("neural_net.py", NEURAL_NET.replace("### BEGIN SOLUTION", "### Begin solution").encode()),
        ("neural_net.py", b"### BEGIN SOLUTION\n### BEGIN SOLUTION\nx = 1\n### END SOLUTION\n"),
        ("neural_net.py", NEURAL_NET.encode("utf-16")),
        ("neural_net.py", "x = 'é'\n".encode("latin-1")),
        ("neural_net.py", b"if True:\n### BEGIN SOLUTION\n    x = 1\n### END SOLUTION\n"),
        ("notes.txt", b"### BEGIN SOLUTION\nx = 1\n### END SOLUTION\n"),
        ("module.pyx", "### BEGIN SOLUTION\n".encode("utf-16")),
    ],
    ids=[
        "no end",
        "no begin",
        "misspelt",
        "nested",
        "UTF-16",
        "Latin-1",
        "stub does not fit",
        "text file",
        "another type",
    ],
)
def test_what_cannot_be_stripped_is_not_released(released, name, data):
    """Releasing fails closed: no folder, rather than one with a solution in it."""
    (released.root / "source" / A / name).write_bytes(data)

    with pytest.raises(CourseError, match=name):
        released.generate_assignment(A)

    assert not (released.root / "release" / A).exists()


def test_without_clear_solutions_nothing_is_released(released):
    """The last look does not trust the steps before it."""
    with (released.root / "nbgrader_config.py").open("a") as config:
        config.write("c.ClearSolutions.enabled = False\n")

    with pytest.raises(CourseError, match=r"line\.ipynb would be released with `BEGIN SOLUTION`"):
        released.generate_assignment(A)

    assert not (released.root / "release" / A).exists()


def test_stock_nbgrader_exits_with_1_and_releases_nothing(released):
    """The refusal needs no command of ours."""
    shutil.rmtree(released.root / "release")
    (released.root / "source" / A / "neural_net.py").write_text("### BEGIN SOLUTION\n")
    programs = str(Path(sys.executable).parent)

    run = subprocess.run(
        [sys.executable, "-m", "nbgrader", "generate_assignment", A, "--force"],
        cwd=released.root,
        env=os.environ | {"PATH": programs + os.pathsep + os.environ["PATH"]},
        capture_output=True,
        text=True,
        timeout=120,
    )

    assert run.returncode == 1
    assert "BEGIN SOLUTION has no END SOLUTION after it" in run.stderr
    assert not (released.root / "release" / A).exists()
