"""A gradebook on PostgreSQL: the same rows as on SQLite, and two instructors who grade at once lose no mark."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner
from nbgrader.api import Gradebook
from postgresql import postgresql_server
from small_course import ASSIGNMENT, hand_in, honest
from sqlalchemy import create_engine, text

from autograder.cli import main
from autograder.errors import CourseError
from autograder.grading.pipeline import grade
from autograder.grading.settings import open_course
from benchmarks.gradebook_rows import differences, gradebook_rows

SECONDS = 120


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with postgresql_server() as url:
        yield url


@pytest.fixture
def db_url(server) -> str:
    """An empty database."""
    with create_engine(server, isolation_level="AUTOCOMMIT").connect() as connection:
        connection.execute(text("DROP DATABASE IF EXISTS gradebook WITH (FORCE)"))
        connection.execute(text("CREATE DATABASE gradebook"))
    return server.replace("/postgres?", "/gradebook?")


def keep_gradebook_at(course: Path, db_url: str) -> Path:
    with open(course / "nbgrader_config.py", "a") as file:
        file.write(f"\nc.CourseDirectory.db_url = {db_url!r}\n")
    return course


def marks(db_url: str) -> dict[str, dict[str, tuple[float | None, float | None]]]:
    with Gradebook(db_url, "small") as book:
        return {
            one.student.id: {mark.name: (mark.auto_score, mark.manual_score) for mark in one.notebooks[0].grades}
            for one in book.assignment_submissions(ASSIGNMENT)
        }


def test_the_rows_are_those_of_sqlite_and_leave_by_the_same_ways(course, tmp_path, db_url):
    """Registered, graded, graded again, exported."""
    hand_in(course, "ada", honest())
    hand_in(course, "bob", honest(slope="def slope(x):\n    return x"))
    hand_in(course, "eve", "{")
    with_server = keep_gradebook_at(Path(shutil.copytree(course, tmp_path / "with_server")), db_url)
    (with_server / "gradebook.db").unlink()
    for root in (course, with_server):
        grade(root, ASSIGNMENT, workers=1, feedback=False)

    again = grade(with_server, ASSIGNMENT, workers=1, feedback=False)

    assert [one.unchanged for one in again.submissions] == [True, True, False]
    ours, theirs = gradebook_rows(course, ASSIGNMENT), gradebook_rows(course, ASSIGNMENT, db_url=db_url)
    assert len(theirs) > 10
    assert differences(theirs, ours) == []
    assert not (with_server / "gradebook.db").exists()
    tables = []
    for root in (course, with_server):
        out = root / "out.csv"
        CliRunner().invoke(main, ["export", ASSIGNMENT, "--to", "csv", "--out", str(out), "--course", str(root)])
        tables.append(out.read_text())
    assert tables[0] == tables[1]
    assert "not graded" in tables[0]


def waits_for_a_lock(db_url: str) -> bool:
    with create_engine(db_url).connect() as connection:
        waiting = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = 'gradebook'"
        return connection.execute(text(waiting)).scalar() > 0


def test_a_student_whom_two_instructors_see_first_is_graded_by_both(course, db_url):
    """The database lets one of them through; the other tries again instead of losing the submission."""
    keep_gradebook_at(course, db_url)
    hand_in(course, "bob", honest())
    grade(course, ASSIGNMENT, workers=1, feedback=False)
    hand_in(course, "ada", honest())
    other = create_engine(db_url).connect()
    other.execute(text("INSERT INTO student (id) VALUES ('ada')"))
    results = []
    grading = threading.Thread(
        target=lambda: results.append(grade(course, ASSIGNMENT, workers=1, feedback=False)), daemon=True
    )
    grading.start()
    deadline = time.monotonic() + SECONDS
    while not waits_for_a_lock(db_url) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert waits_for_a_lock(db_url)

    other.commit()
    other.close()
    grading.join(SECONDS)

    assert results[0].could_not_grade == ()
    assert marks(db_url)["ada"]["test_square"] == (2.0, None)


def test_two_instructors_at_once_lose_no_mark(course, tmp_path, db_url):
    """Two machines grade one assignment, half of the class in common, while somebody marks by hand."""
    keep_gradebook_at(course, db_url)
    early = [f"early{number}" for number in range(2)]
    for student in early:
        hand_in(course, student, honest())
    grade(course, ASSIGNMENT, workers=1, feedback=False)
    common = [f"common{number}" for number in range(3)]
    other_machine = Path(shutil.copytree(course, tmp_path / "other"))
    for root, own in ((course, "here"), (other_machine, "there")):
        for student in (*common, own):
            hand_in(root, student, honest())

    command = [sys.executable, "-m", "autograder", "grade", ASSIGNMENT, "--force", "--no-feedback", "--workers", "1"]
    env = os.environ | {"PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])}
    how = {"env": env, "stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True}
    runs = [subprocess.Popen([*command, "--course", root], **how) for root in (course, other_machine)]
    by_hand = {}
    while any(run.poll() is None for run in runs):
        for place, student in enumerate(early):
            by_hand[student] = by_hand.get(student, place) + 0.25
            with Gradebook(db_url, "small") as book:
                book.find_grade("explain", "problem", ASSIGNMENT, student).manual_score = by_hand[student]
                book.db.commit()
    said = [run.communicate(timeout=SECONDS)[0] for run in runs]

    assert [run.returncode for run in runs] == [0, 0], "\n".join(said)
    assert set(by_hand) == set(early)
    found = marks(db_url)
    assert set(found) == {*early, *common, "here", "there"}
    automatic = {"test_square": 2.0, "test_mean": 3.0, "check_slope": 4.0}
    for student, mine in found.items():
        assert {cell: mine[cell][0] for cell in automatic} == automatic, student
    assert {student: found[student]["explain"][1] for student in early} == by_hand


def test_a_server_that_cannot_be_reached_is_a_sentence(course, tmp_path):
    """Without the password, and without a traceback."""
    keep_gradebook_at(course, f"postgresql+psycopg://grader:secret@/gradebook?host={tmp_path}")

    with pytest.raises(CourseError, match="could not be opened") as problem:
        open_course(course).gradebook()

    assert "secret" not in str(problem.value)
