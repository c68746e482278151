"""A program: grades a small class, is killed again and again, and starts anew. Run by test_kill.py.

    python kill_runs.py COURSE KILLS SEED

The class is run once for real; every later run takes what came out of that and goes through everything else (reading,
judging, recording), so that nearly every kill strikes where something is being written. Prints a line of JSON.
"""

import contextlib
import json
import os
import random
import shutil
import signal
import sqlite3
import sys
import tempfile
import time
from pathlib import Path

import nbformat
from small_course import ASSIGNMENT

from autograder.confined.policy import Limits
from autograder.confined.warm import Warming, WarmServer, warm_server
from autograder.grading import pipeline
from autograder.grading.assignment import known_assignment
from autograder.grading.collect import read_submission, student_names
from autograder.grading.pool import run_all
from autograder.grading.run import RunSettings
from autograder.grading.settings import open_course

ROWS = """
    select 1, s.student_id, n.name, c.name, g.auto_score, g.manual_score, g.extra_credit, g.needs_manual_grade
    from grade g join submitted_notebook sn on sn.id = g.notebook_id
         join submitted_assignment s on s.id = sn.assignment_id
         join notebook n on n.id = sn.notebook_id join base_cell c on c.id = g.cell_id
    union all
    select 2, s.student_id, n.name, c.name, m.auto_comment, m.manual_comment, sn.late_submission_penalty, null
    from comment m join submitted_notebook sn on sn.id = m.notebook_id
         join submitted_assignment s on s.id = sn.assignment_id
         join notebook n on n.id = sn.notebook_id join base_cell c on c.id = m.cell_id
    union all
    select 3, student, assignment, fingerprint, null, null, null, null from autograder_record
    order by 1, 2, 3, 4
"""


def rows(course: Path) -> list[tuple]:
    with contextlib.closing(sqlite3.connect(course / "gradebook.db")) as gradebook:
        return gradebook.execute(ROWS).fetchall()


def files(course: Path) -> dict[str, bytes]:
    folder = course / "autograded"
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def half_written(course: Path) -> list[str]:
    """Folders that are there under their own name and not complete."""
    broken = []
    for folder in course.glob(f"autograded/*/{ASSIGNMENT}"):
        try:
            nbformat.read(folder / "problem.ipynb", 4)
            (folder / "data.txt").read_text()
        except Exception as error:
            broken.append(f"{folder}: {error}")
    return broken


def run_for_real(course: Path):
    opened = open_course(course)
    known = known_assignment(opened, ASSIGNMENT)
    submissions = [read_submission(opened, known, name) for name in student_names(opened, ASSIGNMENT)]
    with tempfile.TemporaryDirectory() as scratch, warm_server(Limits()) as server:
        return list(run_all(submissions, RunSettings(course, known, "seed", Path(scratch), server), 2))


def main(template: Path, kills: int, seed: int) -> None:
    executed = {one.submission.student: one for one in run_for_real(template)}
    pipeline.run_all = lambda submissions, *_: (executed[submission.student] for submission in submissions)
    pipeline.begun_meanwhile = lambda *_: contextlib.nullcontext(dict)
    never_started = Warming(WarmServer("nowhere", Limits(), confined=True), program=None)
    Warming.__call__ = lambda warming: warming.server

    def grade(course: Path) -> None:
        pipeline.grade(course, ASSIGNMENT, workers=1, seed="seed", feedback=False, server=never_started)

    chance = random.Random(seed)
    undisturbed = Path(shutil.copytree(template, template.parent / "undisturbed"))
    started = time.monotonic()
    grade(undisturbed)
    longest = time.monotonic() - started
    done = rounds = struck = 0
    while done < kills:
        course = Path(shutil.copytree(template, template.parent / f"round{rounds}"))
        rounds += 1
        reach = longest
        while True:
            pid = os.fork()
            if pid == 0:
                os.setsid()
                grade(course)
                os._exit(0)
            time.sleep(chance.uniform(0, reach))
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
            _, status = os.waitpid(pid, 0)
            if broken := half_written(course):
                raise SystemExit(f"half written: {broken}")
            if status == 0:
                break
            done += 1
            reach *= 1.05  # each run pays for the way to the first submission; on a busy machine it may never get there
            struck += bool(list(course.glob("autograded/*/.*")))
        for name, seen in (("rows", rows), ("files", files)):
            if seen(course) != seen(undisturbed):
                raise SystemExit(f"the {name} of round {rounds} differ from an undisturbed run's")
        shutil.rmtree(course)
    print(
        json.dumps({"kills": done, "rounds": rounds, "while_writing_a_folder": struck, "rows": len(rows(undisturbed))})
    )


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
