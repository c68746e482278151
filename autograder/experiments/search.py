"""A small grid search over learning rate and regularisation, scored on the validation images."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from autograder.datasets import Images
from autograder.experiments.training import accuracy, train_once

TRAINING = {"learning_rate_decay": 0.95, "num_iters": 300, "batch_size": 100}
"""A quarter of a second a net: enough to tell a good corner of the grid from a bad one."""


@dataclass(frozen=True)
class SearchTable:
    """Validation accuracy of every pair. `plot_search` draws it."""

    learning_rates: tuple[float, ...]
    regs: tuple[float, ...]
    val_accuracy: np.ndarray
    """(learning rates, regs), between 0 and 1."""

    @property
    def best(self) -> tuple[float, float]:
        """Learning rate and reg with the highest validation accuracy; the first of equals."""
        row, column = np.unravel_index(np.argmax(self.val_accuracy), self.val_accuracy.shape)
        return self.learning_rates[row], self.regs[column]

    def __str__(self) -> str:
        learning_rate, reg = self.best
        return f"best: learning rate {learning_rate:g}, reg {reg:g}: {self.val_accuracy.max():.3f} on validation images"


def search(
    TwoLayerNet: type,
    images: Images,
    learning_rates: Sequence[float],
    regs: Sequence[float],
    *,
    units: int = 50,
    std: float = 1e-2,
    seed: int = 0,
) -> SearchTable:
    """Train a net for every pair of a learning rate and a reg, each from the same start.

    Scored on the validation images: the test images are not touched.
    """
    score = np.empty((len(learning_rates), len(regs)))
    for (row, column), _ in np.ndenumerate(score):
        net = train_once(
            TwoLayerNet, images.X_train, images.y_train, images.X_val[:50], images.y_val[:50],
            units=units, std=std, seed=seed, learning_rate=learning_rates[row], reg=regs[column], **TRAINING,
        )  # fmt: skip
        with np.errstate(all="ignore"):
            score[row, column] = accuracy(net, images.X_val, images.y_val)
    return SearchTable(tuple(learning_rates), tuple(regs), score)
