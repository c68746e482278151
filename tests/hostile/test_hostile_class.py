"""Attackers and honest students, graded together in one run. What an attacker takes is their own marks, and no more."""

from __future__ import annotations

import html
import re

import pytest
from nbgrader.api import Gradebook

from hostile import watch
from hostile.attacks import ATTACKS
from hostile.hostile_course import ASSIGNMENT, HONEST

MEGABYTES_AFTER = 400
"""Growth of the grader itself over the class. It imports nbconvert's templates and SQLAlchemy's mappings (120 MB);
Python keeps some of what the largest notebook took (27 MB of JSON). A leak of one output flood would be 300 MB."""

MEGABYTES_AT_ONCE = 6_000
"""Grader, two workers, the warm server and two students' processes together, at their worst moment: twice 2 GB that a
submission may take, and what is left for everything else."""

SECONDS = 90
"""On two free cores."""


def told(hostile, student: str) -> str:
    """Everything the student is told: the reason, notes, findings and the text of the feedback page."""
    submission = hostile.submissions[student]
    page = hostile.page(student)
    text = re.sub(r"<[^>]*>", "", html.unescape(page.read_text(errors="replace"))) if page.is_file() else ""
    findings = [finding["says"] for question in submission["questions"] for finding in question["findings"]]
    return "\n".join([submission["reason"] or "", *submission["notes"], *findings, text])


@pytest.mark.parametrize(("student", "earns"), [(student, marks) for student, (_, marks) in HONEST.items()])
def test_an_honest_mark_is_exactly_what_it_is_worth(hostile, student, earns):
    """Whatever the others did in the same run."""
    assert hostile.submissions[student]["reason"] is None
    assert hostile.submissions[student]["score"] == earns


@pytest.mark.parametrize("attack", ATTACKS.values(), ids=ATTACKS)
def test_an_attack_earns_nothing(hostile, attack):
    """The honest part of the notebook keeps its marks; nothing is added to them."""
    submission = hostile.submissions[attack.name]

    if attack.earns is None:
        assert submission["score"] is None
    elif attack.or_less:
        assert (submission["score"] or 0.0) <= attack.earns
    else:
        assert submission["score"] == attack.earns, submission["reason"]


@pytest.mark.parametrize("attack", ATTACKS.values(), ids=ATTACKS)
def test_the_attacker_is_told_in_a_sentence(hostile, attack):
    """In the feedback, or in the reason why there is none."""
    assert re.search(attack.tells, told(hostile, attack.name)), hostile.submissions[attack.name]


@pytest.mark.parametrize("attack", ATTACKS.values(), ids=ATTACKS)
def test_nothing_secret_stands_in_an_attackers_outputs(hostile, attack):
    """Not the source, nor another's work, nor the gradebook, nor the environment."""
    assert watch.leaks(hostile.notebook(attack.name), hostile.known) == []


def test_everybody_has_a_line(hostile):
    """No submission is lost, whatever it did to the process it ran in."""
    assert set(hostile.submissions) == {*HONEST, *ATTACKS}


def test_the_gradebook_holds_what_the_run_says(hostile):
    """Nobody wrote to it past the grader."""
    with Gradebook(f"sqlite:///{hostile.course}/gradebook.db") as gradebook:
        recorded = {one.student.id: one.score for one in gradebook.assignment_submissions(ASSIGNMENT)}
        names = {student.first_name for student in gradebook.students}

    expected = {name: one["score"] for name, one in hostile.submissions.items() if one["score"] is not None}
    assert {name: recorded.get(name) for name in expected} == pytest.approx(expected)
    assert names == {None}


@pytest.mark.parametrize("place", ["course", "home", "work", "tmp", "shared folders", "the package"])
def test_nothing_outside_the_scratch_folder_changed(hostile, place):
    """Paths, kinds, sizes, times and bytes; of the course everything but what grading writes."""
    assert hostile.changed[place] == []


def test_nobody_called_out(hostile):
    """TCP, UDP and abstract sockets had somebody listening."""
    assert hostile.came == []


def test_no_process_is_left(hostile):
    """None of those that were started moved away, into whatever session."""
    assert hostile.report["code"] == 0
    assert hostile.report["left"] == []
    assert not hostile.shared_memory


def test_memory_comes_back(hostile):
    """The grader is not what grows when students' outputs do."""
    assert hostile.about["megabytes_after"] - hostile.about["megabytes_before"] < MEGABYTES_AFTER
    assert hostile.report["peak_megabytes"] < MEGABYTES_AT_ONCE
