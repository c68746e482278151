"""Runs one command and says what it left behind. A program of its own, so that pytest need not survive the class.

    python supervisor.py REPORT SECONDS COMMAND …

Every process that loses its parent becomes a child of this one (PR_SET_CHILD_SUBREAPER), whatever session it moved to:
what is still there when the command has ended was left behind. It is listed in REPORT and ended.
"""

from __future__ import annotations

import ctypes
import json
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

PR_SET_CHILD_SUBREAPER = 36

CLEANING_UP_SECONDS = 3.0
"""For helpers of the command (a fork server, a resource tracker) to notice that it has ended."""


def main(report: str, seconds: str, *command: str) -> None:
    ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    started = time.monotonic()
    program = subprocess.Popen(command, stdin=subprocess.DEVNULL, start_new_session=True)
    peak = _watched(program)
    try:
        code: int | str = program.wait(float(seconds))
    except subprocess.TimeoutExpired:
        code = "did not end"
        program.kill()
        program.wait()
    took = time.monotonic() - started
    left = _left_behind(CLEANING_UP_SECONDS)
    found = {"code": code, "seconds": took, "left": left, "peak_megabytes": peak[0] / 1e6}
    Path(report).write_text(json.dumps(found))
    while _end_all():
        time.sleep(0.05)


def _watched(program: subprocess.Popen) -> list[float]:
    """A one-element list: the largest sum of the resident memory of all descendants so far, in bytes."""
    peak = [0.0]

    def watch() -> None:
        while program.returncode is None:
            peak[0] = max(peak[0], sum(_resident(process) for process in descendants()))
            time.sleep(0.1)

    threading.Thread(target=watch, daemon=True).start()
    return peak


def _resident(process: int) -> float:
    try:
        return int(Path(f"/proc/{process}/statm").read_text().split()[1]) * 4096.0
    except OSError:
        return 0.0


def descendants() -> dict[int, str]:
    """Process id → command line, of every living process below this one."""
    parents: dict[int, int] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                state, parent = (entry / "stat").read_text().rpartition(")")[2].split()[:2]
            except OSError:
                continue
            if state != "Z":
                parents[int(entry.name)] = int(parent)
    below = {os.getpid()}
    while more := {process for process, parent in parents.items() if parent in below} - below:
        below |= more
    return {process: _command(process) for process in below - {os.getpid()}}


def _command(process: int) -> str:
    try:
        return Path(f"/proc/{process}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace").strip()
    except OSError:
        return "?"


def _left_behind(seconds: float) -> list[str]:
    deadline = time.monotonic() + seconds
    while (left := descendants()) and time.monotonic() < deadline:
        _reap()
        time.sleep(0.05)
    return sorted(left.values())


def _end_all() -> bool:
    left = descendants()
    for process in left:
        try:
            os.kill(process, signal.SIGKILL)
        except ProcessLookupError:
            continue
    _reap()
    return bool(left)


def _reap() -> None:
    try:
        while os.waitpid(-1, os.WNOHANG) != (0, 0):
            pass
    except ChildProcessError:
        pass


if __name__ == "__main__":
    main(*sys.argv[1:])
