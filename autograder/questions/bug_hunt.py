"""The questions that a gradient checker answers: is this gradient right? Wrong ones are planted.

For each line of the card the student's `gradient_check` is asked about three gradients: one that is wrong, one that is
right, and one of either kind, in an order that is drawn. The line earns its points when all three answers are right, so
that a checker which always says the same earns nothing. Nothing but the numbers tells the three apart: all are drawn
the same way, and every right gradient is measured.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import numpy as np

from autograder.gradients import relative_error
from autograder.questions.question import Part, Probe, Question, Seen
from autograder.questions.terrain import Terrain, draw_terrain
from autograder.records import Reply

ASSIGNMENT = "04_gradient_check"

SQUARE = ((2, 2), (3, 3))
MATRICES = ((2, 3), (3, 2), (2, 4))
BLOCKS = ((2, 3, 2), (2, 2, 2))

Plant = Callable[[Terrain, np.random.Generator], np.ndarray]
"""Makes a wrong gradient of a right one."""


def _factor(*factors: float) -> Plant:
    return lambda terrain, rng: terrain.gradient * rng.choice(factors)


def _slightly_large(terrain: Terrain, rng: np.random.Generator) -> np.ndarray:
    return terrain.gradient * (1 + rng.uniform(1e-3, 2e-3))


def _one_entry(terrain: Terrain, rng: np.random.Generator) -> np.ndarray:
    """Any but the first."""
    wrong = terrain.gradient.copy(order="C")
    wrong.flat[rng.integers(1, wrong.size)] += _largest(terrain) * rng.choice([-1, 1]) * rng.uniform(0.2, 0.5)
    return wrong


def _exchanged(terrain: Terrain, rng: np.random.Generator) -> np.ndarray:
    """The largest and the smallest: every sum, mean and norm is what it was."""
    wrong = terrain.gradient.copy(order="C")
    one, other = int(wrong.argmax()), int(wrong.argmin())
    wrong.flat[[one, other]] = wrong.flat[[other, one]]
    return wrong


def _transposed(terrain: Terrain, rng: np.random.Generator) -> np.ndarray:
    return terrain.gradient.T.copy()


def _shifted(sign: int) -> Plant:
    return lambda terrain, rng: terrain.gradient + sign * _largest(terrain) * rng.uniform(0.2, 0.5)


def _holds_nan(terrain: Terrain, rng: np.random.Generator) -> np.ndarray:
    wrong = terrain.gradient.copy(order="C")
    wrong.flat[rng.integers(wrong.size)] = np.nan
    return wrong


def _extra_axis(terrain: Terrain, rng: np.random.Generator) -> np.ndarray:
    """The right numbers in a shape that broadcasts against the right one: (1, 3) for (3,)."""
    return terrain.gradient[None]


def _zeros(terrain: Terrain, rng: np.random.Generator) -> np.ndarray:
    return np.zeros_like(terrain.gradient)


def _not_masked(terrain: Terrain, rng: np.random.Generator) -> np.ndarray:
    size = rng.choice([-1, 1], size=terrain.x.shape) * rng.uniform(0.2, 0.8, size=terrain.x.shape)
    return np.where(terrain.gradient == 0, size, terrain.gradient)


def _data_part_wrong(terrain: Terrain, rng: np.random.Generator) -> np.ndarray:
    """Half of the data part, where the other part is hundreds of times as large."""
    return terrain.gradient - terrain.data_gradient / 2


def _something_wrong(terrain: Terrain, rng: np.random.Generator) -> np.ndarray:
    """Among gradients that are right but unusual: one that is plainly wrong."""
    if not _largest(terrain):
        return rng.choice([-1, 1], size=terrain.x.shape) * rng.uniform(0.2, 0.8, size=terrain.x.shape)
    wrongs = (_factor(0.5, 2), _factor(-1), _one_entry)
    return wrongs[rng.integers(len(wrongs))](terrain, rng)


def _largest(terrain: Terrain) -> float:
    return float(np.abs(terrain.gradient).max())


@dataclass(frozen=True)
class Hunt:
    """One line of the card: a way to be wrong, or a way to be right that looks wrong."""

    name: str
    title: str
    plant: Plant = _something_wrong
    terrain: dict[str, Any] = field(default_factory=dict)
    dtype: type = np.float64


WRONG = (
    Hunt("factor", "caught: a constant factor", _factor(2, 3, 0.5, 0.25)),
    Hunt("sign", "caught: a flipped sign", _factor(-1)),
    Hunt("thousandth", "caught: one part in a thousand too large", _slightly_large),
    Hunt("one_entry", "caught: a single wrong entry", _one_entry),
    Hunt("exchanged", "caught: two entries exchanged", _exchanged),
    Hunt("transposed", "caught: the transpose of a square gradient", _transposed, {"shapes": SQUARE}),
    Hunt("too_large", "caught: a constant added", _shifted(+1)),
    Hunt("too_small", "caught: a constant subtracted", _shifted(-1)),
    Hunt("nan", "caught: nan in one entry", _holds_nan),
    Hunt("broadcast", "caught: a shape that only broadcasts", _extra_axis),
    Hunt("zeros", "caught: all zeros", _zeros),
    Hunt("mask", "caught: entries that should be 0 and are not", _not_masked, {"dead": True}),
    Hunt("faint", "caught: a wrong factor in a gradient of size 1e-9", _factor(2, 0.5), {"scale": 1e-9}),
    Hunt("swamped", "caught: half of the data part, beneath a large penalty", _data_part_wrong, {"reg": 100.0}),
)

UNUSUAL = (
    Hunt("flat", "passed: zero everywhere, and rightly so", terrain={"flat": True}),
    Hunt("tiny_entry", "passed: one entry a billion times smaller", terrain={"faint": True}),
    Hunt("single", "passed: right, in single precision", dtype=np.float32),
    Hunt("huge", "passed: right, and of size 1,000,000", terrain={"scale": 1e6}),
    Hunt("offset", "passed: right, where f is 1,000 and more", terrain={"offset": 1e3}),
    Hunt("kink", "passed: right, with a kink 3e-6 away", terrain={"kink": True}),
    Hunt("stored", "passed: right, with x stored column by column", terrain={"column_order": True, "shapes": MATRICES}),
)
"""Every wrong gradient is off by a relative error of 4e-4 and more, every right one by 1e-7 at most."""


@dataclass(frozen=True)
class Case:
    """One gradient that the checker is asked about."""

    terrain: Terrain
    analytic: np.ndarray
    right: bool


def draw_cases(rng: np.random.Generator, hunt: Hunt) -> tuple[Case, ...]:
    """One wrong, one right, one of either kind, shuffled."""
    kinds = [False, True, bool(rng.integers(2))]
    cases = []
    for right in rng.permutation(kinds):
        terrain = draw_terrain(rng, **hunt.terrain)
        # Both kinds in the same dtype and the same order in memory: neither tells them apart.
        analytic = np.array(terrain.gradient if right else _planted(terrain, hunt, rng), dtype=hunt.dtype, order="C")
        cases.append(Case(terrain, analytic, bool(right)))
    return tuple(cases)


def _planted(terrain: Terrain, hunt: Hunt, rng: np.random.Generator) -> np.ndarray:
    """A wrong gradient that is wrong enough: the transpose of a nearly symmetric matrix is not."""
    wrong = hunt.plant(terrain, rng)
    if wrong.shape == terrain.gradient.shape and relative_error(wrong, terrain.gradient) < 1e-4:
        return _something_wrong(terrain, rng)
    return wrong


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
    return Probe(arguments, [case.right for case in cases], {"cases": cases, "size": size})


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
    "vector", "a vector: right gradients pass, doubled ones do not", _factor(2, 0.5), {"shapes": ((4,), (5,))}
)
ALL_MATRICES = Hunt("matrix", "a matrix, and a block: the same", _factor(2, 0.5), {"shapes": (*MATRICES, *BLOCKS)})
ALONE = Hunt("alone", "x and analytic left as they were", _factor(2, 0.5))

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
