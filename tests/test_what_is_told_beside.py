"""A mistake that another one explains is not told beside it, and a sentence says no more than was seen."""

from functools import partial

import numpy as np
import pytest

from autograder import check
from autograder.live import ask_live
from autograder.questions import find
from autograder.verdicts import judge
from sample_class.wrong_gradient_check import GRADIENT, RIGHT_CHECKER, WRONG_CHECKS


def typed(question: str, text: str):
    names = {"np": np, "__name__": "answer"}
    exec(text, names)
    return names[question]


def told(question: str, text: str) -> set[str | None]:
    return {one.misconception for one in check(question, typed(question, text), seed=20).verdict.findings}


def test_one_side_twice_is_not_called_a_copy_that_was_moved():
    assert told("numeric_gradient", GRADIENT.replace("before - h", "before + h")) == {"one_sided_gradient"}


def test_a_copy_that_was_moved_is_told_where_nothing_explains_it():
    moved = GRADIENT.replace("    gradient =", "    x = x.copy()\n    gradient =")
    assert told("numeric_gradient", moved) == {"closure_sees_no_change"}


def test_a_checker_that_is_content_with_the_double_is_not_told_of_sizes_kinks_or_zeros():
    """Row by row: it misjudges gradients of any size, and right ones wherever they are."""
    doubles = RIGHT_CHECKER.replace("analytic - numeric", "analytic - 2 * numeric")
    named = told("bug_hunt", doubles)
    assert "right_called_wrong" in named
    assert not named & {"absolute_tolerance", "kink_crossed", "zero_over_zero", "entry_by_entry", "verdict_inverted"}


def test_a_checker_that_adds_is_told_that_and_nothing_else():
    adds = RIGHT_CHECKER.replace("analytic - numeric", "analytic + numeric")
    assert told("bug_hunt", adds) == {"added_not_subtracted"}


@pytest.mark.parametrize("place", ["h", "h - before"])
def test_an_entry_set_elsewhere_is_not_called_another_step(place):
    assert told("numeric_gradient", GRADIENT.replace("before - h", place)) == {"unequal_steps"}


def test_a_slope_asked_elsewhere_is_not_called_one_sided():
    text = "def centred_slope(f, x, h):\n    return (f(h) - f(x - h)) / (2 * h)\n"
    assert told("centred_slope", text) == {"asked_elsewhere"}


def test_nobody_is_told_of_a_neighbours_calls():
    """A class is asked the same probes, one student after the other."""
    drawn = {}
    for slug in ("sides_exchanged", "one_sided_gradient", "unequal_steps", "sides_exchanged"):
        answer = typed("numeric_gradient", WRONG_CHECKS["numeric_gradient", slug])

        findings = judge(find("numeric_gradient"), partial(ask_live, answer), 5, drawn).findings

        assert [one.misconception for one in findings] == [slug]


def test_what_a_few_numbers_could_be_as_well_is_not_told_where_the_first_mistake_explains_them():
    """Of two zeros in each array little is left: other formulas give the same."""
    answer = typed("relative_errors", WRONG_CHECKS["relative_errors", "sizes_subtracted"])

    for seed in range(8):
        findings = check("relative_errors", answer, seed=seed).verdict.findings

        assert [one.misconception for one in findings] == ["sizes_subtracted"]


def test_a_checker_that_stops_is_not_called_inverted():
    stops = RIGHT_CHECKER.replace("np.max(np.abs(analytic - numeric))", "np.dot(analytic, numeric[:-1])")

    findings = check("bug_hunt", typed("bug_hunt", stops), seed=1).verdict.findings

    assert "verdict_inverted" not in {one.misconception for one in findings}
    assert "raised ValueError" in findings[0].says


def test_a_closure_that_saw_one_side_twice_is_not_said_to_have_seen_nothing():
    """Nor is x said to differ in its last digit where it stays a step away."""
    twice = GRADIENT.replace("before - h", "before + h").replace("np.ndindex(x.shape)", "list(np.ndindex(x.shape))[1:]")
    away = GRADIENT.replace("x[index] = before\n", "x[index] = before + h\n")

    assert told("numeric_gradient", twice) == {"entries_never_moved"}
    assert told("numeric_gradient", away) == {"x_not_restored"}


def test_half_a_formula_is_not_taken_for_a_value_asked_twice():
    """f(x + h) / h could be a sum of two values at x + h: f was asked once for each entry there."""
    half = GRADIENT.replace("right - left", "right").replace("2 * h", "h")

    assert told("numeric_gradient", half) == {"one_value_alone", "two_steps_apart"}
