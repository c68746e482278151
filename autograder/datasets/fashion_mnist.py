"""Fashion-MNIST: the subset in this folder, and the full set where Debian's package put it.

Source: H. Xiao, K. Rasul, R. Vollgraf, "Fashion-MNIST", 2017, https://github.com/zalandoresearch/fashion-mnist (MIT).
"""

from __future__ import annotations

import gzip
import hashlib
import io
import math
import struct
import zlib
from os import PathLike
from pathlib import Path

import numpy as np

from autograder.datasets.images import SPLITS, Images, centred
from autograder.errors import DatasetError

SUBSET = Path(__file__).with_name("fashion_mnist_subset.npz")
SUBSET_SHA256 = "45b6a9af60c844375420424bdba4ea7d8d863fe157994f9604fff0df8bf6b2ca"
"""Of the file in git, made by tools/make_fashion_mnist_subset.py."""

DEBIAN = Path("/usr/share/datasets/fashion-mnist")
"""Where `apt-get install dataset-fashion-mnist` puts the original files."""

CLASSES = (
    "T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot",
)  # fmt: skip
"""As the authors name the labels 0 to 9."""

VALIDATION = 5_000
"""The last of the 60,000 training images, kept for validation in the full set."""

UNSIGNED_BYTES = 8
"""The type code of an IDX file whose entries are pixels or labels."""


def load_subset(path: Path = SUBSET) -> Images:
    """The images that come with the course. Raises `DatasetError` when the file is not the one in git."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise DatasetError(f"{path} cannot be read.", "Install the course again.") from error
    if hashlib.sha256(content).hexdigest() != SUBSET_SHA256:
        raise DatasetError(
            f"{path.name} is not the file that comes with this course: its checksum differs.",
            "Install the course again.",
        )
    with np.load(io.BytesIO(content), allow_pickle=False) as arrays:
        pixels = {split: arrays[f"X_{split}"] for split in SPLITS}
        labels = {split: arrays[f"y_{split}"] for split in SPLITS}
    return centred("Fashion-MNIST, the subset that comes with this course", CLASSES, pixels, labels)


def load_full(folder: str | PathLike[str] | None = None) -> Images:
    """All 70,000 images, from the four original files in `folder` (by default where Debian's package puts them).

    Raises `DatasetError` when one of them is missing or damaged.
    """
    folder = DEBIAN if folder is None else Path(folder)
    X, y = (read_idx(folder / f"train-{kind}-ubyte.gz") for kind in ("images-idx3", "labels-idx1"))
    X_test, y_test = (read_idx(folder / f"t10k-{kind}-ubyte.gz") for kind in ("images-idx3", "labels-idx1"))
    kept = max(len(X) - VALIDATION, 1)
    return centred(
        f"Fashion-MNIST, all of it, from {folder}", CLASSES,
        {"train": X[:kept], "val": X[kept:], "test": X_test}, {"train": y[:kept], "val": y[kept:], "test": y_test},
    )  # fmt: skip


def read_idx(path: Path) -> np.ndarray:
    """The array in a gzipped IDX file of unsigned bytes: magic number, one big-endian length an axis, the entries.

    Raises `DatasetError` when the file is missing, truncated, or something else.
    """
    try:
        content = gzip.decompress(path.read_bytes())
    except FileNotFoundError:
        raise DatasetError(
            f"There is no {path}.",
            "On Debian: apt-get install dataset-fashion-mnist. Or use load_images(), which needs no files.",
        ) from None
    except (OSError, EOFError, zlib.error) as error:
        raise DatasetError(f"{path} is damaged: it cannot be unpacked.", "Get the file again.") from error
    zeros, kind, axes = struct.unpack_from(">HBB", content) if len(content) >= 4 else (1, 0, 0)
    if zeros != 0 or kind != UNSIGNED_BYTES or len(content) < 4 + 4 * axes:
        raise DatasetError(f"{path} is not an IDX file of bytes.", "Get the file again.")
    shape = struct.unpack_from(f">{axes}I", content, 4)
    entries = content[4 + 4 * axes :]
    if len(entries) != math.prod(shape):
        raise DatasetError(
            f"{path} promises {math.prod(shape):,} entries and holds {len(entries):,}.", "Get the file again."
        )
    return np.frombuffer(entries, np.uint8).reshape(shape)
