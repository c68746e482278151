"""One example whose values before the ReLU are exactly 0, a billionth, and minus a billionth.

At exactly 0 every slope from 0 to 1 is right: `>`, `>=` and ½ are all in the wild. A billionth is not 0.
"""

from __future__ import annotations

import numpy as np

from autograder.questions.question import Probe, Seen
from autograder.questions.two_layer_draws import SIZES
from autograder.questions.two_layer_forward import Measured, is_gradient
from autograder.records import Reply

VALUES = np.array([0.7, 0.4, -0.7, 0.0, 1e-9, -1e-9])
"""Before the ReLU, of the first hidden units: on, on, off, and three that are nearly neither. A billionth is far below
what any tolerance would call positive."""
ON, ALSO_ON, OFF, ZERO, TINY_ON, TINY_OFF = range(6)


def draw_kink(rng: np.random.Generator) -> Probe:
    """One example, whose first number goes to the hidden units. The first six have the same weights to the scores, so
    that the same gradient arrives at each of them. Biases are 0: a net that leaves them out is told elsewhere."""
    D, H, C = SIZES["D"], SIZES["H"], SIZES["C"]
    X = np.zeros((1, D))
    X[0, 0] = 1.0
    W1, W2 = rng.normal(size=(D, H)), rng.normal(size=(H, C))
    W1[0, : len(VALUES)] = VALUES
    # Away from the right class, the last one: what arrives is positive, also for who takes its sign for a mask.
    W2[: len(VALUES)] = np.where(np.arange(C) == C - 1, -1, 1) * rng.uniform(0.5, 1.0, size=C)
    y = np.full(1, C - 1)
    parameters = {"W1": W1, "b1": np.zeros(H), "W2": W2, "b2": np.zeros(C)}
    setting = {**SIZES, "N": 1, "parameters": parameters, "measured": Measured(X, y, parameters)}
    return Probe({"X": X, "y": y, **parameters}, None, setting)


def at_the_units(grads: dict) -> np.ndarray | None:
    """The gradient by the values before the ReLU of the first six units: db1, or the first row of dW1."""
    b1, W1 = grads.get("b1"), grads.get("W1")
    if is_gradient(b1) and b1.size == SIZES["H"] and np.ptp(b1):
        return b1.ravel()[: len(VALUES)].astype(float)
    if is_gradient(W1) and W1.shape == (SIZES["D"], SIZES["H"]) and np.ptp(W1):
        return W1[0, : len(VALUES)].astype(float)
    return None


def examine_kink(reply: Reply, probe: Probe) -> Seen:
    """A unit that is barely on is held against one that is plainly on, and so for off: a mask that is missing or
    inverted is told elsewhere and costs nothing here."""
    grads = reply.value["grads"]
    found = at_the_units(grads) if isinstance(grads, dict) else None
    if found is None or not np.isfinite(found).all() or not np.any(found):
        return Seen(False, "there is no gradient by b1 yet that tells the hidden units apart")
    on, off = found[ON], found[OFF]
    size = 1e-9 * np.abs(found).max()
    if np.isclose(on * VALUES[ALSO_ON], found[ALSO_ON] * VALUES[ON]):
        return Seen(True, "in proportion to the value before the ReLU, which is told above")
    if abs(found[ALSO_ON] - on) > size:
        return Seen(False, "two units that are on, with the same weights behind them, are treated differently")
    if abs(found[TINY_ON] - on) > size:
        return Seen(False, "a unit at a billionth is not treated as one at 0.7")
    if abs(found[TINY_OFF] - off) > size:
        return Seen(False, "a unit at minus a billionth is not treated as one at -0.7")
    if not min(on, off) - size <= found[ZERO] <= max(on, off) + size:
        return Seen(False, "at exactly 0 the slope is not between 0 and 1")
    share = abs(found[ZERO] / on) if on else 0.0
    return Seen(True, f"at exactly 0 yours is {share:.2g}, as right as any from 0 to 1")
