"""A class on a Dask cluster: a real scheduler and two worker processes, on this machine."""

from __future__ import annotations

import shutil
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from small_course import ASSIGNMENT, hand_in, honest

from autograder.errors import GradingError
from autograder.grading import cluster
from autograder.grading.pipeline import grade
from benchmarks.gradebook_rows import gradebook_rows
from benchmarks.local_dask import LocalDask, local_dask

SEED = "the same inputs"
SLEEPY = "import time\ntime.sleep(1)\ndef square(x):\n    return x * x"

ANSWERS = (
    {},
    {"square": "def square(x):\n    return 9"},
    {"mean": "def mean(xs):\n    return sum(xs) / 2"},
    {"slope": "def slope(x):\n    return x"},
    {"square": "def square(x):\n    while True: pass"},
    {"slope": "raise SystemExit"},
    {"square": SLEEPY},
    {"explain": "I do not know."},
)


@pytest.fixture
def dask(request, tmp_path) -> Iterator[LocalDask]:
    """Parametrised by the number of workers; two where nothing is said."""
    with local_dask(getattr(request, "param", 2), tmp_path) as started:
        yield started


@pytest.fixture
def class_of_eight(course) -> Path:
    for number, answers in enumerate(ANSWERS):
        folder = hand_in(course, f"student{number}", honest(**answers))
        (folder / "mine.py").write_text(f"HERS = {number}\n")
        (folder / "timestamp.txt").write_text(f"2026-11-0{number + 1} 12:00:00 UTC")
    return course


def test_the_marks_are_those_of_the_local_pool(class_of_eight, tmp_path, dask):
    """Row by row of the gradebook, with the files beside each notebook."""
    elsewhere = Path(shutil.copytree(class_of_eight, tmp_path / "elsewhere"))

    grade(class_of_eight, ASSIGNMENT, seed=SEED)
    result = grade(elsewhere, ASSIGNMENT, seed=SEED, scheduler=dask.address)

    assert not result.could_not_grade
    rows = gradebook_rows(elsewhere, ASSIGNMENT)
    assert rows == gradebook_rows(class_of_eight, ASSIGNMENT)
    assert len({student for student, *_ in rows}) == len(ANSWERS)
    autograded = elsewhere / "autograded" / "student3" / ASSIGNMENT
    assert (autograded / "mine.py").read_text() == "HERS = 3\n"
    assert (elsewhere / "feedback" / "student3" / ASSIGNMENT / "problem.html").is_file()


def test_a_worker_lost_mid_class_loses_no_submission_and_no_mark(class_of_eight, tmp_path, dask):
    """Killed while it runs one and has another waiting; both run on the worker that is left."""
    here = Path(shutil.copytree(class_of_eight, tmp_path / "here"))
    killed = []

    def kill_one(graded, done, total) -> None:
        if not killed:
            killed.append(dask.workers[0])
            dask.workers[0].send_signal(signal.SIGKILL)

    result = grade(class_of_eight, ASSIGNMENT, seed=SEED, scheduler=dask.address, progress=kill_one)
    grade(here, ASSIGNMENT, seed=SEED)

    assert killed[0].wait(10) == -signal.SIGKILL
    assert not result.could_not_grade
    assert [one.student for one in result.submissions] == [f"student{number}" for number in range(len(ANSWERS))]
    assert gradebook_rows(class_of_eight, ASSIGNMENT) == gradebook_rows(here, ASSIGNMENT)


def test_students_lines_are_confined_on_the_worker(course, tmp_path, dask):
    """What they may not do on this machine they may not do on a worker's."""
    outside = tmp_path / "outside"
    hand_in(course, "eve", honest(square=f"open({str(outside)!r}, 'w').close()\ndef square(x):\n    return x * x"))

    (graded,) = grade(course, ASSIGNMENT, scheduler=dask.address).submissions

    assert not outside.exists()
    assert {mark.id: mark.score for mark in graded.questions if mark.id in ("test_square", "test_mean")} == {
        "test_square": 0,
        "test_mean": 3,
    }


def test_a_scheduler_lost_mid_class_is_told_and_loses_no_mark(class_of_eight, dask):
    """In a sentence with a next step; a run without it grades the others."""
    done = []

    def kill_the_scheduler(graded, *_) -> None:
        done.append(graded.student)
        if len(done) == 1:
            dask.scheduler.send_signal(signal.SIGKILL)

    with pytest.raises(GradingError, match="went away"):
        grade(class_of_eight, ASSIGNMENT, scheduler=dask.address, progress=kill_the_scheduler)

    assert set(done) == {student for student, *_ in gradebook_rows(class_of_eight, ASSIGNMENT)}
    assert 0 < len(done) < len(ANSWERS)
    assert not grade(class_of_eight, ASSIGNMENT).could_not_grade


def test_an_address_without_a_scheduler_is_told(course, monkeypatch):
    monkeypatch.setattr(cluster, "CONNECT_SECONDS", 1)
    hand_in(course, "ada", honest())

    with pytest.raises(GradingError, match=r"No Dask scheduler answers at tcp://127.0.0.1:9") as told:
        grade(course, ASSIGNMENT, scheduler="tcp://127.0.0.1:9")

    assert "dask scheduler" in told.value.next_step


@pytest.mark.parametrize("dask", [0], indirect=True)
def test_a_scheduler_without_workers_is_told(course, monkeypatch, dask):
    monkeypatch.setattr(cluster, "FIRST_WORKER_SECONDS", 1)
    hand_in(course, "ada", honest())

    with pytest.raises(GradingError, match="has no workers") as told:
        grade(course, ASSIGNMENT, scheduler=dask.address)

    assert "dask worker" in told.value.next_step


def test_a_source_outside_the_course_cannot_travel(course, tmp_path):
    """Workers would grade without the instructor's files, and nobody would know."""
    shutil.move(course / "source", tmp_path / "source")
    (course / "source").symlink_to(tmp_path / "source")
    hand_in(course, "ada", honest())

    with pytest.raises(Exception, match="lies outside the course folder"):
        grade(course, ASSIGNMENT, scheduler="tcp://127.0.0.1:9")
