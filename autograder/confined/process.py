"""The trusted side: a warm server, and a student's process that it forked. Called by `grading`.

What comes from the process may be forged in every byte; it is bounded, decoded as data, and believed as an answer only.
"""

from __future__ import annotations

import contextlib
import os
import select
import signal
import socket
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from typing import Any, NoReturn

from autograder.confined.messages import Channel, Ended, Late
from autograder.confined.policy import readable_folders
from autograder.confined.warm import GOODBYE_SECONDS, START_SECONDS, WarmServer
from autograder.errors import CannotConfine, NotReadable
from autograder.live import PRINTED_AT_MOST, in_one_line
from autograder.records import Reply
from autograder.wire import decode, encode

ENVIRONMENT = {"NBGRADER_EXECUTION": "autograde"}
"""What a process is told beside it, as nbgrader tells a kernel."""
RESTARTS_MAX = 5
"""Processes of one notebook or file that may end before the rest of it is left alone."""
GRACE_SECONDS = 5.0
"""Beyond a part's own limit, which the process keeps itself: for the way there and back on a busy machine."""
INTERRUPT_SECONDS = 4.0
"""From the interrupt of a cell to the end of a process that ignores it, as nbgrader's `iopub_timeout`."""
WATCH_SECONDS = 1.0
"""Between two looks at what a cell has written to its folder."""
OUTPUT_BYTES_MIN = 1_000
"""What an output counts at least: many empty ones are many all the same."""
ERROR_CHARACTERS, NAMES_MAX = 300, 20
TRACEBACK_LINES, TRACEBACK_CHARACTERS = 200, 20_000
"""IPython's traceback has an entry per frame; deep recursion is shortened by IPython itself."""


class ProcessEnded(Exception):
    """The student's process is gone. The text says how, in words for its author."""

    late = False
    """True when it was ended because a call did not return."""


@dataclass
class CellRun:
    """What became of one cell."""

    number: int | None
    """Its execution count; None when it did not end by itself."""
    error: Mapping[str, Any] | None = None
    timed_out: bool = False


@dataclass(frozen=True)
class Packed:
    """Arguments as they cross the border. Packing them takes longer than sending them; a class is sent the same."""

    text: str
    functions: Sequence[Callable[..., Any]]
    """Those among the arguments: they stay here."""
    beside: Sequence[bytes] = ()
    """Large arrays."""

    @classmethod
    def of(cls, arguments: Mapping[str, Any]) -> Packed:
        functions: list[Callable[..., Any]] = []
        beside: list[bytes] = []
        return cls(encode(dict(arguments), functions, beside), functions, beside)


class StudentProcess:
    """One fork, one submission. Every method but `close` raises `ProcessEnded` when the process is gone."""

    def __init__(
        self,
        server: WarmServer,
        folder: Path,
        environment: Mapping[str, str],
        ends_at: float | None = None,
        *,
        confined: bool | None = None,
    ) -> None:
        """`ends_at`: when the submission's time is up (`time.monotonic`); by default `submission_seconds` from now.
        `confined`: as the server does, unless it is said here."""
        self.limits = server.limits
        self.folder = folder
        self._server = server
        self.ends_at = time.monotonic() + self.limits.submission_seconds if ends_at is None else ends_at
        self._looked_at = time.monotonic()
        self._asked = 0
        connection = socket.socket(socket.AF_UNIX)
        connection.settimeout(START_SECONDS)
        connection.connect(server.address)
        _, (self._pidfd, self._status), *_ = socket.recv_fds(connection, 1, 2)
        connection.settimeout(None)
        self._channel = Channel(connection)
        self._why: str | None = None
        begin = {
            "folder": str(folder),
            "environment": dict(environment),
            "confined": server.confined if confined is None else confined,
            "limits": asdict(server.limits),
            "readable": readable_folders(),
        }
        self._channel.send(begin)
        ready = self._receive(time.monotonic() + START_SECONDS)
        if "cannot_confine" in ready:
            self.close()
            raise CannotConfine(*ready["cannot_confine"])

    def run(
        self, source: str, cell_id: str | None, seconds: float | None, show: Callable[[str, dict[str, Any]], None]
    ) -> CellRun:
        """Run one cell; `show(kind, content)` gets its outputs as they come. Interrupts it after `seconds`."""
        self._send({"do": "run", "source": source, "cell_id": cell_id}, time.monotonic() + GRACE_SECONDS)
        deadline = min(self.ends_at, time.monotonic() + seconds) if seconds and seconds > 0 else self.ends_at
        left = self.limits.output_bytes
        interrupted = False
        while True:
            message = self._receive_or_look(deadline)
            if message is not None and "done" in message:
                self._look_at_folder()
                number, error = message["done"], message.get("error")
                if not isinstance(number, int) or not (error is None or _is_error(error)):
                    self._end(UNHEARD_OF)
                if time.monotonic() > self.ends_at:
                    self._end(f"ran longer than {self.limits.submission_seconds:g} seconds in all")
                return CellRun(number, error and _cut_error(error), interrupted)
            if message is not None:
                kind, content = message.get("output"), message.get("content")
                if not isinstance(kind, str) or not isinstance(content, dict):
                    self._end(UNHEARD_OF)
                size = max(OUTPUT_BYTES_MIN, self._channel.received_bytes)
                if left > 0:
                    show(kind, content if size <= left else _cut(kind, content, left))
                left -= size
            if time.monotonic() > deadline:  # output that never ends is a cell that never ends
                if interrupted:
                    self._end("did not stop when it was interrupted")
                interrupted, deadline = True, time.monotonic() + INTERRUPT_SECONDS
                with contextlib.suppress(ProcessLookupError):
                    signal.pidfd_send_signal(self._pidfd, signal.SIGINT)

    def ask(
        self, expression: str, arguments: Mapping[str, Any] | Packed, timeout_seconds: float, through: str | None = None
    ) -> Reply:
        """What the function that `expression` stands for replied. Functions among `arguments` are run on this side."""
        packed = arguments if isinstance(arguments, Packed) else Packed.of(arguments)
        deadline = min(self.ends_at, time.monotonic() + timeout_seconds + GRACE_SECONDS)
        self._asked += 1
        request = {"expression": expression, "arguments": packed.text, "seconds": timeout_seconds, "through": through}
        try:
            self._send({"do": "ask", "number": self._asked, **request}, deadline, packed.beside)
            while time.monotonic() < deadline:
                message = self._receive_or_look(deadline) or {}
                if message.get("to") != self._asked:
                    continue  # output of a thread that is still running, an answer to something else
                if "call" in message:
                    self._send(_called(packed.functions, message), deadline)
                elif "answer" in message:
                    return _reply(decode(message["answer"], beside=message.get("beside", ())))
            # It keeps its own limit, so it is stuck where Python cannot reach it.
            self._end("was stuck in a call that did not end", late=True)
        except (NotReadable, TypeError, ValueError, KeyError, RecursionError, MemoryError):
            return Reply(error="RuntimeError: what came back from the notebook was not an answer")

    def serve(self, address: str) -> WarmServer | str:
        """Have forks of this process made, as it is now. It ends, with them, when it is closed.

        What it says instead when that would not do: why.
        """
        deadline = time.monotonic() + START_SECONDS
        self._send({"do": "serve", "address": address}, deadline)
        while True:
            message = self._receive(deadline)
            if message.get("serving"):
                return replace(self._server, address=address)
            if "because" in message:
                return str(message["because"])

    def close(self) -> None:
        """Ends the process, if it has not ended, and waits until it has."""
        self._channel.close()
        with contextlib.suppress(OSError):
            signal.pidfd_send_signal(self._pidfd, signal.SIGKILL)
        if self._pidfd >= 0:
            _ended_within(self._pidfd, START_SECONDS)
            os.close(self._pidfd)
            os.close(self._status)
            self._pidfd = -1

    def _send(self, message: dict[str, Any], deadline: float, beside: Sequence[bytes] = ()) -> None:
        try:
            self._channel.send(message, deadline, beside)
        except Ended:
            raise ProcessEnded(self._how_it_ended()) from None
        except Late:
            self._end("did not listen any more")

    def _receive(self, deadline: float) -> dict[str, Any]:
        try:
            return self._channel.receive(deadline)
        except Ended:
            raise ProcessEnded(self._how_it_ended()) from None
        except NotReadable:
            self._end(UNHEARD_OF)

    def _receive_or_look(self, deadline: float) -> dict[str, Any] | None:
        """The next message; None when it is time to look at the clock. Sees to the folder now and then."""
        message = None
        with contextlib.suppress(Late):
            message = self._receive(min(deadline, time.monotonic() + WATCH_SECONDS))
        if time.monotonic() > self._looked_at + WATCH_SECONDS:
            self._look_at_folder()
        return message

    def _look_at_folder(self) -> None:
        self._looked_at = time.monotonic()
        entries, used = 0, _unlinked_bytes(self._pidfd)
        for place, folders, files in os.walk(self.folder):
            entries += len(folders) + len(files)
            for name in files:
                with contextlib.suppress(OSError):
                    used += os.lstat(os.path.join(place, name)).st_blocks * 512
            if used > self.limits.folder_bytes or entries > self.limits.folder_entries:
                self._end("wrote more files than a submission may")

    def _end(self, why: str, *, late: bool = False) -> NoReturn:
        with contextlib.suppress(OSError):
            signal.pidfd_send_signal(self._pidfd, signal.SIGKILL)
        self._why = why
        ended = ProcessEnded(why)
        ended.late = late
        raise ended

    def _how_it_ended(self) -> str:
        if self._why:
            return self._why
        if not _ended_within(self._pidfd, GOODBYE_SECONDS):
            self._end("closed the connection to the grader")
        with contextlib.suppress(ValueError, OSError):
            code = int(os.read(self._status, 16))
            if code >= 0:
                return f"ended itself (exit code {code})"
            return f"ended with {ENDINGS.get(-code, signal.Signals(-code).name)}"
        return "ended"


UNHEARD_OF = "sent something that no notebook sends"

ENDINGS = {
    signal.SIGSEGV: "a crash of native code (segmentation fault)",
    signal.SIGABRT: "a crash of native code (abort)",
    signal.SIGBUS: "a crash of native code (bus error)",
    signal.SIGFPE: "a crash of native code (division)",
    signal.SIGKILL: "SIGKILL",
    signal.SIGXCPU: "no processor time left",
    signal.SIGSYS: "a system call that is not allowed",
}


def _unlinked_bytes(pidfd: int) -> int:
    """Of files that a process holds open though they have no name any more."""
    with contextlib.suppress(OSError, ValueError, IndexError):
        with open(f"/proc/self/fdinfo/{pidfd}") as file:
            pid = int(file.read().split("Pid:")[1].split()[0])
        used = 0
        for name in os.listdir(f"/proc/{pid}/fd"):
            with contextlib.suppress(OSError):
                about = os.stat(f"/proc/{pid}/fd/{name}")
                used += about.st_blocks * 512 if about.st_nlink == 0 else 0
        return used
    return 0


def _ended_within(pidfd: int, seconds: float) -> bool:
    poll = select.poll()
    poll.register(pidfd, select.POLLIN)
    return bool(poll.poll(seconds * 1000))


def _called(functions: Sequence[Callable[..., Any]], message: Mapping[str, Any]) -> dict[str, Any]:
    """One call of a function of the question's, by the student's code."""
    try:
        number, arguments = message["call"], decode(message["arguments"])
        if not (isinstance(number, int) and 0 <= number < len(functions) and isinstance(arguments, list)):
            raise NotReadable("No such function.")
    except (KeyError, NotReadable):
        return {"error": "the arguments are not numbers, text, or containers of them"}
    try:
        return {"value": encode(functions[number](*arguments))}
    except Exception as error:  # what a function of ours makes of arguments that it was not made for
        return {"error": in_one_line(error)}


def _reply(data: Any) -> Reply:
    """Only a reply whose fields have the types they should. Raises `TypeError` otherwise."""
    if not isinstance(data, dict) or set(data) != {field.name for field in fields(Reply)}:
        raise TypeError("not the fields of a reply")
    flags = (data["unfinished"], data["timed_out"], data["used_numeric_gradient"])
    texts = (data["printed"], data["error"] or "", *data["changed"])
    if not all(isinstance(flag, bool) for flag in flags) or not all(isinstance(text, str) for text in texts):
        raise TypeError("a field has another type")
    cut = {
        "error": data["error"] and data["error"][:ERROR_CHARACTERS],
        "changed": tuple(name[:ERROR_CHARACTERS] for name in data["changed"][:NAMES_MAX]),
        "printed": data["printed"][:PRINTED_AT_MOST],
    }
    return Reply(**{**data, **cut})


def _is_error(error: Any) -> bool:
    return (
        isinstance(error, dict)
        and isinstance(error.get("ename"), str)
        and isinstance(error.get("evalue"), str)
        and isinstance(error.get("traceback"), list)
        and all(isinstance(line, str) for line in error["traceback"])
    )


def _cut_error(error: Mapping[str, Any]) -> dict[str, Any]:
    lines = error["traceback"][-TRACEBACK_LINES:]
    return {
        "ename": error["ename"][:ERROR_CHARACTERS],
        "evalue": error["evalue"][:TRACEBACK_CHARACTERS],
        "traceback": [line[:TRACEBACK_CHARACTERS] for line in lines],
    }


def _cut(kind: str, content: dict[str, Any], left: int) -> dict[str, Any]:
    note = "\n… the rest of this cell's output was cut.\n"
    if kind == "error" and _is_error(content):
        return _cut_error(content)
    if kind == "stream" and isinstance(content.get("text"), str):
        return {**content, "text": content["text"][:left] + note}
    return {**content, "data": {"text/plain": "An output that was too large to keep."}, "metadata": {}}
