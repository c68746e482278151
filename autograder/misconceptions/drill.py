"""Mistakes in the dimension drill."""

from __future__ import annotations

import numpy as np

from autograder.misconceptions.misconception import Misconception
from autograder.questions import Probe
from autograder.questions.dimension_drill import examine_fits_like_W
from autograder.records import Reply


def _symmetric(reply: Reply, probe: Probe) -> bool:
    if not examine_fits_like_W(reply, probe).passed:
        return False
    X = np.asarray(reply.value[0], dtype=float)
    return bool(np.array_equal(X, X.T))


MISCONCEPTIONS = (
    Misconception(
        "symmetric_counter_example", ("drill_counter_example",),
        "Your X equals its own transpose, so X @ dY and X.T @ dY are the same.",
        "Change one entry of X away from the diagonal.",
        "The first square matrices that come to mind, identity and ones, are symmetric.",
        "A counter-example",
        matches=_symmetric,
    ),
)  # fmt: skip
