"""Where the gates of a circuit stand, so that no two labels meet. Called by `circuits`; draws nothing.

Columns run from the inputs to the output. A wire that passes a column takes a place in it, as a gate does, and a gate
is as tall as it has inputs: the labels of its wires stand left of it, within its own height.
Source: Sugiyama, Tagawa and Toda, "Methods for visual understanding of hierarchical system structures" (1981).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

SWEEPS = 12
"""Of ordering and of straightening; circuits drawn in lessons settle within five."""


@dataclass
class Place:
    """A gate, or the passage of a wire through a column."""

    column: int
    height: float
    """In wires."""
    y: float = 0.0
    """Middle, in wires, growing upwards."""
    node: int | None = None
    """Number of the gate; None for a passage."""


@dataclass
class Layout:
    """Places by column from the top, and for every wire the places it goes through."""

    columns: list[list[Place]]
    gates: list[Place]
    roads: dict[tuple[int, int], list[Place]] = field(default_factory=dict)
    """(gate, number of its input) → source, passages, gate."""

    def port(self, gate: int, number: int) -> float:
        """Height at which an input enters its gate: the first at the top."""
        return self.gates[gate].y + (self.gates[gate].height - 1) / 2 - number


def lay_out(inputs: Sequence[Sequence[int]]) -> Layout:
    """`inputs`: for each gate the gates it reads, all of them earlier in the list; the last gate is the output."""
    steps = [0] * len(inputs)
    for gate in reversed(range(len(inputs))):
        for source in inputs[gate]:
            steps[source] = max(steps[source], steps[gate] + 1)
    last = max(steps)
    gates = [
        Place(last - step, max(1, len(reads)), node=i)
        for i, (step, reads) in enumerate(zip(steps, inputs, strict=True))
    ]
    columns: list[list[Place]] = [[] for _ in range(last + 1)]
    layout = Layout(columns, gates)
    _visit(layout, inputs, len(inputs) - 1, set())
    neighbours = _neighbours(layout)
    for sweep in range(SWEEPS):
        _pack(columns)
        for column in columns if sweep % 2 else reversed(columns):
            column.sort(key=lambda place: -_wanted(place, neighbours))
            _settle(column, [_wanted(place, neighbours) for place in column])
    for sweep in range(SWEEPS):
        for column in columns if sweep % 2 else reversed(columns):
            _settle(column, [_wanted(place, neighbours) for place in column])
    return layout


def _visit(layout: Layout, inputs, gate: int, seen: set[int]) -> None:
    """Fill the columns in the order in which the expression is read, which is nearly free of crossings."""
    if gate in seen:
        return
    seen.add(gate)
    place = layout.gates[gate]
    layout.columns[place.column].append(place)
    for number, source in enumerate(inputs[gate]):
        start = layout.gates[source]
        passages = [Place(column, 1) for column in range(start.column + 1, place.column)]
        for passage in passages:
            layout.columns[passage.column].append(passage)
        layout.roads[gate, number] = [start, *passages, place]
        _visit(layout, inputs, source, seen)


def _neighbours(layout: Layout) -> dict[int, list[tuple[Place, float]]]:
    """For each place the places its wires lead to, and by how much the port differs from that place's middle."""
    neighbours: dict[int, list[tuple[Place, float]]] = {id(p): [] for column in layout.columns for p in column}
    for (gate, number), road in layout.roads.items():
        port = (layout.gates[gate].height - 1) / 2 - number
        for here, there in pairwise(road):
            offset = port if there is road[-1] else 0.0
            neighbours[id(here)].append((there, offset))
            neighbours[id(there)].append((here, -offset))
    return neighbours


def _wanted(place: Place, neighbours) -> float:
    """Where the place's wires would be straight."""
    around = neighbours[id(place)]
    return sum(other.y + offset for other, offset in around) / len(around) if around else place.y


def _pack(columns: list[list[Place]]) -> None:
    for column in columns:
        _settle(column, [-i for i in range(len(column))] if not any(p.y for p in column) else [p.y for p in column])


def _settle(column: list[Place], wanted: list[float]) -> None:
    """The heights nearest to the wanted ones that keep the order and leave no overlap (pool adjacent violators)."""
    depths, depth = [], 0.0
    for above, place in zip([None, *column[:-1]], column, strict=True):
        depth += (above.height + place.height) / 2 if above else 0.0
        depths.append(depth)
    blocks: list[tuple[float, int]] = []
    for want, depth in zip(wanted, depths, strict=True):
        mean, count = want + depth, 1
        while blocks and blocks[-1][0] < mean:
            other, others = blocks.pop()
            mean, count = (mean * count + other * others) / (count + others), count + others
        blocks.append((mean, count))
    tops = [mean for mean, count in blocks for _ in range(count)]
    for place, top, depth in zip(column, tops, depths, strict=True):
        place.y = top - depth
