"""What one attacker is: what they do, what they hand in, what they may earn, and what they are told.

The modules beside this one hold the attackers; `hostile_course` holds the course that they attack.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

DB, DW, LOSS, DX = 2.0, 3.0, 2.0, 3.0
"""What the course's four test cells are worth, in their order. `LOSS` has stock asserts, the others are questions."""

ALL = DB + DW + LOSS + DX

NOT_FOR_DW = DB + LOSS + DX
"""For all but dW, where most attackers return zeros and then try to earn something for it."""

WRONG_DW = "def dW(X, dY):\n    return np.zeros((X.shape[1], dY.shape[1]))\n"

RIGHT_DW = "def dW(X, dY):\n    return X.T @ dY\n"

NOTEBOOK = "layer.ipynb"


@dataclass(frozen=True)
class Desk:
    """Where an attacker sits: their folder, the released notebook, and what they know of the grader's machine."""

    folder: Path
    released: Mapping[str, Any]
    """The notebook's JSON, as students receive it."""
    reference: Mapping[str, str]
    """grade_id → right answer."""
    knows: Mapping[str, str]
    """Put in place of «course», «home», «token», «tcp» … in what is typed: the best informed attacker there can be."""

    def notebook(self, **answers: str) -> dict[str, Any]:
        """All answers right but `answers`. `before` and `after` are cells at the two ends."""
        notebook = copy.deepcopy(dict(self.released))
        typed = {**self.reference, **answers}
        for cell in notebook["cells"]:
            grade_id = cell["metadata"].get("nbgrader", {}).get("grade_id")
            if grade_id in typed:
                cell["source"] = self.spelled(typed[grade_id])
        if "before" in answers:
            notebook["cells"].insert(0, code_cell(self.spelled(answers["before"]), "before"))
        if "after" in answers:
            notebook["cells"].append(code_cell(self.spelled(answers["after"]), "after"))
        return notebook

    def spelled(self, text: str) -> str:
        for name, value in self.knows.items():
            text = text.replace(f"«{name}»", value)
        return text

    def save(self, notebook: Mapping[str, Any] | str | bytes, name: str = NOTEBOOK) -> None:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(notebook, Mapping):
            notebook = json.dumps(notebook)
        path.write_bytes(notebook.encode("utf-8", "surrogatepass") if isinstance(notebook, str) else notebook)


@dataclass(frozen=True)
class Attack:
    """One attacker."""

    name: str
    does: str
    """In one sentence, as it stands in docs/security.md."""
    earns: float | None
    """What the honest part of it is worth, and no more. None: it cannot be graded."""
    tells: str
    """Words that the attacker reads: in the feedback page, or as the reason why there is none."""
    typed: Mapping[str, str] = field(default_factory=dict)
    """grade_id (or `before`, `after`) → what they typed there."""
    hands_in: Callable[[Desk], None] | None = None
    """For those who do more than type."""
    or_less: bool = False
    """True where how much of the honest part survives depends on the machine's speed."""

    def hand_in(self, desk: Desk) -> None:
        if self.typed or self.hands_in is None:
            desk.save(desk.notebook(**self.typed))
        if self.hands_in is not None:
            self.hands_in(desk)


def code_cell(source: str, id: str, **more: Any) -> dict[str, Any]:
    cell = {"cell_type": "code", "id": id, "metadata": {}, "source": source, "outputs": [], "execution_count": None}
    return {**cell, **more}


def markdown_cell(source: str, id: str, **more: Any) -> dict[str, Any]:
    return {"cell_type": "markdown", "id": id, "metadata": {}, "source": source, **more}


def cell_of(notebook: Mapping[str, Any], grade_id: str) -> dict[str, Any]:
    return next(cell for cell in notebook["cells"] if cell["metadata"].get("nbgrader", {}).get("grade_id") == grade_id)
