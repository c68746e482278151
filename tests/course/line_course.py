"""A small real course: one lesson, a module that students write, a helper that is the course's."""

from __future__ import annotations

import shutil
from pathlib import Path

REPOSITORY = Path(__file__).parents[2]

HEADER = """\
---
jupytext:
  formats: ipynb,md:myst
  text_representation: {extension: .md, format_name: myst, format_version: 0.13}
kernelspec: {display_name: Python 3, language: python, name: python3}
---
"""

LESSON = (
    HEADER
    + '''\
# A line

Its slope is the same everywhere.

```{code-cell} ipython3
from axes import ORIGIN
from neural_net import forward
```

+++

**Your turn.**

```{code-cell} ipython3
---
nbgrader: {grade: false, grade_id: slope, locked: false, schema_version: 3, solution: true, task: false}
---
def slope(x):
    """The slope of 3x at x, a float."""
    ### BEGIN SOLUTION
    steepness_of_the_line = 3.0
    return steepness_of_the_line
    ### END SOLUTION
```

```{code-cell} ipython3
---
nbgrader: {grade: true, grade_id: check_slope, locked: true, points: 2, schema_version: 3, solution: false, task: false}
---
assert slope(ORIGIN) == 3.0
### BEGIN HIDDEN TESTS
assert slope(12345.0) == 3.0
### END HIDDEN TESTS
```

```{code-cell} ipython3
---
nbgrader: {grade: true, grade_id: check_net, locked: true, points: 3, schema_version: 3, solution: false, task: false}
---
assert forward(2.0) == 6.0
```
'''
)

NEURAL_NET = '''\
"""Yours to write."""


def forward(x):
    """Three times x."""
    ### BEGIN SOLUTION
    tripled_by_the_reference = 3 * x
    return tripled_by_the_reference
    ### END SOLUTION
'''

HELPER = "ORIGIN = 0.0\n"

A = "01_line"


def write_course(root: Path) -> Path:
    folder = root / "source" / A
    folder.mkdir(parents=True)
    (folder / "line.md").write_text(LESSON)
    (folder / "neural_net.py").write_text(NEURAL_NET)
    (folder / "axes.py").write_text(HELPER)
    shutil.copy(REPOSITORY / "nbgrader_config.py", root)
    return root
