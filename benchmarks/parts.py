"""Where the processor time of a submission goes: the student's process, the worker beside it, the command itself.

    python benchmarks/parts.py                  20 honest submissions of the class that `throughput` grades, one worker
    python benchmarks/parts.py --figures 4

Seconds of processor time for each submission, start-up left out, and what the cells alone take in a process that has
imported what they need. Linux only.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import shutil
import statistics
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from autograder.start import ONE_THREAD

os.environ.update(ONE_THREAD)

import nbformat
import psutil

from autograder.confined.policy import Limits
from autograder.confined.process import StudentProcess
from autograder.confined.warm import WarmServer, warm_server
from autograder.grading import pipeline
from autograder.grading.assignment import known_assignment
from autograder.grading.collect import read_submission
from autograder.grading.run import Runner, RunSettings, begun_for_all
from autograder.grading.settings import open_course
from autograder.records import Submission
from benchmarks.classroom import ASSIGNMENT, NOTEBOOK, make_course


def of_forks() -> float:
    """Processor time of everything below this process that has ended, and of what it ended below."""
    seconds = 0.0
    for process in psutil.Process().children(recursive=True):
        with contextlib.suppress(psutil.Error):  # it ends at this moment, and is its parent's then
            times = process.cpu_times()
            seconds += times.children_user + times.children_system
    return seconds


def run_cells(server: WarmServer, folder: Path, sources: list[str]) -> list[float]:
    """Seconds from each cell to its last output."""
    process, seconds = StudentProcess(server, folder, {}), []
    for source in sources:
        started = time.perf_counter()
        process.run(source, None, 30, lambda kind, content: None)
        seconds.append(time.perf_counter() - started)
    process.close()
    return seconds


def measure(root: Path, count: int, figures: int) -> tuple[dict[str, float], dict[str, float]]:
    """Seconds of each part, and of each cell."""
    make_course(root, 1, figures)
    course = open_course(root)
    known = known_assignment(course, ASSIGNMENT)
    submission = read_submission(course, known, "student00000")
    found = {}
    with (
        tempfile.TemporaryDirectory() as scratch,
        warm_server(Limits()) as server,
        begun_for_all(course, ASSIGNMENT, server, Path(scratch)) as beginnings,
    ):
        runner = Runner(RunSettings(root, known, "seed", Path(scratch), server, beginnings), course)
        executed = runner.run(submission)  # everything that is looked up once
        before, forks = time.process_time(), of_forks()
        for _ in range(count):
            runner.run(submission)
        found["worker: restoring, driving, asking, verdicts"] = (time.process_time() - before) / count
        time.sleep(0.5)  # until the last has been waited for
        found["student's process: cells, figures, answers"] = (of_forks() - forks) / count

        book = pipeline.Book(course)
        with book:
            run = pipeline._Run(course, known, book, "seed", "engine", feedback=False)
            firsts = [replace(executed, submission=alike) for alike in others(root, submission, count)]
            before = time.process_time()
            for first in firsts:
                run._settle(first)
            found["command: judging and recording, the first time"] = (time.process_time() - before) / count

        sources = code_cells(root)
        run_cells(server, Path(scratch), sources)
        forks = of_forks()
        runs = [run_cells(server, Path(scratch), sources) for _ in range(count)]
        time.sleep(0.5)
        found["(the cells alone, from the first one, confined)"] = (of_forks() - forks) / count
    return found, dict(zip(sources, map(statistics.median, zip(*runs, strict=True)), strict=True))


def others(root: Path, submission: Submission, count: int) -> list[Submission]:
    """Students who hand in the same, for the first time."""
    made = []
    for number in range(1, count + 1):
        student = f"{submission.student}-{number}"
        folder = root / "submitted" / student / ASSIGNMENT
        shutil.copytree(submission.folder, folder)
        made.append(replace(submission, student=student, folder=folder))
    return made


def code_cells(root: Path) -> list[str]:
    notebook = nbformat.read(root / "submitted" / "student00000" / ASSIGNMENT / f"{NOTEBOOK}.ipynb", 4)
    return [cell.source for cell in notebook.cells if cell.cell_type == "code"]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("-n", "--submissions", type=int, default=20)
    parser.add_argument("--figures", type=int, choices=range(1, 5), default=2)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="parts-") as folder:
        found, cells = measure(Path(folder) / "course", options.submissions, options.figures)
    width = max(map(len, found))
    for name, seconds in found.items():
        print(f"{name:{width}}  {seconds * 1000:6.0f} ms")
    print("\nThe cells that take longest, from their start to their last output:")
    for source, seconds in sorted(cells.items(), key=lambda one: -one[1])[:6]:
        print(f"{source.strip().splitlines()[0][:width]:{width}}  {seconds * 1000:6.0f} ms")


if __name__ == "__main__":
    main()
