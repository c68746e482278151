"""`autograder export`: what it is called and what it prints. Added to the commands of a course by `cli`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from autograder.console import cross, tick
from autograder.errors import CourseError

EXPORTERS = {"canvas": "CanvasExporter", "moodle": "MoodleExporter", "csv": "TableExporter", "json": "JsonExporter"}
FOR_AN_LMS = ("canvas", "moodle")


@click.argument("assignment")
@click.option("--to", "kind", type=click.Choice(list(EXPORTERS)), required=True, help="What reads the file.")
@click.option(
    "--from",
    "lms_file",
    type=click.Path(dir_okay=False, path_type=Path),
    help="The gradebook that Canvas or Moodle exported: it is filled in.",
)
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="Where to write; see below.")
@click.option("--in-place", is_flag=True, help="Write into the file given with --from.")
@click.option("--column", help="The column to fill, where it cannot be told from the assignment's name.")
@click.option("--match", "match_by", help="The only column that says who a student is.")
@click.option("--keep-marks", is_flag=True, help="Leave marks alone that are in the file already.")
@click.option("--student", "students", multiple=True, help="Only this one; may be given several times.")
@click.option("--incomplete", is_flag=True, help="Export the points so far of those who wait for a person, too.")
@click.option("--missing-as-zero", is_flag=True, help="Give 0 to students who handed in nothing.")
def export(
    course: Path,
    assignment: str,
    kind: str,
    lms_file: Path | None,
    out: Path | None,
    in_place: bool,
    students: tuple[str, ...],
    incomplete: bool,
    missing_as_zero: bool,
    **for_an_lms: Any,
) -> None:
    """Export an assignment's marks for Canvas, for Moodle, as a table or as JSON.

    \b
    A mark that is not there yet is left out and its student named, never exported as 0.
    Without --out the file is grades_filled.csv beside grades.csv, or ASSIGNMENT.csv (.json) here.
    The exit status is 0 only if every submission handed in has its mark in the file.
    Example:
      autograder export 02_linear_layer --to canvas --from grades.csv
      autograder export 02_linear_layer --to csv
    """
    options: dict[str, Any] = {"incomplete": incomplete, "missing_as_zero": missing_as_zero}
    if kind in FOR_AN_LMS:
        given = str(lms_file) if lms_file else ""
        options |= {"lms_file": given, "in_place": in_place, "keep_marks": for_an_lms["keep_marks"]}
        options |= {name: for_an_lms[name] or "" for name in ("column", "match_by")}
    elif lms_file or in_place or any(for_an_lms.values()):
        raise CourseError(
            "--from, --in-place, --column, --match and --keep-marks are about an LMS's file.",
            f"Leave them out with --to {kind}.",
        )
    from autograder import exporters
    from autograder.grading.settings import open_course

    opened = open_course(course)
    exporter = getattr(exporters, EXPORTERS[kind])(
        parent=opened.app, assignment=[assignment], student=list(students), to=str(out) if out else "", **options
    )
    with opened.gradebook() as gradebook:
        report = exporter.write(gradebook)
    for heading, lines in report.lists.items():
        click.echo(f"{heading}:")
        for line in lines:
            click.echo(f"  {line}")
    tick(report.says) if report.complete else cross(f"{report.says} Not every submission has its mark there.")
    if not report.complete:
        sys.exit(1)
