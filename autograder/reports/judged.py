"""What `autograder judge` prints: one file at length, several in a line each. Text only, whatever a file said."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.text import Text

from autograder.first_cause import question_of
from autograder.printable import printable
from autograder.records import ClassResult, GradedSubmission, Outcome, QuestionMark
from autograder.reports.told import told

SIGNS = {Outcome.PASSED: ("✓", "green"), Outcome.FAILED: ("✗", "red")}


def show_judged(result: ClassResult, elsewhere: Sequence[str], json_file: Path | None) -> None:
    """`elsewhere`: what the assignment asks, too, but not of these files."""
    console = Console(highlight=False, soft_wrap=True)
    width = max((len(printable(one.student)) for one in result.submissions), default=0)
    for one in result.submissions:
        if one.reason is not None:
            console.print(Text(f"✗ {printable(one.reason)}", style="red"))
        elif len(result.submissions) == 1:
            _at_length(console, one)
        else:
            console.print(_in_a_line(one, width))
    if elsewhere and len(result.could_not_grade) < len(result.submissions):
        console.print(Text(f"Judged in the notebook or by a person only: {', '.join(map(printable, elsewhere))}."))
    if len(result.could_not_grade) < len(result.submissions):
        console.print(Text(f"Seed {result.seed} draws the same inputs again."))
    if "TRUSTED" in result.engine:
        console.print(Text("The code was NOT confined (--trusted).", style="red"))
    if json_file:
        console.print(Text(f"Results: {json_file}"))


def _at_length(console: Console, one: GradedSubmission) -> None:
    console.print(Text(f"{printable(one.student)}: {one.score:g} of {one.max_score:g} points", style="bold"))
    width = max((len(mark.id) for mark in one.questions), default=0)
    for mark in one.questions:
        sign, style = SIGNS.get(mark.outcome, ("?", "yellow"))
        console.print(Text(f"{sign} ", style=style) + Text(f"{mark.id:<{width}}  {_points(mark)}  {_asks_for(mark)}"))
    for cause in told(one, ""):
        console.print()
        console.print(Text(", ".join(cause.questions), style="bold"))
        console.print(Text(f"  {printable(cause.says)}"))
        console.print(Text(f"  → {printable(cause.try_next)}"))
        if cause.echoes:
            console.print(Text(f"  Also seen in {printable(', '.join(cause.echoes))}: mend this first."))
    for note in one.notes:
        console.print(Text(f"• {printable(note)}"))
    console.print()


def _in_a_line(one: GradedSubmission, width: int) -> Text:
    line = Text(f"{printable(one.student):<{width}}  {one.score:g}/{one.max_score:g}")
    causes = told(one, "")
    for cause in causes[:1]:
        line.append(f"  {cause.questions[0]}: {printable(cause.says)}")
    if len(causes) > 1:
        line.append(f" (and {len(causes) - 1} more)")
    return line


def _points(mark: QuestionMark) -> str:
    return f"{'–' if mark.score is None else f'{mark.score:g}'} / {mark.max_score:g}".rjust(11)


def _asks_for(mark: QuestionMark) -> str:
    question = question_of(mark)
    if mark.outcome is Outcome.COULD_NOT_CHECK:
        return "could not be checked; the fault may be ours"
    return question.asks_for if question else ""
