"""The dimension drill of `02_linear_layer`: what shapes can tell, and what they never show."""

from __future__ import annotations

from functools import partial
from itertools import product

import numpy as np

from autograder.gradients import numeric_gradient, relative_error
from autograder.questions.question import Part, Probe, Question, Seen
from autograder.records import Reply

ASSIGNMENT = "02_linear_layer"

SIZES = {
    "all different": {"N": 5, "D": 4, "C": 3},
    "N = D": {"N": 4, "D": 4, "C": 3},
    "N = C": {"N": 3, "D": 4, "C": 3},
    "D = C": {"N": 5, "D": 4, "C": 4},
}
"""The four cases of `drill_fits`."""

BLIND_SPOTS = {
    "a": ("a factor 1/N too many", lambda dW, X, dY: dW / len(X)),
    "b": ("a flipped sign", lambda dW, X, dY: -dW),
    "c": ("a transpose left out, when N, D and C are all different", lambda dW, X, dY: X @ dY),
    "d": ("a mean where a sum belongs", lambda dW, X, dY: np.mean(X[:, :, None] * dY[:, None, :], axis=0)),
    "e": ("db summed along the wrong axis, when N and C are different", lambda dW, X, dY: dW + dY.sum(axis=1)),
    "f": ("a mask left out: entries that should be 0 and are not", lambda dW, X, dY: np.where(dW > 0, dW, 1.0)),
}
"""Letter → (mistake, as the lesson prints it; the mistake made on a real dW). What its shape hides is tried, not
listed, and only for the letters that a student ticks."""


def hides(letter: str, X: np.ndarray, dY: np.ndarray) -> bool:
    """The mistake leaves the shape of dW as it should be."""
    dW = np.ones((X.shape[1], dY.shape[1]))
    try:
        return BLIND_SPOTS[letter][1](dW, X, dY).shape == dW.shape
    except ValueError:  # the shapes gave it away
        return False


def products_that_fit(N: int, D: int, C: int) -> set[str]:
    """Which of the eight products of X or X.T with dY or dY.T, in both orders, have the shape of W (D, C).

    Counted from shapes alone: multiplied out on zeros.
    """
    factors = {"X": np.zeros((N, D)), "X.T": np.zeros((D, N)), "dY": np.zeros((N, C)), "dY.T": np.zeros((C, N))}
    fits = set()
    for x, dy in product(("X", "X.T"), ("dY", "dY.T")):
        for left, right in ((x, dy), (dy, x)):
            (rows, inner), (inner_too, columns) = factors[left].shape, factors[right].shape
            if inner == inner_too and (rows, columns) == (D, C):
                fits.add(f"{left} @ {right}")
    return fits


def _examine_fits(reply: Reply, probe: Probe) -> Seen:
    case = probe.setting["case"]
    if not isinstance(reply.value, dict):
        return Seen(False, "a dict with one entry per case was expected")
    if case not in reply.value:
        return Seen(False, f"the dict has no entry {case!r}")
    answer = reply.value[case]
    if isinstance(answer, str) or not isinstance(answer, (list, tuple, set, frozenset)):
        return Seen(False, 'a list such as ["X @ dY"] was expected')
    written = {" @ ".join(factor.strip() for factor in str(entry).split("@")) for entry in answer}
    known = products_that_fit(2, 2, 2)
    if strange := written - known:
        return Seen(False, f"{sorted(strange)[0]!r} is not one of the eight products")
    missing, extra = len(probe.truth - written), len(written - probe.truth)
    if not missing and not extra:
        return Seen(True, f"{len(written)} of the eight")
    sizes = "N = {N}, D = {D}, C = {C}".format(**probe.setting)
    counts = [f"{extra} of yours do not fit"] * bool(extra) + [f"{missing} more would fit"] * bool(missing)
    return Seen(False, f"{sizes}: {', '.join(counts)}")


def _draw_fits(rng: np.random.Generator, case: str) -> Probe:
    sizes = SIZES[case]
    return Probe({}, products_that_fit(**sizes), {"case": case, **sizes})


def _draw_counter_example(rng: np.random.Generator) -> Probe:
    return Probe({}, None)


def _pair(reply: Reply) -> tuple[np.ndarray, np.ndarray] | Seen:
    """The student's (X, dY) if both are matrices of numbers, else what was seen instead."""
    if not isinstance(reply.value, (tuple, list)) or len(reply.value) != 2:
        return Seen(False, "two arrays were expected: return X, dY")
    arrays = [np.asarray(value) for value in reply.value]
    if any(array.ndim != 2 or array.dtype.kind not in "iuf" or array.size == 0 for array in arrays):
        return Seen(False, "X and dY should be matrices of numbers")
    if any(array.size > 10_000 for array in arrays):
        return Seen(False, "smaller matrices, please: at most 10,000 numbers each")
    if not all(np.isfinite(array).all() for array in arrays):
        return Seen(False, "X and dY hold nan or inf")
    X, dY = (array.astype(float) for array in arrays)
    return X, dY


def examine_fits_like_W(reply: Reply, probe: Probe) -> Seen:
    """X @ dY can be formed and has the shape of W."""
    pair = _pair(reply)
    if isinstance(pair, Seen):
        return pair
    X, dY = pair
    if X.shape[0] != dY.shape[0]:
        return Seen(False, f"X has {X.shape[0]} rows and dY has {dY.shape[0]}: both have one row per example")
    if X.shape[0] != X.shape[1]:
        return Seen(False, f"X is {X.shape}: X @ dY has the shape of W only when N = D")
    return Seen(True, f"X @ dY is {(X @ dY).shape}, and so is W")


def examine_wrong_all_the_same(reply: Reply, probe: Probe) -> Seen:
    """X @ dY has the shape of W but is not the gradient."""
    if not (fits := examine_fits_like_W(reply, probe)).passed:
        return fits
    X, dY = _pair(reply)
    W = np.zeros((X.shape[1], dY.shape[1]))
    gradient = numeric_gradient(lambda W: X @ W, W, dY, method="complex")
    error = relative_error(X @ dY, gradient)
    # 1e-6: a difference that is there to see, not one of rounding.
    if error > 1e-6:
        return Seen(True, f"X @ dY is off by a relative error of {error:.2f}")
    return Seen(False, "X @ dY equals the numeric gradient here")


def _examine_blind_spots(reply: Reply, probe: Probe) -> Seen:
    """Ticked option by option: each right tick earns a share, each wrong tick takes one back."""
    if not isinstance(reply.value, (list, tuple, set, frozenset, str)):
        return Seen(False, 'a list of letters was expected, such as ["a"]')
    ticks = {str(tick).strip().lower() for tick in reply.value if str(tick).strip()}
    if strange := ticks - BLIND_SPOTS.keys():
        return Seen(False, f"{sorted(strange)[0]!r} is not one of the letters")
    if not ticks:
        return Seen(False, "no letter was given")
    X, dY = probe.setting["X"], probe.setting["dY"]
    right = sum(hides(letter, X, dY) for letter in ticks)
    wrong = len(ticks) - right
    share = max(0, right - wrong) / sum(hides(letter, X, dY) for letter in BLIND_SPOTS)
    says = f"{right} of your {len(ticks)} ticks are right"
    if share < 1 and not wrong:
        says += ", and there is more to find"
    return Seen(share == 1, says, share)


def _draw_blind_spots(rng: np.random.Generator) -> Probe:
    N, D, C = rng.choice(np.arange(2, 9), size=3, replace=False)  # all different: equal sizes hide more
    return Probe({}, None, {"X": np.ones((N, D)), "dY": np.ones((N, C))})


QUESTIONS = (
    Question(
        "drill_fits",
        ASSIGNMENT,
        "drill_fits()",
        tuple(
            Part(
                case.replace(" ", "_"), f"the products that fit when {label}", 0.5, partial(_draw_fits, case=case),
                _examine_fits,
            )
            for case, label in zip(SIZES, ("N, D, C are all different", "N = D", "N = C", "D = C"), strict=True)
        ),
        "Write the eight products down with their sizes; cross out those whose inner sizes differ, then those whose "
        "outer sizes are not (D, C).",
    ),
    Question(
        "drill_counter_example",
        ASSIGNMENT,
        "drill_counter_example()",
        (
            Part("fits", "X @ dY has the shape of W", 0.5, _draw_counter_example, examine_fits_like_W),
            Part("wrong", "and is not the gradient", 0.5, _draw_counter_example, examine_wrong_all_the_same),
        ),
        "Take X of size 2 × 2 and dY of size 2 × 1, small whole numbers, and work out X @ dY and X.T @ dY on paper.",
    ),
    Question(
        "drill_blind_spots",
        ASSIGNMENT,
        "drill_blind_spots()",
        (Part("ticks", "what the shape never shows", 1.0, _draw_blind_spots, _examine_blind_spots),),
        "Make each mistake on a small dW and look at its shape: does anything complain?",
    ),
)  # fmt: skip
