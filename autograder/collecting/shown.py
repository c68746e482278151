"""What was collected, as a table in the terminal. Called by `command`; names come from students and appear as text."""

from __future__ import annotations

from collections import Counter

from rich.table import Table
from rich.text import Text

from autograder.collecting.collect import Line
from autograder.collecting.place import Outcome
from autograder.console import for_tables
from autograder.printable import printable

STYLES = {Outcome.NEW: "green", Outcome.REPLACED: "yellow", Outcome.REFUSED: "red"}


def show(lines: list[Line], dry_run: bool) -> None:
    """One line each, then what an instructor should know, then what was refused and why."""
    console = for_tables()
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    table.add_column("Student", no_wrap=True)
    table.add_column("Handed in as")
    table.add_column("Files", justify="right")
    table.add_column("When")
    table.add_column("Becomes", no_wrap=True)
    taken = [line for line in lines if line.outcome is not Outcome.REFUSED]
    for line in taken:
        table.add_row(
            Text(printable(line.student)),
            Text(printable(f"{line.label} in {line.source}")),
            str(line.files),
            Text(_when(line)),
            Text(line.outcome, style=STYLES.get(line.outcome, "")),
        )
    if taken:
        console.print(table)
        console.print()
    for line in taken:
        for note in line.notes:
            console.print(Text(f"• {printable(line.student)}: {printable(note)}"), soft_wrap=True)
    for line in lines:
        if line.outcome is Outcome.REFUSED:
            who = printable(line.student or line.label)
            text = f"✗ {who}: {printable('; '.join(line.notes))} ({printable(line.source)})"
            console.print(Text(text, style="red"), soft_wrap=True)
    counts = Counter(line.outcome for line in lines)
    told = ", ".join(f"{counts[outcome]} {outcome}" for outcome in Outcome if counts[outcome])
    console.print(Text(f"{told or 'nothing'}.{' Nothing was written.' if dry_run else ''}"), soft_wrap=True)


def _when(line: Line) -> str:
    time = f"{line.time:%Y-%m-%d %H:%M} UTC" if line.time else ""
    return f"{time} late".strip() if line.late else time or "not said"
