"""What matplotlib works out again and again while it prints one figure, worked out once. Called by `figures`.

To print a figure is to measure everything in it, and then to draw it: each axis computes its ticks a dozen times, each
text its layout eight times. Nobody's code runs in between, so only matplotlib itself can change what they depend on,
and that stands in the keys here. Figures whose authors listen to drawing, and axes that are not plain x and y, are
left alone.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from matplotlib import axis, backend_bases, colorbar, font_manager, transforms

from autograder.confined.replacing import replace, settings_under

NEEDED = (
    (axis.Axis, "_update_ticks"),
    (axis.Axis, "_get_ticklabel_bboxes"),
    (colorbar.Colorbar, "update_normal"),
)
"""Names that matplotlib may rename."""

_read_settings = settings_under("font.", "mathtext.", "text.")


@dataclass
class _Ticks:
    """Of one axis, as they stand now."""

    where: tuple
    """Everything they depend on."""
    to_draw: list[axis.Tick]
    label_boxes: dict[tuple, tuple[list[transforms.Bbox], ...]]
    """By what the boxes depend on beside that."""
    tight_box: dict[tuple, transforms.Bbox | None]


class _Printing:
    """One figure on its way to a file."""

    def __init__(self) -> None:
        self.type_settings = _read_type_settings()
        self.ticks: dict[axis.Axis, _Ticks] = {}


_now: _Printing | None = None


def install() -> None:
    replace(backend_bases.FigureCanvasBase, "print_figure", _one_at_a_time)
    replace(axis.Axis, "_update_ticks", _remember_ticks)
    replace(axis.Axis, "_get_ticklabel_bboxes", _remember_label_boxes)
    replace(axis.Axis, "get_tightbbox", _remember_tight_boxes)
    replace(colorbar.Colorbar, "update_normal", _forget_ticks)


def type_settings() -> tuple:
    """Everything but its arguments that the size of a text depends on."""
    return _now.type_settings if _now else _read_type_settings()


def _read_type_settings() -> tuple:
    return (len(font_manager.fontManager.ttflist), *_read_settings())


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
        known = _now.ticks.get(self)
        if known is None or known.where != key:
            known = _now.ticks[self] = _Ticks(key, original(self), {}, {})
        return list(known.to_draw)

    return _update_ticks


def _remember_label_boxes(original: Callable) -> Callable:
    def _get_ticklabel_bboxes(self, ticks, renderer):
        known = _now and _now.ticks.get(self)
        if not known or known.to_draw != ticks:
            return original(self, ticks, renderer)
        # A spine may stand at a place on the other axis.
        key = (*self.axes.viewLim.extents, renderer.dpi)
        if key not in known.label_boxes:
            known.label_boxes[key] = original(self, ticks, renderer)
        return tuple(map(list, known.label_boxes[key]))

    return _get_ticklabel_bboxes


def _remember_tight_boxes(original: Callable) -> Callable:
    """The title asks for it again and again."""

    def get_tightbbox(self, renderer=None, *, for_layout_only=False):
        if _now is None or renderer is None or for_layout_only or not self.get_visible() or _is_aligned(self):
            return original(self, renderer, for_layout_only=for_layout_only)
        self._update_ticks()
        known = _now.ticks.get(self)
        if known is None:
            return original(self, renderer)
        key = (*self.axes.viewLim.extents, renderer.dpi)
        if key not in known.tight_box:
            known.tight_box[key] = original(self, renderer)
        box = known.tight_box[key]
        return None if box is None else transforms.Bbox(box.get_points().copy())

    return get_tightbbox


def _is_aligned(self: axis.Axis) -> bool:
    """With the labels of other axes, whose ticks count then."""
    groups = self.get_figure(root=False)._align_label_groups
    return len(groups[self._get_axis_name()].get_siblings(self.axes)) > 1


def _forget_ticks(original: Callable) -> Callable:
    """A picture whose range is known only when it is drawn moves the ticks of its colour bar."""

    def update_normal(self, *args, **kwargs):
        if _now is not None:
            _now.ticks.clear()
        return original(self, *args, **kwargs)

    return update_normal
