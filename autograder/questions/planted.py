"""The gradients that a checker is asked about in the bug hunt: ways to be wrong, and ways to be right that look wrong.

Nothing but the numbers tells them apart: all are drawn the same way, and every right gradient is measured.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from autograder.gradients import relative_error
from autograder.questions.terrain import Terrain, draw_terrain

SQUARE = ((2, 2), (3, 3))
MATRICES = ((2, 3), (3, 2), (2, 4))
BLOCKS = ((2, 3, 2), (2, 2, 2))

Plant = Callable[[Terrain, np.random.Generator], np.ndarray]
"""Makes a wrong gradient of a right one."""


def factor(*factors: float) -> Plant:
    return lambda terrain, rng: terrain.gradient * rng.choice(factors)


def _slightly_large(terrain: Terrain, rng: np.random.Generator) -> np.ndarray:
    return terrain.gradient * (1 + rng.uniform(1e-3, 2e-3))


def _one_entry(terrain: Terrain, rng: np.random.Generator) -> np.ndarray:
    """Any but the first."""
    wrong = terrain.gradient.copy(order="C")
    wrong.flat[rng.integers(1, wrong.size)] += _largest(terrain) * rng.choice([-1, 1]) * rng.uniform(0.2, 0.5)
    return wrong


def _exchanged(terrain: Terrain, rng: np.random.Generator) -> np.ndarray:
    """The largest and the smallest: every sum, mean and norm is what it was."""
    wrong = terrain.gradient.copy(order="C")
    one, other = int(wrong.argmax()), int(wrong.argmin())
    wrong.flat[[one, other]] = wrong.flat[[other, one]]
    return wrong


def _transposed(terrain: Terrain, rng: np.random.Generator) -> np.ndarray:
    return terrain.gradient.T.copy()


def _shifted(sign: int) -> Plant:
    return lambda terrain, rng: terrain.gradient + sign * _largest(terrain) * rng.uniform(0.2, 0.5)


def _holds_nan(terrain: Terrain, rng: np.random.Generator) -> np.ndarray:
    wrong = terrain.gradient.copy(order="C")
    wrong.flat[rng.integers(wrong.size)] = np.nan
    return wrong


def _extra_axis(terrain: Terrain, rng: np.random.Generator) -> np.ndarray:
    """The right numbers in a shape that broadcasts against the right one: (1, 3) for (3,)."""
    return terrain.gradient[None]


def _zeros(terrain: Terrain, rng: np.random.Generator) -> np.ndarray:
    return np.zeros_like(terrain.gradient)


def _not_masked(terrain: Terrain, rng: np.random.Generator) -> np.ndarray:
    size = rng.choice([-1, 1], size=terrain.x.shape) * rng.uniform(0.2, 0.8, size=terrain.x.shape)
    return np.where(terrain.gradient == 0, size, terrain.gradient)


def _data_part_wrong(terrain: Terrain, rng: np.random.Generator) -> np.ndarray:
    """Half of the data part, where the other part is hundreds of times as large."""
    return terrain.gradient - terrain.data_gradient / 2


def _something_wrong(terrain: Terrain, rng: np.random.Generator) -> np.ndarray:
    """Among gradients that are right but unusual: one that is plainly wrong."""
    if not _largest(terrain):
        return rng.choice([-1, 1], size=terrain.x.shape) * rng.uniform(0.2, 0.8, size=terrain.x.shape)
    wrongs = (factor(0.5, 2), factor(-1), _one_entry)
    return wrongs[rng.integers(len(wrongs))](terrain, rng)


def _largest(terrain: Terrain) -> float:
    return float(np.abs(terrain.gradient).max())


@dataclass(frozen=True)
class Hunt:
    """One line of the card: a way to be wrong, or a way to be right that looks wrong."""

    name: str
    title: str
    plant: Plant = _something_wrong
    terrain: dict[str, Any] = field(default_factory=dict)
    dtype: type = np.float64


WRONG = (
    Hunt("factor", "caught: a constant factor", factor(2, 3, 0.5, 0.25)),
    Hunt("sign", "caught: a flipped sign", factor(-1)),
    Hunt("thousandth", "caught: one part in a thousand too large", _slightly_large),
    Hunt("one_entry", "caught: a single wrong entry", _one_entry),
    Hunt("exchanged", "caught: two entries exchanged", _exchanged),
    Hunt("transposed", "caught: the transpose of a square gradient", _transposed, {"shapes": SQUARE}),
    Hunt("too_large", "caught: a constant added", _shifted(+1)),
    Hunt("too_small", "caught: a constant subtracted", _shifted(-1)),
    Hunt("nan", "caught: nan in one entry", _holds_nan),
    Hunt("broadcast", "caught: a shape that only broadcasts", _extra_axis),
    Hunt("zeros", "caught: all zeros", _zeros, {"falling": True}),
    Hunt("mask", "caught: entries that should be 0 and are not", _not_masked, {"dead": True}),
    Hunt("faint", "caught: a wrong factor in a gradient of size 1e-9", factor(2, 0.5), {"scale": 1e-9}),
    Hunt("swamped", "caught: half of the data part, beneath a large penalty", _data_part_wrong, {"reg": 100.0}),
)

UNUSUAL = (
    Hunt("flat", "passed: zero everywhere, and rightly so", terrain={"flat": True}),
    Hunt("tiny_entry", "passed: one entry a billion times smaller", terrain={"faint": True}),
    Hunt("single", "passed: right, in single precision", dtype=np.float32),
    Hunt("huge", "passed: right, and of size 1,000,000", terrain={"scale": 1e6}),
    Hunt("offset", "passed: right, where f is 1,000 and more", terrain={"offset": 1e3}),
    Hunt("kink", "passed: right, with a kink 3e-6 away", terrain={"kink": True}),
    Hunt("stored", "passed: right, with x stored column by column", terrain={"column_order": True, "shapes": MATRICES}),
)
"""Every wrong gradient is off by a relative error of 4e-4 and more, every right one by 1e-7 at most."""


@dataclass(frozen=True)
class Case:
    """One gradient that the checker is asked about."""

    terrain: Terrain
    analytic: np.ndarray
    right: bool


def draw_cases(rng: np.random.Generator, hunt: Hunt) -> tuple[Case, ...]:
    """One wrong, one right, one of either kind, shuffled."""
    kinds = [False, True, bool(rng.integers(2))]
    cases = []
    for right in rng.permutation(kinds):
        terrain = draw_terrain(rng, **hunt.terrain)
        # Both kinds in the same dtype and the same order in memory: neither tells them apart.
        analytic = np.array(terrain.gradient if right else _planted(terrain, hunt, rng), dtype=hunt.dtype, order="C")
        cases.append(Case(terrain, analytic, bool(right)))
    return tuple(cases)


def _planted(terrain: Terrain, hunt: Hunt, rng: np.random.Generator) -> np.ndarray:
    """A wrong gradient that is wrong enough: the transpose of a nearly symmetric matrix is not."""
    wrong = hunt.plant(terrain, rng)
    if wrong.shape == terrain.gradient.shape and relative_error(wrong, terrain.gradient) < 1e-4:
        return _something_wrong(terrain, rng)
    return wrong
