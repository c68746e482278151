"""Whether an answer is right, and what anyone could see of it: both found by running it beside the right one.

Independent of the judge: other inputs, other comparisons, no catalogue. Answers are called on inputs as the course
allows them: a single example, a class that is absent, ties, scores far apart, whole numbers.
"""

from __future__ import annotations

import copy
import functools
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np

TRIALS = 12
OF_SIZES = ("shape", "broadcast", "mismatch", "size", "aligned", "dimension")
"""What NumPy's errors over sizes have in them."""

Call = Callable[[np.random.Generator, int, dict[str, Any]], tuple[list[Any], list[Any]]]
"""Given random numbers, the number of the trial and the answer's names: what came back, and the inputs afterwards."""


Behaves = Callable[[list[Any], int], set[str]]
"""Given what came back in a trial, and its number: names for how the answer behaves, beside what it looks like."""


def facts(right: str, wrong: str, call: Call, behaves: Behaves | None = None) -> frozenset[str] | None:
    """None where `wrong` does what `right` does. Otherwise what can be seen of it, in the catalogue's names."""
    seen: list[set[str]] = []
    factors: list[float] = []
    differs = False
    for trial in range(TRIALS):
        expected = _of_the_right_one(right, call, trial)
        got, problem = _run(wrong, call, trial)
        if problem is not None:
            differs = True
            seen.append(problem)
            continue
        (expected, untouched), (got, inputs) = expected, got
        found = set()
        if not _same(inputs, untouched):
            differs = True
            found.add("changed_in_place")
            found.add("inputs_changed")
        if not _same(got, expected):
            differs = True
            found |= behaves(got, trial) if behaves else set()
            found |= _looks(got, expected)
            if (factor := _factor(got, expected)) is not None:
                factors.append(factor)
        seen.append(found)
    if not differs:
        return None
    observed = set().union(*seen)
    if len(factors) > TRIALS // 2:
        observed.add("constant_factor")  # in each call, if not the same in all
    if len(factors) > TRIALS // 2 and np.allclose(factors, factors[0], rtol=1e-6):
        observed |= {2.0: {"doubled", "two_steps_apart"}, -1.0: {"sign_flipped", "sides_exchanged"}}.get(
            round(factors[0], 6), set()
        )
    return frozenset(observed)


@functools.lru_cache(maxsize=TRIALS)
def _of_the_right_one(text: str, call: Call, trial: int) -> Any:
    """Kept, since it is held against hundreds of slips. Nobody changes it."""
    value, _ = _run(text, call, trial)
    return value


def _run(text: str, call: Call, trial: int) -> tuple[Any, set[str] | None]:
    names: dict[str, Any] = {"np": np, "__name__": "answer"}
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        try:
            exec(compile(text, "answer", "exec"), names)
            return call(np.random.default_rng([trial, 5]), trial, names), None
        except NameError:
            return None, {"name_without_a_value"}
        except np.exceptions.AxisError:
            return None, {"no_such_axis"}
        except IndexError as error:
            return None, {"index_out_of_range" if "out of" in str(error) else "sizes_do_not_fit"}
        except TypeError as error:
            return None, {"argument_left_out" if "required positional" in str(error) else "stopped"}
        except Exception as error:
            if "with a sequence" in str(error):
                return None, {"array_for_one_number"}
            sizes = isinstance(error, ValueError) and any(word in str(error) for word in OF_SIZES)
            return None, {"sizes_do_not_fit"} if sizes else {"stopped"}


def shows_beside(one: str, both: str, call: Call) -> bool:
    """Whether anyone could tell an answer with two slips in it from one that has the first of them only."""
    for trial in range(TRIALS):
        (got, problem), (expected, expected_problem) = _of_one(both, call, trial), _of_one(one, call, trial)
        if problem != expected_problem or (problem is None and not _alike(got, expected)):
            return True
    return False


def _alike(one: Any, other: Any) -> bool:
    """The same, values and inputs afterwards; what is not finite is like anything else that is not."""
    a, b = _flat_deep(one), _flat_deep(other)
    if a is None or b is None:
        return _same(list(one), list(other))
    return a.shape == b.shape and bool(np.allclose(a, b, rtol=1e-7, atol=1e-10, equal_nan=True))


def _flat_deep(value: Any) -> np.ndarray | None:
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list | tuple):
        parts = [_flat_deep(part) for part in value]
        return None if any(part is None for part in parts) else np.concatenate([np.zeros(0), *parts])
    try:
        flat = np.ravel(np.asarray(value, float))
    except (TypeError, ValueError):
        return None
    return np.where(np.isfinite(flat), flat, np.nan)


@functools.lru_cache(maxsize=TRIALS * 300)
def _of_one(text: str, call: Call, trial: int) -> tuple[Any, tuple[str, ...] | None]:
    """Kept, since each slip is in many pairs."""
    value, problem = _run(text, call, trial)
    return value, None if problem is None else tuple(problem)


def _same(one: Any, other: Any) -> bool:
    if isinstance(other, list | tuple):
        return (
            isinstance(one, list | tuple)
            and len(one) == len(other)
            and all(_same(a, b) for a, b in zip(one, other, strict=True))
        )
    if isinstance(other, dict):
        return isinstance(one, dict) and one.keys() == other.keys() and all(_same(one[k], other[k]) for k in other)
    if isinstance(other, bool):
        return isinstance(one, bool | np.bool_) and bool(one) == other
    if one is None or other is None:
        return one is other
    a, b = np.asarray(one), np.asarray(other)
    if a.shape != b.shape or a.dtype == object:
        return False
    return bool(np.allclose(a, b, rtol=1e-7, atol=1e-10 * max(1.0, float(np.max(np.abs(b), initial=0)))))


def _flat(value: Any) -> np.ndarray | None:
    parts = value if isinstance(value, list | tuple) else [value]
    try:
        return np.concatenate([np.ravel(np.asarray(part, float)) for part in parts])
    except (TypeError, ValueError):
        return None


def _looks(got: Any, expected: Any) -> set[str]:
    if isinstance(got, list) and any(one is None for one in got):
        return {"returned_nothing"}
    flat = _flat(got)
    if flat is None or not len(flat):
        return set()
    found = set()
    if not np.isfinite(flat).all():
        found.add("not_finite")
    if not flat.any():
        found.add("all_zeros")
    if _transposed(got, expected):
        found.add("transposed")
    return found


def _transposed(got: Any, expected: Any) -> bool:
    if not (isinstance(got, list) and len(got) == 1 and np.ndim(got[0]) == 2):
        return False
    other = np.transpose(expected[0])
    return np.shape(got[0]) == other.shape and np.allclose(got[0], other)


MISSED = ("wrong_called_right", "wrong_called_right", "tolerance_too_loose", "sign_blind", None,
          "single_entry_missed", None, "sums_compared", "signed_difference", "signed_difference",
          "shape_not_compared", "nan_passes")  # fmt: skip
"""What it is called to say True of the wrong gradients that `of_checker` offers, in their order."""

ALARMED = ("right_called_wrong", "zero_over_zero", "zero_over_zero", "entry_by_entry")
"""And to say False of the right ones: a plain one, zeros, a zero among others, and an entry a billion times smaller."""


def of_checkers(got: list[Any], trial: int) -> set[str]:
    """`Behaves` of whoever `of_checker` asked."""
    right, wrong = got[: len(ALARMED)], got[len(ALARMED) :]
    return {name for name, answer in zip(ALARMED, right, strict=True) if answer is False} | {
        name for name, answer in zip(MISSED, wrong, strict=True) if name and answer is True
    }


def _factor(got: Any, expected: Any) -> float | None:
    a, b = _flat(got), _flat(expected)
    if a is None or b is None or a.shape != b.shape or not np.isfinite(a).all() or not b.any():
        return None
    factor = float(a @ b / (b @ b))
    return factor if factor and np.allclose(a, factor * b, rtol=1e-7, atol=1e-12) else None


def _asked(names: dict[str, Any], function: str, *arguments: Any) -> tuple[list[Any], list[Any]]:
    given = copy.deepcopy(arguments)
    value = names[function](*given)
    return (list(value) if isinstance(value, tuple) else [value]), list(given)


def of_arrays(function: str, draw: Callable[[np.random.Generator, int], tuple]) -> Call:
    """An answer that takes arrays and returns one, or several."""
    return lambda rng, trial, names: _asked(names, function, *draw(rng, trial))


def of_max(function: str, draw: Callable[[np.random.Generator, int], tuple], left: int, right: int) -> Call:
    """The same, where two inputs may tie: what both get there is compared, not who gets it."""

    def call(rng: np.random.Generator, trial: int, names: dict[str, Any]) -> tuple[list[Any], list[Any]]:
        arguments = draw(rng, trial)
        value, given = _asked(names, function, *arguments)
        value = [np.array(one, float) for one in value]
        tie = arguments[left] == arguments[right]
        value[left][tie] += value[right][tie]
        value[right][tie] = 0
        return value, given

    return call


def of_slope(rng: np.random.Generator, trial: int, names: dict[str, Any]) -> tuple[list[Any], list[Any]]:
    x, h = float(rng.normal()), (0.1, 1e-3, 0.5)[trial % 3]
    return [float(names["centred_slope"](lambda v: np.sin(v) + v**3 + 2, x, h))], []


def of_numeric_gradient(rng: np.random.Generator, trial: int, names: dict[str, Any]) -> tuple[list[Any], list[Any]]:
    """With a function of its argument and with one that reads the array itself; the step can be told from the value."""
    x = rng.normal(size=((4,), (3, 2), (2, 3))[trial % 3])
    weights = rng.normal(size=x.shape)
    kept = x.copy()
    h = (1e-2, 1e-3)[trial % 2]
    of_argument = names["numeric_gradient"](lambda z: float(np.sum(weights * z**3) + 1), x, h=h)
    of_closure = names["numeric_gradient"](lambda _: float(np.sum(weights * x**3) + 1), x, h=h)
    return [of_argument, of_closure], [np.array_equal(x, kept)]


def of_checker(rng: np.random.Generator, trial: int, names: dict[str, Any]) -> tuple[list[Any], list[Any]]:
    """Its decisions on right gradients, and on wrong ones that nobody may call right."""
    scale = (1.0, 1e6, 1e-6)[trial % 3]
    x = rng.normal(size=((5,), (3, 2))[trial % 2])
    weights = scale * rng.normal(size=x.shape) * 3

    def f(z: np.ndarray) -> float:
        return float(np.sum(weights * z**2))

    true = 2 * weights * x
    one_off = true.copy()
    one_off.flat[np.argmax(np.abs(true))] *= 1.1
    small = true + 0.0
    small.flat[np.argmin(np.abs(true))] += np.abs(true).max() * 0.1
    checked = names["gradient_check"]
    answers = [checked(f, x, true), checked(lambda z: 3.0, x, np.zeros_like(x))]
    for share in (0.0, 1e-9):
        # A unit behind a ReLU that is off, or nearly: such a gradient is as right as any. The error of a centred
        # difference is about the same in all entries, so the smallest entry is no measure of it.
        weaker = weights.copy()
        weaker.flat[rng.integers(x.size)] *= share
        answers.append(checked(lambda z, weaker=weaker: float(np.sum(weaker * z**2)), x, 2 * weaker * x))
    offered = [2 * true, true / 2, 1.01 * true, -true, np.zeros_like(true), one_off, small, true[::-1].copy(),
               true - scale, true + scale, true.ravel()[:1], np.full_like(true, np.nan)]  # fmt: skip
    answers += [checked(f, x, one) for one in offered]
    return [bool(one) if isinstance(one, np.bool_) else one for one in answers], []


def _net(rng: np.random.Generator, trial: int, names: dict[str, Any]) -> tuple[Any, dict[str, np.ndarray], tuple]:
    N, D, H, C = ((6, 4, 5, 3), (1, 3, 4, 2), (5, 7, 2, 4), (3, 2, 6, 5))[trial % 4]
    np.random.seed(trial)
    net = names["TwoLayerNet"](D, H, C, std=0.3)
    params = {"W1": rng.normal(size=(D, H)), "b1": rng.normal(size=H), "W2": rng.normal(size=(H, C)),
              "b2": rng.normal(size=C)}  # fmt: skip
    X, y = rng.normal(size=(N, D)), rng.integers(0, C, size=N)
    if trial % 3 == 1:
        y[y == C - 1] = 0  # a class is absent
    if trial % 6 == 2:
        params["W2"] *= 400  # scores far apart
    if trial % 6 == 5:
        params["b2"] -= 50  # all scores negative
    return net, params, (X, y)


def of_net(rng: np.random.Generator, trial: int, names: dict[str, Any]) -> tuple[list[Any], list[Any]]:
    """Through what the exercise calls: the constructor, `predict`, `loss`, `train`."""
    net, params, (X, y) = _net(rng, trial, names)
    start = copy.deepcopy(net.params)
    big = names["TwoLayerNet"](40, 50, 30, std=0.01).params
    spread = [bool(abs(np.std(big[name]) / 0.01 - 1) < 0.1) for name in ("W1", "W2")]
    centre = [bool(abs(np.mean(big[name])) < 0.001) for name in ("W1", "W2")]
    net.params = copy.deepcopy(params)
    scores, classes = net.loss(X), net.predict(X)
    plain, penalised = net.loss(X, y), net.loss(X, y, reg=0.3)
    again = net.loss(X, y, reg=0.3)
    inputs = [X, y, copy.deepcopy(net.params)]
    net.params = {name: 0.1 * value for name, value in params.items()}
    trained = _trained(net, rng, X.shape[1], params["b2"].size, trial)
    shapes = [list(start[name].shape) for name in ("W1", "b1", "W2", "b2")]
    returned = [[*shapes, spread, centre], start["b1"], start["b2"], scores, classes,
                _float_or_array(plain[0]), plain[1], _float_or_array(penalised[0]), penalised[1], again[1]]  # fmt: skip
    return [*returned, *trained], inputs


def _trained(net: Any, rng: np.random.Generator, D: int, C: int, trial: int) -> list[Any]:
    """Seeded, so that an answer which draws its batches as the reference does learns the same."""
    X, y = rng.normal(size=(9, D)), rng.integers(0, C, size=9)
    X_val, y_val = rng.normal(size=(5, D)), rng.integers(0, C, size=5)
    np.random.seed(trial)
    batch_size = (3, 2, 9, 20)[trial % 4]
    history = net.train(X, y, X_val, y_val, learning_rate=0.2, learning_rate_decay=0.7, reg=0.1, num_iters=10,
                        batch_size=batch_size, verbose=False)  # fmt: skip
    lists = ("loss_history", "train_acc_history", "val_acc_history")
    return [*(np.asarray(history[name], float) for name in lists), net.params]


def _float_or_array(value: Any) -> Any:
    return float(value) if np.ndim(value) == 0 else np.asarray(value)
