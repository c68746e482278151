"""The frames between the trusted side and a student's process: four bytes of length, then JSON. A message that says
of how many bytes its large arrays are is followed by these bytes.

The trusted side reads what may have been forged: a frame is bounded before it is read, and must be a JSON object.
"""

from __future__ import annotations

import contextlib
import itertools
import json
import select
import signal
import socket
import struct
import threading
import time
from collections.abc import Collection, Iterator, Sequence
from typing import Any

from autograder.errors import NotReadable

HEADER = struct.Struct(">I")

LONGEST = 64_000_000
"""Bytes of one frame: more than `wire.LARGEST`, which bounds an answer."""


CONTAINERS_MAX = 200_000
"""64 MB of empty lists would be gigabytes in memory. What is large in honest messages is base64, without brackets."""


BESIDE_MAX = 1000
"""Arrays of one message. An answer has a dozen."""


class Ended(Exception):
    """The other side is gone."""


class Late(Exception):
    """Nothing complete arrived in time."""


class Channel:
    """One end of a connection. Frames may be sent from several threads; one thread receives."""

    def __init__(self, connection: socket.socket, undisturbed_by: Collection[int] = ()) -> None:
        """`undisturbed_by`: signals whose handlers may raise; half a frame would be the end of the conversation."""
        self.socket = connection
        self.undisturbed_by = undisturbed_by
        self.received_bytes = 0
        """Of the last frame."""
        self._sending = threading.Lock()
        self._received = bytearray()
        self._half: tuple[dict[str, Any], list[int]] | None = None
        """A message whose arrays have not arrived yet."""

    def send(self, message: Any, deadline: float | None = None, beside: Sequence[bytes] = ()) -> None:
        """Raises `Ended` when nobody is there, `Late` when nobody reads it until `deadline` (`time.monotonic`).

        `beside`: what the other side finds as bytes in `message["beside"]`.
        """
        if beside:
            message = {**message, "beside": [len(one) for one in beside]}
        data = json.dumps(message).encode()
        if (size := len(data) + sum(map(len, beside))) > LONGEST:
            raise ValueError(f"{size:,} bytes are more than one message may have")
        with self.undisturbed(), self._sending:
            try:
                for part in (HEADER.pack(len(data)) + data, *beside):
                    self._send(memoryview(part), deadline)
            except (BrokenPipeError, ConnectionError) as error:
                raise Ended from error

    @contextlib.contextmanager
    def undisturbed(self) -> Iterator[None]:
        before = signal.pthread_sigmask(signal.SIG_BLOCK, self.undisturbed_by)
        try:
            yield
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)

    def _send(self, data: memoryview, deadline: float | None) -> None:
        if deadline is None:
            self.socket.sendall(data)
            return
        while data:
            _wait(self.socket, select.POLLOUT, deadline)
            try:
                data = data[self.socket.send(data, socket.MSG_DONTWAIT) :]
            except BlockingIOError:
                continue

    def receive(self, deadline: float | None = None) -> dict[str, Any]:
        """The next message. Raises `Ended`, `Late` (what has arrived so far is kept), or `NotReadable`."""
        if self._half is None:
            self._half = self._read_text(deadline)
        message, sizes = self._half
        data = memoryview(self._take(sum(sizes), deadline))
        self._half = None
        if sizes:
            ends = list(itertools.accumulate(sizes))
            message["beside"] = [bytes(data[end - size : end]) for size, end in zip(sizes, ends, strict=True)]
        return message

    def _read_text(self, deadline: float | None) -> tuple[dict[str, Any], list[int]]:
        """A message, and how many bytes each of its large arrays has, which follow."""
        data = self._take(HEADER.size, deadline, keep=True)
        (length,) = HEADER.unpack(data)
        if length > LONGEST:
            raise NotReadable(f"A message of {length:,} bytes was announced.")
        data = self._take(HEADER.size + length, deadline)[HEADER.size :]
        if data.count(b"[") + data.count(b"{") > CONTAINERS_MAX:
            raise NotReadable("A message holds more containers than any output or answer.")
        try:
            message = json.loads(data)
        except (ValueError, RecursionError) as error:
            raise NotReadable("A message is not JSON.") from error
        if not isinstance(message, dict):
            raise NotReadable("A message is not an object.")
        sizes = message.pop("beside", [])
        if not isinstance(sizes, list) or not all(type(size) is int and size >= 0 for size in sizes):
            raise NotReadable("What comes beside a message has no size.")
        self.received_bytes = length + sum(sizes)
        if self.received_bytes > LONGEST or len(sizes) > BESIDE_MAX:
            raise NotReadable(f"A message of {self.received_bytes:,} bytes was announced.")
        return message, sizes

    def _take(self, count: int, deadline: float | None, keep: bool = False) -> bytes:
        while len(self._received) < count:
            if deadline is not None:
                _wait(self.socket, select.POLLIN, deadline)
            try:
                data = self.socket.recv(min(1 << 20, max(1 << 16, count - len(self._received))))
            except ConnectionError as error:
                raise Ended from error
            if not data:
                raise Ended
            self._received += data
        with memoryview(self._received) as received:
            data = bytes(received[:count])
        if not keep:
            del self._received[:count]
        return data

    def close(self) -> None:
        self.socket.close()


def _wait(connection: socket.socket, event: int, deadline: float) -> None:
    poll = select.poll()
    poll.register(connection, event)
    if not poll.poll(max(0.0, deadline - time.monotonic()) * 1000):
        raise Late
