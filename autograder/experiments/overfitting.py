"""The overfitting lab: one thing is varied, the rest stays, and training accuracy is held against test accuracy.

The images are the shipped ones at half the resolution (14 × 14), whatever the rest of the notebook runs on: few enough
numbers that a net learns 200 images by heart in a tenth of a second, so that five seeds of everything take seconds.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache

import numpy as np

from autograder.datasets import load_images
from autograder.errors import QuestionError
from autograder.experiments.training import accuracy, train_once

SEEDS = 5
"""Each draws its own training images, initial weights and batches."""

TRAINING = {"learning_rate": 0.2, "learning_rate_decay": 1.0, "num_iters": 600, "batch_size": 50}
"""The same for every run, and no decay: how often `train` decays depends on how many images an epoch has. 600 steps
are enough for 50 units to learn 200 images by heart."""

INITIAL_STD = 0.4
"""Large on purpose. Weights that start near 0 stay small without help; these leave regularisation something to do."""


@dataclass(frozen=True)
class Setting:
    """What a run of the lab can vary."""

    images: int = 200
    """Training images."""
    units: int = 50
    """Hidden units."""
    reg: float = 0.0


START = Setting()

TABLE_ROWS = {
    "start": START,
    "more data": replace(START, images=2000),
    "more units": replace(START, units=200),
    "stronger regularisation": replace(START, reg=0.02),
    "far too strong": replace(START, reg=0.2),
    "tiny net": replace(START, units=2),
}
"""The rows of the table that the student fills, and the setting of each."""


@dataclass(frozen=True)
class Sweep:
    """Accuracies while one thing varies. Printed, it is a table; `plot_gap` draws it."""

    varied: str
    """A field of `Setting`."""
    values: tuple[float, ...]
    train: np.ndarray
    """(values, seeds), between 0 and 1."""
    test: np.ndarray
    """(values, seeds)."""

    @property
    def gap(self) -> np.ndarray:
        """(values,): mean training accuracy minus mean test accuracy."""
        return (self.train - self.test).mean(axis=1)

    def __str__(self) -> str:
        lines = [f"{self.varied:>8}   train          test           gap"]
        for value, train, test, gap in zip(self.values, self.train, self.test, self.gap, strict=True):
            shown = (f"{one.mean():.3f} ± {one.std():.3f}" for one in (train, test))
            lines.append(f"{value:>8g}   {'  '.join(shown)}  {gap:6.3f}")
        return "\n".join(lines)


def vary(TwoLayerNet: type, *, seeds: int = SEEDS, **varied: Sequence[float]) -> Sweep:
    """Train your net several times for each value of one setting; the others stay at 200 images, 50 units, reg 0.

    `varied`: one of `images=[…]` (up to 5,000), `units=[…]`, `reg=[…]`.
    Raises `QuestionError` when it is another name, or more than one.
    """
    if len(varied) != 1 or not set(varied) <= set(Setting.__dataclass_fields__):
        raise QuestionError(
            f"vary was asked for {', '.join(varied) or 'nothing'}; it varies one thing at a time.",
            "Write images=[…], units=[…] or reg=[…].",
        )
    ((name, values),) = varied.items()
    runs = np.array([[run(TwoLayerNet, replace(START, **{name: v}), seed) for seed in range(seeds)] for v in values])
    return Sweep(name, tuple(values), runs[:, :, 0], runs[:, :, 1])


def run(TwoLayerNet: type, setting: Setting, seed: int, net_seed: int | None = None) -> tuple[float, float]:
    """Training and test accuracy of one net trained with `setting`.

    `seed` picks the training images; `net_seed`, by default the same, the initial weights and batches.
    """
    data = _half_resolution()
    (X, y), (X_val, y_val), (X_test, y_test) = data["train"], data["val"], data["test"]
    if not 1 <= setting.images <= len(X):
        raise QuestionError(f"There are {len(X):,} training images, not {setting.images:,}.", "Ask for fewer.")
    # Ours, not NumPy's global state: every solution gets the same images, whatever it draws itself.
    picked = np.random.default_rng(seed).permutation(len(X))[: setting.images]
    few = slice(50)  # `train` looks at them every epoch; the lab does not
    net = train_once(
        TwoLayerNet, X[picked], y[picked], X_val[few], y_val[few],
        units=setting.units, std=INITIAL_STD, seed=seed if net_seed is None else net_seed, reg=setting.reg,
        **{**TRAINING, "batch_size": min(TRAINING["batch_size"], setting.images)},
    )  # fmt: skip
    return accuracy(net, X[picked], y[picked]), accuracy(net, X_test, y_test)


@cache
def _half_resolution() -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """Split → (X (N, 196), y (N,)): the shipped images, each 2 × 2 pixels averaged. Their mean stays 0."""
    images = load_images()
    side = images.shape[0] // 2
    return {
        split: (X.reshape(len(X), side, 2, side, 2).mean(axis=(2, 4)).reshape(len(X), -1), y)
        for split, X, y in (
            ("train", images.X_train, images.y_train),
            ("val", images.X_val, images.y_val),
            ("test", images.X_test, images.y_test),
        )
    }
