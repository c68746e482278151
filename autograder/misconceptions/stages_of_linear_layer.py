"""db, dW and dX as stages: what each example (for dX, each class) contributes, and what a loop makes of it."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from autograder.misconceptions.linear_layer import DB, DW, DX
from autograder.misconceptions.stages import Make, Slip, Stage, Values, Way
from autograder.questions.linear_layer import measured


def _contributions(wanted: str, change: Callable[[Values], Values] | None = None) -> Make:
    """One gradient for each row of dY (for dX, each column) when the others are 0. `change`: of what was drawn."""

    def make(values: Values) -> np.ndarray:
        setting = {**values, **(change(values) if change else {})}
        upstream = setting["dY"].T if wanted == "dX" else setting["dY"]
        found = []
        for place in range(len(upstream)):
            alone = np.zeros_like(upstream)
            alone[place] = upstream[place]
            found.append(measured(setting, wanted, alone.T if wanted == "dX" else alone))
        return np.stack(found)

    return make


def _without_local(wanted: str) -> Make:
    """dy_ij alone, in every row of dW or every column of dX."""
    if wanted == "dW":
        return lambda v: np.repeat(v["dY"][:, None, :], v["X"].shape[1], axis=1)
    return lambda v: np.repeat(v["dY"].T[:, :, None], v["W"].shape[0], axis=2)


def _terms(wanted: str) -> tuple[Slip, ...]:
    if wanted == "db":
        return ()
    local = {"dW": "X", "dX": "W"}[wanted]
    return (
        Slip("upstream_ignored", _contributions(wanted, lambda v: {"dY": np.ones_like(v["dY"])})),
        Slip({"dW": "inputs_left_out_of_dW", "dX": "weights_left_out_of_dX"}[wanted], _without_local(wanted)),
        Slip("factor_twice", _contributions(wanted, lambda v: {"dY": v["dY"] ** 2})),
        Slip("factor_twice", _contributions(wanted, lambda v: {local: v[local] ** 2})),
    )


def _edges(axis: int) -> tuple[Slip, ...]:
    """Whether each row (or column) is written."""

    def all_but(edge: int) -> Make:
        def make(values: Values) -> np.ndarray:
            written = np.ones(values["signed"].shape[axis], dtype=bool)
            written[edge] = False
            return written

        return make

    return tuple(Slip("edge_left_empty", all_but(edge)) for edge in (0, -1))


def _filled(values: Values) -> np.ndarray:
    """The buffer after the loops. `=` forgets what stood there before; what is not visited keeps it."""
    written = values["rows"]
    if values["signed"].ndim == 2:
        written = written[:, None] & values["columns"][None, :]
    before = np.full_like(values["signed"], values["start"])
    _, overwrites = values["kept"]
    return np.where(written, values["signed"] + (0 if overwrites else before), before)


def _last(values: Values) -> np.ndarray:
    visited = values["visited"]
    return visited[-1] if len(visited) else np.zeros(visited.shape[1:])


def _way(questions: tuple[str, ...], wanted: str) -> Way:
    what = "class" if wanted == "dX" else "example"
    assigned = "assigned_not_added_over_classes" if wanted == "dX" else "assigned_not_added"
    averaged = ("mean_over_classes", "C") if wanted == "dX" else ("mean_for_sum", "N")
    one_dimension = wanted == "db"
    return Way(
        questions,
        lambda probe: dict(probe.setting),
        (
            Stage("terms", _contributions(wanted), _terms(wanted)),
            Stage("visited", lambda v: v["terms"], (
                Slip(f"last_{what}_left_out", lambda v: v["terms"][:-1]),
                Slip(f"first_{what}_left_out", lambda v: v["terms"][1:]),
            )),
            # What the loop leaves, and whether it forgets what stood there before.
            Stage("kept", lambda v: (v["visited"].sum(axis=0), False), (
                Slip(assigned, lambda v: (_last(v), True)),
                Slip("nothing_added", lambda v: (np.zeros(v["visited"].shape[1:]), False)),
                *(() if wanted == "dX" else (Slip("first_example_only", lambda v: (v["visited"][0], False)),)),
            )),
            Stage("signed", lambda v: v["kept"][0], (Slip("sign_flipped", lambda v: -v["kept"][0]),)),
            Stage("rows", lambda v: np.ones(v["signed"].shape[0], dtype=bool), _edges(0)),
            Stage("columns", lambda v: np.ones(v["signed"].shape[-1], dtype=bool), () if one_dimension else _edges(1)),
            Stage("start", lambda v: 0.0, (Slip("buffer_of_ones", lambda v: 1.0),)),
            Stage("filled", _filled),
            Stage("scaled", lambda v: v["filled"], (
                Slip(averaged[0], lambda v: v["filled"] / v[averaged[1]]),
            )),
            Stage("times", lambda v: v["scaled"], (Slip("doubled", lambda v: 2 * v["scaled"]),)),
            Stage("turned", lambda v: v["times"], () if one_dimension else (
                Slip("transposed", lambda v: v["times"].T),
            )),
        ),
    )  # fmt: skip


WAYS = (_way(DB, "db"), _way(DW, "dW"), _way(DX, "dX"))
