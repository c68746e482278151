"""`autograder kit` and `autograder links`: what they are called and what they print."""

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


@click.option("--repository", "url", help="Its address. Default: where this course was cloned from.")
@click.option("--branch", default="main", show_default=True, help="The branch that Binder builds.")
@click.option("--students-branch", default="students", show_default=True, help="The branch with what is in release/.")
@click.option("--hub", help="A JupyterHub with nbgitpuller, as in https://hub.example.edu.")
def links(course: Path, url: str | None, branch: str, students_branch: str, hub: str | None) -> None:
    """Print links that open each lesson on Colab, Binder or a JupyterHub.

    \b
    They are lines of a table in Markdown, to be put where students look.
    Example:
      autograder links --hub https://hub.example.edu
    """
    from autograder.kit.links import links as all_links
    from autograder.kit.links import repository

    places = ["Colab", "Binder"] + ["JupyterHub"] * bool(hub)
    click.echo(f"| lesson | {' | '.join(places)} |")
    click.echo("|---" * (len(places) + 1) + "|")
    for lesson in all_links(course, repository(course, url), branch, students_branch, hub):
        addresses = [lesson.colab, lesson.binder] + [lesson.hub] * bool(hub)
        cells = [f"[open]({address})" if address else "" for address in addresses]
        click.echo(f"| {lesson.assignment} | {' | '.join(cells)} |")
