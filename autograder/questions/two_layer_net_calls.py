"""Uses a student's `TwoLayerNet` for the questions of `05_two_layer_net`: makes a net, sets its parameters, calls it.

Runs beside the student's code, so it decides nothing and returns data only. Each function gets the class, then the
arguments of the probe. Parameters are handed over as they are, so that a net which changes them in place is seen.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from functools import wraps
from typing import Any

import numpy as np

NAMES = ("W1", "b1", "W2", "b2")


def _leaving_the_random_state(call: Callable) -> Callable:
    """A check should not change what the notebook draws next."""

    @wraps(call)
    def called(*arguments: Any) -> Any:
        before = np.random.get_state()
        try:
            return call(*arguments)
        finally:
            np.random.set_state(before)

    return called


def _net(TwoLayerNet: Any, W1: np.ndarray, b1: np.ndarray, W2: np.ndarray, b2: np.ndarray) -> Any:
    """A net with these parameters, even where `__init__` is not right yet: it has a question of its own."""
    try:
        net = TwoLayerNet(W1.shape[0], W1.shape[1], W2.shape[1])
    except Exception:
        net = TwoLayerNet.__new__(TwoLayerNet)
    if not isinstance(getattr(net, "params", None), dict):
        net.params = {}
    net.params.update(W1=W1, b1=b1, W2=W2, b2=b2)
    return net


def _copies(parameters: tuple[np.ndarray, ...]) -> list[np.ndarray]:
    return [np.array(parameter) for parameter in parameters]


def _loss(net: Any, X: np.ndarray, y: np.ndarray, reg: float) -> dict[str, Any]:
    """What `loss` returned, as {"loss": …, "grads": …}, and the scores of the same net, which it started from."""
    own = None
    with contextlib.suppress(Exception):  # judged elsewhere
        own = np.array(net.loss(np.array(X)))
    answer = net.loss(X, y, reg)
    loss, grads = answer if isinstance(answer, tuple | list) and len(answer) == 2 else (answer, None)
    dscores = None
    if own is not None and not grads and callable(getattr(net, "dscores", None)):
        with contextlib.suppress(NotImplementedError):
            dscores = net.dscores(own, y)  # the stub's first piece of the way back, before it leads anywhere
    return {"loss": loss, "grads": dict(grads) if isinstance(grads, dict) else None, "scores": own, "dscores": dscores}


@_leaving_the_random_state
def initial(TwoLayerNet: Any, D: int, H: int, C: int, std: float) -> dict[str, dict[str, Any]]:
    """The parameters of a new net, with `std` given and with its default."""
    return {
        "given": dict(TwoLayerNet(D, H, C, std=std).params),
        "default": dict(TwoLayerNet(D, H, C).params),
    }


@_leaving_the_random_state
def scores(TwoLayerNet: Any, X: np.ndarray, *parameters: np.ndarray) -> Any:
    return _net(TwoLayerNet, *parameters).loss(X)


@_leaving_the_random_state
def loss(TwoLayerNet: Any, X: np.ndarray, y: np.ndarray, *parameters: np.ndarray) -> dict[str, Any]:
    """Loss and gradients without regularisation."""
    return _loss(_net(TwoLayerNet, *parameters), X, y, 0.0)


@_leaving_the_random_state
def loss_without_the_last_class(
    TwoLayerNet: Any, X: np.ndarray, y: np.ndarray, y_of_all: np.ndarray, *parameters: np.ndarray
) -> dict[str, Any]:
    """Loss on a batch whose labels `y` leave out the last class. What breaks with every class present (`y_of_all`)
    breaks here too, and is raised; what breaks only now is told."""
    _loss(_net(TwoLayerNet, *_copies(parameters)), np.array(X), y_of_all, 0.0)
    try:
        return _loss(_net(TwoLayerNet, *_copies(parameters)), X, y, 0.0)
    except Exception as error:
        return {
            "loss": None,
            "grads": None,
            "scores": None,
            "dscores": None,
            "failed": f"{type(error).__name__}: {error}",
        }


@_leaving_the_random_state
def loss_twice(
    TwoLayerNet: Any, X: np.ndarray, y: np.ndarray, reg: float, *parameters: np.ndarray
) -> list[dict[str, Any]]:
    """The same call twice on one net."""
    net = _net(TwoLayerNet, *parameters)
    return [_data(_loss(net, X, y, reg)) for _ in range(2)]


def _data(answer: dict[str, Any]) -> dict[str, Any]:
    """Copied, before the next call can write into it."""
    grads = answer["grads"]
    return {
        "loss": None if answer["loss"] is None else np.array(answer["loss"]),
        "grads": grads and {name: np.array(gradient) for name, gradient in grads.items()},
    }


@_leaving_the_random_state
def with_and_without_reg(
    TwoLayerNet: Any, X: np.ndarray, y: np.ndarray, reg: float, *parameters: np.ndarray
) -> dict[str, Any]:
    """Loss and gradients at `reg` and at 0, on two nets."""
    return {
        "with": _loss(_net(TwoLayerNet, *_copies(parameters)), X, y, reg),
        "without": _loss(_net(TwoLayerNet, *_copies(parameters)), X, y, 0.0),
    }


@_leaving_the_random_state
def batch_and_singles(TwoLayerNet: Any, X: np.ndarray, y: np.ndarray, *parameters: np.ndarray) -> dict[str, Any]:
    """Loss and gradients of the batch, and of each of its examples as a batch of its own."""
    return {
        "batch": _loss(_net(TwoLayerNet, *_copies(parameters)), X, y, 0.0),
        "singles": [_single(TwoLayerNet, X[i : i + 1], y[i : i + 1], parameters) for i in range(len(y))],
    }


def _single(TwoLayerNet: Any, X: np.ndarray, y: np.ndarray, parameters: tuple[np.ndarray, ...]) -> dict[str, Any]:
    try:
        return _loss(_net(TwoLayerNet, *_copies(parameters)), X, y, 0.0)
    except Exception:  # a single example that stops the net is told by another part
        return {"loss": None, "grads": None, "scores": None, "dscores": None}


@_leaving_the_random_state
def two_losses(
    TwoLayerNet: Any, X: np.ndarray, y: np.ndarray, X_wide: np.ndarray, y_wide: np.ndarray, *parameters: np.ndarray
) -> list[dict[str, Any]]:
    """Loss and gradients of two nets on two batches. `parameters`: those of the first, then those of the second."""
    return [
        _loss(_net(TwoLayerNet, *_copies(parameters[:4])), X, y, 0.0),
        _loss(_net(TwoLayerNet, *_copies(parameters[4:])), X_wide, y_wide, 0.0),
    ]


@_leaving_the_random_state
def predictions(TwoLayerNet: Any, X: np.ndarray, *parameters: np.ndarray) -> dict[str, Any]:
    """What `predict` says, and the scores the same net gives."""
    predicted = _net(TwoLayerNet, *_copies(parameters)).predict(X)
    own = None
    with contextlib.suppress(Exception):  # judged elsewhere
        own = np.array(_net(TwoLayerNet, *_copies(parameters)).loss(X))
    return {"predicted": predicted, "scores": own}


def _with_a_stand_in_for_loss(TwoLayerNet: Any, y_of_all: np.ndarray, slope: np.ndarray, reg_slope: np.ndarray) -> Any:
    """The student's class with another `loss`: its gradients are `slope + reg · reg_slope` wherever it is, so that what
    `train` does with a gradient shows, whatever the student's own loss does. It notes what it was handed.

    Of the examples it knows the label of every second one, and no other: so an accuracy says of which examples it is.
    """
    classes = len(y_of_all) + 1

    class Training(TwoLayerNet):
        def loss(self, X: np.ndarray, y: np.ndarray | None = None, reg: float = 0.0) -> Any:
            if y is None:
                return np.eye(classes)[self.predict(X)]
            self.drawn.append(np.argmax(np.atleast_2d(X), axis=1))
            self.labels.append(np.array(y).ravel())
            grads, place = {}, 0
            for name in NAMES:
                shape = self.params[name].shape
                size = int(np.prod(shape))
                grads[name] = (slope + reg * reg_slope)[place : place + size].reshape(shape)
                place += size
            return 1.0 + reg, grads

        def predict(self, X: np.ndarray) -> np.ndarray:
            example = np.argmax(np.atleast_2d(X), axis=1)
            return np.where(example % 2 == 0, y_of_all[example], (y_of_all[example] + 1) % classes)

    return Training


@_leaving_the_random_state
def trained(
    TwoLayerNet: Any, X: np.ndarray, y: np.ndarray, slope: np.ndarray, reg_slope: np.ndarray, settings: np.ndarray,
    *parameters: np.ndarray,
) -> dict[str, Any]:  # fmt: skip
    """Where training leads, what it returned, and which examples it handed to `loss` with which labels.

    X: row i is largest in column i, so that a row says which example it is.
    `settings`: learning_rate, learning_rate_decay, reg, num_iters, batch_size.
    """
    learning_rate, decay, reg, num_iters, batch_size = settings.tolist()
    net = _net(_with_a_stand_in_for_loss(TwoLayerNet, np.array(y), slope, reg_slope), *_copies(parameters))
    net.drawn, net.labels = [], []
    history = None
    try:
        history = net.train(
            X, y, X, y, learning_rate=learning_rate, learning_rate_decay=decay, reg=reg, num_iters=int(num_iters),
            batch_size=int(batch_size), verbose=False,
        )  # fmt: skip
    except NotImplementedError:
        if not net.drawn or num_iters > 1:
            raise  # otherwise the step was taken, and what comes after it is another piece
    moved = {name: np.asarray(net.params[name]) - before for name, before in zip(NAMES, parameters, strict=True)}
    answer = {"moved": moved, "history": history, "drawn": net.drawn, "labels": net.labels}
    if decay != 1.0:  # how long a step is without decay, for who steps too far or uphill
        alone = np.array([learning_rate, 1.0, reg, 1, batch_size])
        answer["first"] = trained(TwoLayerNet, X, y, slope, reg_slope, alone, *parameters)["moved"]
    return answer
