"""The card a student reads under a check cell. Called by `checking`; decides nothing."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import Any

import jinja2
import numpy as np

from autograder.questions import find
from autograder.records import VERDICT_MIME, Finding, Outcome, Verdict

HEAT_MAP_AT_MOST = 10
"""Rows and columns; a larger map is no longer read, only scrolled."""


LEVELS = ("marks", "observation", "hint")
"""What a card tells, each more than the one before it: the points of each part; what was seen; what to try."""


class Card:
    """A verdict as it is shown: HTML for people; as plain text the points, which nbgrader reads as partial credit."""

    def __init__(self, verdict: Verdict, level: str = LEVELS[-1]) -> None:
        """`level`: how much of it the HTML tells, one of `LEVELS`."""
        self.verdict, self.level = verdict, level

    def __repr__(self) -> str:
        if self.verdict.outcome is Outcome.COULD_NOT_CHECK:
            # nbgrader gives a cell whose text is no number its full points: our fault costs no mark.
            return "could not be checked"
        return repr(float(self.verdict.score))

    def __str__(self) -> str:
        """For a terminal: the same words, aligned."""
        verdict = self.verdict
        lines = [f"{verdict.question}: {out_of(verdict)}"]
        for finding in verdict.findings:
            lines += [f"  {finding.says}", f"  → {finding.try_next}"]
            lines += [f"  {line}" for line in (echoes(finding),) if line]
        width = max((len(part.title) for part in verdict.parts), default=0)
        lines += [
            f"  {'✓' if part.outcome is Outcome.PASSED else '✗'} {part.title:<{width}}   {part.says}"
            for part in verdict.parts
        ]
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        shown = at_level(self.verdict, self.level)
        return _template().render(
            verdict=shown,
            asks_for=find(self.verdict.question).asks_for,
            points=points,
            out_of=out_of,
            echoes=echoes,
            heat_map=heat_map(shown.observed, shown.expected),
        )

    def _repr_mimebundle_(self, include=None, exclude=None) -> dict[str, Any]:
        return {"text/plain": repr(self), "text/html": self._repr_html_(), VERDICT_MIME: self.verdict.as_json()}


def heat_map(yours: Any, numeric: Any) -> list[list[dict[str, Any]]] | None:
    """Rows of cells saying which entries differ, by how much, and how strongly to shade them; None when there is
    nothing to see: equal, not finite, or too large to read. `yours`, `numeric`: the same shape, 1-D or 2-D."""
    if yours is None or numeric is None or yours.ndim not in (1, 2) or yours.dtype.kind not in "iuf":
        return None
    difference = np.atleast_2d(yours - numeric)
    if max(difference.shape) > HEAT_MAP_AT_MOST or not np.isfinite(difference).all():
        return None
    # Half of the last digit shown: a smaller difference would read +0.00.
    wrong = np.abs(difference) >= 0.005
    if not wrong.any():
        return None
    strength = 0.12 + 0.43 * np.abs(difference) / np.abs(difference).max()
    return [
        [
            {"wrong": bool(w), "difference": float(d), "strength": float(s)}
            for w, d, s in zip(*rows, strict=True)
        ]
        for rows in zip(wrong, difference, strength, strict=True)
    ]  # fmt: skip


def at_level(verdict: Verdict, level: str) -> Verdict:
    if level == "marks":
        parts = tuple(replace(part, says="") for part in verdict.parts)
        return replace(verdict, findings=(), parts=parts, observed=None, expected=None, printed="")
    if level == "observation":
        findings = (replace(one, try_next="", also_seen_in=(), echo_of=None) for one in verdict.findings)
        return replace(verdict, findings=tuple(findings))
    return verdict


def echoes(finding: Finding) -> str:
    """What else is wrong for the same reason, or what this is wrong for; "" when neither is known."""
    if finding.echo_of is not None:
        return f"Likely an echo of {finding.echo_of}: mend that first, then look again."
    if finding.also_seen_in:
        return f"Also seen in {', '.join(finding.also_seen_in)}: mend this first."
    return ""


def out_of(verdict: Verdict) -> str:
    """`2.5 of 3 points`, `0 of 1 point`."""
    noun = "point" if verdict.max_score == 1 else "points"
    return f"{points(verdict.score)} of {points(verdict.max_score)} {noun}"


def points(score: float) -> str:
    """2.5 as 2.5, 3.0 as 3."""
    return f"{score:.2f}".rstrip("0").rstrip(".")


@cache
def _template() -> jinja2.Template:
    environment = jinja2.Environment(loader=jinja2.PackageLoader("autograder"), autoescape=True)
    return environment.get_template("card.html.j2")
