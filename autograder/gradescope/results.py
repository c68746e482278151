"""What Gradescope shows: a graded submission as its results.json. Text throughout, for students wrote some of it.

Source: https://gradescope-autograders.readthedocs.io/en/latest/specs/, “Output format”.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from autograder.card import LEVELS
from autograder.first_cause import question_of
from autograder.printable import printable
from autograder.records import GradedSubmission, Outcome, QuestionMark, SubmissionOutcome

STATUS = {Outcome.PASSED: "passed", Outcome.FAILED: "failed"}
NO_MARK = "These 0 points are no mark"
"""Gradescope wants a number; this says that it is none."""


def of_submission(
    graded: GradedSubmission, *, engine: str, seed: str, level: str, visibility: str, seconds: float
) -> dict[str, Any]:
    """`level`: how much is told, as `c.CheckCard.level`. `seconds`: how long all of it took."""
    if graded.outcome is SubmissionOutcome.COULD_NOT_GRADE:
        return of_failure(f"What was handed in could not be graded. {graded.reason or ''}", engine, visibility, seconds)
    tests = [_test(mark, level) for mark in graded.questions]
    by_hand = sum(mark.max_score for mark in graded.questions if mark.score is None)
    says = [f"{graded.score:g} points so far." if by_hand else f"{graded.score:g} of {graded.max_score:g} points."]
    if by_hand:
        says.append(f"{by_hand:g} more are given by a person.")
    says += [_line(note) for note in graded.notes]
    return _result(graded.score or 0.0, "\n".join(says), tests, engine, visibility, seconds, {"seed": seed})


def of_failure(says: str, engine: str, visibility: str, seconds: float) -> dict[str, Any]:
    """When there is no mark: for what reason, in words that a student can pass on."""
    return _result(0.0, f"{_line(says)}\n{NO_MARK}.", [], engine, visibility, seconds, {})


def _result(
    score: float, says: str, tests: list, engine: str, visibility: str, seconds: float, more: dict[str, Any]
) -> dict[str, Any]:
    return {
        "score": round(score, 5),
        "execution_time": round(seconds),
        "output": says,
        "output_format": "text",
        "test_output_format": "text",
        "test_name_format": "text",
        "visibility": visibility,
        # For the instructor: the log names folders of the course.
        "stdout_visibility": "hidden",
        "extra_data": {"engine": engine, **more},
        "tests": tests,
    }


def _test(mark: QuestionMark, level: str) -> dict[str, Any]:
    question = question_of(mark)
    test: dict[str, Any] = {
        "name": f"{mark.id}: {question.asks_for}" if question else mark.id,
        "name_format": "text",
        "output": _says(mark, level),
        "output_format": "text",
        "visibility": "visible",
        "extra_data": {"notebook": mark.notebook, "outcome": str(mark.outcome)},
    }
    if mark.score is not None:
        test |= {"score": round(mark.score, 5), "max_score": mark.max_score}
        test["status"] = STATUS.get(mark.outcome, "failed")
    return test


def _says(mark: QuestionMark, level: str) -> str:
    if mark.outcome is Outcome.COULD_NOT_CHECK:
        return f"This could not be checked; the fault may be ours. A person gives these {mark.max_score:g} points."
    if mark.score is None:
        return f"A person gives these {mark.max_score:g} points."
    if level == LEVELS[0]:
        return ""
    lines: list[str] = []
    for finding in mark.findings:
        lines.append(_line(finding.says))
        if level == LEVELS[-1]:
            lines.append(f"→ {_line(finding.try_next)}")
            if finding.also_seen_in:
                lines.append(f"Also seen in {_line(', '.join(finding.also_seen_in))}: mend this first.")
    return "\n".join(lines)


def _line(text: str | Sequence[str]) -> str:
    return " ".join(printable(str(text).replace("\n", " ")).split())
