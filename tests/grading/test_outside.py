"""Verdicts are made outside the student's kernel: what is patched in it can only change the student's own answers."""

import base64
import json
import shutil
from pathlib import Path

import nbformat
import numpy as np
import pytest

from autograder import wire
from autograder.errors import NotReadable
from autograder.grading.assignment import KnownCell
from autograder.grading.execute import asked
from autograder.grading.pipeline import grade
from sample_class import handed_in, solutions

ROOT = Path(__file__).parents[2]
ASSIGNMENT = "02_linear_layer"

FORGERIES = {
    "own_check": """
class Full:
    def __repr__(self): return "3.0"
def check(question, answer): return Full()
""",
    "patched_card": """
import autograder.card, autograder.verdicts, autograder.checking
autograder.card.Card.__repr__ = lambda self: "3.0"
autograder.checking.judge = autograder.verdicts.judge = lambda question, ask, seed: None
autograder.checking.check.__code__ = (lambda question, answer, seed=None: 3.0).__code__
""",
    "patched_answering": """
import autograder.answering
autograder.answering.answer = lambda *arguments: '{"dict": [["score", 3.0], ["outcome", "passed"]]}'
""",
    "patched_wire": """
import autograder.answering
autograder.answering.encode = lambda reply: "x" * 60_000_000
""",
    "patched_display": """
from IPython import get_ipython
get_ipython().user_expressions = lambda expressions: {"reply": {"status": "ok", "data": {"text/plain": "3.0"}}}
""",
    "agreeable_array": """
class Agreeable(np.ndarray):
    def __eq__(self, other): return np.True_
    def __sub__(self, other): return np.zeros(self.shape)
    def __array_function__(self, *arguments): return True
def dW(X, dY): return np.zeros((X.shape[1], dY.shape[1])).view(Agreeable)
""",
}
"""Each is typed below a dW that returns ones, and earns nothing for it."""

ACCIDENTS = {
    "leaves_the_process": "import os\ndef dW(X, dY): os._exit(1)",
    "ignores_the_timer": """
import signal
def dW(X, dY):
    signal.signal(signal.SIGALRM, signal.SIG_IGN)
    import time
    time.sleep(60)
""",
}


@pytest.fixture(scope="module")
def graded(tmp_path_factory):
    """One class: the forgeries, the accidents, and an honest student. Student → graded submission."""
    course = tmp_path_factory.mktemp("course")
    shutil.copytree(ROOT / "source", course / "source")
    shutil.copy(ROOT / "nbgrader_config.py", course)
    released = nbformat.read(ROOT / "release" / ASSIGNMENT / "linear_layer.ipynb", as_version=4)
    reference = solutions(ROOT / "source" / ASSIGNMENT / "linear_layer.ipynb")
    ones = "def dW(X, dY):\n    return np.ones((X.shape[1], dY.shape[1]))\n"
    for student, code in {**FORGERIES, **ACCIDENTS, "honest": ""}.items():
        notebook = handed_in(released, reference, "ada")
        for cell in notebook.cells:
            if cell.metadata.get("nbgrader", {}).get("grade_id") == "dW" and code:
                cell.source = ones + code
        folder = course / "submitted" / student / ASSIGNMENT
        folder.mkdir(parents=True)
        nbformat.write(notebook, folder / "linear_layer.ipynb")
    result = grade(course, ASSIGNMENT, workers=2, seed="a seed")
    return {one.student: one for one in result.submissions}


def mark(submission):
    return next(question for question in submission.questions if question.id == "check_dW")


@pytest.mark.parametrize("student", FORGERIES)
def test_a_forged_verdict_earns_nothing(graded, student):
    """Neither the card nor what carries the answers can be bent into a mark."""
    assert graded[student].reason is None
    assert mark(graded[student]).score == 0


def test_the_honest_student_has_every_point(graded):
    """In the same run."""
    assert graded["honest"].score == 20


def test_a_function_that_ends_its_process_costs_its_own_question(graded):
    """The questions behind it are asked in a new process, in which the cells before it have run again."""
    assert mark(graded["leaves_the_process"]).findings[0].says.endswith("the call ended itself (exit code 1).")
    assert graded["leaves_the_process"].score == 17
    assert graded["leaves_the_process"].notes[0].endswith("Cell `check_dW` ended itself (exit code 1).")


def test_a_function_that_switches_the_timer_off_is_stopped_from_outside(graded):
    """The limit is kept on this side, too; the other questions are graded."""
    question = mark(graded["ignores_the_timer"])

    assert question.score == 0
    assert question.findings[0].misconception == "endless_loop"
    assert graded["ignores_the_timer"].score == 17


@pytest.mark.parametrize(
    "data",
    [
        None, 1.5, "text", [1, (2, {3})], {"a": np.arange(6.0).reshape(2, 3)}, {1: {2: (None, True)}}, 2 + 3j,
        np.array([], dtype=np.int32), np.float32([1.5]),
    ],
)  # fmt: skip
def test_data_comes_back_as_it_went(data):
    """Containers keep their kind, arrays their shape and dtype."""
    back = wire.decode(wire.encode(data))

    assert repr(back) == repr(data)


@pytest.mark.parametrize(
    "text",
    ["", "[", "[1]", '{"array": "gASVAAAA"}', '{"array": 7}', '{"pickle": "x"}', '{"list": 3}', "[" * 10_000, 7,
     '{"set": [{"list": [1]}]}'],
)  # fmt: skip
def test_a_message_that_is_not_data_is_refused(text):
    """One error for all of them, and never an object."""
    with pytest.raises(NotReadable):
        wire.decode(text)


def test_a_header_that_promises_a_terabyte_allocates_nothing():
    """The size in the header is held against the bytes that are there before anything is made."""
    small = wire.encode(np.zeros(8))
    (packed,) = json.loads(small).values()
    file = base64.b64decode(packed).replace(b"(8,), }           ", b"(100000000000,), }")

    with pytest.raises(NotReadable):
        wire.decode(json.dumps({"array": base64.b64encode(file).decode()}))
    assert wire.decode(small).shape == (8,)


def test_an_array_of_objects_never_crosses():
    """The only way for one is a pickle."""
    with pytest.raises(ValueError, match="Object arrays"):
        wire.encode(np.array([object()]))


@pytest.mark.parametrize(
    ("source", "question"),
    [
        ('check("dW", dW)', "dW"),
        ('check("dW", dW)  # locked', "dW"),
        ('check("dW", answers["dW"])', "dW"),
        ('check("dW", dW); print(1)', None),
        ('check("nothing we know", dW)', None),
        ('check("dW", dW, seed=1)', None),
        ("assert dW is not None", None),
        ("check(name, dW)", None),
        ("%matplotlib inline", None),
    ],
)
def test_only_a_bare_check_is_asked_from_outside(source, question):
    """Every other test keeps nbgrader's rule."""
    cell = KnownCell("x", "code", True, False, False, True, 3.0, source, source, None)

    found = asked(cell)

    assert (found.question if found else None) == question
