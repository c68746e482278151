"""`load_images`: one name for each source of images."""

from __future__ import annotations

import difflib
from os import PathLike

from autograder.datasets import cifar10, fashion_mnist
from autograder.datasets.images import Images
from autograder.errors import DatasetError

SOURCES = {
    "fashion_mnist": "5,000 + 1,000 + 2,000 images that come with this course",
    "fashion_mnist_full": "all 70,000 images, from Debian's package dataset-fashion-mnist or a folder",
    "cifar10": "10,000 + 1,000 + 1,000 colour images; downloaded once (170 MB), or read from a folder",
}


def load_images(source: str = "fashion_mnist", folder: str | PathLike[str] | None = None) -> Images:
    """Real images, cut into training, validation and test, scaled to [0, 1] and centred on the mean training image.

    `source`: one of `SOURCES`. `folder`: where the files of `"fashion_mnist_full"` or `"cifar10"` already are; with a
    folder nothing is downloaded.
    Raises `DatasetError` when the files are missing, truncated or not what they should be.
    """
    if source == "fashion_mnist":
        return fashion_mnist.load_subset()
    if source == "fashion_mnist_full":
        return fashion_mnist.load_full(folder)
    if source == "cifar10":
        return cifar10.load(folder)
    near = difflib.get_close_matches(str(source), SOURCES, n=1)
    raise DatasetError(
        f"There are no images called {source!r}.",
        f'Did you mean "{near[0]}"?' if near else "The sources are: " + ", ".join(SOURCES) + ".",
    )
