"""The student's side: runs cells and answers questions in the fork, as the trusted side tells it to. Decides nothing.

Student code shares this process and can change whatever stands here. All it can reach by that is its own answers.
"""

from __future__ import annotations

import gc
import os
import random
import signal
import sys
from collections.abc import Callable
from typing import Any

import numpy as np
from matplotlib import font_manager

from autograder.answering import answer
from autograder.confined.messages import Channel, Ended
from autograder.confined.shell import STREAM_BYTES_MAX, Descriptors, NotebookShell, connect
from autograder.wire import decode, encode

DESCRIPTORS_MAX = 1024
"""Those beyond are kept through a fork; a shell gives no more by default."""

_kept: list[Any] = []
"""What owns descriptors that a fork has closed: were it collected, it would close what got their numbers since."""

_random_state: Any = None
"""When this process began to serve. Python seeds `random` anew in every fork; NumPy does not."""


def live(channel: Channel, shell: NotebookShell, folder: str, begun: bool = False) -> str | None:
    """Until the trusted side hangs up, or wants forks of what has been run: returns the address to serve at.

    In the fork, already confined. `begun`: the notebook's first cells were run before the fork.
    """
    global _random_state
    if begun:
        random.setstate(_random_state)
    else:
        random.seed()
        np.random.seed()
        sys.argv = ["ipykernel_launcher.py"]
        sys.path.insert(0, "")  # the notebook's own folder, as in a kernel
    descriptors = Descriptors(folder)
    connect(shell, channel)
    _kept.extend((channel, descriptors))
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    channel.send({"ready": True})
    while True:
        try:
            request = channel.receive()
        except Ended:
            return None
        if request.get("do") == "serve":
            if (because := _not_to_be_forked(folder, {channel.socket.fileno(), *descriptors.numbers()})) is None:
                _random_state = random.getstate()
                return request["address"]
            channel.send({"serving": False, "because": because})
        if request.get("do") == "run":
            channel.send(_run(channel, shell, request["source"], request["cell_id"], descriptors))
        elif request.get("do") == "ask":  # else what a call was to return that was given up meanwhile
            text, beside = _answer(channel, shell, request)
            channel.send({"to": request["number"], "answer": text}, beside=beside)


def _not_to_be_forked(folder: str, ours: set[int]) -> str | None:
    """What the cells have left that a fork would miss, or that differs from student to student; None: nothing."""
    font_manager._get_font.cache_clear()  # fonts are open files, and are opened again
    gc.collect()
    if len(os.listdir("/proc/self/task")) > 1:
        return "a thread is running"
    if any(_is_open(descriptor) for descriptor in range(3, DESCRIPTORS_MAX) if descriptor not in ours):
        return "a file or a connection is open"
    for name, module in list(sys.modules.items()):
        if str(getattr(module, "__file__", None) or "").startswith((folder, "./")):
            return f"the module {name} is a file beside the notebook"
    return None


def _is_open(descriptor: int) -> bool:
    try:
        os.fstat(descriptor)
    except OSError:
        return False
    return True


def _run(
    channel: Channel, shell: NotebookShell, source: str, cell_id: str | None, descriptors: Descriptors
) -> dict[str, Any]:
    """One cell, as ipykernel's `do_execute` runs it. What it shows goes down the channel meanwhile."""
    number = shell.execution_count
    sys.stdout.left = sys.stderr.left = STREAM_BYTES_MAX
    signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        result = shell.run_cell(source, store_history=True, silent=False, cell_id=cell_id)
        failed = result.error_before_exec or result.error_in_exec
    except KeyboardInterrupt as interrupt:  # it came between two lines of IPython's own
        failed = interrupt
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    sys.stdout.flush()
    sys.stderr.flush()
    descriptors.show(channel)
    shell.payload_manager.clear_payload()
    done: dict[str, Any] = {"done": number}
    if failed is not None:
        traceback = [str(line) for line in shell._last_traceback or []]
        done["error"] = {"ename": type(failed).__name__, "evalue": str(failed), "traceback": traceback}
    return done


def _answer(channel: Channel, shell: NotebookShell, request: dict[str, Any]) -> tuple[str, list[bytes]]:
    """The reply of what the expression stands for in the notebook, encoded, and its large arrays."""

    def found() -> Any:
        return eval(request["expression"], shell.user_global_ns, shell.user_ns)

    def call(number: int) -> Callable[..., Any]:
        return lambda *arguments: _call(channel, request["number"], number, arguments)

    beside = request.get("beside", ())
    return answer(found, request["arguments"], request["seconds"], request["through"], call, beside)


def _call(channel: Channel, question: int, number: int, arguments: tuple[Any, ...]) -> Any:
    """A function of the question's, which is run on the trusted side."""
    with channel.undisturbed():
        channel.send({"to": question, "call": number, "arguments": encode(list(arguments))})
        returned = channel.receive()
    if "error" in returned:
        raise ValueError(returned["error"])
    return decode(returned["value"])


def leave() -> None:
    """Without clean-up: at-exit handlers and threads are a student's, and nobody waits for them."""
    os._exit(0)
