"""Data as text, for the way between a grader and the process a student's code runs in. Never a pickle.

Both sides use it; the grader decodes what may have been forged, so `decode` builds plain data or raises.
"""

from __future__ import annotations

import base64
import io
import json
import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from autograder.errors import NotReadable

LARGE_ARRAY = 16_384
"""Bytes from which an array travels beside the text. As base64 in JSON it costs ten times as much on either side."""

LARGEST = 50_000_000
"""Characters of one message: ten times the largest answer a question asks for."""

CONTAINERS = {"list": list, "tuple": tuple, "set": set, "frozenset": frozenset}


def encode(data: Any, functions: list[Callable[..., Any]] | None = None, beside: list[bytes] | None = None) -> str:
    """Numbers, text, None, containers and numeric arrays as JSON text.

    A function is put into `functions`, when there is such a list, and travels as its place in it; large arrays
    likewise, as `.npy` files, when there is a list `beside`.
    """
    return json.dumps(_pack(data, functions, beside))


def _pack(data: Any, functions: list[Callable[..., Any]] | None = None, beside: list[bytes] | None = None) -> Any:
    if data is None or isinstance(data, bool | int | float | str):
        return data
    if isinstance(data, complex):
        return {"complex": [data.real, data.imag]}
    if isinstance(data, np.ndarray):
        file = io.BytesIO()
        np.save(file, data, allow_pickle=False)
        if beside is not None and data.nbytes >= LARGE_ARRAY:
            beside.append(file.getvalue())
            return {"beside": len(beside) - 1}
        return {"array": base64.b64encode(file.getvalue()).decode()}
    if isinstance(data, dict):
        return {"dict": [[_pack(key), _pack(value, functions, beside)] for key, value in data.items()]}
    for name, kind in CONTAINERS.items():
        if isinstance(data, kind):
            return {name: [_pack(entry, functions, beside) for entry in data]}
    if callable(data) and functions is not None:
        functions.append(data)
        return {"function": len(functions) - 1}
    raise TypeError(f"{type(data).__name__} is not data")


def decode(text: str, function: Callable[[int], Callable[..., Any]] | None = None, beside: Sequence[bytes] = ()) -> Any:
    """The data that `encode` was given. Raises `NotReadable` for anything that is not its work.

    `function(place)` stands in for a function on the other side; without it none is accepted.
    """
    if not isinstance(text, str) or len(text) + sum(map(len, beside)) > LARGEST:
        raise NotReadable("The message is not text, or longer than any answer.")
    try:
        return _unpack(json.loads(text), function, beside)
    except (ValueError, TypeError, KeyError, ArithmeticError, RecursionError, OSError, EOFError) as error:
        raise NotReadable(f"The message is not data: {type(error).__name__}.") from error


def _unpack(packed: Any, function: Callable[[int], Callable[..., Any]] | None, beside: Sequence[bytes]) -> Any:
    if packed is None or isinstance(packed, bool | int | float | str):
        return packed
    if not isinstance(packed, dict) or len(packed) != 1:
        raise ValueError("not one tagged value")
    ((name, content),) = packed.items()
    if name == "complex":
        return complex(*content)
    if name == "function" and function is not None and isinstance(content, int):
        return function(content)
    if name == "array":
        return _array(base64.b64decode(content, validate=True))
    if name == "beside":
        return _array(_beside(content, beside))
    if name == "dict":
        return {_unpack(key, None, ()): _unpack(value, function, beside) for key, value in content}
    return CONTAINERS[name](_unpack(entry, function, beside) for entry in content)


def _beside(place: Any, beside: Sequence[bytes]) -> bytes:
    if isinstance(place, bool) or not isinstance(place, int) or not 0 <= place < len(beside):
        raise ValueError("not the place of an array")
    return beside[place]


def _array(file: bytes) -> np.ndarray:
    """The array in the bytes of a `.npy` file. Its header is read first: it may promise more than there is."""
    stream = io.BytesIO(file)
    if np.lib.format.read_magic(stream) != (1, 0):
        raise ValueError("not the version that numpy writes for numbers")
    shape, in_columns, dtype = np.lib.format.read_array_header_1_0(stream)
    if dtype.kind not in "biufc" or math.prod(shape) * dtype.itemsize != len(file) - stream.tell():
        raise ValueError("not an array of numbers, or not all of it")
    flat = np.frombuffer(file, dtype, offset=stream.tell()) if math.prod(shape) else np.zeros(0, dtype)
    return flat.reshape(shape, order="F" if in_columns else "C").copy(order="K")
