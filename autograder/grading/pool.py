"""Keeps workers busy with submissions. Called by `pipeline`; knows nothing of marks.

A worker that dies takes all runs of its pool with it (`concurrent.futures` cannot say whose fault it was). So the
submissions that were running are run again, each in a pool of its own, and the one that kills its worker again is the
one that could not be graded.
"""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from functools import cache
from pathlib import Path

from autograder.confined.warm import WarmServer
from autograder.errors import CannotConfine
from autograder.grading.beginning import Beginnings
from autograder.grading.run import RunSettings, begin_in_worker, run_in_worker, start_worker
from autograder.live import in_one_line
from autograder.records import Executed, Submission
from autograder.start import context

IN_FLIGHT_PER_WORKER = 2
"""One running, one waiting: a class of thousands is never in memory at once."""


@contextlib.contextmanager
def begun_meanwhile(root: Path, assignment: str, server: WarmServer) -> Iterator[Callable[[], Beginnings]]:
    """Beginnings on their way in a worker of their own, and what waits for them. They end with the block.

    `server` need not listen yet. Without that worker there are none, and all notebooks are run from their first cell.
    """
    here, there = context().Pipe()
    with tempfile.TemporaryDirectory(prefix="autograder-", ignore_cleanup_errors=True) as scratch:
        about = (there, root, assignment, server, Path(scratch))
        worker = context().Process(target=begin_in_worker, args=about, daemon=True)
        worker.start()
        there.close()

        def wait() -> Beginnings:
            try:
                return here.recv()
            except EOFError:
                return {}

        try:
            yield wait
        finally:
            here.close()
            worker.kill()
            worker.join()


def run_all(
    submissions: Iterable[Submission], settings: RunSettings, workers: int, meanwhile: Callable[[], None] = lambda: None
) -> Iterator[Executed]:
    """Runs as they complete, in any order; every submission yields exactly one.

    `meanwhile` is called once, when the first of them run and there is nothing else to do.
    """
    waiting = iter(submissions)
    once = cache(meanwhile)
    while True:
        interrupted: list[Submission] = []
        yield from _until_broken(waiting, settings, workers, interrupted, once)
        if not interrupted:
            return
        for submission in interrupted:
            again: list[Submission] = []
            yield from _until_broken(iter([submission]), settings, 1, again, once)
            if again:
                yield Executed(submission, problem=_killed(submission))


def _until_broken(
    waiting: Iterator[Submission],
    settings: RunSettings,
    workers: int,
    interrupted: list[Submission],
    meanwhile: Callable[[], None],
) -> Iterator[Executed]:
    """Runs what `waiting` gives until it is empty or a worker dies; then `interrupted` holds what was running."""
    running: dict[Future, Submission] = {}
    pool = ProcessPoolExecutor(workers, context(), start_worker, (settings,))
    try:
        while True:
            while not interrupted and len(running) < workers * IN_FLIGHT_PER_WORKER:
                submission = next(waiting, None)
                if submission is None:
                    break
                try:
                    running[pool.submit(run_in_worker, submission)] = submission
                except BrokenProcessPool:
                    interrupted.append(submission)
            if not running:
                return
            meanwhile()
            done, _ = wait(running, return_when=FIRST_COMPLETED)
            for future in done:
                submission = running.pop(future)
                try:
                    executed = future.result()
                except BrokenProcessPool:
                    interrupted.append(submission)
                except CannotConfine:
                    raise
                except Exception as error:  # a fault of ours; the class goes on
                    yield Executed(submission, problem=our_fault(submission, error))
                else:
                    yield executed
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def our_fault(submission: Submission, error: Exception) -> str:
    return (
        f"{place_of(submission)} could not be graded for a fault of the grader's: {in_one_line(error)}. "
        "Please report it."
    )


def place_of(submission: Submission) -> str:
    """Where it was handed in, as an instructor knows it."""
    return "/".join(submission.folder.parts[-3:])


def _killed(submission: Submission) -> str:
    return (
        f"{place_of(submission)} killed the process that ran it. "
        "Look for os.kill, very large arrays or native code that crashes."
    )
