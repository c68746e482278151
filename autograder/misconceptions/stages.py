"""Two mistakes at once: an answer as stages, and what comes out when one or two of them hold something else.

Called by `recognise` when no single record fits. The stages of each question stand in `stages_of_…`; what is right in
them is measured, as everywhere in this package.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from autograder.questions import Probe

SAME = 1e-9
"""Relative. Far above rounding; among some thousand candidates of random numbers the next one is a millionth away."""

Values = dict[str, Any]
"""What was drawn, and what the stages so far have made of it, by name."""

Make = Callable[[Values], Any]


@dataclass(frozen=True)
class Slip:
    """What a student with one mistake has in place of a stage."""

    slug: str
    make: Make
    of: str = ""
    """The input whose gradient alone it changes; "" where it is not of one."""


@dataclass(frozen=True)
class Stage:
    """One step of an answer."""

    name: str
    """Under which later stages find it."""
    right: Make
    slips: tuple[Slip, ...] = ()
    other_words: tuple[Make, ...] = ()
    """What is as right, and comes out otherwise once an earlier stage has slipped."""


@dataclass(frozen=True)
class Way:
    """How the answer to some questions comes about; the last stage is what is returned."""

    questions: tuple[str, ...]
    begin: Callable[[Probe], Values]
    stages: tuple[Stage, ...]
    parts: tuple[str, ...] = ("value",)
    """Where two mistakes can be told apart. Elsewhere those that are known already are tried, and no others."""
    answers: tuple[str, ...] = ()
    """The parts it is the answer to; empty for all."""
    handed_on: Callable[[Any, Probe], tuple[Values, Any] | None] | None = None
    """Of a reply that went through other pieces of the student's: what these handed on, which is taken as it is, and
    what was made of it; None where that does not show."""
    of_the_calls: bool = False
    """Whether it begins with how a student called what was handed out, and so anew for each."""

    def treats(self, question: str, part: str) -> bool:
        return question in self.questions and (not self.answers or part in self.answers)

    def outcomes(
        self, probe: Probe, at_most: int, only: Collection[str] | None = None, handed: Values | None = None
    ) -> Iterator[tuple[tuple[Slip, ...], Any]]:
        """Every choice of up to `at_most` slips in different stages, with what is returned. `only`: those slugs."""
        with np.errstate(all="ignore"):
            try:
                start = {**self.begin(probe), **(handed or {})}
            except KeyError:
                return  # a part that draws something else
            yield from self._from(0, start, (), at_most, only)

    def _from(
        self, place: int, values: Values, made: tuple[Slip, ...], at_most: int, only: Collection[str] | None
    ) -> Iterator[tuple[tuple[Slip, ...], Any]]:
        if place == len(self.stages):
            yield made, values[self.stages[-1].name]
            return
        stage = self.stages[place]
        slips = [slip for slip in stage.slips if only is None or slip.slug in only] if len(made) < at_most else []
        right = [(None, make) for make in (stage.right, *(stage.other_words if made else ()))]
        for slip, make in (*right, *((slip, slip.make) for slip in slips)):
            try:
                value = make(values)
            except (ValueError, IndexError, KeyError):
                continue  # what was drawn for this part has other sizes, or not all of it
            more = made if slip is None else (*made, slip)
            yield from self._from(place + 1, {**values, stage.name: value}, more, at_most, only)


def explained(
    way: Way, part: str, value: Any, probe: Probe, known: Collection[str], *, known_only: bool = False
) -> tuple[tuple[Slip, ...], bool]:
    """The slips that give exactly `value`, and whether they are all there are; none where nothing does.

    Of several explanations only what they share is told. `known`: slugs that an earlier part has shown.
    """
    only = known if known_only or part not in way.parts else None
    if only is not None and not only:
        return (), False
    handed = None
    if way.handed_on is not None:
        seen = way.handed_on(value, probe)
        if seen is None:
            return (), False
        handed, value = seen
    kept = list(_outcomes_of(way, probe, handed, only))
    if any(not made and same(value, outcome) for made, outcome in kept):
        return (), False  # this piece is right: what was wrong with the reply lies elsewhere
    for count in (1, 2):
        found: dict[frozenset[str], tuple[Slip, ...]] = {}
        for made, outcome in kept:
            if len(made) == count and same(value, outcome) and (only is not None or np.any(outcome)):
                found.setdefault(frozenset(slip.slug for slip in made), made)
        sure = {slugs: made for slugs, made in found.items() if slugs <= set(known)} or found
        if len(sure) == 1:
            return next(iter(sure.values())), True
        if sure:
            shared = frozenset.intersection(*sure)
            return tuple(slip for slip in next(iter(sure.values())) if slip.slug in shared), False
    return (), False


def _outcomes_of(
    way: Way, probe: Probe, handed: Values | None, only: Collection[str] | None
) -> Iterable[tuple[tuple[Slip, ...], Any]]:
    if handed is None and only is None and not way.of_the_calls:
        return _kept(way, probe)
    return way.outcomes(probe, 2, only, handed)


KEPT_MAX = 64
"""Probes whose outcomes are kept. A class is asked the same ones, student after student."""

_outcomes: OrderedDict[tuple[int, int], tuple[Way, Probe, list]] = OrderedDict()


def _kept(way: Way, probe: Probe) -> list[tuple[tuple[Slip, ...], Any]]:
    """All outcomes of up to two slips, worked out once for each probe."""
    key = (id(way), id(probe))
    if key not in _outcomes or _outcomes[key][1] is not probe:
        _outcomes[key] = (way, probe, list(way.outcomes(probe, 2)))
        if len(_outcomes) > KEPT_MAX:
            _outcomes.popitem(last=False)
    return _outcomes[key][2]


def same(one: Any, other: Any) -> bool:
    """Equal but for rounding. What is not finite is like anything else that is not."""
    try:
        a, b = np.asarray(one, dtype=float), np.asarray(other, dtype=float)
    except (TypeError, ValueError):
        return False
    if a.shape != b.shape:
        return False
    finite = np.isfinite(a)
    if not np.array_equal(finite, np.isfinite(b)):
        return False
    a, b = a[finite], b[finite]
    return bool(np.all(np.abs(a - b) <= SAME * np.max(np.abs(b), initial=0)))
