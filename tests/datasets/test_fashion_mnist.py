"""The images that come with the course, and the full set they were taken from."""

import gzip
import hashlib
import shutil
import struct
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from autograder import load_images
from autograder.datasets import fashion_mnist
from autograder.datasets.fashion_mnist import DEBIAN, SUBSET, SUBSET_SHA256, load_full, load_subset, read_idx
from autograder.errors import DatasetError

ROOT = Path(__file__).parents[2]

needs_debian = pytest.mark.skipif(not DEBIAN.is_dir(), reason="needs Debian's package dataset-fashion-mnist")


def idx(array: np.ndarray) -> bytes:
    """An unpacked IDX file of unsigned bytes."""
    header = struct.pack(f">HBB{array.ndim}I", 0, 8, array.ndim, *array.shape)
    return header + array.astype(np.uint8).tobytes()


@pytest.fixture
def small_set(tmp_path):
    """The four files of the original format, with 20 training and 10 test images; returns their folder."""
    rng = np.random.default_rng(0)
    for prefix, count in (("train", 20), ("t10k", 10)):
        pixels, labels = rng.integers(256, size=(count, 28, 28)), np.arange(count) % 10
        (tmp_path / f"{prefix}-images-idx3-ubyte.gz").write_bytes(gzip.compress(idx(pixels)))
        (tmp_path / f"{prefix}-labels-idx1-ubyte.gz").write_bytes(gzip.compress(idx(labels)))
    return tmp_path


def test_the_default_images_need_no_files_and_no_internet():
    """Real pictures, split and centred, float64, ten classes of equal size in every split."""
    images = load_images()

    assert images.X_train.shape == (5000, 784)
    assert (len(images.X_val), len(images.X_test)) == (1000, 2000)
    assert images.X_train.dtype == images.X_test.dtype == np.float64
    assert np.abs(images.X_train.mean(axis=0)).max() < 1e-12
    for y, each in ((images.y_train, 500), (images.y_val, 100), (images.y_test, 200)):
        assert np.bincount(y).tolist() == [each] * 10
    assert len(images.classes) == 10


def test_adding_the_mean_gives_the_picture_back():
    """Only the training images are averaged; grey levels come back as whole numbers of 255ths."""
    images = load_images()

    for X in (images.X_train, images.X_val, images.X_test):
        grey = (X[:50] + images.mean) * 255
        assert np.abs(grey - grey.round()).max() < 1e-9
        assert grey.min() > -1e-9
        assert grey.max() < 255 + 1e-9


def test_no_image_is_in_two_splits():
    """A test image seen in training would be no test."""
    images = load_images()
    seen = [{row.tobytes() for row in (X + images.mean).round(6)} for X in (images.X_train, images.X_val)]
    seen.append({row.tobytes() for row in (images.X_test + images.mean).round(6)})

    assert not seen[0] & seen[1]
    assert not (seen[0] | seen[1]) & seen[2]


def test_the_notebook_can_say_what_it_runs_on():
    """Name, counts and size, in two lines."""
    assert str(load_images()) == (
        "Fashion-MNIST, the subset that comes with this course\n"
        "5,000 for training, 1,000 for validation, 2,000 for testing; each 28 × 28 numbers, 10 classes"
    )


def test_the_file_is_small_and_is_the_one_the_readme_describes():
    """Under 4 MB in git; the checksum in README.md is the one that is verified."""
    readme = SUBSET.with_name("README.md").read_text(encoding="utf-8")

    assert SUBSET.stat().st_size < 4_000_000
    assert hashlib.sha256(SUBSET.read_bytes()).hexdigest() == SUBSET_SHA256
    assert SUBSET_SHA256 in readme
    assert "Permission is hereby granted" in readme


@needs_debian
def test_the_script_makes_the_same_arrays_again(tmp_path):
    """tools/make_fashion_mnist_subset.py, run as its first lines say."""
    again = tmp_path / "again.npz"
    subprocess.run(
        [sys.executable, str(ROOT / "tools/make_fashion_mnist_subset.py"), "--into", str(again)], check=True, cwd=ROOT
    )

    with np.load(SUBSET) as shipped, np.load(again) as made:
        assert set(shipped) == set(made)
        for name in shipped:
            np.testing.assert_array_equal(shipped[name], made[name])


@needs_debian
def test_the_full_set_is_read_when_it_is_installed():
    """And holds the shipped images as they are."""
    full, shipped = load_images("fashion_mnist_full"), load_images()

    assert (len(full.X_train), len(full.X_val), len(full.X_test)) == (55_000, 5_000, 10_000)
    first = full.X_test[full.y_test == 3][0] + full.mean
    np.testing.assert_allclose(first, shipped.X_test[shipped.y_test == 3][0] + shipped.mean, atol=1e-12)


def test_the_original_format_is_read_from_any_folder(small_set):
    """Where there is no Debian."""
    labels = read_idx(small_set / "t10k-labels-idx1-ubyte.gz")

    images = load_full(small_set)

    assert labels.tolist() == list(range(10))
    assert images.X_test.shape == (10, 784)
    assert str(small_set) in images.name


def damaged(path: Path, content: bytes) -> None:
    path.write_bytes(content)


BAD_FILES = {
    "missing": (lambda path: path.unlink(), "There is no"),
    "cut off": (lambda path: damaged(path, path.read_bytes()[:-40]), "cannot be unpacked"),
    "not gzip": (lambda path: damaged(path, b"<html>not found</html>"), "cannot be unpacked"),
    "empty": (lambda path: damaged(path, gzip.compress(b"")), "not an IDX file"),
    "another format": (lambda path: damaged(path, gzip.compress(b"PNG" * 30)), "not an IDX file"),
    "too few entries": (lambda path: damaged(path, gzip.compress(idx(np.zeros((3, 28, 28)))[:-1])), "promises 2,352"),
}


@pytest.mark.parametrize("name", BAD_FILES)
def test_a_bad_file_is_one_sentence_that_names_it(small_set, name):
    """Which file, and what to do."""
    spoil, says = BAD_FILES[name]
    spoil(small_set / "train-images-idx3-ubyte.gz")

    with pytest.raises(DatasetError, match=says) as caught:
        load_images("fashion_mnist_full", folder=small_set)

    assert "train-images-idx3-ubyte.gz" in caught.value.what
    assert caught.value.next_step


def test_a_changed_subset_is_refused(tmp_path):
    """One byte is enough; so is a file that is not there."""
    changed = tmp_path / SUBSET.name
    shutil.copy(SUBSET, changed)
    content = bytearray(changed.read_bytes())
    content[1000] ^= 1
    changed.write_bytes(content)

    with pytest.raises(DatasetError, match="checksum differs"):
        load_subset(changed)
    with pytest.raises(DatasetError, match="cannot be read"):
        load_subset(tmp_path / "none.npz")


def test_a_source_that_is_none_is_told_the_nearest():
    """As with a question's name."""
    with pytest.raises(DatasetError, match='Did you mean "cifar10"'):
        load_images("cifar-10")


def test_the_class_names_are_in_the_order_of_the_labels():
    """Trousers are label 1: two legs, so the middle column is dark between them."""
    images = load_images()
    trousers = images.X_train[images.y_train == fashion_mnist.CLASSES.index("Trouser")] + images.mean
    middle = trousers.reshape(-1, 28, 28)[:, 18:26, 13:15].mean()
    legs = trousers.reshape(-1, 28, 28)[:, 18:26, 9:12].mean()

    assert middle < legs
