"""Turns replies into a verdict. The same for a student's notebook and for grading: only `ask` differs.

Called by `checking` with the student's live function; the grader calls it with a proxy of the same function.
"""

from __future__ import annotations

import hashlib
import logging
import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from autograder.first_cause import in_light_of
from autograder.misconceptions import Asked, catalogue, recognise, together
from autograder.questions import Part, Probe, Question, Seen, find
from autograder.records import Finding, Outcome, PartVerdict, Reply, Verdict

Ask = Callable[[Mapping[str, Any], float, str | None], Reply]
"""Given the arguments, a limit in seconds and what to ask through (`Part.through`), what the student's code replied."""

log = logging.getLogger(__name__)


def judge(question: Question, ask: Ask, seed: int, drawn: dict[tuple[str, int, int], Probe] | None = None) -> Verdict:
    """Ask every part of `question` with inputs drawn from `seed`, and judge what comes back.

    `drawn` keeps what was drawn, for a class that is asked with one seed: measuring the truth takes longer than asking.
    A fault of ours never costs a mark: a part that cannot be drawn or examined makes the verdict "could not check".
    """
    parts: list[PartVerdict] = []
    findings: list[Finding] = []
    observed = expected = None
    printed = ""
    stopped: Reply | None = None
    asked: list[Asked] = []
    errors: set[str] = set()
    for number, part in enumerate(question.parts):
        if stopped is not None:
            parts.append(_not_asked(part, stopped))
            continue
        try:
            probe = _draw(question, number, seed, {} if drawn is None else drawn)
            for note in probe.notes:
                note.clear()
            reply = ask(probe.arguments, part.timeout_seconds, part.through)
            seen = _look(part, reply, probe, errors)
            named = [one.misconception for one in findings]
            found = () if seen.passed else recognise(question, part, reply, probe, seen.says, named)
            if found and question.echoes is not None:
                found = (replace(found[0], also_seen_in=question.echoes(reply, probe)), *found[1:])
        except Exception:
            log.exception("Could not check part %s of %s", part.name, question.id)
            return could_not_check(question)
        parts.append(_part_verdict(part, seen))
        asked.append(Asked(part, probe, reply, seen.passed, found))
        printed = printed or reply.printed
        if found:
            findings.extend(found)
            if observed is None and _same_shape(reply.value, probe.truth):
                observed, expected = reply.value, probe.truth
        if reply.unfinished or reply.used_numeric_gradient or (reply.timed_out and number == 0):
            stopped = reply
        elif reply.error is not None:
            errors.add(reply.error.split(":")[0])
    score = round(sum(part.score for part in parts), 4)
    passed = all(part.outcome is Outcome.PASSED for part in parts)
    return Verdict(
        question.id, Outcome.PASSED if passed else Outcome.FAILED, score, question.points,
        tuple(parts), _told(question, asked), observed, expected, printed,
    )  # fmt: skip


def _draw(question: Question, number: int, seed: int, drawn: dict[tuple[str, int, int], Probe]) -> Probe:
    key = (question.id, number, seed)
    if key not in drawn:
        # One stream of numbers per part: adding a part changes the inputs of no other.
        rng = np.random.default_rng([seed, zlib.crc32(question.id.encode()), number])
        drawn[key] = question.parts[number].draw(rng)
    return drawn[key]


def seed_from(text: str) -> int:
    """A number from any text: what `--seed` was given, or what was drawn for a run."""
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8])


def in_order(verdict: Verdict, earlier: Mapping[str, Verdict]) -> Verdict:
    """`verdict`, where a finding says that it is likely an echo of what went wrong in an `earlier` one."""
    findings = {name: one.findings for name, one in earlier.items() if name != verdict.question}
    return replace(verdict, findings=in_light_of(find(verdict.question), verdict.findings, findings))


def could_not_check(question: Question) -> Verdict:
    return Verdict(question.id, Outcome.COULD_NOT_CHECK, question.points, question.points)


def _look(part: Part, reply: Reply, probe: Probe, errors: set[str]) -> Seen:
    """How the call went, and only when it went well, what it returned. `errors`: kinds already told at length."""
    if reply.unfinished:
        return Seen(False, "not written yet")
    if reply.timed_out:
        return Seen(False, f"still running after {part.timeout_seconds:g} seconds")
    if reply.used_numeric_gradient:
        return Seen(False, "the answer came from numeric_gradient")
    if reply.error is not None:
        kind = reply.error.split(":")[0]
        return Seen(False, f"again a {kind}" if kind in errors else reply.error)
    return part.examine(reply, probe)


def _part_verdict(part: Part, seen: Seen) -> PartVerdict:
    share = (1.0 if seen.passed else 0.0) if seen.share is None else seen.share
    outcome = Outcome.PASSED if seen.passed else Outcome.FAILED
    return PartVerdict(part.name, part.title, outcome, part.points * share, part.points, seen.says)


def _not_asked(part: Part, stopped: Reply) -> PartVerdict:
    if stopped.unfinished:
        says = "not asked: there is nothing to call yet"
    elif stopped.used_numeric_gradient:
        says = "not asked: it would compare numeric_gradient with itself"
    else:
        says = "not asked: the first call did not return"
    return PartVerdict(part.name, part.title, Outcome.FAILED, 0.0, part.points, says)


def _told(question: Question, asked: Sequence[Asked]) -> tuple[Finding, ...]:
    """What all answers say together, or else what each of them says."""
    found = ()
    try:
        found = together(question, asked) if len(asked) == len(question.parts) else ()
    except Exception:
        log.exception("Could not compare the answers to %s", question.id)  # no mark depends on it
    return found or _first_cause_first([finding for one in asked for finding in one.findings])


def _first_cause_first(findings: list[Finding]) -> tuple[Finding, ...]:
    """Each mistake once, in the order the parts met them; what was not recognised only when nothing was."""
    named = {finding.misconception: finding for finding in reversed(findings) if finding.misconception is not None}
    for misconception in catalogue():
        if misconception.explains_the_rest and misconception.slug in named:
            return (named[misconception.slug],)
    explained = {one.slug for one in catalogue() if one.slug in named and set(one.unless) & set(named)}
    named = {slug: finding for slug, finding in named.items() if slug not in explained}
    if named:
        return tuple(sorted(named.values(), key=findings.index))
    return tuple(findings[:1])


def _same_shape(value: Any, truth: Any) -> bool:
    return isinstance(value, np.ndarray) and isinstance(truth, np.ndarray) and value.shape == truth.shape
