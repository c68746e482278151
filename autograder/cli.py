"""The commands: what they are called and what they print. What they do is elsewhere.

Heavy imports stand inside the commands: nbgrader takes two seconds to load, and `autograder --help` should not.
"""

from __future__ import annotations

import contextlib
import functools
import importlib.util
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from autograder._version import __version__
from autograder.collecting.command import collect
from autograder.console import cross, doing, errors_in_a_sentence, tick
from autograder.errors import CannotConfine, CourseError, GradingError
from autograder.exporters.command import export
from autograder.gradescope.command import gradescope
from autograder.judging.command import judge
from autograder.kit.command import kit, links

if TYPE_CHECKING:
    from autograder.reports.terminal import Progress

CONFIG_NAME = "nbgrader_config.py"


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="autograder")
def main() -> None:
    """Build a backpropagation course and grade it.

    \b
    Example:
      autograder demo                   grade the bundled sample class
      autograder grade 02_linear_layer  grade your own
    """


main.add_command(judge)


def command(function: Callable[..., None]) -> click.Command:
    """A command with `--course`, whose expected errors are one sentence and a next step on stderr."""

    @main.command(name=function.__name__, short_help=(function.__doc__ or "").splitlines()[0].rstrip("."))
    @click.option(
        "--course",
        type=click.Path(file_okay=False, path_type=Path),
        help=f"The course folder. Default: the nearest folder upwards with {CONFIG_NAME}.",
    )
    @functools.wraps(function)
    @errors_in_a_sentence
    def run(course: Path | None, **options: Any) -> None:
        function(course=find_course(course), **options)

    return run


def find_course(given: Path | None) -> Path:
    """The course folder. Raises `CourseError` when there is none."""
    candidates = [given.absolute()] if given else [Path.cwd(), *Path.cwd().parents]
    for folder in candidates:
        if (folder / CONFIG_NAME).is_file():
            return folder
    where = f"{given} does not hold" if given else "Neither this folder nor one above it holds"
    raise CourseError(f"{where} a file {CONFIG_NAME}.", "Start inside the course, or give its folder with --course.")


grading_options = [
    click.option("--workers", type=click.IntRange(min=1), help="How many to run at once. Default: one for each core."),
    click.option("--seed", help="Draw the same inputs as the run that printed this seed. Default: fresh ones."),
    click.option(
        "--json", "json_file", type=click.Path(dir_okay=False, path_type=Path), help="Write the results there, too."
    ),
    click.option("--no-feedback", is_flag=True, help="Do not write the students' feedback pages."),
    click.option("--force", is_flag=True, help="Grade again what has not changed since it was graded."),
    click.option(
        "--scheduler",
        metavar="ADDRESS",
        help="Run submissions on the workers of this Dask scheduler, as tcp://host:8786.",
    ),
    click.option("--trusted", is_flag=True, help="Do not confine students' code. Only for code you trust."),
]


def with_grading_options(function: Callable[..., None]) -> Callable[..., None]:
    return functools.reduce(lambda decorated, option: option(decorated), reversed(grading_options), function)


@command
@click.argument("assignments", nargs=-1, metavar="[ASSIGNMENT]...")
@click.option("--check", is_flag=True, help="Change nothing; fail if a generated file does not match its source.")
@click.option("--force", is_flag=True, help="Run every solution again, even if nothing changed.")
def build(course: Path, assignments: tuple[str, ...], check: bool, force: bool) -> None:
    """Make release/ and notebooks/ from source/.

    \b
    Example:
      autograder build --check
    """
    from autograder.course.build import build as build_course

    built = build_course(course, assignments or None, check=check, force=force, progress=doing)
    for path in built.written:
        tick(f"{path} written")
    for path in built.removed:
        tick(f"{path} removed")
    if not (built.written or built.removed):
        tick("Everything matches its source.")


@command
@click.argument("assignments", nargs=-1, metavar="[ASSIGNMENT]...")
def prove(course: Path, assignments: tuple[str, ...]) -> None:
    """Check by running them that solutions earn full marks and stubs none.

    \b
    Example:
      autograder prove 02_linear_layer
    """
    from autograder.course.prove import prove as prove_course
    from autograder.course.prove import require

    claims = prove_course(course, assignments or None, progress=doing)
    for claim in claims:
        line = f"{claim.assignment}: {claim.claim}" + (f" ({claim.detail})" if claim.detail else "")
        tick(line) if claim.holds else cross(line)
    require(claims)


@command
@click.argument("assignment")
@click.option("--student", "students", multiple=True, help="Only this one; may be given several times.")
@with_grading_options
def grade(course: Path, assignment: str, students: tuple[str, ...], **options: Any) -> None:
    """Grade a class: what is in submitted/ into the gradebook and feedback/.

    \b
    Marks given by hand stay. The exit status is 0 only if every submission could be graded.
    Example:
      autograder grade 02_linear_layer --json results.json
    """
    _grade(course, assignment, students or None, **options)


command(kit)
command(links)
command(collect)


@command
@click.argument("assignments", nargs=-1, metavar="[ASSIGNMENT]...")
def report(course: Path, assignments: tuple[str, ...]) -> None:
    """Write the page of a class from its gradebook; nothing is graded.

    \b
    Without ASSIGNMENT: of everything that has been graded.
    Example:
      autograder report 05_two_layer_net
    """
    from autograder.reports.command import write_pages

    for page in write_pages(course, assignments):
        tick(f"Class page: {page}")


@command
@click.option("--folder", type=click.Path(path_type=Path), help="Where to put it. Default: demo/ in the course.")
@with_grading_options
def demo(course: Path, folder: Path | None, **options: Any) -> None:
    """Grade the bundled sample class in a folder of its own.

    \b
    Your gradebook and your submissions are not touched.
    Example:
      autograder demo --folder /tmp/demo
    """
    from autograder.grading.demo import set_up_demo

    place, assignment = set_up_demo(course, folder or course / "demo")
    _grade(place, assignment, None, **options)


@command
def doctor(course: Path) -> None:
    """See whether this machine can confine students' code.

    \b
    Tries in a confined process what such code must not do, one line each.
    Example:
      autograder doctor
    """
    from autograder.confined.doctor import examine, machine

    click.echo(machine())
    broken = False
    for finding in examine(course):
        can = "can" if finding.happened else "cannot"
        line = f"a student's code {can} {finding.probe.what}"
        broken |= not finding.well
        if finding.well:
            tick(line)
        else:
            cross(line)
            click.echo("  " + finding.probe.fix)
    if broken:
        raise CannotConfine(
            "Students' code is not confined as it should be.", "Do not grade here until that is mended."
        )


command(export)
command(gradescope)


def _grade(
    course: Path,
    assignment: str,
    students: tuple[str, ...] | None,
    workers: int | None,
    seed: str | None,
    json_file: Path | None,
    no_feedback: bool,
    trusted: bool,
    force: bool,
    scheduler: str | None,
) -> None:
    if scheduler:
        _require_distributed(workers)
    if json_file and not json_file.absolute().parent.is_dir():
        raise CourseError(f"The folder of {json_file} does not exist.", "Create it, or give --json another place.")
    from autograder.start import started

    try:
        here = contextlib.nullcontext() if scheduler else started(confined=not trusted, nothing_is_open=True)
        with here as server, contextlib.ExitStack() as stack:
            from autograder.grading.pipeline import grade as grade_class

            @functools.cache
            def bar() -> Progress:
                from autograder.reports.terminal import Progress

                return stack.enter_context(Progress(assignment))

            def meanwhile() -> None:
                """What is needed while the class is graded, and after."""
                bar()
                from autograder.reports.class_page import template

                template()

            result = grade_class(
                course,
                assignment,
                students=students,
                workers=workers,
                seed=seed,
                feedback=not no_feedback,
                progress=lambda *done: bar().submission_done(*done),
                meanwhile=meanwhile,
                trusted=trusted,
                force=force,
                server=server,
                scheduler=scheduler,
            )
    except KeyboardInterrupt:
        raise GradingError(
            "Stopped. Whoever was graded so far stays graded.", "Run the same command again to grade the class."
        ) from None
    from autograder.reports.class_page import write_class_page
    from autograder.reports.results import write_json
    from autograder.reports.terminal import show

    # A page with one student on it must not replace the one with the class.
    page = None if students else write_class_page(course, assignment)
    if json_file:
        write_json(result, json_file)
    show(result, page, json_file)
    if result.could_not_grade:
        sys.exit(1)


def _require_distributed(workers: int | None) -> None:
    if workers:
        raise GradingError(
            "--workers counts this machine's; a scheduler has workers of its own.", "Leave out one of the two options."
        )
    if importlib.util.find_spec("distributed") is None:
        raise GradingError(
            "Grading on a cluster needs the package distributed.", "Install it: pip install 'distributed>=2025.1'"
        )
