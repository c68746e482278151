"""The record of one named mistake."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from autograder.questions import Probe
from autograder.records import Reply


@dataclass(frozen=True)
class Misconception:
    """One mistake that students make.

    Its wrong example, as a student would type it, stands in `sample_class/wrong_answers.py`: some of them are right
    but for one slip, so they are not shipped to students.
    """

    slug: str
    questions: tuple[str, ...]
    """Ids of the questions it can be seen in; empty for any question that returns an array."""
    says: str
    """What the student reads: an observation. May use {name}, {takes}, {N}, {D}, {C}; {error} where a call stopped."""
    try_next: str
    """One thing to try."""
    why: str
    """For the instructor: what we think happened, and why students do it."""
    heading: str
    """The heading of `lesson` that treats it."""
    lesson: str = "02_linear_layer"
    predict: Callable[[Probe], np.ndarray] | None = None
    """What a student with this mistake returns; from numeric gradients, never from a closed form."""
    matches: Callable[[Reply, Probe], bool] | None = None
    """For what no array predicts: a weaker relation, or how the call itself went. With neither it is recognised by
    the stages of the answer alone (`stages`)."""
    relation: bool = False
    """Whether it is tried last, when no mistake and no two of them explain what was returned."""
    of_the_whole: bool = False
    """Whether it can be told only of an answer that was right in all earlier parts: on few numbers much looks so."""
    explains_the_rest: bool = False
    """Whether nothing else that its question shows is worth telling beside it."""
    unless: tuple[str, ...] = ()
    """Not told where one of these is told of the same question: it explains this one, too."""
    parts: tuple[str, ...] = ()
    """Names of the parts it can be seen in; empty for any part but `alone`, which asks about the arguments only."""
