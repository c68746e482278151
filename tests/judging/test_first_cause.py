"""A slip that shows again further down is told once, where it began."""

import pytest

from autograder.checking import check
from autograder.first_cause import QUOTING_AN_ERROR, first_cause_first
from autograder.misconceptions.catalogue import catalogue
from autograder.records import Finding, Outcome, QuestionMark
from sample_class.wrong_two_layer_net import LAYER_2, MEAN, instead


def net(source):
    names = {}
    exec(source, names)
    return names["TwoLayerNet"]


@pytest.fixture(scope="module")
def undivided():
    return net(instead((MEAN, "return dscores")))


def test_a_wrong_dscores_says_which_gradients_it_made_wrong(undivided):
    """Measured on the student's own gradients; the questions about them cost nothing."""
    (finding,) = check("net_dscores", undivided, seed=1).verdict.findings

    assert finding.misconception == "dscores_not_divided"
    assert finding.also_seen_in == ("dW2", "db2", "dW1", "db1")
    assert check("net_layer2", undivided, seed=1).verdict.score == 1.5
    assert check("net_layer1", undivided, seed=1).verdict.score == 1.5


def test_the_card_shows_it_in_html_and_text(undivided):
    card = check("net_dscores", undivided, seed=1)

    assert "Also seen in dW2, db2, dW1, db1: mend this first." in card._repr_html_()
    assert "Also seen in dW2, db2, dW1, db1: mend this first." in str(card)


def test_gradients_that_are_right_all_the_same_are_no_echo():
    """Wrong for one example, and yet no gradient of the batch is called an echo unless it is wrong."""
    halved = net(instead((MEAN, "return dscores / len(y) * (1 if len(y) > 1 else 2)")))

    (finding,) = check("net_dscores", halved, seed=1).verdict.findings

    # The part with one example met it, and there all four are twice what they should be.
    assert finding.also_seen_in == ("dW2", "db2", "dW1", "db1")
    assert check("net_penalty", halved, seed=1).verdict.findings == ()


def test_a_call_that_stops_further_down_is_an_echo_in_the_notebook_too():
    """dW2 is transposed, so W2's penalty cannot be added to it."""
    transposed = net(instead((LAYER_2, "return dscores.T @ H, dscores.sum(axis=0), dscores @ W2.T")))
    (cause,) = check("net_layer2", transposed, seed=1).verdict.findings

    card = check("net_penalty", transposed, seed=1)

    assert cause.misconception == "gradient_transposed"
    assert [finding.echo_of for finding in card.verdict.findings] == ["net_layer2"]
    assert "Likely an echo of net_layer2: mend that first" in card._repr_html_()


def test_what_was_told_of_an_earlier_version_of_the_class_is_no_cause():
    """The file was saved again and loaded anew: only what was asked of this class counts."""
    source = instead((LAYER_2, "return dscores.T @ H, dscores.sum(axis=0), dscores @ W2.T"))
    check("net_layer2", net(source), seed=1)

    card = check("net_penalty", net(source), seed=1)

    assert [finding.echo_of for finding in card.verdict.findings] == [None]


def test_numbers_of_a_net_that_learned_less_are_no_slip_of_copying():
    """The table was copied rightly; its numbers are those of another net than ours, and look like another row's."""
    wrong = Finding("mask_of_the_gradient", "net_layer1", "says", "try")
    copied = Finding("table_of_another_row", "inline_table", "says", "try")
    swapped = Finding("table_columns_swapped", "inline_table", "says", "try")

    def told(*findings):
        return [
            (one.misconception, one.echo_of)
            for mark in first_cause_first([mark_of(name, *found) for name, *found in findings])
            for one in mark.findings
        ]

    assert told(("net_layer1", wrong), ("check_inline_table", copied))[1] == ("table_of_another_row", "net_layer1")
    assert told(("net_layer1", wrong), ("check_inline_table", swapped))[1] == ("table_columns_swapped", None)
    assert told(("check_inline_table", copied)) == [("table_of_another_row", None)]


def mark_of(name, *findings):
    return QuestionMark(name, "net", 0.0, 1.5, Outcome.FAILED, findings)


def test_findings_without_echoes_are_as_short_in_json_as_before():
    finding = Finding("slug", "q", "says", "try")

    assert set(finding.as_json()) == {"misconception", "where", "says", "try_next"}
    assert Finding.from_json(finding.as_json()) == finding


def test_findings_with_echoes_come_back_from_json():
    finding = Finding("slug", "q", "says", "try", ("dW2",), "net_dscores")

    assert Finding.from_json(finding.as_json()) == finding


def test_calls_that_stop_at_different_names_are_different_mistakes():
    """Mending the one does not mend the other: neither is called an echo of it."""
    findings = [
        check("dX", undefined).verdict.findings[0]
        for undefined in (lambda dY, W: dy @ W.T, lambda dY, W: dY @ w.T, lambda dY, W: dy @ W.T)  # noqa: F821
    ]
    marks = [
        QuestionMark(name, "net", 0.0, 1.0, Outcome.FAILED, (finding,))
        for name, finding in zip(("db", "dW", "dX"), findings, strict=True)
    ]

    seen = [mark.findings[0].also_seen_in for mark in first_cause_first(marks)]

    assert {finding.misconception for finding in findings} == {"name_without_a_value"}
    assert seen == [("dX",), (), ()]


def test_an_index_that_goes_wrong_below_wrong_scores_is_their_echo():
    """Scores of one dimension: what takes an entry of each row of them stops, and is no mistake of its own."""
    flat = net(instead(("scores = H @ W2 + b2\n", "scores = (H @ W2 + b2)[0]\n")))
    check("net_scores", flat, seed=1)

    (finding,) = check("net_predict", flat, seed=1).verdict.findings

    assert finding.misconception == "no_such_axis"
    assert finding.echo_of == "net_scores"


def test_whose_sentence_quotes_an_error_is_known():
    assert {one.slug for one in catalogue() if "{error}" in one.says} == QUOTING_AN_ERROR
