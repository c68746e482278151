"""Circuits: read but never run, measured wire by wire, drawn without overlaps."""

import math
from itertools import combinations, pairwise

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.text import Text

from autograder import draw_circuit
from autograder.circuit_drawing import BACKWARD, FORWARD
from autograder.circuit_layout import lay_out
from autograder.circuits import GATES_AT_MOST, read_circuit
from autograder.errors import QuestionError

DRAWN = {
    "the notes' own": ("(x + y) * max(z, w)", {"x": 2, "y": -1, "z": 3, "w": -4}),
    "the graded one": ("a = x + y; b = max(x, z); c = a * b; sigmoid(c)", {"x": 1, "y": -0.5, "z": 0.25}),
    "one number": ("x", {"x": 2}),
    "one gate used twice": ("x * x", {"x": 3}),
    "a sigmoid in small gates": (
        "1 / (1 + exp(-(w0 * x0 + w1 * x1 + w2)))", {"w0": 2, "x0": -1, "w1": -3, "x1": -2, "w2": -3},
    ),
    "deep": ("tanh(" * 14 + "x" + ")" * 14, {"x": 0.7}),
    "long": (" + ".join(f"x{i}" for i in range(16)), {f"x{i}": i / 7 for i in range(16)}),
    "forks of forks": (
        "q = x * y + z\nr = q * x\ns = max(q, r, z) * sigmoid(q)\ntanh(s * x - log(z**2 + 1) / y)",
        {"x": 1.23456, "y": -2, "z": 3},
    ),
    "huge and tiny": ("x * y + 1e-7 * x", {"x": -1.23456e10, "y": 9.87654e-8}),
    "long names": ("weight_of_first * input_of_first + bias", {"weight_of_first": 1, "input_of_first": 2, "bias": 3}),
}  # fmt: skip


@pytest.fixture(autouse=True)
def closed():
    yield
    plt.close("all")


def test_the_gradients_of_the_notes_circuit():
    """CS231n's example, known from the lecture: 3, 3, and the swapped sum for the larger input of max."""
    circuit = read_circuit("(x + y) * max(z, w)", x=2, y=-1, z=3, w=-4)
    gradient = {symbol: circuit.gradient(gate) for gate, symbol in enumerate(circuit.symbols) if symbol in "xyzw"}

    assert circuit.values[-1] == 3
    assert gradient == pytest.approx({"x": 3, "y": 3, "z": 1, "w": 0}, abs=1e-8)


def test_at_a_fork_the_gradients_of_the_wires_add():
    """Each wire is moved alone, then all of them together."""
    circuit = read_circuit("(x + y) * max(x, z) + exp(x)", x=1, y=-0.5, z=0.25)
    x = circuit.symbols.index("x")
    wires = [circuit.gradient(x, wire) for wire in circuit.uses(x)]

    assert len(wires) == 3
    assert sum(wires) == pytest.approx(circuit.gradient(x), abs=1e-8)
    assert wires == pytest.approx([1, 0.5, math.e], abs=1e-8)


@pytest.mark.parametrize("name", DRAWN)
def test_no_two_labels_overlap(name):
    """Measured on the rendered picture; and all of it is inside the figure."""
    expression, inputs = DRAWN[name]
    draw_circuit(expression, **inputs)
    figure = plt.gcf()
    figure.canvas.draw()
    boxes = [
        (text.get_text(), text.get_window_extent())
        for text in figure.findobj(Text) if text.get_text() and text.get_visible()
    ]  # fmt: skip
    (width, height) = figure.canvas.get_width_height()

    for (one, box), (other, another) in combinations(boxes, 2):
        apart = box.x1 <= another.x0 or another.x1 <= box.x0 or box.y1 <= another.y0 + 2 or another.y1 <= box.y0 + 2
        assert apart, (one, other)
    for text, box in boxes:
        assert min(box.x0, box.y0, width - box.x1, height - box.y1) >= 0, text


@pytest.mark.parametrize("name", DRAWN)
def test_places_of_a_column_keep_their_distance(name):
    """Gates and passing wires alike: the layout alone guarantees it."""
    expression, inputs = DRAWN[name]
    layout = lay_out(read_circuit(expression, **inputs).inputs)

    for column in layout.columns:
        ordered = sorted(column, key=lambda place: -place.y)
        for above, below in pairwise(ordered):
            assert above.y - below.y >= (above.height + below.height) / 2 - 1e-9


def test_forward_and_backward_differ_in_grey():
    """In relative luminance, as a grey printer sees them."""

    def luminance(colour):
        return np.dot([0.2126, 0.7152, 0.0722], [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)])

    assert abs(luminance(FORWARD) - luminance(BACKWARD)) > 0.2


def test_values_stand_above_the_wire_and_gradients_below():
    """In two colours, and the fork shows its sum."""
    draw_circuit("(x + y) * max(x, z)", x=3, y=-1, z=1)
    texts = {text.get_text(): text for text in plt.gca().texts}

    total = texts["3 + 2 = 5"]
    assert total.get_color() == BACKWARD
    above = [t for t in plt.gca().texts if t.get_color() == FORWARD and t.get_position()[0] == total.get_position()[0]]
    assert [t.get_text() for t in above] == ["3"]
    assert above[0].get_position()[1] > total.get_position()[1]


REFUSED = {
    "code": ("__import__('os').getcwd()", {}, "is not made of gates"),
    "an attribute": ("x.real", {"x": 1}, "is not made of gates"),
    "a list": ("[x, x]", {"x": 1}, "is not made of gates"),
    "a text": ("'x'", {}, "is not made of gates"),
    "a truth value": ("x + True", {"x": 1}, "is not made of gates"),
    "a statement": ("import os", {}, "is not made of gates"),
    "half an expression": ("(x + ", {"x": 1}, "cannot be read"),
    "nothing": ("", {}, "is empty"),
    "no text": (3, {}, "is not a text"),
    "an unknown function": ("sin(x)", {"x": 1}, "no gate 'sin'"),
    "too few inputs": ("max(x)", {"x": 1}, "two inputs or more"),
    "too many inputs": ("exp(x, x)", {"x": 1}, "one input"),
    "a missing value": ("x + y", {"x": 1}, "y has no value"),
    "a value too many": ("x + 1", {"x": 1, "y": 2}, "y is not in the expression"),
    "no number": ("x + 1", {"x": "two"}, "is not a number"),
    "an array": ("x + 1", {"x": np.ones(2)}, "is not a number"),
    "infinity": ("x + 1", {"x": math.inf}, "is not finite"),
    "a division by zero": ("1 / x", {"x": 0}, "no finite value"),
    "a logarithm of nothing": ("log(x)", {"x": 0}, "no finite value"),
    "a complex power": ("x ** 0.5", {"x": -1}, "no finite value"),
    "an overflow": ("exp(exp(x))", {"x": 10}, "no finite value"),
    "an edge": ("sqrt(x)", {"x": 0}, "a little away from the edge"),
    "a stage that leads nowhere": ("q = x + 1; x * 2", {"x": 1}, "does not reach"),
    "a name defined twice": ("q = x + 1; q = q * 2; q", {"x": 1}, "defined twice"),
    "too much of it": (" + ".join(["x"] * (GATES_AT_MOST + 2)), {"x": 1}, "more than"),
    "too deep for Python": ("-" * 5000 + "x", {"x": 1}, "cannot be read|more than"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_drawn_is_said_in_a_sentence(name):
    """Nothing is executed, nothing is half drawn, and the message says what to do."""
    expression, inputs, says = REFUSED[name]

    with pytest.raises(QuestionError, match=says):
        draw_circuit(expression, **inputs)
    assert not plt.get_fignums()
