"""Grades the hostile class as a program of its own: what is measured here is the grader, not pytest.

python grade_once.py COURSE ASSIGNMENT RESULT
"""

from __future__ import annotations

import json
import resource
import sys
import time
from pathlib import Path

from autograder.grading.pipeline import grade


def resident_megabytes() -> float:
    return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize() / 1e6


def main(course: str, assignment: str, result: str) -> None:
    before = resident_megabytes()
    started = time.monotonic()
    graded = grade(Path(course), assignment, workers=2, seed="a seed", progress=show)
    about = {
        "megabytes_before": before,
        "megabytes_after": resident_megabytes(),
        "megabytes_peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        "seconds": time.monotonic() - started,
    }
    Path(result).write_text(json.dumps({**graded.as_json(), "about": about}), encoding="utf-8")


def show(submission, done: int, of: int) -> None:
    print(f"{done:4} of {of}  {submission.seconds:6.1f} s  {submission.student}  {submission.score}", flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
