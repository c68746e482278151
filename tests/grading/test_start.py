"""What is started ahead of grading: what it inherits, and where its sockets are."""

import os
import subprocess
import sys

import pytest
from small_course import ASSIGNMENT, hand_in, honest

IN_A_WORKER = """
import signal
from concurrent.futures import ProcessPoolExecutor

from autograder.start import context

if __name__ == "__main__":
    with ProcessPoolExecutor(1, context()) as pool:
        print(pool.submit(signal.getsignal, signal.SIGINT).result() is signal.SIG_IGN)
    print(signal.getsignal(signal.SIGINT) is signal.default_int_handler)
"""


def test_ctrl_c_is_for_the_command_alone(tmp_path):
    """Workers never hear of it, from their first moment on; the command itself does."""
    program = tmp_path / "program.py"
    program.write_text(IN_A_WORKER)

    done = subprocess.run([sys.executable, program], capture_output=True, text=True, check=True)

    assert done.stdout.split() == ["True", "True"]


LIKE_THE_COMMAND = """
import builtins, os, sys, threading, time
from concurrent.futures import ProcessPoolExecutor

from autograder.start import context, started

def seen():
    names = [os.path.join("/proc/self/fd", name) for name in os.listdir("/proc/self/fd")]
    opened = [os.readlink(name) for name in names if os.path.exists(name)]
    return getattr(builtins, "marked", False), any("secret" in name for name in opened)

if __name__ == "__main__":
    builtins.marked = True
    if "thread" in sys.argv:
        threading.Thread(target=time.sleep, args=(2,)).start()
    kept = open("secret", "w")
    with started(confined=False, nothing_is_open=True) as ready, ProcessPoolExecutor(1, context()) as pool:
        print(*pool.submit(seen).result())
"""


@pytest.mark.parametrize(("beside", "is_fork"), [("nothing", "True"), ("thread", "False")])
def test_workers_are_forks_of_a_command_without_threads(tmp_path, beside, is_fork):
    """Nothing is imported twice, and no open file comes along; a lock that a thread holds could never be opened."""
    program = tmp_path / "program.py"
    program.write_text(LIKE_THE_COMMAND)

    done = subprocess.run([sys.executable, program, beside], cwd=tmp_path, capture_output=True, text=True, check=True)

    assert done.stdout.split() == [is_fork, "False"]


def test_a_temporary_folder_with_a_long_name_is_no_obstacle(course):
    """A Unix socket's path has 107 characters; clusters have longer temporary folders."""
    hand_in(course, "ada", honest())
    temporary = course.parent / ("long" * 25)
    temporary.mkdir()
    command = [sys.executable, "-m", "autograder", "grade", ASSIGNMENT, "--no-feedback", "--workers", "1"]

    done = subprocess.run(
        command, cwd=course, env=os.environ | {"TMPDIR": str(temporary)}, capture_output=True, text=True, check=False
    )

    assert done.returncode == 0, done.stderr
    assert "1 of 1 submissions graded" in done.stdout


def test_grading_does_without_the_grammar_of_iris():
    """A second's work in each process; what asks for it later still finds it."""
    program = "import sys, autograder.grading; print('lark' in sys.modules); import rfc3987_syntax"

    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == ["False"]


def test_nothing_is_left_in_the_temporary_folder(course, tmp_path):
    """Though the program does not wait until Python has taken its modules apart."""
    hand_in(course, "ada", honest())
    temporary = tmp_path / "temporary"
    temporary.mkdir()

    done = subprocess.run(
        [sys.executable, "-m", "autograder", "grade", ASSIGNMENT],
        cwd=course, env=os.environ | {"TMPDIR": str(temporary)}, capture_output=True, text=True, check=False,
    )  # fmt: skip

    assert done.returncode == 0, done.stderr
    assert list(temporary.iterdir()) == []


@pytest.mark.parametrize(
    ("arguments", "status"), [(["--version"], 0), (["grade"], 2), (["report", "--course", "/"], 1)]
)
def test_the_status_is_that_of_the_command(arguments, status):
    """Also in a pipe, whose last line is not lost."""
    done = subprocess.run([sys.executable, "-m", "autograder", *arguments], capture_output=True, text=True, check=False)

    assert done.returncode == status
    assert (done.stdout if status == 0 else done.stderr).endswith("\n")


def test_a_full_disk_is_not_a_success():
    """What could not be written is told, as Python tells it."""
    with open("/dev/full", "w") as full:
        command = [sys.executable, "-m", "autograder", "--help"]
        done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True, check=False)

    assert done.returncode != 0
    assert "No space left" in done.stderr
