"""`docs/seed_map.md` against the notebooks: everything in the notes is taught, where the page says."""

import json
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

TEACHES = {
    "01_gates": {*range(1, 10), 12},
    "02_linear_layer": {*range(10, 14), *range(19, 25)},
    "03_softmax_relu": {*range(14, 19), 25, 26},
    "04_gradient_check": {27},
    "05_two_layer_net": set(range(14, 29)),
}
"""Lesson → the items of the notes that it has to teach; it may teach more."""

CORRECTED = {2, 4, 6, 7, 11, 15, 19, 20, 22, 24, 25, 27, 28}
"""Items where the notes slip or leave something out."""

THERE = sorted(path.parent.name for path in (ROOT / "notebooks").glob("*/*.ipynb"))

ROW = re.compile(r"\| (\d+) \| (.+) \| (.+) \| (.*)\|")
PLACE = re.compile(r"`(\d\d_\w+)` § ([^|<]+?)\s*(?=<br>|$)")


def rows() -> list[tuple[int, list[tuple[str, str]], str]]:
    """Item, the places that teach it as (lesson, heading), the column of the correction."""
    text = (ROOT / "docs/seed_map.md").read_text(encoding="utf-8")
    matches = [ROW.fullmatch(line) for line in text.splitlines()]
    return [(int(row[1]), PLACE.findall(row[3]), row[4].strip()) for row in matches if row]


def headings(lesson: str) -> list[str]:
    (notebook,) = (ROOT / "notebooks" / lesson).glob("*.ipynb")
    cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
    texts = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown"]
    return [heading for text in texts for heading in re.findall(r"^##+ (.+)$", text, re.MULTILINE)]


def test_every_item_has_one_row():
    """28 of them, in the order of the notes."""
    assert [item for item, _, _ in rows()] == list(range(1, 29))


def test_every_place_can_be_read():
    """What the pattern of this file does not understand would not be looked up."""
    text = (ROOT / "docs/seed_map.md").read_text(encoding="utf-8")

    assert sum(len(places) + len(PLACE.findall(correction)) for _, places, correction in rows()) == text.count(" § ")


@pytest.mark.parametrize("lesson", THERE)
def test_every_heading_is_in_its_notebook(lesson):
    named = {
        heading
        for _, places, correction in rows()
        for there, heading in places + PLACE.findall(correction)
        if there == lesson
    }

    assert named
    assert named <= set(headings(lesson))


def test_no_place_is_in_a_lesson_that_is_not_there():
    named = {lesson for _, places, correction in rows() for lesson, _ in places + PLACE.findall(correction)}

    assert named <= set(THERE)


@pytest.mark.parametrize("lesson", THERE)
def test_each_lesson_teaches_its_items(lesson):
    taught = {item for item, places, _ in rows() if lesson in {there for there, _ in places}}

    assert TEACHES[lesson] <= taught


def test_every_correction_says_where_it_is_discovered():
    """And only where the notes need one."""
    corrected = {item for item, _, correction in rows() if correction}
    discovered = {item for item, _, correction in rows() if PLACE.findall(correction)}

    assert corrected == discovered == CORRECTED
