"""The bug hunt: what is planted is wrong, what is right is right, and nothing but the numbers tells them apart."""

import numpy as np
import pytest

from autograder import check
from autograder.gradients import numeric_gradient, relative_error
from autograder.questions.planted import UNUSUAL, WRONG, draw_cases
from sample_class.right_gradient_check import ON_COPIES
from sample_class.wrong_gradient_check import RIGHT_CHECKER

HUNTS = {hunt.name: hunt for hunt in (*WRONG, *UNUSUAL)}
SEEDS = range(40)


def checker(code: str):
    names = {"np": np}
    exec(code, names)
    return names["gradient_check"]


def cases_of(name: str):
    return [case for seed in SEEDS for case in draw_cases(np.random.default_rng(seed), HUNTS[name])]


def test_there_are_fourteen_bugs_and_seven_oddities():
    """As many as the lesson says, each under a name of its own."""
    assert (len(WRONG), len(UNUSUAL), len(HUNTS)) == (14, 7, 21)


@pytest.mark.parametrize("name", HUNTS)
def test_a_right_gradient_agrees_with_what_is_measured(name):
    """By a centred difference with a step that reaches no kink: the truth is not only what the complex step says."""
    for case in cases_of(name):
        if case.right:
            measured = numeric_gradient(case.terrain.f, np.array(case.terrain.x), step=1e-6)

            assert case.analytic.shape == measured.shape
            assert relative_error(case.analytic, measured) < 1e-6


@pytest.mark.parametrize("name", HUNTS)
def test_a_planted_gradient_is_wrong_enough(name):
    """Beyond any tolerance that a right gradient needs: 4e-4, another shape, or no number at all."""
    for case in cases_of(name):
        if not case.right and case.analytic.shape == case.terrain.x.shape:
            assert not relative_error(case.analytic, case.terrain.gradient) <= 4e-4


@pytest.mark.parametrize("name", HUNTS)
def test_each_line_has_both_kinds_in_any_order(name):
    """The place in the row tells nothing: right and wrong stand first, second and third."""
    rows = {tuple(c.right for c in draw_cases(np.random.default_rng(seed), HUNTS[name])) for seed in range(200)}

    assert len(rows) == 6
    assert all(any(row) and not all(row) for row in rows)


@pytest.mark.parametrize("name", [name for name in HUNTS if name != "broadcast"])
def test_only_the_numbers_tell_the_two_kinds_apart(name):
    """Shape, dtype and order in memory are the same whether right or wrong."""
    looks = {
        right: {
            (c.analytic.ndim, c.analytic.dtype, c.analytic.flags.c_contiguous, c.terrain.x.flags.c_contiguous)
            for c in cases_of(name)
            if c.right is right
        }
        for right in (True, False)
    }

    assert looks[True] == looks[False]


@pytest.mark.parametrize("code", [RIGHT_CHECKER, ON_COPIES], ids=["in place", "on copies"])
def test_a_right_checker_earns_every_point_every_time(code):
    """Forty classes in a row: no draw is unfair."""
    for seed in SEEDS:
        verdict = check("bug_hunt", checker(code), seed=seed).verdict

        assert verdict.score == verdict.max_score == 7, verdict.parts


@pytest.mark.parametrize("answer", [True, False])
def test_a_checker_that_always_says_the_same_earns_nothing(answer):
    """Every line has a gradient of either kind."""
    for question in ("bug_hunt", "gradient_check"):
        for seed in range(5):
            assert check(question, lambda f, x, analytic: answer, seed=seed).verdict.score == 0


def test_a_checker_that_guesses_earns_little():
    """One line in eight, by luck."""
    rng = np.random.default_rng(0)

    scores = [check("bug_hunt", lambda f, x, a: bool(rng.integers(2)), seed=seed).verdict.score for seed in range(50)]

    assert np.mean(scores) < 7 / 6


def test_answers_that_alternate_earn_little():
    """A checker that counts its calls and takes turns knows nothing, either."""
    turns = {"next": False}

    def alternate(f, x, analytic):
        turns["next"] = not turns["next"]
        return turns["next"]

    scores = [check("bug_hunt", alternate, seed=seed).verdict.score for seed in range(50)]

    assert np.mean(scores) < 7 / 4


@pytest.mark.parametrize("code", [RIGHT_CHECKER, ON_COPIES], ids=["in place", "on copies"])
def test_a_whole_hunt_takes_few_calls(code):
    """Each call may have to cross into another process: at 0.2 ms a call the hunt stays under a third of a second."""
    count = 0
    right = checker(code)

    def counting(f, x, analytic):
        def counted(x):
            nonlocal count
            count += 1
            return f(x)

        return right(counted, x, analytic)

    check("bug_hunt", counting, seed=1)

    assert 0 < count < 1500


def test_f_refuses_an_array_of_another_shape_in_a_sentence():
    """A flattened x would be broadcast to nonsense; the student reads which shape was expected."""
    (case, *_) = draw_cases(np.random.default_rng(0), HUNTS["stored"])

    with pytest.raises(ValueError, match="it was called with shape"):
        case.terrain.f(case.terrain.x.ravel())


def test_an_exception_is_an_answer_only_for_a_wrong_shape():
    """A checker may refuse to compare shapes that differ; refusing everything earns nothing."""

    def refuses(f, x, analytic):
        raise ValueError("no")

    assert check("bug_hunt", refuses).verdict.score == 0


def test_whoever_changes_x_or_analytic_loses_half_a_point():
    """The rest of the checker is as right as before."""

    def divides(f, x, analytic):
        verdict = right(f, x, analytic)
        analytic /= 2
        return verdict

    right = checker(RIGHT_CHECKER)

    assert check("gradient_check", divides).verdict.score == 1.5
