"""Mistakes in `neural_net.py`: regularisation."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from autograder.misconceptions.misconception import Misconception
from autograder.misconceptions.two_layer_net import LESSON, PENALTY, when
from autograder.questions import Probe
from autograder.questions.two_layer_penalty import added_gradients, in_one_layer, slopes, students_term
from autograder.records import Reply


def _term_is(*names: str) -> Callable[[Reply, Probe], bool]:
    def matches(reply: Reply, probe: Probe) -> bool:
        return when(lambda answer, s: students_term(reply, probe) in names)(reply, probe)

    return matches


def _penalty_gradient_is(factor: Callable[[dict], float]) -> Callable[[Reply, Probe], bool]:
    """What reg adds to the gradients, as a multiple of the slope of the right term; by one of the two weights at least,
    and by the other the right one."""

    def test(reply: Reply, probe: Probe) -> bool:
        added, right = added_gradients(reply, probe), slopes("right", probe)
        weights = {name: one for name, one in added.items() if name in ("W1", "W2")}
        scaled = {
            name: [np.allclose(one, k * right[name], rtol=1e-7, atol=1e-9) for k in (factor(probe.setting), 1.0)]
            for name, one in weights.items()
        }
        return any(wrong for wrong, _ in scaled.values()) and all(map(any, scaled.values()))

    return lambda reply, probe: when(lambda answer, s: test(reply, probe))(reply, probe)


def _penalty_on_bias_gradients(reply: Reply, probe: Probe) -> bool:
    return when(
        lambda answer, s: any(
            name in ("b1", "b2") and np.abs(one).max() > 1e-9 for name, one in added_gradients(reply, probe).items()
        )
    )(reply, probe)


MISCONCEPTIONS = (
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
        matches=_term_is("not_squared", *in_one_layer("not_squared")),
        parts=("term",),
    ),
    Misconception(
        "reg_subtracted", PENALTY,
        "Your regularisation makes the loss smaller where weights are large.",
        "Which sign makes a large weight cost something?",
        "A minus slipped in, before the whole term or before one of its two sums.",
        "Regularisation", LESSON,
        matches=_term_is("subtracted", *in_one_layer("subtracted")),
        parts=("term",),
    ),
    Misconception(
        "reg_root_or_mean", PENALTY,
        "Your regularisation takes a root or a mean of the squares, not their sum.",
        "reg·ΣW²: square, add, multiply. Nothing else.",
        "np.linalg.norm(W) is the root of the sum; np.mean divides by the number of weights.",
        "Regularisation", LESSON,
        matches=_term_is("root_of_squares", "mean_of_squares",
                         *in_one_layer("root_of_squares"), *in_one_layer("mean_of_squares")),
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
