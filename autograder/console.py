"""What every command does alike: a line that went well, one that did not, and errors in a sentence with a next step."""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable

import click

from autograder.errors import AutograderError


def tick(line: str) -> None:
    click.echo(click.style("✓ ", fg="green") + line)


def cross(line: str, *, err: bool = False) -> None:
    click.echo(click.style("✗ ", fg="red") + line, err=err)


def doing(line: str) -> None:
    """What is being done, for whoever waits; not part of the output."""
    click.echo(f"… {line}", err=True)


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
