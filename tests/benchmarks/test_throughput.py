"""The benchmark runs, on a class of two, and finds the same marks. How long it takes is not asserted anywhere."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def benchmark(tmp_path_factory) -> tuple[str, dict]:
    """What `throughput.py` prints, and the JSON it writes."""
    report = tmp_path_factory.mktemp("benchmark") / "report.json"
    command = [sys.executable, "benchmarks/throughput.py", "--submissions", "2", "--rounds", "1", "--json", str(report)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout, json.loads(report.read_text())


def test_the_table_has_a_line_for_each_engine_and_the_ratios(benchmark):
    printed, report = benchmark

    lines = {line.split()[0]: line.split()[1:] for line in printed.splitlines()[1:]}

    assert all(len(lines[engine]) >= 8 for engine in ("autograder", "bound"))
    assert "autograder / bound: time" in printed
    assert "nbgrader / autograder: time" in printed
    for engine in ("nbgrader", "autograder", "bound"):
        (cost,) = report["rounds"][engine]["classes"]
        assert cost["submissions"] == 2
        assert cost["cpu_seconds"] > 0.1
        memory = report["rounds"][engine]["memory"]
        assert memory["peak_bytes"] > memory["private_bytes"] > 1e6
        assert cost["peak_bytes"] == 0  # looking takes time


def test_both_engines_are_found_to_give_the_same_rows(benchmark):
    """The comparison is part of the run; here it compares two submissions, row by row."""
    printed, report = benchmark

    assert report["differences"] == []
    assert "gradebook: 32 rows compared, 0 differences" in printed


LEAVES_A_DAEMON = """
import os, time
if os.fork() == 0:
    os.setsid()
    while time.process_time() < 0.4:
        pass
"""


def test_what_a_command_leaves_behind_is_counted(tmp_path):
    """CPU time of a daemon that nobody waited for is part of the command's cost."""
    from benchmarks.measure import measured

    folder = tmp_path / "course"
    folder.mkdir()

    cost = measured([sys.executable, "-c", LEAVES_A_DAEMON], folder, {}, memory=True)

    assert cost.status == 0
    assert cost.cpu_seconds > 0.4


def test_what_else_the_process_has_started_is_left_alone(tmp_path):
    """A browser, or the server of somebody's workers: neither waited for, nor killed, nor counted."""
    from benchmarks.measure import measured

    folder = tmp_path / "course"
    folder.mkdir()
    ended = subprocess.Popen([sys.executable, "-c", "raise SystemExit(7)"])
    running = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    try:
        measured([sys.executable, "-c", "pass"], folder, {}, memory=False)

        assert running.poll() is None
        assert ended.wait(10) == 7  # whoever started it still learns how it ended
    finally:
        running.kill()
        running.wait()
