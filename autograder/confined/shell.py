"""IPython's shell as a kernel has it, with a pipe where the kernel has sockets.

Made once in the warm server; each fork gives it the channel its messages go to. ipykernel's own classes make the
messages, so that outputs are a kernel's outputs. Nothing here is trusted: students can change all of it.
"""

from __future__ import annotations

import builtins
import getpass
import io
import os
import sys
import tempfile
from typing import Any

from ipykernel.compiler import XCachingCompiler
from ipykernel.jsonutil import json_clean
from ipykernel.zmqshell import ZMQInteractiveShell
from IPython.core.error import StdinNotImplementedError
from jupyter_client.session import Session
from traitlets.config import Config

from autograder.confined.messages import Channel

FLUSH_CHARACTERS = 64_000
STREAM_BYTES_MAX = 1_000_000
"""Of what one cell prints: nbgrader's `LimitOutput` keeps a tenth of it. The rest is dropped where it is printed."""


class PipeSession(Session):
    """Makes messages as a kernel's session does, and sends the output among them down the channel."""

    channel: Any = None

    def send(self, _stream: Any, msg_or_type: Any, content: Any = None, *args: Any, **kwargs: Any) -> Any:
        if isinstance(msg_or_type, dict):
            kind, content = msg_or_type["header"]["msg_type"], msg_or_type["content"]
        else:
            kind = msg_or_type
        self.channel.send({"output": kind, "content": json_clean(content)})
        return {}


class NotebookShell(ZMQInteractiveShell):
    """A kernel's shell without a kernel around it."""

    def enable_gui(self, gui: Any = None) -> None:
        """Pictures are drawn inline; there is no event loop to integrate."""
        if gui not in (None, "inline"):
            raise RuntimeError(f"There is no window to draw in: use `%matplotlib inline` in place of {gui}.")

    def _update_exit_now(self, change: Any) -> None:
        """`exit()` ends nothing: the cells that follow are graded, too."""


NotebookShell.__name__ = ZMQInteractiveShell.__name__
"""By which tqdm, pandas and plotly know that they are in a notebook."""


def make_shell() -> NotebookShell:
    """Before the fork: no thread, no file, nothing of the person who grades."""
    config = Config()
    config.HistoryManager.enabled = False
    config.InteractiveShell.autoawait = True
    # The kernel's compiler: the names it gives to cells stand in tracebacks and warnings.
    shell = NotebookShell.instance(config=config, user_ns={}, compiler_class=XCachingCompiler)
    session = PipeSession(key=b"")
    shell.displayhook.session = session
    shell.display_pub.session = session
    shell.displayhook.pub_socket = shell.display_pub.pub_socket = None
    shell.displayhook.topic = b"execute_result"
    return shell


def connect(shell: NotebookShell, channel: Channel) -> None:
    """After the fork: everything that is shown or printed goes down `channel`."""
    shell.displayhook.session.channel = channel
    sys.stdout, sys.stderr = _Stream(channel, "stdout"), _Stream(channel, "stderr")
    sys.stdout.other, sys.stderr.other = sys.stderr, sys.stdout
    sys.__stdout__, sys.__stderr__ = sys.stdout, sys.stderr
    sys.stdin = io.TextIOWrapper(io.BytesIO())
    builtins.input = getpass.getpass = _no_input


def _no_input(*_: Any, **__: Any) -> str:
    raise StdinNotImplementedError("raw_input was called, but this frontend does not support input requests.")


class _Stream(io.TextIOBase):
    """`sys.stdout` or `sys.stderr`: gathers what is printed and sends it when something else is to be shown."""

    encoding = "UTF-8"
    errors = "strict"
    other: _Stream

    def __init__(self, channel: Channel, name: str) -> None:
        super().__init__()
        self.channel = channel
        self.name = f"<{name}>"
        self._stream = name
        self._waiting: list[str] = []
        self._characters = 0
        self.left = STREAM_BYTES_MAX

    def write(self, text: str) -> int:
        if not isinstance(text, str):
            raise TypeError(f"write() argument must be str, not {type(text)}")
        if self.other._waiting:
            self.other.flush()
        if self.left > 0:
            self._waiting.append(text[: self.left])
            self._characters += len(text)
            self.left -= len(text)
            if self._characters > FLUSH_CHARACTERS:
                self.flush()
        return len(text)

    def flush(self) -> None:
        if self._waiting:
            text, self._waiting, self._characters = "".join(self._waiting), [], 0
            self.channel.send({"output": "stream", "content": {"name": self._stream, "text": text}})

    def fileno(self) -> int:
        return 1 if self._stream == "stdout" else 2

    def writable(self) -> bool:
        return True

    def isatty(self) -> bool:
        return False


class Descriptors:
    """What is written to file descriptors 1 and 2 past Python, by C code for instance: shown after the cell."""

    def __init__(self, folder: str) -> None:
        self._files = {}
        for descriptor, name in ((1, "stdout"), (2, "stderr")):
            file = tempfile.TemporaryFile(dir=folder, mode="ab+", buffering=0)  # noqa: SIM115
            os.dup2(file.fileno(), descriptor)
            self._files[name] = file

    def numbers(self) -> list[int]:
        return [file.fileno() for file in self._files.values()]

    def show(self, channel: Channel) -> None:
        for name, file in self._files.items():
            size = os.fstat(file.fileno()).st_size
            if size:
                data = os.pread(file.fileno(), STREAM_BYTES_MAX, 0)
                os.ftruncate(file.fileno(), 0)
                content = {"name": name, "text": data.decode(errors="replace")}
                channel.send({"output": "stream", "content": content})
