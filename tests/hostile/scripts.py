"""Attackers whose notebooks carry programs for the browser of whoever looks at them: each sets `window.pwned`."""

from __future__ import annotations

from hostile.attack import ALL, NOT_FOR_DW, RIGHT_DW, Attack, Desk, code_cell, markdown_cell

SCRIPT = "<script>window.pwned = true</script>"
IMAGE = '<img src=x onerror="window.pwned = true">'
SVG = '<svg xmlns="http://www.w3.org/2000/svg" onload="window.pwned = true"><script>window.pwned = true</script></svg>'


def shows(code: str) -> dict[str, str]:
    return {"dW": RIGHT_DW + "from IPython.display import *\n" + code}


def in_markdown(desk: Desk) -> None:
    notebook = desk.notebook(explain=f"Because. {SCRIPT} {IMAGE}")
    for number, text in enumerate(
        (SCRIPT, IMAGE, SVG, "<iframe srcdoc='<script>parent.pwned = true</script>'></iframe>",
         "<details open ontoggle='window.pwned = true'>", "<style>@keyframes x{}</style><p style='animation: x' "
         "onanimationstart='window.pwned = true'>", "$x$ <math><mtext><table><mglyph><style><!--</style>"
         "<img title='--&gt;&lt;img src=x onerror=window.pwned=true&gt;'>", "```\n</code></pre>" + SCRIPT + "\n```",
         "<form><input autofocus onfocus='window.pwned = true'></form>", "![x](x\"onerror=\"window.pwned=true)",
         f"$$ {SCRIPT} $$", f"\\begin{{equation}} {IMAGE} \\end{{equation}}")
    ):  # fmt: skip
        notebook["cells"].append(markdown_cell(text, f"script-{number}"))
    desk.save(notebook)


def in_old_outputs(desk: Desk) -> None:
    notebook = desk.notebook()
    data = {"text/html": SCRIPT, "text/plain": "x", "application/javascript": "window.pwned = true"}
    output = {"output_type": "display_data", "data": data, "metadata": {}}
    notebook["cells"].append(code_cell("", "old", outputs=[output]))
    notebook["cells"].append(code_cell("# " + SCRIPT, "source-script", outputs=[output]))
    desk.save(notebook)


def in_attachments(desk: Desk) -> None:
    notebook = desk.notebook()
    attached = {"a.png": {"image/png": 'x"><script>window.pwned = true</script>'}, "b.svg": {"image/svg+xml": SVG}}
    text = "![a](attachment:a.png) ![b](attachment:b.svg)"
    notebook["cells"].append(markdown_cell(text, "attached", attachments=attached))
    notebook["cells"].append({"cell_type": "raw", "id": "raw", "metadata": {"format": "text/html"}, "source": SCRIPT})
    desk.save(notebook)


def in_metadata(desk: Desk) -> None:
    notebook = desk.notebook()
    notebook["metadata"]["title"] = f"</title>{SCRIPT}"
    notebook["metadata"]["language_info"] = {"name": 'x">' + SCRIPT, "pygments_lexer": SCRIPT}
    notebook["metadata"]["widgets"] = {
        "application/vnd.jupyter.widget-state+json": {"version_major": 2, "version_minor": 0, "state": {
            "</script>" + SCRIPT: {}}}}  # fmt: skip
    for cell in notebook["cells"]:
        cell["metadata"]["tags"] = ['x"><script>window.pwned=true</script>']
    desk.save(notebook)


def in_names(desk: Desk) -> None:
    desk.save(desk.notebook())
    desk.save("x", "<img src=x onerror=window.pwned=true>.txt")


SCRIPTS = (
    Attack("script_in_markdown", "Script tags and event handlers in markdown.", ALL, "", hands_in=in_markdown),
    Attack("script_in_old_outputs", "Script tags in outputs that were there before grading.", ALL, "", hands_in=in_old_outputs),
    Attack("script_in_attachments", "Script tags in attached pictures and raw cells.", ALL, "", hands_in=in_attachments),
    Attack("script_in_metadata", "Script tags in title, language, tags and widget state.", ALL, "", hands_in=in_metadata),
    Attack("script_in_names", "A script tag as the name of a file.", ALL, "", hands_in=in_names),
    Attack("script_in_html", "A cell displays HTML with a script in it.", ALL, "",
           shows(f"display(HTML({SCRIPT!r}))\ndisplay(HTML({IMAGE!r}))\n"
                 "display(HTML('<iframe srcdoc=\"<script>parent.pwned = true</script>\"></iframe>'))\n")),
    Attack("script_as_javascript", "A cell displays JavaScript.", ALL, "",
           shows("display(Javascript('window.pwned = true'))\n"
                 "display({'application/javascript': 'window.pwned = true', 'text/plain': 'x'}, raw=True)\n")),
    Attack("script_in_svg", "A cell displays an SVG that runs a script.", ALL, "", shows(f"display(SVG(data={SVG!r}))\n")),
    Attack("script_in_rich_text", "A cell displays markdown and LaTeX with scripts in them.", ALL, "",
           shows(f"display(Markdown({SCRIPT!r}))\ndisplay(Markdown({IMAGE!r}))\ndisplay(Latex({SCRIPT!r}))\n")),
    Attack("script_in_picture_data", "A picture whose data, width and alternative text end their tag.", ALL, "",
           shows("tail = '\"><script>window.pwned = true</script>'\n"
                 "for kind in ('image/png', 'image/jpeg', 'image/gif', 'application/pdf'):\n"
                 "    display({kind: 'iVBORw0' + tail}, raw=True)\n"
                 "    display({kind: 'iVBORw0'}, raw=True, metadata={kind: {'width': tail, 'height': tail, 'alt': tail,\n"
                 "        'unconfined': tail, 'needs_background': tail}, 'isolated': tail})\n")),
    Attack("script_in_widgets", "A cell displays widgets, Vega and other types that bring their own viewer.", ALL, "",
           shows("for kind in ('application/vnd.jupyter.widget-view+json', 'application/vnd.vega.v5+json',\n"
                 "             'text/vnd.mermaid', 'application/vnd.plotly.v1+json', 'application/geo+json'):\n"
                 "    display({kind: {'model_id': '</script><script>window.pwned = true</script>'}\n"
                 "             if kind.endswith('json') else '</pre><script>window.pwned = true</script>',\n"
                 "             'text/plain': 'x'}, raw=True)\n")),
    Attack("script_in_error", "An error whose text and whose line of code hold a script tag.", ALL, "",
           {"dW": RIGHT_DW + f"raise ValueError({SCRIPT!r} + '\\x1b[31m' + {IMAGE!r})\n"}),
    Attack("script_in_stream", "A script tag printed between terminal colours.", ALL, "",
           shows(f"print('\\x1b[31m' + {SCRIPT!r} + '\\x1b[0m')\nimport sys\nprint({IMAGE!r}, file=sys.stderr)\n")),
    Attack("script_in_answer", "The graded function raises, prints and returns script tags.", NOT_FOR_DW, "",
           {"dW": f"def dW(X, dY):\n    print({SCRIPT!r})\n    raise ValueError({SCRIPT!r} + {IMAGE!r})\n"}),
    Attack("script_in_class_name", "The type of an error is a script tag.", NOT_FOR_DW, "",
           {"dW": f"def dW(X, dY):\n    raise type({SCRIPT!r}, (Exception,), {{}})()\n"}),
)  # fmt: skip
