"""A gradient checker as stages: how far apart, how large, what is allowed, the verdict.

A yes or no says little; sixty of them are the answers of one checker with a slip or two in it, and of hardly another.
The measuring is not a stage: it is repeated with the step that the student took.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from autograder.misconceptions.movements import (
    NOISE,
    largest_step,
    one_at_a_time,
    one_sided,
    skips_entries,
    unequal_steps,
)
from autograder.misconceptions.stages import Make, Slip, Stage, Values, Way
from autograder.questions import Probe
from autograder.questions.planted import Case
from autograder.questions.terrain import Terrain, displacements

TOLERANCE = 1e-5
"""Any between 1e-4 and 1e-7 gives the same answers."""


def _begin(probe: Probe) -> Values:
    """`a` and `n`, analytic and numeric: the entries of all cases in a row; `starts`: where each case begins."""
    cases: Sequence[Case] = probe.setting["cases"]
    moves = [moves for case in cases if (moves := displacements(case.terrain))]
    odd = (one_sided, skips_entries, unequal_steps)
    if not moves or not all(map(one_at_a_time, moves)) or any(is_so(each) for each in moves for is_so in odd):
        raise KeyError("no centred difference was measured: that is told, and stands in the way of all else")
    step = float(f"{np.median([largest_step(each) for each in moves]):.6g}")  # x ± h is rounded
    if step < NOISE:
        raise KeyError("most often nothing moved")
    return {
        "a": np.concatenate([np.ravel(case.analytic) for case in cases]).astype(float),
        "n": np.concatenate([_measured(case.terrain, step) for case in cases]),
        "starts": np.cumsum([0, *(case.terrain.x.size for case in cases[:-1])]),
        "fits": np.array([case.analytic.shape == case.terrain.x.shape for case in cases]),
    }


def _measured(terrain: Terrain, step: float) -> list[float]:
    """With a student's rounding, which decides where something is held against almost nothing."""
    already, found = len(terrain.calls), []
    for index in np.ndindex(terrain.x.shape):
        moved = terrain.x.copy()
        moved[index] = terrain.x[index] + step
        right = terrain.f(moved)
        moved[index] = terrain.x[index] - step
        found.append((right - terrain.f(moved)) / (2 * step))
    del terrain.calls[already:]  # ours
    return found


def _of_each(gather: np.ufunc, name: str) -> Make:
    """The largest, the smallest or the sum in each case."""
    return lambda v: gather.reduceat(v[name], v["starts"])


def _held(apart: Make, size: Make) -> Make:
    return lambda v: (apart(v), size(v))


def _sums_apart(v: Values) -> np.ndarray:
    return np.abs(_of_each(np.add, "a")(v) - _of_each(np.add, "n")(v))


def _norms_apart(v: Values) -> np.ndarray:
    squares = (np.sqrt(np.add.reduceat(v[name] ** 2, v["starts"])) for name in ("a", "n"))
    return np.abs(next(squares) - next(squares))


def _verdicts(v: Values) -> np.ndarray:
    """One for each case: where entries were judged one by one, all of them."""
    one_by_one = v["verdict"].size == v["a"].size
    return np.logical_and.reduceat(v["verdict"], v["starts"]) if one_by_one else v["verdict"]


LARGEST_APART, LARGEST_SIZE = _of_each(np.maximum, "apart"), _of_each(np.maximum, "size")

WAY = Way(("bug_hunt",), _begin, (
    Stage("apart", lambda v: np.abs(v["a"] - v["n"]), (
        Slip("signed_difference", lambda v: v["a"] - v["n"]),
        Slip("signed_difference", lambda v: v["n"] - v["a"]),
        Slip("added_not_subtracted", lambda v: np.abs(v["a"] + v["n"])),
        Slip("numeric_not_subtracted", lambda v: np.abs(v["a"])),
        Slip("sign_blind", lambda v: np.abs(np.abs(v["a"]) - np.abs(v["n"]))),
    )),
    Stage("size", lambda v: np.abs(v["a"]) + np.abs(v["n"]), (
        Slip("signed_size", lambda v: v["a"] + np.abs(v["n"])),
        Slip("signed_size", lambda v: np.abs(v["a"]) + v["n"]),
        Slip("right_called_wrong", lambda v: np.abs(v["a"]) - np.abs(v["n"])),
    )),
    Stage("held", _held(LARGEST_APART, LARGEST_SIZE), (
        Slip("entry_by_entry", lambda v: (v["apart"], v["size"])),
        Slip("smallest_difference", _held(_of_each(np.minimum, "apart"), LARGEST_SIZE)),
        Slip("smallest_size", _held(LARGEST_APART, _of_each(np.minimum, "size"))),
        Slip("sums_compared", _held(_sums_apart, LARGEST_SIZE)),
        Slip("sums_compared", _held(_norms_apart, LARGEST_SIZE)),
    )),
    Stage("allowed", lambda v: TOLERANCE * v["held"][1], (
        Slip("absolute_tolerance", lambda v: np.full_like(v["held"][1], TOLERANCE)),
        Slip("absolute_tolerance", lambda v: TOLERANCE * v["held"][1] ** 2),
        Slip("tolerance_too_loose", lambda v: 1e-2 * v["held"][1]),
        Slip("tolerance_too_loose", lambda v: v["held"][1]),
        Slip("right_called_wrong", lambda v: 1e-13 * v["held"][1]),
    )),
    Stage("verdict", lambda v: v["held"][0] <= v["allowed"], (
        Slip("zero_over_zero", lambda v: v["held"][0] < v["allowed"]),
        Slip("verdict_inverted", lambda v: v["held"][0] >= v["allowed"]),
        Slip("verdict_inverted", lambda v: v["held"][0] > v["allowed"]),
        Slip("nan_passes", lambda v: ~(v["held"][0] > v["allowed"])),
        Slip("difference_for_verdict", lambda v: v["held"][0] != 0),
    )),
    Stage("of each", _verdicts, (
        Slip("smallest_difference", lambda v: np.logical_or.reduceat(v["apart"] <= TOLERANCE * v["size"], v["starts"])),
    )),
    Stage("answers", lambda v: v["of each"] & v["fits"], (
        Slip("shape_not_compared", lambda v: v["of each"]),
        Slip("verdict_inverted", lambda v: ~v["of each"]),
    )),
))  # fmt: skip
