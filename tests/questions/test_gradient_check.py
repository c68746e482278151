"""The smaller questions of `04_gradient_check`, against answers worked out here."""

import re
from pathlib import Path

import numpy as np
import pytest

from autograder import check, numeric_gradient
from autograder.questions import all_questions
from autograder.questions.gradient_check import PREDICTIONS, draw_closure, draw_errors, draw_gradient, draw_slope
from autograder.questions.telling_setting import BUGS, ROWS, SEEN_ABOVE, complaint, error_seen, errors_of_rows
from sample_class.wrong_gradient_check import SETTING

LESSON = Path(__file__).parents[2] / "source/04_gradient_check/gradient_check.md"


def test_the_lesson_is_worth_twenty_points():
    """Seven of them for the bug hunt, and none for being right about a prediction."""
    questions = {q.id: q.points for q in all_questions().values() if q.assignment == "04_gradient_check"}

    assert sum(questions.values()) == 20
    assert questions["bug_hunt"] == 7
    assert questions["predictions"] == 1


@pytest.mark.parametrize("step", [0.1, 1e-3])
def test_the_truth_of_a_slope_is_the_centred_difference(step):
    """At the very step that was asked for, so that a wide one shows who is one-sided."""
    probe = draw_slope(np.random.default_rng(0), step)
    f, x, h = probe.arguments.values()

    assert probe.truth == pytest.approx((f(x + h) - f(x - h)) / (2 * h), rel=1e-10)
    assert probe.truth != pytest.approx((f(x + h) - f(x)) / h, rel=1e-5)


def test_the_truth_of_a_gradient_is_measured_without_a_step():
    """By the complex step; a centred difference agrees to seven digits."""
    probe = draw_gradient(np.random.default_rng(0), ((2, 3),))

    f, x = probe.arguments.values()

    np.testing.assert_allclose(numeric_gradient(f, x), probe.truth, rtol=1e-7)


def test_the_gradient_of_the_closure_is_that_of_its_function():
    """Held against the derivative of sin x + x³."""
    probe = draw_closure(np.random.default_rng(0))
    x = probe.arguments["x"]

    np.testing.assert_allclose(probe.truth, np.cos(x) + 3 * x**2, rtol=1e-13)


@pytest.mark.parametrize("zeros", [False, True])
def test_the_errors_are_those_of_the_formula(zeros):
    """With 0 for 0 against 0, and pairs that show each forgotten absolute value."""
    for seed in range(20):
        probe = draw_errors(np.random.default_rng(seed), zeros)
        a, b = probe.arguments.values()
        size = np.abs(a) + np.abs(b)

        np.testing.assert_allclose(probe.truth, np.abs(a - b) / np.where(size > 0, size, 1))
        assert bool(np.any(size == 0)) == zeros
        if not zeros:
            assert np.any(a * b < 0)
            assert np.any(a * b > 0)
            assert np.any(a - b < 0)
            assert np.any(a - b > 0)


def test_the_packages_own_numeric_gradient_is_no_answer():
    """It is what students write here; asking it is seen, and named."""
    verdict = check("numeric_gradient", numeric_gradient).verdict

    assert verdict.score == 0
    assert verdict.findings[0].misconception == "measured_by_the_package"


@pytest.mark.parametrize("made", range(len(PREDICTIONS) + 1))
def test_a_prediction_earns_its_trifle_for_being_made(made):
    """A fifth of a point each, whatever it says."""

    def not_written():
        raise NotImplementedError

    predictions = [lambda: "no idea"] * made + [not_written] * (len(PREDICTIONS) - made)

    assert check("predictions", predictions).verdict.score == pytest.approx(made / 5)


@pytest.mark.parametrize("bug", BUGS)
def test_a_setting_without_faults_shows_every_bug(bug):
    """On any draw of its arrays, far above the tolerance."""
    assert min(error_seen(bug, SETTING, np.random.default_rng(seed)) for seed in range(40)) > 10 * SEEN_ABOVE


def test_each_row_differs_from_a_telling_one_in_the_lessons_way():
    """Six hide their bug, and two do not: a setting hides some bugs and shows others."""
    hidden = {letter for letter, error in errors_of_rows().items() if error < SEEN_ABOVE}

    assert hidden == set("abcegh")


def test_the_lessons_table_has_the_rows_that_are_drawn():
    """Letter and bug of each row, in the words of the picture."""
    text = LESSON.read_text(encoding="utf-8")

    rows = re.findall(r"^\| \*\*(\w)\*\* \| (.*?) \| (.*?) \|$", text, re.MULTILINE)

    assert {letter: bug for letter, _, bug in rows} == {letter: BUGS[bug][0] for letter, (_, bug, _) in ROWS.items()}


ODD_SETTINGS = {
    "not a dict": ([5, 4, 3], "a dict"),
    "an entry missing": ({"N": 5}, "no entry 'D'"),
    "a size of 1": ({**SETTING, "C": 1}, "C should be"),
    "a size that is no whole number": ({**SETTING, "N": 5.0}, "N should be"),
    "a huge size": ({**SETTING, "D": 10**9}, "D should be"),
    "a negative reg": ({**SETTING, "reg": -1}, "reg should be"),
    "biases as a list": ({**SETTING, "biases": [1, 2, 3]}, "biases should be"),
    "nan": ({**SETTING, "weights": float("nan")}, "weights should be"),
    "labels of another length": ({**SETTING, "labels": [0, 1]}, "labels should be a list"),
    "labels that are none": ({**SETTING, "labels": [[0], [1, 2]]}, "labels should be a list"),
    "a label too large": ({**SETTING, "labels": [0, 1, 2, 3, 0]}, "from 0 to C - 1 = 2"),
}


@pytest.mark.parametrize("name", ODD_SETTINGS)
def test_an_odd_setting_is_told_what_was_expected(name):
    """One sentence, no traceback, no points."""
    setting, says = ODD_SETTINGS[name]

    card = check("telling_setting", lambda: setting)

    assert says in complaint(setting)
    assert says in str(card)
    assert card.verdict.score == 0


@pytest.mark.parametrize("question", ["centred_slope", "numeric_gradient", "relative_errors"])
@pytest.mark.parametrize("answer", [None, "seven", [1.0], np.nan, True])
def test_an_answer_of_another_kind_is_no_number(question, answer):
    """Whatever is returned ends in a card."""
    assert check(question, lambda *arguments: answer).verdict.score == 0
