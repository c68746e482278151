"""Runs a solution in a confined process and asks it its questions. Called by the command `judge`.

Verdicts are made on this side, as in grading: whatever the file does, it can only change its own answers.
"""

from __future__ import annotations

import re
import secrets
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from autograder.confined.asking import Asking, Drawn
from autograder.confined.engine import engine
from autograder.confined.process import ENVIRONMENT, RESTARTS_MAX, CellRun, ProcessEnded, StudentProcess
from autograder.confined.scratch import remove
from autograder.confined.warm import WarmServer
from autograder.errors import CouldNotGrade
from autograder.first_cause import first_cause_first
from autograder.judging.solution import Solution, read_solution
from autograder.printable import printable
from autograder.questions import find
from autograder.questions.asked import Asked
from autograder.records import ClassResult, GradedSubmission, Outcome, QuestionMark, Reply, SubmissionOutcome, Verdict
from autograder.verdicts import judge, seed_from

CELL_SECONDS = 30.0
"""As `c.Execute.timeout` has it for a notebook's cells."""
SHOWN_MAX = 200
"""Letters of an error of the file's that are repeated."""

Progress = Callable[[GradedSubmission, int, int], None]


def judge_files(
    files: Sequence[str],
    assignment: str | None,
    server: Callable[[], WarmServer],
    *,
    seed: str | None = None,
    confined: bool = True,
    progress: Progress | None = None,
) -> tuple[ClassResult, tuple[str, ...]]:
    """One submission for each file, in the order given, and what their assignment asks of none of them.

    `assignment`: None where each file's name or its questions say it. The same `seed` draws the same inputs.
    Raises `CannotConfine`; never for what a file is or does.
    """
    drawn = Drawn()
    seed = secrets.token_hex(8) if seed is None else seed
    judged: list[GradedSubmission] = []
    read: dict[str, Solution] = {}
    for given in files:
        try:
            solution = read_solution(given, assignment)
            if read and (other := next(iter(read.values())).assignment) != solution.assignment:
                raise CouldNotGrade(
                    f"{printable(given)} belongs to {solution.assignment}, and the files before it to {other}.",
                    "Judge one assignment at a time.",
                )
            read[given] = solution
            one = _Asking(solution, server(), seed, drawn).judged()
        except CouldNotGrade as problem:
            one = GradedSubmission(given, assignment or "", SubmissionOutcome.COULD_NOT_GRADE, str(problem))
        judged.append(one)
        if progress:
            progress(one, len(judged), len(files))
    found = assignment or next((solution.assignment for solution in read.values()), "unknown")
    return ClassResult(found, seed, engine(confined), tuple(judged)), _of_none(list(read.values()))


def _of_none(solutions: list[Solution]) -> tuple[str, ...]:
    asked = {step.question for solution in solutions for step in solution.steps if isinstance(step, Asked)}
    return tuple(dict.fromkeys(name for one in solutions for name in one.elsewhere if name not in asked))


class _Asking:
    """One file, and the processes it is run in."""

    def __init__(self, solution: Solution, server: WarmServer, seed: str, drawn: Drawn) -> None:
        self.solution, self.server, self.drawn = solution, server, drawn
        self.seed = seed_from(seed)
        self.shown = printable(solution.given)
        self.process: StudentProcess | None = None
        self.not_again: set[int] = set()
        self.verdicts: list[Verdict] = []
        self.notes: list[str] = []

    def judged(self) -> GradedSubmission:
        """Raises `CouldNotGrade` when the file does not get as far as being asked."""
        started = time.monotonic()
        self.ends_at = started + self.server.limits.submission_seconds
        self.folder = Path(tempfile.mkdtemp(prefix="autograder-"))
        try:
            for name, data in self.solution.files.items():
                (self.folder / name).write_bytes(data)
            self._all_steps()
        finally:
            self._drop()
            remove(self.folder)
        return GradedSubmission(
            self.solution.given,
            self.solution.assignment,
            SubmissionOutcome.GRADED,
            questions=first_cause_first([_mark(self.solution.name, verdict) for verdict in self.verdicts]),
            notes=tuple(self.notes),
            seconds=time.monotonic() - started,
        )

    def _all_steps(self) -> None:
        restarts = 0
        for place, step in enumerate(self.solution.steps):
            try:
                if self.process is None and restarts <= RESTARTS_MAX:
                    self._start(place)
                if self.process is not None:
                    self._step(place, step)
                    continue
                ended = "ended again and again before"
            except ProcessEnded as error:
                restarts += 1
                self._drop()
                self.not_again.add(place)
                if self.solution.must_run and isinstance(step, str):
                    raise CouldNotGrade(
                        f"{self.shown} {error} while it was imported.",
                        "Look outside of functions: for exit(), very large arrays, or a loop.",
                    ) from None
                ended = str(error)
                self.notes.append(
                    f"The process {ended} " + (f"at {step.question}." if isinstance(step, Asked) else "in a cell.")
                )
            if isinstance(step, Asked) and all(verdict.question != step.question for verdict in self.verdicts):
                reply = Reply(error=f"ProcessEnded: the process {ended}")
                self.verdicts.append(judge(find(step.question), lambda *_, reply=reply: reply, self.seed))

    def _start(self, place: int) -> None:
        """A process that is where the one before it was, as far as the code before `place` can bring it."""
        self.process = StudentProcess(self.server, self.folder, ENVIRONMENT, self.ends_at)
        for earlier, step in enumerate(self.solution.steps[:place]):
            if isinstance(step, str) and earlier not in self.not_again:
                self._run(step)

    def _step(self, place: int, step: str | Asked) -> None:
        if isinstance(step, Asked):
            self._ask(step)
            return
        run = self._run(step)
        if run.timed_out:
            self.not_again.add(place)
        if self.solution.must_run and (run.error is not None or run.timed_out):
            raise CouldNotGrade(*self._why_not(run))

    def _run(self, source: str) -> CellRun:
        return self.process.run(source, None, CELL_SECONDS, lambda kind, content: None)

    def _ask(self, asked: Asked) -> None:
        ask = Asking(self.process, asked.answer, self.drawn)
        self.verdicts.append(judge(find(asked.question), ask, self.seed, self.drawn.probes))
        if ask.ended is not None:
            raise ask.ended

    def _why_not(self, run: CellRun) -> tuple[str, str]:
        """In one sentence why the file could not be imported, and what to do."""
        if run.timed_out:
            return (
                f"{self.shown} was still running after {CELL_SECONDS:g} seconds while it was imported.",
                "Look outside of functions for a loop that never ends, or for a training run.",
            )
        kind, says = _one_line(run.error["ename"]), _one_line(run.error["evalue"])
        if kind in ("SyntaxError", "IndentationError", "TabError"):
            return f"Python cannot read {self.shown}: {says}.", "Open that line, and the one above it."
        if kind == "ImportError" and "cannot import name" in says:
            expected = self.solution.steps[0].split()[-1]
            return f"{self.shown} does not define {expected}.", f"Is it the right file? It holds a class {expected}."
        return (
            f"{self.shown} stopped with {kind}: {says} while it was imported.",
            "Run it alone (python with its name) and read the last line first.",
        )

    def _drop(self) -> None:
        if self.process is not None:
            self.process.close()
            self.process = None


def _mark(name: str, verdict: Verdict) -> QuestionMark:
    score = None if verdict.outcome is Outcome.COULD_NOT_CHECK else verdict.score
    return QuestionMark(verdict.question, name, score, verdict.max_score, verdict.outcome, verdict.findings)


def _one_line(text: str) -> str:
    text = " ".join(printable(re.sub(r"\s+", " ", text)).split())
    return text if len(text) <= SHOWN_MAX else text[: SHOWN_MAX - 1] + "…"
