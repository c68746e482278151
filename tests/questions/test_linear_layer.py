"""The questions of `02_linear_layer`: what they hand out, and what they measure."""

from types import SimpleNamespace

import numpy as np
import pytest

from autograder import check
from autograder.questions import all_questions
from autograder.questions.dimension_drill import SIZES, products_that_fit
from autograder.questions.linear_layer import draw, draw_real_size

RIGHT = {
    "db": lambda s: s.dY.sum(axis=0),
    "dW": lambda s: s.X.T @ s.dY,
    "dX": lambda s: s.dY @ s.W.T,
}


@pytest.mark.parametrize("wanted", RIGHT)
def test_the_truth_is_the_gradient_found_by_hand(wanted):
    """The reference measures an independent forward pass; here it is held against the closed form."""
    probe = draw(np.random.default_rng(1), wanted, ("dY",), N=5, D=4, C=3)

    np.testing.assert_allclose(probe.truth, RIGHT[wanted](SimpleNamespace(**probe.setting)), rtol=1e-13)


@pytest.mark.parametrize("wanted", ["dW", "dX"])
def test_the_truth_at_real_size_is_right_where_it_is_measured(wanted):
    """Twelve entries, each on the one row or column of Y that it can move."""
    probe = draw_real_size(np.random.default_rng(1), wanted, ("X", "dY", "W"))

    gradient = RIGHT[wanted](SimpleNamespace(**probe.arguments))

    np.testing.assert_allclose([gradient[entry] for entry in probe.setting["entries"]], probe.truth, rtol=1e-9)


def test_the_lesson_is_worth_twenty_points():
    """In small pieces: no question above three."""
    questions = [q for q in all_questions().values() if q.assignment == "02_linear_layer"]

    assert sum(question.points for question in questions) == 20
    assert max(question.points for question in questions) == 3


@pytest.mark.parametrize("case", SIZES)
def test_the_products_that_fit_are_those_numpy_can_form(case):
    """The drill's truth against NumPy's own opinion on real matrices."""
    N, D, C = SIZES[case].values()
    names = {"X": np.ones((N, D)), "dY": np.ones((N, C))}
    formed = set()
    for product in products_that_fit(2, 2, 2):
        try:
            if eval(product, names).shape == (D, C):
                formed.add(product)
        except ValueError:
            pass

    assert products_that_fit(N, D, C) == formed


def test_with_all_sizes_equal_eight_products_fit():
    """And with three different sizes, one."""
    assert len(products_that_fit(3, 3, 3)) == 8
    assert len(products_that_fit(5, 4, 3)) == 1


@pytest.mark.parametrize(
    ("ticks", "score"),
    [("abdf", 1.0), ("abd", 0.75), ("abcdf", 0.75), ("ce", 0.0), ("abcdef", 0.5), ("", 0.0)],
)
def test_ticks_are_marked_option_by_option(ticks, score):
    """A right letter earns a quarter, a wrong one takes a quarter back, and nobody goes below zero."""
    assert check("drill_blind_spots", lambda: list(ticks)).verdict.score == score


ODD_DRILL_ANSWERS = {
    "a product that is none": ("drill_fits", lambda: {"N = D": ["W @ dY"]}, "not one of the eight"),
    "a string for a list": ("drill_fits", lambda: {"N = D": "X @ dY"}, "a list such as"),
    "a list for a dict": ("drill_fits", lambda: ["X @ dY"], "a dict"),
    "a letter that is none": ("drill_blind_spots", lambda: ["a", "z"], "not one of the letters"),
    "one matrix": ("drill_counter_example", lambda: np.eye(2), "two arrays"),
    "rows that differ": ("drill_counter_example", lambda: (np.ones((2, 2)), np.ones((3, 1))), "one row per example"),
    "not square": ("drill_counter_example", lambda: (np.ones((2, 3)), np.ones((2, 1))), "only when N = D"),
    "vectors": ("drill_counter_example", lambda: (np.ones(2), np.ones(2)), "matrices of numbers"),
    "nan": ("drill_counter_example", lambda: (np.full((2, 2), np.nan), np.ones((2, 1))), "nan or inf"),
    "huge": ("drill_counter_example", lambda: (np.ones((200, 200)), np.ones((200, 1))), "smaller matrices"),
}


@pytest.mark.parametrize("name", ODD_DRILL_ANSWERS)
def test_an_odd_answer_to_the_drill_is_told_what_was_expected(name):
    """One sentence each, and no traceback."""
    question, answer, says = ODD_DRILL_ANSWERS[name]

    assert says in str(check(question, answer))
