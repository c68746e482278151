"""The warm server, started and waited for. Called by whoever needs processes; `process` has them forked.

Imports nothing large: the server is to be on its way before anything else is loaded.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from autograder.confined.policy import Limits
from autograder.errors import CannotConfine, GradingError

KEPT_ENVIRONMENT = (
    "PATH",
    "LANG",
    "LANGUAGE",
    "TZ",
    "LD_LIBRARY_PATH",
    "VIRTUAL_ENV",
    "PYTHONPATH",
    "HOME",
    "MPLCONFIGDIR",
)
KEPT_PREFIXES = ("LC_", "OPENBLAS_", "OMP_", "MKL_")

START_SECONDS = 60.0
"""For the warm server's imports on a busy machine with cold disks; for a fork a small part of it."""
LOOK_SECONDS = 0.005
"""Between two looks whether it listens."""
GOODBYE_SECONDS = 1.0
"""From the last byte of a process to its end; from the end of its input to the server's."""
SOCKET_PATH_MAX = 100
"""Linux allows 108 bytes."""


@dataclass(frozen=True)
class WarmServer:
    """Where forks are to be had. Small and picklable: workers get it once."""

    address: str
    limits: Limits
    confined: bool


@dataclass(frozen=True)
class Warming:
    """A server on its way."""

    server: WarmServer
    """Listens when there is something at its address."""
    program: subprocess.Popen

    def __call__(self) -> WarmServer:
        """Waits until it listens. Raises `GradingError` when it does not."""
        _wait_for(Path(self.server.address), self.program)
        return self.server


@contextlib.contextmanager
def warm_server(limits: Limits, *, confined: bool = True) -> Iterator[WarmServer]:
    """A running server; when the block ends, so do it and every fork.

    Raises `CannotConfine` when this machine cannot, unless `confined` is False.
    """
    with warming(limits, confined=confined) as ready:
        yield ready()


@contextlib.contextmanager
def warming(limits: Limits, *, confined: bool = True) -> Iterator[Warming]:
    """A server on its way; called, it is waited for. Ends and raises as `warm_server` does."""
    if not sys.platform.startswith("linux"):
        raise CannotConfine(
            "Grading runs on Linux, whose kernel confines students' code.",
            "Use WSL, a virtual machine or a container.",
        )
    folder = Path(tempfile.mkdtemp(prefix="autograder-"))
    if len(str(folder)) > SOCKET_PATH_MAX:
        folder.rmdir()
        folder = Path(tempfile.mkdtemp(prefix="autograder-", dir="/tmp"))
    address = folder / "warm"
    program = subprocess.Popen(
        [sys.executable, "-P", "-m", "autograder.confined.server", str(address)],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        cwd=folder,
        env=_environment(folder),
        start_new_session=True,
    )

    try:
        yield Warming(WarmServer(str(address), limits, confined), program)
    finally:
        program.stdin.close()
        try:
            program.wait(GOODBYE_SECONDS)
        except subprocess.TimeoutExpired:  # still warming up, for nobody
            program.kill()
            program.wait()
        program.stderr.close()
        shutil.rmtree(folder, ignore_errors=True)


def _environment(folder: Path) -> dict[str, str]:
    """Of the server, and so of every fork: nothing that is the grader's own."""
    kept = {
        name: value for name, value in os.environ.items() if name in KEPT_ENVIRONMENT or name.startswith(KEPT_PREFIXES)
    }
    return kept | {
        # Two workers on 300×300 products took ten times as long with a thread pool each.
        "OPENBLAS_NUM_THREADS": "1",
        "OMP_NUM_THREADS": "1",
        "MKL_NUM_THREADS": "1",
        "MPLBACKEND": "module://matplotlib_inline.backend_inline",
        "IPYTHONDIR": str(folder / "ipython"),
        "PYTHONUTF8": "1",
    }


def _wait_for(address: Path, program: subprocess.Popen) -> None:
    deadline = time.monotonic() + START_SECONDS
    while not address.exists():
        if program.poll() is not None or time.monotonic() > deadline:
            said = program.stderr.read().decode(errors="replace").strip() if program.poll() is not None else ""
            raise GradingError(
                f"The process that runs notebooks did not start: {said.splitlines()[-1] if said else 'no answer'}.",
                "See whether `python -c 'import ipykernel, matplotlib'` works in this environment.",
            )
        time.sleep(LOOK_SECONDS)
