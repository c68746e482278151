"""The bound: a class's cells in forks of a warm interpreter, and nothing else. No grading, no sandbox, no files.

    python benchmarks/bound.py COURSE WORKERS [STUDENT...]

No engine that runs every cell of every submission in a process of its own can be faster than this. Called by
`throughput`, which measures it from outside like the engines. Prints how many figures were drawn, for comparison.
"""

from __future__ import annotations

import gc
import io
import json
import os
import sys
from pathlib import Path
from typing import Any

THREADS = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")


def warm() -> Any:
    """IPython's shell, in a process that has imported what the notebooks import."""
    os.environ.update(dict.fromkeys(THREADS, "1"), MPLBACKEND="module://matplotlib_inline.backend_inline")
    import matplotlib.pyplot  # noqa: F401
    import numpy as np
    from IPython.core.interactiveshell import InteractiveShell
    from matplotlib.figure import Figure
    from traitlets.config import Config

    import autograder

    class Shell(InteractiveShell):
        def enable_gui(self, gui: Any = None) -> None:
            """`%matplotlib inline` asks for it; a bare shell raises, and every cell after it would fail for free."""

    config = Config()
    config.HistoryManager.enabled = False
    shell = Shell.instance(config=config)
    # Imports that the cells would pay for at their first use.
    figure = Figure()
    figure.subplots().plot([1, 2])
    figure.savefig(io.BytesIO(), format="png")
    autograder.check("db", lambda dY: np.sum(dY, axis=0))
    gc.collect()
    gc.freeze()
    return shell


def run(shell: Any, notebook: Path) -> int:
    """In the fork. Returns the number of figures drawn (at most 255: it becomes the exit status)."""
    from matplotlib_inline.backend_inline import configure_inline_support

    configure_inline_support(shell, "inline")
    published = []
    shell.display_pub.publish = lambda data, *_, **__: published.append(data)
    shell.showtraceback = lambda *_, **__: None
    for cell in json.loads(notebook.read_text())["cells"]:
        if cell["cell_type"] == "code":
            shell.run_cell("".join(cell["source"]), store_history=True)
    return sum("image/png" in data for data in published)


def main(course: str, workers: str, *students: str) -> None:
    shell = warm()
    notebooks = sorted(Path(course, "submitted").glob("*/*/*.ipynb"))
    waiting = [path for path in notebooks if not students or path.parts[-3] in students]
    running = figures = 0
    while waiting or running:
        if waiting and running < int(workers):
            notebook = waiting.pop()
            if os.fork() == 0:
                nothing = os.open(os.devnull, os.O_WRONLY)
                os.dup2(nothing, 1)
                os.dup2(nothing, 2)
                os._exit(run(shell, notebook))
            running += 1
        else:
            _, status = os.wait()
            figures += os.waitstatus_to_exitcode(status)
            running -= 1
    print(figures)


if __name__ == "__main__":
    main(*sys.argv[1:])
