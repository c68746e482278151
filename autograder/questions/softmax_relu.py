"""The second half of `03_softmax_relu`: the gradient of the scores, and the ReLU there and back.

Truth is measured: a complex step of the loss, and a centred difference at the kink, where no complex step is.
"""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np

from autograder.gradients import numeric_gradient
from autograder.questions import softmax_loss
from autograder.questions.examine import left_alone, not_an_array, same_numbers, same_shape
from autograder.questions.question import Part, Probe, Question, Seen
from autograder.questions.softmax_loss import ASSIGNMENT, CALLS, draw_scores
from autograder.questions.two_layer_forward import log_sum_exp_loss
from autograder.records import Reply

# --- the gradient of the scores ---


def draw_dscores(rng: np.random.Generator, wide: bool = False, **how: Any) -> Probe:
    """Truth is the derivative of the mean loss by every score. `wide`: rows of scores near -1500 to 1500."""
    S, y = draw_scores(rng, **how)
    if wide:
        S = S + rng.permutation(np.linspace(-1500, 1500, len(S)))[:, None]

    def gradient(upstream: Any) -> np.ndarray:
        return upstream * numeric_gradient(lambda s: log_sum_exp_loss(s, y), S.astype(float), method="complex")

    setting = {"S": S, "y": y, "one_hot": np.eye(S.shape[1])[y], "N": len(S), "D": 0, "C": S.shape[1]}
    return Probe({"S": S, "y": y}, gradient(1.0), setting, gradient)


def examine_row_sums(reply: Reply, probe: Probe) -> Seen:
    """0 in each row, in an answer that has something in it."""
    if not (seen := same_shape(reply, probe)).passed:
        return seen
    sums = np.abs(reply.value.sum(axis=1))
    # 1e-12: a row holds a few numbers of size 1, each rounded at 1e-16.
    worst = int(np.argmax(np.where(np.isnan(sums), np.inf, sums)))
    if not sums[worst] < 1e-12:
        return Seen(False, f"row {worst} sums to {sums[worst]:.2g}")
    if np.any(np.ptp(reply.value, axis=1) == 0):
        return Seen(False, "a row holds the same number everywhere")
    return Seen(True, "0 but for rounding")


def examine_alone(reply: Reply, probe: Probe) -> Seen:
    """The arguments are what they were, and a second call says the same."""
    if reply.changed:
        return Seen(False, f"{' and '.join(reply.changed)} changed during the call")
    first, second = (Reply(value) for value in reply.value)
    if not (seen := left_alone(first, probe)).passed:
        return seen
    if not np.array_equal(first.value, second.value, equal_nan=True):
        return Seen(False, "the same call gave other numbers the second time")
    return Seen(True, "unchanged, and the second call says the same")


REAL_SIZE = {"N": 5000, "C": 40}
"""200,000 scores: some milliseconds vectorised, a second and more in Python loops."""

REAL_SIZE_SECONDS = 0.6
"""A hundred times what the vectorised lines need, and well below what two loops over the scores take."""


def draw_real_size(rng: np.random.Generator) -> Probe:
    """Truth is known in three rows: the loss of one example moves with its own scores only."""
    N, C = REAL_SIZE["N"], REAL_SIZE["C"]
    S, y = rng.normal(size=(N, C)), rng.integers(C, size=N)
    rows = rng.integers(N, size=3)
    measured = np.stack([
        numeric_gradient(lambda s, i=i: log_sum_exp_loss(s[None], y[i : i + 1]), S[i], method="complex") / N
        for i in rows
    ])  # fmt: skip
    return Probe({"S": S, "y": y}, measured, {"rows": rows, "shape": (N, C), "N": N, "D": 0, "C": C})


def right_at_real_size(reply: Reply, probe: Probe) -> Seen:
    """In time, and right in the measured rows."""
    if (complaint := not_an_array(reply)) is not None:
        return complaint
    if reply.value.shape != probe.setting["shape"]:
        return Seen(False, f"shape {reply.value.shape}, expected {probe.setting['shape']}")
    right = np.allclose(reply.value[probe.setting["rows"]], probe.truth, rtol=1e-9, atol=1e-15)
    sizes = "N = {N}, C = {C}".format(**probe.setting)
    return Seen(bool(right), f"{sizes}: {'done in time' if right else 'in time, but the values are not right'}")


def _dscores_question(id: str, value: float, real_size: float) -> Question:
    parts = (
        Part("value", "every entry agrees with the numeric gradient", value, draw_dscores, same_numbers),
        Part("row_sums", "each row sums to 0", 0.25, draw_dscores, examine_row_sums),
        Part("single", "still right for N = 1", 0.25, partial(draw_dscores, N=1), same_numbers),
        Part("absent", "still right when the last class is not in the batch", 0.25,
             partial(draw_dscores, absent=True), same_numbers),
        Part("whole", "still right for whole numbers in S", 0.25, partial(draw_dscores, whole=True), same_numbers),
        Part("wide", "still right with rows near -1500 and 1500", 0.25, partial(draw_dscores, wide=True), same_numbers),
        Part("alone", "S and y left as they were", 0.25, draw_dscores, examine_alone, through=f"{CALLS}:twice"),
        Part("real_size", "fast enough for real data, without loops", real_size, draw_real_size, right_at_real_size,
             REAL_SIZE_SECONDS),
    )  # fmt: skip
    return Question(
        id, ASSIGNMENT, f"{id}(S, y)", tuple(part for part in parts if part.points),
        "Take N = 1 and three equal scores: the probabilities are ⅓ each. Compare your row with that.",
    )  # fmt: skip


# --- the ReLU ---


def draw_hidden(rng: np.random.Generator, N: int = 5, whole: bool = False) -> Probe:
    """X (N, D), W (D, H), b (H,); truth is A and H = max(0, A), stacked. Both signs occur in every column."""
    D, H = 4, 3
    X, W = rng.normal(size=(N, D)), rng.normal(size=(D, H))
    b = rng.uniform(0.3, 0.9, size=H) * np.array([1, -1, 1])
    if whole:
        X = rng.integers(-3, 4, size=(N, D))
    A = np.einsum("nd,dh->nh", X.astype(float), W) + b
    truth = np.stack([A, (A + np.abs(A)) / 2])
    return Probe({"X": X, "W": W, "b": b}, truth, {"X": X, "W": W, "b": b, "A": A, "N": N, "D": D, "C": H})


def examine_hidden(reply: Reply, probe: Probe) -> Seen:
    if isinstance(reply.value, tuple | list):
        return Seen(False, f"{len(reply.value)} values of different kinds or shapes were returned")
    if isinstance(reply.value, np.ndarray) and reply.value.shape == probe.truth.shape[1:]:
        return Seen(False, "one array was returned; A and H were expected")
    return same_numbers(reply, probe)


def draw_drelu(rng: np.random.Generator, kink: bool = False) -> Probe:
    """dH and A (N, H). `kink`: values that are 0, a billionth and minus a billionth are among A.

    Truth is the measured derivative of sum(dH · max(0, A)); at 0 that of a centred difference, ½.
    """
    N, H = 5, 4
    A = rng.uniform(0.2, 2.0, size=(N, H)) * rng.choice([-1.0, 1.0], size=(N, H))
    A[0, :2], A[1, :2] = (1.5, -0.5), (-1.25, 0.75)
    dH = rng.uniform(0.3, 1.5, size=(N, H)) * rng.choice([-1.0, 1.0], size=(N, H))
    dH[0, :2], dH[1, :2] = (-1.0, 0.8), (0.7, -0.9)
    if kink:
        A[2], A[3, :2] = 0.0, (1e-9, -1e-9)

    def gradient(upstream: np.ndarray) -> np.ndarray:
        # A step of 1e-11 stays on one side of a billionth; max(0, ·) is straight there, so only rounding is left.
        return numeric_gradient(lambda a: np.maximum(a, 0), A, upstream, step=1e-11)

    if not kink:
        truth = numeric_gradient(lambda a: np.where(a.real > 0, a, 0), A, dH, method="complex")
    else:
        truth = gradient(dH)
    return Probe({"dH": dH, "A": A}, truth, {"dH": dH, "A": A, "N": N, "D": H, "C": H}, gradient)


def examine_kink(reply: Reply, probe: Probe) -> Seen:
    """A billionth is plainly on, minus a billionth plainly off; at exactly 0 any slope from 0 to 1 is right."""
    if not (seen := same_shape(reply, probe)).passed:
        return seen
    slopes = reply.value / probe.setting["dH"] + 0.0  # no minus zeros on the card
    on, off = slopes[3, 0], slopes[3, 1]
    if not abs(on - 1) < 1e-6:
        return Seen(False, f"at a billionth the slope is {on:.2g}")
    if not abs(off) < 1e-6:
        return Seen(False, f"at minus a billionth the slope is {off:.2g}")
    inside = (slopes[2] > -1e-12) & (slopes[2] < 1 + 1e-12)
    if not inside.all():
        return Seen(False, f"at exactly 0 the slope is {slopes[2][~inside][0]:.2g}, not between 0 and 1")
    return Seen(True, f"at exactly 0 yours is {slopes[2, 0]:.2g}, as right as any from 0 to 1")


TOGETHER = "autograder.questions.gates:together"

HIDDEN = Question(
    "hidden_layer", ASSIGNMENT, "hidden_layer(X, W, b)",
    (
        Part("value", "A and H, every entry", 1.0, draw_hidden, examine_hidden, through=TOGETHER),
        Part("single", "still right for N = 1", 0.25, partial(draw_hidden, N=1), examine_hidden, through=TOGETHER),
        Part("whole", "still right for whole numbers in X", 0.25, partial(draw_hidden, whole=True), examine_hidden,
             through=TOGETHER),
        Part("alone", "X, W and b left as they were", 0.25, draw_hidden, left_alone, through=TOGETHER),
    ),
    "Take one example with D = 2 and H = 2 and small whole numbers, and work A and H out on paper.",
)  # fmt: skip

DRELU = Question(
    "drelu", ASSIGNMENT, "drelu(dH, A)",
    (
        Part("value", "every entry agrees with the numeric gradient", 1.0, draw_drelu, same_numbers),
        Part("kink", "at 0, and a billionth beside it", 0.5, partial(draw_drelu, kink=True), examine_kink),
        Part("alone", "dH and A left as they were", 0.25, draw_drelu, left_alone),
    ),
)  # fmt: skip

QUESTIONS = (
    *softmax_loss.QUESTIONS,
    _dscores_question("dscores_loop", 1.5, 0.0),
    _dscores_question("dscores", 1.0, 0.5),
    HIDDEN,
    DRELU,
)
