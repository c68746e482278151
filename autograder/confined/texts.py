"""How large texts are and how their glyphs lie, worked out once. Called by `figures`.

matplotlib remembers this for each renderer, and makes two renderers for each figure. Here it is remembered for the
process, and for what is forked from it: the labels of ticks are the same in nearly every figure.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import matplotlib
from matplotlib import font_manager, mathtext, text
from matplotlib.backends import backend_agg

from autograder.confined.printing import type_settings
from autograder.confined.replacing import REMEMBERED_MAX, remembered, replace

NEEDED = (
    (text, "_get_text_metrics_with_cache"),
    (text, "get_font"),
    (text.Text, "_get_layout"),
    (text.Text, "get_fontfeatures"),
    (mathtext.MathTextParser, "_parse_cached"),
    (font_manager.FontManager, "_find_fonts_by_props"),
    (backend_agg.RendererAgg, "_draw_text_glyphs_and_boxes"),
    (backend_agg.RendererAgg, "_prepare_font"),
)
"""Names that matplotlib may rename."""


def install() -> None:
    replace(text, "_get_text_metrics_with_cache", _remember_sizes)
    replace(text.Text, "_get_layout", _remember_layouts)
    replace(backend_agg.RendererAgg, "draw_text", _remember_glyphs)
    _remember_formulas()
    _remember_font_tables()


def measure_tick_labels(renderer: Any) -> None:
    """The numbers that stand at most axes."""
    size = font_manager.FontProperties(size=matplotlib.rcParams["xtick.labelsize"])
    dpi = matplotlib.rcParams["figure.dpi"]
    for label in _tick_labels():
        text._get_text_metrics_with_cache(renderer, label, size, False, dpi)
        _glyphs(renderer, label, size, None, None)
    for power in range(-16, 7):
        text._get_text_metrics_with_cache(renderer, rf"$\mathdefault{{10^{{{power}}}}}$", size, True, dpi)


def _tick_labels() -> list[str]:
    """Ticks stand at multiples of 1, 2, 2.5 and 5."""
    whole = [*range(11), *range(20, 101, 10), *range(25, 176, 50), *range(150, 401, 50), *range(200, 1001, 100)]
    tenths = [*range(11), *range(12, 21, 2), *range(15, 101, 5)]
    hundredths = [*range(11), *range(15, 101, 5)]
    above = [*map(str, whole), *(f"{n / 10:.1f}" for n in tenths), *(f"{n / 100:.2f}" for n in hundredths)]
    below = [*map(str, range(1, 11)), *(f"{n / 10:.1f}" for n in tenths[:21])]
    return [*above, *("\N{MINUS SIGN}" + number for number in below)]


def _remember_sizes(original: Callable) -> Callable:
    known: dict[tuple, tuple[float, float, float]] = {}

    def _get_text_metrics_with_cache(renderer, text, fontprop, ismath, dpi):
        if type(renderer) is not backend_agg.RendererAgg or ismath == "TeX":
            return original(renderer, text, fontprop, ismath, dpi)
        # As matplotlib does: font properties are equal when their hashes are.
        key = (text, hash(fontprop), ismath, dpi, renderer.dpi, type_settings())
        return remembered(known, key, lambda: original(renderer, text, fontprop, ismath, dpi))

    return _get_text_metrics_with_cache


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
        box, lines, corner = remembered(known, key, lambda: original(self, renderer))
        return box.frozen(), list(lines), corner

    return _get_layout


_known_glyphs: dict[tuple, list[tuple]] = {}


def _glyphs(renderer: Any, s: str, prop: Any, features: Any, language: Any) -> list[tuple]:
    """Font, its index in the file, glyph and place of each."""
    flags = backend_agg.get_hinting_flag()

    def lay() -> list[tuple]:
        items = renderer._prepare_font(prop)._layout(s, flags=flags, features=features, language=language)
        return [(*_named(item.ft_object), item.glyph_index, item.x, item.y) for item in items]

    key = (s, hash(prop), renderer.dpi, flags, _hashable(features), _hashable(language), type_settings())
    return remembered(_known_glyphs, key, lay)


def _remember_glyphs(original: Callable) -> Callable:
    """Which glyphs a text is made of, and where they lie: half of drawing it."""

    def draw_text(self, gc, x, y, s, prop, angle, ismath=False, mtext=None):
        if ismath or type(self) is not backend_agg.RendererAgg:
            return original(self, gc, x, y, s, prop, angle, ismath, mtext)
        about = (mtext.get_fontfeatures(), mtext.get_language()) if mtext is not None else (None, None)
        size = prop.get_size_in_points()
        glyphs = [(_font(*font), size, glyph, 0, 1, dx, dy) for *font, glyph, dx, dy in _glyphs(self, s, prop, *about)]
        self._draw_text_glyphs_and_boxes(gc, x, y, angle, glyphs, [])
        return None

    return draw_text


def _hashable(value: Any) -> Any:
    return tuple(map(_hashable, value)) if isinstance(value, list | tuple) else value


def _named(font: Any) -> tuple[str, int]:
    """An open font must not be shared with a fork (its place in the file is): only its name is kept."""
    return font.fname, font.face_index


def _font(name: str, index: int) -> Any:
    return font_manager.get_font(font_manager.FontPath(name, index))


def _remember_formulas() -> None:
    """Parsing `$10^{-3}$` takes 3 ms, for each label of a logarithmic axis and each renderer."""
    parser = mathtext.MathTextParser("path")

    def make(original: Callable) -> Callable:
        @functools.lru_cache(REMEMBERED_MAX)
        def parse(settings, s, dpi, prop, antialiased, load_glyph_flags):
            parsed = original.__wrapped__(parser, s, dpi, prop, antialiased, load_glyph_flags)
            named = [(*_named(font), *glyph) for font, *glyph in parsed.glyphs]
            return parsed._replace(glyphs=()), named

        def _parse_cached(self, s, dpi, prop, antialiased, load_glyph_flags):
            if self._output_type != "vector":
                return original(self, s, dpi, prop, antialiased, load_glyph_flags)
            parsed, named = parse(type_settings(), s, dpi, prop, antialiased, load_glyph_flags)
            return parsed._replace(glyphs=[(_font(name, index), *glyph) for name, index, *glyph in named])

        return _parse_cached

    replace(mathtext.MathTextParser, "_parse_cached", make)


def _remember_font_tables() -> None:
    """The layout of every text reads two whole tables of its font, for the height of a line."""
    tables: dict[tuple[str, int, str], Any] = {}

    class Tables:
        def __init__(self, font: Any) -> None:
            self.font = font

        def get_sfnt_table(self, name: str) -> Any:
            key = (*_named(self.font), name)
            if key not in tables:
                tables[key] = self.font.get_sfnt_table(name)
            return tables[key]

    replace(text, "get_font", lambda original: lambda paths: Tables(original(paths)))
