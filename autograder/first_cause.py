"""First cause first: a slip early in a chain shows again further down, and is told once, where it began.

Most echoes cost nothing, since later questions are held against what the student's own code handed on. What is left
are calls that stop, and answers that nothing recognises. Called by whoever has several verdicts of one student.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from autograder.questions import Question, all_questions
from autograder.records import Finding, QuestionMark

SAYS_LITTLE = frozenset({
    "sizes_do_not_fit", "endless_loop", "not_finite", "returned_nothing", "table_of_another_row", "table_like_a_guess",
    "no_such_axis", "index_out_of_range", "array_for_one_number",
})  # fmt: skip
"""Names of what went wrong with a call, or of numbers that a wrong net brings about: they do not say why. Every other
name is a cause of its own."""

QUOTING_AN_ERROR = frozenset({
    "no_such_axis", "name_without_a_value", "index_out_of_range", "argument_left_out", "array_for_one_number",
})  # fmt: skip
"""Names of stops whose sentence says with which error."""


def in_light_of(question: Question, findings: Sequence[Finding], earlier: Mapping[str, Sequence[Finding]]) -> tuple[
    Finding, ...
]:  # fmt: skip
    """`findings` of `question`, with `echo_of` where a question it is fed by went wrong. `earlier`: by question id."""
    above = _above(question)
    causes = [
        name for name in all_questions() if name in above and any(one.echo_of is None for one in earlier.get(name, ()))
    ]
    if not causes:
        return tuple(findings)
    return tuple(
        replace(finding, echo_of=causes[0])
        if finding.misconception is None or finding.misconception in SAYS_LITTLE
        else finding
        for finding in findings
    )


def first_cause_first(marks: Sequence[QuestionMark]) -> tuple[QuestionMark, ...]:
    """The marks of one student, in which the first finding of each cause says where else it was seen."""
    earlier: dict[str, Sequence[Finding]] = {}
    ids: dict[str, str] = {}
    seen: list[QuestionMark] = []
    for mark in marks:
        question = question_of(mark)
        if question is not None and mark.findings:
            found = in_light_of(question, [replace(one, echo_of=None) for one in mark.findings], earlier)
            earlier[question.id], ids[question.id] = found, mark.id
            mark = replace(
                mark, findings=tuple(replace(one, echo_of=ids.get(one.echo_of or "")) for one in found)
            )  # as ids of cells
        seen.append(mark)
    return tuple(_with_echoes(mark, seen) for mark in seen)


def question_of(mark: QuestionMark) -> Question | None:
    """The registered question of a cell: its own id, or `check_` and that."""
    questions = all_questions()
    return questions.get(mark.id) or questions.get(mark.id.removeprefix("check_"))


def _with_echoes(mark: QuestionMark, marks: Sequence[QuestionMark]) -> QuestionMark:
    """Where a cause was seen first it says where it was seen again."""
    findings = []
    for place, finding in enumerate(mark.findings):
        again = list(finding.also_seen_in)
        for other in marks:
            for one in other.findings:
                echo = place == 0 and one.echo_of == mark.id
                same = finding.misconception is not None and mistake(one) == mistake(finding)
                if other is not mark and (echo or (same and finding.echo_of is None)):
                    again.append(other.id)
        first = all(one is mark or not _has(one, finding) for one in marks[: marks.index(mark)])
        findings.append(replace(finding, also_seen_in=tuple(dict.fromkeys(again))) if first else finding)
    return replace(mark, findings=tuple(findings))


def _has(mark: QuestionMark, finding: Finding) -> bool:
    return finding.misconception is not None and any(mistake(one) == mistake(finding) for one in mark.findings)


def mistake(finding: Finding) -> tuple[str, ...] | None:
    """The same for findings of one mistake; None where it was not recognised. Of calls that stopped with an error it
    is one mistake only where the error is the same."""
    slug = finding.misconception
    if slug is None:
        return None
    return (slug, finding.says) if slug in QUOTING_AN_ERROR else (slug,)


def _above(question: Question) -> set[str]:
    """Ids of all questions whose mistakes reach this one."""
    found: set[str] = set()
    waiting = list(question.follows)
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting += all_questions()[name].follows
    return found
