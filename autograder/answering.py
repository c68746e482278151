"""The other end of a question that is asked from outside: runs in the student's process, decides nothing.

A student can patch all of it. What comes back is an answer all the same, and is judged as one.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict
from typing import Any

from autograder.live import ask_live, in_one_line
from autograder.records import Reply
from autograder.wire import decode, encode


def answer(
    find: Callable[[], Any],
    arguments: str,
    timeout_seconds: float,
    through: str | None,
    function: Callable[[int], Callable[..., Any]],
    beside: Sequence[bytes],
) -> tuple[str, list[bytes]]:
    """The reply of what `find()` finds in the notebook, called with the encoded `arguments`; encoded in turn.

    `function(place)`: what stands in for a function among the arguments. `beside`: large arrays among them; those of
    the reply come second.
    """
    try:
        found = find()
    except Exception as error:  # a name that the notebook never defined
        return encode(asdict(Reply(error=in_one_line(error)))), []
    arrays: list[bytes] = []
    reply = ask_live(found, decode(arguments, function, beside), timeout_seconds, through)
    return encode(asdict(reply), beside=arrays), arrays
