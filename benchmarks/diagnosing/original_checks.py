"""What the original exercise tells its students: its four checks on `neural_net.py`, as its notebook has them.

Source: the two-layer exercise of CS231n, assignment 1 (Stanford, 2015 to 2017); toy net of seed 0, toy data of seed 1.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from autograder import numeric_gradient

CORRECT_SCORES = np.array([
    [-0.81233741, -1.27654624, -0.70335995],
    [-0.17129677, -1.18803311, -0.47310444],
    [-0.51590475, -1.01354314, -0.8504215],
    [-0.15419291, -0.48629638, -0.52901952],
    [-0.00618733, -0.12435261, -0.15226949],
])  # fmt: skip
CORRECT_LOSS = 1.30378789133
CHECKS = ("scores", "loss", "own gradient", "training")


def caught(net: type) -> list[str]:
    """Which of `CHECKS` a student of the original exercise would have seen fail."""
    with np.errstate(all="ignore"):
        return [
            name
            for name, check in zip(CHECKS, (_scores, _loss, _gradient, _training), strict=True)
            if not _holds(check, net)
        ]


def _holds(check: Any, net: type) -> bool:
    try:
        return bool(check(net))
    except Exception:
        return False


def _toy(net: type) -> tuple[Any, np.ndarray, np.ndarray]:
    np.random.seed(0)
    model = net(4, 10, 3, std=1e-1)
    np.random.seed(1)
    return model, 10 * np.random.randn(5, 4), np.array([0, 1, 2, 2, 1])


def _scores(net: type) -> bool:
    model, X, _ = _toy(net)
    return np.sum(np.abs(model.loss(X) - CORRECT_SCORES)) < 1e-7


def _loss(net: type) -> bool:
    model, X, y = _toy(net)
    return abs(model.loss(X, y, reg=0.05)[0] - CORRECT_LOSS) < 1e-9


def _gradient(net: type) -> bool:
    """The student's gradient against the numeric gradient of the student's own loss."""
    model, X, y = _toy(net)
    _, grads = model.loss(X, y, reg=0.05)
    for name, analytic in grads.items():
        numeric = numeric_gradient(lambda _: model.loss(X, y, reg=0.05)[0], model.params[name])
        error = np.max(np.abs(analytic - numeric) / np.maximum(1e-8, np.abs(analytic) + np.abs(numeric)))
        if not error < 1e-6:
            return False
    return set(grads) == set(model.params)


def _training(net: type) -> bool:
    """The last training loss on the toy data: "less than 0.02"."""
    model, X, y = _toy(net)
    history = model.train(X, y, X, y, learning_rate=1e-1, reg=5e-6, num_iters=100, verbose=False)
    return history["loss_history"][-1] < 0.02
