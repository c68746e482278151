"""CIFAR-10 from a small file of the same format: downloaded from a server on this machine, or read from a folder."""

import hashlib
import http.server
import io
import tarfile
import threading

import numpy as np
import pytest

from autograder import load_images
from autograder.datasets import cifar10
from autograder.datasets.cifar10 import PIXELS, TEST, TRAINING, Archive
from autograder.errors import DatasetError

EACH = 8
"""Records in each of the six files."""


def records(seed: int) -> bytes:
    """EACH records as CIFAR-10's binary version has them: a label, then 3 planes of 32 × 32."""
    rng = np.random.default_rng(seed)
    labels, pixels = rng.integers(10, size=(EACH, 1)), rng.integers(256, size=(EACH, PIXELS))
    return np.hstack([labels, pixels]).astype(np.uint8).tobytes()


FILES = {name: records(seed) for seed, name in enumerate((*TRAINING, TEST))}


def tar(files: dict[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w:gz") as archive:
        for name, content in {"readme.html": b"hello", **files}.items():
            member = tarfile.TarInfo(f"cifar-10-batches-bin/{name}")
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    return stream.getvalue()


PACKED = tar(FILES)


@pytest.fixture
def server(tmp_path):
    """A web server for `tmp_path / "web"` that counts requests; returns (address, folder, requests)."""
    folder = tmp_path / "web"
    folder.mkdir()
    requests = []

    class Handler(http.server.SimpleHTTPRequestHandler):
        def __init__(self, *arguments):
            super().__init__(*arguments, directory=str(folder))

        def log_message(self, *words):
            requests.append(words)

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as running:
        threading.Thread(target=running.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{running.server_port}", folder, requests
        running.shutdown()


def known(address: str, content: bytes = PACKED) -> Archive:
    return Archive(f"{address}/cifar-10-binary.tar.gz", hashlib.md5(content).hexdigest())


def test_it_is_downloaded_once(server, tmp_path, capsys):
    """The second time it comes from the cache; neither time anything stands on stderr."""
    address, folder, requests = server
    (folder / "cifar-10-binary.tar.gz").write_bytes(PACKED)

    images = cifar10.load(archive=known(address), cache=tmp_path / "cache")
    again = cifar10.load(archive=known(address), cache=tmp_path / "cache")

    assert len(requests) == 1
    assert (images.X_train.shape, images.X_test.shape) == ((39, PIXELS), (8, PIXELS))
    np.testing.assert_array_equal(images.X_train, again.X_train)
    assert capsys.readouterr().err == ""


def test_pixels_and_labels_stand_where_they_were():
    """The planes of a record become the red, green and blue of a picture."""
    pixels, labels = cifar10._records(FILES, TEST)
    record = np.frombuffer(FILES[TEST], np.uint8)[: 1 + PIXELS]

    assert labels[0] == record[0]
    np.testing.assert_array_equal(pixels[0, :, :, 0].ravel(), record[1:1025])
    np.testing.assert_array_equal(pixels[0, :, :, 2].ravel(), record[2049:])


def test_it_is_read_from_a_folder_whichever_way_it_lies_there(tmp_path):
    """Unpacked, unpacked one level down, or still in its archive; without internet."""
    for place in ("unpacked", "below/cifar-10-batches-bin"):
        (tmp_path / place).mkdir(parents=True)
        for name, content in FILES.items():
            (tmp_path / place / name).write_bytes(content)
    (tmp_path / "packed").mkdir()
    (tmp_path / "packed" / "cifar-10-binary.tar.gz").write_bytes(PACKED)

    unpacked = load_images("cifar10", folder=tmp_path / "unpacked")
    below = load_images("cifar10", folder=str(tmp_path / "below"))
    packed = cifar10.load(tmp_path / "packed", archive=known("http://nowhere.invalid"))

    assert unpacked.shape == (32, 32, 3)
    np.testing.assert_array_equal(unpacked.X_val, below.X_val)
    np.testing.assert_array_equal(unpacked.X_val, packed.X_val)


def test_the_archive_in_a_folder_must_be_the_known_one(tmp_path):
    """Half a download is refused before it is opened."""
    (tmp_path / "cifar-10-binary.tar.gz").write_bytes(PACKED[: len(PACKED) // 2])

    with pytest.raises(DatasetError, match="not the known archive"):
        load_images("cifar10", folder=tmp_path)


def test_another_file_from_the_server_is_refused_and_not_kept(server, tmp_path):
    """A hash that differs; the cache stays empty."""
    address, folder, _ = server
    (folder / "cifar-10-binary.tar.gz").write_bytes(PACKED[:-1])

    with pytest.raises(DatasetError, match="checksum differs"):
        cifar10.load(archive=known(address), cache=tmp_path / "cache")

    assert not [path for path in (tmp_path / "cache").rglob("*") if path.is_file()]


def test_without_internet_one_sentence_says_what_to_do(server, tmp_path):
    """A file that the server does not have, and a server that is not there."""
    address, _, _ = server

    for unreachable in (known(address), Archive("http://127.0.0.1:9/cifar-10-binary.tar.gz", "0" * 32)):
        with pytest.raises(DatasetError, match=r"could not be fetched\. Without internet use load_images\(\)"):
            cifar10.load(archive=unreachable, cache=tmp_path / "cache")


BAD_FILES = {
    "truncated": ({**FILES, TEST: FILES[TEST][:-5]}, "test_batch.bin is truncated"),
    "empty": ({**FILES, TEST: b""}, "test_batch.bin is truncated"),
    "missing": ({name: FILES[name] for name in FILES if name != TRAINING[2]}, "data_batch_3.bin is missing"),
    "label out of range": ({**FILES, TEST: b"\x0b" + FILES[TEST][1:]}, "holds the label 11"),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD_FILES)
def test_a_bad_file_is_one_sentence_that_names_it(tmp_path, name):
    """From a folder of unpacked files, whose checksums are not known."""
    files, says = BAD_FILES[name]
    for file, content in files.items():
        (tmp_path / file).write_bytes(content)

    with pytest.raises(DatasetError, match=says):
        load_images("cifar10", folder=tmp_path)


def test_an_empty_folder_is_told_what_belongs_there(tmp_path):
    """And nothing is downloaded behind the reader's back."""
    with pytest.raises(DatasetError, match=r"holds neither cifar-10-binary\.tar\.gz nor data_batch_1\.bin"):
        load_images("cifar10", folder=tmp_path)


def test_the_original_archive_is_the_one_everybody_knows():
    """The address and checksum on the data set's own page."""
    assert cifar10.BINARY_VERSION.url == "https://www.cs.toronto.edu/~kriz/cifar-10-binary.tar.gz"
    assert cifar10.BINARY_VERSION.md5 == "c32a1d4ab5d03f1284b67883e8d87530"
