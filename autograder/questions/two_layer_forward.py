"""What `05_two_layer_net` is held against: a forward pass of our own, and derivatives measured on it.

Called by the questions and misconceptions of the network. There is no backward pass in here: a gradient under any
upstream gradient is the complex step of the forward pass, weighted.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Any

import numpy as np

from autograder.gradients import COMPLEX_STEP, numeric_gradient_calls

NAMES = ("W1", "b1", "W2", "b2")

LOSS_TOLERANCE = 1e-6
"""Relative. A wrong formula is off by far more; a `+ 1e-8` inside the logarithm, which many write, is not."""


def _yardstick() -> None:
    """What measures is counted as `numeric_gradient` is: an answer made with it is none."""
    if (calls := numeric_gradient_calls.get()) is not None:
        calls[0] += 1


def log_sum_exp_loss(scores: np.ndarray, y: np.ndarray) -> Any:
    """Mean negative log likelihood in nats; right at any gap between scores. Accepts complex `scores` (N, C)."""
    _yardstick()
    shifted = scores - scores.real.max(axis=1, keepdims=True)
    return np.mean(np.log(np.exp(shifted).sum(axis=1)) - shifted[np.arange(len(y)), y])


def jacobian(f: Callable[[np.ndarray], np.ndarray], x: np.ndarray) -> np.ndarray:
    """Derivative of every entry of `f(x)` by every entry of `x`: shape of `f(x)` + shape of `x`. By the complex step:
    `f` must be analytic at `x`."""
    _yardstick()
    moved = np.array(x, dtype=complex)
    columns = []
    for index in np.ndindex(moved.shape):
        before = moved[index]
        moved[index] = before + 1j * COMPLEX_STEP
        columns.append(np.imag(f(moved)) / COMPLEX_STEP)
        moved[index] = before
    return np.stack(columns, axis=-1).reshape(*columns[0].shape, *moved.shape)


ACTIVATIONS: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "relu": lambda A: np.where(A.real > 0, A, 0),
    "none": lambda A: A,
    "sigmoid": lambda A: 1 / (1 + np.exp(-A)),
    "negative part": lambda A: np.where(A.real < 0, A, 0),
    "absolute value": lambda A: np.where(A.real > 0, A, -A),
}


class Measured:
    """One network on one batch, and what can be measured on it. Everything is found when first asked for."""

    def __init__(
        self, X: np.ndarray, y: np.ndarray, parameters: Mapping[str, np.ndarray], activation: str = "relu"
    ) -> None:
        """X: (N, D), any number type. y: (N,). `parameters`: W1 (D, H), b1 (H,), W2 (H, C), b2 (C,).

        `activation`: a key of ACTIVATIONS, for the network of a student who has another one.
        """
        self.X, self.y, self.parameters = np.asarray(X, dtype=float), y, dict(parameters)
        self.activation = activation
        self.N, self.C = len(y), len(parameters["b2"])

    def as_seen(self, own_scores: Any) -> Measured:
        """The network whose scores are `own_scores`: a student's forward pass that is wrong costs its marks in one
        question, and the later ones are held against what it really computes."""
        own = np.asarray(own_scores) if is_gradient(own_scores) else None
        if own is None or own.shape != self.scores.shape or not np.isfinite(own).all():
            return self
        if not np.ptp(own) and not agrees(own, np.maximum(self.scores, 0)):
            return self  # a constant is no net; scores behind a ReLU may all be 0
        if agrees(own, self.scores):
            return self
        p = self.parameters
        zeros = {"b1": np.zeros_like(p["b1"]), "b2": np.zeros_like(p["b2"])}
        negated = {name: -p[name] for name in zeros}
        for otherwise in (zeros, negated, *({name: one[name]} for one in (zeros, negated) for name in one)):
            other = Measured(self.X, self.y, {**p, **otherwise})
            if agrees(own, other.scores):
                return other
        for factor in (2, 1 / self.N, 1 / self.X.shape[1]):
            other = Measured(self.X, self.y, {**p, "W1": factor * p["W1"]})
            if agrees(own, other.scores):
                return other
        for activation in ACTIVATIONS:
            other = Measured(self.X, self.y, p, activation)
            if agrees(own, other.scores):
                return other
        odd = Measured(self.X, self.y, p)
        odd.__dict__["scores"] = own.astype(float)  # how they came about is not known; what follows from them is
        return odd

    def pre_activations(self, W1: np.ndarray, b1: np.ndarray) -> np.ndarray:
        return self.X @ W1 + b1

    def scores_from(self, H: np.ndarray, W2: np.ndarray, b2: np.ndarray) -> np.ndarray:
        return H @ W2 + b2

    @cached_property
    def A(self) -> np.ndarray:
        """(N, H), before the ReLU."""
        return self.pre_activations(self.parameters["W1"], self.parameters["b1"])

    @cached_property
    def H(self) -> np.ndarray:
        """(N, H), after it."""
        return ACTIVATIONS[self.activation](self.A)

    @cached_property
    def scores(self) -> np.ndarray:
        return self.scores_from(self.H, self.parameters["W2"], self.parameters["b2"])

    @cached_property
    def loss(self) -> float:
        return float(log_sum_exp_loss(self.scores, self.y))

    @cached_property
    def dscores(self) -> np.ndarray:
        """(N, C), measured."""
        return jacobian(lambda s: log_sum_exp_loss(s, self.y)[None], self.scores)[0]

    @cached_property
    def one_hot(self) -> np.ndarray:
        return np.eye(self.C)[self.y]

    def weighted(self, which: str, upstream: np.ndarray) -> np.ndarray:
        """Derivative of sum(upstream · value) by the parameter `which`: the value is the scores for W2 and b2, the
        pre-activations for W1 and b1."""
        return np.tensordot(upstream, self._jacobians[which], axes=2)

    def upstream_of(self, which: str, gradient: Any) -> np.ndarray | None:
        """The upstream gradient under which `weighted(which, …)` is `gradient`, or None if there is none.

        Needs more entries in the parameter than in the upstream gradient, so that a fit is no accident.
        """
        jac = self._jacobians[which]
        shape = jac.shape[:2]
        if not is_gradient(gradient) or np.shape(gradient) != jac.shape[2:]:
            return None
        flat = jac.reshape(shape[0] * shape[1], -1).T
        found, *_ = np.linalg.lstsq(flat, np.ravel(gradient).astype(float), rcond=None)
        found = found.reshape(shape)
        return found if agrees(gradient, self.weighted(which, found)) and np.abs(found).max() > 1e-6 else None

    def through_the_activation(self, dscores: np.ndarray) -> np.ndarray:
        """(N, H): derivative of sum(dscores · scores) by the values before the ReLU, measured."""

        def forward(A: np.ndarray) -> np.ndarray:
            return self.scores_from(ACTIVATIONS[self.activation](A), self.parameters["W2"], self.parameters["b2"])

        return self._along_rows(forward, self.A, dscores)

    def at_the_hidden_units(self, dscores: np.ndarray) -> np.ndarray:
        """(N, H): derivative of sum(dscores · scores) by the values after the ReLU, measured."""
        return self._along_rows(
            lambda H: self.scores_from(H, self.parameters["W2"], self.parameters["b2"]), self.H, dscores
        )

    def _along_rows(self, forward: Callable, values: np.ndarray, dscores: np.ndarray) -> np.ndarray:
        return np.tensordot(dscores, jacobian(forward, values), axes=2)

    @cached_property
    def _jacobians(self) -> dict[str, np.ndarray]:
        p = self.parameters
        return {
            "W1": jacobian(lambda W1: self.pre_activations(W1, p["b1"]), p["W1"]),
            "b1": jacobian(lambda b1: self.pre_activations(p["W1"], b1), p["b1"]),
            "W2": jacobian(lambda W2: self.scores_from(self.H, W2, p["b2"]), p["W2"]),
            "b2": jacobian(lambda b2: self.scores_from(self.H, p["W2"], b2), p["b2"]),
        }


def is_gradient(value: Any) -> bool:
    return isinstance(value, np.ndarray) and value.dtype.kind in "iuf" and value.size > 0


def agrees(yours: Any, truth: Any) -> bool:
    """Equal but for rounding. Shape (1, C) counts as (C,), and float32 is held to its own digits: shape and dtype are
    asked by themselves."""
    yours = np.asarray(yours)
    if yours.dtype.kind not in "iuf":
        return False
    truth = np.asarray(truth, dtype=float)
    if yours.shape != truth.shape:
        if yours.squeeze().shape != truth.squeeze().shape:
            return False
        yours = yours.reshape(truth.shape)
    # 1e-9: sums of a few dozen products stay below 1e-14, a finite difference above 1e-11 in most entries.
    tolerance = 1e-9 if yours.dtype == np.float64 or yours.dtype.kind in "iu" else 1e-4
    size = np.abs(truth).max(initial=0.0) + np.abs(yours).max(initial=0.0)
    return bool(np.all(np.abs(yours - truth) <= tolerance * size)) if np.isfinite(size) else False


def number(value: Any) -> float | None:
    """`value` as a float if it is one number, however it is wrapped."""
    if isinstance(value, bool) or not isinstance(value, int | float | np.ndarray):
        return None
    if isinstance(value, np.ndarray) and (value.size != 1 or value.dtype.kind not in "iuf"):
        return None
    return float(np.asarray(value).item())


def mean_of(value: Any) -> float | None:
    """`number`, or the mean of one number for each example: who stopped there is told so in one place."""
    return number(value.mean() if is_gradient(value) and value.ndim == 1 else value)


def is_loss(value: Any, truth: float) -> bool:
    found = number(value)
    return found is not None and math.isclose(found, truth, rel_tol=LOSS_TOLERANCE)
