"""The hostile class, graded once in a process of its own; what was looked at before and after."""

from __future__ import annotations

import json
import os
import secrets
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from hostile import watch
from hostile.attacks import ATTACKS
from hostile.hostile_course import ASSIGNMENT, canaries, desk, hand_in_honestly, write_course

HERE = Path(__file__).parent

WRITTEN_BY_GRADING = ("autograded", "feedback", "gradebook.db", f".grading-{ASSIGNMENT}.lock")

SECONDS_MAX = 900
"""For a class that hangs to become a failure. On two free cores it takes a tenth of this."""


@dataclass(frozen=True)
class Graded:
    """The class after its one run, and everything that was looked at before and after."""

    course: Path
    known: dict[str, str]
    """The words that no student may read."""
    token: str
    submissions: dict[str, dict]
    """Student → the submission's part of the results."""
    about: dict
    """What the grader says of its memory and time."""
    report: dict
    """What the supervisor saw."""
    changed: dict[str, list[str]]
    """Place → what is no longer as it was."""
    came: list[str]
    """Doors that somebody knocked at."""
    shared_memory: bool

    def page(self, student: str) -> Path:
        return self.course / "feedback" / student / ASSIGNMENT / "layer.html"

    def notebook(self, student: str) -> Path:
        return self.course / "autograded" / student / ASSIGNMENT / "layer.ipynb"


def grade_hostile_class(root: Path) -> Graded:
    """Everything below `root`, an empty folder. Takes a minute or two."""
    os.environ["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])  # for alembic
    places = {name: root / name for name in ("course", "home", "work", "tmp")}
    for place in places.values():
        place.mkdir()
    course, home, token, known = places["course"], places["home"], secrets.token_hex(6), canaries()
    (home / ".netrc").write_text(known["at_home"])
    (home / ".bashrc").write_text("# mine\n")
    key = secrets.randbelow(2**30) + 1
    released = write_course(course, known)
    hand_in_honestly(course, released, known)
    with watch.listeners(token) as (doors, came):
        knows = {"course": str(course), "home": str(home), "token": token, "shmkey": str(key), **doors}
        for name, attack in ATTACKS.items():
            attack.hand_in(desk(course, name, released, knows))
        before = {name: watch.snapshot(place, WRITTEN_BY_GRADING) for name, place in places.items()}
        report, result = root / "report.json", root / "result.json"
        environment = {**os.environ, "HOME": str(home), "TMPDIR": str(places["tmp"]), "AUTOGRADER_SEED": "",
                       "COURSE_SECRET": known["in_environment"], "PYTHONPATH": "", "PYTHONDONTWRITEBYTECODE": "1",
                       "XDG_CACHE_HOME": str(root / "cache"), "MPLCONFIGDIR": str(root / "cache")}  # fmt: skip
        command = [sys.executable, str(HERE / "grade_once.py"), str(course), ASSIGNMENT, str(result)]
        supervisor = [sys.executable, str(HERE / "supervisor.py"), str(report), str(SECONDS_MAX)]
        with (root / "log.txt").open("w") as log:
            subprocess.run(
                [*watch.cage(), *supervisor, *command],
                cwd=places["work"], env=environment, stdout=log, stderr=log, timeout=SECONDS_MAX + 60, check=False,
            )  # fmt: skip
    if not result.is_file():
        raise RuntimeError(f"The class was lost:\n{(root / 'log.txt').read_text()[-3000:]}")
    graded = json.loads(result.read_text())
    changed = {
        name: watch.differences(before[name], watch.snapshot(place, WRITTEN_BY_GRADING))
        for name, place in places.items()
    }
    changed["shared folders"] = watch.left_in_shared_places(token)
    changed["the package"] = [str(path) for path in (HERE.parents[1] / "autograder").rglob(f"*{token}*")]
    return Graded(
        course, known, token, {one["student"]: one for one in graded["submissions"]}, graded["about"],
        json.loads(report.read_text()), changed, came, watch.shared_memory(key),
    )  # fmt: skip
