"""Executes a notebook in a confined process and asks its questions from outside, in place of nbgrader's `Execute`.

A test cell of the form `check("dW", dW)` is not run. In its place the question is put to the function that stands
there at that moment: inputs drawn here cross into the process, its answer crosses back, and the verdict is made on this
side. Whatever a student has patched can change their own answers, never the verdict.

A cell that ends its process costs what it and its like can cost: a new process runs the cells before it once more, and
the notebook goes on behind it.
"""

from __future__ import annotations

import contextlib
import platform
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from nbclient.exceptions import CellExecutionError
from nbformat import NotebookNode
from nbgrader.preprocessors import Execute

from autograder.card import Card
from autograder.confined.asking import Asking, Drawn
from autograder.confined.process import ENVIRONMENT, RESTARTS_MAX, ProcessEnded, StudentProcess
from autograder.confined.warm import WarmServer
from autograder.grading.assignment import KnownCell
from autograder.grading.beginning import Beginning
from autograder.grading.harmless import make_harmless
from autograder.grading.levels import level_in
from autograder.grading.outputs import Outputs
from autograder.questions import find
from autograder.questions.asked import Asked, asked_in
from autograder.records import Reply, Verdict
from autograder.verdicts import in_order, judge, seed_from

LANGUAGE_INFO = {
    "name": "python",
    "version": platform.python_version(),
    "mimetype": "text/x-python",
    "codemirror_mode": {"name": "ipython", "version": 3},
    "pygments_lexer": "ipython3",
    "nbconvert_exporter": "python",
    "file_extension": ".py",
}
"""What an IPython kernel says of itself, and notebooks keep."""


def asked(cell: KnownCell) -> Asked | None:
    """What the instructor's cell asks; None for a cell that is no such test."""
    if cell.cell_type != "code" or not cell.grade or cell.solution:
        return None
    return asked_in(cell.source)  # None: some other test, with nbgrader's own rule on its outputs


@dataclass
class Run:
    """What one execution needs beside the notebook, and what it found."""

    server: WarmServer
    seed: str
    folder: Path
    """Where the notebook's files lie, and all it may write to."""
    cells: Sequence[KnownCell]
    ends_at: float | None = None
    """When the submission's time is up (`time.monotonic`), however many processes it needs."""
    drawn: Drawn = field(default_factory=Drawn)
    beginning: Beginning | None = None
    """What has been run of the notebook already."""
    verdicts: dict[str, Verdict] = field(default_factory=dict)
    """`grade_id` → verdict, for the questions that were asked."""
    notes: list[str] = field(default_factory=list)


class ConfinedExecute(Execute):
    """nbgrader's `Execute`, with its options, on another kind of kernel."""

    context: Run

    def preprocess(self, nb: NotebookNode, resources: Any = None, km: Any = None) -> tuple[NotebookNode, Any]:
        self.nb, self.resources = nb, resources
        self._outputs = Outputs()
        self._level = level_in(self)
        kernel = nb.metadata.get("kernelspec", {}).get("language", "python")
        if str(kernel).lower() not in ("python", ""):
            raise RuntimeError(f"this engine runs Python, the notebook is written in {kernel}")
        nb.metadata["language_info"] = NotebookNode(LANGUAGE_INFO)
        self._questions = {cell.id: found for cell in self.context.cells if (found := asked(cell))}
        self._not_again: set[int] = set()
        self._process = None
        self._begun = len(self.context.beginning.cells) if self.context.beginning else 0
        restarts = 0
        try:
            if self._begun:  # now: whether those cells are run or only shown depends on it
                with contextlib.suppress(ProcessEnded):
                    self._start()
            for index, cell in enumerate(nb.cells):
                if cell.cell_type != "code":
                    continue
                cell.outputs, cell.execution_count = [], None
                if index < self._begun:
                    self.context.beginning.show(index, cell)
                    continue
                try:
                    if restarts > RESTARTS_MAX:
                        self._say(cell, "NotRun", "This cell was not run: cells before it had ended the process.")
                    elif self._process is None:
                        self._start()
                        self._replay(index)
                        self._execute(index, cell)
                    else:
                        self._execute(index, cell)
                except ProcessEnded as ended:
                    restarts += 1
                    self._not_again.add(index)
                    self._drop()
                    self._say(cell, "ProcessEnded", f"The cell {ended}.")
                    where = cell.metadata.get("nbgrader", {}).get("grade_id")
                    self.context.notes.append(f"{f'Cell `{where}`' if where else f'Cell {index + 1}'} {ended}.")
        finally:
            self._drop()
        make_harmless(nb, self.context.verdicts)
        return nb, resources

    def _start(self) -> None:
        """Behind the beginning; where there is none, or its process has ended, before the first cell."""
        about = (self.context.folder, ENVIRONMENT, self.context.ends_at)
        if self._begun:
            try:
                self._process = StudentProcess(self.context.beginning.server, *about)
                return
            except OSError:
                self._begun = 0
        self._process = StudentProcess(self.context.server, *about)

    def _drop(self) -> None:
        if self._process is not None:
            self._process.close()
            self._process = None

    def _replay(self, end: int) -> None:
        """Bring a new process to where the old one was, as far as the cells before `end` can."""
        for index, cell in enumerate(self.nb.cells[:end]):
            if index < self._begun or index in self._not_again or cell.cell_type != "code" or self._question(cell):
                continue
            self._process.run(cell.source, None, self._seconds(cell), lambda kind, content: None)

    def _execute(self, index: int, cell: NotebookNode) -> None:
        if question := self._question(cell):
            self._ask(cell, question)
        elif cell.source.strip():
            self._run(index, cell)

    def _question(self, cell: NotebookNode) -> Asked | None:
        return self._questions.get(cell.metadata.get("nbgrader", {}).get("grade_id"))

    def _seconds(self, cell: NotebookNode) -> float | None:
        return self.timeout_func(cell) if self.timeout_func is not None else self.timeout

    def _run(self, index: int, cell: NotebookNode) -> None:
        self._outputs.start_cell()
        show = partial(self._outputs.show, cell)
        run = self._process.run(cell.source, cell.get("id"), self._seconds(cell), show)
        cell.execution_count = run.number
        if run.timed_out:
            self._not_again.add(index)
        error = self.error_on_timeout if run.timed_out else run.error
        if error is None:
            return
        reply = {"content": {"status": "error", **error}}
        self.on_cell_executed(cell=cell, cell_index=index, execute_reply=reply)
        if not self.allow_errors:
            raise CellExecutionError.from_cell_and_msg(cell, reply["content"])

    def _ask(self, cell: NotebookNode, question: Asked) -> None:
        run = self._process.run("pass", None, self._seconds(cell), lambda kind, content: None)  # for its number
        cell.execution_count = run.number
        ask = Asking(self._process, question.answer, self.context.drawn)
        verdict = judge(find(question.question), ask, seed_from(self.context.seed), self.context.drawn.probes)
        self._told(cell, verdict)
        if ask.ended is not None:
            raise ask.ended

    def _told(self, cell: NotebookNode, verdict: Verdict) -> None:
        earlier = {one.question: one for one in self.context.verdicts.values()}
        self.context.verdicts[cell.metadata.nbgrader.grade_id] = verdict = in_order(verdict, earlier)
        shown = {"data": Card(verdict, self._level)._repr_mimebundle_(), "execution_count": cell.execution_count}
        cell.outputs.clear()
        self._outputs.show(cell, "execute_result", shown)

    def _say(self, cell: NotebookNode, name: str, sentence: str) -> None:
        """In place of what the cell did not get to say. A question that nobody could answer is answered wrongly."""
        question = self._question(cell)
        if question is None:
            shown = {"ename": name, "evalue": sentence, "traceback": [f"{name}: {sentence}"]}
            self._outputs.show(cell, "error", shown)
        elif cell.metadata.nbgrader.grade_id not in self.context.verdicts:
            reply = Reply(error=f"{name}: {sentence}")
            self._told(cell, judge(find(question.question), lambda *_: reply, seed_from(self.context.seed)))
