"""How the class page words marks, times and sentences: the filters of its templates. What students wrote stays text."""

from __future__ import annotations

import re
from datetime import timedelta

from markupsafe import Markup, escape

from autograder.grading.marks import Mark
from autograder.printable import printable


def prose(text: str) -> Markup:
    """`name` between backticks becomes code; everything else stays text."""
    return Markup(re.sub(r"`([^`]{1,80})`", r"<code>\1</code>", str(escape(printable(text)))))


def points(number: float | None) -> str:
    """2.5 as 2.5, 3.0 as 3, thirds to two places, – for none."""
    return "–" if number is None else f"{number:.2f}".rstrip("0").rstrip(".")


def span(late: timedelta) -> str:
    """`2 d 3 h`, `5 min`."""
    hours, seconds = divmod(int(late.total_seconds()), 3600)
    if hours >= 24:
        return f"{hours // 24} d {hours % 24} h"
    return f"{hours} h {seconds // 60} min" if hours else f"{max(1, seconds // 60)} min"


def mark(given: Mark | None, most: float) -> str:
    """A score in words and figures: colour alone tells a colour-blind reader nothing."""
    if given is None:
        return "–"
    if given.score is None:
        return "waits"
    by_hand = given.manual is not None or given.extra
    return points(given.score) + (" ✓" if given.score >= most - 1e-9 else "") + (" ✎" if by_hand else "")


def state(given: Mark | None, most: float) -> str:
    """The CSS class of a score: full, part, none, or waiting."""
    if given is None or given.score is None:
        return "w"
    if given.score >= most - 1e-9:
        return "f"
    return "p" if given.score > 0 else "n"


FILTERS = {"prose": prose, "points": points, "span": span, "mark": mark, "state": state, "printable": printable}
