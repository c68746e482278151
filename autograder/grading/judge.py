"""Third stage: a mark for every graded cell. Trusted; called by `pipeline` in the main process; writes nothing.

A registered question was asked from outside the student's kernel, and its verdict is the mark. Other tests keep
nbgrader's rule on the outputs of the run, which a student can forge; but no output can lose a submission or earn more
than a cell is worth: a value that is not a mark goes to a person.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from nbformat import NotebookNode
from nbgrader.utils import determine_grade, is_solution

from autograder.first_cause import first_cause_first
from autograder.grading.assignment import KnownAssignment, KnownCell
from autograder.records import (
    VERDICT_MIME,
    Executed,
    Finding,
    GradedSubmission,
    Outcome,
    QuestionMark,
    SubmissionOutcome,
    Verdict,
)

TEXT_MAX = 300
"""Letters of a sentence that came from a student's process."""
FINDINGS_MAX = 10

NEXT_STEPS = {
    "NotImplementedError": "Replace `raise NotImplementedError` by your answer.",
    "NameError": "Restart the kernel and run all cells from the top; look for a skipped cell or a changed name.",
    "SyntaxError": "Run the cell above it alone; Python marks the place where it stopped reading.",
    "IndentationError": "Run the cell above it alone; Python marks the line whose indentation surprised it.",
    "CellTimeoutError": "Look for a loop that never ends, or work that grows with every call.",
    "AssertionError": "Compare what your function returns with what the test expects, on the smallest input.",
}
OURS = {
    "ProcessEnded": "Look for exit(), very large arrays, or native code that crashes.",
    "NotRun": "Mend the cells that end the process first; they are named in the feedback.",
}
"""What `execute` puts in the place of outputs that a cell did not get to show."""
ANY_NEXT_STEP = "Run this test alone in your notebook and read the last line of the error first."


def judge(executed: Executed, assignment: KnownAssignment) -> GradedSubmission:
    """Every graded cell of the assignment gets a mark, also those the student's notebook lacks."""
    submission = executed.submission
    notes = (*submission.notes, *executed.notes)
    if problem := submission.problem or executed.problem:
        return GradedSubmission(
            submission.student,
            assignment.name,
            SubmissionOutcome.COULD_NOT_GRADE,
            problem,
            notes=notes,
            seconds=executed.seconds,
        )
    marks: list[QuestionMark] = []
    for name, cells in assignment.notebooks.items():
        verdicts = executed.verdicts.get(name, {})
        submitted = _by_id(executed.cells[name]) if name in executed.cells else None
        marks += [
            _judged(name, cell, verdicts[cell.id]) if cell.id in verdicts else _mark(name, cell, submitted)
            for cell in cells
            if cell.graded
        ]
    return GradedSubmission(
        submission.student,
        assignment.name,
        SubmissionOutcome.GRADED,
        questions=first_cause_first(marks),
        notes=notes,
        seconds=executed.seconds,
        executed=executed,
    )


def _judged(notebook: str, known: KnownCell, verdict: Verdict) -> QuestionMark:
    """A question that was asked from outside: its verdict counts, and no output does."""
    points = known.points or 0.0
    findings = tuple(replace(finding, where=known.id, says=_plain(finding.says)) for finding in verdict.findings)
    if verdict.outcome is Outcome.COULD_NOT_CHECK or verdict.score > points:
        return QuestionMark(known.id, notebook, None, points, Outcome.COULD_NOT_CHECK, findings)
    outcome = Outcome.PASSED if verdict.score >= points else Outcome.FAILED
    return QuestionMark(known.id, notebook, verdict.score, points, outcome, findings)


def _by_id(cells: Sequence[NotebookNode]) -> dict[str, NotebookNode]:
    return {cell.metadata.nbgrader.grade_id: cell for cell in cells if "grade_id" in cell.metadata.get("nbgrader", {})}


def _mark(notebook: str, known: KnownCell, submitted: Mapping[str, NotebookNode] | None) -> QuestionMark:
    points = known.points or 0.0
    if submitted is None:  # nbgrader's rule for a notebook that was not handed in
        finding = Finding(None, known.id, f"{notebook}.ipynb was not handed in.", "Hand in every notebook.")
        return QuestionMark(known.id, notebook, 0.0, points, Outcome.FAILED, (finding,))
    if known.task:
        return QuestionMark(known.id, notebook, None, points, Outcome.MANUAL)
    cell = submitted.get(known.id)
    if cell is None:
        return QuestionMark(known.id, notebook, None, points, Outcome.COULD_NOT_CHECK)

    score, is_mark = _score(cell)
    verdict = _verdict(cell)
    findings = _told(verdict, known.id)
    if not is_mark or verdict.get("outcome") == Outcome.COULD_NOT_CHECK:
        return QuestionMark(known.id, notebook, None, points, Outcome.COULD_NOT_CHECK, findings)
    if score is None:
        return QuestionMark(known.id, notebook, None, points, Outcome.MANUAL, findings)
    if score >= points:
        return QuestionMark(known.id, notebook, score, points, Outcome.PASSED)
    return QuestionMark(known.id, notebook, score, points, Outcome.FAILED, findings or (_seen(cell, known, score),))


def _score(cell: NotebookNode) -> tuple[float | None, bool]:
    """nbgrader's rule, and whether what the cell gave is a mark at all. A score of None: a person gives it."""
    try:
        score, points = determine_grade(cell)
        if is_solution(cell):  # a written answer: its own outputs are not marks
            return score, True
        score = float(score)
        for output in cell.outputs:
            if output.output_type == "error" or (output.output_type == "stream" and output.name == "stderr"):
                break
            if output.output_type == "execute_result":
                value = _number(output.data["text/plain"])
                # nbgrader gives full marks for nan and for -1.
                return score, value is None or (math.isfinite(value) and 0 <= value <= points)
        return score, True
    except (ValueError, KeyError, TypeError, AttributeError):  # more than the maximum; a result without text
        return None, False


def _number(text: Any) -> float | None:
    try:
        return float(text[0] if isinstance(text, list) and len(text) == 1 else text)
    except (TypeError, ValueError):
        return None


def _verdict(cell: NotebookNode) -> Mapping[str, Any]:
    """What `check` said beside its card; empty when the cell said nothing of the kind."""
    for output in cell.get("outputs", ()):
        if output.output_type in ("execute_result", "display_data") and VERDICT_MIME in output.data:
            data = output.data[VERDICT_MIME]
            with_text = isinstance(data, str) and len(data) < 1_000_000
            try:
                data = json.loads(data) if with_text else data
            except ValueError:
                return {}
            return data if isinstance(data, Mapping) else {}
    return {}


def _told(verdict: Mapping[str, Any], where: str) -> tuple[Finding, ...]:
    """The verdict's findings, as short plain text: they come from the student's process."""
    listed = verdict.get("findings")
    found = []
    for entry in listed[:FINDINGS_MAX] if isinstance(listed, list) else ():
        if isinstance(entry, Mapping) and isinstance(entry.get("says"), str):
            slug = entry.get("misconception")
            slug = slug if isinstance(slug, str) and re.fullmatch(r"[a-z0-9_]{1,80}", slug) else None
            found.append(Finding(slug, where, _plain(entry["says"]), _plain(str(entry.get("try_next", "")))))
    return tuple(found)


def _seen(cell: NotebookNode, known: KnownCell, score: float) -> Finding:
    """What went wrong, in the kernel's own words, when the cell names no mistake."""
    if known.solution:
        return Finding(None, known.id, "No answer was written.", "Write your answer in this cell.")
    outputs = cell.get("outputs", ())
    # nbgrader adds it last, after the KeyboardInterrupt with which the kernel answered.
    if any(output.output_type == "error" and output.ename == "CellTimeoutError" for output in outputs):
        says = "The cell ran longer than allowed and was stopped."
        return Finding(None, known.id, says, NEXT_STEPS["CellTimeoutError"])
    for output in outputs:
        if output.output_type == "error" and output.ename in OURS:
            return Finding(None, known.id, output.evalue, OURS[output.ename])
        if output.output_type == "error":
            says = f"{output.ename}: {output.evalue}" if output.evalue.strip() else output.ename
            return Finding(None, known.id, _plain(says), NEXT_STEPS.get(output.ename, ANY_NEXT_STEP))
        if output.output_type == "stream" and output.name == "stderr":
            return Finding(
                None, known.id, _plain(f"The test printed a warning: {_first_line(output.text)}"), ANY_NEXT_STEP
            )
    return Finding(None, known.id, f"The test gave {score:g} of {known.points:g} points.", ANY_NEXT_STEP)


def _first_line(text: str) -> str:
    return next((line for line in text.splitlines() if line.strip()), "")


def _plain(text: str) -> str:
    """One line without terminal colours or control characters, cut."""
    text = re.sub(r"\x1b\[[0-9;]*[A-Za-z]", "", text)
    text = " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())
    return text if len(text) <= TEXT_MAX else text[: TEXT_MAX - 1] + "…"
