"""What flows between the stages, as frozen dataclasses.

check    Question + Reply → Verdict                         (autograder.checking)
grading  folder → Submission → Executed → GradedSubmission  (autograder.grading)
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from functools import cached_property
from pathlib import Path
from typing import Any

VERDICT_MIME = "application/vnd.autograder.verdict+json"
"""What a card carries beside its HTML, and the grader reads findings from. Notebooks have no renderer for it."""


class Outcome(StrEnum):
    """What became of a question, or of one part of it."""

    PASSED = "passed"
    FAILED = "failed"
    COULD_NOT_CHECK = "could_not_check"
    """The fault may be ours: costs no mark, goes to manual grading."""
    MANUAL = "manual"
    """A person grades it."""


class SubmissionOutcome(StrEnum):
    """What became of a submission."""

    GRADED = "graded"
    COULD_NOT_GRADE = "could_not_grade"


@dataclass(frozen=True)
class Finding:
    """One thing that went wrong, in words a student can use."""

    misconception: str | None
    """Slug in the catalogue; None for "wrong, not recognised"."""
    where: str
    """Id of the question it was seen in."""
    says: str
    """The observation: what the answer is, not what its author did."""
    try_next: str
    """One thing to try."""
    also_seen_in: tuple[str, ...] = ()
    """Where the same cause shows again: gradients such as dW2, ids of later questions."""
    echo_of: str | None = None
    """Id of the question whose mistake is the likely cause of this one; None where it begins."""

    @classmethod
    def from_json(cls, entry: Mapping[str, Any]) -> Finding:
        said = {name: entry[name] for name in ("misconception", "where", "says", "try_next")}
        return cls(**said, also_seen_in=tuple(entry.get("also_seen_in", ())), echo_of=entry.get("echo_of"))

    def as_json(self) -> dict[str, Any]:
        said = {
            "misconception": self.misconception,
            "where": self.where,
            "says": self.says,
            "try_next": self.try_next,
        }
        if self.also_seen_in:
            said["also_seen_in"] = list(self.also_seen_in)
        if self.echo_of is not None:
            said["echo_of"] = self.echo_of
        return said


@dataclass(frozen=True)
class Reply:
    """What came back from one call of a student's function, as data only."""

    value: Any = None
    """Numbers, strings, containers of them, or a plain numeric array. Never an object of the student's own."""
    error: str | None = None
    """`TypeError: …` when the call raised; None otherwise."""
    unfinished: bool = False
    """True for an untouched stub (it raises NotImplementedError)."""
    timed_out: bool = False
    changed: tuple[str, ...] = ()
    """Names of the arguments that were not what they had been before the call."""
    printed: str = ""
    """What the call wrote to stdout and stderr, cut at 2,000 characters."""
    used_numeric_gradient: bool = False
    """True when the call asked `numeric_gradient` for help."""


@dataclass(frozen=True)
class PartVerdict:
    """One small thing a question asks, and what it earned."""

    name: str
    title: str
    outcome: Outcome
    score: float
    max_score: float
    says: str = ""
    """One line for the card: the aligned row, or what was seen."""


@dataclass(frozen=True)
class Verdict:
    """The answer to one question, judged."""

    question: str
    outcome: Outcome
    score: float
    max_score: float
    parts: tuple[PartVerdict, ...] = ()
    findings: tuple[Finding, ...] = ()
    observed: Any = None
    """The first wrong array, for the heat map; None when there is nothing to show."""
    expected: Any = None
    """The numeric gradient to hold it against, same shape."""
    printed: str = ""

    def as_json(self) -> dict[str, Any]:
        """The part of a verdict that travels beside the card. No floats but the marks."""
        return {
            "question": self.question,
            "outcome": str(self.outcome),
            "score": self.score,
            "max_score": self.max_score,
            "findings": [finding.as_json() for finding in self.findings],
        }


@dataclass(frozen=True)
class Submission:
    """First stage: what one student handed in, read but not yet run."""

    student: str
    assignment: str
    folder: Path
    """Where it was read from. Nothing in it is ever written."""
    notebooks: Mapping[str, bytes] = field(default_factory=dict)
    """Notebook name without `.ipynb` → its JSON in nbformat 4 and UTF-8, whatever was handed in."""
    files: Mapping[str, bytes] = field(default_factory=dict)
    """Every other regular file, by path relative to `folder`."""
    timestamp: datetime | None = None
    """When it was handed in (UTC), from nbgrader's `timestamp.txt`."""
    notes: tuple[str, ...] = ()
    """What an instructor should know though it could be graded: a renamed notebook, an edited test cell."""
    problem: str | None = None
    """Why it cannot be graded; None when it can."""


@dataclass(frozen=True)
class Executed:
    """Second stage: the notebooks as they stand after a run."""

    submission: Submission
    notebooks: Mapping[str, str] = field(default_factory=dict)
    """Notebook name → executed notebook as JSON text."""
    verdicts: Mapping[str, Mapping[str, Verdict]] = field(default_factory=dict)
    """Notebook name → `grade_id` → verdict, for the questions that were asked from outside the kernel."""
    seconds: float = 0.0
    notes: tuple[str, ...] = ()
    problem: str | None = None

    @cached_property
    def cells(self) -> Mapping[str, list[Any]]:
        """Notebook name → its cells as nbformat has them, to be read only."""
        from nbformat.v4 import reads_json  # not where lessons are read

        return {name: reads_json(text).cells for name, text in self.notebooks.items()}


@dataclass(frozen=True)
class QuestionMark:
    """One graded cell of one submission."""

    id: str
    """The cell's `grade_id`."""
    notebook: str
    score: float | None
    """None while a person still has to grade it."""
    max_score: float
    outcome: Outcome
    findings: tuple[Finding, ...] = ()

    @classmethod
    def from_json(cls, entry: Mapping[str, Any]) -> QuestionMark:
        findings = tuple(Finding.from_json(finding) for finding in entry["findings"])
        score, outcome = entry["score"], Outcome(entry["outcome"])
        return cls(entry["id"], entry["notebook"], score, entry["max_score"], outcome, findings)

    def as_json(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "notebook": self.notebook,
            "score": self.score,
            "max_score": self.max_score,
            "outcome": str(self.outcome),
            "findings": [finding.as_json() for finding in self.findings],
        }


@dataclass(frozen=True)
class GradedSubmission:
    """Third stage: every mark of one submission, ready to be recorded."""

    student: str
    assignment: str
    outcome: SubmissionOutcome
    reason: str | None = None
    """Why it could not be graded, and what to do; None when it was."""
    questions: tuple[QuestionMark, ...] = ()
    notes: tuple[str, ...] = ()
    seconds: float = 0.0
    executed: Executed | None = None
    unchanged: bool = False
    """True when it was graded in an earlier run, and nothing its marks depend on has changed since."""

    @classmethod
    def from_json(cls, assignment: str, entry: Mapping[str, Any]) -> GradedSubmission:
        """The inverse of `as_json`, for a submission that was graded before."""
        return cls(
            entry["student"],
            assignment,
            SubmissionOutcome(entry["outcome"]),
            entry["reason"],
            tuple(QuestionMark.from_json(mark) for mark in entry["questions"]),
            tuple(entry["notes"]),
            entry["seconds"],
            unchanged=True,
        )

    @property
    def score(self) -> float | None:
        """Sum of the marks given so far, or None when nothing could be graded."""
        if self.outcome is SubmissionOutcome.COULD_NOT_GRADE:
            return None
        return sum(question.score or 0.0 for question in self.questions)

    @property
    def max_score(self) -> float:
        return sum(question.max_score for question in self.questions)

    def as_json(self) -> dict[str, Any]:
        return {
            "student": self.student,
            "outcome": str(self.outcome),
            "reason": self.reason,
            "notes": list(self.notes),
            "score": self.score,
            "max_score": self.max_score,
            "seconds": round(self.seconds, 3),
            "questions": [question.as_json() for question in self.questions],
        }


@dataclass(frozen=True)
class ClassResult:
    """A graded class."""

    assignment: str
    seed: str
    """What the inputs were drawn from: the same seed gives the same marks."""
    engine: str
    """What ran the submissions, and how confined."""
    submissions: tuple[GradedSubmission, ...] = ()
    """Sorted by student."""

    @property
    def could_not_grade(self) -> tuple[GradedSubmission, ...]:
        return tuple(one for one in self.submissions if one.outcome is SubmissionOutcome.COULD_NOT_GRADE)

    def as_json(self) -> dict[str, Any]:
        return {
            "assignment": self.assignment,
            "seed": self.seed,
            "engine": self.engine,
            "submissions": [submission.as_json() for submission in self.submissions],
        }
