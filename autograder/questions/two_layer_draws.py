"""Random networks and batches for the questions about `neural_net.py`, chosen so that no mistake hides.

No bias is zero, N, D, H and C all differ, and N is smaller than D and H, so that an upstream gradient can be recovered
from the gradient it leads to. Values before the ReLU that are 0, or nearly, are drawn in `two_layer_kink`.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from autograder.questions.question import Probe
from autograder.questions.two_layer_forward import Measured

ASSIGNMENT = "05_two_layer_net"

CALLS = "autograder.questions.two_layer_net_calls"

SIZES = {"N": 4, "D": 7, "H": 8, "C": 3}


def draw(
    rng: np.random.Generator, *, takes_y: bool = True, N: int = SIZES["N"], absent: bool = False, whole: bool = False,
) -> Probe:  # fmt: skip
    """A net and a batch of N examples.

    `absent`: the class of the highest number is not in the batch. `whole`: X holds integers.
    """
    while True:
        X, y, parameters = _drawn(rng, N, absent, whole)
        measured = Measured(X, y, parameters)
        if _tells_apart(measured):
            break
    arguments: dict[str, Any] = {"X": X, "y": y} if takes_y else {"X": X}
    if absent:
        arguments["y_of_all"] = rng.permutation(np.concatenate([np.arange(SIZES["C"]), y])[:N])
    arguments |= parameters
    return Probe(arguments, None, {**SIZES, "N": N, "parameters": parameters, "measured": measured})


def _drawn(
    rng: np.random.Generator, N: int, absent: bool, whole: bool
) -> tuple[np.ndarray, np.ndarray, dict[str, np.ndarray]]:
    D, H, C = SIZES["D"], SIZES["H"], SIZES["C"]
    parameters = {
        "W1": rng.normal(size=(D, H)) / 2,
        "b1": rng.normal(size=H) / 2,
        "W2": rng.normal(size=(H, C)) / 2,
        "b2": rng.normal(size=C) - 1,
    }
    X = rng.integers(-3, 4, size=(N, D)) if whole else rng.normal(size=(N, D))
    if absent:
        y = rng.integers(C - 1, size=N)
    elif N < C:
        y = np.full(N, C - 1)  # the highest class: a net that takes their number from y still works
    else:
        # Every class is there, and one at least twice.
        y = rng.permutation(np.concatenate([np.arange(C), rng.integers(C, size=N - C)]))
    return X, y, parameters


def _tells_apart(measured: Measured) -> bool:
    """Whether the values before the ReLU are clear of 0, and the rows of X and of H far enough from depending on each
    other."""
    spread = all(np.linalg.svd(rows, compute_uv=False).min() > 0.3 for rows in (measured.X, measured.H))
    return bool(np.abs(measured.A).min() > 0.02 and spread)


def draw_wide(rng: np.random.Generator, wide: str) -> Probe:
    """An ordinary batch, and one with large scores. `wide`: "rows" moves the scores of whole rows, by 0 to 3000; "gap"
    moves those of each class, by 0 to 2000."""
    ordinary = draw(rng)
    X, y = np.array(ordinary.arguments["X"]), ordinary.arguments["y"]
    parameters = {name: np.array(value) for name, value in ordinary.setting["parameters"].items()}
    if wide == "gap":
        parameters["b2"] = parameters["b2"] + np.array([0.0, 1000.0, 2000.0])
        y = np.array([0, 0, 1, 2])  # three of four have a probability that float64 cannot tell from 0
    else:
        # The first number of each example goes straight through the first hidden unit to all its scores.
        X[:, 0] = [0.0, 700.0, 1500.0, 3000.0]
        parameters["W1"][0], parameters["W1"][:, 0] = 0.0, 0.0
        parameters["W1"][0, 0], parameters["b1"][0], parameters["W2"][0] = 1.0, 0.5, 1.0
    arguments = {
        "X": ordinary.arguments["X"], "y": ordinary.arguments["y"], "X_wide": X, "y_wide": y,
        **ordinary.setting["parameters"], **{f"{name}_wide": value for name, value in parameters.items()},
    }  # fmt: skip
    return Probe(arguments, None, {**ordinary.setting, "wide": Measured(X, y, parameters)})
