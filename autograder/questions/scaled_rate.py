"""The last question of `01_gates`: which learning rate takes the same steps on scaled inputs? Tried out."""

from __future__ import annotations

from functools import partial

import numpy as np

from autograder.gradients import numeric_gradient
from autograder.questions.question import Part, Probe, Question, Seen
from autograder.records import Reply

STEPS = 4
"""One step shows the rate; the later ones that the scores stay together."""

SAME_SCORES = 1e-9
"""Relative. Rounding leaves 1e-14 after STEPS steps; a rate off by a thousandth leaves 1e-4."""


def train(X: np.ndarray, y: np.ndarray, rate: float) -> np.ndarray:
    """Scores X @ w after each step of gradient descent on a squared loss from w = 0, (STEPS, N)."""
    w, scores = np.zeros(X.shape[1]), []
    for _ in range(STEPS):
        w = w - rate * numeric_gradient(lambda w: np.mean((X @ w - y) ** 2), w, method="complex")
        scores.append(X @ w)
    return np.array(scores)


def draw(rng: np.random.Generator, low: float, high: float) -> Probe:
    X, y, alpha = rng.normal(size=(7, 3)), rng.normal(size=7), float(rng.uniform(low, high))
    rate = float(rng.uniform(0.02, 0.08))
    return Probe({"rate": rate, "alpha": alpha}, None, {"rate": rate, "alpha": alpha, "X": X, "y": y})


def same_steps(reply: Reply, probe: Probe) -> Seen:
    """The scores on alpha * X with the answered rate are those on X with the given one."""
    value = reply.value
    if isinstance(value, np.ndarray) and value.size == 1:
        value = value.item()
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return Seen(False, "one number was expected")
    if not np.isfinite(value):
        return Seen(False, f"{value} is no learning rate")
    s = probe.setting
    with np.errstate(all="ignore"):
        before, after = train(s["X"], s["y"], s["rate"]), train(s["alpha"] * s["X"], s["y"], float(value))
    apart = np.max(np.abs(after - before)) / np.max(np.abs(before))
    if apart < SAME_SCORES:
        return Seen(True, f"the same scores after each of {STEPS} steps")
    first = np.vdot(before[0], after[0]) / np.vdot(before[0], before[0])
    return Seen(False, f"α = {s['alpha']:.2f}: the first step changes the scores {first:.3g} times as much")


QUESTIONS = (
    Question(
        "scaled_rate", "01_gates", "scaled_rate(rate, alpha)",
        (
            Part("larger", "the same steps when the inputs grow", 1.0, partial(draw, low=2, high=6), same_steps),
            Part("smaller", "the same steps when the inputs shrink", 1.0, partial(draw, low=0.2, high=0.6), same_steps),
        ),
        "One step changes w by rate · dw, and the score by α · x times that. How often does α occur?",
    ),
)  # fmt: skip
