"""The inline question: a right answer, each wrong tick, an empty one, a table made up, a table against the ticks."""

import numpy as np
import pytest

from autograder import check
from autograder.experiments import TABLE_ROWS
from autograder.questions.overfitting import bands

MEASURED = {
    "start": (1.0, 0.71),
    "more data": (0.88, 0.80),
    "more units": (1.0, 0.70),
    "stronger regularisation": (0.84, 0.71),
    "far too strong": (0.28, 0.24),
    "tiny net": (0.62, 0.49),
}
"""A right net, seeds 0 to 4; `tests/experiments` measures it again."""

MADE_UP = {
    "start": (0.95, 0.60),
    "more data": (0.95, 0.90),
    "more units": (0.98, 0.50),
    "stronger regularisation": (0.75, 0.65),
    "far too strong": (0.50, 0.50),
    "tiny net": (0.40, 0.35),
}
"""Believable to someone who knows the answer and ran nothing."""


def ask_table(table):
    return check("inline_table", lambda: table).verdict


def ask(ticks, table=MEASURED):
    return check("inline_answer", (lambda: ticks, lambda: table)).verdict


def slugs(verdict) -> list[str | None]:
    return [finding.misconception for finding in verdict.findings]


def test_a_measured_table_and_the_right_ticks_earn_everything():
    """Three points; the explanation, two more, is for a person."""
    table, answer = ask_table(MEASURED), ask([1, 3])

    assert (table.score, table.findings) == (1.5, ())
    assert (answer.score, answer.findings) == (1.5, ())


def test_the_other_convention_of_regularisation_earns_everything():
    """½·reg·ΣW² makes the rows with regularisation what half the number makes them here."""
    half = {**MEASURED, "stronger regularisation": (0.94, 0.74), "far too strong": (0.46, 0.41)}

    assert ask_table(half).score == 1.5
    assert ask([1, 3], half).score == 1.5


@pytest.mark.parametrize(
    ("ticks", "score", "slug"),
    [
        ([1], 0.5, "ticks_regularisation_left_out"),
        ([2], 0.0, "ticks_more_units"),
        ([3], 0.5, "ticks_data_left_out"),
        ([4], 0.0, "ticks_none"),
        ([1, 2], 0.0, "ticks_more_units"),
        ([2, 3], 0.0, "ticks_more_units"),
        ([1, 4], 0.0, "ticks_none_and_more"),
        ([1, 2, 3], 0.5, "ticks_everything"),
        ([1, 3, 4], 0.5, "ticks_none_and_more"),
        ([1, 2, 3, 4], 0.0, "ticks_none_and_more"),
        ([0, 2], 0.0, "ticks_counted_from_zero"),
    ],
)
def test_each_wrong_tick_costs_its_share_and_is_named(ticks, score, slug):
    """Half right earns half, nobody goes below zero, and the student's own table speaks against it."""
    verdict = ask(ticks)

    assert verdict.score == score
    assert slugs(verdict)[0] == slug
    assert slugs(verdict)[-1] in {"ticked_against_own_table", "left_out_against_own_table"}


ODD_TICKS = [[], (), "", None, 13, {"a": 1}, [True, False, True, False], ["one"], [7], [[1], [3]], [1.5], [10**5000],
             [float("nan")], [1j]]  # fmt: skip


@pytest.mark.parametrize("ticks", ODD_TICKS, ids=range(len(ODD_TICKS)))
def test_an_empty_or_odd_answer_earns_nothing_and_says_what_was_expected(ticks):
    """One sentence, no traceback."""
    verdict = ask(ticks)

    assert verdict.score == 0
    assert slugs(verdict) == [None]
    assert verdict.findings[0].says


OTHER_WAYS = [(1, 3), {3, 1}, ["1", "3"], "1, 3", "(1) (3)", [1.0, 3.0], np.array([1, 3]), [3, 1, 1]]


@pytest.mark.parametrize("ticks", OTHER_WAYS, ids=str)
def test_ticks_may_be_written_in_several_ways(ticks):
    """What is asked is which options, not how a list is typed."""
    assert ask(ticks).score == 1.5


def test_a_table_made_up_fails_where_it_was_not_measured():
    """Every row here; and the card does not give away what would have passed."""
    verdict = ask_table(MADE_UP)

    assert verdict.score == 0
    edges = {f"{edge:.2f}" for row in bands().values() for band in row for pair in band.values() for edge in pair}
    typed = {f"{number:.2f}" for pair in MADE_UP.values() for number in pair}
    shown = " ".join(part.says for part in verdict.parts)
    assert not [edge for edge in edges - typed if edge in shown]


def test_one_row_from_another_line_costs_one_row():
    """A slip of the eye is a quarter of a point."""
    verdict = ask_table({**MEASURED, "more data": MEASURED["start"]})

    assert verdict.score == 1.25
    assert slugs(verdict) == ["table_of_another_row"]
    assert "“more data”" in verdict.findings[0].says


def test_the_row_is_known_by_its_name_not_its_place():
    """A dict in another order, with numpy's numbers in lists: the same table."""
    shuffled = {row: np.array(MEASURED[row]) for row in reversed(TABLE_ROWS)}

    assert ask_table(shuffled).score == 1.5


ODD_TABLES = {
    "nothing": (None, "dict"),
    "a list": ([(1.0, 0.7)], "a dict"),
    "no such row": ({}, "no row 'start'"),
    "one number": ({"start": 0.7}, "two numbers"),
    "text": ({"start": ("high", "low")}, "two numbers"),
    "nan": ({"start": (float("nan"), 0.7)}, "nan"),
    "huge": ({"start": (10**400, 0.7)}, "far beyond"),
    "above one": ({"start": (1.7, 0.7)}, "between 0 and 1"),
    "below zero": ({"start": (1.0, -0.7)}, "between 0 and 1"),
    "yes and no": ({"start": (True, False)}, "two numbers"),
}


@pytest.mark.parametrize("name", ODD_TABLES)
def test_an_odd_table_is_told_what_was_expected(name):
    """In the line of its row, and it takes nothing else down."""
    table, says = ODD_TABLES[name]

    verdict = ask_table(table)

    assert verdict.score == 0
    assert says in verdict.parts[0].says or "nothing" in verdict.parts[0].says


def test_a_table_that_contradicts_right_ticks_is_pointed_out():
    """The ticks keep their point; the half point for agreement is lost, and the card shows the gaps."""
    contradicting = {**MEASURED, "more data": (0.99, 0.65)}

    verdict = ask([1, 3], contradicting)

    assert verdict.score == 1.0
    assert slugs(verdict) == ["ticked_against_own_table"]
    assert "more data 0.34" in verdict.parts[1].says


def test_ticks_that_follow_from_a_wrong_table_earn_the_agreement():
    """Who read a wrong table rightly has read it rightly."""
    verdict = ask([1, 2, 3], {**MEASURED, "more units": (0.9, 0.8)})

    assert [part.score for part in verdict.parts] == [0.5, 0.5]


def test_no_remedy_that_works_makes_none_the_answer_that_agrees():
    """Option 4 is judged against the table like the others."""
    verdict = ask([4], {row: (1.0, 0.7) for row in TABLE_ROWS})

    assert [part.score for part in verdict.parts] == [0.0, 0.5]


@pytest.mark.parametrize("table", [None, {}, "no table", {"start": (1.0, 0.7)}])
def test_a_table_that_is_not_there_does_not_take_the_ticks_along(table):
    """One point for the ticks; nothing to hold them against."""
    verdict = ask([1, 3], table)

    assert verdict.score == 1.0
    assert "not filled yet" in verdict.parts[1].says


def test_a_table_that_is_not_written_or_fails_does_not_take_the_ticks_along():
    """Whatever calling it raises."""

    def not_written():
        raise NotImplementedError

    assert check("inline_answer", (lambda: [1, 3], not_written)).verdict.score == 1.0
    assert check("inline_answer", (lambda: [1, 3], lambda: 1 / 0)).verdict.score == 1.0


def test_an_answer_that_is_not_written_is_told_so():
    """The stub as it was released."""

    def inline_answer():
        raise NotImplementedError

    verdict = check("inline_answer", (inline_answer, lambda: MEASURED)).verdict

    assert (verdict.score, slugs(verdict)) == (0, ["not_written_yet"])


def test_it_is_asked_the_same_from_outside():
    """Through the encoded messages that a grader sends, as in a student's kernel."""
    from functools import partial

    from autograder.answering import answer
    from autograder.questions import find
    from autograder.records import Reply
    from autograder.verdicts import judge
    from autograder.wire import decode, encode

    def ask_from_outside(arguments, timeout_seconds, through=None):
        pair = (lambda: [1, 2, 3], lambda: MEASURED)
        text, _ = answer(lambda: pair, encode(dict(arguments)), timeout_seconds, through, None, ())
        return Reply(**decode(text))

    verdict = judge(find("inline_answer"), partial(ask_from_outside), 1)

    assert (verdict.score, slugs(verdict)) == (0.5, ["ticks_everything", "ticked_against_own_table"])
