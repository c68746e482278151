"""`check` in a student's notebook: whatever the function does, a card comes back."""

import contextlib
import time

import numpy as np
import pytest

from autograder import check
from autograder.errors import UnknownQuestion
from autograder.live import ask_live
from autograder.records import VERDICT_MIME, Outcome


def right(X, dY):
    return X.T @ dY


def endless(X, dY):
    while True:
        pass


def endless_and_stubborn(X, dY):
    while True:
        with contextlib.suppress(Exception):
            time.sleep(0.01)


def leaves(X, dY):
    raise SystemExit(3)


def prints_a_lot(X, dY):
    print("x" * 1_000_000)
    return right(X, dY)


def warns(X, dY):
    np.array([1.0]) / np.array([0.0])
    return right(X, dY)


class Pretender:
    """Says yes to everything."""

    shape = (4, 3)

    def __eq__(self, other):
        return True

    def __array__(self, dtype=None, copy=None):
        return np.ones((4, 3))


MISHAPS = {
    "raises": (lambda X, dY: 1 / 0, "ZeroDivisionError"),
    "leaves Python": (leaves, "SystemExit"),
    "takes too few arguments": (lambda X: X, "TypeError"),
    "nan": (lambda X, dY: np.full((X.shape[1], dY.shape[1]), np.nan), "nan or inf"),
    "wrong shape": (lambda X, dY: np.ones((2, 2)), "shape (2, 2)"),
    "text": (lambda X, dY: "X.T @ dY", "a str was returned"),
    "objects": (lambda X, dY: np.array([[None] * 3] * 4), "dtype object"),
    "an object of its own": (lambda X, dY: Pretender(), "type Pretender"),
    "nothing": (lambda X, dY: None, "returned nothing"),
    "complex numbers": (lambda X, dY: right(X, dY) + 0j, "dtype complex128"),
    "not a function": (None, "returned nothing"),
    "an empty array": (lambda X, dY: np.array([]), "shape (0,)"),
}


@pytest.mark.parametrize("name", MISHAPS)
def test_a_mishap_becomes_a_card_that_says_what_was_seen(name):
    """No traceback, no points for the value, and the words a student needs."""
    answer, says = MISHAPS[name]

    card = check("dW", answer)

    assert card.verdict.outcome is Outcome.FAILED
    assert says in str(card)
    assert card.verdict.parts[0].score == 0


@pytest.mark.parametrize("answer", [endless, endless_and_stubborn])
def test_an_endless_loop_is_stopped(answer, monkeypatch):
    """Even one that swallows every Exception; the rest of the question is not asked."""
    from autograder.questions import find

    for part in find("dW").parts:
        monkeypatch.setitem(part.__dict__, "timeout_seconds", 0.2)

    card = check("dW", answer)

    assert card.verdict.findings[0].misconception == "endless_loop"
    assert [part.says for part in card.verdict.parts][1:] == ["not asked: the first call did not return"] * 3


def test_the_timer_is_gone_after_the_check():
    """No alarm is left to ring in the student's next cell."""
    import signal

    check("dW", right)

    assert signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)
    assert signal.getsignal(signal.SIGALRM) is signal.SIG_DFL


def test_nothing_reaches_stderr_or_stdout(capfd):
    """nbgrader scores any stderr in a graded cell as 0, so prints and warnings go to the card."""
    check("dW", warns)
    card = check("dW", prints_a_lot)

    assert capfd.readouterr() == ("", "")
    assert card.verdict.outcome is Outcome.PASSED
    assert len(card.verdict.printed) == 2_000


def test_the_plain_text_is_the_points():
    """nbgrader reads the first result that parses as a number as partial credit."""
    assert repr(check("dW", right)) == "3.0"
    assert repr(check("dW", lambda X, dY: np.zeros((4, 3)))) == "0.0"


def test_a_fault_of_ours_costs_no_mark(monkeypatch):
    """When a question itself breaks, the text is no number: nbgrader gives full points, our grader asks a person."""
    from autograder.questions import find

    def broken(rng):
        raise RuntimeError("our bug")

    monkeypatch.setitem(find("dW").parts[0].__dict__, "draw", broken)

    card = check("dW", right)

    assert card.verdict.outcome is Outcome.COULD_NOT_CHECK
    with pytest.raises(ValueError, match="could not convert"):
        float(repr(card))
    assert "costs you nothing" in card._repr_html_()


def test_the_same_seed_asks_the_same(monkeypatch):
    """By argument or by environment; without either the inputs are new each time."""

    def wrong(X, dY):
        return X.T @ dY + X.sum()

    by_argument = {check("dW", wrong, seed=7).verdict.parts[0].says for _ in range(2)}
    monkeypatch.setenv("AUTOGRADER_SEED", "528b3f445093de1e")
    by_environment = {check("dW", wrong).verdict.parts[0].says for _ in range(2)}
    monkeypatch.delenv("AUTOGRADER_SEED")
    fresh = {check("dW", wrong).verdict.parts[0].says for _ in range(2)}

    assert (len(by_argument), len(by_environment), len(fresh)) == (1, 1, 2)


def test_what_a_student_typed_is_escaped_in_the_card():
    """A message with a tag in it is shown, not run."""

    def mischief(X, dY):
        print("<img src=x onerror=alert(1)>")
        raise ValueError("<script>alert(1)</script>")

    html = check("dW", mischief)._repr_html_()

    assert "<script>" not in html
    assert "<img" not in html
    assert "&lt;script&gt;" in html


def test_the_findings_travel_beside_the_card():
    """The grader reads them from a mime type of its own; they hold no noise that a rerun would change."""
    card = check("db", lambda dY: dY.mean(axis=0))

    data = card._repr_mimebundle_()

    assert set(data) == {"text/plain", "text/html", VERDICT_MIME}
    assert data[VERDICT_MIME]["findings"][0]["misconception"] == "mean_for_sum"
    assert data[VERDICT_MIME] == check("db", lambda dY: dY.mean(axis=0)).verdict.as_json()


def test_a_wrong_question_id_names_the_nearest():
    """A slip of the instructor, so an error: but one that says what to type."""
    with pytest.raises(UnknownQuestion, match='Did you mean "dW_loop"'):
        check("dw_loop", right)


def test_a_wrong_entry_stands_out_in_the_heat_map():
    """Right entries are dots, wrong ones show by how much they are off."""

    def one_wrong(X, dY):
        gradient = X.T @ dY
        gradient[2, 1] += 5
        return gradient

    html = check("dW", one_wrong)._repr_html_()

    assert html.count("+5.00") == 1
    assert html.count(">·</td>") == 11


class CountsCalls:
    """What a student might write: something that is asked through more than one call."""

    def __init__(self, start):
        self.total = start

    def add(self, x):
        self.total = self.total + x
        return self.total


def start_then_add(answer, start, x):
    counter = answer(start)
    counter.add(x)
    return counter.add(x)


def test_an_answer_can_be_asked_through_a_function_of_ours():
    """A class is no function: someone has to make an object of it and call its methods."""
    reply = ask_live(CountsCalls, {"start": np.ones(2), "x": np.ones(2)}, 5.0, f"{__name__}:start_then_add")

    np.testing.assert_array_equal(reply.value, [3.0, 3.0])


def test_an_answer_asked_through_a_function_of_ours_may_be_wrong_in_any_way():
    reply = ask_live(None, {"start": 1.0, "x": 2.0}, 5.0, f"{__name__}:start_then_add")

    assert reply.error == "TypeError: 'NoneType' object is not callable"


def test_an_argument_may_be_a_function_that_the_student_calls():
    reply = ask_live(lambda f, x: f(f(x)), {"f": np.square, "x": np.array([2.0])}, 5.0)

    np.testing.assert_array_equal(reply.value, [16.0])
    assert not reply.changed


def test_an_answer_is_checked_where_nothing_can_interrupt_it(monkeypatch):
    """Python in a browser has neither an interval timer nor threads: no limit there, but a verdict."""

    def cannot_start(thread):
        raise RuntimeError("can't start new thread")

    monkeypatch.delattr("signal.setitimer")
    monkeypatch.setattr("threading.Thread.start", cannot_start)

    assert check("dW", right).verdict.score == 3
