"""What matplotlib works out again and again while it prints one figure, worked out once. Called by `figures`.

To print a figure is to measure everything in it, and then to draw it: each axis computes its ticks a dozen times, each
text its layout eight times. Nobody's code runs in between, so only matplotlib itself can change what they depend on,
and that stands in the keys here. Figures whose authors listen to drawing, and axes that are not plain x and y, are
left alone.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import matplotlib
from matplotlib import axis, backend_bases, colorbar, font_manager, text
from matplotlib.backends import backend_agg

REMEMBERED_MAX = 4096
"""Texts and formulas; a notebook has a few hundred."""

NEEDED = ((text.Text, "_get_layout"), (axis.Axis, "_update_ticks"), (colorbar.Colorbar, "update_normal"))
"""Names that matplotlib may rename."""

_TYPE_SETTINGS = tuple(name for name in matplotlib.rcParams if name.startswith(("font.", "text.", "mathtext.")))


class _Printing:
    """One figure on its way to a file."""

    def __init__(self) -> None:
        self.type_settings = _read_type_settings()
        self.ticks: dict[axis.Axis, tuple[tuple, list]] = {}


_now: _Printing | None = None


def install() -> None:
    replace(backend_bases.FigureCanvasBase, "print_figure", _one_at_a_time)
    replace(axis.Axis, "_update_ticks", _remember_ticks)
    replace(colorbar.Colorbar, "update_normal", _forget_ticks)
    replace(text.Text, "_get_layout", _remember_layouts)


def replace(place: Any, name: str, make: Callable[[Callable], Callable]) -> None:
    original = getattr(place, name)
    setattr(place, name, functools.wraps(original)(make(original)))


def type_settings() -> tuple:
    """Everything but its arguments that the size of a text depends on."""
    return _now.type_settings if _now else _read_type_settings()


def _read_type_settings() -> tuple:
    values = (dict.__getitem__(matplotlib.rcParams, name) for name in _TYPE_SETTINGS)
    # Lists are changed in place: `rcParams["font.sans-serif"].insert(0, …)`.
    settings = tuple(tuple(value) if isinstance(value, list) else value for value in values)
    return (len(font_manager.fontManager.ttflist), *settings)


def _one_at_a_time(original: Callable) -> Callable:
    def print_figure(self, *args, **kwargs):
        global _now
        before = _now
        _now = None if self.figure._canvas_callbacks.callbacks.get("draw_event") else _Printing()
        try:
            return original(self, *args, **kwargs)
        finally:
            _now = before

    return print_figure


def _remember_ticks(original: Callable) -> Callable:
    def _update_ticks(self):
        if _now is None or type(self) not in (axis.XAxis, axis.YAxis):
            return original(self)
        key = (
            *self.get_view_interval(),
            *self.axes.bbox.bounds,
            self.get_figure(root=True).dpi,
            *map(id, (self.major.locator, self.major.formatter, self.minor.locator, self.minor.formatter)),
        )
        known, ticks = _now.ticks.get(self, (None, []))
        if known != key:
            ticks = original(self)
            _now.ticks[self] = key, ticks
        return list(ticks)

    return _update_ticks


def _forget_ticks(original: Callable) -> Callable:
    """A picture whose range is known only when it is drawn moves the ticks of its colour bar."""

    def update_normal(self, *args, **kwargs):
        if _now is not None:
            _now.ticks.clear()
        return original(self, *args, **kwargs)

    return update_normal


def _remember_layouts(original: Callable) -> Callable:
    known: dict[tuple, tuple] = {}

    def _get_layout(self, renderer):
        if type(renderer) is not backend_agg.RendererAgg or self.get_usetex() or self.get_wrap():
            return original(self, renderer)
        key = (
            self.get_text(),
            hash(self._fontproperties),  # as matplotlib does: they are equal when their hashes are
            self.get_parse_math(),
            self.get_rotation(),
            self.get_rotation_mode(),
            self._horizontalalignment,
            self._verticalalignment,
            self._get_multialignment(),
            self._linespacing,
            self.get_figure(root=True).dpi,
            renderer.dpi,
            type_settings(),
        )
        if key not in known:
            if len(known) >= REMEMBERED_MAX:
                known.clear()
            known[key] = original(self, renderer)
        box, lines, corner = known[key]
        return box.frozen(), list(lines), corner

    return _get_layout
