"""`autograder kit`: what it is called and what it prints."""

from __future__ import annotations

from pathlib import Path

import click

from autograder.console import tick


@click.argument("assignment")
@click.option(
    "--output", type=click.Path(dir_okay=False, path_type=Path), help="Where to put it. Default: kits/ in the course."
)
def kit(course: Path, assignment: str, output: Path | None) -> None:
    """Pack one zip for students, which needs no clone.

    \b
    It holds what release/ holds, this package, exact versions, and START_HERE.md.
    Example:
      autograder kit 02_linear_layer
    """
    from autograder.kit.kit import kit as pack

    packed = pack(course, assignment, output)
    tick(f"{packed.path} written: {len(packed.files)} files, {packed.size_bytes / 1e6:.1f} MB")
    for name in packed.files:
        click.echo(f"  {name}")
