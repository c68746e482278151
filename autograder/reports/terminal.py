"""The class as a table in the terminal. Called by the CLI; what students wrote appears as text, never as markup."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
from rich.progress import Progress as RichProgress
from rich.table import Table
from rich.text import Text

from autograder.console import for_tables
from autograder.printable import printable
from autograder.records import ClassResult, GradedSubmission, Outcome, QuestionMark
from autograder.reports.told import common_prefix, told

STYLES = {Outcome.PASSED: "green", Outcome.FAILED: "red"}


class Progress:
    """A bar while submissions are graded; on anything but a terminal one plain line for each."""

    def __init__(self, title: str) -> None:
        self.console = Console(stderr=True)
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
        self.bar = RichProgress(*columns, console=self.console, transient=True) if self.console.file.isatty() else None
        self.task = self.bar.add_task(escape(title), total=None) if self.bar else None

    def __enter__(self) -> Progress:
        if self.bar:
            self.bar.start()
        return self

    def __exit__(self, *_: Any) -> None:
        if self.bar:
            self.bar.stop()

    def submission_done(self, submission: GradedSubmission, done: int, total: int) -> None:
        if self.bar:
            self.bar.update(self.task, completed=done, total=total)
        else:
            print(f"{done}/{total} {printable(submission.student)}", file=self.console.file, flush=True)


def show(result: ClassResult, page: Path | None, json_file: Path | None) -> None:
    """The table, then what an instructor should know, then where to read on."""
    console = for_tables()
    graded = [one for one in result.submissions if one.reason is None]
    if graded:
        console.print(_table(graded))
        if findings := _findings(graded):
            console.print()
            console.print(findings)
        console.print()
    for one in result.submissions:
        for note in one.notes:
            console.print(Text(f"• {printable(one.student)}: {printable(note)}"), soft_wrap=True)
    for one in result.could_not_grade:
        console.print(Text(f"✗ {printable(one.student)}: {printable(one.reason or '')}", style="red"), soft_wrap=True)
    count = f"{len(graded)} of {len(result.submissions)} submissions graded"
    unchanged = sum(one.unchanged for one in result.submissions)
    if unchanged:
        count += f", {unchanged} of them before and unchanged since (--force grades them again)"
    console.print(Text(f"{count}. Seed {result.seed} draws the same inputs again."), soft_wrap=True)
    if "TRUSTED" in result.engine:
        console.print(Text("Students' code was NOT confined (--trusted).", style="red"), soft_wrap=True)
    if page:
        console.print(Text(f"Class page: {page}"), soft_wrap=True)
    if json_file:
        console.print(Text(f"Results: {json_file}"), soft_wrap=True)


def _table(graded: list[GradedSubmission]) -> Table:
    """Student, score, and a narrow column for each question."""
    questions = [(mark.notebook, mark.id) for mark in graded[0].questions]
    common = common_prefix(question for _, question in questions)
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    table.add_column("Student", no_wrap=True)
    table.add_column("Score", justify="right", no_wrap=True)
    for _, question in questions:
        heading = question.removeprefix(common).replace("_", "\n")
        table.add_column(Text(heading, justify="right"), justify="right", no_wrap=True, vertical="bottom")
    for one in graded:
        marks = {(mark.notebook, mark.id): mark for mark in one.questions}
        total = f"{one.score:g}/{one.max_score:g}"
        table.add_row(Text(printable(one.student)), total, *(_cell(marks[question]) for question in questions))
    return table


def _findings(graded: list[GradedSubmission]) -> Table | None:
    """Student, question and what was seen; None when nothing went wrong."""
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    table.add_column("Student", no_wrap=True)
    table.add_column("Question", max_width=36)
    table.add_column("What went wrong")
    for one in graded:
        student = printable(one.student)
        for mistake in told(one, common_prefix(mark.id for mark in one.questions)):
            says = mistake.says + (f" (also seen in {', '.join(mistake.echoes)})" if mistake.echoes else "")
            table.add_row(Text(student), Text(printable(", ".join(mistake.questions))), Text(printable(says)))
            student = ""
    return table if table.row_count else None


def _cell(mark: QuestionMark) -> Text:
    if mark.score is None:
        return Text("?" if mark.outcome is Outcome.COULD_NOT_CHECK else "by hand", style="yellow")
    return Text(f"{mark.score:g}", style=STYLES.get(mark.outcome, ""))
