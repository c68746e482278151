"""The pictures of `05_two_layer_net`. One idea each; dark solid against light dashed, so that a grey print still tells
them apart."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from autograder.datasets import Images
from autograder.experiments.overfitting import Sweep
from autograder.experiments.search import SearchTable

TRAIN, TEST = "#08306b", "#d94801"
BETWEEN = "#fdd0a2"

SAYS = {"images": "training images", "units": "hidden units", "reg": "regularisation strength"}
"""Field of `Setting` → label of the axis."""

SMOOTHED = 25
"""Iterations in the running mean of the loss: one batch says little."""


def draw_examples(images: Images, each: int = 8) -> None:
    """The first `each` training images of every class, a row a class."""
    import matplotlib.pyplot as plt

    rows = len(images.classes)
    shown = [images.X_train[images.y_train == label][:each] + images.mean for label in range(rows)]
    blank = np.zeros(images.mean.shape)
    pictures = [picture for row in shown for picture in (*row, *[blank] * (each - len(row)))]
    _, axes = plt.subplots(figsize=(0.62 * each + 1.4, 0.62 * rows + 0.5), layout="constrained")
    axes.imshow(_side_by_side(pictures, images.shape, each, gap=0), cmap="gray_r", vmin=0, vmax=1)
    axes.set_yticks(np.arange(rows) * images.shape[0] + images.shape[0] / 2, images.classes)
    axes.tick_params(length=0)
    axes.set_xticks([])
    axes.spines[:].set_visible(False)
    axes.set_title(f"{rows} classes, {each} training images of each", fontsize=12)


def plot_training(history: Mapping[str, Sequence[float]]) -> None:
    """Loss by iteration, and accuracy by epoch on the batch and on the validation images.

    `history`: what `TwoLayerNet.train` returns.
    """
    import matplotlib.pyplot as plt

    loss = np.asarray(history["loss_history"], dtype=float)
    figure, (left, right) = plt.subplots(1, 2, figsize=(9.6, 3.6))
    left.plot(loss, color="#c6dbef", label="each batch")
    if len(loss) > SMOOTHED:
        smooth = np.convolve(loss, np.ones(SMOOTHED) / SMOOTHED, mode="valid")
        left.plot(np.arange(len(smooth)) + SMOOTHED - 1, smooth, color=TRAIN, label=f"mean of {SMOOTHED}")
        left.legend(frameon=False)
    left.set(xlabel="iteration", ylabel="loss", title=_what_the_loss_does(loss))
    train, val = (np.asarray(history[f"{which}_acc_history"], dtype=float) for which in ("train", "val"))
    right.plot(train, color=TRAIN, marker="o", markersize=4, label="training (last batch)")
    right.plot(val, color=TEST, marker="s", markersize=4, linestyle="--", label="validation")
    right.set(xlabel="epoch", ylabel="accuracy", ylim=(0, 1.02), title=f"Validation accuracy ends at {val[-1]:.2f}")
    right.xaxis.get_major_locator().set_params(integer=True)  # there is no epoch 2.5
    right.legend(frameon=False, loc="lower right")
    for axes in (left, right):
        _plain(axes)
    figure.tight_layout()


def _what_the_loss_does(loss: np.ndarray) -> str:
    """A title that is true of a training that went wrong, too."""
    if not np.isfinite(loss).all():
        return f"The loss is no number any more from iteration {int(np.argmin(np.isfinite(loss)))} on"
    # One batch says little: the end is a mean where there are enough of them.
    first, last = loss[0], loss[-min(SMOOTHED, max(1, len(loss) // 4)) :].mean()
    does = "falls" if last < 0.98 * first else "rises" if last > 1.02 * first else "hardly moves,"
    return f"The loss {does} from {first:.2f} to {last:.2f}"


def draw_weights(W1: np.ndarray, shape: tuple[int, ...]) -> None:
    """The columns of W1 (D, H) as pictures of `shape`, one a hidden unit, with one scale for all."""
    import matplotlib.pyplot as plt

    count = W1.shape[1]
    columns = min(count, 10)
    rows = -(-count // columns)
    # The largest entries are few; cut there, the others become visible.
    largest = np.quantile(np.abs(W1), 0.995)
    pictures = list(0.5 + 0.5 * np.clip(W1.T / largest, -1, 1))
    figure, axes = plt.subplots(figsize=(0.82 * columns + 0.2, 0.82 * rows + 0.5))
    axes.imshow(_side_by_side(pictures, shape, columns, gap=2), cmap="gray", vmin=0, vmax=1)
    axes.axis("off")
    title = f"What each of {count} hidden units looks for:"
    axes.set_title(f"{title}{' ' if columns > 5 else chr(10)}white counts for it, black against", fontsize=11)
    figure.tight_layout(pad=0.3)


def plot_gap(sweep: Sweep) -> None:
    """Training and test accuracy against what was varied: means with error bars (one standard deviation over seeds)."""
    import matplotlib.pyplot as plt

    places = np.arange(len(sweep.values))  # evenly spaced: the values run over orders of magnitude, and one may be 0
    train, test = sweep.train.mean(axis=1), sweep.test.mean(axis=1)
    figure, axes = plt.subplots(figsize=(6.8, 3.9))
    axes.fill_between(places, test, train, color=BETWEEN, alpha=0.5, linewidth=0, label="the gap")
    looks = ((train, sweep.train, TRAIN, "o", "-", "training"), (test, sweep.test, TEST, "s", "--", "test"))
    for mean, all_seeds, colour, marker, line, name in looks:
        axes.errorbar(
            places, mean, all_seeds.std(axis=1), color=colour, marker=marker, linestyle=line, capsize=3, label=name
        )
    for place, top, gap in zip(places, train + sweep.train.std(axis=1), sweep.gap, strict=True):
        axes.annotate(f"{gap:.2f}", (place, top), xytext=(0, 7), textcoords="offset points", ha="center", fontsize=9)
    axes.set_xticks(places, [f"{value:g}" for value in sweep.values])
    axes.set(xlabel=SAYS[sweep.varied], ylabel="accuracy", ylim=(0, 1.12), title=_finding(sweep))
    axes.legend(frameon=False, ncols=3, loc="lower right")
    _plain(axes)
    figure.tight_layout()


def _finding(sweep: Sweep) -> str:
    first, last = sweep.gap[0], sweep.gap[-1]
    does = "shrinks" if last < first - 0.02 else "widens" if last > first + 0.02 else "hardly moves"
    what = SAYS[sweep.varied].capitalize()
    title = f"{what} from {sweep.values[0]:g} to {sweep.values[-1]:g}: the gap {does}, {first:.2f} to {last:.2f}"
    if does == "widens":
        early = int(np.argmax(sweep.gap > last - 0.02))
        title += f"\n(already {sweep.gap[early]:.2f} at {sweep.values[early]:g})"
    if sweep.train[-1].mean() < sweep.test[0].mean():
        title += ",\nbecause both accuracies are ruined"
    return title


def plot_search(table: SearchTable) -> None:
    """The table as a heat map, every cell labelled, the best one framed."""
    import matplotlib.pyplot as plt
    from matplotlib.patches import Rectangle

    score = table.val_accuracy
    figure, axes = plt.subplots(figsize=(1.05 * len(table.regs) + 2.2, 0.62 * len(table.learning_rates) + 1.5))
    image = axes.imshow(score, cmap="Blues", vmin=0, vmax=1, aspect="auto")
    for (row, column), value in np.ndenumerate(score):
        ink = "white" if value > 0.6 else "black"
        axes.text(column, row, f"{value:.2f}", ha="center", va="center", color=ink)
    row, column = table.learning_rates.index(table.best[0]), table.regs.index(table.best[1])
    axes.add_patch(Rectangle((column - 0.48, row - 0.47), 0.96, 0.94, fill=False, edgecolor=TEST, linewidth=2.5))
    axes.set_xticks(range(len(table.regs)), [f"{reg:g}" for reg in table.regs])
    axes.set_yticks(range(len(table.learning_rates)), [f"{rate:g}" for rate in table.learning_rates])
    axes.set(xlabel="regularisation strength", ylabel="learning rate")
    axes.set_title("Best on validation: learning rate {:g}, reg {:g} (framed)".format(*table.best), fontsize=11)
    figure.colorbar(image, ax=axes, label="validation accuracy")
    figure.tight_layout()


def _side_by_side(pictures: Sequence[np.ndarray], shape: tuple[int, ...], columns: int, gap: int) -> np.ndarray:
    """One picture of them all, `columns` in a row, white between them: far faster than axes of their own."""
    rows = -(-len(pictures) // columns)
    height, width = shape[0] + gap, shape[1] + gap
    canvas = np.ones((rows * height, columns * width, *shape[2:]))
    for number, picture in enumerate(pictures):
        top, left = number // columns * height, number % columns * width
        canvas[top : top + shape[0], left : left + shape[1]] = np.clip(picture, 0, 1).reshape(shape)
    return canvas


def _plain(axes) -> None:
    axes.grid(alpha=0.3)
    axes.spines[["top", "right"]].set_visible(False)
