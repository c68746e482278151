"""What a gradient check can see: a small classifier, planted bugs, and settings that hide them.

Asked by `telling_setting` of `04_gradient_check` and drawn by its lesson. A bug is planted without writing a gradient:
what the buggy code returns is measured, on a loss that differs from the right one by the same slip.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import numpy as np

from autograder.gradients import numeric_gradient, relative_error
from autograder.questions.question import Part, Probe, Question, Seen
from autograder.records import Reply

ASSIGNMENT = "04_gradient_check"

SEEN_ABOVE = 1e-4
"""A check with a usual tolerance complains above it. Right gradients stay a thousand times below."""

LARGEST = 12
"""Examples, inputs and classes of a setting: enough to show every bug, small enough to measure at once."""


def data_loss(at: Mapping[str, Any]) -> Any:
    """Mean of log Σ_j exp(s_ij) − s_iy over the examples, in nats. Works on complex arrays, too."""
    scores = at["X"] @ at["W"] + at["b"]
    shift = scores.real.max(axis=1, keepdims=True)
    total = np.log(np.exp(scores - shift).sum(axis=1)) + shift[:, 0]
    return np.mean(total - scores[np.arange(len(scores)), at["y"]])


def penalty(at: Mapping[str, Any]) -> Any:
    return at["reg"] * np.sum(at["W"] ** 2)


def _with_uniform_probabilities(at: Mapping[str, Any]) -> Any:
    """Linear in the scores, so that its gradient has 1/C where the right one has the probabilities."""
    scores = at["X"] @ at["W"] + at["b"]
    return np.mean(scores.mean(axis=1) - scores[np.arange(len(scores)), at["y"]]) + penalty(at)


BUGS: dict[str, tuple[str, Callable[[Mapping[str, Any]], Any] | None]] = {
    "transposed": ("W.T in place of W, forward and backward", None),
    "bias_left_out": (
        "the backward pass computes the scores without b",
        lambda at: data_loss({**at, "b": 0 * at["b"]}) + penalty(at),
    ),
    "uniform_probabilities": ("1/C where the probabilities belong", _with_uniform_probabilities),
    "first_label": (
        "the label of the first example is used for all",
        lambda at: data_loss({**at, "y": np.full_like(at["y"], at["y"][0])}) + penalty(at),
    ),
    "averaged_twice": (
        "the data part is divided by N twice",
        lambda at: data_loss(at) / len(at["X"]) + penalty(at),
    ),
    "penalty_missing": ("the gradient of the regularisation is missing", data_loss),
}
"""Bug → (as the lesson prints it, the loss whose gradient the buggy code returns; None: a slip in the loss itself)."""


def error_seen(bug: str, setting: Mapping[str, Any], rng: np.random.Generator) -> float:
    """The relative error that a gradient check of W shows for `bug` in `setting`; inf when NumPy itself complains.

    `setting`: N, D, C, `weights` and `biases` (standard deviations), `reg`, `labels` (N integers below C).
    """
    N, D, C = setting["N"], setting["D"], setting["C"]
    if bug == "transposed":
        # The loss is wrong in the same way as its gradient, so the two agree, unless the product cannot be formed.
        return 0.0 if D == C else float("inf")
    at = {
        "X": rng.normal(size=(N, D)),
        "W": setting["weights"] * rng.normal(size=(D, C)),
        "b": setting["biases"] * rng.normal(size=C),
        "y": np.array(setting["labels"]),
        "reg": setting["reg"],
    }
    wrong_loss = BUGS[bug][1]
    right = numeric_gradient(lambda W: data_loss({**at, "W": W}) + penalty({**at, "W": W}), at["W"], method="complex")
    wrong = numeric_gradient(lambda W: wrong_loss({**at, "W": W}), at["W"], method="complex")
    return relative_error(wrong, right)


POOR = {"N": 4, "D": 3, "C": 3, "weights": 1.0, "biases": 0.0, "reg": 0.0, "labels": [0, 0, 0, 0]}
"""A setting with several things wrong at once; the rows below change one of them each."""

ROWS = {
    "a": ("D = C", "transposed", POOR),
    "b": ("all biases 0", "bias_left_out", POOR),
    "c": ("weights of size 1e-5", "uniform_probabilities", {**POOR, "weights": 1e-5}),
    "d": ("weights of size 1e-5", "averaged_twice", {**POOR, "weights": 1e-5}),
    "e": ("every example of class 0", "first_label", POOR),
    "f": ("every example of class 0", "uniform_probabilities", POOR),
    "g": ("reg = 100,000", "averaged_twice", {**POOR, "reg": 1e5}),
    "h": ("reg = 0", "penalty_missing", POOR),
}
"""Letter → (what is special about the setting, bug, the setting), as the lesson's table has them."""


def errors_of_rows() -> dict[str, float]:
    """Letter → relative error seen, always on the same arrays."""
    return {letter: error_seen(bug, setting, np.random.default_rng(4)) for letter, (_, bug, setting) in ROWS.items()}


def complaint(setting: Any) -> str | None:
    """What is not right about a student's setting; None when it can be tried."""
    if not isinstance(setting, dict):
        return "a dict was expected"
    if missing := [name for name in POOR if name not in setting]:
        return f"the dict has no entry {missing[0]!r}"
    for name in ("N", "D", "C"):
        value = setting[name]
        if isinstance(value, bool) or not isinstance(value, int) or not 2 <= value <= LARGEST:
            return f"{name} should be a whole number from 2 to {LARGEST}"
    for name in ("weights", "biases", "reg"):
        value = setting[name]
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1e9:
            return f"{name} should be one number, 0 or more"
    try:
        labels = np.array(setting["labels"])
    except ValueError:
        labels = np.array(None)
    if labels.shape != (setting["N"],) or labels.dtype.kind not in "iu":
        return f"labels should be a list of N = {setting['N']} whole numbers"
    if labels.min() < 0 or labels.max() >= setting["C"]:
        return f"labels should be from 0 to C - 1 = {setting['C'] - 1}"
    return None


def _draw(rng: np.random.Generator, bug: str) -> Probe:
    return Probe({}, None, {"bug": bug, "seed": int(rng.integers(2**32))})


def _examine(reply: Reply, probe: Probe) -> Seen:
    """The bug shows in the student's setting, on arrays drawn anew."""
    if (says := complaint(reply.value)) is not None:
        return Seen(False, says)
    with np.errstate(all="ignore"):
        error = error_seen(probe.setting["bug"], reply.value, np.random.default_rng(probe.setting["seed"]))
    if error == float("inf"):
        return Seen(True, "NumPy cannot form the product")
    if error > SEEN_ABOVE:
        return Seen(True, "the check complains")
    return Seen(False, f"hidden: the check sees a relative error of {error:.0e}")


QUESTIONS = (
    Question(
        "telling_setting",
        ASSIGNMENT,
        "telling_setting()",
        tuple(Part(bug, f"shows: {words}", 0.5, partial(_draw, bug=bug), _examine) for bug, (words, _) in BUGS.items()),
        "Take the bugs one by one: which number of the setting multiplies exactly the part that is wrong?",
    ),
)
