"""kill -9 at any moment: after the last restart everything is as if nothing had happened."""

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

from small_course import ASSIGNMENT, hand_in, honest

HERE = Path(__file__).parent
KILLS = int(os.environ.get("KILLS", "200"))
SEED = 7

WHOLE_ENGINE_KILLS = 4
"""Each restart costs the imports of three programs."""


def class_of(course, count):
    for number in range(count):
        answers = {} if number % 3 else {"square": "def square(x):\n    return 0"}
        hand_in(course, f"student{number}", honest(**answers))
    return course


def test_a_run_killed_while_it_records_loses_and_doubles_nothing(course):
    """Two hundred kills at seeded moments: the gradebook equals an undisturbed run's cell by cell, the journal has one
    line for each submission, and no notebook was ever half there."""
    class_of(course, 6)

    done = subprocess.run(
        [sys.executable, HERE / "kill_runs.py", course, str(KILLS), str(SEED)],
        env=os.environ | {"PYTHONPATH": str(HERE)}, capture_output=True, text=True, check=False, timeout=900,
    )  # fmt: skip

    assert done.returncode == 0, done.stderr[-2000:]
    seen = json.loads(done.stdout.splitlines()[-1])
    assert seen["kills"] >= KILLS
    assert seen["while_writing_a_folder"] > 0
    assert seen["rows"] == 6 * (5 + 5 + 1)


def alive(marker):
    listed = subprocess.run(["ps", "-eo", "args"], capture_output=True, text=True, check=True).stdout
    return [line for line in listed.splitlines() if marker in line and "ps -eo" not in line]


def test_a_whole_engine_that_is_killed_leaves_no_process_and_goes_on(course):
    """Server, workers and students' processes go with it; what it had graded is not graded again."""
    sys.path.insert(0, str(HERE))
    from kill_runs import files, rows

    class_of(course, 4)
    undisturbed = Path(shutil.copytree(course, course.parent / "undisturbed"))
    command = [
        sys.executable,
        "-m",
        "autograder",
        "grade",
        ASSIGNMENT,
        "--no-feedback",
        "--seed",
        "seed",
        "--workers",
        "2",
    ]
    temporary = course.parent / "temporary"
    temporary.mkdir()
    environment = os.environ | {"TMPDIR": str(temporary)}
    subprocess.run(command, cwd=undisturbed, env=environment, capture_output=True, check=True)
    chance = random.Random(SEED)

    for _ in range(WHOLE_ENGINE_KILLS):
        run = subprocess.Popen(
            command, cwd=course, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        time.sleep(chance.uniform(1.0, 8.0))
        run.send_signal(signal.SIGKILL)
        run.wait()
    patience = time.monotonic() + 60
    while alive(str(temporary)) and time.monotonic() < patience:
        time.sleep(0.1)
    left = alive(str(temporary))
    subprocess.run(command, cwd=course, env=environment, capture_output=True, check=True)

    assert left == []
    assert rows(course) == rows(undisturbed)
    assert files(course).keys() == files(undisturbed).keys()
