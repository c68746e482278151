"""The question about `predict`, held against the scores measured or those the net itself gives."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np

from autograder.questions.question import Part, Probe, Question, Seen
from autograder.questions.two_layer_draws import ASSIGNMENT, CALLS, draw
from autograder.questions.two_layer_forward import Measured, is_gradient
from autograder.records import Reply


def draw_negative(rng: np.random.Generator) -> Probe:
    """Every score is below 0."""
    probe = draw(rng, takes_y=False, N=6)
    measured = probe.setting["measured"]
    shift = measured.scores.max() + 1.0
    parameters = {**probe.setting["parameters"], "b2": probe.setting["parameters"]["b2"] - shift}
    measured = Measured(probe.arguments["X"], measured.y, parameters)
    return Probe(
        {"X": probe.arguments["X"], **parameters}, None,
        {**probe.setting, "parameters": parameters, "measured": measured},
    )  # fmt: skip


def predicted(reply: Reply) -> Any:
    return reply.value["predicted"]


def _examine_predictions(reply: Reply, probe: Probe) -> Seen:
    """The largest of the scores measured, or of those the net itself gives."""
    classes = predicted(reply)
    if not is_gradient(classes) or classes.size != probe.setting["N"]:
        return Seen(False, "one class for each example was expected")
    m = probe.setting["measured"]
    for scores in (m.scores, m.as_seen(reply.value["scores"]).scores):
        right = np.ravel(classes) == scores.argmax(axis=1)
        if right.all():
            return Seen(True, f"{right.size} of {right.size}")
    return Seen(False, f"{int(right.sum())} of {right.size} are the class with the largest score")


def _examine_prediction_shape(reply: Reply, probe: Probe) -> Seen:
    classes = predicted(reply)
    if not isinstance(classes, np.ndarray):
        return Seen(False, "no array was returned")
    if classes.shape != (probe.setting["N"],):
        return Seen(False, f"shape {classes.shape}, expected ({probe.setting['N']},)")
    if classes.dtype.kind not in "iu":
        return Seen(False, f"dtype {classes.dtype}: classes are whole numbers")
    return Seen(True, f"{classes.shape[0]} whole numbers")


PREDICT = Question(
    "net_predict", ASSIGNMENT, "predict(X)",
    (
        Part("value", "the class with the largest score", 0.5, partial(draw, takes_y=False, N=6), _examine_predictions,
             through=f"{CALLS}:predictions"),
        Part("negative", "also when every score is negative", 0.25, draw_negative, _examine_predictions,
             through=f"{CALLS}:predictions"),
        Part("shape", "one whole number for each example", 0.25, partial(draw, takes_y=False, N=6),
             _examine_prediction_shape, through=f"{CALLS}:predictions"),
    ),
    "Print the scores of two examples and what predict says about them.",
    follows=("net_scores",),
)  # fmt: skip
