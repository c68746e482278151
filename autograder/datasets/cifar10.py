"""CIFAR-10, the data of the original exercise: downloaded once when asked for, or read from a folder.

Source: A. Krizhevsky, "Learning Multiple Layers of Features from Tiny Images", 2009,
https://www.cs.toronto.edu/~kriz/cifar.html (binary version). Not redistributed here.
"""

from __future__ import annotations

import tarfile
from collections.abc import Mapping
from dataclasses import dataclass
from os import PathLike
from pathlib import Path

import numpy as np

from autograder.datasets.images import Images, centred
from autograder.errors import DatasetError

CLASSES = ("airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck")

TRAINING = tuple(f"data_batch_{number}.bin" for number in range(1, 6))
TEST = "test_batch.bin"

PIXELS = 3 * 32 * 32
"""A record is one byte of label, then the red, green and blue planes of 32 × 32 bytes."""

KEPT = {"train": 10_000, "val": 1_000, "test": 1_000}
"""Of 60,000. All of them as float64 are 1.5 GB, more than a classroom machine may have to spare."""


@dataclass(frozen=True)
class Archive:
    """A file on the internet that is known before it is fetched."""

    url: str
    md5: str

    @property
    def name(self) -> str:
        return self.url.rsplit("/", 1)[-1]


BINARY_VERSION = Archive("https://www.cs.toronto.edu/~kriz/cifar-10-binary.tar.gz", "c32a1d4ab5d03f1284b67883e8d87530")
"""170,052,171 bytes."""


def load(
    folder: str | PathLike[str] | None = None,
    archive: Archive = BINARY_VERSION,
    cache: str | PathLike[str] | None = None,
) -> Images:
    """CIFAR-10, the first images of each split.

    `folder`: holds the archive, the six `.bin` files, or their folder `cifar-10-batches-bin`; nothing is downloaded.
    Without it the archive is downloaded into `cache` (by default the user's cache folder), once.
    Raises `DatasetError` when it cannot be fetched, or a file is missing, truncated or not the known one. A folder of
    unpacked `.bin` files is checked for whole records and valid labels; their checksums are not known.
    """
    files = _in_archive(_downloaded(archive, cache), archive) if folder is None else _in_folder(Path(folder), archive)
    X, y = (np.concatenate(parts) for parts in zip(*(_records(files, name) for name in TRAINING), strict=True))
    X_test, y_test = _records(files, TEST)
    train = min(KEPT["train"], len(X) - 1)  # of a smaller file, too, something is left for validation
    val = slice(train, train + KEPT["val"])
    test = slice(KEPT["test"])
    return centred(
        f"CIFAR-10, from {folder if folder is not None else archive.url}", CLASSES,
        {"train": X[:train], "val": X[val], "test": X_test[test]},
        {"train": y[:train], "val": y[val], "test": y_test[test]},
    )  # fmt: skip


def _downloaded(archive: Archive, cache: str | PathLike[str] | None) -> Path:
    """Where the archive is after `pooch` has fetched it, or found it in the cache with the known checksum."""
    import pooch
    import requests

    pooch.get_logger().setLevel("WARNING")  # its progress would stand in the notebook as an error
    cache = pooch.os_cache("backpropagation-course") if cache is None else Path(cache)
    try:
        return Path(pooch.retrieve(archive.url, f"md5:{archive.md5}", fname=archive.name, path=cache))
    except requests.exceptions.RequestException as error:
        raise DatasetError(
            f"{archive.url} could not be fetched.",
            "Without internet use load_images(), or give the folder where you have the file.",
        ) from error
    except ValueError as error:  # how pooch says that the checksum differs; it keeps nothing of the file
        raise DatasetError(
            f"What {archive.url} sent is not the known file: its checksum differs.",
            "Try again later, or use load_images().",
        ) from error


def _in_folder(folder: Path, archive: Archive) -> Mapping[str, bytes]:
    """The six files, by name, wherever in `folder` they are."""
    for place in (folder, folder / "cifar-10-batches-bin"):
        if any((place / name).is_file() for name in (*TRAINING, TEST)):
            return {name: (place / name).read_bytes() for name in (*TRAINING, TEST) if (place / name).is_file()}
    if (folder / archive.name).is_file():
        return _in_archive(folder / archive.name, archive)
    raise DatasetError(
        f"{folder} holds neither {archive.name} nor {TRAINING[0]}.", f"The archive is at {BINARY_VERSION.url}."
    )


def _in_archive(path: Path, archive: Archive) -> Mapping[str, bytes]:
    import pooch

    if pooch.file_hash(str(path), alg="md5") != archive.md5:
        raise DatasetError(
            f"{path} is not the known archive: its checksum differs.", "It may be incomplete: get it again."
        )
    with tarfile.open(path) as files:
        # Read where they are: nothing is unpacked to a path that the archive chooses.
        return {
            Path(member.name).name: files.extractfile(member).read()
            for member in files
            if member.isfile() and Path(member.name).name in (*TRAINING, TEST)
        }


def _records(files: Mapping[str, bytes], name: str) -> tuple[np.ndarray, np.ndarray]:
    """Pixels (N, 32, 32, 3) uint8 and labels (N,) of one file."""
    if name not in files:
        raise DatasetError(f"{name} is missing.", f"The archive at {BINARY_VERSION.url} holds six files.")
    content = np.frombuffer(files[name], np.uint8)
    if content.size == 0 or content.size % (1 + PIXELS):
        raise DatasetError(
            f"{name} is truncated: its {content.size:,} bytes are not whole records of {1 + PIXELS:,}.",
            "Get the file again.",
        )
    records = content.reshape(-1, 1 + PIXELS)
    labels = records[:, 0]
    if labels.max() >= len(CLASSES):
        raise DatasetError(f"{name} holds the label {labels.max()}; CIFAR-10 has 0 to 9.", "Get the file again.")
    return records[:, 1:].reshape(-1, 3, 32, 32).transpose(0, 2, 3, 1), labels
