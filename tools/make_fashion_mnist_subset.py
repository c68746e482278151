"""Makes `autograder/datasets/fashion_mnist_subset.npz` from Debian's package `dataset-fashion-mnist`.

    apt-get install dataset-fashion-mnist
    python tools/make_fashion_mnist_subset.py

No random numbers: of each class the first 500 images of the original training set are for training, the next 100 for
validation, and the first 200 of the original test set for testing, each in the original order. The arrays are the same
on every machine; the bytes of the file depend on the zlib that packs them, so the checksum is that of the file in git.
"""

from __future__ import annotations

import argparse
from itertools import pairwise
from pathlib import Path

import numpy as np

from autograder.datasets.fashion_mnist import DEBIAN, SUBSET, read_idx

PER_CLASS = {"train": 500, "val": 100, "test": 200}


def subset(folder: Path) -> dict[str, np.ndarray]:
    """`X_train` (5000, 28, 28), `X_val`, `X_test` and their labels, uint8, from the four original files."""
    train, val = _of_each_class(read_idx(folder / "train-labels-idx1-ubyte.gz"), PER_CLASS["train"], PER_CLASS["val"])
    (test,) = _of_each_class(read_idx(folder / "t10k-labels-idx1-ubyte.gz"), PER_CLASS["test"])
    arrays = {}
    for split, prefix, picked in (("train", "train", train), ("val", "train", val), ("test", "t10k", test)):
        arrays[f"X_{split}"] = read_idx(folder / f"{prefix}-images-idx3-ubyte.gz")[picked]
        arrays[f"y_{split}"] = read_idx(folder / f"{prefix}-labels-idx1-ubyte.gz")[picked]
    return arrays


def _of_each_class(labels: np.ndarray, *counts: int) -> list[np.ndarray]:
    """For each count the indices of that many images per class, taken one after the other, in the original order."""
    positions = [np.flatnonzero(labels == label) for label in range(10)]
    edges = np.cumsum([0, *counts])
    return [np.sort(np.concatenate([where[start:stop] for where in positions])) for start, stop in pairwise(edges)]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--folder", type=Path, default=DEBIAN, help="where the four original files are")
    parser.add_argument("--into", type=Path, default=SUBSET, help="the file to write")
    chosen = parser.parse_args()
    np.savez_compressed(chosen.into, **subset(chosen.folder))


if __name__ == "__main__":
    main()
