"""Runs a command and says what it and everything it started have cost.

CPU seconds come from the kernel: `wait4` gives a process's own together with those of all children it waited for. What
a command leaves behind, a server's forks for instance, becomes this process's child (`PR_SET_CHILD_SUBREAPER`), is
waited for here, and is counted. Memory is sampled: the sum of the proportional set sizes of all descendants, in which
pages shared by several processes count once.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import subprocess
import threading
import time
from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass
from pathlib import Path

import psutil

PR_SET_CHILD_SUBREAPER = 36
SAMPLE_SECONDS = 0.25
"""Reading a process's page tables costs it milliseconds; a figure's memory stands longer than this."""
LEFT_BEHIND_SECONDS = 10.0


@dataclass(frozen=True)
class Cost:
    seconds: float
    cpu_seconds: float
    peak_bytes: int
    """Of all processes together; 0 where nobody looked."""
    private_bytes: int
    """The most that one process held for itself, not shared with the one it was forked from; 0 where nobody looked."""
    status: int
    output: str


def measured(command: Sequence[str], folder: Path, environment: dict[str, str], *, memory: bool) -> Cost:
    """Linux only. Waits until everything that the command started has ended; what has not after 10 s is killed.

    Whatever else this process has started is left alone, and not counted. Looking at `memory` takes time from a command
    that uses every core.
    """
    others = {child.pid for child in psutil.Process().children()}
    started = time.monotonic()
    output = folder.parent / f"{folder.name}.log"
    with _as_subreaper():
        with output.open("w+b") as log:
            process = subprocess.Popen(command, cwd=folder, env=environment, stdout=log, stderr=log)
            watcher = _Memory(others) if memory else None
            if watcher:
                watcher.start()
            _, status, usage = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
            seconds = time.monotonic() - started
            if watcher:
                watcher.stop()
        cpu = usage.ru_utime + usage.ru_stime + _left_behind(others)
    peak, private = (watcher.peak, watcher.private) if watcher else (0, 0)
    return Cost(seconds, cpu, peak, private, process.returncode, output.read_text(errors="replace"))


@contextlib.contextmanager
def _as_subreaper() -> Iterator[None]:
    """Meanwhile, whoever loses their parent becomes a child of this process."""
    prctl = ctypes.CDLL(None).prctl
    prctl(PR_SET_CHILD_SUBREAPER, 1)
    try:
        yield
    finally:
        prctl(PR_SET_CHILD_SUBREAPER, 0)


def _children(others: Set[int]) -> list[psutil.Process]:
    return [child for child in psutil.Process().children() if child.pid not in others]


def _left_behind(others: Set[int]) -> float:
    """CPU seconds of what the command did not wait for."""
    cpu, deadline = 0.0, time.monotonic() + LEFT_BEHIND_SECONDS
    while left := _children(others):
        for child in left:
            if time.monotonic() > deadline:
                child.kill()
            pid, _, usage = os.wait4(child.pid, os.WNOHANG)
            if pid:
                cpu += usage.ru_utime + usage.ru_stime
        time.sleep(0.05)
    return cpu


class _Memory(threading.Thread):
    def __init__(self, others: Set[int]) -> None:
        super().__init__(daemon=True)
        self.peak = self.private = 0
        self._others = others
        self._over = threading.Event()

    def run(self) -> None:
        while not self._over.wait(SAMPLE_SECONDS):
            together = 0
            for child in _children(self._others):
                with contextlib.suppress(psutil.NoSuchProcess):  # ended between the two questions
                    for process in (child, *child.children(recursive=True)):
                        proportional, private = _memory(process.pid)
                        together += proportional
                        self.private = max(self.private, private)
            self.peak = max(self.peak, together)

    def stop(self) -> None:
        self._over.set()
        self.join()


def _memory(pid: int) -> tuple[int, int]:
    """Proportional and private bytes; zeros for a process that has just ended."""
    sizes = dict.fromkeys(("Pss", "Private_Clean", "Private_Dirty"), 0)
    with contextlib.suppress(OSError), open(f"/proc/{pid}/smaps_rollup") as lines:
        for line in lines:
            name, _, rest = line.partition(":")
            if name in sizes:
                sizes[name] = 1024 * int(rest.split()[0])
    return sizes["Pss"], sizes["Private_Clean"] + sizes["Private_Dirty"]
