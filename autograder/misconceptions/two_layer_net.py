"""Mistakes in `neural_net.py`: a new net, scores, predictions, loss and regularisation.

Those in the gradients are in `two_layer_backward`, those in training in `two_layer_training`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from autograder.misconceptions.misconception import Misconception
from autograder.questions import Probe
from autograder.questions.two_layer_forward import Measured, agrees, is_gradient, is_loss, number
from autograder.questions.two_layer_penalty import added_gradients, students_term
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


def _without(*biases: str) -> Callable[[Measured], np.ndarray]:
    def variant(m: Measured) -> np.ndarray:
        zeros = {name: np.zeros_like(m.parameters[name]) for name in biases}
        return Measured(m.X, m.y, {**m.parameters, **zeros}).scores

    return variant


def _hidden(activation: Callable[[np.ndarray], np.ndarray]) -> Callable[[Measured], np.ndarray]:
    return lambda m: m.scores_from(activation(m.A), m.parameters["W2"], m.parameters["b2"])


def _probabilities(scores: np.ndarray) -> np.ndarray:
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


# --- loss ---


def _loss_is(variant: Callable[[np.ndarray, Measured], float]) -> Callable[[Reply, Probe], bool]:
    """`variant` of -log P and the network."""

    def test(answer: Any, s: dict[str, Any]) -> bool:
        m = s["measured"].as_seen(answer["scores"])
        with np.errstate(all="ignore"):
            wanted = variant(-np.log(_probabilities(m.scores)), m)
        return np.isfinite(wanted) and is_loss(answer["loss"], float(wanted)) and not is_loss(wanted, m.loss)

    return when(test)


def _right(minus_log: np.ndarray, m: Measured) -> np.ndarray:
    return minus_log[np.arange(m.N), m.y]


def _over_batch(scores: np.ndarray) -> np.ndarray:
    return _probabilities(scores.T).T


def _wide_loss(test: Callable[[float | None], bool]) -> Callable[[Reply, Probe], bool]:
    return when(lambda answer, s: test(number(answer[1]["loss"])))


# --- regularisation ---


def _term_is(*names: str) -> Callable[[Reply, Probe], bool]:
    def matches(reply: Reply, probe: Probe) -> bool:
        return when(lambda answer, s: students_term(reply, probe) in names)(reply, probe)

    return matches


def _penalty_gradient_is(factor: Callable[[dict], float]) -> Callable[[Reply, Probe], bool]:
    """What reg adds to the gradients, as a multiple of the slope of the right term."""

    def test(reply: Reply, probe: Probe) -> bool:
        added, s = added_gradients(reply, probe), probe.setting
        weights = {name: one for name, one in added.items() if name in ("W1", "W2")}
        return bool(weights) and all(
            np.allclose(one, factor(s) * s["slopes"]["right"][name], rtol=1e-7, atol=1e-9)
            for name, one in weights.items()
        )

    return lambda reply, probe: when(lambda answer, s: test(reply, probe))(reply, probe)


def _penalty_on_bias_gradients(reply: Reply, probe: Probe) -> bool:
    return when(
        lambda answer, s: any(
            name in ("b1", "b2") and np.abs(one).max() > 1e-9 for name, one in added_gradients(reply, probe).items()
        )
    )(reply, probe)


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
        "init_only_positive", INIT,
        "Your weights are random, but not one is negative.",
        "rand draws from 0 to 1. Which function draws around 0?",
        "`np.random.rand` for `np.random.randn`.",
        "A new net", LESSON,
        matches=_new(lambda p, s: np.min(p["W1"]) >= 0 < np.max(p["W1"])),
        parts=("scale", "spread"),
    ),
    Misconception(
        "init_std_ignored", INIT,
        "Your weights have a standard deviation of 1, whatever std is.",
        "Where is std used in your lines?",
        "randn without the factor.",
        "A new net", LESSON,
        matches=_new(lambda p, s: abs(_size(p["W1"]) - 1) < 0.1 and abs(_size(p["W2"]) - 1) < 0.1),
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
        matches=_scores_are(lambda m: _probabilities(m.scores)),
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
    Misconception(
        "loss_summed", LOSS,
        "Your loss is N = {N} times the right one: the sum over the examples, not their mean.",
        "Divide by the number of examples, once.",
        "The 1/N of the mean is missing.",
        "The loss", LESSON,
        matches=_loss_is(lambda minus_log, m: _right(minus_log, m).sum()),
    ),
    Misconception(
        "loss_mean_over_classes", LOSS,
        "Your loss is the right one divided by C = {C}.",
        "The mean runs over the examples. Count the entries that np.mean divides by.",
        "np.mean over an array (N, C) of which only one entry a row is not 0.",
        "The loss", LESSON,
        matches=_loss_is(lambda minus_log, m: _right(minus_log, m).mean() / m.C),
    ),
    Misconception(
        "loss_sign_flipped", LOSS,
        "Your loss is the negative of the right one.",
        "log of a probability is below 0. What does the loss do about it?",
        "The minus of the negative log likelihood is missing.",
        "The loss", LESSON,
        matches=_loss_is(lambda minus_log, m: -_right(minus_log, m).mean()),
    ),
    Misconception(
        "loss_of_every_label", LOSS,
        "Your loss mixes every example with the labels of all the others.",
        "logp[:, y] picks N columns in each row. One entry a row needs a row index, too: np.arange(N).",
        "`logp[:, y]` for `logp[np.arange(N), y]`.",
        "The loss", LESSON,
        matches=lambda reply, probe: any(
            _loss_is(variant)(reply, probe)
            for variant in (
                lambda minus_log, m: minus_log[:, m.y].mean(),
                lambda minus_log, m: minus_log[:, m.y].sum() / m.N,
            )
        ),
    ),
    Misconception(
        "loss_softmax_over_batch", LOSS,
        "Your loss belongs to probabilities that sum to 1 down each column, over the examples.",
        "Each example shares its probability out among the classes: which axis does the sum run along?",
        "axis=0 for axis=1 in the sum of the softmax.",
        "The loss", LESSON,
        matches=_loss_is(lambda minus_log, m: _right(-np.log(_over_batch(m.scores)), m).mean()),
        parts=("value", "absent", "whole"),
    ),
    Misconception(
        "loss_without_log", LOSS,
        "Your loss is made of the probabilities themselves: no logarithm was taken.",
        "The loss of one example is -log of the probability of its class.",
        "The probability of the right class is itself a number to be made large.",
        "The loss", LESSON,
        matches=lambda reply, probe: any(
            _loss_is(variant)(reply, probe)
            for variant in (
                lambda minus_log, m: -np.exp(-_right(minus_log, m)).mean(),
                lambda minus_log, m: 1 - np.exp(-_right(minus_log, m)).mean(),
            )
        ),
    ),
    Misconception(
        "loss_in_bits", LOSS,
        "Your loss is the right one in another unit: the logarithm has another base.",
        "np.log is the natural logarithm; its derivative is the plain 1/p.",
        "np.log2 or np.log10.",
        "The loss", LESSON,
        matches=lambda reply, probe: any(
            _loss_is(variant)(reply, probe)
            for variant in (
                lambda minus_log, m: _right(minus_log, m).mean() / np.log(2),
                lambda minus_log, m: _right(minus_log, m).mean() / np.log(10),
            )
        ),
    ),
    Misconception(
        "loss_per_example", LOSS,
        "Your loss is an array with one entry for each example.",
        "The loss of a batch is one number: the mean of these.",
        "The last step, the mean, is missing.",
        "The loss", LESSON,
        matches=when(lambda answer, s: is_gradient(answer["loss"]) and answer["loss"].size == s["N"] > 1),
    ),
    Misconception(
        "row_maximum_not_subtracted", STABILITY,
        "With large scores your loss becomes nan or inf, though the right one is a plain number.",
        "Subtract something from each row, so that its largest score is 0. One number for all rows will not do.",
        "No shift at all (exp overflows), or one for the whole matrix (every exp of a low row is 0).",
        "Large scores", LESSON,
        matches=_wide_loss(lambda found: found is not None and not np.isfinite(found)),
        parts=("shift",),
    ),
    Misconception(
        "log_of_a_quotient", STABILITY,
        "Where the right class is over 745 below the best one, your loss is not what it should be: its exp is 0.",
        "log(a / b) = log a - log b, and log of exp(z) is z: nothing small has to be computed at all.",
        "exp and log are applied one after the other; most published solutions do so.",
        "Large scores", LESSON,
        matches=_wide_loss(lambda found: found is not None),
        parts=("gap",),
    ),
    Misconception(
        "half_reg_convention", PENALTY,
        "Your loss adds ½·reg·ΣW², a convention that many use; this course adds reg·ΣW².",
        "Take the ½ away here, or read reg as twice the one we mean. Either is right if the gradient goes with it.",
        "CS231n itself has used both. The ½ makes the derivative reg·W.",
        "Regularisation", LESSON,
        matches=_term_is("half"),
        parts=("term",),
    ),
    Misconception(
        "reg_missing_in_loss", PENALTY,
        "Your loss is the same for every reg.",
        "Where does penalty(reg) enter the loss?",
        "The gradient has its 2·reg·W, the loss was forgotten; only a numeric gradient would tell.",
        "Regularisation", LESSON,
        matches=_term_is("missing"),
        parts=("term",),
    ),
    Misconception(
        "reg_on_biases", PENALTY,
        "Your regularisation counts the biases, too.",
        "A bias moves a score whatever X is; it fits no noise. Leave both out of the sum.",
        "A loop over all of self.params.",
        "Regularisation", LESSON,
        matches=_term_is("on_biases"),
        parts=("term",),
    ),
    Misconception(
        "reg_divided_by_N", PENALTY,
        "What reg adds to your loss is the right number divided by N = {N}.",
        "The weights do not belong to one example or another. Which part of the loss is a mean over examples?",
        "The sum of both parts is divided by N.",
        "Regularisation", LESSON,
        matches=_term_is("divided_by_N"),
        parts=("term",),
    ),
    Misconception(
        "reg_on_one_layer", PENALTY,
        "Your regularisation counts the weights of one layer only.",
        "There are two weight matrices.",
        "Taken over from the softmax exercise, which has one W.",
        "Regularisation", LESSON,
        matches=_term_is("first_layer_only", "second_layer_only"),
        parts=("term",),
    ),
    Misconception(
        "reg_not_squared", PENALTY,
        "Your regularisation adds the weights up without squaring them.",
        "A weight of -3 should cost as much as one of +3.",
        "np.sum(W) for np.sum(W * W).",
        "Regularisation", LESSON,
        matches=_term_is("not_squared"),
        parts=("term",),
    ),
    Misconception(
        "reg_root_or_mean", PENALTY,
        "Your regularisation takes a root or a mean of the squares, not their sum.",
        "reg·ΣW²: square, add, multiply. Nothing else.",
        "np.linalg.norm(W) is the root of the sum; np.mean divides by the number of weights.",
        "Regularisation", LESSON,
        matches=_term_is("root_of_squares", "mean_of_squares"),
        parts=("term",),
    ),
    Misconception(
        "reg_gradient_without_two", PENALTY,
        "reg adds reg·W to your gradients; your loss adds something of which that is not the derivative.",
        "What is the derivative of reg·w²? Keep loss and gradient to one convention.",
        "reg·W belongs to ½·reg·ΣW²: the two conventions are mixed.",
        "Regularisation", LESSON,
        matches=_penalty_gradient_is(lambda s: 0.5),
        parts=("gradient",),
    ),
    Misconception(
        "reg_missing_in_gradients", PENALTY,
        "Your gradients by W1 and W2 are the same for every reg.",
        "A weight now reaches the loss by two roads: through the scores, and through its own square. Gradients add.",
        "The loss has its term, its derivative was forgotten.",
        "Regularisation", LESSON,
        matches=_penalty_gradient_is(lambda s: 0.0),
        parts=("gradient",),
    ),
    Misconception(
        "reg_gradient_divided_by_N", PENALTY,
        "What reg adds to your gradients is the right one divided by N = {N}.",
        "Divide by N once, at dscores, and add 2·reg·W afterwards.",
        "The division comes last and takes the regularisation with it.",
        "Regularisation", LESSON,
        matches=_penalty_gradient_is(lambda s: 1 / s["N"]),
        parts=("gradient",),
    ),
    Misconception(
        "reg_on_bias_gradients", PENALTY,
        "reg changes your gradients by the biases; the loss has no such term.",
        "Add 2·reg·W to dW1 and dW2 only.",
        "A loop over all of grads.",
        "Regularisation", LESSON,
        matches=_penalty_on_bias_gradients,
        parts=("biases",),
    ),
)  # fmt: skip
