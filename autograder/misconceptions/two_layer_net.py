"""Mistakes in `neural_net.py`: a new net, scores and predictions.

Those in the loss are in `two_layer_loss`, in the gradients in `two_layer_backward`, in training in
`two_layer_training`.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from autograder.misconceptions.misconception import Misconception
from autograder.questions import Probe
from autograder.questions.two_layer_forward import Measured, agrees, number
from autograder.records import Reply

LESSON = "05_two_layer_net"

INIT, SCORES, PREDICT = ("net_init",), ("net_scores",), ("net_predict",)
LOSS, STABILITY, PENALTY = ("net_loss",), ("net_stability",), ("net_penalty",)
EVERYTHING = (
    *INIT, *SCORES, *PREDICT, *LOSS, *STABILITY, "net_dscores", "net_layer2", "net_layer1", *PENALTY, "net_returns",
    "net_step", "net_batches", "net_history",
)  # fmt: skip


def when(test: Callable[[Any, dict[str, Any]], bool]) -> Callable[[Reply, Probe], bool]:
    """`test` of what was returned and of what was drawn; False for what it was not made for."""

    def matches(reply: Reply, probe: Probe) -> bool:
        if reply.error is not None or reply.timed_out or reply.unfinished or reply.value is None:
            return False
        try:
            return bool(test(reply.value, dict(probe.setting)))
        except (KeyError, TypeError, ValueError, IndexError, AttributeError):
            return False  # another kind of answer

    return matches


def _not_written(reply: Reply, probe: Probe) -> bool:
    if reply.unfinished:
        return True
    answer = reply.value
    if isinstance(answer, dict) and "batch" in answer:
        answer = answer["batch"]
    if not isinstance(answer, dict) or "grads" not in answer or "failed" in answer:
        return False
    # The stub leaves a gradient out until its piece is written.
    return number(answer["loss"]) is not None and answer["grads"] == {} and answer["dscores"] is None


# --- a new net ---


def _new(test: Callable[[dict, dict], bool]) -> Callable[[Reply, Probe], bool]:
    return when(lambda nets, s: test(nets["given"], s))


def _size(weights: np.ndarray) -> float:
    return float(np.sqrt(np.mean(np.asarray(weights, dtype=float) ** 2)))


# --- scores ---


def _scores_are(variant: Callable[[Measured], np.ndarray]) -> Callable[[Reply, Probe], bool]:
    return when(lambda scores, s: agrees(scores, variant(s["measured"])) and np.ndim(scores) == 2)


def _biases_times(factor: float, *biases: str) -> Callable[[Measured], np.ndarray]:
    def variant(m: Measured) -> np.ndarray:
        others = {name: factor * m.parameters[name] for name in biases}
        return Measured(m.X, m.y, {**m.parameters, **others}).scores

    return variant


_without, _negated = partial(_biases_times, 0.0), partial(_biases_times, -1.0)


def _hidden(activation: Callable[[np.ndarray], np.ndarray]) -> Callable[[Measured], np.ndarray]:
    return lambda m: m.scores_from(activation(m.A), m.parameters["W2"], m.parameters["b2"])


def probabilities(scores: np.ndarray) -> np.ndarray:
    exps = np.exp(scores - scores.max(axis=1, keepdims=True))
    return exps / exps.sum(axis=1, keepdims=True)


def _max_for_maximum(reply: Reply, probe: Probe) -> bool:
    if reply.error is not None:
        return "only integer scalar arrays" in reply.error or "only length-1 arrays" in reply.error
    over_examples = _hidden(lambda A: A.max(axis=0, keepdims=True))
    over_everything = _hidden(lambda A: np.full_like(A, A.max()))
    return when(
        lambda scores, s: (
            s["N"] > 1
            and (agrees(scores, over_examples(s["measured"])) or agrees(scores, over_everything(s["measured"])))
        )
    )(reply, probe)


# --- predictions ---


def _predicts(variant: Callable[[Measured], np.ndarray]) -> Callable[[Reply, Probe], bool]:
    return when(
        lambda answer, s: (
            np.array_equal(np.ravel(answer["predicted"]), np.ravel(variant(s["measured"])))
            and not np.array_equal(variant(s["measured"]), s["measured"].scores.argmax(axis=1))
        )
    )


FIRST = (
    Misconception(
        "net_file_not_loaded", EVERYTHING,
        "There is no TwoLayerNet to ask: neural_net.py could not be loaded.",
        "Run the first cell again and read the last line of its error: it names the line in neural_net.py.",
        "A slip of syntax in the file, or the class has another name.",
        "How to work on the file", LESSON,
        matches=lambda reply, probe: reply.error == "NameError: name 'TwoLayerNet' is not defined",
    ),
    Misconception(
        "net_not_written_yet", EVERYTHING,
        "This piece of TwoLayerNet is not written yet.",
        "Write it below its docstring, delete the line that raises, and save neural_net.py before you run the check.",
        "The stub's piece is untouched, the `raise` line was left in place, or the file was not saved.",
        "How to work on the file", LESSON,
        matches=_not_written,
    ),
    Misconception(
        "class_count_from_labels", LOSS,
        "With every class in the batch your loss works; with the last class missing from it, it stops.",
        "How many classes does your code believe in, and where does it look? The scores have one column for each.",
        "The number of classes is taken from `y.max() + 1` or from the labels that occur.",
        "The loss", LESSON,
        matches=when(lambda answer, s: "failed" in answer),
        parts=("absent",),
    ),
    Misconception(
        "max_for_maximum", EVERYTHING,
        "A maximum over the whole array, or over its examples, stands where each value is to be compared with 0.",
        "np.max takes one array and looks for its largest entry; which function compares two, entry by entry?",
        "`np.max(0, A)` for `np.maximum(0, A)`: the second argument of np.max is an axis.",
        "Scores", LESSON,
        matches=_max_for_maximum,
    ),
    Misconception(
        "drawn_without_replacement", ("net_batches",),
        "Drawing 12 examples from 5 stopped with an error: no example may come twice.",
        "Let an example be drawn again: look at `replace` in the help of np.random.choice.",
        "`replace=False`, which is right for shuffling an epoch but fails when a batch is larger than the data.",
        "Batches", LESSON,
        matches=lambda reply, probe: bool(reply.error) and "larger sample than population" in reply.error,
        parts=("large",),
    ),
)  # fmt: skip
"""Tried before how the call went: some of these stop with an error of their own."""

MISCONCEPTIONS = (
    Misconception(
        "init_zeros", INIT,
        "Your weights are all 0.",
        "With equal weights every hidden unit computes the same, for ever. What makes them differ?",
        "Zeros, as for the biases.",
        "A new net", LESSON,
        matches=_new(lambda p, s: not np.any(p["W1"]) or not np.any(p["W2"])),
        parts=("scale", "spread"),
    ),
    Misconception(
        "init_one_number", INIT,
        "W1 or W2 of a new net is one number, not an array.",
        "Print the shape of each parameter. Which function makes a whole array of random numbers?",
        "The scale is there, and what it should be multiplied by is not.",
        "A new net", LESSON,
        matches=_new(lambda p, s: any(name in p and np.ndim(p[name]) == 0 for name in ("W1", "W2"))),
        parts=("shapes",),
    ),
    Misconception(
        "init_only_positive", INIT,
        "Your weights are random, but not one is negative.",
        "rand draws from 0 to 1. Which function draws around 0?",
        "`np.random.rand` for `np.random.randn`.",
        "A new net", LESSON,
        matches=_new(lambda p, s: any(np.min(p[name]) >= 0 < np.ptp(p[name]) for name in ("W1", "W2"))),
        parts=("scale", "spread"),
    ),
    Misconception(
        "init_std_ignored", INIT,
        "Your weights have a standard deviation of 1, whatever std is.",
        "Where is std used in your lines?",
        "randn without the factor.",
        "A new net", LESSON,
        matches=_new(lambda p, s: any(abs(_size(p[name]) - 1) < 0.1 for name in ("W1", "W2"))),
        parts=("scale",),
    ),
    Misconception(
        "init_std_as_variance", INIT,
        "Your weights have the standard deviation √std.",
        "If z has the standard deviation 1, what is that of c·z?",
        "The variance and the standard deviation are confused.",
        "A new net", LESSON,
        matches=_new(lambda p, s: abs(_size(p["W1"]) / np.sqrt(s["std"]) - 1) < 0.06),
        parts=("scale",),
    ),
    Misconception(
        "init_biases_random", INIT,
        "Your biases are not 0 at the start.",
        "Nothing needs to tell the biases apart: the weights do. Start them at zero.",
        "The same line copied for all four parameters.",
        "A new net", LESSON,
        matches=_new(lambda p, s: np.any(p["b1"]) or np.any(p["b2"])),
        parts=("biases",),
    ),
    Misconception(
        "init_shapes_transposed", INIT,
        "Your W1 has the shape (H, D); this net computes X W1, with X of shape (N, D).",
        "Write the sizes under X @ W1: which two have to meet?",
        "Other libraries keep weights as (outputs, inputs).",
        "A new net", LESSON,
        matches=_new(lambda p, s: np.shape(p["W1"]) == (s["H"], s["D"])),
        parts=("shapes",),
    ),
    Misconception(
        "b1_left_out", SCORES,
        "Your scores are those of a net whose b1 is 0.",
        "Which of the two layers adds its bias?",
        "The biases start at zero, so that leaving one out changes nothing in a new net.",
        "Scores", LESSON,
        matches=_scores_are(_without("b1")),
    ),
    Misconception(
        "b2_left_out", SCORES,
        "Your scores are those of a net whose b2 is 0.",
        "Which of the two layers adds its bias?",
        "The biases start at zero, so that leaving one out changes nothing in a new net.",
        "Scores", LESSON,
        matches=_scores_are(_without("b2")),
    ),
    Misconception(
        "biases_left_out", SCORES,
        "Your scores are those of a net without biases.",
        "Each layer is X W + b. Where are the two b?",
        "The biases start at zero, so that leaving them out changes nothing in a new net.",
        "Scores", LESSON,
        matches=_scores_are(_without("b1", "b2")),
    ),
    Misconception(
        "relu_missing", SCORES,
        "Your scores are those of two layers with nothing between them.",
        "What happens to a negative value between the two layers?",
        "The ReLU was left out; two linear layers in a row are one.",
        "Scores", LESSON,
        matches=_scores_are(_hidden(lambda A: A)),
    ),
    Misconception(
        "relu_upside_down", SCORES,
        "Your scores are those of a net that keeps what is negative and sets to 0 what is positive.",
        "Which of 0 and the value is to be kept: the larger or the smaller?",
        "np.minimum for np.maximum.",
        "Scores", LESSON,
        matches=_scores_are(_hidden(lambda A: np.minimum(0, A))),
    ),
    Misconception(
        "absolute_values_for_relu", SCORES,
        "Your scores are those of a net that folds negative values up: |a| where max(0, a) belongs.",
        "What does a ReLU make of -3?",
        "np.abs for np.maximum(0, ·).",
        "Scores", LESSON,
        matches=_scores_are(_hidden(np.abs)),
    ),
    Misconception(
        "bias_subtracted", SCORES,
        "Your scores are those of a net whose bias is subtracted.",
        "Y = XW + b: which sign does the bias have?",
        "A minus slipped in.",
        "Scores", LESSON,
        matches=lambda reply, probe: any(
            _scores_are(_negated(*names))(reply, probe) for names in (("b1",), ("b2",), ("b1", "b2"))
        ),
    ),
    Misconception(
        "relu_on_scores", SCORES,
        "Your scores are the right ones with every negative score set to 0.",
        "The ReLU stands between the layers. What does the softmax need of a low score?",
        "A ReLU after each layer, the last included.",
        "Scores", LESSON,
        matches=_scores_are(lambda m: np.maximum(m.scores, 0)),
    ),
    Misconception(
        "sigmoid_for_relu", SCORES,
        "Your scores are those of a net with a sigmoid between its layers.",
        "Here a value below 0 becomes 0 and any other stays as it is.",
        "The sigmoid of the lecture's first examples.",
        "Scores", LESSON,
        matches=_scores_are(_hidden(lambda A: 1 / (1 + np.exp(-A)))),
    ),
    Misconception(
        "probabilities_for_scores", SCORES,
        "Your scores are probabilities: each row sums to 1.",
        "loss(X) returns what enters the softmax, not what comes out of it.",
        "The softmax is taken for a part of the forward pass.",
        "Scores", LESSON,
        matches=_scores_are(lambda m: probabilities(m.scores)),
    ),
    Misconception(
        "whole_number_scores", SCORES,
        "With whole numbers in X the values on the way to your scores lose everything after the point.",
        "Which dtype has a buffer made with dtype=X.dtype, or like X?",
        "A buffer takes its type from X; pixels often come as integers.",
        "Scores", LESSON,
        matches=when(
            lambda scores, s: agrees(scores, _hidden(lambda A: np.maximum(np.trunc(A), 0))(s["measured"]))
            or np.asarray(scores).dtype.kind in "iu"
        ),
        parts=("whole",),
    ),
    Misconception(
        "argmax_over_examples", PREDICT,
        "predict looks down the columns: for each class it finds the example with the largest score.",
        "Which index should be gone from scores (N, C) to leave one class for each example?",
        "axis=0 for axis=1.",
        "Predictions", LESSON,
        matches=_predicts(lambda m: m.scores.argmax(axis=0)),
    ),
    Misconception(
        "argmax_of_everything", PREDICT,
        "predict returns one number for all examples together.",
        "argmax without an axis counts through the flattened array. Which axis holds the classes?",
        "np.argmax without an axis.",
        "Predictions", LESSON,
        matches=when(lambda answer, s: np.size(answer["predicted"]) == 1 and s["N"] > 1),
    ),
    Misconception(
        "max_for_argmax", PREDICT,
        "predict returns the largest scores themselves.",
        "Which function says where the maximum is, not how large?",
        "np.max for np.argmax.",
        "Predictions", LESSON,
        matches=when(lambda answer, s: agrees(answer["predicted"], s["measured"].scores.max(axis=1))),
    ),
    Misconception(
        "smallest_for_largest", PREDICT,
        "predict says the class with the smallest score.",
        "The loss makes the score of the right class large. Which end do you look for?",
        "argmin for argmax, or scores with a minus.",
        "Predictions", LESSON,
        matches=_predicts(lambda m: m.scores.argmin(axis=1)),
    ),
    Misconception(
        "classes_negated", PREDICT,
        "predict says the right classes with a minus before them.",
        "Classes are counted 0, 1, 2, …: which sign can they have?",
        "A minus that was meant for the scores.",
        "Predictions", LESSON,
        matches=_predicts(lambda m: -m.scores.argmax(axis=1)),
    ),
    Misconception(
        "hidden_unit_for_class", PREDICT,
        "predict returns the number of the hidden unit with the largest value.",
        "There is one more layer between the hidden units and the classes.",
        "The second layer was left out of predict.",
        "Predictions", LESSON,
        matches=_predicts(lambda m: m.H.argmax(axis=1)),
    ),
    Misconception(
        "relu_in_predict", PREDICT,
        "predict says class 0 for every example as soon as all scores are negative.",
        "Is a ReLU applied to the scores in predict? The largest of negative scores is still the largest.",
        "A ReLU after each layer, the last included.",
        "Predictions", LESSON,
        matches=when(lambda answer, s: not np.any(answer["predicted"])),
        parts=("negative",),
    ),
    Misconception(
        "biases_left_out_of_predict", PREDICT,
        "predict says what a net without biases would say.",
        "Could predict use the scores that you have already?",
        "The forward pass was written a second time, without b1 and b2.",
        "Predictions", LESSON,
        matches=_predicts(lambda m: _without("b1", "b2")(m).argmax(axis=1)),
    ),
)  # fmt: skip
