"""Nothing a student wrote may run where others read it: in formgrader, in the feedback, in the notebook opened again.

nbconvert puts markdown, HTML, SVG and scripts into its pages as they are. Called by `execute` when a notebook is done;
cards, which are ours, are left alone. nh3 (ammonia) cleans HTML by a list of what is allowed; nbconvert's own
`SanitizeHTML` escapes formulas and quotations in markdown beyond recognition.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Container
from typing import Any

import nh3
from nbformat import NotebookNode
from nbgrader.utils import compute_checksum

from autograder.records import VERDICT_MIME

PICTURES = ("image/png", "image/jpeg", "image/gif", "image/webp")
AS_IT_IS = ("text/plain", "application/json", VERDICT_MIME)  # nbconvert escapes the first and shows no other

BASE64 = re.compile(r"[A-Za-z0-9+/=\s]*")

PLAIN_TAGS = """
    b i u s em strong small sub sup br hr p ul ol li code pre blockquote center details summary
    h1 h2 h3 h4 h5 h6 table thead tbody tr th td
"""
PLAIN_TAG = re.compile(
    rf"</?(?:{'|'.join(PLAIN_TAGS.split())})\s*/?>|<https?://[^\s<>\"'`]+>",
    re.IGNORECASE,
)
"""What may stand in markdown: tags without attributes, and links in angle brackets."""

TAG_START = re.compile(r"<(?=[A-Za-z/!?])")

ATTACHMENT = re.compile(r"attachment:([^\s)\"'<>]*)")

NOTEBOOK_METADATA = ("kernelspec", "language_info")


def make_harmless(notebook: NotebookNode, ours: Container[str]) -> None:
    """Changes `notebook` in place. `ours`: the `grade_id`s of cells whose outputs are cards."""
    notebook.metadata = NotebookNode(
        {key: notebook.metadata[key] for key in NOTEBOOK_METADATA if key in notebook.metadata}
    )
    for cell in notebook.cells:
        known = cell.metadata.get("nbgrader", {})
        if "attachments" in cell:
            cell.attachments = _attachments(cell.attachments)
        if cell.cell_type == "code":
            if known.get("grade_id") not in ours:
                cell.outputs = [_output(output) for output in cell.outputs]
        elif not known.get("locked") and not _as_released(cell):
            cell.source = markdown(cell.source)
        if cell.cell_type == "markdown":
            cell.source = _without_missing_pictures(cell.source, cell.get("attachments", ()))


def _as_released(cell: NotebookNode) -> bool:
    """Then it is the instructor's text, and "No response." to nbgrader, which compares checksums."""
    checksum = cell.metadata.get("nbgrader", {}).get("checksum")
    return checksum is not None and checksum == compute_checksum(cell)


def markdown(text: str) -> str:
    """The same text, where a tag that is not plain begins with `< `: no tag any more, and the same in a formula."""
    kept = {match.start() for match in PLAIN_TAG.finditer(text)}
    return TAG_START.sub(lambda match: "<" if match.start() in kept else "< ", text)


def _without_missing_pictures(text: str, there: Container[str]) -> str:
    """nbconvert makes no page at all of a notebook that shows a picture which is not attached."""

    def shown(match: re.Match) -> str:
        return match[0] if match[1] in there else "missing-picture"

    return ATTACHMENT.sub(shown, text)


def _output(output: NotebookNode) -> NotebookNode:
    if "data" not in output:
        return output  # streams and tracebacks are escaped when they are shown
    data = NotebookNode()
    for mime, value in output.data.items():
        text = value if isinstance(value, str) else ""
        if mime in AS_IT_IS:
            data[mime] = value
        elif mime in PICTURES and BASE64.fullmatch(text):
            data[mime] = text
        elif mime == "image/svg+xml" and text:
            # A picture in an <img> runs no script, whatever is in it.
            packed = base64.b64encode(text.encode("utf-8", "replace")).decode()
            data["text/html"] = f'<img alt="" src="data:image/svg+xml;base64,{packed}">'
        elif mime == "text/html" and "image/svg+xml" not in output.data:
            data[mime] = nh3.clean(text)
        elif mime in ("text/markdown", "text/latex"):
            data[mime] = markdown(text)
    output.data, output.metadata = data, _sizes(output.get("metadata", {}))
    return output


def _sizes(metadata: Any) -> NotebookNode:
    """Of pictures: numbers, which stand in the page as attributes."""
    sizes = NotebookNode()
    for mime, entry in metadata.items():
        if mime in PICTURES and isinstance(entry, dict):
            numbers = {key: entry.get(key) for key in ("width", "height")}
            sizes[mime] = NotebookNode({key: value for key, value in numbers.items() if type(value) in (int, float)})
    return sizes


def _attachments(attachments: Any) -> NotebookNode:
    kept = NotebookNode()
    for name, bundle in attachments.items() if isinstance(attachments, dict) else ():
        pictures = {
            mime: data
            for mime, data in (bundle.items() if isinstance(bundle, dict) else ())
            if mime in PICTURES and isinstance(data, str) and BASE64.fullmatch(data)
        }
        if pictures and not set(name) & set("<>\"'`"):
            kept[name] = NotebookNode(pictures)
    return kept
