"""A Dask cluster of processes on this machine, for `scale.py` and for the tests of `grading/cluster.py`."""

from __future__ import annotations

import contextlib
import json
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from benchmarks.classroom import environment, program

START_SECONDS = 60


@dataclass(frozen=True)
class LocalDask:
    address: str
    scheduler: subprocess.Popen
    workers: tuple[subprocess.Popen, ...]


@contextlib.contextmanager
def local_dask(workers: int, folder: Path) -> Iterator[LocalDask]:
    """A scheduler and its workers, of one thread each. Without nannies: a worker that is killed stays away."""
    file = folder / "scheduler.json"
    file.unlink(missing_ok=True)
    processes: list[subprocess.Popen] = []

    def start(*command: str) -> subprocess.Popen:
        options = ("--scheduler-file", str(file), "--no-dashboard", "--host", "127.0.0.1")
        processes.append(
            subprocess.Popen(
                [program("dask"), *command, *options], cwd=folder, env=environment(),
                stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            )
        )  # fmt: skip
        return processes[-1]

    try:
        scheduler = start("scheduler", "--port", "0")
        started = tuple(start("worker", "--nthreads", "1", "--no-nanny") for _ in range(workers))
        yield LocalDask(_address(file), scheduler, started)
    finally:
        for process in reversed(processes):
            process.kill()
            process.wait()


def _address(file: Path) -> str:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        try:
            return json.loads(file.read_text())["address"]
        except (OSError, ValueError):  # not written yet, or not to its end
            time.sleep(0.05)
    raise TimeoutError("The scheduler did not start.")
