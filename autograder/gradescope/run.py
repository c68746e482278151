"""In Gradescope's container: one submission in, results.json out. `run_autograder` calls `python -m` on this.

The course as it was packed is copied, the submission put into it, and graded as a class of one. Whatever goes wrong,
the file that is left behind is a whole results.json: `run_autograder` put one there before this was started, and it is
replaced in one step.
"""

from __future__ import annotations

import json
import shutil
import sys
import tempfile
import time
import traceback
from pathlib import Path
from typing import Any

from autograder.errors import AutograderError, CannotConfine
from autograder.gradescope.results import of_failure, of_submission
from autograder.records import ClassResult
from autograder.reports.results import write_whole

STUDENT = "student"
"""Gradescope knows who it is; the course it is graded in need not."""
CLUTTER = ("__MACOSX", ".DS_Store", ".git")
"""What comes along in a zip or from GitHub, and nobody handed in."""


def main(root: Path) -> None:
    started = time.monotonic()
    settings = json.loads((root / "source" / "settings.json").read_text(encoding="utf-8"))
    visibility = settings["visibility"]
    engine = "autograder"
    try:
        results = graded(root, settings, started)
    except CannotConfine as problem:
        print(problem)  # the log is the instructor's
        says = "Nothing was run: this container cannot confine students' code. Please tell your instructor."
        results = of_failure(says, engine, visibility, time.monotonic() - started)
    except BaseException as error:
        traceback.print_exc(file=sys.stdout)
        what = str(error) if isinstance(error, AutograderError) else type(error).__name__
        says = f"The grader stopped: {what} The fault may be ours. Please tell your instructor."
        results = of_failure(says, engine, visibility, time.monotonic() - started)
    write_whole(root / "results" / "results.json", json.dumps(results, indent=1, allow_nan=False) + "\n")
    print(results["output"])


def graded(root: Path, settings: dict[str, Any], started: float) -> dict[str, Any]:
    """The results of `root/submission`. Raises `CannotConfine` where it must not be run."""
    from autograder.grading.levels import level_in
    from autograder.grading.settings import open_course
    from autograder.start import context

    with tempfile.TemporaryDirectory(prefix="autograder-", ignore_cleanup_errors=True) as folder:
        course = Path(shutil.copytree(root / "source" / "course", Path(folder) / "course"))
        hand_in(root / "submission", course / "submitted" / STUDENT / settings["assignment"])
        context()
        try:
            result = grade_confined(course, settings, trusted=False)
        except CannotConfine as problem:
            if not settings["trusted"]:
                raise
            print(f"{problem} Packed with --trusted, so students' code is run all the same.")
            result = grade_confined(course, settings, trusted=True)
        (one,) = result.submissions
        return of_submission(
            one,
            engine=result.engine,
            seed=result.seed,
            level=level_in(open_course(course).app),
            visibility=settings["visibility"],
            seconds=time.monotonic() - started,
        )


def grade_confined(course: Path, settings: dict[str, Any], *, trusted: bool) -> ClassResult:
    """Or not confined, with `trusted`."""
    from autograder.confined.policy import Limits
    from autograder.confined.warm import warming
    from autograder.grading.pipeline import grade

    limits = Limits(submission_seconds=settings["submission_seconds"])
    with warming(limits, confined=not trusted) as server:
        return grade(course, settings["assignment"], workers=1, feedback=False, trusted=trusted, server=server)


def hand_in(submission: Path, folder: Path) -> None:
    """Copy what was handed in. Links stay links, so that `collect` sees and refuses them."""
    here = submission
    # Many students zip the folder, not what is in it.
    while True:
        entries = [entry for entry in here.iterdir() if entry.name not in CLUTTER]
        if len(entries) != 1 or not entries[0].is_dir() or entries[0].is_symlink():
            break
        here = entries[0]
    shutil.copytree(here, folder, symlinks=True, ignore=shutil.ignore_patterns(*CLUTTER))


def try_out(source: Path) -> int:
    """In the log of the image's build: whether students' code can be confined here."""
    from autograder.confined.doctor import examine, machine

    settings = json.loads((source / "settings.json").read_text(encoding="utf-8"))
    print(machine())
    try:
        broken = [finding for finding in examine(source / "course") if not finding.well]
    except CannotConfine as problem:
        print(problem)
        broken = [None]
    if not broken:
        print("Students' code can be confined here.")
    elif settings["trusted"]:
        print("Students' code CANNOT be confined here. It is run all the same: this was packed with --trusted.")
    else:
        print("Students' code CANNOT be confined here, and none will be run. See docs/ways_out.md, “Gradescope”.")
    return bool(broken)


if __name__ == "__main__":
    if sys.argv[1] == "--try":
        sys.exit(try_out(Path(sys.argv[2])))
    main(Path(sys.argv[1]))
