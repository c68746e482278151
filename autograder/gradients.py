"""Numeric derivatives, relative error, and the report that lines them up.

The yardstick of every lesson and every question: a student's gradient is held against a derivative that
was measured, never against a closed form.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from contextvars import ContextVar
from typing import Literal

import numpy as np

from autograder.errors import QuestionError, ShapeMismatch

CENTRED_STEP = float(np.finfo(np.float64).eps) ** (1 / 3)
"""About 6e-6. The centred difference errs by h²·f‴/6 (truncation) plus about eps·|f|/h (rounding); for f and f‴ of
order 1 their sum is least near h = eps^(1/3), where the error is about 1e-10.
Source: Press et al., Numerical Recipes, "Numerical Derivatives"."""

COMPLEX_STEP = 1e-200
"""The complex step subtracts nothing, so nothing cancels and the step can be as small as the exponent allows: h² is 0
in float64 and the truncation error with it. Source: Squire and Trapp, SIAM Review 40 (1998), 110–112."""

OK_BELOW = 1e-7
"""For `report`: a right analytic gradient against a centred difference stays below it (see CENTRED_STEP) for losses of
order 1 to 100; a wrong factor, sign or axis is above 1e-3."""

numeric_gradient_calls: ContextVar[list[int] | None] = ContextVar("numeric_gradient_calls", default=None)
"""While a student's function is being asked, a one-element count of its calls to `numeric_gradient`; else None."""


def numeric_gradient(
    f: Callable[[np.ndarray], np.ndarray | float],
    x: np.ndarray,
    upstream: np.ndarray | None = None,
    *,
    method: Literal["centred", "complex"] = "centred",
    step: float | None = None,
    entries: Iterable[tuple[int, ...]] | None = None,
) -> np.ndarray:
    """Derivative of `sum(upstream * f(x))` with respect to `x`, by perturbing one entry at a time.

    `f`: takes an array like `x`; returns a number, or an array of the shape of `upstream`.
    `x`: any shape, real. It is perturbed in place and restored, so that a function that ignores its argument and
    reads the array itself, as the CS231n idiom `lambda W: net.loss(X, y)[0]` does, is measured too.
    `upstream`: shape of `f(x)`; None stands for ones, that is, for the derivative of `f(x).sum()`.
    `method`: `"complex"` is exact to rounding, but `f` must be analytic (no abs, max or comparison) and must use its
    argument, which is then a complex copy of `x`.
    `entries`: index tuples; only these are measured, and the result is 1-D in their order.
    Returns float64 of the shape of `x`.
    Raises `ShapeMismatch` when `f(x)` and `upstream` differ in shape, `QuestionError` for an unknown method or an
    `x` that a small step cannot change (integers).
    """
    calls = numeric_gradient_calls.get()
    if calls is not None:
        calls[0] += 1
    if not np.issubdtype(np.asarray(x).dtype, np.floating):
        raise QuestionError(
            f"x has dtype {np.asarray(x).dtype}, and a small step would be rounded away.", "Use x.astype(float)."
        )
    if method == "complex":
        measure = _complex_step(f, x, upstream, COMPLEX_STEP if step is None else step)
    elif method == "centred":
        measure = _centred_difference(f, x, upstream, CENTRED_STEP if step is None else step)
    else:
        raise QuestionError(f"There is no method {method!r}.", 'Use "centred" or "complex".')
    if entries is not None:
        return np.array([measure(tuple(index)) for index in entries])
    gradient = np.empty(np.shape(x))
    for index in np.ndindex(gradient.shape):
        gradient[index] = measure(index)
    return gradient


def _centred_difference(f, x, upstream, step):
    def measure(index):
        before = x[index]
        try:
            x[index] = before + step
            above, right = x[index], _weigh(f(x), upstream)
            x[index] = before - step
            below, left = x[index], _weigh(f(x), upstream)
        finally:
            x[index] = before
        # The step that was really taken: before + step is rounded, in float32 by as much as the step itself.
        return float((right - left).sum() / (float(above) - float(below)))

    return measure


def _complex_step(f, x, upstream, step):
    moved = np.array(x, dtype=complex)

    def measure(index):
        before = moved[index]
        try:
            moved[index] = before + 1j * step
            return float(_weigh(f(moved), upstream).sum().imag / step)
        finally:
            moved[index] = before

    return measure


def _weigh(value, upstream):
    """`upstream * f(x)`, entry by entry: summed only after the subtraction, where fewer digits cancel."""
    # A copy: f may hand back x itself, which moves on before the two values are subtracted.
    value = np.array(value)
    if upstream is None:
        return value
    if np.shape(upstream) != value.shape:
        raise ShapeMismatch(
            f"f(x) has shape {value.shape} but upstream has shape {np.shape(upstream)}.",
            "An upstream gradient always has the shape of the value it belongs to.",
        )
    return upstream * value


def relative_error(yours: np.ndarray, numeric: np.ndarray) -> float:
    """Largest difference, relative to the largest size: max|a − b| / max(|a| + |b|).

    Both of one shape. 0 means equal, 1 means nothing in common or a wrong sign, nan stays nan; two arrays of zeros
    differ by 0. A constant wrong factor k gives |k − 1| / (|k| + 1) (1/3 for a factor of 2).
    Scaled by the largest entry, not entry by entry, because a true entry near 0 would turn rounding into an error of 1.
    Raises `ShapeMismatch` if the shapes differ: broadcasting would compare what does not belong together.
    """
    yours, numeric = np.asarray(yours), np.asarray(numeric)
    if yours.shape != numeric.shape:
        raise ShapeMismatch(
            f"Your gradient has shape {yours.shape} but the numeric one has shape {numeric.shape}.",
            "A gradient always has the shape of its parameter.",
        )
    if yours.size == 0:
        return 0.0
    size = np.max(np.abs(yours) + np.abs(numeric))
    return float(np.max(np.abs(yours - numeric)) / size) if size != 0 else 0.0


def report(gradients: Mapping[str, tuple[np.ndarray, np.ndarray]], *, ok_below: float = OK_BELOW) -> str:
    """One aligned row per gradient, so that the eye finds the odd one.

    `gradients`: name → (yours, numeric). Returns text such as

        dW   ok      relative error 3e-09
        db   wrong   relative error 0.86    largest at [4]: yours 7.00, numeric 1.00
    """
    width = max((len(name) for name in gradients), default=0)
    return "\n".join(f"{name:<{width}}   {row(*pair, ok_below=ok_below)}" for name, pair in gradients.items())


def row(yours: np.ndarray, numeric: np.ndarray, *, ok_below: float = OK_BELOW) -> str:
    """One row of `report`, without the name."""
    yours, numeric = np.asarray(yours), np.asarray(numeric)
    if yours.shape != numeric.shape:
        return f"wrong   shape {yours.shape}, expected {numeric.shape}"
    error = relative_error(yours, numeric)
    shown = f"{error:.0e}" if error < 0.01 else f"{error:.2f}"
    if error < ok_below:
        return f"ok      relative error {shown}"
    distance = np.abs(yours - numeric)
    worst = np.unravel_index(np.argmax(np.where(np.isnan(distance), np.inf, distance)), distance.shape)
    place = "[" + ", ".join(str(int(i)) for i in worst) + "]"
    # Two decimals, unless the difference is too small to show in them.
    digits = ".2f" if f"{yours[worst]:.2f}" != f"{numeric[worst]:.2f}" else ".14g"
    values = f"yours {yours[worst]:{digits}}, numeric {numeric[worst]:{digits}}"
    return f"wrong   relative error {shown:<6}  largest at {place}: {values}"
