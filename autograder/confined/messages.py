"""The frames between the trusted side and a student's process: four bytes of length, then JSON.

The trusted side reads what may have been forged: a frame is bounded before it is read, and must be a JSON object.
"""

from __future__ import annotations

import contextlib
import json
import select
import signal
import socket
import struct
import threading
import time
from collections.abc import Collection, Iterator
from typing import Any

from autograder.errors import NotReadable

HEADER = struct.Struct(">I")

LONGEST = 64_000_000
"""Bytes of one frame: more than `wire.LARGEST`, which bounds an answer."""


CONTAINERS_MAX = 200_000
"""64 MB of empty lists would be gigabytes in memory. What is large in honest messages is base64, without brackets."""


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

    def send(self, message: Any, deadline: float | None = None) -> None:
        """Raises `Ended` when nobody is there, `Late` when nobody reads it until `deadline` (`time.monotonic`)."""
        data = json.dumps(message).encode()
        if len(data) > LONGEST:
            raise ValueError(f"{len(data):,} bytes are more than one message may have")
        with self.undisturbed(), self._sending:
            try:
                self._send(memoryview(HEADER.pack(len(data)) + data), deadline)
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
        """The next frame. Raises `Ended`, `Late` (what has arrived so far is kept), or `NotReadable`."""
        data = self._take(HEADER.size, deadline, keep=True)
        (length,) = HEADER.unpack(data)
        if length > LONGEST:
            raise NotReadable(f"A message of {length:,} bytes was announced.")
        data = self._take(HEADER.size + length, deadline)[HEADER.size :]
        self.received_bytes = length
        if data.count(b"[") + data.count(b"{") > CONTAINERS_MAX:
            raise NotReadable("A message holds more containers than any output or answer.")
        try:
            message = json.loads(data)
        except (ValueError, RecursionError) as error:
            raise NotReadable("A message is not JSON.") from error
        if not isinstance(message, dict):
            raise NotReadable("A message is not an object.")
        return message

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
        data = bytes(self._received[:count])
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
