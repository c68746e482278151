"""Mistakes in `neural_net.py` that its stages show and nothing else: see `stages_of_net`."""

from __future__ import annotations

from autograder.misconceptions.misconception import Misconception
from autograder.misconceptions.two_layer_backward import LAYER_1, LAYERS
from autograder.misconceptions.two_layer_net import LESSON, PENALTY, SCORES


def _one(slug: str, questions: tuple[str, ...], says: str, try_next: str, why: str, heading: str) -> Misconception:
    return Misconception(slug, questions, says, try_next, why, heading, LESSON)


MISCONCEPTIONS = (
    _one(
        "layer_product_left_out", SCORES,
        "One of your two layers is its bias alone: what comes in is not multiplied by its weights.",
        "Each layer is X W + b. Print the shape of each array on the way.",
        "The product got lost, or is overwritten.",
        "Scores",
    ),
    _one(
        "layer_product_scaled", SCORES,
        "In one of your layers X W is twice what it should be, or divided by a count.",
        "Y = XW + b: nothing is averaged on the way forward.",
        "A mean where a sum belongs; or a factor taken over from the loss.",
        "Scores",
    ),
    _one(
        "gradient_scaled", LAYERS,
        "One of your gradients is the right one times a number: 2, or one over a count that is not N.",
        "Compare one entry with the numeric gradient: their ratio is the factor to look for.",
        "A factor of the regularisation, or a mean over the wrong thing.",
        "The second layer, backwards",
    ),
    _one(
        "gradient_downhill", LAYERS,
        "One of your gradients is the right one with its sign changed.",
        "A gradient points uphill. The minus belongs to the step.",
        "The minus of the step is written here already.",
        "The second layer, backwards",
    ),
    _one(
        "dhidden_scaled", LAYER_1,
        "What you hand to the first layer is the right gradient times a number.",
        "dH has one sum in it, over the classes, and no other factor.",
        "A mean over the classes or the hidden units where a sum belongs.",
        "The second layer, backwards",
    ),
    _one(
        "reg_one_matrix_twice", PENALTY,
        "Your regularisation counts one of the two weight matrices twice, and the other not at all.",
        "Read the two sums aloud: which W stands in each?",
        "A line was copied and its name was not changed.",
        "Regularisation",
    ),
    _one(
        "reg_gradient_scaled", PENALTY,
        "What reg adds to your gradients is a wrong multiple of W.",
        "What is the derivative of reg·w²? The power comes down as a factor, once.",
        "A 2 too many, or a 3.",
        "Regularisation",
    ),
    _one(
        "reg_gradient_downhill", PENALTY,
        "What reg adds to your gradients has the wrong sign.",
        "A large weight costs something. Where does its slope point?",
        "Weight decay is written with a minus; that is the step.",
        "Regularisation",
    ),
    _one(
        "reg_not_in_its_gradient", PENALTY,
        "What you add to a gradient for the regularisation does not have reg in it.",
        "reg is a constant factor in front of the square. What does a derivative do with it?",
        "The derivative of w² is written down, and the factor in front is lost.",
        "Regularisation",
    ),
    _one(
        "reg_twice_in_its_gradient", PENALTY,
        "What you add to a gradient for the regularisation has reg in it twice.",
        "reg is a constant factor in front of the square: it stays as it is, once.",
        "Multiplied where it is computed, and where it is added.",
        "Regularisation",
    ),
    _one(
        "weights_not_in_reg_gradient", PENALTY,
        "What reg adds to a gradient is the same number for every weight.",
        "The slope of w² depends on where w is. What is it at w = 3?",
        "The derivative of w, not of w².",
        "Regularisation",
    ),
    _one(
        "weights_squared_in_reg_gradient", PENALTY,
        "What reg adds to a gradient has the square of each weight in it.",
        "The derivative takes one power away from reg·w².",
        "The term of the loss is added in place of its derivative.",
        "Regularisation",
    ),
)  # fmt: skip
