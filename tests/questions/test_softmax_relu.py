"""The questions of `03_softmax_relu`: what they hand out, what they measure, and that their parts fail apart."""

import numpy as np
import pytest

from autograder import check
from autograder.questions import all_questions
from autograder.questions.softmax_loss import WIDE, draw_loss, draw_regularised, draw_slope, draw_wide
from autograder.questions.softmax_relu import draw_drelu, draw_dscores, draw_hidden, draw_real_size
from autograder.records import Outcome

SEED = 5


def softmax(S):
    E = np.exp(S - S.max(axis=1, keepdims=True))
    return E / E.sum(axis=1, keepdims=True)


def right_dscores(S, y):
    P = softmax(S)
    P[np.arange(len(y)), y] -= 1
    return P / len(y)


def lost(question: str, answer) -> set[str]:
    """The parts that did not pass."""
    verdict = check(question, answer, seed=SEED).verdict
    return {part.name for part in verdict.parts if part.outcome is not Outcome.PASSED}


@pytest.mark.parametrize("how", [{}, {"N": 1}, {"absent": True}, {"whole": True}])
def test_the_truths_are_those_worked_out_by_hand(how):
    """The references are measured or differences of logarithms; here they are held against the closed forms."""
    loss, dscores = (draw(np.random.default_rng(1), **how) for draw in (draw_loss, draw_dscores))
    S, y = loss.arguments.values()

    assert loss.truth == pytest.approx(-np.log(softmax(S.astype(float))[np.arange(len(y)), y]).mean())
    np.testing.assert_allclose(dscores.truth, right_dscores(*dscores.arguments.values()), rtol=1e-12, atol=1e-16)


def test_the_truth_of_the_relu_is_right():
    forward, back = draw_hidden(np.random.default_rng(1)), draw_drelu(np.random.default_rng(1))
    X, W, b = forward.arguments.values()

    np.testing.assert_allclose(forward.truth[1], np.maximum(0, X @ W + b), rtol=1e-12)
    np.testing.assert_allclose(back.truth, back.arguments["dH"] * (back.arguments["A"] > 0), rtol=1e-14)


def test_the_truth_of_the_price_is_right():
    loss, slope = draw_regularised(np.random.default_rng(1)), draw_slope(np.random.default_rng(1))
    a = loss.arguments

    wanted = a["losses"].mean() + a["reg"] * ((a["W1"] ** 2).sum() + (a["W2"] ** 2).sum())
    assert loss.truth == pytest.approx(wanted, rel=1e-12)
    np.testing.assert_allclose(slope.truth, 2 * slope.arguments["reg"] * slope.arguments["W"], rtol=1e-12)


def test_the_rows_measured_at_real_size_are_right():
    probe = draw_real_size(np.random.default_rng(1))

    np.testing.assert_allclose(probe.truth, right_dscores(*probe.arguments.values())[probe.setting["rows"]], rtol=1e-9)


@pytest.mark.parametrize("seed", range(5))
def test_a_class_is_absent_where_it_should_be(seed):
    """And there, more than once, where it should not."""
    labels = draw_loss(np.random.default_rng(seed), absent=True).arguments["y"]
    usual = draw_loss(np.random.default_rng(seed)).arguments["y"]

    assert labels.max() == 2
    assert set(usual) == {0, 1, 2, 3}
    assert len(usual) > 4


@pytest.mark.parametrize("seed", range(5))
def test_each_wide_batch_breaks_what_it_is_meant_to_break(seed):
    """Large scores the bare exponential, rows far apart one common shift, a gap the quotient; none the right loss."""
    a = draw_wide(np.random.default_rng(seed), "gap").arguments
    with np.errstate(all="ignore"):
        bare = np.exp(a["S_large"]).sum()
        common = np.exp(a["S_rows"] - a["S_rows"].max()).sum(axis=1)
        shares = softmax(a["S_gap"])[np.arange(len(a["y_gap"])), a["y_gap"]]

    assert np.isinf(bare)
    assert (common == 0).any()
    assert (shares == 0).all()
    assert np.isfinite([draw_wide(np.random.default_rng(seed), which).truth for which in WIDE]).all()


def quotient(S, y):
    with np.errstate(all="ignore"):
        return -np.mean(np.log(softmax(S)[np.arange(len(y)), y]))


def in_place(S, y):
    S -= S.max(axis=1, keepdims=True)
    return right_dscores(S, y)


APART = {
    "a quotient survives all but the gap": ("stable_loss", quotient, {"gap"}),
    "a slope of ½ at 0 is as right as 0 or 1": ("drelu", lambda dH, A: dH * np.heaviside(A, 0.5), set()),
    "a slope of 2 at 0 is not": ("drelu", lambda dH, A: dH * np.heaviside(A, 2.0), {"kink"}),
    "a slope of −½ at 0 is not": ("drelu", lambda dH, A: dH * np.heaviside(A, -0.5), {"kink"}),
    "nan at 0 is not": ("drelu", lambda dH, A: dH * np.where(A == 0, np.nan, A > 0), {"kink"}),
    "a factor passes the row sums": (
        "dscores", lambda S, y: right_dscores(S, y) * len(y),
        {"value", "absent", "whole", "wide", "real_size"},
    ),
    "a forgotten one-hot fails them": (
        "dscores_loop", lambda S, y: softmax(S) / len(y),
        {"value", "row_sums", "single", "absent", "whole", "wide"},
    ),
    "a class count from y.max() fails where a class is absent": (
        "dscores", lambda S, y: (softmax(S) - np.eye(y.max() + 1)[y]) / len(y), {"single", "absent"},
    ),
    "a squeezed single row fails for N = 1": (
        "dscores", lambda S, y: np.squeeze(right_dscores(S, y)), {"single"},
    ),
    "whole-number buffers fail for whole numbers": (
        "dscores_loop", lambda S, y: right_dscores(S, y).astype(S.dtype), {"whole"},
    ),
    "single precision is told": (
        "dscores_loop", lambda S, y: right_dscores(S, y).astype(np.float32),
        {"value", "row_sums", "single", "absent", "whole", "wide"},
    ),
    "an input that is changed costs its own part": ("dscores_loop", in_place, {"alone"}),
    "biases that pay cost the price, not the mean": (
        "regularised_loss",
        lambda losses, W1, b1, W2, b2, reg: losses.mean() + reg * sum((p**2).sum() for p in (W1, b1, W2, b2)),
        {"value"},
    ),
    "a sum of losses costs both": (
        "regularised_loss",
        lambda losses, W1, b1, W2, b2, reg: losses.sum() + reg * sum((W**2).sum() for W in (W1, W2)),
        {"mean", "value"},
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", APART)
def test_parts_fail_apart(name):
    question, answer, parts = APART[name]

    found = lost(question, answer)

    assert found <= parts if name.startswith("a class count") else found == parts
    assert bool(found) == bool(parts)


@pytest.mark.parametrize("power", [1, -1])
def test_one_slip_is_told_once(power):
    """A wrong factor shows in most parts; the card has one sentence for it."""
    verdict = check("dscores", lambda S, y: right_dscores(S, y) * float(len(y)) ** power, seed=SEED).verdict

    assert len(verdict.findings) == 1


def test_a_second_call_that_says_something_else_is_told():
    """A generator, or something kept from the call before."""
    count = iter(range(1000))

    verdict = check("dscores_loop", lambda S, y: right_dscores(S, y) + next(count) * 1e-18, seed=SEED).verdict
    noisy = check("stable_loss", lambda S, y: quotient(S, y) + next(count) * 1e-13, seed=SEED).verdict

    for one in (verdict, noisy):
        (alone,) = [part for part in one.parts if part.name == "alone"]
        assert "the second time" in alone.says


ODD = [None, 3.0, "text", [], np.zeros(0), np.array("text"), (1, 2), {"a": 1}, True, np.nan, np.ones((2, 2, 2)), 1j]


@pytest.mark.parametrize("answer", ODD, ids=repr)
@pytest.mark.parametrize("question", [q.id for q in all_questions().values() if q.assignment == "03_softmax_relu"])
def test_an_odd_answer_earns_nothing_and_is_told_so(question, answer):
    """One sentence, and never "could not check\"."""
    verdict = check(question, lambda *arguments: answer, seed=SEED).verdict

    assert verdict.outcome is Outcome.FAILED
    assert verdict.score == 0 or {p.name for p in verdict.parts if p.score} <= {"alone"}
    assert verdict.findings[0].says


def test_the_lesson_is_worth_twenty_points():
    """In small pieces: no question above three and a half."""
    questions = [q for q in all_questions().values() if q.assignment == "03_softmax_relu"]

    assert sum(question.points for question in questions) == 20
    assert max(question.points for question in questions) == 3.5
