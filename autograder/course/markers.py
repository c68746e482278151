"""The markers that hide things from students, in any text: notebook cells and `.py` files alike.

Called by `preprocessors` (while nbgrader releases), `build` (before it asks nbgrader) and `leaks`. Writes nothing.

nbgrader is lenient where a leak is the price: a lone `### END SOLUTION` is dropped and the lines above it are released,
`### begin solution` is not a marker at all. Here both are errors.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from autograder.errors import UnstrippedSolution

EXACT = re.compile(r"(BEGIN|END) (SOLUTION|HIDDEN TESTS|MARK SCHEME)")
"""What nbgrader looks for, anywhere in a line."""
ALMOST = re.compile(r"#\s*(?:begin|end)[\s_-]*(?:solution|hidden[\s_-]*test|mark[\s_-]*scheme)", re.IGNORECASE)
"""What an author meant as a marker. Needs the `#`, so that prose about the end solution is left alone."""


@dataclass(frozen=True)
class Region:
    """Lines `first` to `last` of a text, its two markers included, counted from 0."""

    kind: str
    first: int
    last: int


def regions(text: str, where: str) -> list[Region]:
    """Every hidden region, in order. `where` names the text in the error.

    Raises `UnstrippedSolution` for a marker without its partner, one inside another region, or a misspelt one.
    """
    found: list[Region] = []
    opened: tuple[str, int] | None = None
    for number, line in enumerate(text.split("\n")):
        marks = EXACT.findall(line)
        if not marks:
            if ALMOST.search(line):
                raise _loose_end(where, number, f"`{line.strip()}` is almost a marker, and nbgrader would not see it")
            continue
        if len(marks) > 1:
            raise _loose_end(where, number, "two markers stand on one line")
        edge, kind = marks[0]
        if edge == "BEGIN":
            if opened:
                raise _loose_end(where, number, f"BEGIN {kind} stands inside the region begun on line {opened[1] + 1}")
            opened = (kind, number)
        else:
            if opened is None or opened[0] != kind:
                raise _loose_end(where, number, f"END {kind} has no BEGIN {kind} before it")
            found.append(Region(kind, opened[1], number))
            opened = None
    if opened:
        raise _loose_end(where, opened[1], f"BEGIN {opened[0]} has no END {opened[0]} after it")
    return found


def _loose_end(where: str, number: int, trouble: str) -> UnstrippedSolution:
    return UnstrippedSolution(
        f"{where}, line {number + 1}: {trouble}. Nothing was released.",
        "Write each region as `### BEGIN SOLUTION`, the lines, `### END SOLUTION`, none inside another.",
    )


def cut(text: str, stub: str, where: str) -> str:
    """`text` with each solution replaced by `stub`, indented as the BEGIN marker was; other hidden regions vanish."""
    lines = text.split("\n")
    kept: list[str] = []
    position = 0
    for region in regions(text, where):
        kept += lines[position : region.first]
        if region.kind == "SOLUTION":
            marker = lines[region.first]
            indent = re.match(r"[ \t]*", marker).group()
            # "\n" is cut off by split; a Windows file keeps its "\r" at the end of each line.
            ending = "\r" if marker.endswith("\r") else ""
            kept += [f"{indent}{line}{ending}" for line in stub.split("\n")]
        position = region.last + 1
    return "\n".join(kept + lines[position:])


def shown_and_hidden(text: str, where: str) -> Iterator[tuple[bool, str]]:
    """Each line with True if students may see it; marker lines are left out."""
    lines = text.split("\n")
    position = 0
    for region in regions(text, where):
        yield from ((True, line) for line in lines[position : region.first])
        yield from ((False, line) for line in lines[region.first + 1 : region.last])
        position = region.last + 1
    yield from ((True, line) for line in lines[position:])


def marks_in(data: bytes | str) -> list[str]:
    """Every marker in a file of any type, misspelt ones too. Without NULs, so that UTF-16 hides nothing."""
    text = data if isinstance(data, str) else data.replace(b"\0", b"").decode("latin-1")
    return [found.group() for pattern in (EXACT, ALMOST) for found in pattern.finditer(text)]
