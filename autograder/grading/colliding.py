"""Two programs that write the same row of a gradebook at the same moment: one of them has to try again.

Two instructors grade at once, and both are the first to see a student; or one makes the gradebook while the other
does. The database lets one of them through. What the other wanted is still right, and there is room for it now.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

from nbgrader.api import InvalidEntry
from sqlalchemy.exc import DBAPIError, IntegrityError, ProgrammingError

ATTEMPTS = 5
PAUSE_SECONDS = 0.2
"""Before the second attempt; twice that before the third, and so on."""

ROLLED_BACK = {"40001", "40P01"}
"""What PostgreSQL calls a serialization failure and a deadlock. Source: its manual, Appendix A."""
MADE_ALREADY = {"42P07", "42710"}
"""A table, or another object, that somebody else has made since we looked."""

Made = TypeVar("Made")


def tried_again(attempt: Callable[[], Made]) -> Made:
    """What `attempt` returns, after a few collisions if need be. It must leave nothing behind when it raises.

    Raises what `attempt` raises when it is no collision, or the last of too many.
    """
    for count in range(1, ATTEMPTS):
        try:
            return attempt()
        except (InvalidEntry, DBAPIError) as error:
            if not _collided(error):
                raise
            time.sleep(PAUSE_SECONDS * count)
    return attempt()


def _collided(error: Exception) -> bool:
    # nbgrader's `InvalidEntry` stands for an IntegrityError that it caught.
    if isinstance(error, InvalidEntry | IntegrityError):
        return True
    state = getattr(getattr(error, "orig", None), "sqlstate", None)
    return state in ROLLED_BACK or (isinstance(error, ProgrammingError) and state in MADE_ALREADY)
