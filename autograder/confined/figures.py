"""Makes matplotlib draw inline figures faster, pixel for pixel the same. Called in the warm process, before it forks.

Drawing is half of what a lesson's cells cost, and most of that is done again: `bbox_inches="tight"`, which notebooks
use, goes through every artist once to measure and once to draw, with a new renderer (and empty caches) each time, and
pyplot has drawn it before for a window that is not there. `install` spares that, keeps what was measured from one
renderer to the next (and, in `printing`, from one step to the next), does not let artists draw while nothing is drawn,
and compresses the PNG less eagerly. `warm_up` fills those caches and matplotlib's own.

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
from matplotlib import (
    _pylab_helpers,
    backend_bases,
    collections,
    font_manager,
    image,
    lines,
    mathtext,
    patches,
    pyplot,
    text,
)
from matplotlib.backends import backend_agg

from autograder.confined import printing
from autograder.confined.printing import REMEMBERED_MAX, replace, type_settings

PNG_COMPRESS_LEVEL = 3
"""Pillow's default of 6 takes twice as long for files that are 15 % smaller."""

NEEDED = (
    (backend_agg.FigureCanvasAgg, "_print_pil"),
    (backend_bases.RendererBase, "_draw_disabled"),
    (mathtext.MathTextParser, "_parse_cached"),
    (text, "_get_text_metrics_with_cache"),
    (text, "get_font"),
    (font_manager.FontManager, "_find_fonts_by_props"),
    (pyplot, "_draw_all_if_interactive"),
    *printing.NEEDED,
)
"""Names that matplotlib may rename."""


def install() -> bool:
    """For this process and what is forked from it. False: this matplotlib is a different one, and stays as it is."""
    if not all(hasattr(place, name) for place, name in NEEDED):
        return False
    if not hasattr(backend_agg.FigureCanvasAgg._print_pil, "__wrapped__"):
        _compress_less()
        _remember_text_sizes()
        _remember_formulas()
        _remember_font_tables()
        _measure_without_drawing()
        printing.install()
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


def _compress_less() -> None:
    def make(original: Callable) -> Callable:
        def _print_pil(self, target, fmt, pil_kwargs, metadata=None):
            # Only what goes into an output; a file that a student saves is their own.
            if fmt == "png" and isinstance(target, io.BytesIO):
                pil_kwargs = {"compress_level": PNG_COMPRESS_LEVEL, **(pil_kwargs or {})}
            return original(self, target, fmt, pil_kwargs, metadata)

        return _print_pil

    replace(backend_agg.FigureCanvasAgg, "_print_pil", make)


def _remember_text_sizes() -> None:
    """matplotlib remembers them for each renderer, and makes two renderers for each figure."""
    known: dict[tuple, tuple[float, float, float]] = {}

    def make(original: Callable) -> Callable:
        def _get_text_metrics_with_cache(renderer, text, fontprop, ismath, dpi):
            if type(renderer) is not backend_agg.RendererAgg or ismath == "TeX":
                return original(renderer, text, fontprop, ismath, dpi)
            # As matplotlib does: font properties are equal when their hashes are.
            key = (text, hash(fontprop), ismath, dpi, renderer.dpi, type_settings())
            if key not in known:
                if len(known) >= REMEMBERED_MAX:
                    known.clear()
                known[key] = original(renderer, text, fontprop, ismath, dpi)
            return known[key]

        return _get_text_metrics_with_cache

    replace(text, "_get_text_metrics_with_cache", make)


def _remember_formulas() -> None:
    """Parsing `$10^{-3}$` takes 3 ms, for each label of a logarithmic axis and each renderer."""
    parser = mathtext.MathTextParser("path")

    def make(original: Callable) -> Callable:
        @functools.lru_cache(REMEMBERED_MAX)
        def parse(settings, s, dpi, prop, antialiased, load_glyph_flags):
            parsed = original.__wrapped__(parser, s, dpi, prop, antialiased, load_glyph_flags)
            # An open font must not be shared with a fork (its place in the file is): only its name is kept.
            named = [(font.fname, font.face_index, *glyph) for font, *glyph in parsed.glyphs]
            return parsed._replace(glyphs=()), named

        def _parse_cached(self, s, dpi, prop, antialiased, load_glyph_flags):
            if self._output_type != "vector":
                return original(self, s, dpi, prop, antialiased, load_glyph_flags)
            parsed, named = parse(type_settings(), s, dpi, prop, antialiased, load_glyph_flags)
            glyphs = [
                (font_manager.get_font(font_manager.FontPath(name, index)), *glyph) for name, index, *glyph in named
            ]
            return parsed._replace(glyphs=glyphs)

        return _parse_cached

    replace(mathtext.MathTextParser, "_parse_cached", make)


def _remember_font_tables() -> None:
    """The layout of every text reads two whole tables of its font, for the height of a line."""
    tables: dict[tuple[str, int, str], Any] = {}

    class Tables:
        def __init__(self, font: Any) -> None:
            self.font = font

        def get_sfnt_table(self, name: str) -> Any:
            key = (self.font.fname, self.font.face_index, name)
            if key not in tables:
                tables[key] = self.font.get_sfnt_table(name)
            return tables[key]

    replace(text, "get_font", lambda original: lambda paths: Tables(original(paths)))


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

    figure = Figure(figsize=(10, 6))
    backend_agg.FigureCanvasAgg(figure)
    lines_, bars, picture, logarithmic, points, levels = figure.subplots(2, 3).flat
    numbers = [float(number) for number in range(1, 30)]
    table = [[row * column for column in numbers] for row in numbers]
    lines_.plot(numbers, label="loss")
    lines_.set(xlabel="iteration", ylabel=r"$\partial L / \partial W$", title="Title")
    lines_.legend()
    lines_.grid(True)
    bars.hist(numbers)
    bars.bar(["a", "b"], [1, 2])
    bars.annotate("here", (1, 1), (1, 2), arrowprops={"arrowstyle": "->"}, bbox={"boxstyle": "round"})
    figure.colorbar(picture.imshow(table, cmap="gray"), ax=picture)
    logarithmic.loglog(numbers, [10.0 ** (number - 20) for number in numbers])
    points.scatter(numbers, numbers, c=numbers, cmap="viridis")
    levels.contourf(table)
    figure.suptitle("Title")
    figure.tight_layout()
    print_figure(figure)
    _measure_tick_labels(figure.canvas.get_renderer())


def _measure_tick_labels(renderer: Any) -> None:
    """The sizes of the numbers that stand at most axes."""
    size = font_manager.FontProperties(size=matplotlib.rcParams["xtick.labelsize"])
    dpi = matplotlib.rcParams["figure.dpi"]
    minus = "\N{MINUS SIGN}"
    numbers = [sign + number for sign in ("", minus) for number in _tick_labels()]
    powers = [rf"$\mathdefault{{10^{{{power}}}}}$" for power in range(-18, 19)]
    for label in numbers:
        text._get_text_metrics_with_cache(renderer, label, size, False, dpi)
    for label in powers:
        text._get_text_metrics_with_cache(renderer, label, size, True, dpi)


def _tick_labels() -> list[str]:
    whole = [str(number) for number in (*range(0, 21), *range(25, 101, 5), *range(120, 1001, 20))]
    return whole + [f"{number / 10:.1f}" for number in range(101)] + [f"{number / 100:.2f}" for number in range(101)]
