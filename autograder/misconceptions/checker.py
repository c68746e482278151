"""Mistakes in a gradient checker: what kind of answer it gives, and how it measures. What it compares: `comparison`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

import numpy as np

from autograder.misconceptions.misconception import Misconception
from autograder.misconceptions.movements import largest_step, never_moves, one_sided, skips_entries
from autograder.questions import Probe
from autograder.questions.bug_hunt import QUESTIONS, false_alarms_in, missed_in
from autograder.questions.terrain import displacements
from autograder.records import Reply

CHECKER = tuple(question.id for question in QUESTIONS)
PARTS = tuple(part.name for question in QUESTIONS for part in question.parts)

CHECK, FAR, KINKS = "A checker of your own", "How far apart is far?", "Kinks"
STEP, LAMBDA = "How small a step?", "The lambda that ignores its argument"

TOO_WIDE, TOO_NARROW = 2e-3, 2e-9
"""Steps beyond which truncation, or rounding, passes 1e-6 on the functions drawn here."""

MOST = 0.75
"""Of a checker's answers, for it to be called inverted."""

PLAINLY_WRONG = ("vector", "matrix", "factor", "one_entry")
"""Parts where nothing but an answer turned round explains True of the wrong and False of the right: -a has passed a
checker that adds, and 0 one that measures nothing."""

ODD = ("flat", "mask", "tiny_entry", "huge", "kink")
"""Parts whose right gradients have a reason of their own to look wrong."""


def movements(probe: Probe) -> list[Sequence[np.ndarray]]:
    """The displacements of each function of ours that the probe handed out and that was called."""
    terrains = [case.terrain for case in probe.setting.get("cases", ())]
    terrains += [probe.setting["terrain"]] if "terrain" in probe.setting else []
    return [moves for terrain in terrains if (moves := displacements(terrain))]


def _answers(reply: Reply) -> list:
    return reply.value if isinstance(reply.value, list) else []


def _inverted(reply: Reply, probe: Probe) -> bool:
    """Most of the answers: nan compares as False, whichever way round, and 0 with 0 as equal."""
    pairs = list(zip(_answers(reply), probe.truth, strict=True)) if _answers(reply) else []
    turned = [right for answer, right in pairs if answer is (not right)]
    inverted, both = len(turned), set(turned) == set(probe.truth)
    return bool(pairs) and both and inverted >= MOST * len(pairs)


def missed(reply: Reply, probe: Probe) -> bool:
    return bool(missed_in(reply, probe))


def alarmed(reply: Reply, probe: Probe) -> bool:
    """A right gradient was called wrong, and no wrong one right."""
    return bool(false_alarms_in(reply, probe)) and not missed_in(reply, probe)


def _alarmed_by(moved: Callable[[Sequence[np.ndarray]], bool]) -> Callable[[Reply, Probe], bool]:
    return lambda reply, probe: alarmed(reply, probe) and any(map(moved, movements(probe)))


def either(reply: Reply, probe: Probe) -> bool:
    return missed(reply, probe) or alarmed(reply, probe)


named = partial(Misconception, questions=CHECKER, lesson="04_gradient_check")

MISCONCEPTIONS = (
    named(
        "error_returned",
        says="Your checker returned a number; True or False was asked for.",
        try_next="Compare the error with a tolerance, and return the outcome of the comparison.",
        why="Most libraries return the relative error and leave the judgement to the reader.",
        heading=CHECK,
        matches=lambda reply, probe: any(isinstance(answer, float) for answer in _answers(reply)),
    ),
    named(
        "no_answer_returned",
        says="Your checker returned nothing (None).",
        try_next="End it with `return`; a checker that prints its opinion cannot be asked.",
        why="`print` in place of `return`, or a branch without one.",
        heading=CHECK,
        matches=lambda reply, probe: any(answer is None for answer in _answers(reply)),
    ),
    named(
        "asserts_inside",
        says="Your checker raises an AssertionError where it should return False.",
        try_next="Turn `assert error < tolerance` into `return error < tolerance`.",
        why="Tests assert; a checker answers.",
        heading=CHECK,
        matches=lambda reply, probe: any("raised AssertionError" in str(answer) for answer in _answers(reply)),
    ),
    named(
        "nothing_measured",
        says="Your checker never called f: it answered without measuring.",
        try_next="Measure the gradient of f at x with your numeric_gradient, and compare.",
        why="A constant answer, or a comparison of analytic with itself.",
        heading=CHECK,
        matches=lambda reply, probe: either(reply, probe) and not movements(probe),
    ),
    named(
        "verdict_inverted",
        says="Your checker says True of wrong gradients and False of right ones.",
        try_next="True stands for: this gradient is right.",
        why="The function was read as 'is there a bug?'.",
        heading=CHECK,
        matches=_inverted,
        parts=PLAINLY_WRONG,
        explains_the_rest=True,
    ),
    named(
        "original_asked_again",
        says="Each time f was called, its argument was x itself: nothing had moved, and every measured slope was 0.",
        try_next="Which array did you change, and which one did you hand to f? `ravel` makes a copy when it has to.",
        why="A copy is perturbed and the original handed over.",
        heading=LAMBDA,
        matches=lambda reply, probe: any(map(never_moves, movements(probe))),
    ),
    named(
        "some_entries_unchecked",
        says="Your checker moved some entries of x and never the others.",
        try_next="A bug can sit in a single entry: give each its turn.",
        why="Only the first entry or the first row is compared, to save time.",
        heading=CHECK,
        matches=lambda reply, probe: missed(reply, probe) and any(map(skips_entries, movements(probe))),
    ),
    named(
        "step_too_wide",
        says="Your checker calls right gradients wrong; it takes steps of more than 0.002.",
        try_next="Look at the U again: on which side of its bottom is your step?",
        why="The truncation error grows with h².",
        heading=STEP,
        matches=_alarmed_by(lambda moves: largest_step(moves) > TOO_WIDE),
    ),
    named(
        "step_too_narrow",
        says="Your checker calls right gradients wrong; it takes steps of less than 2e-9.",
        try_next="Look at the U again: on which side of its bottom is your step?",
        why="'As small as possible' is the limit on paper; in floating point the rounding error grows as 1/h.",
        heading=STEP,
        matches=_alarmed_by(lambda moves: 0 < largest_step(moves) < TOO_NARROW),
    ),
    named(
        "one_sided_check",
        says="Your checker calls right gradients wrong; it moves each entry to one side only.",
        try_next="Use the centred difference: its error shrinks with h², not with h.",
        why="One call fewer, and thousands of times the error.",
        heading=STEP,
        matches=_alarmed_by(one_sided),
    ),
    named(
        "kink_crossed",
        says="Your checker's step reaches across a kink 3e-6 away; what it measures there is no slope of f.",
        try_next="A smaller step crosses fewer kinks. How much smaller can it be before rounding shows?",
        why="A step of 1e-5 is usual and usually fine.",
        heading=KINKS,
        matches=alarmed,
        parts=("kink",),
        unless=("right_called_wrong",),
    ),
    named(
        "zero_over_zero",
        says="Where the gradient is exactly 0 your checker calls a right gradient wrong.",
        try_next="Print the relative error for two zeros. What should it be?",
        why="0/0 is nan, and nan passes no comparison.",
        heading=FAR,
        matches=alarmed,
        parts=("flat", "mask"),
        unless=("right_called_wrong",),
    ),
    named(
        "entry_by_entry",
        says="One right entry, a billion times smaller than the others, made your checker call the gradient wrong.",
        try_next="Hold the difference against the largest entry, not each against its own.",
        why="The noise of the measurement is the same for all entries, so a tiny one drowns in it.",
        heading=FAR,
        matches=alarmed,
        parts=("tiny_entry",),
        unless=("right_called_wrong",),
    ),
)
