"""Asks a function that lives in this process, and brings back data whatever it does.

Used by `checking` in the student's own notebook. Nothing here is a defence against a student who wants to cheat in
their own process: it turns accidents into sentences.
"""

from __future__ import annotations

import _thread
import contextlib
import copy
import io
import signal
import threading
import warnings
from collections.abc import Iterator, Mapping
from functools import partial
from pkgutil import resolve_name
from typing import Any

import numpy as np

from autograder.gradients import numeric_gradient_calls
from autograder.records import Reply

PRINTED_AT_MOST = 2_000
"""Characters of what a call prints that are kept."""

DEEPEST = 6
"""Levels of containers in containers that are still data."""


class TimeLimit(BaseException):
    """Raised inside the student's code when its time is up. Not an Exception, so that `except Exception` lets it by."""


class NotData(Exception):
    """The function returned something that is not numbers, text, or containers of them."""


def ask_live(answer: Any, arguments: Mapping[str, Any], timeout_seconds: float, through: str | None = None) -> Reply:
    """Call `answer` with copies of `arguments`, in order; an `answer` that is no function is its own reply.

    With `through` (`module:function`) that function is called instead, with the answer before the arguments.

    Never raises for what the student's code does, except for an interrupt by the person at the keyboard.
    """
    if through is not None:
        answer = partial(resolve_name(through), answer)
    elif not callable(answer):
        return _reply(answer)
    given = copy.deepcopy(list(arguments.values()))
    written = io.StringIO()
    calls = [0]
    token = numeric_gradient_calls.set(calls)
    try:
        with contextlib.redirect_stdout(written), contextlib.redirect_stderr(written), warnings.catch_warnings():
            warnings.simplefilter("default")
            with time_limit(timeout_seconds):
                value = answer(*given)
        reply = _reply(value)
    except TimeLimit:
        reply = Reply(timed_out=True)
    except NotImplementedError:
        reply = Reply(unfinished=True)
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # SystemExit too: a card, not the end of the kernel
        reply = Reply(error=in_one_line(error))
    finally:
        numeric_gradient_calls.reset(token)
    changed = tuple(
        name for (name, before), after in zip(arguments.items(), given, strict=True) if not _equal(before, after)
    )
    return Reply(
        reply.value, reply.error, reply.unfinished, reply.timed_out, changed,
        written.getvalue()[:PRINTED_AT_MOST], calls[0] > 0,
    )  # fmt: skip


def _reply(value: Any) -> Reply:
    try:
        return Reply(value=as_data(value))
    except NotData as error:
        return Reply(error=str(error))


def as_data(value: Any, depth: int = 0) -> Any:
    """A copy of `value` made of plain numbers, text, containers and numeric arrays. Raises `NotData` otherwise."""
    if depth > DEEPEST:
        raise NotData("TypeError: containers nested too deeply were returned")
    if isinstance(value, np.generic):
        value = value.item()  # before the next line: np.float64 is a float, too
    if value is None or isinstance(value, bool | int | float | complex | str):
        return value
    if isinstance(value, np.ndarray):
        if value.dtype.kind not in "biufc":
            raise NotData(f"TypeError: an array of dtype {value.dtype} was returned, not of numbers")
        return np.array(value, subok=False)
    if isinstance(value, list | tuple | set | frozenset):
        kind = next(kind for kind in (list, tuple, set, frozenset) if isinstance(value, kind))
        return kind(as_data(entry, depth + 1) for entry in value)
    if isinstance(value, dict):
        return {as_data(key, depth + 1): as_data(entry, depth + 1) for key, entry in value.items()}
    raise NotData(f"TypeError: an object of type {type(value).__name__} was returned")


@contextlib.contextmanager
def time_limit(seconds: float) -> Iterator[None]:
    """Raise `TimeLimit` in the main thread after `seconds`, and again every half second if it is swallowed."""
    if threading.current_thread() is not threading.main_thread():
        yield  # a signal reaches the main thread only; the cell's own limit still holds
        return
    if not hasattr(signal, "setitimer"):
        with _interrupt_after(seconds):
            yield
        return

    def ring(signum, frame):
        raise TimeLimit

    before = signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, seconds, 0.5)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


@contextlib.contextmanager
def _interrupt_after(seconds: float) -> Iterator[None]:
    """For Windows, which has no interval timer: the interrupt that Ctrl-C would send, told apart by a flag.

    A browser has no threads either, so there is no limit: an endless loop ends with its kernel.
    """
    rung = threading.Event()

    def ring():
        rung.set()
        _thread.interrupt_main()

    timer = threading.Timer(seconds, ring)
    timer.daemon = True
    with contextlib.suppress(RuntimeError):  # can't start new thread
        timer.start()
    try:
        yield
    except KeyboardInterrupt:
        if rung.is_set():
            raise TimeLimit from None
        raise
    finally:
        timer.cancel()


def _equal(before: Any, after: Any) -> bool:
    if callable(before):
        return True
    if isinstance(before, np.ndarray):
        # The same array object was handed over: shape and dtype can have been changed in place too.
        return (
            isinstance(after, np.ndarray)
            and before.shape == after.shape
            and before.dtype == after.dtype
            and bool(np.array_equal(before, after, equal_nan=True))
        )
    return bool(before == after)


def in_one_line(error: BaseException) -> str:
    first_line = (str(error).strip().splitlines() or [""])[0][:300]
    return f"{type(error).__name__}: {first_line}" if first_line else type(error).__name__
