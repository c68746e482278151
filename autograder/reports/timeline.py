"""When a class handed in, as bars: by hour, day or week, so that there are never more than can be read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from autograder.reports.gathered import Student

BARS_AT_MOST = 48
STEPS = (
    (timedelta(hours=1), "hour", "%-d %b, %H:00"),
    (timedelta(hours=6), "six hours", "%-d %b, %H:00"),
    (timedelta(days=1), "day", "%a %-d %b %Y"),
    (timedelta(days=7), "week", "week of %-d %b %Y"),
    (timedelta(days=364), "52 weeks", "from %-d %b %Y"),
)


@dataclass(frozen=True)
class Bar:
    begins: datetime
    label: str
    in_time: int
    late: int
    due: float | None
    """Where in it the due date lies, as a share of its width; None where it does not."""


@dataclass(frozen=True)
class Timeline:
    step: str
    bars: tuple[Bar, ...]
    highest: int


def timeline(students: Sequence[Student], due: datetime | None) -> Timeline | None:
    """None where no time is known. Who has an extension is late after it only."""
    timed = [(one.marks.timestamp, bool(one.marks.late)) for one in students if one.marks.timestamp]
    if not timed:
        return None
    first, last = min(when for when, _ in timed), max(when for when, _ in timed)
    width, step, how = next((one for one in STEPS if (last - first) / one[0] < BARS_AT_MOST - 1), STEPS[-1])
    # Weeks begin on a Monday, days at midnight: 1 January of the year 1 was a Monday.
    begin = first - (first - datetime(1, 1, 1)) % width
    count = min((last - begin) // width + 1, 100)
    heights = [[0, 0] for _ in range(count)]
    for when, late in timed:
        heights[min((when - begin) // width, count - 1)][late] += 1
    bars = []
    for place, (in_time, late) in enumerate(heights):
        starts = begin + place * width
        here = (due - starts) / width if due is not None and starts <= due < starts + width else None
        bars.append(Bar(starts, starts.strftime(how), in_time, late, here))
    return Timeline(step, tuple(bars), max(sum(one) for one in heights))
