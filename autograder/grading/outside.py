"""Asks the questions of a notebook from outside its kernel. Called by `run` while the student's notebook executes.

A test cell of the form `check("dW", dW)` is not run. In its place the question is put to the function that stands
there at that moment: inputs drawn here cross into the kernel, its answer crosses back, and the verdict is made on this
side. Whatever a student has patched in the kernel can change their own answers, never the verdict.
"""

from __future__ import annotations

import ast
import queue
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

from jupyter_core.utils import ensure_async, run_sync
from nbformat import NotebookNode
from nbformat.v4 import new_output

from autograder.card import Card
from autograder.errors import NotReadable, QuestionError
from autograder.grading.assignment import KnownCell
from autograder.questions import find
from autograder.records import Reply, Verdict
from autograder.verdicts import judge, seed_from
from autograder.wire import decode, encode

GRACE_SECONDS = 5.0
"""Beyond a part's own limit, which the kernel keeps itself: for the way there and back on a busy machine."""


@dataclass(frozen=True)
class Asked:
    """A test cell that is a question."""

    question: str
    answer: str
    """The expression whose value is asked: the name of a function, usually."""


def asked(cell: KnownCell) -> Asked | None:
    """What the instructor's cell asks, if it is `check("question", expression)` and nothing else."""
    if cell.cell_type != "code" or not cell.grade or cell.solution:
        return None
    try:
        (statement,) = ast.parse(cell.source).body
        call = statement.value
        question, answer = call.args
        if call.func.id == "check" and not call.keywords and find(question.value):
            return Asked(question.value, ast.unparse(answer))
    except (SyntaxError, ValueError, AttributeError, QuestionError):
        pass  # some other test: nbgrader's own rule on its outputs
    return None


def asking(execute: type, cells: Sequence[KnownCell], seed: str, verdicts: dict[str, Verdict]) -> type:
    """The course's `Execute`, which asks the questions among `cells` and puts what it finds in `verdicts`."""
    questions = {cell.id: question for cell in cells if (question := asked(cell))}

    def preprocess_cell(self: Any, cell: NotebookNode, resources: Any, index: int) -> tuple[NotebookNode, Any]:
        grade_id = cell.metadata.get("nbgrader", {}).get("grade_id")
        question = questions.get(grade_id)
        if question is None:
            return execute.preprocess_cell(self, cell, resources, index)
        source, cell.source = cell.source, "pass"  # for its number in the notebook
        try:
            cell, resources = execute.preprocess_cell(self, cell, resources, index)
        finally:
            cell.source = source
        verdict = judge(find(question.question), _Kernel(self, question.answer).ask, seed_from(seed))
        verdicts[grade_id] = verdict
        shown = Card(verdict)._repr_mimebundle_()
        cell.outputs = [new_output("execute_result", shown, execution_count=cell.execution_count)]
        return cell, resources

    return type(execute.__name__, (execute,), {"preprocess_cell": preprocess_cell})


@dataclass(frozen=True)
class _Kernel:
    """The student's kernel between two cells."""

    client: Any
    """nbclient's, with a kernel that is idle."""
    expression: str

    def ask(self, arguments: Mapping[str, Any], timeout_seconds: float, through: str | None = None) -> Reply:
        """What the function replied, or why there is none. Nothing that comes back is trusted to be well-formed."""
        code = (
            "__import__('autograder.answering', fromlist=['answer'])"
            f".answer(lambda: ({self.expression}), {encode(dict(arguments))!r}, {timeout_seconds!r}, {through!r})"
        )
        message = self.client.kc.execute("", silent=True, user_expressions={"reply": code})
        try:
            content = self._reply_to(_wait(message), timeout_seconds + GRACE_SECONDS)
        except queue.Empty:
            _wait(self.client.km.interrupt_kernel())
            return Reply(timed_out=True)
        try:
            evaluated = content["user_expressions"]["reply"]
            if evaluated["status"] != "ok":
                return Reply(error=f"{evaluated['ename']}: {evaluated['evalue']}"[:300])
            return _reply(decode(ast.literal_eval(evaluated["data"]["text/plain"])))
        except (KeyError, TypeError, ValueError, SyntaxError, MemoryError, RecursionError, NotReadable):
            return Reply(error="RuntimeError: what came back from the notebook was not an answer")

    def _reply_to(self, message_id: str, seconds: float) -> Mapping[str, Any]:
        """Raises `queue.Empty` when there is none in time."""
        while True:
            message = _wait(self.client.kc.shell_channel.get_msg(timeout=seconds))
            if message["parent_header"].get("msg_id") == message_id:
                return message["content"]


def _wait(value: Any) -> Any:
    """The value of what may be a coroutine: nbclient's clients are asynchronous, a course's own need not be."""
    return run_sync(ensure_async)(value)


def _reply(data: Any) -> Reply:
    """Only a reply whose fields have the types they should. Raises `TypeError` otherwise."""
    if not isinstance(data, dict) or set(data) != {field.name for field in fields(Reply)}:
        raise TypeError("not the fields of a reply")
    flags = (data["unfinished"], data["timed_out"], data["used_numeric_gradient"])
    texts = (data["printed"], data["error"] or "", *data["changed"])
    if not all(isinstance(flag, bool) for flag in flags) or not all(isinstance(text, str) for text in texts):
        raise TypeError("a field has another type")
    return Reply(**{**data, "changed": tuple(data["changed"]), "printed": data["printed"][:2000]})
