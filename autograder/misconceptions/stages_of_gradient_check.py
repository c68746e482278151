"""The measured derivatives and the relative errors of `04_gradient_check` as stages.

Of a derivative: where f was asked on either side, the rise, the run, and what becomes of both. f is ours, so it is
asked again at every place that a student may have meant. The checker itself is in `stages_of_checker`.
"""

from __future__ import annotations

from collections.abc import Callable, Collection

import numpy as np

from autograder.misconceptions.movements import NOISE
from autograder.misconceptions.relative_errors import ERRORS
from autograder.misconceptions.slopes import GRADIENT, SLOPE
from autograder.misconceptions.stages import Make, Slip, Stage, Values, Way
from autograder.questions import Probe
from autograder.questions.gradient_check import STEP
from autograder.questions.terrain import displacements

Place = Callable[[float, float], float]
"""Of an entry and the step: where the entry is put before f is asked."""

At = Callable[[Values, Place], np.ndarray]
"""f, asked there; for a gradient, once for each entry. nan where the student did not ask it."""

SAME_PLACE = 1e-12
"""Far below any step that could be meant, above the rounding of x + h - 2 * h."""


def _side(name: str, at: At, right: Place, other_side: Place, one_sided: str, elsewhere: str) -> Stage:
    """One of the two values, and how many steps it adds to the run.

    Of a one-sided difference the run can be right or, where a centred one was changed, still be two steps.
    """

    def asked(place: Place, steps: float = 1) -> Make:
        def make(v: Values) -> tuple[np.ndarray, float]:
            value = at(v, place)
            if place is not right and np.all(np.isnan(value)):
                raise KeyError("nobody asked there")
            return value, steps

        return make

    return Stage(name, asked(right), (
        Slip(one_sided, asked(lambda x, h: x, steps=0)),
        Slip(one_sided, asked(lambda x, h: x)),
        Slip(one_sided, asked(other_side)),
        Slip(elsewhere, asked(lambda x, h: h)),
        Slip(elsewhere, asked(lambda x, h: -h)),
        Slip(elsewhere, asked(lambda x, h: h - x)),
    ))  # fmt: skip


def _asked_twice(places: Collection) -> bool | None:
    """Whether f was called twice at one place away from x; None where nobody called it."""
    return len(set(places)) < len(places) if places else None


def _alone(side: str) -> Make:
    """Who asks twice at one place means both values."""

    def make(v: Values) -> np.ndarray:
        if v["asked twice"]:
            raise KeyError("two values, of one place")
        return v[side][0]

    return make


def _both(v: Values) -> tuple[np.ndarray, np.ndarray]:
    right, left = v["right"][0], v["left"][0]
    if v["asked twice"] is False and np.array_equal(right, left):
        raise KeyError("one value, used twice")
    return right, left


def _steps(v: Values) -> float:
    return v["right"][1] + v["left"][1]


def _two_steps_apart(v: Values) -> float:
    if _steps(v) != 2:
        raise KeyError("of a one-sided difference h is the run")
    return v["h"]


def _difference_quotient(at: At, one_sided: str, elsewhere: str) -> tuple[Stage, ...]:
    return (
        _side("right", at, lambda x, h: x + h, lambda x, h: x - h, one_sided, elsewhere),
        _side("left", at, lambda x, h: x - h, lambda x, h: x + h, one_sided, elsewhere),
        Stage("both", _both),
        Stage("rise", lambda v: v["both"][0] - v["both"][1], (
            Slip("sides_exchanged", lambda v: v["both"][1] - v["both"][0]),
            Slip("values_added", lambda v: v["both"][0] + v["both"][1]),
            Slip("one_value_alone", _alone("right")),
            Slip("one_value_alone", _alone("left")),
        )),
        Stage("run", lambda v: _steps(v) * v["h"], (
            Slip("two_steps_apart", _two_steps_apart),
            Slip("not_divided_by_the_step", lambda v: 1),
            Slip("not_divided_by_the_step", lambda v: 2),
            Slip("divided_by_the_step_again", lambda v: _steps(v) * v["h"] ** 2),
            Slip("divided_by_the_step_again", lambda v: (_steps(v) * v["h"]) ** 2),
            Slip("run_of_another_length", lambda v: 3 * v["h"]),
            Slip("run_of_another_length", lambda v: 4 * v["h"]),
            Slip("run_of_another_length", lambda v: v["h"] / 2),
        )),
        Stage("quotient", lambda v: v["rise"] / v["run"], (
            Slip("multiplied_by_the_step", lambda v: v["rise"] * v["run"]),
            Slip("multiplied_by_the_step", lambda v: v["rise"] / 2 * v["h"]),
        )),
        Stage("signed", lambda v: v["quotient"], (Slip("sides_exchanged", lambda v: -v["quotient"]),)),
    )  # fmt: skip


def _slope(probe: Probe) -> Values:
    """Raises KeyError for a part that draws something else, as the other beginnings do."""
    setting, calls = probe.setting, probe.setting["calls"]
    twice = _asked_twice([call for call in calls if call != setting["x"]])
    return {"f": probe.arguments["f"], "x": setting["x"], "h": setting["step"], "calls": calls, "asked twice": twice}


def _at_a_number(v: Values, place: Place) -> np.ndarray:
    where = place(v["x"], v["h"])
    if v["calls"] and np.min(np.abs(np.array(v["calls"]) - where)) > SAME_PLACE:
        return np.array(np.nan)
    value = v["f"](where)
    v["calls"].pop()  # ours
    return np.array(value)


def _gradient(probe: Probe) -> Values:
    terrain = probe.setting["terrain"]
    moves = displacements(terrain)
    twice = _asked_twice([move.tobytes() for move in moves if np.any(np.abs(move) > NOISE)])
    moved = np.abs([*moves, np.zeros(terrain.x.shape)])
    # x ± h is rounded; nobody's step has more than six digits.
    taken = float(f"{moved[moved > NOISE].min():.6g}") if np.any(moved > NOISE) else STEP
    asked = probe.arguments.get("h", taken)
    touched = moved.max(axis=0) > NOISE
    return {"terrain": terrain, "asked": asked, "taken": taken, "moved": touched, "asked twice": twice}


def _at_each_entry(v: Values, place: Place) -> np.ndarray:
    terrain = v["terrain"]
    values = np.full(terrain.x.shape, np.nan)
    already = len(terrain.calls)
    asked = np.array([call for call in terrain.calls if call.shape == values.shape])
    for index in np.ndindex(values.shape):
        moved = terrain.x.copy()
        moved[index] = place(moved[index], v["h"])
        if not already or np.any(np.all(np.abs(asked - moved) <= SAME_PLACE, axis=tuple(range(1, asked.ndim)))):
            values[index] = terrain.f(moved)
    del terrain.calls[already:]  # ours
    return values


def _other_step(v: Values) -> float:
    if v["taken"] == v["asked"]:
        raise KeyError("it took the step it was asked for")
    return v["taken"]


def _never_moved(v: Values) -> np.ndarray:
    if v["moved"].all() or not v["moved"].any():
        raise KeyError("each had its turn, or none")
    return np.where(v["moved"], v["signed"], 0.0)


DERIVATIVES = (
    Way(SLOPE, _slope, _difference_quotient(_at_a_number, "one_sided_slope", "asked_elsewhere"),
        parts=("wide", "narrow"), of_the_calls=True),
    Way(GRADIENT, _gradient, (
        Stage("h", lambda v: v["asked"], (Slip("step_ignored", _other_step),)),
        *_difference_quotient(_at_each_entry, "one_sided_gradient", "unequal_steps"),
        Stage("filled", lambda v: v["signed"], (Slip("entries_never_moved", _never_moved),)),
    ), parts=("value", "matrix", "step"), of_the_calls=True),
)  # fmt: skip


def _size_of(name: str) -> Stage:
    return Stage(f"|{name}|", lambda v: np.abs(v[name]), (Slip("size_without_abs", lambda v: v[name]),))


RELATIVE_ERRORS = Way(ERRORS, lambda probe: {"a": probe.setting["a"], "b": probe.setting["b"]}, (
    Stage("apart", lambda v: v["a"] - v["b"], (
        Slip("errors_of_the_sum", lambda v: v["a"] + v["b"]),
        Slip("errors_of_one_alone", lambda v: v["a"]),
        Slip("errors_of_one_alone", lambda v: v["b"]),
    )),
    Stage("distance", lambda v: np.abs(v["apart"]), (Slip("errors_without_abs", lambda v: v["apart"]),)),
    _size_of("a"),
    _size_of("b"),
    Stage("size", lambda v: v["|a|"] + v["|b|"], (
        Slip("size_without_abs", lambda v: np.abs(v["a"] + v["b"])),
        Slip("sizes_subtracted", lambda v: v["|a|"] - v["|b|"]),
        Slip("sizes_subtracted", lambda v: v["|b|"] - v["|a|"]),
        Slip("relative_to_the_larger", lambda v: np.maximum(v["|a|"], v["|b|"])),
        *(Slip("relative_to_one_of_them", lambda v, name=name, times=times: times * v[name])
          for name in ("|a|", "|b|") for times in (1, 2)),
    )),
    Stage("divisor", lambda v: np.where(v["size"] > 0, v["size"], 1), (
        Slip("errors_undefined_at_zero", lambda v: v["size"]),
        Slip("absolute_errors", lambda v: np.where(v["size"] <= 0, v["size"], 1)),
        Slip("absolute_errors", lambda v: np.where(v["size"] < 0, v["size"], 1)),
    ), other_words=(
        lambda v: np.where(v["size"] != 0, v["size"], 1),
        lambda v: np.maximum(v["size"], 1e-8),
        lambda v: np.maximum(v["size"], 1e-12),
        lambda v: np.where(v["size"] > 0, v["size"], np.inf),  # a buffer of zeros, filled where there is a size
    )),
    Stage("errors", lambda v: v["distance"] / v["divisor"], (
        Slip("errors_multiplied", lambda v: v["distance"] * v["divisor"]),
        Slip("absolute_errors", lambda v: v["distance"]),
        Slip("errors_divided_twice", lambda v: v["distance"] / v["divisor"] ** 2),
    )),
    Stage("signed", lambda v: v["errors"], (Slip("errors_negated", lambda v: -v["errors"]),)),
), parts=("value", "zeros"))  # fmt: skip

WAYS = (*DERIVATIVES, RELATIVE_ERRORS)
