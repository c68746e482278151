"""The scale lab of `01_gates`: how large gradients become with their inputs, and what that does to training.

Every gradient here is measured. Plots follow the rules in `drawing`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from autograder.gradients import numeric_gradient

STYLES = (("#08306b", "-", "o"), ("#d94801", "--", "s"), ("0.45", ":", "^"))


def gradient_sizes(f: Callable, w: np.ndarray, x: np.ndarray, scales: np.ndarray) -> dict[str, np.ndarray]:
    """Sizes (largest entry) of the measured gradients of `f(w, αx)` by w and by the scaled input, for each α.

    w, x: (D,). Returns {"dw": (len(scales),), "dx": (len(scales),)}.
    """
    dw = [np.abs(numeric_gradient(lambda w, a=a: f(w, a * x), w)).max() for a in scales]
    dx = [np.abs(numeric_gradient(lambda v: f(w, v), a * x)).max() for a in scales]
    return {"dw": np.array(dw), "dx": np.array(dx)}


def plot_gradient_sizes(sizes: Mapping[str, np.ndarray], scales: np.ndarray) -> None:
    """Gradient size against input scale on two logarithmic axes; the title states the measured slope of dw."""
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(figsize=(6.4, 3.8))
    for (name, size), (colour, line, marker) in zip(sizes.items(), STYLES, strict=False):
        axes.plot(scales, size, color=colour, linestyle=line, marker=marker, markevery=2)
        axes.annotate(name, (scales[-1], size[-1]), xytext=(8, 0), textcoords="offset points", va="center")
    slope = np.polyfit(np.log(scales), np.log(sizes["dw"]), 1)[0]
    axes.set(xscale="log", yscale="log", xlabel="input scale α", ylabel="size of the gradient")
    axes.set_title(f"Inputs 10 times as large make dw {10**slope:.0f} times as large")
    _tidy(axes)
    figure.tight_layout()


def descend(X: np.ndarray, y: np.ndarray, rate: float, steps: int = 60, *, bias: bool = True) -> np.ndarray:
    """Mean squared errors on the way of gradient descent from 0: before each of `steps` steps, and after the last.

    The model is X @ w + b, or X @ w without `bias`.

    X: (N, D), y: (N,). Returns (steps + 1,); inf from where the loss has left all bounds.
    """
    inputs = np.column_stack([X, np.ones(len(X))]) if bias else X
    at = np.zeros(inputs.shape[1])

    def loss(at):
        return np.mean((inputs @ at - y) ** 2)

    losses = np.full(steps + 1, np.inf)
    for step in range(steps + 1):
        losses[step] = loss(at)
        if losses[step] > 1e12:
            losses[step:] = np.inf
            break
        at = at - rate * numeric_gradient(loss, at, method="complex")
    return losses


def best_rate(X: np.ndarray, y: np.ndarray, steps: int = 60) -> float:
    """Of the rates 1, 1/2, 1/4, … the one with the lowest loss after `steps` steps."""
    rates = 0.5 ** np.arange(24)
    return float(min(rates, key=lambda rate: descend(X, y, rate, steps)[-1]))


def plot_descents(losses: Mapping[str, np.ndarray], title: str = "") -> None:
    """Loss against step, one line a setting; what diverges leaves the picture at the top."""
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(figsize=(6.8, 3.8))
    for (name, loss), (colour, line, marker) in zip(losses.items(), STYLES, strict=False):
        shown = np.where(np.isfinite(loss), loss, np.nan)
        axes.plot(shown, color=colour, linestyle=line, marker=marker, markevery=max(1, len(loss) // 8), label=name)
    top = 20 * max(loss[0] for loss in losses.values())
    bottom = min(np.min(loss) for loss in losses.values()) / 2
    axes.set(yscale="log", ylim=(bottom, top), xlabel="step", ylabel="loss", title=title)
    axes.legend(frameon=False)
    _tidy(axes)
    figure.tight_layout()


def _tidy(axes) -> None:
    axes.grid(alpha=0.3)
    axes.spines[["top", "right"]].set_visible(False)
    axes.margins(x=0.1)
