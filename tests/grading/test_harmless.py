"""What a student wrote is shown, and does not run."""

import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output, new_raw_cell

from autograder.grading.harmless import make_harmless, markdown

KERNEL = {"name": "python3", "display_name": "Python 3"}
SCRIPT = "<script>alert(1)</script>"


@pytest.mark.parametrize(
    "text",
    [
        r"$a < b$ and $$\begin{pmatrix} 1 & 2 \\ 3 & 4 \end{pmatrix}$$",
        "> a quotation\n\n1 < 2, x <= y, `a << b`",
        "<details><summary>why</summary>because</details>",
        "line<br>break, H<sub>2</sub>O, <https://example.org/a?b=c&d>",
    ],
)
def test_ordinary_markdown_is_left_as_it_is(text):
    """Formulas, quotations, plain tags, links in angle brackets."""
    assert markdown(text) == text


@pytest.mark.parametrize(
    "text",
    [SCRIPT, "<img src=x onerror=alert(1)>", "<b onclick=alert(1)>", "<svg/onload=alert(1)>", "<!-- --><iframe>",
     "<a href='javascript:alert(1)'>", "</details x><script>", "<javascript:alert(1)>",
     "<<script>alert(1)//<</script>"],
)  # fmt: skip
def test_no_other_tag_is_left_in_markdown(text):
    """`<` before a space opens nothing."""
    assert "<script" not in markdown(text)
    assert not [part for part in markdown(text).split("<")[1:] if part[:1].isalpha() and "=" in part.split(">")[0]]
    assert "<a" not in markdown(text)
    assert "<javascript" not in markdown(text)


def shown(data, metadata=None):
    cell = new_code_cell(outputs=[new_output("display_data", data, metadata=metadata or {})])
    make_harmless(new_notebook(cells=[cell]), ())
    return cell.outputs[0]


def test_html_keeps_its_table_and_loses_its_script():
    output = shown({"text/html": f"<table><tr><td onclick=x>1</td></tr></table>{SCRIPT}"})

    assert output.data["text/html"].startswith("<table>")
    assert "<td>1</td>" in output.data["text/html"]
    assert "alert" not in output.data["text/html"]


def test_an_svg_becomes_a_picture():
    """Scripts in an <img> do not run, and a student's plot in SVG is still seen."""
    output = shown({"image/svg+xml": f"<svg>{SCRIPT}</svg>", "text/html": SCRIPT})

    assert output.data["text/html"].startswith('<img alt="" src="data:image/svg+xml;base64,')
    assert "image/svg+xml" not in output.data


def test_what_only_a_script_could_show_is_dropped():
    output = shown(
        {"application/javascript": "alert(1)", "application/vnd.jupyter.widget-view+json": {}, "text/plain": "x"}
    )

    assert output.data == {"text/plain": "x"}


def test_a_picture_is_base64_and_its_size_a_number():
    """Both stand inside a tag of the page."""
    breaking = shown({"image/png": '"><script>', "text/plain": "x"})
    sized = shown({"image/png": "iVBO"}, {"image/png": {"width": '1"><script>', "height": 3}})

    assert breaking.data == {"text/plain": "x"}
    assert sized.metadata == {"image/png": {"height": 3}}


def test_a_card_of_ours_keeps_its_style():
    cell = new_code_cell(outputs=[new_output("execute_result", {"text/html": '<div style="color:red">'})])
    cell.metadata["nbgrader"] = {"grade_id": "check_dW"}
    make_harmless(new_notebook(cells=[cell]), {"check_dW"})

    assert cell.outputs[0].data["text/html"] == '<div style="color:red">'


def test_a_picture_that_is_not_attached_is_not_asked_for():
    """nbconvert would raise, and the student have no page."""
    text = new_markdown_cell("![x](attachment:a.png) ![y](attachment:b.png)")
    text["attachments"] = {"a.png": {"image/png": "iVBO"}}
    make_harmless(new_notebook(cells=[text]), ())

    assert text.source == "![x](attachment:a.png) ![y](missing-picture)"


def test_raw_cells_attachments_and_metadata_bring_nothing_in():
    raw, text = new_raw_cell(SCRIPT), new_markdown_cell("![x](attachment:a.png)")
    text["attachments"] = {"a.png": {"image/png": "iVBO", "text/html": SCRIPT}, 'b"><script>': {"image/png": "iVBO"}}
    notebook = new_notebook(cells=[raw, text], metadata={"widgets": {"x": SCRIPT}, "kernelspec": KERNEL})
    make_harmless(notebook, ())

    assert raw.source == "< script>alert(1)< /script>"
    assert text.attachments == {"a.png": {"image/png": "iVBO"}}
    assert notebook.metadata == {"kernelspec": KERNEL}
