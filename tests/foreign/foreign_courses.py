"""Three courses that were not made for this pack: nbgrader's own example, a laboratory, and a notebook of odd outputs.

Each function writes a course, as an instructor and students left it, and returns the assignment to grade.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import nbgrader
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from nbgrader.api import Gradebook

USER_GUIDE = Path(nbgrader.__file__).parent / "docs" / "source" / "user_guide"
KERNEL = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}

PENALTY = """
from nbgrader.plugins import BasePlugin

class PointForEachHour(BasePlugin):
    def late_submission_penalty(self, student_id, score, total_seconds_late):
        return min(score, total_seconds_late // 3600)

c.AssignLatePenalties.plugin_class = PointForEachHour
"""


def run(root: Path, *arguments: str) -> subprocess.CompletedProcess:
    program = [sys.executable, "-m", "nbgrader", *arguments]
    return subprocess.run(program, cwd=root, capture_output=True, text=True, check=False)


def quickstart(root: Path) -> str:
    """`nbgrader quickstart`, and the submissions from nbgrader's user guide, as the installed package has them."""
    done = run(root.parent, "quickstart", root.name)
    assert done.returncode == 0, done.stderr
    done = run(root, "generate_assignment", "ps1")
    assert done.returncode == 0, done.stderr
    shutil.copytree(USER_GUIDE / "submitted", root / "submitted")
    with Gradebook(f"sqlite:///{root}/gradebook.db") as gradebook:
        gradebook.update_or_create_assignment("ps1", duedate="2015-02-02 15:00:00 UTC")
    return "ps1"


# --- two notebooks, data beside them, everything that nbgrader marks ----------------------------------------------

READ = """
import csv

def heights(path="plants.csv"):
    ### BEGIN SOLUTION
    with open(path) as file:
        return [float(row["height"]) for row in csv.DictReader(file)]
    ### END SOLUTION
"""

TEST_MEAN = """
points = 0
for x, y in (([1], 1), ([1, 2], 1.5), ([0, 0, 3], 1)):
    try:
        points += mean(x) == y
    except Exception as error:
        print(repr(error))
points
"""

FILES = """
import os

import helper

print(helper.NAME)
print(sorted(name for name in os.listdir() if name.endswith((".csv", ".py", ".txt"))))
"""

LABORATORY = {
    "measure": [
        ("markdown", {}, "# Plants\n\n![a picture](plants.csv)"),
        ("code", {"grade_id": "read", "solution": True}, READ),
        ("code", {}, "print(open('plants.csv').read())\nheights()"),
        (
            "code",
            {"grade_id": "test_read", "grade": True, "locked": True, "points": 2},
            "assert len(heights()) == 4\n### BEGIN HIDDEN TESTS\nassert heights()[0] == 1.5\n### END HIDDEN TESTS",
        ),
        (
            "code",
            {"grade_id": "mean", "solution": True},
            "def mean(x):\n    ### BEGIN SOLUTION\n    return sum(x) / len(x)\n    ### END SOLUTION",
        ),
        (
            "code",
            {"grade_id": "test_mean", "grade": True, "locked": True, "points": 3},
            TEST_MEAN,
        ),
        (
            "code",
            {"grade_id": "plot", "grade": True, "solution": True, "points": 2},
            "### BEGIN SOLUTION\nprint('a plot')\n### END SOLUTION",
        ),
        ("code", {"grade_id": "bonus", "grade": True, "locked": True, "points": 0}, "assert mean([3, 3]) == 3"),
        (
            "code",
            {"grade_id": "table", "locked": True},
            FILES,
        ),
    ],
    "explain": [
        (
            "markdown",
            {"grade_id": "why", "grade": True, "solution": True, "points": 3},
            "### BEGIN MARK SCHEME\nnames the variance\n### END MARK SCHEME\n*Why do plants differ?*",
        ),
        ("markdown", {"grade_id": "draw", "task": True, "locked": True, "points": 4}, "Draw a plant below."),
        (
            "code",
            {"grade_id": "word", "solution": True},
            "### BEGIN SOLUTION\nword = 'variance'\n### END SOLUTION",
        ),
        ("code", {"grade_id": "test_word", "grade": True, "locked": True, "points": 1.5}, "assert word == 'variance'"),
    ],
}


PRINTS_WHEN_COMPARED = """
import sys

class Word(str):
    def __eq__(self, other):
        print("hm", file=sys.stderr)
        return True

word = Word()
"""


def laboratory(root: Path) -> str:
    write_source(root, "lab", LABORATORY, PENALTY)
    (root / "source/lab/plants.csv").write_text("name,height\na,1.5\nb,2\nc,4\nd,0.5\n")
    (root / "source/lab/helper.py").write_text("NAME = 'the helper'\n")
    release(root, "lab", duedate="2030-01-01 00:00:00 UTC")
    right = {"read": READ.replace("    ### BEGIN SOLUTION\n", "").replace("    ### END SOLUTION\n", "")}
    right["mean"] = "def mean(x):\n    return sum(x) / len(x)"
    right |= {"plot": "print('mine')", "why": "Variance.", "word": "word = 'variance'"}
    hand_in(root, "right", "lab", right, time="2029-12-31 23:00:00 UTC")
    hand_in(root, "partial", "lab", right | {"mean": "def mean(x):\n    return x[0]"}, time="2030-01-01 02:30:00 UTC")
    hand_in(root, "hidden", "lab", right | {"read": "def heights():\n    return [0, 0, 0, 0]"})
    hand_in(root, "untouched", "lab", {}, time="2030-02-01 00:00:00 UTC")
    hand_in(root, "syntax", "lab", right | {"mean": "def mean(x:\n    return 1", "word": "word = 1 / 0"})
    hand_in(
        root, "warns", "lab", right | {"mean": "import warnings\ndef mean(x):\n    warnings.warn('hm')\n    return 1"}
    )
    hand_in(root, "warns_in_test", "lab", right | {"word": PRINTS_WHEN_COMPARED})
    hand_in(root, "empty_answers", "lab", right | {"why": "", "plot": "", "word": ""})
    data = hand_in(root, "own_data", "lab", right)
    (data / "plants.csv").write_text("name,height\nmine,9\n")
    (data / "extra.txt").write_text("notes")
    one = hand_in(root, "one_notebook", "lab", right)
    (one / "explain.ipynb").unlink()
    changed = hand_in(root, "changed_test", "lab", right | {"test_read": "pass", "mean": "def mean(x):\n    return 0"})
    assert changed.is_dir()
    none = hand_in(root, "gives_none", "lab", right | {"mean": "def mean(x):\n    print('nothing')"})
    assert none.is_dir()
    return "lab"


# --- outputs ------------------------------------------------------------------------------------------------------

TABLE = """
class Table:
    def _repr_html_(self):
        return "<table><tr><td>1</td></tr></table>"
    def __repr__(self):
        return "a table"
Table()
"""

OWN_ERROR = """
class Mine(Exception): pass
try:
    1 / 0
except ZeroDivisionError as error:
    raise Mine("of my own") from error
"""

IMPORTS = """
%matplotlib inline
import matplotlib.pyplot as plt
import sys, time
from IPython.display import *
"""

DISPLAYS = [
    ("code", {}, IMPORTS),
    ("code", {}, "plt.plot([1, 3, 2]); plt.title('one')"),
    ("code", {}, "plt.imshow([[1, 2], [3, 4]]);"),
    ("code", {}, "figure, axes = plt.subplots(1, 2)\nprint('before')\nplt.show()\nprint('after')\naxes[0]"),
    ("code", {}, TABLE),
    ("code", {}, "display(Latex('$x^2$'), SVG('<svg xmlns=\"http://www.w3.org/2000/svg\"/>'), JSON({'a': [1]}))"),
    ("code", {}, "display(Markdown('**b**'), HTML('<b>b</b>'), Math('x'), Javascript('1'), metadata={'mine': 1})"),
    ("code", {}, "print('out')\nprint('err', file=sys.stderr)\nprint('out again')\n1 + 1"),
    ("code", {}, "handle = display('first', display_id='spot')\ndisplay('other')"),
    ("code", {}, "handle.update('second')\nprint('updated')"),
    ("code", {}, "for i in range(3):\n    clear_output(wait=True)\n    print('step', i)"),
    ("code", {}, "print('gone')\nclear_output()\nprint('stays')"),
    ("code", {}, "print('a', end='')\nprint('b\\rc')\nsys.stdout.write('d')"),
    ("code", {}, "_, __, Out[8], len(In)"),
    ("code", {}, "input('name? ')"),
    ("code", {}, "import warnings\nwarnings.warn('careful')\nimport logging\nlogging.warning('logged')"),
    ("code", {}, "def f(n):\n    return 1 / n if n < 1 else f(n - 1)\nf(3)"),
    ("code", {}, "this is no Python"),
    ("code", {}, OWN_ERROR),
    ("code", {}, "raise SystemExit('bye')"),
    ("code", {}, "raise KeyboardInterrupt"),
    ("code", {}, "import asyncio\nawait asyncio.sleep(0)\n'awaited'"),
    ("code", {}, "%%capture kept\nprint('captured')"),
    ("code", {}, "kept.stdout, 'é∑🎉', '\\x1b[31mred\\x1b[0m'"),
    ("code", {}, "%who_ls\n%nosuchmagic"),
    ("code", {}, "import threading\nt = threading.Thread(target=lambda: print('from a thread'))\nt.start(); t.join()"),
    ("code", {}, "print?"),
    ("code", {}, "import numpy as np\nnp.array([[1.5, 2], [3, 4]]), np.float64(0.1), {1: {2, 3}}, None"),
    ("code", {}, "np.ones(2) / 0"),
    ("code", {}, "class Bad:\n    def __repr__(self): raise ValueError('no repr')\nBad()"),
    ("code", {}, "print('x' * 3000)\nfor i in range(1500): print(i)"),
    ("code", {}, "%run tool.py"),
    ("code", {}, "__name__, sys.modules['__main__'].__name__"),
    ("code", {"grade_id": "answer", "solution": True}, "### BEGIN SOLUTION\nanswer = 42\n### END SOLUTION"),
    ("code", {"grade_id": "test", "grade": True, "locked": True, "points": 1}, "assert answer == 42"),
    ("code", {"grade_id": "test_plot", "grade": True, "locked": True, "points": 2}, "plt.plot([1, 2])\nassert answer"),
    (
        "code",
        {"grade_id": "test_half", "grade": True, "locked": True, "points": 1},
        "print('hm')\n0.5 * (answer == 42)",
    ),
    ("code", {"grade_id": "test_input", "grade": True, "locked": True, "points": 1}, "assert input() == ''"),
    ("code", {"grade_id": "test_text", "grade": True, "locked": True, "points": 1}, "'not a number'"),
    ("code", {"grade_id": "test_display", "grade": True, "locked": True, "points": 1}, "display(0.25)"),
    ("code", {"grade_id": "test_np", "grade": True, "locked": True, "points": 2}, "float(np.mean([answer == 42, 0]))"),
    ("code", {"grade_id": "test_last", "grade": True, "locked": True, "points": 1}, "print('still here')"),
]


def displays(root: Path) -> str:
    write_source(root, "show", {"outputs": DISPLAYS}, "c.Execute.timeout = 6\n")
    (root / "source/show/tool.py").write_text("tool = 1\nprint('tool', __name__)\n")
    release(root, "show")
    hand_in(root, "right", "show", {"answer": "answer = 42"})
    hand_in(root, "wrong", "show", {"answer": "answer = 0\nplt.rcParams['figure.figsize'] = 3, 2"})
    hand_in(root, "endless", "show", {"answer": "answer = 42\nwhile True: time.sleep(0.05)"})
    hand_in(root, "stub", "show", {})
    return "show"


# --- where marks are meant to differ --------------------------------------------------------------------------------

SMALL = [
    ("code", {"grade_id": "answer", "solution": True}, "### BEGIN SOLUTION\nanswer = 42\n### END SOLUTION"),
    ("code", {"grade_id": "test", "grade": True, "locked": True, "points": 2}, "assert answer == 42"),
    ("code", {"grade_id": "mark", "solution": True}, "### BEGIN SOLUTION\nmark = 2.0\n### END SOLUTION"),
    ("code", {"grade_id": "test_mark", "grade": True, "locked": True, "points": 2}, "mark"),
    ("code", {"grade_id": "test_after", "grade": True, "locked": True, "points": 1}, "assert True"),
]

ANSWERS = {
    "not_a_number": {"mark": "mark = float('nan')"},
    "negative": {"mark": "mark = -1.0"},
    "too_much": {"mark": "mark = 5.0"},
    "skips_the_test": {"answer": "answer = 0"},
    "copied_the_test": {"answer": "answer = 0"},
    "deleted_the_test": {},
    "ends_the_process": {"answer": "import os\nos._exit(0)"},
    "ignores_the_interrupt": {
        "answer": "while True:\n    try:\n        while True: pass\n    except KeyboardInterrupt: pass"
    },
    "starts_a_program": {"answer": "answer = int(get_ipython().getoutput('echo 42')[0])"},
    "opens_a_socket": {"answer": "import socket\nsocket.socket()\nanswer = 42"},
    "reads_the_machine": {"answer": "open('/etc/passwd').read()\nanswer = 42"},
    "reads_the_notebook": {"answer": "open('work.ipynb').read()\nanswer = 42"},
    "runs_a_loop": {"answer": "import asyncio\nasync def f(): return 42\nanswer = asyncio.run(f())"},
    "nothing_unusual": {},
}
"""Student → what they typed. Three of them changed the test cell, too: see `differing`."""


def differing(root: Path) -> str:
    write_source(root, "small", {"work": SMALL}, "c.Execute.timeout = 4\n")
    release(root, "small")
    for student, answers in ANSWERS.items():
        path = hand_in(root, student, "small", {"answer": "answer = 42", "mark": "mark = 2.0"} | answers) / "work.ipynb"
        notebook = json.loads(path.read_text())
        (test,) = (i for i, cell in enumerate(notebook["cells"]) if cell["metadata"]["nbgrader"]["grade_id"] == "test")
        if student == "skips_the_test":
            notebook["cells"][test]["metadata"]["tags"] = ["skip-execution"]
        elif student == "copied_the_test":
            notebook["cells"].insert(test, notebook["cells"][test] | {"id": "another"})
        elif student == "deleted_the_test":
            del notebook["cells"][test]
        path.write_text(json.dumps(notebook))
    return "small"


COURSES = {"quickstart": quickstart, "laboratory": laboratory, "displays": displays}


def write_source(root: Path, assignment: str, notebooks: dict[str, list], config: str) -> None:
    folder = root / "source" / assignment
    folder.mkdir(parents=True)
    (root / "nbgrader_config.py").write_text(f'c = get_config()\nc.CourseDirectory.course_id = "{root.name}"\n{config}')
    for name, entries in notebooks.items():
        cells = []
        for kind, entry, source in entries:
            make = new_code_cell if kind == "code" else new_markdown_cell
            flags = {"schema_version": 3, "grade": False, "solution": False, "locked": False, "task": False}
            cells.append(make(source.strip(), metadata={"nbgrader": flags | entry} if entry else {}))
        nbformat.write(new_notebook(cells=cells, metadata=KERNEL), folder / f"{name}.ipynb")


def release(root: Path, assignment: str, **about: str) -> None:
    done = run(root, "generate_assignment", assignment)
    assert done.returncode == 0, done.stderr
    with Gradebook(f"sqlite:///{root}/gradebook.db") as gradebook:
        gradebook.update_or_create_assignment(assignment, **about)


def hand_in(root: Path, student: str, assignment: str, answers: dict[str, str], time: str | None = None) -> Path:
    """What was released, with these answers typed in."""
    folder = root / "submitted" / student / assignment
    shutil.copytree(root / "release" / assignment, folder)
    for path in folder.glob("*.ipynb"):
        notebook = json.loads(path.read_text())
        for cell in notebook["cells"]:
            grade_id = cell["metadata"].get("nbgrader", {}).get("grade_id")
            cell["source"] = answers.get(grade_id, cell["source"])
        path.write_text(json.dumps(notebook))
    if time:
        (folder / "timestamp.txt").write_text(time)
    return folder
