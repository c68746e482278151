"""Mistakes where gates of `01_gates` meet: at the fork, stage by stage, in shared factors, in the rate for scaled X.

As in `gates`, what a wrong stage produces is the measured gradient of another circuit.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np

from autograder.misconceptions.gates import CIRCUIT, LESSON, SHARED, of_another_gate
from autograder.misconceptions.misconception import Misconception
from autograder.questions import Probe
from autograder.questions.gates import larger, measured, sigmoid
from autograder.records import Reply

RATE = ("scaled_rate",)
FORK, STAGES = "Where a value forks", "Stage by stage"

named = partial(Misconception, lesson=LESSON)


def _inside(gate: Callable) -> Callable[[Probe], np.ndarray]:
    """The circuit with another inside of its sigmoid: `gate(x, y, z, A, B)` with A = x + y and B = max held fixed."""

    def predict(probe: Probe) -> np.ndarray:
        s = probe.setting
        A, B = s["x"] + s["y"], larger(s["x"], s["z"])
        # What arrives at the product: measured where the sigmoid's input is moved.
        inner = measured(lambda c: sigmoid(c), {"c": A * B}, ("c",), s["dY"])
        at = {name: s[name] for name in "xyz"}
        return measured(lambda x, y, z: gate(x, y, z, A, B), at, ("x", "y", "z"), inner)

    return predict


def _rate(wrong: Callable[[float, float], float]) -> Callable[[Reply, Probe], bool]:
    def matches(reply: Reply, probe: Probe) -> bool:
        number = isinstance(reply.value, float | int) and not isinstance(reply.value, bool)
        return number and bool(np.isclose(reply.value, wrong(probe.setting["rate"], probe.setting["alpha"]), rtol=1e-9))

    return matches


MISCONCEPTIONS = (
    named(
        "fork_last_road_only", CIRCUIT,
        "Your dx is what comes back through the max gate alone; the road through the add gate is not in it.",
        "x is used twice. At the second use, does your line keep what was there before?",
        "`=` at the fork where `+=` is meant: the second road overwrites the first.",
        FORK,
        predict=_inside(lambda x, y, z, A, B: y * B + A * larger(x, z)),
    ),
    named(
        "fork_first_road_only", CIRCUIT,
        "Your dx is what comes back through the add gate alone; the road through the max gate is not in it.",
        "x is used twice. Where does what comes back from the second use arrive?",
        "`=` at the fork, with the roads walked in the other order, or the second use was overlooked.",
        FORK,
        predict=_inside(lambda x, y, z, A, B: (x + y) * B + A * (larger(x, z) - x * (np.real(x) > np.real(z)))),
    ),
    named(
        "fork_aliased", CIRCUIT,
        "Your dy equals your dx: what x collects at the fork was added to both.",
        "After `dx = da` and `dy = da` there is one array with several names. Give dx one of its own.",
        "`dx = dy = da`, then `dx += …`: for arrays this changes da and dy as well.",
        FORK,
        predict=lambda probe: probe.truth[[0, 0, 2]],
    ),
    named(
        "fork_averaged", CIRCUIT,
        "Your dx is half of the numeric one: the two roads were averaged.",
        "Both roads carry the change to the output. What does the output feel of the two together?",
        "A mean where the fork rule has a sum.",
        FORK,
        predict=lambda probe: probe.truth * np.array([[0.5], [1.0], [1.0]]),
    ),
    named(
        "circuit_sigmoid_left_out", CIRCUIT,
        "Your gradients are those of (x + y) · max(x, z): the sigmoid's slope is not in them.",
        "Start at the output: what arrives at the product, after the sigmoid?",
        "The first stage of the way back was skipped.",
        STAGES,
        predict=of_another_gate(lambda x, y, z: (x + y) * larger(x, z)),
    ),
    named(
        "circuit_sigmoid_of_input", CIRCUIT,
        "Your sigmoid's slope is computed from its input c where its output belongs.",
        "In (1 − s) s the s is σ(c). Compute it on the way forward and keep it.",
        "(1 − c) c for (1 − s) s.",
        STAGES,
        predict=of_another_gate(
            lambda x, y, z: (x + y) * larger(x, z),
            lambda s: s["dY"] * (1 - (s["x"] + s["y"]) * larger(s["x"], s["z"])) * (s["x"] + s["y"])
            * larger(s["x"], s["z"]),
        ),
    ),
    named(
        "circuit_order", CIRCUIT,
        "Your dy is the gradient of z, and your dz that of y.",
        "Return them in the order of the inputs: dx, dy, dz.",
        "The last line lists the gradients in the order in which they were computed.",
        STAGES,
        predict=lambda probe: probe.truth[[0, 2, 1]],
    ),
    named(
        "circuit_sigmoid_forward_again", CIRCUIT,
        "Your sigmoid's slope is its output s: one factor of the derivative is missing.",
        "Go back to the sigmoid gate. How steep is it where s is nearly 1?",
        "The output is used for its derivative.",
        STAGES,
        predict=of_another_gate(
            lambda x, y, z: (x + y) * larger(x, z),
            lambda s: s["dY"] * sigmoid((s["x"] + s["y"]) * larger(s["x"], s["z"])),
        ),
    ),
    named(
        "circuit_sigmoid_one_minus_only", CIRCUIT,
        "Your sigmoid's slope is 1 − s: one factor of the derivative is missing.",
        "Go back to the sigmoid gate. How steep is it where s is nearly 0?",
        "Half of the formula, which is right for log σ.",
        STAGES,
        predict=of_another_gate(
            lambda x, y, z: (x + y) * larger(x, z),
            lambda s: s["dY"] * (1 - sigmoid((s["x"] + s["y"]) * larger(s["x"], s["z"]))),
        ),
    ),
    named(
        "circuit_forward_changed", CIRCUIT,
        "Your gradients belong to another circuit: one of the values on the way forward is not that of the drawing.",
        "Compare a, b, c and s at one point with draw_circuit, from the left.",
        "A line of the way forward was changed, on purpose or by accident.",
        STAGES,
    ),
    named(
        "circuit_product_left_out", CIRCUIT,
        "At the product, you hand on what arrives without scaling it by the other factor.",
        "How much does a · b move when a moves by 1?",
        "The rule of the add gate at a product.",
        STAGES,
        predict=_inside(lambda x, y, z, A, B: x + y + larger(x, z)),
    ),
    named(
        "circuit_arriving_dropped", CIRCUIT,
        "One stage of your way back hands on its local derivative alone: what arrives from above is not in it.",
        "Every gradient is local times what arrives. At which stage is the second factor missing?",
        "The chain is broken in the middle.",
        STAGES,
    ),
    named(
        "circuit_arriving_twice", CIRCUIT,
        "At the product, what arrives from above is multiplied in twice.",
        "Each stage takes what arrives once.",
        "A factor multiplied in once more.",
        STAGES,
    ),
    named(
        "circuit_value_for_mask", CIRCUIT,
        "At the max gate, you multiply by an input where yes or no belongs.",
        "A mask says which is larger: 1 where it is, 0 where it is not. Print yours.",
        "`db * x` for `db * (x > z)`: the values in place of their comparison.",
        STAGES,
    ),
    named(
        "circuit_other_comparison", CIRCUIT,
        "At the max gate, your comparison is not that of x and z.",
        "Which two values does the max gate of the drawing look at?",
        "A name mistyped in the comparison.",
        STAGES,
    ),
    named(
        "circuit_wires_mixed_up", CIRCUIT,
        "What came back on one wire of the product is used for the other: da where db belongs, or db for da.",
        "Follow the drawing from the product: which wire leads to the add gate, and which to the max gate?",
        "Two names that differ by a letter.",
        STAGES,
    ),
    named(
        "fork_difference", CIRCUIT,
        "Your dx is the difference of what comes back over its two roads.",
        "At a fork the gradients of all uses add.",
        "A minus for the plus at the fork.",
        FORK,
        predict=_inside(lambda x, y, z, A, B: (x + y) * B + A * (larger(x, z) - 2 * x * (np.real(x) > np.real(z)))),
    ),
    named(
        "circuit_not_swapped", CIRCUIT,
        "At the product, your two gradients are scaled by the factor itself, not by the other one.",
        "da is scaled by b, and db by a. Which of your lines has it the other way?",
        "The swap of the multiply gate is missing.",
        STAGES,
        predict=_inside(lambda x, y, z, A, B: (x + y) * A + B * larger(x, z)),
    ),
    named(
        "circuit_max_gives_both", CIRCUIT,
        "At the max gate, your gradient goes to both x and z.",
        "Only the larger one is felt. Multiply by a mask.",
        "The rule of the add gate at a max gate.",
        STAGES,
        predict=_inside(lambda x, y, z, A, B: (x + y) * B + A * (x + z)),
    ),
    named(
        "circuit_max_wrong_branch", CIRCUIT,
        "At the max gate, your gradient goes to the smaller of x and z.",
        "Which of the two does the maximum copy? That one is felt.",
        "The comparison is the wrong way round.",
        STAGES,
        predict=_inside(lambda x, y, z, A, B: (x + y) * B + A * (x + z - larger(x, z))),
    ),
    named(
        "shared_not_summed", SHARED,
        "Your {name} has one entry for each entry of V: the sum over the rows is still to come.",
        "s_j is used in every row of q. What does the fork rule do with its uses?",
        "s * V looks like the multiply gate, and its broadcasting hides the fork.",
        "One value, many uses",
        predict=lambda probe: probe.setting["V"] * probe.setting["dY"],
        parts=("value",),  # for N = 1 it is told by its shape only, which `keepdims` has too
    ),
    named(
        "shared_keeps_two_dimensions", SHARED,
        "Your {name} holds the right numbers in the shape (1, {D}); s is ({D},).",
        "Let the sum drop the axis it sums over.",
        "`keepdims=True`, or V kept as a matrix.",
        "One value, many uses",
        predict=lambda probe: probe.truth[None, :],
        parts=("value",),
    ),
    named(
        "shared_wrong_axis", SHARED,
        "Your {name} has one entry for each row: it adds along the columns.",
        "s_j touches column j, in every row. Which index has to disappear?",
        "The wrong axis of np.sum.",
        "One value, many uses",
        predict=lambda probe: np.mean(probe.setting["V"] * probe.setting["dY"], axis=1) * probe.setting["D"],
    ),
    named(
        "shared_mean", SHARED,
        "Your {name} is the right one divided by N = {N}.",
        "The fork rule adds. Nothing divides the sum.",
        "A mean over the rows in place of their sum.",
        "One value, many uses",
        predict=lambda probe: probe.truth / probe.setting["N"],
    ),
    named(
        "shared_last_row_only", SHARED,
        "Your {name} is what the last row alone contributes.",
        "Inside the loop each row should add. What does `=` do to what was there before?",
        "`=` in the loop where `+=` is meant.",
        "One value, many uses",
        predict=lambda probe: probe.setting["V"][-1] * probe.setting["dY"][-1],
    ),
    named(
        "shared_local_left_out", SHARED,
        "Your {name} adds up `up` alone; V has no influence on it.",
        "q = s · V is a product. By what is the upstream gradient of s scaled?",
        "The rule for a bias, which is added, used for a factor.",
        "One value, many uses",
        predict=lambda probe: probe.setting["dY"].sum(axis=0),
    ),
    named(
        "shared_not_swapped", SHARED,
        "Your {name} scales the upstream gradient by s itself.",
        "A product swaps its factors: the gradient of s is scaled by the other one.",
        "The swap of the multiply gate is missing.",
        "One value, many uses",
        predict=lambda probe: (probe.setting["s"] * probe.setting["dY"]).sum(axis=0),
    ),
    named(
        "shared_local_twice", SHARED,
        "Your {name} contains V twice.",
        "Each term is a local factor times what arrives: one of each.",
        "V multiplied in once more.",
        "One value, many uses",
        predict=lambda probe: np.mean(probe.setting["V"] ** 2 * probe.setting["dY"], axis=0) * probe.setting["N"],
    ),
    named(
        "rate_divided_once", RATE,
        "Your rate is the old one divided by α: the first step still changes the scores α times as much.",
        "dw grew by α, and each change of w counts α times in the score. How often does α occur?",
        "dw grows by α, so η/α seems to undo it. It does for the weights, not for the scores.",
        "The same steps on other scales",
        matches=_rate(lambda rate, alpha: rate / alpha),
    ),
    named(
        "rate_unchanged", RATE,
        "Your rate does not change with α.",
        "Which of dw and the score's answer to a change of w grow with α?",
        "The rate is thought to be a property of the method, not of the data.",
        "The same steps on other scales",
        matches=_rate(lambda rate, alpha: rate),
    ),
    named(
        "rate_multiplied", RATE,
        "Your rate grows with α. Larger inputs already make larger steps.",
        "Should the rate add to that, or undo it?",
        "The correction goes the wrong way round.",
        "The same steps on other scales",
        matches=lambda reply, probe: any(_rate(by)(reply, probe) for by in (
            lambda rate, alpha: rate * alpha, lambda rate, alpha: rate * alpha**2)),
    ),
)  # fmt: skip
