"""Which files hang together, and which do not."""

from __future__ import annotations

import random
import re
import time

import pytest
from recorded_class import ASSIGNMENT, FILE, ROOT, in_other_words, stub

from autograder.grading.settings import open_course
from autograder.reports.alike import FEWEST, likeness
from autograder.reports.files import students_files

REFERENCE = (ROOT / "source" / ASSIGNMENT / FILE).read_text()


def written(seed: int) -> str:
    return in_other_words(REFERENCE, random.Random(seed))


def groups(files: dict[str, str]) -> list[tuple[str, ...]]:
    return [one.students for one in likeness(files, stub()).groups]


@pytest.mark.parametrize(
    ("disguise", "same_text"),
    [
        (lambda text: text, True),
        (lambda text: re.sub(r'"""[^"]*"""', '"""Mine."""', text) + "\n# my own work\n", True),
        (lambda text: re.sub(r"\b(shifted|exps|drawn|dA|log_sums)\b", r"my_\1", text), False),
        (lambda text: text.replace("    ", "  "), True),
    ],
    ids=["copied", "other comments", "other names", "other layout"],
)
def test_a_copy_is_found_through_its_disguise(disguise, same_text):
    """Beside eight files that were written apart."""
    files = {f"s{number}": written(number) for number in range(8)}

    found = likeness(files | {"copy": disguise(files["s3"])}, stub())

    assert [group.students for group in found.groups] == [("copy", "s3")]
    assert found.groups[0].same_text is same_text
    assert found.groups[0].least == 1.0


def test_one_changed_statement_does_not_hide_a_copy():
    """It is listed with how much is alike."""
    files = {f"s{number}": written(number) for number in range(8)}
    changed = files["s3"].replace("log_sums = np.log(np.exp(shifted).sum(axis=1))", "log_sums = logsumexp(shifted, 1)")

    found = likeness(files | {"copy": changed}, stub())

    assert changed != files["s3"]
    assert [group.students for group in found.groups] == [("copy", "s3")]
    assert 0.8 <= found.groups[0].least < 1


def test_what_was_given_out_makes_nobody_alike():
    """Untouched files have nothing of their own; the page says so in place of a group of them all."""
    found = likeness({"ada": stub(), "bob": stub(), "cy": written(1)}, stub())

    assert found.groups == ()
    assert found.too_little == ("ada", "bob")


def test_the_usual_way_to_write_it_makes_nobody_alike():
    """Thirty who solve it as the lesson does, each with some lines of their own; two of them have the same lines."""
    own = written(99)
    files = {f"s{number:02}": written(number) for number in range(30)} | {"one": own, "two": own}

    assert groups(files) == [("one", "two")]


def test_copies_of_copies_are_one_group():
    """Three who share are told once, not in three pairs."""
    files = {f"s{number}": written(number) for number in range(8)}
    files |= {"again": files["s2"] + "\n# mine\n", "and_again": files["s2"].replace("exps", "powers")}

    assert groups(files) == [("again", "and_again", "s2")]


@pytest.mark.parametrize("text", ["def f(:\n  '''", "\x00\x01", "class A:\n\tdef f():\n  pass\n x", ""])
def test_what_is_no_python_is_set_aside(text):
    """Never an error, never a likeness."""
    found = likeness({"ada": text, "bob": text, "cy": written(1)}, stub())

    assert found.groups == ()
    assert {"ada", "bob"} <= {*found.unreadable, *found.too_little}


def test_time_grows_with_the_number_of_files_and_not_of_pairs():
    """Four times as many files in less than eight times the time: pairs would take sixteen times."""

    def seconds(count: int) -> float:
        files = {str(number): written(number) for number in range(count)}
        start = time.process_time()
        likeness(files, stub())
        return time.process_time() - start

    assert seconds(120) < 8 * seconds(30)


def test_only_ordinary_files_of_the_submission_are_read(course):
    """Not through a link, not a pipe, not a megabyte; each student's other files are nobody's business."""
    submitted = course / "submitted"
    (submitted / "s0000" / ASSIGNMENT / FILE).unlink()
    (submitted / "s0000" / ASSIGNMENT / FILE).symlink_to(course / "source" / ASSIGNMENT / FILE)
    (submitted / "s0001" / ASSIGNMENT / FILE).write_text("x = 1\n" * 100_000)

    (found,) = students_files(open_course(course), ASSIGNMENT, ["s0000", "s0001", "s0002", "nobody"])

    assert found.name == FILE
    assert list(found.texts) == ["s0002"]
    assert found.released == (course / "release" / ASSIGNMENT / FILE).read_text()


def test_without_a_release_the_source_s_stub_counts_as_given_out(course):
    """Otherwise everybody's files would share the lesson's own lines, and with three students nothing says so."""
    (course / "release" / ASSIGNMENT / FILE).unlink()

    (found,) = students_files(open_course(course), ASSIGNMENT, [])

    assert "def second_layer" in found.released
    assert "SOLUTION" not in found.released
    assert "H.T @ dscores" not in found.released


def test_short_files_are_not_compared():
    """A line or two that two people wrote alike is chance."""
    found = likeness({"ada": "x = 1 + 2\n", "bob": "x = 1 + 2\n"}, "")

    assert FEWEST > 1
    assert found.groups == ()
    assert found.too_little == ("ada", "bob")
