"""`autograder gradescope`: what it is called and what it prints."""

from __future__ import annotations

from pathlib import Path

import click

from autograder.console import cross, tick

VISIBILITIES = ("visible", "after_due_date", "after_published", "hidden")


@click.argument("assignment")
@click.option(
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Default: gradescope/ASSIGNMENT.zip.",
)
@click.option(
    "--visibility", type=click.Choice(VISIBILITIES), default="visible", show_default=True, help="When students see it."
)
@click.option(
    "--minutes", type=click.IntRange(3, 40), default=10, show_default=True, help="The time limit set on Gradescope."
)
@click.option("--trusted", is_flag=True, help="Run students' code even where the container cannot confine it.")
def gradescope(
    course: Path, assignment: str, output: Path | None, visibility: str, minutes: int, trusted: bool
) -> None:
    """Pack the zip that Gradescope runs as an autograder.

    \b
    It holds the assignment with its solutions and hidden tests: upload it to Gradescope, give it to nobody.
    Example:
      autograder gradescope 02_linear_layer
    """
    from autograder.gradescope.pack import pack

    path = output or course / "gradescope" / f"{assignment}.zip"
    packed = pack(course, assignment, path, trusted=trusted, visibility=visibility, minutes=minutes)
    tick(f"{packed.path} written: {len(packed.files)} files, {packed.size_bytes / 1e6:.1f} MB")
    by_hand = f"; a person gives {packed.points_by_hand:g} more" if packed.points_by_hand else ""
    click.echo(f"  Gradescope's autograder points: {packed.points:g}{by_hand}.")
    if trusted:
        cross("Where the container cannot confine it, students' code is run all the same (--trusted).")
