"""What the answers to all parts of a question say together, where each by itself is a mere yes or no.

Called by `verdicts` when every part has been asked. What `recognise` told of each stands where this says nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from autograder.misconceptions import checker, comparison
from autograder.misconceptions.recognise import told_of
from autograder.misconceptions.stages import explained, same
from autograder.misconceptions.stages_of_checker import WAY
from autograder.questions import Part, Probe, Question
from autograder.records import Finding, Reply

OF_THE_ANSWERS = {one.slug for one in (*checker.MISCONCEPTIONS, *comparison.MISCONCEPTIONS)}
"""Names for what answers look like, whatever is behind it."""


@dataclass(frozen=True)
class Asked:
    """One part, what came back, and what was told of it."""

    part: Part
    probe: Probe
    reply: Reply
    passed: bool
    findings: tuple[Finding, ...]


def together(question: Question, asked: Sequence[Asked]) -> tuple[Finding, ...]:
    """One slip, or two, that give all the answers, and beside them what was told of how f was asked.

    () where nothing gives them, where several do, or where an answer is neither yes nor no.
    """
    if question.id not in WAY.questions or all(one.passed for one in asked):
        return ()
    answers = [_answers(one) for one in asked]
    if None in answers:
        return ()
    whole = Probe({}, None, {"cases": [case for one in asked for case in one.probe.setting["cases"]]})
    given = [answer for row in answers for answer in row]
    without_a_slip = [outcome for _, outcome in WAY.outcomes(whole, 0)]
    if not without_a_slip or same(given, without_a_slip[0]):
        return ()  # it does not measure as the lesson does, or that is all that is wrong with it
    slips, all_of_it = explained(WAY, WAY.parts[0], given, whole, ())
    words = {"name": question.id, "size": _size_misjudged(asked)}
    if not all_of_it or (words["size"] is None and any(slip.slug == "absolute_tolerance" for slip in slips)):
        return ()
    found = told_of(question, slips, words)
    named = {one.misconception for one in found}
    return (*found, *(one for one in _of_the_measuring(asked, without_a_slip[0]) if one.misconception not in named))


def _answers(asked: Asked) -> list[bool] | None:
    """To raise is to say no, where shapes differ: nothing can be compared there."""
    value, cases = asked.reply.value, asked.probe.setting.get("cases", ())
    if not isinstance(value, list) or len(value) != len(cases):
        return None
    raised = [isinstance(one, str) and case.analytic.shape != case.terrain.x.shape
              for one, case in zip(value, cases, strict=True)]  # fmt: skip
    answers = [False if no else one for one, no in zip(value, raised, strict=True)]
    return answers if all(isinstance(one, bool) for one in answers) else None


def _size_misjudged(asked: Sequence[Asked]) -> str | None:
    sizes = (one.probe.setting["size"] for one in asked if one.part.name in ("faint", "huge") and not one.passed)
    return next(sizes, None)


def _of_the_measuring(asked: Sequence[Asked], without_a_slip: Sequence[bool]) -> list[Finding]:
    """What was told of parts that a checker which measures like this fails with no slip in it, and of x itself."""
    kept, place = [], 0
    for one in asked:
        right = one.probe.truth
        measured_well = list(without_a_slip[place : place + len(right)]) == list(right)
        place += len(right)
        kept += [
            finding
            for finding in one.findings
            if finding.misconception and (not measured_well or finding.misconception not in OF_THE_ANSWERS)
        ]
    return kept
