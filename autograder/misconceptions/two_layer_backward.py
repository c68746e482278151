"""Mistakes in the gradients of `neural_net.py`. First the upstream gradient, then what is made of it: a slip in dscores
is told once, where it happened."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from autograder.misconceptions.misconception import Misconception
from autograder.misconceptions.two_layer_net import LESSON, when
from autograder.questions import Probe
from autograder.questions.two_layer_backward import seen_in, students_dA
from autograder.questions.two_layer_forward import NAMES, Measured, agrees, is_gradient
from autograder.questions.two_layer_kink import ALSO_ON, ON, at_the_units
from autograder.records import Reply

DSCORES, LAYER_2, LAYER_1 = ("net_dscores",), ("net_layer2",), ("net_layer1",)
LAYERS = (*LAYER_2, *LAYER_1)
RETURNS = ("net_returns",)


def _dscores_are(*names: str) -> Callable[[Reply, Probe], bool]:
    def test(answer: Any, s: dict[str, Any]) -> bool:
        _, _, upstream = seen_in(answer.get("batch", answer), s["measured"])
        return upstream.name in names and bool(upstream.explains)

    return when(test)


def _dA_is(*names: str) -> Callable[[Reply, Probe], bool]:
    def test(answer: Any, s: dict[str, Any]) -> bool:
        grads, m, upstream = seen_in(answer, s["measured"])
        return students_dA(grads, m, upstream.value).name in names

    return when(test)


def _gradient_is(variant: Callable[[str, Measured, np.ndarray], np.ndarray | None]) -> Callable[[Reply, Probe], bool]:
    """`variant` of the parameter's name, the network, and the upstream gradient the student worked with: one of the
    wrong gradients in the reply is it, and not the right one."""

    def test(answer: Any, s: dict[str, Any]) -> bool:
        grads, m, upstream = seen_in(answer, s["measured"])
        # Under the measured upstream gradient, too: dW2 alone makes whatever it holds look like an upstream gradient.
        for dscores in (upstream.value, m.dscores):
            dA = students_dA(grads, m, dscores).value
            for which in NAMES:
                value = dscores if which in ("W2", "b2") else dA
                right, wanted = m.weighted(which, value), variant(which, m, value)
                yours = grads.get(which)
                if wanted is None or not is_gradient(yours) or (agrees(yours, right) and yours.shape == right.shape):
                    continue
                # 1e-12: a sum over the classes of dscores is 0 but for rounding.
                if yours.shape == np.shape(wanted) and (agrees(yours, wanted) or np.allclose(yours, wanted, 0, 1e-12)):
                    return True
        return False

    return when(test)


def _for(*names: str) -> Callable[[Callable], Callable]:
    """The variant for some of the parameters, None for the others."""

    def only(variant: Callable[[str, Measured, np.ndarray], np.ndarray]) -> Callable:
        return lambda which, m, value: variant(which, m, value) if which in names else None

    return only


def _last_row(value: np.ndarray) -> np.ndarray:
    last = np.zeros_like(value)
    last[-1] = value[-1]
    return last


def _before_the_relu(which: str, m: Measured, value: np.ndarray) -> np.ndarray:
    return Measured(m.X, m.y, m.parameters, "none").weighted(which, value)


def _without_mask(which: str) -> Callable[[Reply, Probe], bool]:
    def test(answer: Any, s: dict[str, Any]) -> bool:
        grads, m, upstream = seen_in(answer, s["measured"])
        return agrees(grads[which], m.weighted(which, m.at_the_hidden_units(upstream.value)))

    return when(test)


def _threshold(found: np.ndarray) -> bool:
    """Units that are plainly on agree with each other, those that are barely on or off do not with them."""
    return bool(np.isclose(found[ON], found[ALSO_ON]) and np.isfinite(found).all() and np.any(found))


MISCONCEPTIONS = (
    Misconception(
        "one_hot_not_subtracted", DSCORES,
        "Your gradients belong to dscores that are the probabilities: nothing is taken away at the right class.",
        "Each row of dscores sums to 0. What does yours sum to?",
        "The `-= 1` at the right class is missing.",
        "dscores", LESSON,
        matches=_dscores_are("no_one_hot", "no_one_hot_and_not_divided"),
        parts=("single",),
    ),
    Misconception(
        "dscores_not_divided", DSCORES,
        "The gradient of your batch is the sum over its examples; the loss is their mean.",
        "Divide by N once, at dscores: everything further back has it then.",
        "The 1/N of the mean did not find its way into the gradient.",
        "dscores", LESSON,
        matches=_dscores_are("not_divided", "no_one_hot_and_not_divided"),
        parts=("batch",),
    ),
    Misconception(
        "dscores_divided_twice", DSCORES,
        "The gradient of your batch is the right one divided by N = {N} once more.",
        "Look for a second /N, or for a mean where a sum belongs.",
        "Divided at dscores and again further back.",
        "dscores", LESSON,
        matches=_dscores_are("divided_twice"),
        parts=("batch",),
    ),
    Misconception(
        "dscores_divided_by_C", DSCORES,
        "Your dscores are divided by the number of classes, not of examples.",
        "The loss is a mean over the examples. Which entry of dscores.shape counts them?",
        "`shape[1]` for `shape[0]`, or np.mean over the wrong axis.",
        "dscores", LESSON,
        matches=_dscores_are("divided_by_C"),
        parts=("batch",),
    ),
    Misconception(
        "one_hot_after_division", DSCORES,
        "Your dscores are P/N minus 1 at the right class: the 1 was not divided by N.",
        "Both belong to the mean: subtract first, then divide all of it.",
        "The order of the two lines.",
        "dscores", LESSON,
        matches=_dscores_are("one_hot_after_division"),
        parts=("batch",),
    ),
    Misconception(
        "one_hot_added", DSCORES,
        "Your dscores add 1 at the right class.",
        "Raising the score of the right class lowers the loss. Which sign does its gradient have?",
        "A sign lost on the way through -log.",
        "dscores", LESSON,
        matches=_dscores_are("one_hot_added"),
        parts=("single",),
    ),
    Misconception(
        "one_put_in_place", DSCORES,
        "Your dscores hold 1/N or -1/N at the right class: the probability that stood there is gone.",
        "The slope at the right class is p - 1. Take the 1 away from what is there.",
        "`= 1` or `= -1` for `-= 1`.",
        "dscores", LESSON,
        matches=_dscores_are("one_hot_assigned", "minus_one_hot_assigned"),
    ),
    Misconception(
        "dscores_softmax_over_everything", DSCORES,
        "Your dscores come from probabilities that sum to 1 over the whole batch together.",
        "Each example shares out a probability of 1 among the classes: sum along its row.",
        "A sum without an axis.",
        "dscores", LESSON,
        matches=_dscores_are("softmax_over_everything", "shifted_softmax_over_everything"),
        parts=("batch",),
    ),
    Misconception(
        "every_label_in_every_row", DSCORES,
        "Your dscores subtract 1 in the column of every label of the batch, in every row.",
        "dscores[:, y] takes all rows. One entry a row needs a row index, too: np.arange(N).",
        "`dscores[:, y] -= 1`; with a single example nothing shows.",
        "dscores", LESSON,
        matches=_dscores_are("every_label_in_every_row"),
        parts=("batch",),
    ),
    Misconception(
        "dscores_sign_flipped", DSCORES,
        "Your gradients are the right ones with the sign changed.",
        "A gradient points uphill. The minus belongs to the step.",
        "onehot - P for P - onehot, or the minus of the step.",
        "dscores", LESSON,
        matches=_dscores_are("sign_flipped"),
        parts=("single",),
    ),
    Misconception(
        "dscores_softmax_over_batch", DSCORES,
        "Your dscores come from probabilities that sum to 1 down each column, over the examples.",
        "Each row shares its probability out among the classes. Which axis does the sum run along?",
        "axis=0 for axis=1, or keepdims forgotten where N = C.",
        "dscores", LESSON,
        matches=_dscores_are("softmax_over_batch"),
        parts=("single", "batch"),
    ),
    Misconception(
        "mask_missing", LAYER_1,
        "Your gradients pass through every hidden unit, as if no ReLU had been there.",
        "Which units were 0 on the way forward? A small move of theirs changes nothing.",
        "No mask; or `hidden >= 0`, which is true everywhere after a ReLU.",
        "The first layer, backwards", LESSON,
        matches=_dA_is("mask_missing"),
        parts=("dhidden",),
    ),
    Misconception(
        "mask_of_the_gradient", LAYER_1,
        "Your mask looks at the sign of the gradient, not of the value on the way forward.",
        "The ReLU decided on the way forward. Which array did it look at?",
        "The ReLU is applied to the gradient.",
        "The first layer, backwards", LESSON,
        matches=_dA_is("mask_of_the_gradient"),
        parts=("dhidden",),
    ),
    Misconception(
        "mask_inverted", LAYER_1,
        "Your gradients pass where the ReLU was off, and stop where it was on.",
        "Which entries do you set to 0: those with a value above 0, or below?",
        "`dhidden[hidden > 0] = 0`.",
        "The first layer, backwards", LESSON,
        matches=_dA_is("mask_inverted"),
        parts=("dhidden",),
    ),
    Misconception(
        "values_for_mask", LAYER_1,
        "Your gradients are multiplied by the values of the hidden units, not by 0 or 1.",
        "The slope of max(0, a) is 1 wherever a is positive, however large a is.",
        "`dhidden * hidden` for `dhidden * (hidden > 0)`.",
        "The first layer, backwards", LESSON,
        matches=_dA_is("values_for_mask", "values_before_for_mask"),
        parts=("dhidden",),
    ),
    Misconception(
        "mask_without_upstream", LAYER_1,
        "Behind the ReLU your gradient is the mask alone: what arrived from above is gone.",
        "down = local × up. You have the local part.",
        "`dA = (A > 0)`: overwritten, not multiplied.",
        "The first layer, backwards", LESSON,
        matches=_dA_is("upstream_dropped"),
        parts=("dhidden",),
    ),
    Misconception(
        "averaged_between_the_layers", LAYER_1,
        "What you hand to the first layer is the right gradient divided by N = {N} once more.",
        "The 1/N is in dscores already.",
        "Each layer divides by N.",
        "dscores", LESSON,
        matches=_dA_is("averaged_again"),
        parts=("dhidden",),
    ),
    Misconception(
        "b1_without_mask", LAYER_1,
        "Your db1 sums what arrives at the hidden units before the ReLU has had its say; dW1 is right.",
        "b1 sits below the ReLU, as W1 does: both get the same upstream gradient.",
        "db1 is computed one line too early.",
        "The first layer, backwards", LESSON,
        matches=_without_mask("b1"),
        parts=("b1",),
    ),
    Misconception(
        "W1_without_mask", LAYER_1,
        "Your dW1 uses what arrives at the hidden units before the ReLU has had its say; db1 is right.",
        "W1 sits below the ReLU, as b1 does: both get the same upstream gradient.",
        "dW1 is computed one line too early.",
        "The first layer, backwards", LESSON,
        matches=_without_mask("W1"),
        parts=("W1",),
    ),
    Misconception(
        "relu_threshold", LAYER_1,
        "A hidden unit at a billionth is treated as if it were off, or one at minus a billionth as if it were on.",
        "Compare with 0 itself, without a tolerance.",
        "np.isclose, or a small threshold in place of 0.",
        "The first layer, backwards", LESSON,
        matches=when(lambda answer, s: _threshold(at_the_units(answer["grads"]))),
        parts=("kink",),
    ),
    Misconception(
        "before_the_relu", LAYER_2,
        "Your dW2 is made with the values before the ReLU.",
        "What does W2 multiply on the way forward?",
        "The pre-activation is taken for the activation.",
        "The second layer, backwards", LESSON,
        matches=_gradient_is(_for("W2")(_before_the_relu)),
        parts=("W2",),
    ),
    Misconception(
        "gradient_transposed", LAYERS,
        "Your gradient by a weight matrix is the transpose of the right one.",
        "A gradient has the shape of its parameter. (A B).T is B.T A.T: swap the two factors.",
        "The factors of the product in the wrong order.",
        "The second layer, backwards", LESSON,
        matches=_gradient_is(_for("W1", "W2")(lambda which, m, value: m.weighted(which, value).T)),
        parts=("W1", "W2"),
    ),
    Misconception(
        "gradient_of_last_example", LAYERS,
        "One of your gradients is what the last example alone contributes.",
        "Inside the loop over the examples each pass should add. What does `=` do to what was there before?",
        "`=` in the loop where `+=` is meant.",
        "The second layer, backwards", LESSON,
        matches=_gradient_is(lambda which, m, value: m.weighted(which, _last_row(value))),
        parts=("W1", "b1", "W2", "b2"),
    ),
    Misconception(
        "gradient_averaged_again", LAYERS,
        "One of your gradients is the right one divided by N = {N}.",
        "The 1/N is in dscores already: from there on only sums.",
        "np.mean for np.sum, or / N in each gradient.",
        "dscores", LESSON,
        matches=_gradient_is(lambda which, m, value: m.weighted(which, value) / m.N),
        parts=("W1", "b1", "W2", "b2"),
    ),
    Misconception(
        "bias_gradient_wrong_axis", LAYERS,
        "Your gradient by a bias has one entry for each example.",
        "Every example uses every bias. Which index has to disappear in the sum?",
        "axis=1 for axis=0.",
        "The second layer, backwards", LESSON,
        matches=_gradient_is(_for("b1", "b2")(lambda which, m, value: value.sum(axis=1))),
        parts=("b1", "b2"),
    ),
    Misconception(
        "bias_gradient_one_number", LAYERS,
        "Your gradient by a bias is one number, the sum of everything.",
        "Each bias gets its own sum, over the examples only.",
        "np.sum without an axis.",
        "The second layer, backwards", LESSON,
        matches=_gradient_is(_for("b1", "b2")(lambda which, m, value: np.array(value.sum()))),
        parts=("b1", "b2"),
    ),
    Misconception(
        "bias_gradient_largest", LAYERS,
        "Your gradient by a bias is the largest entry of each column, not their sum.",
        "A bias moves the scores of every example: their gradients add.",
        "max for sum.",
        "The second layer, backwards", LESSON,
        matches=_gradient_is(_for("b1", "b2")(lambda which, m, value: value.max(axis=0))),
        parts=("b1", "b2"),
    ),
    Misconception(
        "bias_gradient_two_dimensional", RETURNS,
        "Your gradient by a bias holds its numbers in a row of shape (1, …); the bias has the shape (…,).",
        "Let the sum drop the axis it sums over.",
        "On paper b is a row vector; `keepdims=True` keeps it so.",
        "What loss hands back", LESSON,
        matches=when(lambda answer, s: any(np.ndim(answer[0]["grads"][name]) == 2 for name in ("b1", "b2"))),
        parts=("shapes",),
    ),
    Misconception(
        "gradients_in_single_precision", RETURNS,
        "A gradient comes back in float32: right to about seven digits.",
        "Leave the dtype alone: float64 in, float64 out.",
        "A cast to float32, a habit from training on graphics cards.",
        "What loss hands back", LESSON,
        matches=when(
            lambda answer, s: any(np.asarray(answer[0]["grads"][name]).dtype == np.float32 for name in NAMES)
        ),
        parts=("types",),
    ),
    Misconception(
        "inputs_changed", RETURNS,
        "After the call {takes} was not what it had been before.",
        "Look for `-=`, `*=` or `[…] = …` on something that came in. Make a new array first.",
        "Centring or shifting in place.",
        "What loss hands back", LESSON,
        matches=lambda reply, probe: bool(set(reply.changed) & {"X", "y"}),
        parts=("untouched",),
    ),
    Misconception(
        "parameters_changed", RETURNS,
        "After the call {takes} was not what it had been before: loss changed its own parameters.",
        "loss measures; step moves. Does a line of loss write into self.params or into one of its arrays?",
        "The update is done inside loss; or `dW = W; dW *= …`, which is the same array.",
        "What loss hands back", LESSON,
        matches=lambda reply, probe: bool(set(reply.changed) & set(NAMES)),
        parts=("untouched",),
    ),
    Misconception(
        "gradients_pile_up", RETURNS,
        "A second call with the same arguments gives other gradients than the first.",
        "Is something kept on self and added to, call after call? Start each call with new arrays.",
        "Gradients kept in a buffer on self and never set back to zero.",
        "What loss hands back", LESSON,
        matches=when(
            lambda answer, s: any(
                not np.array_equal(answer[0]["grads"][name], answer[1]["grads"][name]) for name in NAMES
            )
        ),
        parts=("twice",),
    ),
)  # fmt: skip
