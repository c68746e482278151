"""Ticks copied from one that is made in the same way. Called by `figures`.

An axis makes some ten ticks before it is drawn: three lines and two texts each, every property of which is looked up
in the settings and validated. They differ in their axes and, later, in their place; so all but the first of a kind are
copies. What they are made with, and the settings they are made from, stand in the key.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from matplotlib import artist, axis, cbook, markers

from autograder.confined.replacing import replace, settings_under

NEEDED = ((axis.Axis, "_get_tick"), (markers.MarkerStyle, "_set_marker"), (axis.XTick, "_get_text1_transform"))
"""Names that matplotlib may rename."""

_read_settings = settings_under(
    "axes.grid", "font.", "grid.", "lines.", "markers.", "path.", "text.", "xtick.", "ytick."
)

LINES = ("tick1line", "tick2line", "gridline")
LABELS = ("label1", "label2")


def install() -> None:
    replace(axis.Axis, "_get_tick", _copy_ticks)
    replace(markers.MarkerStyle, "_set_marker", _copy_markers_flat)


def _copy_ticks(original: Callable) -> Callable:
    models: dict[tuple, axis.Tick] = {}

    def _get_tick(self, major):
        if self._tick_class not in (axis.XTick, axis.YTick):
            return original(self, major)
        made_with = self._major_tick_kw if major else self._minor_tick_kw
        key = (self._tick_class, major, *made_with.items(), _read_settings())
        try:
            model = models.get(key)
        except TypeError:  # a colour given as an array, for instance
            return original(self, major)
        if model is None:
            made = original(self, major)
            models[key] = _copy(made, None)
            return made
        return _placed(_copy(model, self.axes.get_figure(root=False)), self.axes)

    return _get_tick


def _copy(tick: axis.Tick, figure: Any) -> axis.Tick:
    """Of no axes yet: it has neither a place nor a transform."""
    made = _copied(tick, figure)
    made._axes = None
    for name in LINES + LABELS:
        part = _copied(getattr(tick, name), figure)
        part._transform = None
        setattr(made, name, part)
    for name in LABELS:
        label = getattr(made, name)
        label._fontproperties = label._fontproperties.copy()  # `set_fontsize` changes them in place
    return made


def _copied(model: artist.Artist, figure: Any) -> artist.Artist:
    made = object.__new__(type(model))
    made.__dict__.update(model.__dict__, _parent_figure=figure)
    made._callbacks = cbook.CallbackRegistry(signals=["pchanged"])
    return made


def _placed(tick: axis.Tick, axes: Any) -> axis.Tick:
    """As the last lines of `XTick.__init__` and `YTick.__init__` do it."""
    tick._axes = axes
    transform = axes.get_xaxis_transform if isinstance(tick, axis.XTick) else axes.get_yaxis_transform
    for name, which in zip(LINES, ("tick1", "tick2", "grid"), strict=True):
        getattr(tick, name)._transform = transform(which)
    for label, where in (
        (tick.label1, tick._get_text1_transform()),
        (tick.label2, tick._get_text2_transform()),
    ):
        label._transform, label._verticalalignment, label._horizontalalignment = where
    return tick


def _copy_markers_flat(original: Callable) -> Callable:
    """A line that takes over another's properties copies its marker, and all that this is made of, down to the arrays.

    Nobody changes those in place but for the transform, or the path, that a user gave.
    """

    def _set_marker(self, marker):
        simple = type(marker) is markers.MarkerStyle and isinstance(marker._marker, str | int)
        if not simple or marker._user_transform is not None:
            return original(self, marker)
        self.__dict__ = dict(marker.__dict__)
        return None

    return _set_marker
