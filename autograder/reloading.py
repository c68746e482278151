"""`reload_when_saved`: a file that a student writes beside a notebook is loaded again before the next cell.

IPython's own %autoreload reads every loaded module first, which takes seconds and fails where a process may not read
them all. This looks at one file.
"""

from __future__ import annotations

import importlib
import sys
from pathlib import Path
from typing import Any

_followed: dict[str, Any] = {}
"""Module name → the hook that follows it, so that a cell run twice does not follow it twice."""


def reload_when_saved(name: str) -> None:
    """Before each cell, load the module `name` again if its file has changed, and give the notebook's variables that
    were imported from it their new values.

    Objects made from an older version keep it: make them again. A file that cannot be loaded is reported in one line,
    and the version before it stays. Does nothing outside IPython.
    """
    from IPython import get_ipython

    shell = get_ipython()
    if shell is None:
        return
    if name in _followed:
        shell.events.unregister("pre_run_cell", _followed.pop(name))
    module = importlib.import_module(name)
    seen = [_saved(module)]

    def look(info: Any) -> None:
        if (saved := _saved(module)) != seen[0]:
            seen[0] = saved
            _load_again(name, shell.user_ns)

    _followed[name] = look
    shell.events.register("pre_run_cell", look)


def _saved(module: Any) -> tuple[int, int]:
    """When the file was written, and how long it is; zeros while an editor has it away."""
    try:
        stat = Path(module.__file__).stat()
    except OSError:
        return 0, 0
    return stat.st_mtime_ns, stat.st_size


def _load_again(name: str, variables: dict[str, Any]) -> None:
    module = sys.modules[name]
    before = dict(vars(module))
    try:
        # Compiled here: Python's cache of compiled files compares whole seconds, and two saves fit into one.
        source = Path(module.__file__).read_text(encoding="utf-8")
        exec(compile(source, module.__file__, "exec"), vars(module))
    except Exception as error:
        line = f", line {error.lineno}" if isinstance(error, SyntaxError) else ""
        print(f"{name}.py could not be loaded{line}: {type(error).__name__}: {error}. The version before it is in use.")
        vars(module).update(before)
        return
    for variable, value in list(variables.items()):
        if not variable.startswith("_") and variable in before and value is before[variable]:
            variables[variable] = vars(module)[variable]
