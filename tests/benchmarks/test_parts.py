"""Where a submission's time goes is measured on real runs."""

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_each_part_has_its_time():
    """Three parts of the engine, the cells alone beside them, and the cells that take longest."""
    command = [sys.executable, ROOT / "benchmarks" / "parts.py", "-n", "2", "--figures", "1"]

    done = subprocess.run(command, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stderr
    parts, cells = done.stdout.split("The cells that take longest")
    assert re.findall(r"^\(?(worker|student's process|command|the cells alone)", parts, re.M) == [
        "worker", "student's process", "command", "the cells alone",
    ]  # fmt: skip
    assert len(re.findall(r"\d+ ms$", cells, re.M)) == 6
