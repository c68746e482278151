"""A process's messages → a cell's outputs, as nbclient makes them. Called by `execute`.

nbclient's own `process_message` validates every output against nbformat's schema, at a millisecond each; here the form
of a message is looked at once, where it comes in, since it may have been forged.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from nbformat import NotebookNode, from_dict

OUTPUTS_MAX = 1_000
"""Of one cell. Beyond it nobody looks, and every page takes a minute to write."""


class Outputs:
    """The outputs of a notebook's cells while it runs."""

    def __init__(self) -> None:
        self._shown: dict[str, list[NotebookNode]] = {}
        """display_id → the outputs shown under it, in any cell."""
        self._clear_before_next = False

    def start_cell(self) -> None:
        self._clear_before_next = False

    def show(self, cell: NotebookNode, kind: str, content: Mapping[str, Any]) -> None:
        """Do to `cell` what the message says; what is no output is passed over."""
        if not _is_output(kind, content):
            return
        if kind == "clear_output":
            self._clear_before_next = content.get("wait", False)
            if not self._clear_before_next:
                cell.outputs.clear()
            return
        display_id = (content.get("transient") or {}).get("display_id")
        if display_id:
            for output in self._shown.get(display_id, ()):
                output.data, output.metadata = from_dict(content["data"]), from_dict(content.get("metadata") or {})
        if kind == "update_display_data":
            return
        if self._clear_before_next:
            cell.outputs.clear()
            self._clear_before_next = False
        if len(cell.outputs) >= OUTPUTS_MAX:
            return
        output = _output(kind, content)
        last = cell.outputs[-1] if cell.outputs else None
        if kind == "stream" and last is not None and last.output_type == "stream" and last.name == output.name:
            last.text += output.text  # where a stream was cut is chance
            return
        if display_id:
            self._shown.setdefault(display_id, []).append(output)
        cell.outputs.append(output)


def _output(kind: str, content: Mapping[str, Any]) -> NotebookNode:
    output = NotebookNode(output_type=kind)
    if kind == "stream":
        output.update(name=content["name"], text=content["text"])
    elif kind == "error":
        output.update(ename=content["ename"], evalue=content["evalue"], traceback=content["traceback"])
    else:
        output.update(data=from_dict(content["data"]), metadata=from_dict(content.get("metadata") or {}))
    if kind == "execute_result":
        output["execution_count"] = content.get("execution_count")
    return output


def _is_output(kind: str, content: Mapping[str, Any]) -> bool:
    """Whether it is one of the outputs that notebooks have, in its form."""
    if kind == "stream":
        return content.get("name") in ("stdout", "stderr") and isinstance(content.get("text"), str)
    if kind == "error":
        lines = content.get("traceback")
        texts = (content.get("ename"), content.get("evalue"), *(lines if isinstance(lines, list) else (None,)))
        return all(isinstance(text, str) for text in texts)
    if kind == "clear_output":
        return isinstance(content.get("wait", False), bool)
    if kind not in ("display_data", "execute_result", "update_display_data"):
        return False
    data, metadata, transient = (content.get(name) or {} for name in ("data", "metadata", "transient"))
    number = content.get("execution_count")
    return (
        isinstance(content.get("data"), dict)
        and all(isinstance(entry, dict) for entry in (metadata, transient))
        and isinstance(transient.get("display_id") or "", str)
        and (number is None or (isinstance(number, int) and not isinstance(number, bool)))
        and all(isinstance(value, str) or mime.endswith("json") for mime, value in data.items())
    )
