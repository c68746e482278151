"""Builds the zero-install edition: a folder of static files that any web server can serve, with JupyterLab, the
released lessons and this package in it. Python runs in the student's browser.

    pip install -r requirements.txt -e '.[jupyterlite]'
    python tools/build_jupyterlite.py --output site

NumPy, matplotlib and the browser's Python are not in the folder: JupyterLite's Pyodide kernel fetches them from
Pyodide's own distribution when a student opens a lesson. See docs/jupyterlite.md.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from pathlib import Path

import nbformat
from nbformat.v4 import new_code_cell

from autograder.course import ownership
from autograder.errors import CourseError
from autograder.kit.kit import released_files
from autograder.kit.wheel import wheel

ROOT = Path(__file__).parents[1]

KERNEL = "@jupyterlite/pyodide-kernel-extension"

IN_THE_BROWSER = """\
# In the browser: fetches what checks your answers.
import sys

if sys.platform == "emscripten":
    import piplite

    await piplite.install("backpropagation-course")"""


def build_site(course: Path, output: Path, assignments: list[str] | None = None) -> None:
    """Every lesson of `release/` in a folder of its own. `output` is replaced if it is an earlier site.

    Raises `CourseError` when it is anything else, and what `kit` raises when a lesson must not be handed out.
    """
    if output.exists() and any(output.iterdir()) and not (output / "jupyter-lite.json").is_file():
        raise CourseError(f"{output} is not an earlier site, and is not replaced.", "Give --output another place.")
    with tempfile.TemporaryDirectory(prefix="lite-") as folder:
        lite = Path(folder)
        for name in ownership.chosen(course, assignments):
            for path, content in released_files(course, name).items():
                target = lite / "files" / name / path
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(with_first_cell(content) if path.endswith(".ipynb") else content)
        name, package = wheel()
        (lite / name).write_bytes(package)
        extension = Path(sysconfig.get_path("data"), "share", "jupyter", "labextensions", KERNEL)
        configuration = {
            # Nothing else that is installed here: nbgrader's panels would ask for a server that is not there.
            "LiteBuildConfig": {
                "ignore_sys_prefix": ["federated_extensions"],
                "federated_extensions": [str(extension)],
                "contents": ["files"],
                "apps": ["lab"],
                "no_sourcemaps": True,
            },
            "PipliteAddon": {"piplite_urls": [name]},
        }
        (lite / "jupyter_lite_config.json").write_text(json.dumps(configuration), encoding="utf-8")
        subprocess.run(
            [sys.executable, "-m", "jupyterlite_core", "build", "--lite-dir", str(lite), "--output-dir", "site"],
            cwd=lite, check=True,
        )  # fmt: skip
        shutil.rmtree(output, ignore_errors=True)
        shutil.copytree(lite / "site", output)


def with_first_cell(content: bytes) -> bytes:
    """The notebook behind the cell that makes `import autograder` work in a browser."""
    notebook = nbformat.reads(content.decode(), as_version=4)
    # Else JupyterLite asks which kernel is meant by the one of everywhere else. Grading puts the course's own back.
    notebook.metadata.kernelspec = {"name": "python", "display_name": "Python (Pyodide)", "language": "python"}
    notebook.cells.insert(0, new_code_cell(IN_THE_BROWSER, id="in-the-browser"))
    return (nbformat.writes(notebook) + "\n").encode()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("assignments", nargs="*", help="Which lessons. Default: all.")
    parser.add_argument("--output", type=Path, default=ROOT / "site", help="A folder, which is replaced.")
    given = parser.parse_args()
    build_site(ROOT, given.output, given.assignments or None)
    print(f"Built in {given.output}. To look at it: python -m http.server --directory {given.output}")
