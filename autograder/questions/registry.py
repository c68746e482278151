"""Finds a question by its id. Ids are unique over the whole course, because `check("dW", dW)` names nothing else."""

from __future__ import annotations

import difflib
from functools import cache

from autograder.errors import UnknownQuestion
from autograder.questions import gates, gradient_check, linear_layer, overfitting, softmax_relu, two_layer_net
from autograder.questions.question import Question

ASSIGNMENTS = (gates, linear_layer, softmax_relu, gradient_check, two_layer_net, overfitting)


@cache
def all_questions() -> dict[str, Question]:
    """Every question of the course, by id, in the order of the lessons."""
    questions: dict[str, Question] = {}
    for assignment in ASSIGNMENTS:
        for question in assignment.QUESTIONS:
            if question.id in questions:
                raise ValueError(f"Two questions are called {question.id!r}")
            questions[question.id] = question
    return questions


def find(question_id: str) -> Question:
    """Raises `UnknownQuestion`, with the nearest name, when there is none."""
    questions = all_questions()
    if question_id in questions:
        return questions[question_id]
    lowered = {name.lower(): name for name in questions}
    near = [lowered[name] for name in difflib.get_close_matches(str(question_id).lower(), lowered, n=1)]
    raise UnknownQuestion(
        f"There is no question {question_id!r}.",
        f'Did you mean "{near[0]}"?' if near else "The questions are: " + ", ".join(questions) + ".",
    )
