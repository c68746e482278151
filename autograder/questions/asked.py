"""Reads a test cell: `check("dW", dW)` is a question, and says of what it is asked."""

from __future__ import annotations

import ast
from dataclasses import dataclass

from autograder.errors import QuestionError
from autograder.questions.registry import find


@dataclass(frozen=True)
class Asked:
    """A test cell that is a question."""

    question: str
    answer: str
    """The expression whose value is asked: the name of a function, usually."""


def asked_in(source: str) -> Asked | None:
    """What a cell asks, if it is `check("question", expression)` and nothing else."""
    try:
        (statement,) = ast.parse(source).body
        call = statement.value
        question, answer = call.args
        if call.func.id == "check" and not call.keywords and find(question.value):
            return Asked(question.value, ast.unparse(answer))
    except (SyntaxError, ValueError, AttributeError, TypeError, QuestionError, RecursionError, MemoryError):
        pass  # some other cell
    return None
