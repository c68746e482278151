"""Names the mistake behind a wrong reply, or says plainly that it was not recognised."""

from __future__ import annotations

import numpy as np

from autograder.gradients import relative_error
from autograder.misconceptions.catalogue import catalogue
from autograder.misconceptions.misconception import Misconception
from autograder.questions import Part, Probe, Question
from autograder.records import Finding, Reply

SAME = 1e-9
"""A reply is a prediction when they differ by less: far above the rounding of either, far below any two predictions."""


def recognise(question: Question, part: Part, reply: Reply, probe: Probe, seen: str = "") -> Finding:
    """The first misconception that fits.

    `reply` has failed an examination of `part` of `question` on `probe`; `seen` is what that examination said.
    """
    for misconception in catalogue():
        if _applies(misconception, question, part) and _fits(misconception, reply, probe):
            words = {"name": question.id, "gradient": question.id.removesuffix("_loop"), **probe.setting}
            words["takes"] = " and ".join(reply.changed) or " and ".join(probe.arguments)
            return Finding(
                misconception.slug, question.id, misconception.says.format(**words),
                misconception.try_next.format(**words),
            )  # fmt: skip
    return Finding(None, question.id, *_what_can_still_be_said(question, reply, probe, seen))


def _applies(misconception: Misconception, question: Question, part: Part) -> bool:
    if misconception.questions and question.id not in misconception.questions:
        return False
    if misconception.parts or part.name == "alone":
        return part.name in misconception.parts
    return True


def _fits(misconception: Misconception, reply: Reply, probe: Probe) -> bool:
    if misconception.matches is not None:
        return misconception.matches(reply, probe)
    value = reply.value
    if not isinstance(value, np.ndarray) or value.dtype.kind not in "iuf" or probe.gradient is None:
        return False
    predicted = misconception.predict(probe)
    # On some probes a mistake predicts the truth (a mean over N = 1): there it explains nothing.
    return _same(value, predicted) and not _same(predicted, probe.truth)


def _same(one: np.ndarray, other: np.ndarray) -> bool:
    return one.shape == other.shape and relative_error(one, other) < SAME


def _what_can_still_be_said(question: Question, reply: Reply, probe: Probe, seen: str) -> tuple[str, str]:
    if reply.error:
        return (
            f"The call stopped with {reply.error}",
            f"Call {question.asks_for} yourself on small arrays in a new cell, and print the shapes on the way.",
        )
    value = reply.value
    if not isinstance(value, np.ndarray) or probe.gradient is None:
        return (
            f"{seen[:1].upper()}{seen[1:]}.",
            question.try_next or f"Read the docstring of {question.asks_for} again.",
        )
    if value.shape != probe.truth.shape:
        return (
            f"Your answer has shape {value.shape}; the gradient has shape {probe.truth.shape}.",
            "A gradient always has the shape of its parameter: start from there.",
        )
    wrong = ~np.isclose(value, probe.truth, rtol=SAME, atol=SAME)
    return (
        f"{int(wrong.sum())} of {wrong.size} entries differ from the numeric gradient, in a way we do not recognise.",
        "Take N = 2, D = 2, C = 1 with small whole numbers, and compare one entry with a sum worked out on paper.",
    )
