"""`check`: a question run on the functions in this notebook, shown as a card.

What the card shows is for the student. A grader asks the same question again, with inputs of its own.
"""

from __future__ import annotations

import os
import secrets
from functools import partial
from typing import Any

from autograder.card import Card
from autograder.live import ask_live
from autograder.questions import find
from autograder.records import Verdict
from autograder.verdicts import could_not_check, in_order, judge, seed_from

_last: dict[str, tuple[Any, Verdict]] = {}
"""What each question was last asked of in this notebook, and what came of it: of the same function or class, a later
card may be an echo."""


def check(question: str, answer: Any, *, seed: int | None = None) -> Card:
    """Ask `question` of `answer` and show what came back.

    `question`: its id, such as `"dW"`. `answer`: the function you wrote.
    `seed`: draws the same inputs again; by default they are new each time (or drawn from the environment variable
    AUTOGRADER_SEED, so that a notebook's run can be repeated).
    Whatever the function does, the result is a card: its text is the number of points, which nbgrader reads.
    Raises `UnknownQuestion` when no question has this id.
    """
    asked = find(question)
    try:
        verdict = judge(asked, partial(ask_live, answer), _seed() if seed is None else seed)
        verdict = in_order(verdict, {name: one for name, (of, one) in _last.items() if of is answer})
        _last[question] = answer, verdict
        return Card(verdict)
    except Exception:
        # Nothing of ours may end in a traceback under a student's cell.
        return Card(could_not_check(asked))


def _seed() -> int:
    """From the text of AUTOGRADER_SEED, whatever it is, or a fresh one."""
    given = os.environ.get("AUTOGRADER_SEED")
    return seed_from(given) if given else secrets.randbits(64)
