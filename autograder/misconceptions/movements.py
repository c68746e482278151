"""What the record of a function's calls says about how its argument was moved.

`moves`: one array a call, its argument minus x. Steps below NOISE are the rounding of x ± h.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

NOISE = 1e-14
"""Far below any step that could be meant, above the rounding of entries of order 1."""

Moves = Sequence[np.ndarray]


def _counts(moves: Moves) -> list[int]:
    """How many entries each call moved, for the calls that moved any."""
    return [count for move in moves if (count := int(np.sum(np.abs(move) > NOISE)))]


def never_moves(moves: Moves) -> bool:
    """It was called, and always with x itself."""
    return len(moves) > 1 and not _counts(moves)


def one_at_a_time(moves: Moves) -> bool:
    """No call moved more than one entry."""
    return max(_counts(moves), default=0) <= 1


def accumulates(moves: Moves) -> bool:
    """The first call moves one entry, the last one several: they are not put back."""
    counts = _counts(moves)
    return len(counts) > 2 and counts[0] == 1 and counts[-1] > 1


def moved_together(moves: Moves) -> bool:
    """Several entries in each call, but not all of them."""
    counts = _counts(moves)
    return bool(counts) and min(counts) > 1 and max(counts) < moves[0].size


def skips_entries(moves: Moves) -> bool:
    """Some entries move, others never do. A random direction moves all."""
    if not _counts(moves):
        return False
    return not bool(np.any([np.abs(move) > NOISE for move in moves], axis=0).all())


def one_sided(moves: Moves) -> bool:
    """One entry at a time, and every step in one direction."""
    counts = _counts(moves)
    if not counts or max(counts) > 1:
        return False
    steps = np.concatenate([move[np.abs(move) > NOISE] for move in moves])
    return bool(np.all(steps > 0) or np.all(steps < 0))


def other_step(moves: Moves, step: float) -> bool:
    """All steps are of one size, and it is not the one that was asked for; 1e-3: rounding of x ± h."""
    return bool(moves) and not unequal_steps(moves) and not np.isclose(largest_step(moves), step, rtol=1e-3)


def unequal_steps(moves: Moves) -> bool:
    """One entry at a time, and by amounts that differ. 1e-2: rounding of x ± h down to steps of 1e-14."""
    counts = _counts(moves)
    if not counts or max(counts) > 1:
        return False
    steps = np.concatenate([np.abs(move[np.abs(move) > NOISE]) for move in moves])
    return bool(steps.max() > 1e-9 and steps.max() > (1 + 1e-2) * steps.min())


def largest_step(moves: Moves) -> float:
    return max((float(np.abs(move).max()) for move in moves), default=0.0)
