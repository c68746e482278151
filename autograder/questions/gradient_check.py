"""The questions of `04_gradient_check`: a slope, a numeric gradient, relative errors, the predictions that were made, a
setting that shows every bug, and the checker itself (`bug_hunt`)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import numpy as np

from autograder.gradients import numeric_gradient, relative_error, row
from autograder.questions import bug_hunt, telling_setting
from autograder.questions.examine import left_alone, not_an_array
from autograder.questions.question import Part, Probe, Question, Seen
from autograder.questions.terrain import SHAPES, draw_terrain
from autograder.records import Reply

ASSIGNMENT = "04_gradient_check"

STEP = 1e-5
"""The default step of the lesson's stub."""

CENTRED_TOLERANCE = 1e-7
"""A centred difference at a step of 1e-4 to 1e-7 stays below 1e-8 on the functions drawn here; a one-sided one at 1e-5
is above 1e-6."""

SAME_STEP_TOLERANCE = 1e-9
"""Two centred differences at one step of 1e-2 agree to rounding, about 1e-13; a step of half or twice that differs by
1e-6 and more."""


def draw_slope(rng: np.random.Generator, step: float) -> Probe:
    """A function of one number. The truth is its centred difference at this very step, seen from outside."""
    a, b, c = rng.uniform(0.5, 1.5, size=3)
    x = float(rng.uniform(0.5, 1.5))
    calls: list[float] = []

    def f(x: float) -> float:
        calls.append(float(x))
        return float(a * np.exp(b * x) + c * x)

    measured = float(numeric_gradient(f, np.array(x), step=step))
    exact = float(numeric_gradient(lambda x: a * np.exp(b * x) + c * x, np.array(x), method="complex"))
    calls.clear()
    setting = {"calls": calls, "x": x, "step": step, "exact": exact}
    return Probe({"f": f, "x": x, "h": step}, measured, setting, notes=(calls,))


def _examine_slope(reply: Reply, probe: Probe) -> Seen:
    value = reply.value
    if isinstance(value, np.ndarray) and value.size == 1:
        value = value.item()
    if isinstance(value, bool) or not isinstance(value, int | float):
        return Seen(False, f"{'nothing' if value is None else f'a {type(value).__name__}'} was returned, not a number")
    yours, numeric = np.array(float(value)), np.array(probe.truth)
    if relative_error(yours, numeric) < SAME_STEP_TOLERANCE:
        return Seen(True, "ok      the same in all digits that count")
    return Seen(False, f"wrong   yours {value:.8f}, centred difference {probe.truth:.8f}")


def draw_gradient(rng: np.random.Generator, shapes: Sequence[tuple[int, ...]], step: float | None = None) -> Probe:
    """A function of an array. With a `step` that step is asked for, and the truth is the centred difference there."""
    terrain = draw_terrain(rng, tuple(shapes))
    truth = terrain.gradient
    arguments: dict[str, Any] = {"f": terrain.f, "x": terrain.x}
    if step is not None:
        arguments["h"] = step
        truth = numeric_gradient(terrain.f, terrain.x, step=step)
        terrain.calls.clear()
    setting = {"terrain": terrain, "exact": terrain.gradient, "step": STEP if step is None else step}
    return Probe(arguments, truth, setting, lambda upstream: truth, notes=(terrain.calls,))


def _examine_gradient(reply: Reply, probe: Probe, tolerance: float = CENTRED_TOLERANCE) -> Seen:
    if (complaint := not_an_array(reply)) is not None:
        return complaint
    same_shape = reply.value.shape == probe.truth.shape
    right = same_shape and bool(relative_error(reply.value, probe.truth) < tolerance)
    return Seen(right, row(reply.value, probe.truth, ok_below=tolerance))


def measure_closure(numeric_gradient: Callable[..., Any], x: np.ndarray) -> Any:
    """What a numeric gradient makes of the idiom `lambda ignored: loss()`, which reads the array itself. Runs beside
    the student's code, where that array is."""
    return numeric_gradient(lambda ignored: float(np.sum(np.sin(x) + x**3)), x)


def draw_closure(rng: np.random.Generator) -> Probe:
    x = rng.uniform(0.5, 1.5, size=SHAPES[rng.integers(len(SHAPES))])
    truth = numeric_gradient(lambda x: np.sum(np.sin(x) + x**3), x, method="complex")
    return Probe({"x": x}, truth, {"exact": truth, "step": STEP}, lambda upstream: truth)


def draw_errors(rng: np.random.Generator, zeros: bool) -> Probe:
    """Two arrays that differ by something between nothing and everything, with both signs."""
    shape = SHAPES[rng.integers(len(SHAPES))]
    a = rng.normal(size=shape)
    # Opposite signs and equal ones, always: each hides a missing absolute value that the other shows.
    factors = rng.permutation([-1.5, 1.5, 0.5, *rng.choice([1.0, 1.5, -0.5, 0.5], size=a.size - 3)])
    b = a * factors.reshape(shape)
    if len(set(np.sign(a - b).flat) - {0.0}) == 1:
        a.flat[factors.argmin()] *= -1
        b.flat[factors.argmin()] *= -1
    if zeros:
        picked = rng.permutation(a.size)
        a.flat[picked[:2]] = b.flat[picked[:2]] = 0.0
        a.flat[picked[2]] = 0.0
    # One entry at a time through the yardstick itself, which has its own rule for 0 against 0.
    truth = np.array([relative_error(*pair) for pair in zip(a.flat, b.flat, strict=True)]).reshape(shape)
    return Probe({"a": a, "b": b}, truth, {"a": a, "b": b})


def _examine_errors(reply: Reply, probe: Probe) -> Seen:
    if (complaint := not_an_array(reply)) is not None:
        return complaint
    value, truth = reply.value, probe.truth
    if value.shape != truth.shape:
        return Seen(False, f"shape {value.shape}, expected {truth.shape}")
    # 1e-5: a small number added below the line, which many write against 0/0, changes less.
    wrong = ~np.isclose(value, truth, rtol=0, atol=1e-5)
    if not wrong.any():
        return Seen(True, "as the formula has it")
    first = tuple(int(i) for i in np.argwhere(wrong)[0])
    place = f"at {list(first)} yours is {value[first]:.2f}, the formula gives {truth[first]:.2f}"
    return Seen(False, f"{int(wrong.sum())} of {wrong.size} entries differ; {place}")


PREDICTIONS = ("the best steps", "the gradient on a copy", "a right entry near 0", "the slope at a kink", "what hides")
"""In the order in which the lesson asks for them."""


def predictions_made(predictions: Any) -> list[Any]:
    """What each prediction returns; None where it is not made. Runs beside the student's code."""
    values = []
    for predict in predictions:
        try:
            values.append(predict())
        except Exception:  # a prediction that fails was not made
            values.append(None)
    return values


def _examine_prediction(reply: Reply, probe: Probe) -> Seen:
    number = probe.setting["number"]
    made = isinstance(reply.value, list) and len(reply.value) > number and reply.value[number] is not None
    return Seen(made, "made; right or wrong earns the same" if made else "not made yet")


def _draw_prediction(rng: np.random.Generator, number: int) -> Probe:
    return Probe({}, None, {"number": number})


_usual = partial(draw_gradient, shapes=((4,), (5,)))

QUESTIONS = (
    Question(
        "centred_slope",
        ASSIGNMENT,
        "centred_slope(f, x, h)",
        (
            Part("wide", "the centred difference for h = 0.1", 0.5, partial(draw_slope, step=0.1), _examine_slope),
            Part("narrow", "and for h = 0.001", 0.5, partial(draw_slope, step=1e-3), _examine_slope),
        ),
        "Try it on f = lambda x: x**2, where the centred difference is exactly 2x for every h.",
    ),
    Question(
        "numeric_gradient",
        ASSIGNMENT,
        "numeric_gradient(f, x)",
        (
            Part("value", "every entry of a vector", 1.5, _usual, _examine_gradient),
            Part("matrix", "every entry of a matrix", 0.5,
                 partial(draw_gradient, shapes=((2, 3), (3, 2))), _examine_gradient),
            Part("step", "the step is the h that it is given", 0.5, partial(_usual, step=1e-2),
                 partial(_examine_gradient, tolerance=SAME_STEP_TOLERANCE)),
            Part("closure", "a function that ignores its argument is measured, too", 1.0, draw_closure,
                 _examine_gradient, through=f"{__name__}:{measure_closure.__name__}"),
            Part("alone", "x left exactly as it was", 0.5, _usual, left_alone),
        ),
        "Try it on f = lambda x: np.sum(x**2), whose gradient is 2*x, and print both.",
    ),
    Question(
        "relative_errors",
        ASSIGNMENT,
        "relative_errors(a, b)",
        (
            Part("value", "every entry, whatever its sign", 1.0, partial(draw_errors, zeros=False), _examine_errors),
            Part("zeros", "0 where both are 0", 0.5, partial(draw_errors, zeros=True), _examine_errors),
            Part("alone", "a and b left as they were", 0.5, partial(draw_errors, zeros=False), left_alone),
        ),
        "Take a = np.array([1.0, -2.0]) and b = np.array([1.0, 2.0]): the errors are 0 and 1.",
    ),
    Question(
        "predictions",
        ASSIGNMENT,
        "your predictions",
        tuple(
            Part(f"prediction_{number}", f"made: {words}", 0.2, partial(_draw_prediction, number=number),
                 _examine_prediction, through=f"{__name__}:{predictions_made.__name__}")
            for number, words in enumerate(PREDICTIONS)
        ),
        "Scroll back to the cell and write down what you would have said.",
    ),
    *telling_setting.QUESTIONS,
    *bug_hunt.QUESTIONS,
)  # fmt: skip
