"""What grading waits for, on its way before anything else: the warm server, and the server of its workers.

Each imports for a second or more. Started here, by the command, they do so side by side with the command's own
imports; so this module imports nothing large itself.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
import tempfile
import threading
from collections.abc import Callable, Iterator
from multiprocessing.forkserver import ensure_running
from multiprocessing.util import get_temp_dir
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from autograder.confined.process import WarmServer

ONE_THREAD = {name: "1" for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")}
"""For the linear algebra of a worker: there are as many workers as cores, and threads that wait for each other spin."""


@contextlib.contextmanager
def started(*, confined: bool) -> Iterator[Callable[[], WarmServer]]:
    """Both servers on their way, and what waits for the warm one. It ends with the block. Raises as `warming` does."""
    context()
    from autograder.confined.policy import Limits
    from autograder.confined.process import warming

    with warming(Limits(), confined=confined) as ready:
        yield ready


SOCKET_FOLDER_MAX = 70
"""Characters; Linux allows 107 for a socket's path, and `multiprocessing` puts two names below the temporary folder."""


def context() -> multiprocessing.context.BaseContext:
    """Workers are forks of a server that has imported what they need: no threads, no gradebook open in it."""
    os.environ.update(ONE_THREAD)
    _sockets_in_a_short_place()
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["autograder.grading.run", "autograder.grading.feedback"])
    with _interrupts_ignored():
        ensure_running()
    return context


@contextlib.contextmanager
def _interrupts_ignored() -> Iterator[None]:
    """What is started meanwhile never hears Ctrl-C, and so has no traceback to show: it is for the command alone."""
    if threading.current_thread() is not threading.main_thread():
        yield  # only a main thread may say so
        return
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def _sockets_in_a_short_place() -> None:
    """`multiprocessing` fails where TMPDIR is long, as on many clusters; it asks for its folder once and keeps it."""
    usual = tempfile.gettempdir()
    if len(usual) > SOCKET_FOLDER_MAX:
        tempfile.tempdir = "/tmp"
        try:
            get_temp_dir()
        finally:
            tempfile.tempdir = usual
