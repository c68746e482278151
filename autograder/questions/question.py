"""The shape of a question: small parts that fail apart, each worth its share."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from autograder.records import Reply


@dataclass(frozen=True)
class Probe:
    """One call of the student's function: what it is given, and what a right answer would return."""

    arguments: Mapping[str, Any]
    """In the order of the signature. Passed by position, so a student may rename them. Data, or functions of ours that
    the student's code is to call: those are run on the grader's side, with data in and data out."""
    truth: Any
    """The numeric gradient, or the right answer of a drill. Measured, never a closed form."""
    setting: Mapping[str, Any] = field(default_factory=dict)
    """Everything the arguments were drawn with; what a misconception predicts from."""
    gradient: Callable[[np.ndarray], np.ndarray] | None = None
    """The numeric gradient under another upstream gradient, of the shape of `setting["dY"]`."""
    notes: tuple[list, ...] = ()
    """What the functions among the arguments write down of their calls. Emptied before each asking: a class is asked
    the same probe, and nobody is to be told of a neighbour's calls."""


@dataclass(frozen=True)
class Seen:
    """What an examination of one reply saw."""

    passed: bool
    says: str
    """One line: the aligned row of a gradient, or an observation."""
    share: float | None = None
    """Between 0 and 1 where a part can be half right; None means all or nothing."""


@dataclass(frozen=True)
class Part:
    """One small thing a question asks."""

    name: str
    title: str
    """As the student reads it on the card."""
    points: float
    draw: Callable[[np.random.Generator], Probe]
    examine: Callable[[Reply, Probe], Seen]
    timeout_seconds: float = 5.0
    through: str | None = None
    """`module:function` of this package that uses what the student wrote, where calling it is not enough: it gets the
    answer (a class, say) and the arguments, and returns data. It runs beside the student's code, so what it returns is
    an answer like any other."""


@dataclass(frozen=True)
class Question:
    """What one graded cell asks."""

    id: str
    assignment: str
    asks_for: str
    """What the student writes, as it stands in the lesson: `dW(X, dY)`."""
    parts: tuple[Part, ...]
    try_next: str = ""
    """What to try when a wrong answer is not recognised."""
    follows: tuple[str, ...] = ()
    """Ids of the questions whose mistakes reach this one."""
    called: str = ""
    """What students call what they wrote, where that is not the id."""
    echoes: Callable[[Reply, Probe], tuple[str, ...]] | None = None
    """Of a reply that was wrong: what else in it is wrong for the same reason, by measurement."""

    @property
    def points(self) -> float:
        return sum(part.points for part in self.parts)
