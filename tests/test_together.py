"""A yes or no says little; all answers of a gradient checker together name one slip in it, or two."""

import numpy as np
import pytest

from autograder import check
from autograder.misconceptions.catalogue import catalogue
from autograder.misconceptions.recognise import TWO_AT_ONCE
from autograder.misconceptions.stages import explained, same
from autograder.misconceptions.stages_of_checker import WAY
from autograder.questions import Probe
from autograder.questions.planted import UNUSUAL, WRONG, draw_cases
from sample_class.wrong_gradient_check import MEASURE, RIGHT_CHECKER

SAMPLE = 60
"""Of the pairs that are tried."""


def measured(seed: int, step: float = 1e-6) -> Probe:
    """All cases of a bug hunt, after somebody measured each of them."""
    names = {"np": np}
    exec(MEASURE, names)
    rng = np.random.default_rng(seed)
    cases = [case for hunt in (*WRONG, *UNUSUAL) for case in draw_cases(rng, hunt)]
    for case in cases:
        names["measure"](case.terrain.f, case.terrain.x, step)
    return Probe({}, [case.right for case in cases], {"cases": cases})


def told(code: str, seed: int = 2):
    names = {"np": np}
    exec(code, names)
    return check("bug_hunt", names["bug_hunt"], seed=seed).verdict.findings


@pytest.mark.parametrize("seed", range(5))
def test_a_checker_with_no_slip_in_it_says_what_is_true(seed):
    probe = measured(seed)

    ((made, answers),) = WAY.outcomes(probe, 0)

    assert made == ()
    assert list(answers) == probe.truth


def test_every_slip_has_its_record_and_says_something_wrong():
    """One that changes no answer would be told of nobody."""
    probe = measured(1)
    records = {one.slug: one for one in catalogue()}

    for made, answers in WAY.outcomes(probe, 1):
        if made:
            assert set(WAY.questions) <= set(records[made[0].slug].questions)
            assert list(answers) != probe.truth, made


@pytest.mark.parametrize("seed", range(2))
def test_of_two_slips_nothing_is_named_that_does_not_give_the_same_answers(seed):
    """About half of all pairs are like no other; many of the rest say no to everything."""
    probe = measured(seed)
    all_of_them = [(made, answers) for made, answers in WAY.outcomes(probe, 2) if made]
    two = [(made, answers) for made, answers in all_of_them if len(made) == 2 and np.any(answers)]
    both = 0
    for place in np.random.default_rng(seed).permutation(len(two))[:SAMPLE]:
        made, answers = two[place]
        slugs = {slip.slug for slip in made}

        found, all_of_it = explained(WAY, WAY.parts[0], answers, probe, ())
        named = {slip.slug for slip in found}

        if all_of_it and named != slugs:
            assert any(same(answers, other) for again, other in all_of_them if {slip.slug for slip in again} == named)
        both += all_of_it and named == slugs

    assert both > 0.4 * SAMPLE


def test_answers_that_no_slip_explains_name_none():
    """Guesses; and a right checker that is wrong once."""
    probe = measured(3)
    rng = np.random.default_rng(3)
    once = list(probe.truth)
    once[0] = not once[0]

    for answers in (list(rng.integers(2, size=len(probe.truth)) > 0), once):
        assert explained(WAY, WAY.parts[0], answers, probe, ()) == ((), False)


def test_a_step_across_a_kink_is_told_beside_what_is_compared():
    """The measuring is taken as it is: what it alone makes wrong keeps its own name."""
    wide = RIGHT_CHECKER.replace("h=1e-6", "h=1e-5").replace("1e-5 * size", "1e-2 * size")

    assert [one.misconception for one in told(wide)] == ["tolerance_too_loose", "kink_crossed"]


def test_a_step_that_is_all_that_is_wrong_is_told_by_itself():
    assert [one.misconception for one in told(RIGHT_CHECKER.replace("h=1e-6", "h=1e-5"))] == ["kink_crossed"]


def test_an_x_that_is_not_put_back_is_told_alone():
    """What was measured is then no gradient, and what it was compared with does not show."""
    code = RIGHT_CHECKER.replace("        x[index] = before\n", "").replace("1e-5 * size", "1e-2 * size")

    assert [one.misconception for one in told(code)] == ["x_not_restored"]


def test_the_student_reads_of_two_things_and_of_the_size_that_was_misjudged():
    code = f"""{MEASURE}
def bug_hunt(f, x, analytic):
    if analytic.shape != x.shape:
        return False
    return bool(np.max(analytic - measure(f, x)) < 1e-6)
"""
    first, second = told(code)

    assert first.says.startswith(f"{TWO_AT_ONCE} First: your checker misses a gradient that is off in one direction")
    assert second.says.endswith("it misjudges one of size 1e-09.")


def test_an_answer_that_is_neither_yes_nor_no_is_told_as_such():
    code = RIGHT_CHECKER.replace("bool(difference <= 1e-5 * size)", "np.min(difference) / size")

    assert [one.misconception for one in told(code)] == ["error_returned"]


def test_a_neighbour_who_measures_otherwise_is_compared_with_nobody_else():
    """What is worked out of the calls of one student is not kept for the next."""
    near, far = measured(4), measured(4, step=0.05)

    assert same(next(iter(WAY.outcomes(near, 0)))[1], near.truth)
    assert not same(next(iter(WAY.outcomes(far, 0)))[1], far.truth)
