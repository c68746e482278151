"""`autograder collect`: what it is called and what it prints."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from autograder.errors import CourseError

CONVENTIONS = ("moodle", "canvas", "gradescope", "exchange", "folders")


@click.argument("assignment")
@click.argument("sources", nargs=-1, required=True, metavar="SOURCE...", type=click.Path(path_type=Path))
@click.option(
    "--students",
    "students_file",
    type=click.Path(dir_okay=False, path_type=Path),
    help="A CSV that says who is who: id, and lms_user_id, email, first_name, last_name where known.",
)
@click.option(
    "--from", "convention", type=click.Choice(CONVENTIONS), help="How the source is named. Default: by looking."
)
@click.option("--dry-run", is_flag=True, help="Show the table, write nothing.")
def collect(
    course: Path,
    assignment: str,
    sources: tuple[Path, ...],
    students_file: Path | None,
    convention: str | None,
    dry_run: bool,
) -> None:
    """Put what students handed in into submitted/.

    \b
    SOURCE: the zip that Moodle, Canvas or Gradescope exports, the same unpacked, a folder
    per student, or the inbound folder of nbgrader's exchange. The latest of each student
    counts; nothing is lost. The exit status is 0 only if nothing was refused.
    Example:
      autograder collect 02_linear_layer submissions.zip --dry-run
    """
    from autograder.collecting.collect import collect as collect_all
    from autograder.collecting.place import Outcome
    from autograder.collecting.roster import read_roster
    from autograder.collecting.shown import show
    from autograder.grading.settings import open_course

    for source in sources:
        if not source.exists():
            raise CourseError(f"There is no {source}.", "Give the zip as it was downloaded, or the folder.")
    roster = read_roster(students_file) if students_file else None
    lines = collect_all(open_course(course), assignment, sources, roster=roster, convention=convention, dry_run=dry_run)
    show(lines, dry_run)
    if any(line.outcome is Outcome.REFUSED for line in lines):
        sys.exit(1)
