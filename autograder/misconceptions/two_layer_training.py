"""Mistakes in `train` of `neural_net.py`: the step, the batches, the learning rate and the history."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from autograder.misconceptions.misconception import Misconception
from autograder.misconceptions.two_layer_net import LESSON, when
from autograder.questions import Probe
from autograder.questions.two_layer_forward import NAMES, number
from autograder.questions.two_layer_training import EPOCH, ITERATIONS, length, rate, rate_of_weights, students_schedule
from autograder.records import Reply

STEP, BATCHES, HISTORY = ("net_step",), ("net_batches",), ("net_history",)


def _step(test: Callable[[Reply, Probe], bool]) -> Callable[[Reply, Probe], bool]:
    return lambda reply, probe: when(lambda answer, s: test(reply, probe))(reply, probe)


def _weights_moved_by(factor: Callable[[dict[str, Any]], float]) -> Callable[[Reply, Probe], bool]:
    """So many learning rates downhill, in a single step."""

    def test(reply: Reply, probe: Probe) -> bool:
        moved = rate_of_weights(reply, probe, "first" if "first" in reply.value else "moved")
        return moved is not None and bool(np.isclose(moved, factor(dict(probe.setting)), rtol=1e-9))

    return _step(test)


def _moved_along(reply: Reply, probe: Probe, direction: Callable[[np.ndarray], np.ndarray]) -> bool:
    """Whether W1 and W2 have moved one learning rate down `direction` of their gradient."""
    step = probe.setting["learning_rate"]
    return _ends_at(reply, probe, lambda W, move: W - step * direction(move / step))


def _ends_at(reply: Reply, probe: Probe, end: Callable[[np.ndarray, np.ndarray], np.ndarray]) -> bool:
    """Whether W1 and W2 are where `end` says: of the weight before, and of learning rate × gradient."""
    for name in ("W1", "W2"):
        before, move = probe.arguments[name], probe.setting["learning_rate"] * probe.setting["with_reg"][name]
        if not np.allclose(before + reply.value["moved"][name], end(before, move), rtol=1e-9, atol=1e-12):
            return False
    return True


def _still(*names: str) -> Callable[[Reply, Probe], bool]:
    return _step(lambda reply, probe: not any(np.any(reply.value["moved"][name]) for name in names))


def _drawn(test: Callable[[list[np.ndarray], dict[str, Any]], bool]) -> Callable[[Reply, Probe], bool]:
    return when(lambda answer, s: bool(answer["drawn"]) and test(answer["drawn"], s))


def _counted(answer: dict[str, Any], s: dict[str, Any]) -> bool:
    """A number above 1; or, of a small batch, how often the stand-in knew the label: that of every second example."""
    history, drawn = answer["history"], answer["drawn"]
    if any(number(one) > 1 for name in ("train", "val") for one in history[f"{name}_acc_history"]):
        return True
    of_batches = [int(np.sum(drawn[iteration] % 2 == 0)) for iteration in range(0, ITERATIONS, EPOCH)]
    return any(of_batches) and list(map(number, history["train_acc_history"])) == of_batches


def _decays(*names: str) -> Callable[[Reply, Probe], bool]:
    return lambda reply, probe: when(lambda answer, s: students_schedule(reply, probe) in names)(reply, probe)


MISCONCEPTIONS = (
    Misconception(
        "parameters_never_move", STEP,
        "After one iteration all four parameters are what they were.",
        "`W = W - …` gives a new array a name. Does it get back into self.params?",
        "The step is computed on local names only.",
        "One step", LESSON,
        matches=_still(*NAMES),
    ),
    Misconception(
        "biases_never_move", STEP,
        "Your step moves W1 and W2 and leaves the biases where they were.",
        "There are four parameters. A loop over self.params forgets none.",
        "Only the weights are updated.",
        "One step", LESSON,
        matches=_still("b1", "b2"),
        parts=("biases",),
    ),
    Misconception(
        "uphill", STEP,
        "Your step goes uphill: the loss grows.",
        "A gradient says where the loss grows. Which way do you want to go?",
        "`+=` for `-=`.",
        "One step", LESSON,
        matches=_weights_moved_by(lambda s: -1.0),
        parts=("weights",),
    ),
    Misconception(
        "learning_rate_ignored", (*STEP, *HISTORY),
        "Your step is the whole gradient, whatever the learning rate is.",
        "Where is learning_rate used in your step?",
        "The factor was forgotten.",
        "One step", LESSON,
        matches=_weights_moved_by(lambda s: 1 / s["learning_rate"]),
        parts=("weights", "decay"),
    ),
    Misconception(
        "step_divided_again", STEP,
        "Your step is divided by the size of the batch.",
        "The gradient is that of a mean already.",
        "A division by N or batch_size in the update.",
        "One step", LESSON,
        matches=_weights_moved_by(lambda s: 1 / s["batch_size"]),
        parts=("weights",),
    ),
    Misconception(
        "step_without_gradient", STEP,
        "Your step moves every weight by the learning rate, whatever its gradient is.",
        "Which weights should move far, and which should hardly move?",
        "The factor was forgotten.",
        "One step", LESSON,
        matches=_step(lambda reply, probe: _moved_along(reply, probe, lambda slope: np.ones_like(slope))),
        parts=("weights",),
    ),
    Misconception(
        "parameter_lost_in_step", STEP,
        "After your step a weight is learning rate × gradient: what it was before is gone.",
        "A step starts from where you are. Where is the old weight in your line?",
        "`=` for `-=`.",
        "One step", LESSON,
        matches=_step(lambda reply, probe: _ends_at(reply, probe, lambda W, move: move)
                      or _ends_at(reply, probe, lambda W, move: -move)),
        parts=("weights",),
    ),
    Misconception(
        "step_subtracts_the_parameter", STEP,
        "Your step subtracts the weight from learning rate × gradient: it comes out with its sign turned.",
        "Which of the two is subtracted from which?",
        "The operands of the minus are exchanged.",
        "One step", LESSON,
        matches=_step(lambda reply, probe: _ends_at(reply, probe, lambda W, move: move - W)),
        parts=("weights",),
    ),
    Misconception(
        "gradient_squared_in_step", STEP,
        "Your step has the square of each gradient in it.",
        "learning rate × gradient: how often does the gradient stand in your line?",
        "A factor twice: in the step, and before it.",
        "One step", LESSON,
        matches=_step(lambda reply, probe: _moved_along(reply, probe, np.square)),
        parts=("weights",),
    ),
    Misconception(
        "reg_not_passed_on", STEP,
        "train moves the weights as if reg were 0.",
        "Which arguments does train hand to loss?",
        "`self.loss(X_batch, y_batch)`: reg stays behind.",
        "One step", LESSON,
        matches=_step(lambda reply, probe: rate(reply, probe, "W1", "slope") is not None),
        parts=("reg",),
    ),
    Misconception(
        "whole_data_for_a_batch", BATCHES,
        "Each of your batches has another size than batch_size.",
        "Which arrays go into loss: all examples, or the ones you have drawn?",
        "The batch is drawn, and X and y are handed over all the same.",
        "Batches", LESSON,
        matches=_drawn(lambda drawn, s: any(len(one) != s["batch_size"] for one in drawn)),
        parts=("every",),
    ),
    Misconception(
        "same_batch_each_time", BATCHES,
        "Every one of your batches holds the same examples.",
        "The drawing belongs inside the loop, and should not start from the same seed each time.",
        "Drawn once before the loop; X[:batch_size]; or a seed inside the loop.",
        "Batches", LESSON,
        matches=_drawn(lambda drawn, s: all(np.array_equal(one, drawn[0]) for one in drawn)),
        parts=("every",),
    ),
    Misconception(
        "last_example_never_drawn", BATCHES,
        "The last example is never drawn; all others are.",
        "np.random.choice(N) and np.random.randint(N) stop before N by themselves.",
        "`np.random.choice(N - 1, …)`.",
        "Batches", LESSON,
        matches=_drawn(lambda drawn, s: set(np.concatenate(drawn).tolist()) == set(range(s["N"] - 1))),
        parts=("every",),
    ),
    Misconception(
        "drawn_from_the_first_few", BATCHES,
        "Only the first batch_size examples are ever drawn.",
        "Draw from all N examples, batch_size of them: two numbers, two meanings.",
        "`np.random.choice(batch_size, batch_size)`.",
        "Batches", LESSON,
        matches=_drawn(lambda drawn, s: set(np.concatenate(drawn).tolist()) == set(range(s["batch_size"]))),
        parts=("every",),
    ),
    Misconception(
        "labels_drawn_apart", BATCHES,
        "Your examples come with the labels of others.",
        "Draw the row numbers once, and use them for X and for y.",
        "X and y are drawn with two calls, or only one of them is shuffled.",
        "Batches", LESSON,
        matches=when(
            lambda answer, s: any(
                len(labels) == len(drawn) and np.any(s["y"][drawn] != labels)
                for drawn, labels in zip(answer["drawn"], answer["labels"], strict=True)
            )
        ),
        parts=("pairs",),
    ),
    Misconception(
        "labels_of_another_length", BATCHES,
        "loss is handed a batch of examples with another number of labels.",
        "X_batch and y_batch belong together: print both shapes.",
        "y for y_batch.",
        "Batches", LESSON,
        matches=when(
            lambda answer, s: any(
                len(labels) != len(drawn) for drawn, labels in zip(answer["drawn"], answer["labels"], strict=True)
            )
        ),
        parts=("pairs",),
    ),
    Misconception(
        "learning_rate_never_decays", HISTORY,
        "Your learning rate stays what it was at the start.",
        "learning_rate *= learning_rate_decay: where, and how often?",
        "The line is missing, or its result is not the rate that the step uses.",
        "What training notes down", LESSON,
        matches=_decays("never"),
        parts=("decay",),
    ),
    Misconception(
        "learning_rate_decays_each_iteration", HISTORY,
        "Your learning rate decays in each iteration; it should do so once an epoch.",
        "With 0.95 an iteration it is gone after a hundred. Under which `if` does the line belong?",
        "The line stands outside the `if`.",
        "What training notes down", LESSON,
        matches=_decays("every iteration", "before every step"),
        parts=("decay",),
    ),
    Misconception(
        "learning_rate_decays_too_early", HISTORY,
        "Your learning rate decays before the first step: not one step uses the rate that was given.",
        "First the step, then the decay.",
        "The decay stands at the top of the loop.",
        "What training notes down", LESSON,
        matches=_decays("before the first step"),
        parts=("decay",),
    ),
    Misconception(
        "noted_at_other_iterations", HISTORY,
        "Accuracies are noted, or the learning rate decays, at other iterations than the docstring says.",
        "Write down the numbers of the first seven iterations, and what your `if` says of each at 3 an epoch.",
        "`!=` for `==`, or a remainder of 1 for one of 0.",
        "What training notes down", LESSON,
        matches=_decays("after iterations 1 and 4", "between the epochs"),
        parts=("decay",),
    ),
    Misconception(
        "accuracies_each_iteration", HISTORY,
        "Your history holds an accuracy for each iteration, not for each epoch.",
        "Looking at all validation images takes longer than a step. Once an epoch is enough.",
        "The two lines stand outside the `if`.",
        "What training notes down", LESSON,
        matches=when(lambda answer, s: length(answer["history"], "val_acc_history") == ITERATIONS),
        parts=("lengths",),
    ),
    Misconception(
        "accuracies_counted", HISTORY,
        "Your history holds how many predictions were right; an accuracy is their share, between 0 and 1.",
        "Which function of `predict(X) == y` is 1 when all are right, however many there are?",
        "np.sum for np.mean.",
        "What training notes down", LESSON,
        matches=when(_counted),
        parts=("lengths",),
    ),
    Misconception(
        "losses_each_epoch", HISTORY,
        "Your history does not hold one loss for each iteration.",
        "Which lines run in each iteration, which once an epoch?",
        "loss_history is filled inside the `if`, or not at all.",
        "What training notes down", LESSON,
        matches=when(lambda answer, s: length(answer["history"], "loss_history") not in (None, ITERATIONS)),
        parts=("lengths",),
    ),
)  # fmt: skip
