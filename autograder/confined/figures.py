"""Makes matplotlib draw inline figures faster, pixel for pixel the same. Called in the warm process, before it forks.

Drawing is half of what a lesson's cells cost, and most of that is done again: `bbox_inches="tight"`, which notebooks
use, goes through every artist once to measure and once to draw, with a new renderer (and empty caches) each time, and
pyplot has drawn it before for a window that is not there. `install` spares that, keeps what was measured from one
renderer to the next (`texts`) and from one step to the next (`printing`), copies ticks in place of making each
(`ticks`), does not let artists draw while nothing is drawn, and packs the PNG without trying filters (`png`).
`warm_up` fills those caches and matplotlib's own.

Everything here is written against private names of matplotlib 3.11. Where one of them is missing, `install` does
nothing: the same figures, only slower. The oracle of the tests is matplotlib left alone.
"""

from __future__ import annotations

import contextlib
import functools
import io
from collections.abc import Callable, Iterator
from typing import Any

import matplotlib
import numpy as np
from matplotlib import (
    _pylab_helpers,
    backend_bases,
    collections,
    image,
    lines,
    patches,
    pyplot,
    text,
    transforms,
)
from matplotlib.backends import backend_agg

from autograder.confined import printing, texts, ticks
from autograder.confined.png import png
from autograder.confined.replacing import replace

NEEDED = (
    (backend_agg.FigureCanvasAgg, "_print_pil"),
    (backend_bases.RendererBase, "_draw_disabled"),
    (pyplot, "_draw_all_if_interactive"),
    *printing.NEEDED,
    *texts.NEEDED,
    *ticks.NEEDED,
)
"""Names that matplotlib may rename."""


def install() -> bool:
    """For this process and what is forked from it. False: this matplotlib is a different one, and stays as it is."""
    if not all(hasattr(place, name) for place, name in NEEDED):
        return False
    if not hasattr(backend_agg.FigureCanvasAgg._print_pil, "__wrapped__"):
        replace(backend_agg.FigureCanvasAgg, "_print_pil", _without_filters)
        _measure_without_drawing()
        _unite_boxes_at_once()
        printing.install()
        texts.install()
        ticks.install()
        pyplot._draw_all_if_interactive = _lay_out_what_has_a_layout
    return True


def _lay_out_what_has_a_layout() -> None:
    """After each cell pyplot draws every open figure for a window that a notebook does not have; then the figure is
    drawn again to be shown. Only a layout engine, and who asked to hear of drawings, would miss the first time."""
    if matplotlib.is_interactive():
        for manager in _pylab_helpers.Gcf.get_all_fig_managers():
            figure = manager.canvas.figure
            if figure.stale and (figure.get_layout_engine() or figure._canvas_callbacks.callbacks.get("draw_event")):
                manager.canvas.draw_idle()


def _without_filters(original: Callable) -> Callable:
    def _print_pil(self, target, fmt, pil_kwargs, metadata=None):
        # Only what goes into an output; a file that a student saves is their own.
        if fmt != "png" or not isinstance(target, io.BytesIO) or pil_kwargs or metadata:
            return original(self, target, fmt, pil_kwargs, metadata)
        backend_agg.FigureCanvasAgg.draw(self)
        software = f"Matplotlib version{matplotlib.__version__}, https://matplotlib.org/"
        target.write(png(np.asarray(self.buffer_rgba()), self.figure.dpi, {"Software": software}))
        return None

    return _print_pil


def _unite_boxes_at_once() -> None:
    """matplotlib asks each box for each of its four sides, and NumPy for the smaller one of two."""
    original = transforms.BboxBase.union

    @functools.wraps(original)
    def union(bboxes):
        if not all(isinstance(box, transforms.BboxBase) for box in bboxes) or not len(bboxes):
            return original(bboxes)
        points = np.array([box.get_points() for box in bboxes])
        return transforms.Bbox([points.min(axis=(0, 1)), points.max(axis=(0, 1))])

    transforms.BboxBase.union = staticmethod(union)


def _measure_without_drawing() -> None:
    """In the pass that only measures, renderers ignore what is drawn; artists prepared it nevertheless."""

    def disabling(original: Callable) -> Callable:
        @contextlib.contextmanager
        def _draw_disabled(self: Any) -> Iterator[None]:
            with original(self):
                self.nothing_is_drawn = True
                try:
                    yield
                finally:
                    del self.nothing_is_drawn

        return _draw_disabled

    def skipping(original: Callable) -> Callable:
        def draw(self, renderer):
            if getattr(renderer, "nothing_is_drawn", False) and not _leaves_traces(self):
                if isinstance(self, text.Text):
                    self._renderer = renderer  # what its size is measured with from now on
                return None
            return original(self, renderer)

        return draw

    replace(backend_bases.RendererBase, "_draw_disabled", disabling)
    for artist in (lines.Line2D, patches.Patch, text.Text, image._ImageBase, collections.Collection):
        replace(artist, "draw", skipping)


def _leaves_traces(artist: Any) -> bool:
    """Whether drawing it changes what is measured afterwards: a text's frame, the range of a colour bar."""
    if isinstance(artist, text.Text):
        return artist.get_bbox_patch() is not None
    if isinstance(artist, image._ImageBase | collections.Collection):
        return artist.get_array() is not None and not artist.norm.scaled()
    return False


def warm_up() -> None:
    """Draw once what lessons draw. Leaves no figure open, no font file, and no setting changed."""
    from IPython.core.pylabtools import print_figure
    from matplotlib.figure import Figure

    figure = Figure()
    backend_agg.FigureCanvasAgg(figure)
    lines_, picture, logarithmic = figure.subplots(1, 3)
    numbers = [float(number) for number in range(1, 30)]
    table = [[row * column for column in numbers] for row in numbers]
    lines_.plot(numbers, label="loss")
    lines_.hist(numbers)
    lines_.bar(["a", "b"], [1, 2])
    lines_.scatter(numbers, numbers, c=numbers, cmap="viridis")
    lines_.annotate("here", (1, 1), (1, 2), arrowprops={"arrowstyle": "->"}, bbox={"boxstyle": "round"})
    lines_.set(xlabel="iteration", ylabel=r"$\partial L / \partial W$", title="Title")
    lines_.legend()
    lines_.grid(True)
    picture.contourf(table)
    figure.colorbar(picture.imshow(table, cmap="gray"), ax=picture)
    logarithmic.loglog(numbers, numbers)
    figure.suptitle("Title")
    figure.tight_layout()
    print_figure(figure)
    texts.measure_tick_labels(figure.canvas.get_renderer())
