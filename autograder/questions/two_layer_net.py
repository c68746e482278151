"""The questions of `05_two_layer_net` about `neural_net.py`: scores and loss here, and the list of all of them.

A new net is in `two_layer_init`, regularisation in `two_layer_penalty`, the gradients in `two_layer_backward`,
training in `two_layer_training`. What they draw is in `two_layer_draws`.
"""

from __future__ import annotations

from functools import partial

import numpy as np

from autograder.questions import (
    two_layer_backward,
    two_layer_init,
    two_layer_penalty,
    two_layer_predict,
    two_layer_returns,
    two_layer_training,
)
from autograder.questions.question import Part, Probe, Question, Seen
from autograder.questions.two_layer_draws import ASSIGNMENT, CALLS, draw, draw_wide
from autograder.questions.two_layer_forward import is_gradient, is_loss, log_sum_exp_loss, mean_of, number
from autograder.records import Reply

# --- Scores ---


def _examine_scores(reply: Reply, probe: Probe) -> Seen:
    value = reply.value
    if isinstance(value, tuple):
        return Seen(False, "loss(X) without y returned a pair; the scores were expected")
    if not is_gradient(value):
        return Seen(False, "no array of scores was returned")
    truth = probe.setting["measured"].scores
    if value.shape != truth.shape:
        return Seen(False, f"shape {value.shape}, expected {truth.shape}")
    wrong = ~np.isclose(value, truth, rtol=1e-9, atol=1e-9 * np.abs(truth).max())
    if not wrong.any():
        return Seen(True, "every score agrees")
    i, j = np.argwhere(wrong)[0]
    return Seen(False, f"{wrong.sum()} of {wrong.size} differ; at [{i}, {j}] yours {value[i, j]:.3f}, "
                f"expected {truth[i, j]:.3f}")  # fmt: skip


# --- Data loss ---


def _examine_loss(reply: Reply, probe: Probe) -> Seen:
    """Held against the scores the net gives, so that a slip in the scores costs its marks there."""
    found = number(reply.value["loss"])
    if "failed" in reply.value:
        return Seen(False, f"with every class in the batch it works; without the last: {reply.value['failed']}")
    if found is None:
        return Seen(False, "loss(X, y) did not return a number first")
    seen = probe.setting["measured"].as_seen(reply.value["scores"])
    truth = float(log_sum_exp_loss(seen.scores, seen.y))
    right = is_loss(found, truth)
    return Seen(right, "the expected number" if right else f"yours {found:.6f}, expected {truth:.6f}")


# --- Wide scores ---


def _examine_wide(reply: Reply, probe: Probe) -> Seen:
    """Right, or off by the factor that the student's loss is off by anyway: that is told in `net_loss`."""
    ordinary, wide = reply.value
    found, usual = mean_of(wide["loss"]), mean_of(ordinary["loss"])
    if found is None or usual is None:
        return Seen(False, "loss(X, y) did not return a number first")
    measured, seen = (
        probe.setting["measured"].as_seen(ordinary["scores"]),
        probe.setting["wide"].as_seen(wide["scores"]),
    )
    factor = usual / measured.loss
    if not is_loss(found, seen.loss) and not (np.isfinite(factor) and is_loss(found, factor * seen.loss)):
        return Seen(False, f"yours {found:.6g}, expected {seen.loss:.6g}")
    grads = wide["grads"] or {}
    if any(is_gradient(one) and not np.isfinite(one).all() for one in grads.values()):
        return Seen(False, "the loss is right, and a gradient holds nan or inf")
    return Seen(True, "the expected number")


QUESTIONS = (
    two_layer_init.INIT,
    Question(
        "net_scores", ASSIGNMENT, "loss(X)",
        (
            Part("value", "every score", 0.5, partial(draw, takes_y=False), _examine_scores, through=f"{CALLS}:scores"),
            Part("single", "still right for N = 1", 0.25, partial(draw, takes_y=False, N=1), _examine_scores,
                 through=f"{CALLS}:scores"),
            Part("whole", "still right for whole numbers in X", 0.25, partial(draw, takes_y=False, whole=True),
                 _examine_scores, through=f"{CALLS}:scores"),
        ),
        "Take one example with D = 2, H = 2, C = 2 and small whole numbers, and work its scores out on paper.",
    ),
    two_layer_predict.PREDICT,
    Question(
        "net_loss", ASSIGNMENT, "loss(X, y)",
        (
            Part("value", "the mean over the batch", 0.75, draw, _examine_loss, through=f"{CALLS}:loss"),
            Part("absent", "still right when the last class is not in the batch", 0.25, partial(draw, absent=True),
                 _examine_loss, through=f"{CALLS}:loss_without_the_last_class"),
            Part("single", "still right for N = 1", 0.25, partial(draw, N=1), _examine_loss, through=f"{CALLS}:loss"),
            Part("whole", "still right for whole numbers in X", 0.25, partial(draw, whole=True), _examine_loss,
                 through=f"{CALLS}:loss"),
        ),
        "With all scores equal the loss is log C, whatever y is. What is yours?",
        called="loss", follows=("net_scores",),
    ),
    Question(
        "net_stability", ASSIGNMENT, "loss(X, y) when scores are large",
        (
            Part("shift", "rows of scores far apart, 0 to 3000", 0.25, partial(draw_wide, wide="rows"),
                 _examine_wide, through=f"{CALLS}:two_losses"),
            Part("gap", "scores of one row far apart, over 1000", 0.25, partial(draw_wide, wide="gap"),
                 _examine_wide, through=f"{CALLS}:two_losses"),
        ),
        "Call data_loss with the scores [[0, 1000]] and y = [0]: log of what is taken?",
        follows=("net_loss",),
    ),
    *two_layer_backward.QUESTIONS,
    two_layer_penalty.PENALTY,
    two_layer_returns.RETURNS,
    *two_layer_training.QUESTIONS,
)  # fmt: skip
