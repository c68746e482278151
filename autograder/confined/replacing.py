"""How `figures` and its neighbours replace what is matplotlib's, and what their keys say of its settings."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import matplotlib

REMEMBERED_MAX = 4096
"""Of one kind; a notebook has a few hundred texts."""


def replace(place: Any, name: str, make: Callable[[Callable], Callable]) -> None:
    original = getattr(place, name)
    setattr(place, name, functools.wraps(original)(make(original)))


def settings_under(*prefixes: str) -> Callable[[], tuple]:
    """What reads the values of `matplotlib.rcParams` whose names begin so, fit for a key."""
    names = tuple(name for name in matplotlib.rcParams if name.startswith(prefixes))

    def read() -> tuple:
        values = [dict.__getitem__(matplotlib.rcParams, name) for name in names]
        # Lists are changed in place: `rcParams["font.sans-serif"].insert(0, …)`.
        return tuple([tuple(value) if isinstance(value, list) else value for value in values])

    return read


def remembered(known: dict[tuple, Any], key: tuple, make: Callable[[], Any]) -> Any:
    """What `make` once gave for this key."""
    if key not in known:
        if len(known) >= REMEMBERED_MAX:
            known.clear()
        known[key] = make()
    return known[key]
