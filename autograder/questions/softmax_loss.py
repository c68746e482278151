"""The first half of `03_softmax_relu`: a softmax loss from its formula, one that survives large scores, regularisation.

Losses are held against one that never takes the logarithm of a quotient; gradients against complex steps.
"""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np

from autograder.gradients import numeric_gradient
from autograder.questions.examine import left_alone, not_an_array, same_numbers
from autograder.questions.question import Part, Probe, Question, Seen
from autograder.questions.two_layer_forward import is_loss, log_sum_exp_loss, number
from autograder.records import Reply

ASSIGNMENT = "03_softmax_relu"

CALLS = "autograder.questions.softmax_calls"

SIZES = {"N": 5, "C": 4}


def draw_scores(
    rng: np.random.Generator, N: int = SIZES["N"], *, absent: bool = False, whole: bool = False
) -> tuple[np.ndarray, np.ndarray]:
    """S (N, C) around 0 and y (N,). One class is there more than once. `absent`: the last class is not there."""
    C = SIZES["C"]
    S = rng.integers(-4, 5, size=(N, C)) if whole else rng.normal(size=(N, C)) * 2
    classes = C - 1 if absent else C
    return S, rng.permutation(np.arange(N) % classes)


def draw_loss(rng: np.random.Generator, **how: Any) -> Probe:
    """Truth is the mean negative log likelihood."""
    S, y = draw_scores(rng, **how)
    return Probe({"S": S, "y": y}, float(log_sum_exp_loss(S.astype(float), y)), {"S": S, "y": y, "N": len(y), "C": 4})


def examine_number(reply: Reply, probe: Probe) -> Seen:
    """One number, right to six digits: a `+ 1e-8` inside the logarithm is no mistake here."""
    if (found := number(reply.value)) is None:
        return Seen(False, not_a_number(reply.value))
    right = is_loss(found, probe.truth)
    return Seen(right, "the expected number" if right else f"yours {found:.6f}, expected {probe.truth:.6f}")


def not_a_number(value: Any) -> str:
    if value is None:
        return "nothing was returned"
    if isinstance(value, np.ndarray):
        return f"an array of shape {value.shape} was returned; one number was expected"
    return f"a {type(value).__name__} was returned; one number was expected"


def examine_alone(reply: Reply, probe: Probe) -> Seen:
    """The arguments are what they were, and a second call says the same."""
    if reply.changed:
        return Seen(False, f"{' and '.join(reply.changed)} changed during the call")
    found = [number(value) for value in reply.value]
    if None in found or not np.isfinite(found).all():
        return Seen(False, "not looked at: the answer is not a number yet")
    if found[0] != found[1]:
        return Seen(False, "the same call gave another number the second time")
    return Seen(True, "unchanged, and the second call says the same")


WIDE = ("large", "rows", "gap")
"""What is wide: all scores large alike; rows far apart; the scores of one row far apart, the right class far below."""


def draw_wide(rng: np.random.Generator, which: str) -> Probe:
    """All three batches, in the order of WIDE; truth is the loss of the one that is asked."""
    batches = {}
    for name in WIDE:
        S, y = draw_scores(rng)
        if name == "large":
            S = S + 1000
        elif name == "rows":
            S = S + rng.permutation(np.linspace(-1500, 1500, len(S)))[:, None]
        else:
            S[np.arange(len(y)), y] -= rng.uniform(800, 3000, size=len(y))
        batches[name] = S, y
    truths = [float(log_sum_exp_loss(S, y)) for S, y in batches.values()]
    arguments = {f"{kind}_{name}": one for name, pair in batches.items() for kind, one in zip("Sy", pair, strict=True)}
    place = WIDE.index(which)
    return Probe(arguments, truths[place], {**SIZES, "truths": truths, "place": place})


def examine_wide(reply: Reply, probe: Probe) -> Seen:
    found, truth = number(reply.value[probe.setting["place"]]), probe.truth
    if found is None:
        return Seen(False, not_a_number(reply.value[probe.setting["place"]]))
    right = is_loss(found, truth)
    return Seen(right, "the expected number" if right else f"yours {found:.6g}, expected {truth:.6g}")


def _loss_question(id: str, *, value: float, small: float, wide: dict[str, float], next_: str) -> Question:
    """`small`: for each of the single, absent, whole and alone parts."""
    titles = {
        "large": "all scores near 1000",
        "rows": "one row near -1500, another near 1500",
        "gap": "the right class 800 to 3000 below the best",
    }
    parts = (
        Part("value", "the mean over the batch", value, draw_loss, examine_number),
        Part("single", "still right for N = 1", small, partial(draw_loss, N=1), examine_number),
        Part("absent", "still right when the last class is not in the batch", small,
             partial(draw_loss, absent=True), examine_number),
        Part("whole", "still right for whole numbers in S", small, partial(draw_loss, whole=True), examine_number),
        *(Part(which, titles[which], points, partial(draw_wide, which=which), examine_wide, through=f"{CALLS}:on_each")
          for which, points in wide.items()),
        Part("alone", "S and y left as they were", small, draw_loss, examine_alone, through=f"{CALLS}:twice"),
    )  # fmt: skip
    return Question(id, ASSIGNMENT, f"{id}(S, y)", parts, next_)


# --- regularisation ---


def draw_regularised(rng: np.random.Generator, reg: float | None = None) -> Probe:
    """Losses of N examples and the parameters of two layers, no bias zero. `reg`: random unless given."""
    N, D, H, C = 6, 3, 5, 4
    shapes = {"W1": (D, H), "b1": (H,), "W2": (H, C), "b2": (C,)}
    parameters = {name: rng.normal(size=shape) for name, shape in shapes.items()}
    losses = rng.uniform(0.1, 3.0, size=N)
    strength = float(rng.uniform(0.2, 0.8)) if reg is None else reg
    squares = [np.vdot(parameters[name], parameters[name]) for name in ("W1", "W2")]
    truth = float(np.mean(losses) + strength * sum(squares))
    arguments = {"losses": losses, **parameters, "reg": strength}
    return Probe(arguments, truth, {**arguments, "parameters": parameters, "N": N, "D": D, "C": C})


def draw_slope(rng: np.random.Generator, whole: bool = False) -> Probe:
    """W (D, H) and reg; truth is the measured derivative of what reg adds to the loss for W."""
    W = rng.normal(size=(4, 3)) if not whole else rng.integers(-3, 4, size=(4, 3))
    reg = float(rng.uniform(0.2, 0.8))
    at = W.astype(float)

    def gradient(upstream: np.ndarray) -> np.ndarray:
        return upstream * numeric_gradient(lambda w: reg * np.sum(w**2), at, method="complex")

    return Probe(
        {"W": W, "reg": reg}, gradient(np.ones(1)), {"W": at, "reg": reg, "N": 4, "D": 4, "C": 3}, gradient
    )  # fmt: skip


def examine_slope(reply: Reply, probe: Probe) -> Seen:
    return not_an_array(reply) or same_numbers(reply, probe)


REGULARISED = Question(
    "regularised_loss", ASSIGNMENT, "regularised_loss(losses, W1, b1, W2, b2, reg)",
    (
        Part("mean", "with reg = 0, the mean of the losses", 0.75, partial(draw_regularised, reg=0.0), examine_number),
        Part("value", "the mean, and reg times the squares of both W", 2.0, draw_regularised, examine_number),
        Part("alone", "losses and parameters left as they were", 0.25, draw_regularised, examine_alone,
             through=f"{CALLS}:twice"),
    ),
    "Subtract the value at reg = 0 from the value at reg = 1: which sum of weights is left?",
)  # fmt: skip

SLOPE = Question(
    "penalty_gradient", ASSIGNMENT, "penalty_gradient(W, reg)",
    (
        Part("value", "every entry agrees with the measured slope", 1.5, draw_slope, examine_slope),
        Part("whole", "still right for whole numbers in W", 0.25, partial(draw_slope, whole=True), examine_slope),
        Part("alone", "W left as it was", 0.25, draw_slope, left_alone),
    ),
)  # fmt: skip

QUESTIONS = (
    _loss_question(
        "naive_loss", value=1.0, small=0.25, wide={}, next_="With all scores equal the loss is log C. What is yours?"
    ),
    _loss_question(
        "stable_loss", value=1.0, small=0.25, wide={"large": 0.25, "rows": 0.5, "gap": 0.75},
        next_="Call it with the scores [[0, 1000]] and y = [0]: the loss is 1000. Which step gives something else?",
    ),
    REGULARISED,
    SLOPE,
)  # fmt: skip
