"""Messages between the trusted side and a student's process, over a real connection."""

import json
import socket
import struct
import time

import numpy as np
import pytest

from autograder.confined.messages import BESIDE_MAX, LONGEST, Channel, Late
from autograder.errors import NotReadable
from autograder.wire import LARGE_ARRAY, decode, encode


@pytest.fixture
def ends():
    one, other = socket.socketpair()
    with one, other:
        yield Channel(one), Channel(other)


def frame(message) -> bytes:
    data = json.dumps(message).encode()
    return struct.pack(">I", len(data)) + data


def soon() -> float:
    return time.monotonic() + 0.05


@pytest.mark.parametrize(
    "array",
    [
        np.random.default_rng(0).normal(size=(50, 60)),
        np.asfortranarray(np.random.default_rng(0).normal(size=(50, 60))),
        np.arange(LARGE_ARRAY, dtype=np.float32)[::2],
        np.zeros((0, LARGE_ARRAY)),
        np.arange(6),
        np.array(3 + 4j),
    ],
    ids=["large", "in columns", "every second", "empty", "small", "one number"],
)
def test_an_array_arrives_as_it_was(ends, array):
    """Its numbers, dtype and shape, in which order they lie in memory, and writable as the student's own."""
    beside = []
    text = encode({"X": array, "again": [array]}, beside=beside)
    ends[0].send({"answer": text}, beside=beside)

    message = ends[1].receive(soon())
    got = decode(message["answer"], beside=message.get("beside", ()))

    for one in (got["X"], *got["again"]):
        assert (one.dtype, one.shape) == (array.dtype, array.shape)
        assert np.array_equal(one, array)
        assert one.flags.writeable
        assert one.flags.f_contiguous or not array.flags.f_contiguous


def test_only_large_arrays_travel_beside_the_text():
    beside = []

    text = encode([np.zeros(4), np.zeros(LARGE_ARRAY)], beside=beside)

    assert len(beside) == 1
    assert len(text) < 400


def test_a_message_whose_arrays_arrive_late_is_kept(ends):
    """The trusted side looks at its clock meanwhile, and goes on where it was."""
    ours, theirs = ends
    whole = frame({"answer": "x", "beside": [5, 0, 3]}) + b"abcdefgh"
    theirs.socket.sendall(whole[:-6])

    with pytest.raises(Late):
        ours.receive(soon())
    theirs.socket.sendall(whole[-6:] + frame({"done": 1}))

    assert ours.receive(soon()) == {"answer": "x", "beside": [b"abcde", b"", b"fgh"]}
    assert ours.receive(soon()) == {"done": 1}


@pytest.mark.parametrize(
    "sizes", [[-1], [True], [1.0], ["1"], 7, {"a": 1}, [LONGEST], [10**30], [0] * (BESIDE_MAX + 1)], ids=str
)
def test_sizes_that_no_message_has_are_refused(ends, sizes):
    """Before anything is read or made room for."""
    ends[1].socket.sendall(frame({"answer": "x", "beside": sizes}))

    with pytest.raises(NotReadable):
        ends[0].receive(soon())


@pytest.mark.parametrize("place", [-1, 1, True, "0", None, [0]])
def test_the_place_of_an_array_that_is_not_there_is_refused(place):
    with pytest.raises(NotReadable):
        decode(json.dumps({"beside": place}), beside=[b"not an array, either"])
