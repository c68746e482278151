"""Submissions run on the workers of a Dask cluster. Called by `pipeline`, in place of `pool`; knows nothing of marks.

Everything travels as bytes: the course's files once to each worker, a submission with its task, the run on its way
back. So workers need no disk in common with the course, only this package; the gradebook stays with the command.
Which worker runs what, and that a lost one's submissions run again elsewhere, is Dask's business.

Source: https://distributed.dask.org/en/stable/resilience.html
"""

from __future__ import annotations

import contextlib
import secrets
import time
import warnings
from collections.abc import Iterable, Iterator
from concurrent.futures import CancelledError
from dataclasses import dataclass

from distributed import Client, Future, KilledWorker, wait
from distributed.comm.core import CommClosedError
from distributed.exceptions import WorkerStartTimeoutError

from autograder.errors import CannotConfine, GradingError
from autograder.grading.assignment import KnownAssignment
from autograder.grading.pool import IN_FLIGHT_PER_WORKER, our_fault, place_of
from autograder.grading.settings import Course
from autograder.grading.travelling import CourseOnWorker, about_this_process, packed, run_on_worker
from autograder.records import Executed, Submission

CONNECT_SECONDS = 30
FIRST_WORKER_SECONDS = 60
COUNT_WORKERS_EVERY_SECONDS = 5

GONE = (CancelledError, CommClosedError, OSError)


@dataclass
class Cluster:
    """A scheduler whose workers have the course."""

    address: str
    client: Client
    plugin: str
    """Name under which workers know the course of this run."""

    def run_all(self, submissions: Iterable[Submission]) -> Iterator[Executed]:
        """Runs as they complete, in any order; every submission yields exactly one.

        Raises `CannotConfine` where a worker's machine cannot, `GradingError` when the scheduler goes away.
        """
        waiting = iter(submissions)
        running: dict[Future, Submission] = {}
        counted = seen = -float("inf")
        try:
            while True:
                if time.monotonic() - counted > COUNT_WORKERS_EVERY_SECONDS:  # workers come and go
                    workers, counted = len(self.client.nthreads()), time.monotonic()
                    if workers:
                        seen = counted
                    elif counted - seen > FIRST_WORKER_SECONDS:
                        raise _gone("All workers of the scheduler at", self.address)
                while len(running) < workers * IN_FLIGHT_PER_WORKER and (submission := next(waiting, None)) is not None:
                    running[self._submit(submission)] = submission
                if not running and workers:
                    return
                with self.client.as_current(), contextlib.suppress(TimeoutError):
                    wait(running, timeout=COUNT_WORKERS_EVERY_SECONDS, return_when="FIRST_COMPLETED")
                for future in [one for one in running if one.done()]:
                    yield self._result(future, running.pop(future))
                    future.release()
        except GONE as error:
            raise _gone("The scheduler at", self.address) from error
        finally:
            with contextlib.suppress(*GONE):
                self.client.cancel(list(running), force=True)

    def _submit(self, submission: Submission) -> Future:
        with warnings.catch_warnings():
            # The scheduler keeps a submission with its task: where a worker is lost it is still there to be run again.
            warnings.filterwarnings("ignore", message="Sending large graph")
            return self.client.submit(run_on_worker, self.plugin, submission, pure=False)

    def _result(self, future: Future, submission: Submission) -> Executed:
        try:
            return future.result()
        except (CannotConfine, *GONE):
            raise
        except KilledWorker:
            return Executed(
                submission,
                problem=f"{place_of(submission)} was running when one worker after the other was lost. "
                "Grade it alone on this machine, and look into the workers' logs.",
            )
        except Exception as error:  # a fault of ours; the class goes on
            return Executed(submission, problem=our_fault(submission, error))


@contextlib.contextmanager
def cluster(address: str, course: Course, known: KnownAssignment, seed: str, *, confined: bool) -> Iterator[Cluster]:
    """Connect, and give the course to every worker there is or will be. Taken from them when the block ends.

    `address` is a scheduler's, such as tcp://10.0.0.5:8786 or tls://…
    Raises `GradingError` when there is no scheduler or no worker, or a worker has another version of this package.
    """
    carried = CourseOnWorker(packed(course, known.name), known, seed, confined)
    with contextlib.ExitStack() as stack:
        client = stack.enter_context(_client(address))
        _workers(client, address)
        name = f"autograder-{secrets.token_hex(8)}"
        client.register_plugin(carried, name=name)
        stack.callback(_forget, client, name)
        yield Cluster(address, client, name)


def _client(address: str) -> Client:
    try:
        return Client(address, timeout=CONNECT_SECONDS, set_as_default=False)
    except (OSError, TimeoutError, ValueError) as error:
        raise GradingError(
            f"No Dask scheduler answers at {address}.",
            "Start one with `dask scheduler`; it prints its address, such as tcp://10.0.0.5:8786.",
        ) from error


def _workers(client: Client, address: str) -> None:
    """At least one, and each able to run what this process runs."""
    try:
        client.wait_for_workers(1, timeout=FIRST_WORKER_SECONDS)
    except (TimeoutError, WorkerStartTimeoutError) as error:
        raise GradingError(
            f"The scheduler at {address} has no workers.", f"Start some: dask worker {address} --nthreads 1"
        ) from error
    ours = about_this_process()
    for worker, theirs in client.run(about_this_process, on_error="return").items():
        if isinstance(theirs, Exception):
            raise GradingError(
                f"The worker {worker} cannot load this package: {theirs}.",
                "Install the same version there that is installed here.",
            )
        if theirs != ours:
            raise GradingError(
                f"The worker {worker} has {theirs}, and here is {ours}.", "Install the same versions on both."
            )


def _forget(client: Client, plugin: str) -> None:
    with contextlib.suppress(Exception):  # the cluster may be gone, and with it what is to be taken from it
        client.unregister_worker_plugin(plugin)


def _gone(what: str, address: str) -> GradingError:
    return GradingError(
        f"{what} {address} went away. Whoever was graded so far stays graded.",
        "Run the same command again to grade the others.",
    )
