"""How `make docs` builds the site: these pages and the lessons as students get them. Read by Sphinx.

The repository itself is the source folder, so that a link which works on the forge works in the site, too.
"""

project = "Backpropagation by hand"
author = "the course's maintainers"
copyright = author
html_title = project

root_doc = "docs/index"
include_patterns = ["docs/*.md", "benchmarks/README.md", "release/*/*.ipynb"]
extensions = ["myst_nb", "sphinx-mathjax-offline"]

nb_execution_mode = "off"  # released notebooks hold stubs: there is nothing to show yet
myst_enable_extensions = ["dollarmath", "amsmath"]
myst_heading_anchors = 4
myst_dmath_double_inline = True

highlight_language = "none"
html_theme = "furo"
html_extra_path = ["root"]  # its index.html leads to these pages
html_favicon = "images/icon.svg"
html_copy_source = False
html_show_sphinx = False
html_theme_options = {"navigation_with_keys": True}
