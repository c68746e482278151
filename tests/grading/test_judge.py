"""Marks read off outputs: nbgrader's rule, and nothing a cell prints can lose a submission or earn too much."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook, new_output

from autograder.grading.assignment import KnownAssignment, KnownCell
from autograder.grading.judge import VERDICT_MIME, judge
from autograder.records import Executed, Outcome, QuestionMark, Submission

TEST = KnownCell("q", "code", True, False, False, True, 2.0, "check()", "check()", None)


def result(text: str, **more) -> dict:
    return new_output("execute_result", data={"text/plain": text} | more)


def mark(*outputs) -> QuestionMark:
    """The mark of a two-point cell with these outputs."""
    cell = new_code_cell("check()", outputs=list(outputs), metadata={"nbgrader": TEST.metadata()})
    text = nbformat.writes(new_notebook(cells=[cell]))
    executed = Executed(Submission("ada", "ps1", Path("submitted/ada/ps1")), {"problem": text})
    return judge(executed, KnownAssignment("ps1", {"problem": (TEST,)})).questions[0]


@pytest.mark.parametrize(
    ("outputs", "score", "outcome"),
    [
        ([], 2.0, Outcome.PASSED),
        ([result("1.5")], 1.5, Outcome.FAILED),
        ([result("2.0")], 2.0, Outcome.PASSED),
        ([result("'words'")], 2.0, Outcome.PASSED),
        ([new_output("stream", name="stderr", text="hm")], 0.0, Outcome.FAILED),
        ([new_output("error", ename="ValueError", evalue="no", traceback=[])], 0.0, Outcome.FAILED),
    ],
)
def test_an_ordinary_output_counts_as_in_nbgrader(outputs, score, outcome):
    """Nothing is full marks, a number is partial credit, an error or anything on stderr is zero."""
    given = mark(*outputs)

    assert (given.score, given.outcome) == (score, outcome)


@pytest.mark.parametrize("text", ["nan", "inf", "-inf", "-1", "2.5", "1e400"])
def test_a_number_that_is_no_mark_goes_to_a_person(text):
    """nbgrader gives full marks for nan and −1, and loses the submission over 2.5 of 2."""
    given = mark(result(text))

    assert (given.score, given.outcome) == (None, Outcome.COULD_NOT_CHECK)


def test_a_result_without_text_goes_to_a_person():
    """nbgrader stops at it and loses the submission."""
    assert mark(new_output("execute_result", data={"text/html": "<b>1</b>"})).outcome is Outcome.COULD_NOT_CHECK


def test_a_verdict_brings_its_findings():
    """What `check` recognised is told, not guessed again from the error."""
    finding = {
        "misconception": "summed_not_averaged",
        "where": "q",
        "says": "N times too large.",
        "try_next": "Divide.",
    }
    given = mark(result("0.5", **{VERDICT_MIME: {"outcome": "failed", "findings": [finding]}}))

    assert given.score == 0.5
    assert [one.as_json() for one in given.findings] == [finding]


def test_a_verdict_that_could_not_check_costs_nothing():
    """The fault may be ours: no mark is taken, a person looks."""
    given = mark(result("0.0", **{VERDICT_MIME: {"outcome": "could_not_check", "findings": []}}))

    assert (given.score, given.outcome) == (None, Outcome.COULD_NOT_CHECK)


@pytest.mark.parametrize(
    "content", ["not json", [1], {"findings": 7}, {"findings": [None, {"says": 3}]}, {"outcome": []}]
)
def test_a_damaged_verdict_is_ignored(content):
    """It comes from the student's process and may be anything."""
    assert mark(result("0.5", **{VERDICT_MIME: content})).score == 0.5


def test_what_a_student_prints_is_one_short_plain_line():
    """No terminal colours, line breaks or control characters, and an end."""
    evalue = "\x1b[31mred\x1b[0m\n\x07" + "x" * 5000
    given = mark(new_output("error", ename="ValueError", evalue=evalue, traceback=[]))

    (finding,) = given.findings
    assert finding.says.startswith("ValueError: red xxx")
    assert finding.says.isprintable()
    assert len(finding.says) <= 300
