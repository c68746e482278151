"""Tries to break out, as students' code would, and says what happened. Called by `autograder doctor`.

Each probe runs in a confined process of its own kind: what is promised in docs/security.md is seen to hold here.
"""

from __future__ import annotations

import contextlib
import os
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from autograder.confined.policy import Limits
from autograder.confined.process import ProcessEnded, StudentProcess
from autograder.confined.warm import warm_server

PROBE_SECONDS = 20.0


@dataclass(frozen=True)
class Probe:
    """Something a student's code might do."""

    what: str
    code: str
    """Prints "yes" when it could be done."""
    allowed: bool = False
    fix: str = ""


LANDLOCK = "Grade on Linux 6.12 or newer with Landlock; see /sys/kernel/security/lsm."
SECCOMP = "Allow seccomp filters; a container may need another security profile."
LIMITS = "See whether the machine allows setrlimit."


def probes(course: Path, secret: Path) -> tuple[Probe, ...]:
    """`secret`: a file outside of everything a process may read, made for this. `course`: the course's own folder."""
    return (
        Probe("run NumPy and draw a figure", FIGURE, True, "Install requirements.txt in this environment."),
        Probe("write to its own folder", "open('own', 'w').write('x'); print('yes')", True, LANDLOCK),
        Probe("read the course", f"import os; os.listdir({str(course)!r}); print('yes')", fix=LANDLOCK),
        Probe("read another's files", f"print(open({str(secret)!r}).read() and 'yes')", fix=LANDLOCK),
        Probe("write another's files", f"open({str(secret)!r}, 'a').write('x'); print('yes')", fix=LANDLOCK),
        Probe("change another's files' mode", mode_changed(secret), fix=SECCOMP),
        Probe("read the home folder", f"import os; os.listdir({str(Path.home())!r}); print('yes')", fix=LANDLOCK),
        Probe("read the system's configuration", "print(open('/etc/passwd').read() and 'yes')", fix=LANDLOCK),
        Probe("read other processes", f"open('/proc/{os.getpid()}/environ').read(); print('yes')", fix=LANDLOCK),
        Probe("signal other processes", f"import os; os.kill({os.getpid()}, 0); print('yes')", fix=SECCOMP),
        Probe("start a process", "import os; os.fork() or os._exit(0); print('yes')", fix=SECCOMP),
        Probe("run a program", "import subprocess; subprocess.run(['true']); print('yes')", fix=SECCOMP),
        Probe("open a network connection", "import socket; socket.socket(); print('yes')", fix=SECCOMP),
        Probe("allocate 4 GiB", "import numpy; numpy.ones(2**29); print('yes')", fix=LIMITS),
        Probe("write 100 MB", "open('big', 'wb').write(bytes(10**8)); print('yes')", fix=LIMITS),
        Probe("raise its limits", RAISED, fix=SECCOMP),
    )


FIGURE = """
import matplotlib.pyplot as plt, numpy as np
plt.plot(np.arange(3.0)); plt.close()
print("yes")
"""

RAISED = """
import resource
resource.setrlimit(resource.RLIMIT_AS, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
print("yes")
"""


def mode_changed(path: Path) -> str:
    return (
        f"import os; os.chmod({str(path)!r}, 0o777); print('yes' if os.stat({str(path)!r}).st_mode & 0o077 else 'no')"
    )


@dataclass(frozen=True)
class Finding:
    """What one probe saw."""

    probe: Probe
    happened: bool

    @property
    def well(self) -> bool:
        return self.happened == self.probe.allowed


def examine(course: Path) -> Iterator[Finding]:
    """One after the other. Raises `CannotConfine` when not even the attempt is possible."""
    with tempfile.TemporaryDirectory(prefix="autograder-") as base, warm_server(Limits()) as server:
        secret = Path(base) / "secret"
        secret.write_text("secret")
        secret.chmod(0o600)
        for probe in probes(course, secret):
            with tempfile.TemporaryDirectory(dir=base) as folder:
                process = StudentProcess(server, Path(folder), {})
                yield Finding(probe, "yes" in _printed(process, probe.code))


def _printed(process: StudentProcess, code: str) -> list[str]:
    said: list[str] = []
    with contextlib.closing(process), contextlib.suppress(ProcessEnded):
        process.run(code, None, PROBE_SECONDS, lambda _, content: said.append(str(content.get("text")).strip()))
    return said


def machine() -> str:
    """One line on where this is."""
    import platform

    try:
        import sandlock

        landlock = f"Landlock ABI {sandlock.landlock_abi_version()}"
    except Exception as error:  # whatever a missing library says
        landlock = f"no sandlock ({error})"
    return f"{platform.system()} {platform.release()}, Python {sys.version.split()[0]}, {landlock}"
