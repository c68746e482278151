"""Names the mistake behind a wrong reply, or the two of them, or says plainly that it was not recognised."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from functools import partial
from itertools import product

import numpy as np

from autograder.gradients import relative_error
from autograder.misconceptions.catalogue import catalogue, ways
from autograder.misconceptions.misconception import Misconception
from autograder.misconceptions.stages import Slip, explained
from autograder.questions import Part, Probe, Question
from autograder.records import Finding, Reply

SAME = 1e-9
"""A reply is a prediction when they differ by less: far above the rounding of either, far below any two predictions."""


def recognise(
    question: Question, part: Part, reply: Reply, probe: Probe, seen: str = "", named: Sequence[str | None] = ()
) -> tuple[Finding, ...]:
    """The first misconception that fits; where none does by itself, the two that do together.

    `reply` has failed an examination of `part` of `question` on `probe`; `seen` is what that examination said.
    `named`: what was recognised in earlier parts. It is tried first: of a single example, many mistakes leave the same.
    """
    words = {"name": question.called or question.id, "gradient": question.id.removesuffix("_loop"), **probe.setting}
    words["takes"] = " and ".join(reply.changed) or " and ".join(probe.arguments)
    words["error"] = (reply.error or "").rstrip(".")
    known = [slug for slug in named if slug]
    by_stages = partial(_by_stages, question, part, reply, probe, known, words)
    for relation, told in product((False, True), (True, False)):
        for misconception in catalogue():
            if (misconception.relation, misconception.slug in known) != (relation, told):
                continue
            if not _applies(misconception, question, part):
                continue
            if misconception.of_the_whole and named and misconception.slug not in known:
                continue
            of = _explained(misconception, reply, probe, known=misconception.slug in known)
            if of is not None:
                return (_finding(misconception, question, of, words),)
        if not relation and (found := by_stages(known_only=told)):
            return found
    return (Finding(None, question.id, *_what_can_still_be_said(question, reply, probe, seen)),)


def _finding(misconception: Misconception, question: Question, of: Collection[str], words: Mapping) -> Finding:
    only = f" That is so of {' and '.join(f'd{name}' for name in of)} only." if of else ""
    says = misconception.says.format(**words) + only
    return Finding(misconception.slug, question.id, says, misconception.try_next.format(**words))


def _by_stages(
    question: Question,
    part: Part,
    reply: Reply,
    probe: Probe,
    known: Collection[str],
    words: Mapping,
    *,
    known_only: bool,
) -> tuple[Finding, ...]:
    """What one or two slips in the stages of an answer explain."""
    way = next((way for way in ways() if way.treats(question.id, part.name)), None)
    if way is None or reply.error is not None or reply.value is None:
        return ()
    if known_only and part.name not in way.parts:
        return ()  # what was asked there may show in something else than the value: first what may be new
    slips, all_of_it = explained(way, part.name, reply.value, probe, known, known_only=known_only)
    return told_of(question, slips, words, known, all_of_it=all_of_it)


def told_of(
    question: Question, slips: Sequence[Slip], words: Mapping, known: Collection[str] = (), *, all_of_it: bool = True
) -> tuple[Finding, ...]:
    """What a student reads of `slips`. `all_of_it`: whether there is nothing else."""
    by_slug = {one.slug: one for one in catalogue()}
    found = [
        _finding(by_slug[slug], question, [slip.of for slip in slips if slip.slug == slug and slip.of], words)
        for slug in dict.fromkeys(slip.slug for slip in slips)
    ]
    if not all_of_it:
        return tuple(replace(one, says=f"Among other things: {_inside(one.says)}") for one in found)
    if len(found) < 2 or all(slip.of for slip in slips) or any(one.misconception in known for one in found):
        return tuple(found)  # one of them was told already, by itself
    first, second = found
    return (
        replace(first, says=f"{TWO_AT_ONCE} First: {_inside(first.says)}"),
        replace(second, says=f"Second: {_inside(second.says)}", try_next=f"{WHAT_IS_LEFT} {second.try_next}"),
    )


TWO_AT_ONCE = "Two things at once, which together give exactly what you got."
WHAT_IS_LEFT = "Mend the first; then this is what is left."


INSIDE_LOWER = ("Your ", "In ", "All ", "The ", "At ", "What ", "One ", "Where ")
"""How sentences begin whose first letter is not a name's."""


def _inside(says: str) -> str:
    """Behind a colon."""
    return says[:1].lower() + says[1:] if says.startswith(INSIDE_LOWER) else says


def _applies(misconception: Misconception, question: Question, part: Part) -> bool:
    if misconception.questions and question.id not in misconception.questions:
        return False
    if misconception.parts or part.name == "alone":
        return part.name in misconception.parts
    return True


def _explained(misconception: Misconception, reply: Reply, probe: Probe, *, known: bool) -> list[str] | None:
    """None where it does not fit. Otherwise the inputs whose gradients alone it explains; none where it is all."""
    if misconception.matches is not None:
        return [] if misconception.matches(reply, probe) else None
    if misconception.predict is None:
        return None
    value = reply.value
    if not isinstance(value, np.ndarray) or value.dtype.kind not in "iuf" or probe.gradient is None:
        return None
    predicted = misconception.predict(probe)
    # On some probes a mistake predicts the truth, or zeros (what N = 1 leaves of a loop): there it explains nothing.
    if not np.any(predicted) and not known:
        return None
    if _same(value, predicted):
        return None if _same(predicted, probe.truth) else []
    return _rows(value, predicted, probe) or None


def _rows(value: np.ndarray, predicted: np.ndarray, probe: Probe) -> list[str]:
    """Of an answer with a gradient for each input: the inputs whose gradients were predicted; the others are right."""
    inputs = probe.setting.get("of_inputs", ())
    if not inputs or not (value.shape == predicted.shape == probe.truth.shape):
        return []
    wrong = [name for name, row, right in zip(inputs, value, probe.truth, strict=True) if not _same(row, right)]
    foretold = [name for name, row, one in zip(inputs, value, predicted, strict=True) if _same(row, one)]
    return wrong if set(wrong) <= set(foretold) else []


def _same(one: np.ndarray, other: np.ndarray) -> bool:
    return one.shape == other.shape and relative_error(one, other) < SAME


def sentence(seen: str, names: Collection[str] = ()) -> str:
    """With a capital and a full stop; a name at its beginning (dW1, one of `names`) stays as students write it."""
    first = re.match(r"\w*", seen)[0]
    if first.isascii() and first.isalpha() and first.islower() and first not in names:
        seen = seen[:1].upper() + seen[1:]
    return seen if seen.endswith((".", "!", "?")) else f"{seen}."


def _what_can_still_be_said(question: Question, reply: Reply, probe: Probe, seen: str) -> tuple[str, str]:
    if reply.error:
        return (
            sentence(f"The call stopped with {reply.error}"),
            f"Call {question.asks_for} yourself on small arrays in a new cell, and print the shapes on the way.",
        )
    value = reply.value
    if not isinstance(value, np.ndarray) or probe.gradient is None:
        return (
            sentence(seen, names=(question.id, *probe.arguments)),
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
