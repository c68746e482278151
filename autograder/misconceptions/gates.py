"""Mistakes in the four gates of `01_gates`. Those in circuits made of them are in `circuits`.

What a wrong local derivative produces is measured too: it is the right derivative of another gate.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np

from autograder.misconceptions.misconception import Misconception
from autograder.questions import Probe
from autograder.questions.gates import larger, measured, sigmoid
from autograder.records import Reply

LESSON = "01_gates"
ADD, MULTIPLY, MAX, SIGMOID, CIRCUIT = ("add_gate",), ("multiply_gate",), ("max_gate",), ("sigmoid_gate",), ("circuit",)
SHARED = ("shared_factor",)
TWO = (*ADD, *MULTIPLY, *MAX)

named = partial(Misconception, lesson=LESSON)


def of_another_gate(gate: Callable, upstream: Callable | None = None) -> Callable[[Probe], np.ndarray]:
    """The gradients of another gate in place of the one that was asked about."""

    def predict(probe: Probe) -> np.ndarray:
        names = [name for name in probe.arguments if name != "up"]
        up = probe.setting["dY"] if upstream is None else upstream(probe.setting)
        return measured(gate, {name: probe.setting[name] for name in names}, tuple(names), up)

    return predict


def _rows(formula: Callable) -> Callable[[Probe], np.ndarray]:
    return lambda probe: np.stack([np.broadcast_to(r, probe.setting["dY"].shape) for r in formula(probe.setting)])


def _one_of(probe: Probe, reply: Reply) -> bool:
    value = reply.value
    return isinstance(value, np.ndarray) and value.shape == probe.truth.shape[1:]


def _shares_sum_to(total: float) -> Callable[[Reply, Probe], bool]:
    def matches(reply: Reply, probe: Probe) -> bool:
        value = reply.value
        if not isinstance(value, np.ndarray) or value.shape != probe.truth.shape:
            return False
        return bool(np.allclose(value.sum(axis=0), total * probe.setting["dY"], rtol=1e-9, atol=1e-12))

    return matches


def _one_row_of_zeros(reply: Reply, probe: Probe) -> bool:
    """The other gradient is the right one."""
    value = reply.value
    if not isinstance(value, np.ndarray) or value.shape != probe.truth.shape:
        return False
    empty = ~value.any(axis=1)
    return bool(empty.sum() == 1 and np.allclose(value[~empty], probe.truth[~empty], rtol=1e-9, atol=1e-12))


MISCONCEPTIONS = (
    named(
        "one_gradient_for_all_inputs", (*TWO, *CIRCUIT),
        "{name} returned one array; every input has a gradient of its own.",
        "Return one gradient for each input, in their order.",
        "The gate has one output, so one gradient seems to be enough.",
        "The add gate",
        matches=lambda reply, probe: _one_of(probe, reply),
    ),
    named(
        "local_not_spread", TWO,
        "{name} returned gradients of different shapes: one of them has not the shape of its input.",
        "Each gradient has one entry for each entry of its input. Multiply by `up` to get there.",
        "A bare 0 or 1 in place of an array, or the local derivative alone.",
        "The add gate",
        matches=lambda reply, probe: isinstance(reply.value, tuple | list) and len(reply.value) == 2,
    ),
    named(
        "add_splits", ADD,
        "Your {name} gives each input half of the upstream gradient.",
        "Move x by 0.001. By how much does x + y move: by half of it?",
        "A flow that divides at a junction: gradients are rates, and nothing is used up.",
        "The add gate",
        predict=of_another_gate(lambda x, y: (x + y) / 2),
    ),
    named(
        "add_like_multiply", ADD,
        "Your {name} scales the upstream gradient by the other input, as a product would.",
        "What is the derivative of x + y by x, when y is held still?",
        "The rule of the multiply gate, used at the wrong gate.",
        "The add gate",
        predict=of_another_gate(lambda x, y: x * y),
    ),
    named(
        "add_returns_inputs", ADD,
        "Your {name} scales the upstream gradient by each input itself.",
        "What is the derivative of x + y by x? It does not depend on x.",
        "'Local times up', with the input taken for the local derivative.",
        "The add gate",
        predict=of_another_gate(lambda x, y: (x * x + y * y) / 2),
    ),
    named(
        "second_input_gets_nothing", (*ADD, *MULTIPLY),
        "Your {name} leaves nothing for y.",
        "The output moves with y as well as with x. Measure it.",
        "y is taken for a constant of the gate.",
        "The add gate",
        predict=lambda probe: probe.truth * np.array([[1.0], [0.0]]),
    ),
    named(
        "multiply_not_swapped", MULTIPLY,
        "Your {name} scales the upstream gradient of each input by that input itself.",
        "With y = 10, what does x · y do when x moves by 1? Which of the two numbers says so?",
        "The swap is missing: dx = x · up.",
        "The multiply gate",
        predict=of_another_gate(lambda x, y: (x * x + y * y) / 2),
    ),
    named(
        "multiply_like_add", MULTIPLY,
        "Your {name} passes the upstream gradient on unchanged, as an add gate would.",
        "With y = 10, what does x · y do when x moves by 1?",
        "The local derivative is left out.",
        "The multiply gate",
        predict=of_another_gate(lambda x, y: x + y),
    ),
    named(
        "output_for_local", MULTIPLY,
        "Your {name} scales the upstream gradient by the output x · y.",
        "The local derivative is that of the output by one input. Hold the other still.",
        "The cached forward value is used where its derivative belongs.",
        "The multiply gate",
        predict=_rows(lambda s: (s["x"] * s["y"] * s["dY"],) * 2),
    ),
    named(
        "gate_upstream_dropped", (*MULTIPLY, *MAX, *SIGMOID, *CIRCUIT, *SHARED, *ADD),
        "Your {name} does not depend on `up`: it is the local derivative alone.",
        "Every gradient is local times up. Where does `up` enter?",
        "Only the gate itself was differentiated; the chain rule's other factor is missing.",
        "Local times up",
        predict=lambda probe: probe.gradient(np.ones_like(probe.setting["dY"])),
    ),
    named(
        "upstream_squared", (*ADD, *MULTIPLY, *MAX, *SIGMOID, *CIRCUIT, *SHARED),
        "Your {name} contains the upstream gradient twice.",
        "Multiply by `up` once, on the way into the gate.",
        "`up` multiplied in at the gate and once more at the end.",
        "Local times up",
        predict=lambda probe: probe.gradient(probe.setting["dY"] ** 2),
    ),
    named(
        "gate_sign_flipped", (*TWO, *SIGMOID, *CIRCUIT, *SHARED),
        "Your {name} is exactly the negative of the numeric gradient.",
        "A gradient points uphill. The minus sign belongs to the step that uses it.",
        "The minus of gradient descent, or of exp(−x), has slipped in.",
        "Local times up",
        predict=lambda probe: -probe.truth,
    ),
    named(
        "max_gives_both", MAX,
        "Your {name} gives the upstream gradient to both inputs.",
        "Move the smaller input by 0.001. Does the maximum notice?",
        "The rule of the add gate, used at the wrong gate.",
        "The max gate",
        predict=of_another_gate(lambda x, y: x + y),
    ),
    named(
        "max_splits", MAX,
        "Your {name} gives each input half of the upstream gradient, in every entry.",
        "Halves are fair at a tie only. Elsewhere, does the maximum notice the smaller input?",
        "The centred difference at a tie, taken for the rule.",
        "The max gate",
        predict=of_another_gate(lambda x, y: (x + y) / 2),
    ),
    named(
        "max_wrong_branch", MAX,
        "Your {name} gives the upstream gradient to the smaller input.",
        "Which input is the output a copy of? That one is felt.",
        "The comparison is the wrong way round.",
        "The max gate",
        predict=of_another_gate(lambda x, y: x + y - larger(x, y)),
    ),
    named(
        "max_scaled_by_input", MAX,
        "Your {name} goes to the right input, but scaled by that input.",
        "A maximum copies its larger input. What is the slope of a copy?",
        "The mask is multiplied with the value instead of the upstream gradient alone.",
        "The max gate",
        predict=of_another_gate(lambda x, y: larger(x, y) ** 2 / 2),
    ),
    named(
        "max_one_branch_for_all", MAX,
        "Your {name} sends every entry to the same input.",
        "Each entry has a maximum of its own: compare entry by entry.",
        "`if x.sum() > y.sum()`, or `x.max() > y.max()`: one comparison for the whole array.",
        "The max gate",
        matches=lambda reply, probe: isinstance(reply.value, np.ndarray) and reply.value.shape == probe.truth.shape
        and np.any(reply.value) and not reply.value.any(axis=1).all()
        and bool(np.allclose(reply.value.sum(axis=0), probe.setting["dY"])),
        parts=("value",),
    ),
    named(
        "max_value_for_mask", MAX,
        "Your {name} multiplies the upstream gradient by an input, where yes or no belongs.",
        "A mask says which is larger: 1 where it is, 0 where it is not. Print yours.",
        "`up * x` for `up * (x > y)`: the values in place of their comparison.",
        "The max gate",
        predict=lambda probe: probe.setting["dY"] * probe.setting["x"] * np.ones((2, 1)),
    ),
    named(
        "max_input_gets_nothing", MAX,
        "Your {name} leaves nothing for one of its inputs, in any entry.",
        "Each input is the larger one somewhere. Print your mask.",
        "A comparison that is never true, such as `x > x`.",
        "The max gate",
        matches=_one_row_of_zeros,
        parts=("value",),
    ),
    named(
        "tie_counted_twice", MAX,
        "Where x = y, your {name} hands out the upstream gradient twice: (1, 1).",
        "Move both by 0.001: the maximum moves by 0.001, not by twice that. The shares have to add up to 1.",
        "`>=` on both sides.",
        "The max gate",
        matches=_shares_sum_to(2), parts=("tie",),
    ),
    named(
        "tie_lost", MAX,
        "Where x = y, your {name} gives nothing to either input.",
        "Move both by 0.001: the maximum follows. One of the two comparisons should include equality.",
        "`>` on both sides.",
        "The max gate",
        matches=_shares_sum_to(0), parts=("tie",),
    ),
    named(
        "sigmoid_of_input", SIGMOID,
        "Your {name} puts x itself into (1 − ·) · where the output σ(x) belongs.",
        "The formula is written with σ(x) twice. Compute s = σ(x) first, then use only s.",
        "The derivative is remembered as (1 − x) x, from code where x was already the output.",
        "The sigmoid gate",
        predict=lambda probe: (1 - probe.setting["x"]) * probe.setting["x"] * probe.setting["dY"],
    ),
    named(
        "sigmoid_forward_again", SIGMOID,
        "Your {name} is σ(x) times the upstream gradient: the derivative's other factor is missing.",
        "At x = 5 the curve is almost flat. Is your local derivative small there?",
        "The output is used for its derivative, as is right for exp.",
        "The sigmoid gate",
        predict=lambda probe: sigmoid(probe.setting["x"]) * probe.setting["dY"],
    ),
    named(
        "sigmoid_one_minus_only", SIGMOID,
        "Your {name} is 1 − σ(x) times the upstream gradient: the derivative's other factor is missing.",
        "At x = −5 the curve is almost flat. Is your local derivative small there?",
        "Half of the formula, which is right for log σ(x).",
        "The sigmoid gate",
        predict=lambda probe: (1 - sigmoid(probe.setting["x"])) * probe.setting["dY"],
    ),
    named(
        "sigmoid_forward_wrong", SIGMOID,
        "The s in your {name} is not σ(x); what is made of it is right.",
        "Print s at x = 0, where σ is 1/2, and at x = 5, where it is nearly 1.",
        "A slip in 1 / (1 + exp(−x)): a sign, a 1 left out, or the fraction upside down.",
        "The sigmoid gate",
    ),
    named(
        "sigmoid_other_factor", (*SIGMOID, *CIRCUIT),
        "The factor beside σ in your sigmoid's slope is not 1 − σ.",
        "The slope is small at both ends. What is 1 − σ where σ is nearly 1, and what is yours?",
        "A sign or a number of 1 − σ mistyped.",
        "The sigmoid gate",
    ),
    named(
        "sigmoid_factor_twice", (*SIGMOID, *CIRCUIT),
        "One of the two factors of your sigmoid's slope, σ and 1 − σ, stands in it twice.",
        "At x = 0 the slope is 1/4. What does yours say?",
        "A factor multiplied in once more.",
        "The sigmoid gate",
    ),
    named(
        "sigmoid_like_tanh", SIGMOID,
        "Your {name} uses 1 − s² as the local derivative, which belongs to tanh.",
        "At x = 0 the sigmoid has the slope 1/4. What does yours say?",
        "The two squashing functions, and their derivatives, are easily mixed up.",
        "The sigmoid gate",
        predict=lambda probe: (1 - sigmoid(probe.setting["x"]) ** 2) * probe.setting["dY"],
    ),
    named(
        "sigmoid_left_out", SIGMOID,
        "Your {name} passes the upstream gradient on unchanged.",
        "How much does σ(x) move when x moves? At most a quarter as much.",
        "The local derivative is left out.",
        "The sigmoid gate",
        predict=lambda probe: probe.setting["dY"].copy(),
    ),
    named(
        "sigmoid_squashed_twice", SIGMOID,
        "Your {name} takes the derivative at σ(x), as if the output were the input.",
        "Apply σ once.",
        "A helper that expects the input is handed the output.",
        "The sigmoid gate",
        predict=lambda probe: measured(sigmoid, {"x": sigmoid(probe.setting["x"])}, ("x",), probe.setting["dY"]),
    ),
)  # fmt: skip
