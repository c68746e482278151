"""The questions about `train`: its step, its batches, its learning rate, what it notes down.

A stand-in takes the place of the student's `loss` (see `two_layer_net_calls`), with gradients that are the same
wherever it is called: how far a parameter has moved then says which learning rates were used, and nothing that is
wrong in the loss shows again here.
"""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np

from autograder.questions.question import Part, Probe, Question, Seen
from autograder.questions.two_layer_draws import ASSIGNMENT, CALLS, SIZES
from autograder.questions.two_layer_forward import number
from autograder.records import Reply

EXAMPLES = 6

EPOCH, ITERATIONS = 3, 7
"""For the history: iterations an epoch (six examples in batches of two), and in all."""

DECAY = 0.5

SCHEDULES = {
    "after iterations 0, 3 and 6": (0, 1, 1, 1, 2, 2, 2),
    "after each epoch": (0, 0, 0, 1, 1, 1, 2),
    "never": (0, 0, 0, 0, 0, 0, 0),
    "every iteration": (0, 1, 2, 3, 4, 5, 6),
    "before the first step": (1, 1, 1, 2, 2, 2, 3),
    "before every step": (1, 2, 3, 4, 5, 6, 7),
    "after iterations 1 and 4": (0, 0, 1, 1, 1, 2, 2),
    "between the epochs": (0, 0, 1, 2, 2, 3, 4),
}
"""When training decays → how often the learning rate was decayed at each of the seven steps. No two have the same sum
of rates."""

RIGHT = ("after iterations 0, 3 and 6", "after each epoch")
"""CS231n's own code does the first; its comment says the second. Both are accepted."""


def draw_training(
    rng: np.random.Generator, *, decay: float = 1.0, num_iters: int = 1, batch_size: int = 2, reg: float = 0.0
) -> Probe:
    """A training on six examples, of which no two have the same label."""
    D, H, C = SIZES["D"], SIZES["H"], EXAMPLES + 1
    X, y = 3 * np.eye(EXAMPLES, D) + rng.uniform(size=(EXAMPLES, D)), rng.permutation(C)[:EXAMPLES]
    parameters = {
        "W1": rng.normal(size=(D, H)), "b1": rng.normal(size=H), "W2": rng.normal(size=(H, C)), "b2": rng.normal(size=C)
    }  # fmt: skip
    size = sum(parameter.size for parameter in parameters.values())
    slope, reg_slope = rng.uniform(1, 2, size=size), rng.uniform(1, 2, size=size)
    learning_rate = float(rng.uniform(0.02, 0.05))
    settings = np.array([learning_rate, decay, reg, num_iters, batch_size])
    setting = {**SIZES, "N": EXAMPLES, "C": C, "y": y, "batch_size": batch_size, "learning_rate": learning_rate}
    setting |= {"slope": _split(slope, parameters), "with_reg": _split(slope + reg * reg_slope, parameters)}
    arguments = {"X": X, "y": y, "slope": slope, "reg_slope": reg_slope, "settings": settings, **parameters}
    return Probe(arguments, None, setting)


def _split(flat: np.ndarray, parameters: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    ends = np.cumsum([parameter.size for parameter in parameters.values()])[:-1]
    return {
        name: part.reshape(parameter.shape)
        for (name, parameter), part in zip(parameters.items(), np.split(flat, ends), strict=True)
    }


def never_asked(reply: Reply) -> Seen | None:
    if not reply.value["drawn"]:
        return Seen(False, "train never called self.loss with labels")
    return None


def rate(reply: Reply, probe: Probe, which: str, slopes: str = "with_reg", moved: str = "moved") -> float | None:
    """How many learning rates downhill the parameter has moved along `slopes`; None if it moved another way."""
    slope, moved = probe.setting[slopes][which], reply.value[moved][which]
    if moved.shape != slope.shape:
        return None
    rates = -moved / (slope * probe.setting["learning_rate"])
    # 1e-9: parameters of order 1, steps of order 0.01.
    return float(rates.flat[0]) if np.ptp(rates) < 1e-9 * max(1.0, np.abs(rates).max()) else None


def rate_of_weights(reply: Reply, probe: Probe, moved: str = "moved") -> float | None:
    """Of W1 and W2 together, with or without regularisation, which is asked by itself."""
    for slopes in ("with_reg", "slope"):
        rates = [rate(reply, probe, name, slopes, moved) for name in ("W1", "W2")]
        if None not in rates and np.isclose(*rates, rtol=1e-9, atol=1e-12):
            return rates[0]
    return None


def _one(value: float | None) -> bool:
    return value is not None and abs(value - 1) < 1e-9


def _examine_weights(reply: Reply, probe: Probe) -> Seen:
    if (complaint := never_asked(reply)) is not None:
        return complaint
    if _one(rate_of_weights(reply, probe)):
        return Seen(True, "learning rate × gradient, downhill")
    still = [name for name in ("W1", "W2") if not np.any(reply.value["moved"][name])]
    if still:
        return Seen(False, f"{' and '.join(still)} did not move")
    return Seen(False, "W1 and W2 did not move by learning rate × gradient, downhill")


def _examine_biases(reply: Reply, probe: Probe) -> Seen:
    """As far as the weights: a step of the wrong length or direction is told there."""
    if (complaint := never_asked(reply)) is not None:
        return complaint
    weights = rate_of_weights(reply, probe)
    for name in ("b1", "b2"):
        if not np.any(reply.value["moved"][name]):
            return Seen(False, f"{name} did not move")
        found = rate(reply, probe, name)
        found = rate(reply, probe, name, "slope") if found is None else found
        if found is None or not (_one(found) or (weights is not None and np.isclose(found, weights, rtol=1e-9))):
            return Seen(False, f"{name} did not move by learning rate × gradient, downhill")
    return Seen(True, "as far as their gradients say")


def _examine_reg(reply: Reply, probe: Probe) -> Seen:
    if (complaint := never_asked(reply)) is not None:
        return complaint
    if rate(reply, probe, "W1"):
        return Seen(True, "reg has its part in the step")
    if rate(reply, probe, "W1", "slope"):
        return Seen(False, "W1 moved as if reg were 0")
    return Seen(False, "not seen: the step itself is another one")


def _examine_coverage(reply: Reply, probe: Probe) -> Seen:
    if (complaint := never_asked(reply)) is not None:
        return complaint
    drawn = reply.value["drawn"]
    if any(len(one) != probe.setting["batch_size"] for one in drawn):
        return Seen(False, f"a batch of {len(drawn[0])} where batch_size = {probe.setting['batch_size']}")
    # 160 draws: any of six examples is missed by chance once in 10^12 runs.
    never = sorted(set(range(EXAMPLES)) - set(np.concatenate(drawn).tolist()))
    if never:
        return Seen(
            False, f"of {EXAMPLES} examples, in {len(drawn)} batches, never drawn: {', '.join(map(str, never))}"
        )
    return Seen(True, f"each of the {EXAMPLES} examples came up")


def _examine_pairs(reply: Reply, probe: Probe) -> Seen:
    if (complaint := never_asked(reply)) is not None:
        return complaint
    pairs = list(zip(reply.value["drawn"], reply.value["labels"], strict=True))
    if any(len(drawn) != len(labels) or drawn.max() >= EXAMPLES for drawn, labels in pairs):
        return Seen(False, "a batch has not as many labels as examples")
    wrong = sum(int(np.sum(probe.setting["y"][drawn] != labels)) for drawn, labels in pairs)
    return Seen(not wrong, f"{wrong} examples came with a label of another one" if wrong else "each with its own label")


def _examine_large(reply: Reply, probe: Probe) -> Seen:
    if (complaint := never_asked(reply)) is not None:
        return complaint
    return Seen(True, f"{probe.setting['batch_size']} drawn from {EXAMPLES} examples")


def length(history: Any, name: str) -> int | None:
    values = history.get(name) if isinstance(history, dict) else None
    if isinstance(values, np.ndarray):
        values = values.ravel().tolist()
    return len(values) if isinstance(values, list | tuple) else None


def _examine_lengths(reply: Reply, probe: Probe) -> Seen:
    history = reply.value["history"]
    losses, train, val = (length(history, f"{name}_history") for name in ("loss", "train_acc", "val_acc"))
    if losses is None or train is None or val is None:
        return Seen(False, "a dict with loss_history, train_acc_history and val_acc_history was expected")
    says = f"{ITERATIONS} iterations, {EPOCH} an epoch: {losses} losses, {train} and {val} accuracies"
    # At iterations 0, 3 and 6, or after each whole epoch.
    if losses != ITERATIONS or train != val or train not in (ITERATIONS // EPOCH, -(-ITERATIONS // EPOCH)):
        return Seen(False, says)
    accuracies = [number(one) for name in ("train", "val") for one in history[f"{name}_acc_history"]]
    if any(one is None or not 0 <= one <= 1 for one in accuracies):
        return Seen(False, "an accuracy is not between 0 and 1")
    if not _are_shares_of_right_predictions(history, reply, probe):
        return Seen(False, "an accuracy is not the share of examples for which predict says their label")
    return Seen(True, says)


def _are_shares_of_right_predictions(history: Any, reply: Reply, probe: Probe) -> bool:
    """The stand-in is right about every second example. In training those of the batch count; all of them may."""
    of_all = float(np.mean(np.arange(EXAMPLES) % 2 == 0))
    train, val = ([number(one) for one in history[f"{name}_acc_history"]] for name in ("train", "val"))
    if not np.allclose(val, of_all):
        return False
    drawn = reply.value["drawn"]
    usual = len(drawn) == ITERATIONS and all(len(one) == probe.setting["batch_size"] for one in drawn)
    if not usual or not _examine_pairs(reply, probe).passed:
        return True  # that is told elsewhere, and of which examples they are is not known
    noted = range(0, ITERATIONS, EPOCH) if len(train) > ITERATIONS // EPOCH else range(EPOCH - 1, ITERATIONS, EPOCH)
    of_batches = [float(np.mean(drawn[iteration] % 2 == 0)) for iteration in noted]
    return np.allclose(train, of_batches) or np.allclose(train, of_all)


def students_schedule(reply: Reply, probe: Probe) -> str | None:
    """The name in SCHEDULES whose rates add up to how far the weights have moved, in steps as long as a single one."""
    moved, first = rate_of_weights(reply, probe), rate_of_weights(reply, probe, "first")
    if moved is None or not first:
        return None
    for name, decays in SCHEDULES.items():
        if np.isclose(moved / first, sum(DECAY**times for times in decays), rtol=1e-6):
            return name
    return None


def _examine_decay(reply: Reply, probe: Probe) -> Seen:
    if (complaint := never_asked(reply)) is not None:
        return complaint
    schedule = students_schedule(reply, probe)
    if schedule is None:
        return Seen(False, "the weights end where no schedule that we know would lead them")
    return Seen(schedule in RIGHT, f"the learning rate was decayed {schedule}")


THROUGH = f"{CALLS}:trained"
ONE_STEP, MANY = partial(draw_training, reg=0.5), partial(draw_training, num_iters=80)
EPOCHS = partial(draw_training, num_iters=ITERATIONS, decay=DECAY)

QUESTIONS = (
    Question(
        "net_step", ASSIGNMENT, "train(…, num_iters=1)",
        (
            Part("weights", "W1 and W2 go one step", 0.5, ONE_STEP, _examine_weights, through=THROUGH),
            Part("biases", "b1 and b2 too", 0.25, ONE_STEP, _examine_biases, through=THROUGH),
            Part("reg", "reg has its part in it", 0.25, ONE_STEP, _examine_reg, through=THROUGH),
        ),
        "Train for one iteration and print the loss before and after.",
    ),
    Question(
        "net_batches", ASSIGNMENT, "train(…)",
        (
            Part("every", "every example can be drawn", 0.5, MANY, _examine_coverage, through=THROUGH),
            Part("pairs", "each example keeps its label", 0.25, MANY, _examine_pairs, through=THROUGH),
            Part("large", "a batch may be larger than the data", 0.25, partial(draw_training, batch_size=13),
                 _examine_large, through=THROUGH),
        ),
        "Draw a few batches of two from five examples and print which they are.",
    ),
    Question(
        "net_history", ASSIGNMENT, "train(…)",
        (
            Part("lengths", "one loss an iteration, one pair of accuracies an epoch", 0.5, EPOCHS, _examine_lengths,
                 through=THROUGH),
            Part("decay", "the learning rate decays once an epoch", 0.5, EPOCHS, _examine_decay, through=THROUGH),
        ),
        "Print the learning rate in each iteration of a short training.",
    ),
)  # fmt: skip
