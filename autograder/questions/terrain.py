"""Functions to check gradients on, drawn afresh each time: from an array to a float, with a record of their calls.

Used by the questions of `04_gradient_check`. The record tells how a student's checker moved x, whatever it answered.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from autograder.gradients import numeric_gradient

CALLS_KEPT = 500
"""Of one function. A centred difference of the largest x drawn here needs 24."""

SHAPES = ((5,), (4,), (2, 3), (3, 2), (2, 4))
"""Of x. Few entries: each call may have to cross into another process and back."""


@dataclass(frozen=True)
class Terrain:
    """One function and the place where its gradient is asked for."""

    f: Callable[[np.ndarray], float]
    """Raises `ValueError` for an array of another shape than x."""
    x: np.ndarray
    gradient: np.ndarray
    """At x, by the complex step."""
    data_gradient: np.ndarray
    """Without the part that comes from the regularisation."""
    calls: list[np.ndarray]
    """Copies of the arrays that f was called with, the first CALLS_KEPT."""


def draw_terrain(
    rng: np.random.Generator,
    shapes: tuple[tuple[int, ...], ...] = SHAPES,
    *,
    scale: float = 1.0,
    offset: float = 0.0,
    reg: float = 0.0,
    faint: bool = False,
    dead: bool = False,
    flat: bool = False,
    kink: bool = False,
    column_order: bool = False,
    falling: bool = False,
) -> Terrain:
    """A sum of sines, a slope and a penalty, with gradient entries of order `scale`.

    `faint`: one entry's gradient is a billionth of the others'. `dead`: f does not depend on one entry or two.
    `flat`: f is constant. `kink`: one entry is 2.5e-6 to 6e-6 away from a kink. `column_order`: x is stored as W.T is.
    `falling`: every entry of the gradient is below 0.
    """
    shape = shapes[rng.integers(len(shapes))]
    size = int(np.prod(shape))
    x = rng.normal(size=shape)
    # Both signs always: a gradient of one sign only would hide a missing absolute value.
    signs = rng.permutation([-1.0, 1.0, *rng.choice([-1.0, 1.0], size=size - 2)])
    slope = signs * rng.uniform(0.8, 1.6, size=size)
    if falling:
        slope = -np.abs(slope) - 1.0  # steeper than the waves
    waves, phase = rng.normal(size=(4, size)) / np.sqrt(8 * size), rng.uniform(0, 2 * np.pi, size=4)
    weight = np.ones(size)
    weight[rng.permutation(size)[: 1 + (size > 4)]] = 0.0 if dead else 1.0
    weight[rng.integers(size)] *= 1e-9 if faint else 1.0
    if flat:
        weight[:] = 0.0
    at_kink = np.zeros(size)
    at_kink[rng.integers(size)] = float(kink)
    where = x.ravel() + rng.choice([-1.0, 1.0], size=size) * rng.uniform(2.5e-6, 6e-6, size=size)

    def data(x: np.ndarray) -> Any:
        moved = x.reshape(-1) * weight
        value = scale * (np.sin(waves @ moved + phase).sum() + slope @ moved) + offset
        if kink:
            distance = x.reshape(-1) - where
            value = value + at_kink @ np.where(distance.real > 0, distance, -distance)
        return value

    def whole(x: np.ndarray) -> Any:
        return data(x) + reg * np.sum(x * x)

    calls: list[np.ndarray] = []

    def f(x: np.ndarray) -> float:
        x = np.array(x, dtype=float)
        if len(calls) < CALLS_KEPT:
            calls.append(x)
        if x.shape != shape:
            raise ValueError(f"f takes an array of shape {shape}; it was called with shape {x.shape}")
        with np.errstate(all="ignore"):  # whatever a checker tries, nothing of ours prints a warning
            return float(whole(x))

    if column_order:
        x = np.asfortranarray(x)
    measured, of_data = (numeric_gradient(each, x, method="complex") for each in (whole, data))
    return Terrain(f, x, measured, of_data, calls)


def displacements(terrain: Terrain) -> list[np.ndarray]:
    """How far each call of f was from x, for the calls that had its shape."""
    return [call - terrain.x for call in terrain.calls if call.shape == terrain.x.shape]
