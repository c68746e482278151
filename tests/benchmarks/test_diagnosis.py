"""The class made by machine: wrong ones lose marks, right ones keep them, and what is counted is what it says."""

from __future__ import annotations

import warnings

import pytest

from benchmarks import diagnosis
from benchmarks.diagnosing.answers import answers
from benchmarks.diagnosing.facts import facts
from benchmarks.diagnosing.mutations import held_out, slips
from benchmarks.diagnosing.rewrites import rewritings
from benchmarks.diagnosing.true_names import RULES, true_names

ANSWERS = {answer.name: answer for answer in answers()}


@pytest.fixture(autouse=True)
def _quiet():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def test_every_slip_in_dW_loses_marks_and_none_is_named_wrongly():
    row = diagnosis.Tally()
    for slip in slips(ANSWERS["dW"].text):
        diagnosis.judge_wrong(ANSWERS["dW"], (slip,), row)

    assert row.wrong == row.lost_marks == 6
    assert row.wrongly == 0
    assert row.rightly >= 5


@pytest.mark.parametrize("name", ["db", "dX", "drelu", "max_gate", "neural_net.py"])
def test_the_same_answer_in_other_words_keeps_every_mark(name):
    answer = ANSWERS[name]
    tally = diagnosis.Tally()
    for says, text in rewritings(answer.text)[:: 12 if name == "neural_net.py" else 1]:
        if facts(answer.text, text, answer.call) is None:
            diagnosis.judge_right(answer, text, says, tally)

    assert tally.misses == {}
    assert tally.kept_all == tally.right >= 4


def test_what_changes_nothing_is_no_slip():
    """A mask with >= for > differs at exactly 0 only, where every convention is right."""
    (slip,) = [one for one in slips(ANSWERS["drelu"].text) if one.after == "A >= 0"]
    tally = diagnosis.Tally()

    diagnosis.judge_wrong(ANSWERS["drelu"], (slip,), tally)

    assert (tally.wrong, tally.right, tally.kept_all) == (0, 1, 1)


def test_a_checker_that_looks_at_the_smallest_entry_is_wrong():
    """It calls a right gradient with an entry of exactly 0 wrong."""
    answer = ANSWERS["gradient_check"]
    smallest = answer.text.replace("np.max(np.abs(analytic) +", "np.min(np.abs(analytic) +")

    assert answer.facts(smallest) >= {"zero_over_zero", "entry_by_entry"}
    assert answer.facts(answer.text.replace("1e-5", "1e-6")) is None


def test_a_pair_with_a_slip_that_is_held_out_is_not_listed():
    answer = ANSWERS["numeric_gradient"]
    wrong = [slip for slip in slips(answer.text) if answer.facts(diagnosis.mutated(answer.text, slip)) is not None]
    one, other = next(slip for slip in wrong if not held_out(slip.says)), next(s for s in wrong if held_out(s.says))
    tally = diagnosis.Tally()

    assert diagnosis.may_be_listed((one,))
    assert not diagnosis.may_be_listed((one, other))
    diagnosis.judge_wrong(answer, (one, other), tally, listed=False)
    assert (tally.wrong, tally.misses) == (1, {})


def test_a_name_that_is_not_so_is_counted_as_wrong(monkeypatch):
    """Otherwise every name would be a right one."""
    answer = ANSWERS["db"]
    (mean,) = [slip for slip in slips(answer.text) if slip.operator == "mean for sum"]
    said = diagnosis.Judged(1.0, frozenset({"sign_flipped"}))
    monkeypatch.setattr(diagnosis, "judged", lambda *_: said)
    tally = diagnosis.Tally()

    diagnosis.judge_wrong(answer, (mean,), tally)

    assert (tally.rightly, tally.wrongly) == (0, 1)


def test_the_original_exercise_is_content_with_the_reference_and_sees_a_missing_mask():
    net = ANSWERS["neural_net.py"]

    assert diagnosis.caught(diagnosis._class(net.text)) == []
    assert "own gradient" in diagnosis.caught(diagnosis._class(net.text.replace("dH * (A > 0)", "dH")))


def test_the_halves_are_about_as_large():
    says = [slip.says for answer in ANSWERS.values() for slip in slips(answer.text)]

    assert 0.4 < sum(map(held_out, says)) / len(says) < 0.6


def test_every_rule_is_about_a_slip_that_is_made():
    """A rule that nothing meets is a name that nobody has earned."""
    made = [slip for answer in ANSWERS.values() for slip in slips(answer.text)]
    met = {name for slip in made for name in true_names(slip)}

    assert met == {name for rule in RULES for name in rule[3].split()}
