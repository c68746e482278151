"""Imports point one way: cli → course, grading, reports → checking → questions, misconceptions → gradients, records."""

import ast
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "autograder"

LAYER = {
    "_version": 0, "errors": 0,
    "console": 0.5, "printable": 0, "reloading": 0, "waiting": 0,
    "datasets": 0.3,
    "experiments": 0.6,
    "records": 1, "gradients": 1,
    "circuit_layout": 1, "circuits": 2, "circuit_drawing": 2.5, "scales": 2,
    "drawing": 2, "softmax_pictures": 2,
    "wire": 2, "questions": 2,
    "misconceptions": 3,
    "pitfalls": 3, "first_cause": 3,
    "verdicts": 4, "live": 4,
    "card": 5,
    "checking": 6,
    "answering": 6, "confined": 7,
    "course": 8, "start": 8,
    "grading": 9,
    "reports": 10, "exporters": 10.3,
    "judging": 10.5, "kit": 10.5, "collecting": 10.5, "gradescope": 10.6,
    "cli": 11, "__main__": 12,
}  # fmt: skip
"""A module may import from its own part and from lower layers."""


def imported_parts(path: Path) -> set[str]:
    names = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("autograder."):
            names.add(node.module.split(".")[1])
        elif isinstance(node, ast.Import):
            names |= {alias.name.split(".")[1] for alias in node.names if alias.name.startswith("autograder.")}
    return names


@pytest.mark.parametrize("path", sorted(PACKAGE.rglob("*.py")), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_imports_point_one_way(path):
    """Nothing below knows what is above it; lazy imports inside functions count, too."""
    part = path.relative_to(PACKAGE).parts[0].removesuffix(".py")
    if part == "__init__":
        return

    upward = {name for name in imported_parts(path) if name != part and LAYER[name] >= LAYER[part]}

    assert not upward
