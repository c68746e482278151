"""The class page in a real browser: on a phone, on a desk, on paper, in the dark."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "reports"))
from recorded_class import ASSIGNMENT, a_class, write_course

from autograder.reports.class_page import write_class_page

CONTRAST = """
() => {
  // As CSS resolves it: a canvas turns any colour into red, green, blue and opacity.
  const canvas = document.createElement('canvas').getContext('2d', {willReadFrequently: true});
  const rgba = colour => {
    canvas.clearRect(0, 0, 1, 1); canvas.fillStyle = colour; canvas.fillRect(0, 0, 1, 1);
    return [...canvas.getImageData(0, 0, 1, 1).data];
  };
  const luminance = ([r, g, b]) => [r, g, b]
    .map(v => v / 255).map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
    .reduce((sum, v, place) => sum + v * [0.2126, 0.7152, 0.0722][place], 0);
  const ratio = (one, other) => {
    const [dark, light] = [luminance(one), luminance(other)].sort((a, b) => a - b);
    return (light + 0.05) / (dark + 0.05);
  };
  const behind = element => {
    for (let one = element; one; one = one.parentElement) {
      const style = getComputedStyle(one);
      const stripes = style.backgroundImage.match(/rgba?\\([^)]*\\)|color\\([^)]*\\)/g);
      if (stripes) return stripes.map(rgba);
      if (rgba(style.backgroundColor)[3] === 255) return [rgba(style.backgroundColor)];
    }
    return [[255, 255, 255, 255]];
  };
  const found = [];
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const text = walk.currentNode.textContent.trim(), element = walk.currentNode.parentElement;
    if (!text || element.closest('.unseen')) continue;
    const ink = rgba(getComputedStyle(element).color);
    for (const paper of behind(element)) found.push([ratio(ink, paper), element.tagName + ' ' + text.slice(0, 30)]);
  }
  return found;
}
"""
"""Every text of the page with its contrast, the worse of both colours where it stands on stripes."""

UNLABELLED = """
() => [...document.querySelectorAll('img, svg, [role=img], [role=region], nav, section, figure, table')].filter(one => {
  const named = one.getAttribute('aria-label') || one.getAttribute('alt')
    || document.getElementById(one.getAttribute('aria-labelledby'))?.textContent
    || one.querySelector('caption, figcaption')?.textContent;
  return !named?.trim() || (one.tagName === 'TABLE' && one.querySelector('th:not([scope])'));
}).map(one => one.outerHTML.slice(0, 80))
"""


@pytest.fixture(scope="module")
def page_path(tmp_path_factory) -> Path:
    """A class of 130, one of them with a name that never ends."""
    students = a_class(130)
    students[0].id = "a" * 80
    students[1].notes = ("submitted/" + "long_" * 40 + ".ipynb was graded.",)
    students[2].marks["check_net_loss"] = None
    course = write_course(tmp_path_factory.mktemp("class") / "course", students)
    return write_class_page(course, ASSIGNMENT)


@pytest.fixture(params=[420, 1200], ids=["phone", "desk"])
def page(browser, page_path, request):
    page = browser.new_page(viewport={"width": request.param, "height": 900})
    page.goto(page_path.as_uri())
    yield page
    page.close()


def unfold(page) -> None:
    page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")


def test_the_page_never_scrolls_sideways(page):
    """Tables do, inside their own frame; folded parts count, too."""
    closed = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    unfold(page)
    opened = page.evaluate("document.documentElement.scrollWidth - innerWidth")

    assert page.locator("details").count() > 5
    assert (closed, opened) == (0, 0)


def test_a_picture_a_table_a_region_says_what_it_is(page):
    """And every head of a table what it heads."""
    assert page.locator("[role=img]").count() == 3
    assert page.evaluate(UNLABELLED) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_is_readable(page, scheme):
    """4.5 : 1 everywhere, WCAG AA, by day and by night; on the bars, too."""
    page.emulate_media(color_scheme=scheme)
    unfold(page)

    texts = page.evaluate(CONTRAST)

    assert len(texts) > 1000
    assert [(round(ratio, 2), text) for ratio, text in texts if ratio < 4.5] == []


def test_every_bar_stands_beside_its_question(page):
    """Name, bar and mean of a question are nearer to each other than to those of another."""
    rows = page.evaluate(
        "() => [...document.querySelectorAll('.row')].map(row => "
        "[...row.children].map(one => one.getBoundingClientRect()).map(box => [box.top, box.bottom]))"
    )

    assert len(rows) == 15
    tops = [min(top for top, _ in row) for row in rows]
    bottoms = [max(bottom for _, bottom in row) for row in rows]
    assert all(bottom <= top for bottom, top in zip(bottoms, tops[1:], strict=False))


def test_a_link_to_a_folded_student_opens_the_fold(page):
    """From the list of who made a mistake to the student's line."""
    page.evaluate("location.hash = '#s101'")

    page.wait_for_function("document.getElementById('s101').closest('details').open")
    assert page.locator("#s101").is_visible()


def test_paper_gets_the_tables_and_no_fold_of_a_picture(browser, page_path):
    """What stands behind a picture is printed; navigation is not; nothing runs off the paper."""
    page = browser.new_page(viewport={"width": 700, "height": 900})  # A4 less its margins
    page.goto(page_path.as_uri())
    page.emulate_media(media="print")

    assert page.get_by_text("Students by share of all points", exact=True).is_visible()
    assert page.locator("nav").is_hidden()
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") == 0
    assert page.pdf(format="A4").startswith(b"%PDF")
    page.close()


def test_a_small_class_fits_a_phone_too(browser, tmp_path):
    """Three students: no folds of students, the same rules."""
    path = write_class_page(write_course(tmp_path / "course", a_class(3)), ASSIGNMENT)
    page = browser.new_page(viewport={"width": 420, "height": 900})
    page.goto(path.as_uri())

    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") == 0
    assert page.locator("tr#s1").is_visible()
    page.close()
