"""The yardstick itself: numeric derivatives against derivatives worked out by hand, and against planted wrong ones."""

import numpy as np
import pytest

from autograder import numeric_gradient, relative_error, report
from autograder.errors import QuestionError, ShapeMismatch
from autograder.gradients import CENTRED_STEP

RNG = np.random.default_rng(20)

HAND_DERIVED = {
    "square": (lambda x: x**2, lambda x: 2 * x),
    "sine": (np.sin, np.cos),
    "exponential": (np.exp, np.exp),
    "reciprocal": (lambda x: 1 / x, lambda x: -1 / x**2),
    "sigmoid": (lambda x: 1 / (1 + np.exp(-x)), lambda x: np.exp(-x) / (1 + np.exp(-x)) ** 2),
}


@pytest.mark.parametrize("name", HAND_DERIVED)
@pytest.mark.parametrize(("method", "tolerance"), [("centred", 1e-8), ("complex", 1e-14)])
def test_it_agrees_with_a_derivative_found_by_hand(name, method, tolerance):
    """Under a random upstream gradient, for a whole matrix, to the accuracy its docstring promises."""
    f, derivative = HAND_DERIVED[name]
    x, upstream = RNG.uniform(0.5, 2, (3, 4)), RNG.normal(size=(3, 4))

    measured = numeric_gradient(f, x, upstream, method=method)

    assert relative_error(measured, upstream * derivative(x)) < tolerance


@pytest.mark.parametrize("planted", [2.001, 0.5, -1.0])
def test_a_planted_wrong_gradient_is_caught(planted):
    """2.001 in place of 2 is enough to be called wrong."""
    x = RNG.normal(size=5)

    text = report({"dx": (planted * x, numeric_gradient(lambda x: np.sum(x**2), x))})

    assert "wrong" in text


@pytest.mark.parametrize("factor", [2, 3, 0.5, 10])
def test_a_constant_wrong_factor_leaves_its_fingerprint(factor):
    """A factor k gives the relative error |k − 1| / (k + 1)."""
    truth = RNG.normal(size=(3, 4))

    assert relative_error(factor * truth, truth) == pytest.approx(abs(factor - 1) / (factor + 1))


def test_a_subset_of_entries_is_measured_alone():
    """Only the entries asked for are perturbed, in their order."""
    W = RNG.normal(size=(4, 3))
    calls = []

    def f(W):
        calls.append(1)
        return np.sum(W**3)

    measured = numeric_gradient(f, W, entries=[(2, 1), (0, 0)])

    np.testing.assert_allclose(measured, [3 * W[2, 1] ** 2, 3 * W[0, 0] ** 2], rtol=1e-8)
    assert len(calls) == 4


def test_a_function_that_ignores_its_argument_is_measured_too():
    """The CS231n idiom `lambda W: net.loss(X, y)[0]` reads the array itself, which is perturbed in place."""
    W = RNG.normal(size=(2, 2))

    measured = numeric_gradient(lambda ignored: np.sum(W**2), W)

    np.testing.assert_allclose(measured, 2 * W, rtol=1e-7)


def test_a_function_that_hands_back_its_argument_is_measured():
    """`lambda x: x` returns the very array that moves on; its values are taken before it does."""
    x, upstream = RNG.normal(size=4), RNG.normal(size=4)

    np.testing.assert_allclose(numeric_gradient(lambda x: x, x, upstream), upstream, rtol=1e-9)


def test_the_array_is_restored_even_when_the_function_raises():
    """Whatever happens inside, the caller's array is what it was."""
    x = RNG.normal(size=3)
    before = x.copy()

    def stumbles(x):
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        numeric_gradient(stumbles, x)
    np.testing.assert_array_equal(x, before)


def test_the_default_step_is_near_the_bottom_of_the_u():
    """A hundred times larger (truncation) and a thousand times smaller (rounding) are both worse."""
    x = RNG.uniform(0.5, 1.5, 50)

    errors = {
        step: relative_error(numeric_gradient(np.exp, x, step=step), np.exp(x))
        for step in (100 * CENTRED_STEP, CENTRED_STEP, CENTRED_STEP / 1000)
    }

    assert min(errors, key=errors.get) == CENTRED_STEP


def test_the_complex_step_needs_no_compromise():
    """Its error stays at rounding over 190 orders of magnitude of the step."""
    x = RNG.uniform(0.5, 1.5, 5)

    errors = [relative_error(numeric_gradient(np.exp, x, method="complex", step=h), np.exp(x)) for h in (1e-10, 1e-200)]

    assert max(errors) < 1e-15


@pytest.mark.parametrize(
    ("arguments", "error", "says"),
    [
        ((np.sin, np.arange(3)), QuestionError, "int64"),
        ((np.sin, np.ones(3), np.ones(4)), ShapeMismatch, "upstream"),
    ],
)
def test_input_that_cannot_be_measured_is_refused_in_a_sentence(arguments, error, says):
    """Integers would round the step away; an upstream of another shape would broadcast."""
    with pytest.raises(error, match=says):
        numeric_gradient(*arguments)


def test_an_unknown_method_is_refused():
    """The message names the ones there are."""
    with pytest.raises(QuestionError, match="complex"):
        numeric_gradient(np.sin, np.ones(3), method="forward")


def test_broadcasting_is_not_agreement():
    """A scalar is not compared with a vector: their shapes differ."""
    with pytest.raises(ShapeMismatch):
        relative_error(np.array(0.5), np.array([0.5, 0.5]))


def test_nan_is_never_ok():
    """An error of nan fails every comparison, so the row says wrong and points at the place."""
    text = report({"db": (np.array([1.0, np.nan]), np.array([1.0, 2.0]))})

    assert text.startswith("db   wrong")
    assert "[1]" in text


def test_the_report_lines_up():
    """One aligned row per gradient: the eye finds the odd one."""
    good, bad = np.array([3.0, 1.0]), np.array([3.0, 7.0])

    text = report({"W1": (good, good), "longer": (bad, good)})

    assert text.splitlines() == [
        "W1       ok      relative error 0e+00",
        "longer   wrong   relative error 0.75    largest at [1]: yours 7.00, numeric 1.00",
    ]
