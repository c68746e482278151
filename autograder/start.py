"""What grading waits for, on its way before anything else: the warm server, and the server of its workers.

The first imports for more than a second, side by side with the command's own imports; so this module imports nothing
large itself. The second needs what the command needs, and is forked from it when that is there, before anything has
been opened. Where that cannot be known, it is a program of its own that imports everything once more.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import multiprocessing
import os
import signal
import tempfile
import threading
from collections.abc import Iterable, Iterator, Sequence
from multiprocessing import forkserver, util

from autograder.confined.policy import Limits
from autograder.confined.warm import Warming, warming

ONE_THREAD = {name: "1" for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")}
"""For the linear algebra of a worker: there are as many workers as cores, and threads that wait for each other spin."""

USED_BY_WORKERS = ["autograder.grading.run", "autograder.grading.feedback"]
USED_BY_COMMAND = ["autograder.grading.pipeline"]


@contextlib.contextmanager
def started(*, confined: bool, nothing_is_open: bool = False) -> Iterator[Warming]:
    """Both servers on their way; what is yielded is the warm one. It ends with the block. Raises as `warming` does.

    `nothing_is_open`: no gradebook, no lock; then workers are forks of this process, if no thread runs in it.
    """
    forking = nothing_is_open and threading.active_count() == 1
    if not forking:
        context()
    os.environ.update(ONE_THREAD)
    with warming(Limits(), confined=confined) as ready:
        if forking:
            _import_for_good([*USED_BY_WORKERS, *USED_BY_COMMAND])
            with _started_as_a_fork():
                context()
        yield ready


SOCKET_FOLDER_MAX = 70
"""Characters; Linux allows 107 for a socket's path, and `multiprocessing` puts two names below the temporary folder."""


def context() -> multiprocessing.context.BaseContext:
    """Workers are forks of a server that has imported what they need: no threads, no gradebook open in it."""
    os.environ.update(ONE_THREAD)
    _sockets_in_a_short_place()
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(USED_BY_WORKERS)
    with _interrupts_ignored():
        forkserver.ensure_running()
    return context


def _import_for_good(names: Iterable[str]) -> None:
    """What is imported stays: nobody looks for garbage in it, now, while the class is graded, or at the end."""
    gc.disable()
    try:
        for name in names:
            importlib.import_module(name)
    finally:
        gc.freeze()
        gc.enable()


@contextlib.contextmanager
def _started_as_a_fork() -> Iterator[None]:
    """Meanwhile, the server that `multiprocessing` would start as a program becomes a fork of this process."""
    program, util.spawnv_passfds = util.spawnv_passfds, _fork
    try:
        yield
    finally:
        util.spawnv_passfds = program


def _fork(_program: str, arguments: Sequence[str], descriptors: Sequence[int]) -> int:
    """As `multiprocessing.util.spawnv_passfds`, for `python -c CODE`: runs CODE with these descriptors alone."""
    if pid := os.fork():
        return pid
    try:
        # The warm server's input among them: it ends when the last of those who hold it does.
        for descriptor in map(int, os.listdir("/proc/self/fd")):
            if descriptor > 2 and descriptor not in descriptors:
                with contextlib.suppress(OSError):  # the listing's own
                    os.close(descriptor)
        forkserver._forkserver.__init__()  # in here there is none, and nobody holds its lock
        exec(arguments[-1], {})
    finally:
        os._exit(1)


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
            util.get_temp_dir()
        finally:
            tempfile.tempdir = usual
