"""Mistakes in db, dW and dX of Y = XW + b, told apart by the array they produce.

A gradient is linear in its upstream gradient, so most mistakes are the numeric gradient under another upstream: the
last row alone for `=` in place of `+=`, ones for a dY that was ignored.
"""

from __future__ import annotations

import numpy as np

from autograder.misconceptions.misconception import Misconception
from autograder.questions import Probe
from autograder.records import Reply

DB, DW, DX = ("db_loop", "db"), ("dW_loop", "dW"), ("dX_loop", "dX")


def _only(rows=slice(None), columns=slice(None)):
    """The numeric gradient when all of dY but these rows and columns is 0."""

    def predict(probe: Probe) -> np.ndarray:
        upstream = np.zeros_like(probe.setting["dY"])
        upstream[rows, columns] = probe.setting["dY"][rows, columns]
        return probe.gradient(upstream)

    return predict


def _edge_is_empty(reply: Reply, probe: Probe) -> bool:
    """The first or the last row or column is 0 where it should not be, and everything else is right."""
    value, truth = reply.value, probe.truth
    if not isinstance(value, np.ndarray) or value.shape != truth.shape:
        return False
    for axis in range(truth.ndim):
        for edge in (0, -1):
            foretold = np.moveaxis(truth.copy(), axis, 0)
            if len(foretold) < 2 or not np.any(foretold[edge]):
                continue
            foretold[edge] = 0
            if np.allclose(np.moveaxis(value, axis, 0), foretold, rtol=1e-9, atol=1e-12):
                return True
    return False


def _rows_alike(of: int):
    """Every row (`of` = 0) or column (1) is the sum of dY along the other index: nothing else is in it."""

    def matches(reply: Reply, probe: Probe) -> bool:
        value = reply.value
        if not isinstance(value, np.ndarray) or value.shape != probe.truth.shape or value.shape[of] < 2:
            return False
        alike = probe.setting["dY"].sum(axis=of, keepdims=True)
        return np.allclose(value, np.broadcast_to(alike, value.shape), rtol=1e-9, atol=1e-12)

    return matches


def _times(factor):
    return lambda probe: probe.truth * factor(probe.setting)


MISCONCEPTIONS = (
    Misconception(
        "db_wrong_axis", DB,
        "Your {name} has one entry per example: it adds up each row of dY.",
        "b_j touches column j of Y, in every row. Which index has to disappear in the sum, i or j?",
        "Axis 1 is read as 'the columns', so that summing 'over the columns' seems to keep them.",
        "db, one entry at a time",
        predict=lambda probe: probe.setting["dY"].sum(axis=1),
    ),
    Misconception(
        "db_over_everything", DB,
        "Your {name} is one number, the sum of all of dY; b has {C} entries.",
        "Each b_j gets its own sum, over the examples only.",
        "`np.sum` without an axis, or one accumulator for all j.",
        "db, one entry at a time",
        matches=lambda reply, probe: np.size(reply.value) == 1 and probe.truth.size > 1
        and bool(np.isclose(np.asarray(reply.value, dtype=float).item(), probe.setting["dY"].sum(), rtol=1e-9)),
    ),
    Misconception(
        "db_keeps_two_dimensions", DB,
        "Your {name} holds the right numbers in the shape (1, {C}); b in NumPy is ({C},).",
        "Let the sum drop the axis it sums over.",
        "On paper b is a row vector (1, C); `keepdims=True` keeps it so.",
        "What the axis does",
        predict=lambda probe: probe.truth[None, :],
    ),
    Misconception(
        "max_for_sum", DB,
        "Your {name} is the largest entry of each column of dY, not their sum.",
        "Every example moves the loss through b_j. Which of them does a maximum forget?",
        "The shape (C,) is right, so a shape check does not complain.",
        "What the axis does",
        predict=lambda probe: probe.setting["dY"].max(axis=0),
    ),
    Misconception(
        "mean_for_sum", (*DB, *DW, *DX),
        "Your {name} is the right one divided by N = {N}.",
        "If the loss is a mean, its 1/N is already inside dY. Leave it out here and compare again.",
        "The loss is averaged over the batch, so the gradient is averaged a second time.",
        "What the axis does",
        predict=_times(lambda s: 1 / s["N"]),
    ),
    Misconception(
        "mean_over_classes", DX,
        "Your {name} is the right one divided by C = {C}.",
        "The formula for dx_ik is a sum over j. Nothing divides it.",
        "`np.mean`, or a habit of averaging, along the axis of the classes.",
        "dX, one entry at a time",
        predict=_times(lambda s: 1 / s["C"]),
    ),
    Misconception(
        "sign_flipped", (*DB, *DW, *DX),
        "Your {name} is exactly the negative of the numeric gradient.",
        "A gradient points uphill. The minus sign belongs to the step that uses it.",
        "The minus of gradient descent has slipped into the gradient.",
        "Where dY comes from",
        predict=_times(lambda s: -1),
    ),
    Misconception(
        "doubled", (*DB, *DW, *DX),
        "Your {name} is exactly twice the numeric gradient.",
        "Look for a term that is added twice, or a factor 2 that belongs to a square.",
        "The 2 of 2·reg·W, or a loop body that runs twice.",
        "Where dY comes from",
        predict=_times(lambda s: 2),
    ),
    Misconception(
        "assigned_not_added", (*DB, *DW),
        "Your {name} is what the last example alone contributes: the sums over i are not there.",
        "Inside the loop over i each pass should add to the entry. What does `=` do to what was there before?",
        "`=` in the loop where `+=` is meant: each example overwrites the one before.",
        "The fork rule",
        predict=_only(rows=slice(-1, None)),
    ),
    Misconception(
        "assigned_not_added_over_classes", DX,
        "Your {name} is what the last class alone contributes: the sums over j are not there.",
        "Inside the loop over j each pass should add to the entry. What does `=` do to what was there before?",
        "`=` in the loop where `+=` is meant: each class overwrites the one before.",
        "The fork rule",
        predict=_only(columns=slice(-1, None)),
    ),
    Misconception(
        "first_example_only", (*DB, *DW),
        "Your {name} is what the first example alone contributes.",
        "Where does the loop over i return, or where does i stay 0?",
        "A `return` indented into the loop, or `dY[0]` for every row.",
        "The fork rule",
        predict=_only(rows=slice(0, 1)),
    ),
    Misconception(
        "last_example_left_out", (*DB, *DW),
        "Your {name} leaves out the last example: the others are all there.",
        "How far does the loop over i run? `range(N)` already stops before N.",
        "`range(N - 1)`: the sum on paper ends at N, the range must too.",
        "db, one entry at a time",
        predict=_only(rows=slice(0, -1)),
    ),
    Misconception(
        "first_example_left_out", (*DB, *DW),
        "Your {name} leaves out the first example: the others are all there.",
        "Where does the loop over i begin? The sum on paper begins at 1, Python counts from 0.",
        "`range(1, N)`: indices copied from paper, where they begin at 1.",
        "db, one entry at a time",
        predict=_only(rows=slice(1, None)),
    ),
    Misconception(
        "last_class_left_out", DX,
        "Your {name} leaves out the last class: the others are all there.",
        "How far does the loop over j run? `range(C)` already stops before C.",
        "`range(C - 1)`: the sum on paper ends at C, the range must too.",
        "dX, one entry at a time",
        predict=_only(columns=slice(0, -1)),
    ),
    Misconception(
        "first_class_left_out", DX,
        "Your {name} leaves out the first class: the others are all there.",
        "Where does the loop over j begin? The sum on paper begins at 1, Python counts from 0.",
        "`range(1, C)`: indices copied from paper, where they begin at 1.",
        "dX, one entry at a time",
        predict=_only(columns=slice(1, None)),
    ),
    Misconception(
        "upstream_ignored", (*DB, *DW, *DX),
        "Your {name} is the gradient of Y.sum(): dY has no influence on it.",
        "Each local derivative is multiplied by the upstream dy_ij before it is summed.",
        "Only the local gradient ∂y/∂· is written; the chain rule's other factor is missing.",
        "Where dY comes from",
        predict=lambda probe: probe.gradient(np.ones_like(probe.setting["dY"])),
    ),
    Misconception(
        "edge_left_empty", (*DB, *DW, *DX),
        "In your {name} the first or the last row or column is 0; all the rest is right.",
        "Print the indices that your loops visit. Which entries get no turn?",
        "A range that starts at 1, or ends one too early, on an index that stays.",
        "db, one entry at a time",
        matches=_edge_is_empty,
    ),
    Misconception(
        "buffer_of_ones", (*DB, *DW, *DX),
        "Your {name} is the right one with 1 added to every entry.",
        "What does your array hold before the first product is added?",
        "np.ones for np.zeros.",
        "db, one entry at a time",
        predict=lambda probe: probe.truth + 1,
    ),
    Misconception(
        "nothing_added", (*DB, *DW, *DX),
        "Your {name} is what it was made of: the loops add nothing to it.",
        "Which line writes into the array that you return?",
        "The line that adds is missing, or adds to another name.",
        "db, one entry at a time",
    ),
    Misconception(
        "factor_twice", (*DW, *DX),
        "In your {name} one of the two factors of each product stands twice.",
        "Each term of the sum has two factors: one from above, one that is local.",
        "A factor multiplied in once more, on the way to the sum or in front of it.",
        "Where dY comes from",
    ),
    Misconception(
        "inputs_left_out_of_dW", DW,
        "All rows of your {name} are the same: the sums of dY. X has no influence on it.",
        "w_kj is multiplied by x_ik in the layer. Where is x_ik in your sum?",
        "Only what comes from above is added up; the local derivative is missing.",
        "Where dY comes from",
        matches=_rows_alike(0),
    ),
    Misconception(
        "weights_left_out_of_dX", DX,
        "All columns of your {name} are the same: the sums of dY. W has no influence on it.",
        "x_ik is multiplied by w_kj in the layer. Where is w_kj in your sum?",
        "Only what comes from above is added up; the local derivative is missing.",
        "Where dY comes from",
        matches=_rows_alike(1),
    ),
    Misconception(
        "transposed", (*DW, *DX),
        "Your {name} is the transpose of the gradient: rows and columns have changed places.",
        "A gradient has the shape of its parameter. (A B).T is B.T A.T: swap the two factors.",
        "Two indices exchanged in the loop, or the factors of the product.",
        "Shapes as a memory aid",
        predict=lambda probe: probe.truth.T,
    ),
)  # fmt: skip
