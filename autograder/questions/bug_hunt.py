"""The questions that a gradient checker answers: is this gradient right? Wrong ones are planted.

For each line of the card the student's `gradient_check` is asked about three gradients: one that is wrong, one that is
right, and one of either kind, in an order that is drawn. The line earns its points when all three answers are right, so
that a checker which always says the same earns nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import numpy as np

from autograder.questions.planted import BLOCKS, MATRICES, UNUSUAL, WRONG, Case, Hunt, draw_cases, factor
from autograder.questions.question import Part, Probe, Question, Seen
from autograder.records import Reply

ASSIGNMENT = "04_gradient_check"


def ask_about_all(gradient_check: Callable[..., Any], *arguments: Any) -> list[Any]:
    """What a checker says of each (f, x, analytic) among `arguments`; "raised …" where it raised. Runs beside the
    student's code."""
    answers = []
    for start in range(0, len(arguments), 3):
        try:
            answers.append(gradient_check(*arguments[start : start + 3]))
        except NotImplementedError:
            raise
        except Exception as error:
            answers.append(f"raised {type(error).__name__}: {str(error)[:120]}")
    return answers


THROUGH = f"{__name__}:{ask_about_all.__name__}"


def _draw(rng: np.random.Generator, hunt: Hunt) -> Probe:
    cases = draw_cases(rng, hunt)
    arguments = {}
    for number, case in enumerate(cases):
        arguments |= {f"f{number}": case.terrain.f, f"x{number}": case.terrain.x, f"analytic{number}": case.analytic}
    size = f"{hunt.terrain.get('scale', 1):.0e}"
    notes = tuple(case.terrain.calls for case in cases)
    return Probe(arguments, [case.right for case in cases], {"cases": cases, "size": size}, notes=notes)


def examine_answers(reply: Reply, probe: Probe) -> Seen:
    """All of them right; else the first thing that was not."""
    if not isinstance(reply.value, list) or len(reply.value) != len(probe.truth):
        return Seen(False, "no answers came back")
    for answer, case in zip(reply.value, probe.setting["cases"], strict=True):
        if isinstance(answer, str) and answer.startswith("raised "):
            if case.analytic.shape == case.terrain.x.shape:
                return Seen(False, f"the checker {answer}")
        elif not isinstance(answer, bool):
            return Seen(False, f"{_kind(answer)} was returned; True or False was expected")
    missed, alarms = len(missed_in(reply, probe)), len(false_alarms_in(reply, probe))
    says = [f"{missed} wrong called right"] * bool(missed) + [f"{alarms} right called wrong"] * bool(alarms)
    return Seen(not says, ", ".join(says) or f"{len(probe.truth)} of {len(probe.truth)} answers right")


def missed_in(reply: Reply, probe: Probe) -> list[Case]:
    """The wrong gradients that were called right."""
    return [case for case, answer in _pairs(reply, probe) if answer is True and not case.right]


def false_alarms_in(reply: Reply, probe: Probe) -> list[Case]:
    """The right gradients that were called wrong."""
    return [case for case, answer in _pairs(reply, probe) if answer is False and case.right]


def _pairs(reply: Reply, probe: Probe) -> Sequence[tuple[Case, Any]]:
    return list(zip(probe.setting["cases"], reply.value if isinstance(reply.value, list) else [], strict=False))


def _kind(answer: Any) -> str:
    return "nothing" if answer is None else f"a {type(answer).__name__}"


def _examine_left_alone(reply: Reply, probe: Probe) -> Seen:
    """The arrays are what they were, and the answers are right: doing nothing at all leaves everything alone."""
    if reply.changed:
        return Seen(False, f"{reply.changed[0].rstrip('012')} changed during the call")
    if not examine_answers(reply, probe).passed:
        return Seen(False, "not looked at: the answers are not right yet")
    return Seen(True, "unchanged after the call")


def _part(hunt: Hunt, points: float, examine: Callable[[Reply, Probe], Seen] = examine_answers) -> Part:
    return Part(hunt.name, hunt.title, points, partial(_draw, hunt=hunt), examine, through=THROUGH)


VECTORS = Hunt(
    "vector", "a vector: right gradients pass, doubled ones do not", factor(2, 0.5), {"shapes": ((4,), (5,))}
)
ALL_MATRICES = Hunt("matrix", "a matrix, and a block: the same", factor(2, 0.5), {"shapes": (*MATRICES, *BLOCKS)})
ALONE = Hunt("alone", "x and analytic left as they were", factor(2, 0.5))

QUESTIONS = (
    Question(
        "gradient_check",
        ASSIGNMENT,
        "gradient_check(f, x, analytic)",
        (_part(VECTORS, 0.75), _part(ALL_MATRICES, 0.75), _part(ALONE, 0.5, _examine_left_alone)),
        "Print the numeric gradient beside the analytic one, for f = lambda x: np.sum(x**2) and analytic 2*x.",
    ),
    Question(
        "bug_hunt",
        ASSIGNMENT,
        "gradient_check(f, x, analytic)",
        (*(_part(hunt, 0.25) for hunt in WRONG), *(_part(hunt, 0.5) for hunt in UNUSUAL)),
        "Build such a gradient, from f = lambda x: np.sum(x**2) and 2*x, and print what your checker compares.",
    ),
)
