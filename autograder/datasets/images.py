"""Images cut into training, validation and test, ready for a network."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

SPLITS = ("train", "val", "test")


@dataclass(frozen=True)
class Images:
    """One data set. X of each split: (N, D) float64, centred; y: (N,) int64."""

    name: str
    """What it is and where it was read from, as the notebook prints it."""
    classes: tuple[str, ...]
    """Class name by label."""
    shape: tuple[int, ...]
    """Of one picture, as `imshow` takes it: (28, 28) or (32, 32, 3). Its product is D."""
    mean: np.ndarray
    """(D,), the mean training image, between 0 and 1: add it to a row of X to see the picture again."""
    X_train: np.ndarray
    y_train: np.ndarray
    X_val: np.ndarray
    y_val: np.ndarray
    X_test: np.ndarray
    y_test: np.ndarray

    def __str__(self) -> str:
        counts = ", ".join(
            f"{len(getattr(self, f'y_{split}')):,} {word}"
            for split, word in zip(SPLITS, ("for training", "for validation", "for testing"), strict=True)
        )
        size = " × ".join(map(str, self.shape))
        return f"{self.name}\n{counts}; each {size} numbers, {len(self.classes)} classes"


def centred(
    name: str, classes: tuple[str, ...], pixels: Mapping[str, np.ndarray], labels: Mapping[str, np.ndarray]
) -> Images:
    """`Images` from `pixels` (N, height, width[, 3]) uint8 and `labels` (N,) of each split.

    Divided by 255, then the mean of the TRAINING images is subtracted from all three: test images are not looked at.
    """
    arrays = {}
    for split in SPLITS:
        arrays[f"X_{split}"] = pixels[split].reshape(len(pixels[split]), -1) / 255.0
        arrays[f"y_{split}"] = labels[split].astype(np.int64)
    mean = arrays["X_train"].mean(axis=0)
    for split in SPLITS:
        arrays[f"X_{split}"] -= mean
    return Images(name, classes, pixels["train"].shape[1:], mean, **arrays)
