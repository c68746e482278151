"""Two notebooks' cells, made comparable: what two runs of the same kernel do not agree on either is taken out."""

from __future__ import annotations

import base64
import hashlib
import io
import re
from typing import Any

import numpy as np
import PIL.Image
from nbformat import NotebookNode

CHANCE = (
    (re.compile(r"0x[0-9a-f]{6,}"), "ADDRESS"),
    (re.compile(r"/\S*?/ipykernel_\d+/\d+\.py"), "CELL"),
    (re.compile(r"/(?:tmp|var)/[^\s:'\"]*?(?=/?[\w.]*\.(?:csv|py|ipynb))"), "FOLDER"),
)
"""Addresses, process numbers, and where the copy of the course lies."""


def settled(value: Any) -> Any:
    """The same data without chance in any of its texts."""
    if isinstance(value, str):
        for pattern, instead in CHANCE:
            value = pattern.sub(instead, value)
        return value
    if isinstance(value, dict):
        return {name: settled(one) for name, one in value.items()}
    return [settled(one) for one in value] if isinstance(value, list) else value


def outputs(cell: NotebookNode) -> list[dict]:
    """A picture is its pixels: how they are packed is not seen."""
    shown = settled([dict(output) for output in cell.get("outputs", ())])
    for output in shown:
        data = output.get("data", {})
        if "image/png" in data:
            pixels = np.asarray(PIL.Image.open(io.BytesIO(base64.b64decode(data["image/png"]))))
            data["image/png"] = (pixels.shape, hashlib.sha256(pixels.tobytes()).hexdigest())
    return _in_reading_order(shown)


def _in_reading_order(shown: list[dict]) -> list[dict]:
    """Where a stream is cut, and how the two mix, is as nbgrader's kernel happened to flush them."""
    if len({output["name"] for output in shown if output["output_type"] == "stream"}) > 1:
        shown = sorted(shown, key=lambda output: ("stdout", "stderr", None).index(output.get("name")))
    ordered: list[dict] = []
    for output in shown:
        last = ordered[-1] if ordered else {}
        if output["output_type"] == "stream" and last.get("name") == output["name"]:
            last["text"] += output["text"]
        else:
            ordered.append(output)
    return ordered


def graded_as(cell: NotebookNode) -> dict | None:
    """nbgrader's entry, as far as marks depend on it: older versions leave out what later ones write."""
    entry = cell.metadata.get("nbgrader")
    if not entry:
        return None
    flags = {name: bool(entry.get(name)) for name in ("grade", "solution", "task")}
    return {"grade_id": entry.get("grade_id"), "points": float(entry.get("points") or 0), **flags}
