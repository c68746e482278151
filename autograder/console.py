"""What every command does alike: a line that went well, one that did not, and errors in a sentence with a next step."""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING

import click

from autograder.errors import AutograderError

if TYPE_CHECKING:
    from rich.console import Console

LOG_WIDTH = 160
"""Letters in a line of a table that goes into a file or a pipe, which has no width of its own."""


def tick(line: str) -> None:
    click.echo(click.style("✓ ", fg="green") + line)


def cross(line: str, *, err: bool = False) -> None:
    click.echo(click.style("✗ ", fg="red") + line, err=err)


def doing(line: str) -> None:
    """What is being done, for whoever waits; not part of the output."""
    click.echo(f"… {line}", err=True)


def for_tables() -> Console:
    """Where a table is printed: as wide as the terminal, or wide enough for a log."""
    from rich.console import Console  # not for commands that print no table

    console = Console(highlight=False, soft_wrap=False)
    return console if console.file.isatty() else Console(highlight=False, width=LOG_WIDTH)


def errors_in_a_sentence(function: Callable[..., None]) -> Callable[..., None]:
    """An expected error is what happened and a next step, on stderr, and exit status 1."""

    @functools.wraps(function)
    def run(*arguments: object, **options: object) -> None:
        try:
            function(*arguments, **options)
        except AutograderError as error:
            cross(error.what, err=True)
            if error.next_step:
                click.echo("  " + error.next_step, err=True)
            sys.exit(1)

    return run
