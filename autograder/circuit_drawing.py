"""The picture of a circuit: values above the wires, gradients below them. `draw_circuit` is what notebooks call.

All lengths are inches, and the figure is as large as they ask for: letters that fit once fit in every circuit.
"""

from __future__ import annotations

from itertools import pairwise

from autograder.circuit_layout import Layout, lay_out
from autograder.circuits import Circuit, read_circuit

FORWARD, BACKWARD = "#08306b", "#d94801"
"""Dark against middling: apart on a grey printer, too, where slanted figures also tell the gradients."""

WIRE, BOX, GAP, LETTER, SIZE = 0.55, 0.5, 0.55, 0.088, 10.5
"""Height of a wire with its two labels; side of a gate; room for wires to change height; width of a letter of SIZE
points (DejaVu Sans, the widest digits and signs)."""


def draw_circuit(expression: str, **inputs: float) -> None:
    """Draw `expression` as a circuit: on each wire the value above, the measured gradient below.

    For example `draw_circuit("(x + y) * max(z, w)", x=2, y=-1, z=3, w=-4)`. Expressions are those of `read_circuit`.
    Where a value is used several times its wire forks at a dot, and the gradients that come back are added there.
    """
    import matplotlib.pyplot as plt

    circuit = read_circuit(expression, **inputs)
    layout = lay_out(circuit.inputs)
    texts = _texts(circuit)
    left = _columns(circuit, layout, texts)
    last = len(circuit.symbols) - 1
    heights = [(p.y + p.height / 2, p.y - p.height / 2) for column in layout.columns for p in column]
    top, bottom = max(h for h, _ in heights) * WIRE, min(low for _, low in heights) * WIRE
    result = _number(circuit.values[last])
    width = left[-1] + BOX + LETTER * max(len(result), 2) + 0.55
    _, axes = plt.subplots(figsize=(max(width, 4.2), top - bottom + 0.75))
    axes.set_position((0, 0, 1, 1))
    axes.set(xlim=(-0.15, max(width, 4.2) - 0.15), ylim=(bottom - 0.45, top + 0.3))
    axes.axis("off")
    for (gate, number), road in layout.roads.items():
        _wire(axes, circuit, layout, left, texts, (gate, number), road)
    for gate, symbol in enumerate(circuit.symbols):
        _gate(axes, symbol, circuit.operations[gate] is None, left[layout.gates[gate].column], layout.gates[gate])
        if gate in texts["forks"]:
            _labels(axes, left[layout.gates[gate].column] + BOX + 0.08, layout.gates[gate].y * WIRE,
                    _number(circuit.values[gate]), texts["forks"][gate])  # fmt: skip
    end, middle = left[layout.gates[last].column] + BOX, layout.gates[last].y * WIRE
    axes.annotate("", (width - 0.25, middle), (end, middle), arrowprops={"arrowstyle": "-|>", "color": FORWARD})
    _labels(axes, end + 0.08, middle, result, "1")
    axes.text(-0.1, bottom - 0.3, "above: value, forward", color=FORWARD, size=8.5, va="center")
    axes.text(1.75, bottom - 0.3, "below: gradient, backward", color=BACKWARD, size=8.5, va="center", style="italic")


def _texts(circuit: Circuit) -> dict:
    """The gradient of every wire, and at every fork the sum that is formed there."""
    wires, forks = {}, {}
    for gate in range(len(circuit.symbols)):
        uses = circuit.uses(gate)
        for wire in uses:
            wires[wire] = _number(circuit.gradient(gate, wire))
        if len(uses) > 1:
            terms = [f"({wires[w]})" if wires[w].startswith("−") and i else wires[w] for i, w in enumerate(uses)]
            forks[gate] = f"{' + '.join(terms)} = {_number(circuit.gradient(gate))}"
    return {"wires": wires, "forks": forks}


def _number(value: float) -> str:
    """Four digits. What a measurement leaves of an exact 0 is shown as 0: it is known to 1e-9 at best."""
    if abs(value) < 5e-9:
        return "0"
    return f"{value:.4g}".replace("-", "−").replace("e+0", "e+").replace("e−0", "e−")


def _columns(circuit: Circuit, layout: Layout, texts: dict) -> list[float]:
    """Left edge of the gates of each column: room before it for its wires' labels, after it for its forks'."""
    left, x = [], 0.0
    for number, places in enumerate(layout.columns):
        gates = [place.node for place in places if place.node is not None]
        labels = [text for g in gates for n, source in enumerate(circuit.inputs[g])
                  for text in (_number(circuit.values[source]), texts["wires"][g, n])]  # fmt: skip
        x += max((LETTER * len(text) + 0.2 for text in labels), default=0.0)
        left.append(x)
        x += BOX + max((LETTER * len(texts["forks"][g]) + 0.25 for g in gates if g in texts["forks"]), default=0.0)
        x += GAP if number + 1 < len(layout.columns) else 0.0
    return left


def _wire(axes, circuit, layout, left, texts, wire, road) -> None:
    gate, number = wire
    source = road[0].node
    port = layout.port(gate, number) * WIRE
    x, y = left[road[0].column] + BOX, road[0].y * WIRE
    if source in texts["forks"]:
        dot = x + LETTER * len(texts["forks"][source]) + 0.2
        axes.plot([x, dot], [y, y], color=FORWARD, lw=1.3)
        axes.plot(dot, y, "o", color=FORWARD, ms=5)
        x = dot
    for here, there in pairwise(road):
        start = left[here.column + 1] - _room(circuit, layout, texts, here.column + 1)
        straight = start - GAP
        below = port if there is road[-1] else there.y * WIRE
        end = left[there.column] + (0 if there is road[-1] else BOX)
        _bend(axes, x, straight, start, end, y, below)
        x, y = end, below
    _labels(axes, left[layout.gates[gate].column] - 0.1, port, _number(circuit.values[source]), texts["wires"][wire],
            align="right")  # fmt: skip


def _room(circuit, layout, texts, column: int) -> float:
    gates = [place.node for place in layout.columns[column] if place.node is not None]
    return max(LETTER * len(text) + 0.2 for g in gates for n, source in enumerate(circuit.inputs[g])
               for text in (_number(circuit.values[source]), texts["wires"][g, n]))  # fmt: skip


def _bend(axes, x, straight, start, end, y, below) -> None:
    """Level, an S in the gap between two columns, and level again."""
    from matplotlib.patches import PathPatch
    from matplotlib.path import Path

    middle = (straight + start) / 2
    points = [(x, y), (straight, y), (middle, y), (middle, below), (start, below), (end, below)]
    codes = [Path.MOVETO, Path.LINETO, Path.CURVE4, Path.CURVE4, Path.CURVE4, Path.LINETO]
    axes.add_patch(PathPatch(Path(points, codes), facecolor="none", edgecolor=FORWARD, lw=1.3, zorder=1))


def _gate(axes, symbol: str, is_input: bool, left: float, place) -> None:
    from matplotlib.patches import FancyBboxPatch

    height = place.height * WIRE - 0.12
    axes.add_patch(
        FancyBboxPatch(
            (left + 0.04, place.y * WIRE - height / 2 + 0.04), BOX - 0.08, height - 0.08,
            boxstyle="round,pad=0.04", facecolor="white" if is_input else "0.9", edgecolor="0.35", lw=1.0, zorder=3,
        )
    )  # fmt: skip
    size = 13 if len(symbol) <= 2 else max(5.0, 11 - 1.3 * max(0, len(symbol) - 4))
    axes.text(left + BOX / 2, place.y * WIRE, symbol if len(symbol) <= 9 else symbol[:8] + "…", ha="center",
              va="center", size=size, zorder=4)  # fmt: skip


def _labels(axes, x: float, y: float, value: str, gradient: str, align: str = "left") -> None:
    axes.text(x, y + 0.035, value, ha=align, va="bottom", size=SIZE, color=FORWARD, zorder=5)
    axes.text(x, y - 0.045, gradient, ha=align, va="top", size=SIZE, color=BACKWARD, style="italic", zorder=5)
