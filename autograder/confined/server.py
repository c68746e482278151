"""The warm server: a program of its own that imports what notebooks import, then forks for each submission.

Started by `process.Warm`; never runs a line of a student's. It stays free of threads and of anything secret, since
every fork begins with a copy of its memory. It ends, and takes all forks with it, when its standard input closes.

    python -m autograder.confined.server SOCKET
"""

from __future__ import annotations

import contextlib
import ctypes
import gc
import importlib
import os
import select
import signal
import socket
import sys
import tempfile
import traceback
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from autograder.confined import policy
from autograder.confined.messages import Channel
from autograder.errors import CannotConfine

PR_SET_PDEATHSIG = 1

INLINE_BACKEND = "matplotlib_inline.backend_inline"

IMPORTED_BY_MAGICS = (
    "IPython.core.magic_arguments",
    "IPython.core.magics",
    "IPython.core.magics.ast_mod",
    "IPython.core.magics.execution",
    "IPython.core.magics.pylab",
    "IPython.utils.module_paths",
    INLINE_BACKEND,
)
"""IPython loads its magics when they are first used, `%matplotlib inline` in nearly every notebook."""

PIDFD, STATUS = b"p", b"s"


@dataclass(eq=False)
class Fork:
    """A running student's process, as its parent sees it."""

    pid: int
    pidfd: int
    connection: socket.socket
    status: int
    """Where its exit status is written when it has ended."""

    def kill(self) -> None:
        signal.pidfd_send_signal(self.pidfd, signal.SIGKILL)

    def bury(self) -> None:
        _, status = os.waitpid(self.pid, 0)
        with contextlib.suppress(BrokenPipeError):
            os.write(self.status, b"%d" % os.waitstatus_to_exitcode(status))
        os.close(self.status)
        os.close(self.pidfd)
        self.connection.close()


def main(address: str) -> None:
    listener = _listen(address)
    signal.signal(signal.SIGPIPE, signal.SIG_IGN)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the command that started this
    gc.disable()  # what is imported stays; looking through it again and again takes a tenth of a second
    shell, prepared = warm(), _prepared()
    gc.enable()
    serve(listener, shell, prepared, until=0)


def _listen(address: str) -> socket.socket:
    listener = socket.socket(socket.AF_UNIX)
    # Whoever waits for the address connects as soon as it is there: so it listens before it is.
    listener.bind(f"{address}-")
    listener.listen(64)
    os.rename(f"{address}-", address)
    return listener


def serve(listener: socket.socket, shell: Any, prepared: Any, *, until: int, begun: bool = False) -> None:
    """A fork for each connection, until something comes or ends on the descriptor `until`.

    `begun`: cells have been run in this process, and its forks go on behind them.
    """
    gc.freeze()
    forks: dict[int, Fork] = {}
    poll = select.poll()
    poll.register(listener, select.POLLIN)
    poll.register(until, select.POLLIN)
    while True:
        for descriptor, _ in poll.poll():
            if descriptor == until:
                for fork in set(forks.values()):
                    fork.kill()
                os._exit(0)
            if descriptor == listener.fileno():
                fork = _fork(listener, shell, prepared, begun)
                forks[fork.pidfd] = forks[fork.connection.fileno()] = fork
                poll.register(fork.pidfd, select.POLLIN)
                poll.register(fork.connection, 0)  # only that the other side hung up
            elif descriptor in forks:
                fork = forks[descriptor]
                if descriptor == fork.pidfd:
                    for one in (fork.pidfd, fork.connection.fileno()):
                        poll.unregister(one)
                        del forks[one]
                    fork.bury()
                else:
                    fork.kill()  # nobody listens to it any more


def warm():
    """Import and try out what most notebooks use, so that no fork pays for it."""
    for name in ("encodings.unicode_escape", "encodings.cp437", *IMPORTED_BY_MAGICS):
        importlib.import_module(name)
    del sys.modules[INLINE_BACKEND]  # its import in a notebook is what connects figures with the shell

    from autograder.confined.shell import make_shell

    shell = make_shell()
    import numpy as np

    import autograder
    import autograder.confined.student
    from autograder.confined import figures
    from autograder.questions.registry import all_questions

    for name in autograder.__all__:  # they are loaded when first used
        getattr(autograder, name)
    autograder.check("db", np.zeros)._repr_html_()  # its template is compiled, too
    for question in all_questions().values():  # a fork that is shut in may not find what is not loaded
        for part in question.parts:
            if part.through:
                importlib.import_module(part.through.partition(":")[0])

    figures.install()
    figures.warm_up()
    return shell


def _prepared() -> Any:
    """The seccomp rules, or the reason why there are none, for whoever asks to be confined."""
    try:
        return policy.prepare()
    except CannotConfine as problem:
        return problem


def _fork(listener: socket.socket, shell: Any, prepared: Any, begun: bool) -> Fork:
    connection, _ = listener.accept()
    status_read, status_write = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            _become_a_students_process(connection, shell, prepared, begun)
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(1)
    pidfd = os.pidfd_open(pid)
    socket.send_fds(connection, [PIDFD], [pidfd, status_read])
    os.close(status_read)
    return Fork(pid, pidfd, connection, status_write)


def _become_a_students_process(connection: socket.socket, shell: Any, prepared: Any, begun: bool) -> None:
    """In the fork. Confined before the first line that a student wrote.

    Or, not confined, the process in which the instructor's first cells run, and which then serves in its turn.
    """
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    os.setsid()
    keep = connection.fileno()
    nothing = os.open(os.devnull, os.O_RDWR)
    os.dup2(nothing, 0)
    os.closerange(3, keep)
    os.closerange(keep + 1, 1024)
    channel = Channel(connection, undisturbed_by={signal.SIGINT, signal.SIGALRM})
    begin = channel.receive()
    folder = begin["folder"]
    os.chdir(folder)
    os.environ.update(begin["environment"], HOME=folder, TMPDIR=folder, PWD=folder, MPLCONFIGDIR=folder)
    tempfile.tempdir = None  # to be asked for anew
    if begin["confined"]:
        try:
            if isinstance(prepared, CannotConfine):
                raise prepared
            policy.confine(Path(folder), policy.Limits(**begin["limits"]), begin["readable"], prepared)
        except CannotConfine as problem:
            channel.send({"cannot_confine": [problem.what, problem.next_step]})
            return
    from autograder.confined import student

    if (address := student.live(channel, shell, folder, begun)) is not None:
        listener = _listen(address)
        channel.send({"serving": True})
        serve(listener, shell, prepared, until=keep, begun=True)
    student.leave()


if __name__ == "__main__":
    main(sys.argv[1])
