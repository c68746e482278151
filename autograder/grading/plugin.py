"""The confined run and the judge as steps of `nbgrader autograde`, and so behind formgrader's *Autograde* button.

`nbgrader_config.py` puts them in place: `PutBack` first among the sanitizing steps, `ExecuteConfined` for nbgrader's
`Execute`. The card that is left in a test cell has the points as its text, which is what nbgrader's own step records.
`autograder grade` is the faster road to the same marks.
"""

from __future__ import annotations

import atexit
import contextlib
import os
import secrets
import shutil
import tempfile
from functools import cache
from pathlib import Path
from typing import Any

from nbconvert.exporters.exporter import ResourcesDict
from nbformat import NotebookNode
from nbgrader.preprocessors import NbGraderPreprocessor, OverwriteCells

from autograder.confined.policy import Limits
from autograder.confined.warm import WarmServer, warm_server
from autograder.grading.assignment import KnownAssignment, known_assignment
from autograder.grading.collect import refuse_what_is_no_file
from autograder.grading.execute import ConfinedExecute, Run
from autograder.grading.restore import restore
from autograder.grading.settings import Course, open_course


class PutBack(NbGraderPreprocessor):
    """The instructor's cells into the student's notebook, as `autograder grade` does. Stands first.

    Raises `CouldNotGrade` for a submission with links in it: nbgrader has followed them by now, and takes back what it
    copied when a step fails.
    """

    def preprocess(self, nb: NotebookNode, resources: ResourcesDict) -> tuple[NotebookNode, ResourcesDict]:
        course, assignment = _known(self, resources)
        about = resources["nbgrader"]
        refuse_what_is_no_file(course, course.folder("submitted", about["student"], assignment.name))
        notice = OverwriteCells(parent=self.parent).missing_cell_notification
        for note in restore(nb, assignment.notebooks[about["notebook"]], notice):
            self.log.warning("%s: %s", about["student"], note)
        return nb, resources


class ExecuteConfined(ConfinedExecute):
    """Runs the notebook beside copies of the files that nbgrader laid out, and asks its questions from outside."""

    def preprocess(self, nb: NotebookNode, resources: Any = None, km: Any = None) -> tuple[NotebookNode, Any]:
        _, assignment = _known(self, resources)
        with tempfile.TemporaryDirectory(prefix="autograder-", ignore_cleanup_errors=True) as folder:
            _copy_files(Path(resources["metadata"]["path"]), Path(folder))
            cells = assignment.notebooks[resources["nbgrader"]["notebook"]]
            self.context = Run(_server(), secrets.token_hex(8), Path(folder), cells)
            nb, resources = super().preprocess(nb, resources)
        for note in self.context.notes:
            self.log.warning("%s: %s", resources["nbgrader"]["student"], note)
        self.log.info("Inputs were drawn from the seed %s", self.context.seed)
        return nb, resources


def _known(step: NbGraderPreprocessor, resources: ResourcesDict) -> tuple[Course, KnownAssignment]:
    # exporter → converter: the only way from a preprocessor to its course; `resources` has names only.
    course = open_course(Path(step.parent.parent.coursedir.root))
    return course, known_assignment(course, resources["nbgrader"]["assignment"])


def _copy_files(laid_out: Path, folder: Path) -> None:
    for place, _, names in os.walk(laid_out):
        for name in names:
            source = Path(place, name)
            if source.is_file() and not source.is_symlink() and source.suffix != ".ipynb":
                target = folder / source.relative_to(laid_out)
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(source, target)


@cache
def _server() -> WarmServer:
    """One for all submissions of a command; it ends with it."""
    stack = contextlib.ExitStack()
    atexit.register(stack.close)
    return stack.enter_context(warm_server(Limits()))
