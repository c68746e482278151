"""A lesson's executed notebook, for the tests that hold its text against its outputs."""

import json
from pathlib import Path

NOTEBOOKS = Path(__file__).parents[1] / "notebooks"


def cells_of(notebook: str) -> list[dict]:
    """`notebook`: its path below `notebooks/`."""
    return json.loads((NOTEBOOKS / notebook).read_text(encoding="utf-8"))["cells"]


def text_of(cells: list[dict]) -> str:
    """What stands between the code."""
    return "\n\n".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown")


def output_of(cells: list[dict], words: str) -> str:
    """What was printed by the one cell that holds `words` and printed anything."""
    (output,) = [
        text
        for cell in cells
        if words in "".join(cell["source"])
        and (text := "".join("".join(output.get("text", "")) for output in cell.get("outputs", ())))
    ]
    return output
