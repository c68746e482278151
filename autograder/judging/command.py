"""`autograder judge`: what it is called and what it prints. Needs no course, so it has no `--course`."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from autograder.console import errors_in_a_sentence
from autograder.errors import CourseError, GradingError


@click.command(short_help="Judge solution files before handing them in")
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
@click.option("--assignment", help="Where the files belong. Default: what their name or their questions say.")
@click.option("--seed", help="Draw the same inputs as the run that printed this seed. Default: fresh ones.")
@click.option(
    "--json", "json_file", type=click.Path(dir_okay=False, path_type=Path), help="Write the results there, too."
)
@click.option("--trusted", is_flag=True, help="Do not confine the files' code. Only for code you trust.")
@errors_in_a_sentence
def judge(
    files: tuple[str, ...], assignment: str | None, seed: str | None, json_file: Path | None, trusted: bool
) -> None:
    """Judge solution files as a grader would, without handing them in.

    \b
    A .py file is asked all that is asked about what it defines; a notebook, what its test cells ask.
    Nothing is recorded. The exit status is 0 only if every file could be judged.
    Example:
      autograder judge neural_net.py
      autograder judge submitted/*/05_two_layer_net/neural_net.py --json results.json
    """
    if json_file and not json_file.absolute().parent.is_dir():
        raise CourseError(f"The folder of {json_file} does not exist.", "Create it, or give --json another place.")
    from autograder.confined.policy import Limits
    from autograder.confined.warm import warming
    from autograder.reports.judged import show_judged
    from autograder.reports.results import write_json
    from autograder.reports.terminal import Progress

    with warming(Limits(), confined=not trusted) as server:
        from autograder.judging.judge import judge_files
        from autograder.judging.solution import chosen

        files = tuple(dict.fromkeys(files))
        try:
            with Progress("Judging") as progress:
                report = progress.submission_done if len(files) > 1 else None
                result, elsewhere = judge_files(
                    files, chosen(assignment), server, seed=seed, confined=not trusted, progress=report
                )
        except KeyboardInterrupt:
            raise GradingError("Stopped. Nothing was recorded.", "Run the same command again.") from None
    if json_file:
        write_json(result, json_file)
    show_judged(result, elsewhere, json_file)
    if result.could_not_grade:
        sys.exit(1)
