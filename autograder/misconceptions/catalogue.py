"""Every misconception of the course, in the order in which they are tried."""

from __future__ import annotations

from functools import cache

from autograder.misconceptions import (
    anywhere,
    circuits,
    drill,
    gates,
    gradient_check,
    linear_layer,
    overfitting,
    softmax_dscores,
    softmax_loss,
    softmax_prices,
    softmax_relu,
    stages_of_circuit,
    stages_of_gates,
    stages_of_gradient_check,
    stages_of_linear_layer,
    stages_of_net,
    stages_of_softmax,
    two_layer_backward,
    two_layer_by_stages,
    two_layer_loss,
    two_layer_net,
    two_layer_penalty,
    two_layer_training,
)
from autograder.misconceptions.misconception import Misconception
from autograder.misconceptions.stages import Way


@cache
def catalogue() -> tuple[Misconception, ...]:
    """Predicted arrays before weaker relations; how the call went before what it returned."""
    return (
        *two_layer_net.FIRST,
        *gradient_check.HOW_THE_CALL_WENT,
        *softmax_dscores.HOW_THE_CALL_WENT,
        *anywhere.HOW_THE_CALL_WENT,
        *gates.MISCONCEPTIONS,
        *circuits.MISCONCEPTIONS,
        *linear_layer.MISCONCEPTIONS,
        *drill.MISCONCEPTIONS,
        *softmax_loss.MISCONCEPTIONS,
        *softmax_prices.MISCONCEPTIONS,
        *softmax_dscores.MISCONCEPTIONS,
        *softmax_relu.MISCONCEPTIONS,
        *gradient_check.MISCONCEPTIONS,
        *two_layer_net.MISCONCEPTIONS,
        *two_layer_loss.MISCONCEPTIONS,
        *two_layer_penalty.MISCONCEPTIONS,
        *two_layer_backward.MISCONCEPTIONS,
        *two_layer_by_stages.MISCONCEPTIONS,
        *two_layer_training.MISCONCEPTIONS,
        *overfitting.MISCONCEPTIONS,
        *anywhere.RELATIONS,
    )


@cache
def ways() -> tuple[Way, ...]:
    """The answers that are taken apart when no single record fits."""
    return (
        *stages_of_gates.WAYS,
        *stages_of_circuit.WAYS,
        *stages_of_linear_layer.WAYS,
        *stages_of_softmax.WAYS,
        *stages_of_gradient_check.WAYS,
        *stages_of_net.WAYS,
    )
