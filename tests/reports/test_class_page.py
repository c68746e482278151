"""`autograder report`: what the page says of a class, of an odd class, and of one that is not there."""

from __future__ import annotations

import re
import shutil
from datetime import timedelta
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote

import pytest
from click.testing import CliRunner
from nbgrader.api import Gradebook
from recorded_class import ASSIGNMENT, DUE, NOTEBOOK, Someone, a_class, questions, write_course
from sqlalchemy import event

from autograder.cli import main
from autograder.grading.settings import open_course
from autograder.records import Finding
from autograder.reports.recorded import recorded_class

POINTS = questions()


def report(course: Path, *more: str):
    return CliRunner().invoke(main, ["report", *more, "--course", str(course)])


def page_of(course: Path, assignment: str = ASSIGNMENT) -> str:
    """The page's text as a reader sees it: one line, without tags."""
    done = report(course, assignment)
    assert done.exit_code == 0, done.output
    return shown(course / "reports" / f"{assignment}.html")


def shown(path: Path) -> str:
    text = re.sub(r"<style>.*?</style>", "", path.read_text(), flags=re.DOTALL)
    return " ".join(re.sub(r"<[^>]*>", "", re.sub(r"</?t[dhr]\b", r" \g<0>", text)).split())


def book(course: Path) -> Gradebook:
    return Gradebook(f"sqlite:///{course / 'gradebook.db'}", "class")


def wrong(slug: str | None, cell: str, says: str = "It is wrong.") -> Finding:
    return Finding(slug, cell, says, "Look again.")


def test_totals_are_those_that_nbgrader_exports(course):
    """Marks by hand, extra credit and lateness included; extra credit alone, without any mark, counts for nothing."""
    with book(course) as gradebook:
        first, second, _ = gradebook.assignment_submissions(ASSIGNMENT)
        first.notebooks[0].grades[0].manual_score = 0.25
        first.notebooks[0].grades[1].extra_credit = 0.75
        second.notebooks[0].grades[0].auto_score = None
        second.notebooks[0].grades[0].extra_credit = 5
        second.notebooks[0].late_submission_penalty = 2.5
        gradebook.db.commit()
        expected = {
            one.student_id: max(0.0, one.score - one.late_submission_penalty)
            for one in gradebook.assignment_submissions(ASSIGNMENT)
        }

    found = {one.id: one.score for one in recorded_class(open_course(course), ASSIGNMENT).marks.students}
    page = page_of(course)

    assert found == pytest.approx(expected)
    for score in expected.values():
        assert f" {score:.2f}".rstrip("0").rstrip(".") in page


def test_marks_changed_by_hand_are_marked_and_listed(course):
    """With the automatic one beside them, and the extra credit."""
    with book(course) as gradebook:
        grade = gradebook.find_grade("check_net_loss", NOTEBOOK, ASSIGNMENT, "s0001")
        grade.auto_score, grade.manual_score, grade.extra_credit = 0.5, 1.25, 0.125
        gradebook.db.commit()

    page = page_of(course)

    assert "Marks given by hand" in page
    assert "s0001 (Ada Nº 1) net loss 0.5 1.25 0.12 1.38" in page
    assert "1.38 ✎" in page


def test_what_was_seen_in_an_answer_that_was_marked_anew_is_left_out(tmp_path):
    """Somebody else's automatic mark is of another answer, or of another run; the page says so."""
    someone = Someone(
        "ada", POINTS | {"check_net_loss": 0.0}, {"check_net_loss": wrong(None, "net_loss", "Half of it.")}
    )
    course = write_course(tmp_path / "course", [someone])
    before = page_of(course)
    with book(course) as gradebook:
        gradebook.find_grade("check_net_loss", NOTEBOOK, ASSIGNMENT, "ada").auto_score = 1.5
        gradebook.db.commit()

    after = page_of(course)

    assert "Half of it." in before
    assert "Half of it." not in after
    assert "Automatic marks were changed after autograder grade had given them" in after


def test_mistakes_are_ranked_by_how_many_made_them(tmp_path):
    """A student who made one in three questions counts once; who made it is named, and where it is treated linked."""
    sign = {cell: wrong("init_zeros", cell, "Your weights are all 0.") for cell in list(POINTS)[:3]}
    other = {"check_net_loss": wrong("max_for_maximum", "net_loss", "A maximum over the whole array.")}
    course = write_course(
        tmp_path / "course",
        [Someone("ada", POINTS, sign), Someone("bob", POINTS, other), Someone("cy", POINTS, other)],
    )
    page = page_of(course)
    html = (course / "reports" / f"{ASSIGNMENT}.html").read_text()

    assert page.index("A maximum over the whole array.") < page.index("Your weights are all 0.")
    assert re.search(r"2 students, in net_loss\. Treated in two_layer_net", page)
    assert re.search(r"1 student, in net_init, net_scores, net_predict\.", page)
    assert '<a href="#s2">bob</a>, <a href="#s3">cy</a>' in html
    assert re.search(r'<a href="../release/05_two_layer_net/two_layer_net.ipynb#[^"]+">', html)


def test_every_link_leads_somewhere(course):
    """Inside of the page to an element, out of it to a file of the course."""

    class Anchors(HTMLParser):
        def __init__(self) -> None:
            super().__init__()
            self.ids, self.links = [], []

        def handle_starttag(self, tag, attributes) -> None:
            given = dict(attributes)
            self.ids += [given["id"]] if "id" in given else []
            self.links += [given["href"]] if "href" in given else []

    (course / "feedback" / "s0000" / ASSIGNMENT).mkdir(parents=True)
    (course / "feedback" / "s0000" / ASSIGNMENT / f"{NOTEBOOK}.html").write_text("<p>feedback")
    page_of(course)
    seen = Anchors()
    seen.feed((course / "reports" / f"{ASSIGNMENT}.html").read_text())

    inside = [link[1:] for link in seen.links if link.startswith("#")]
    outside = [link for link in seen.links if not link.startswith("#")]
    assert len(seen.ids) == len(set(seen.ids))
    assert set(inside) <= set(seen.ids)
    assert len(inside) > 10
    assert any("feedback" in link for link in outside)
    assert all((course / "reports" / unquote(link.partition("#")[0])).is_file() for link in outside)


def test_nothing_a_student_wrote_becomes_markup(tmp_path):
    """Names, findings, notes, file names: all of it stays text, and nothing is loaded from anywhere."""
    evil = '<img src=x onerror="alert(1)">`<b>`\x1b[31m'
    someone = Someone("<i>ada", POINTS | {"check_net_loss": 0.0}, {"check_net_loss": wrong(None, "net_loss", evil)})
    someone.name, someone.notes = ("<u>Ada", "</table>"), (evil,)
    course = write_course(tmp_path / "course", [someone, Someone("bob", POINTS)])
    page_of(course)
    html = (course / "reports" / f"{ASSIGNMENT}.html").read_text()

    assert not re.search(r"<(img|script|i>ada|u>Ada|b>`)", html)
    assert html.count("</table>") == html.count("<table>")
    assert "\x1b" not in html
    assert "&lt;img src=x onerror=" in html
    assert not re.search(r'(src|href)="?(https?:)?//', html)


def test_late_and_in_time_are_told_apart(tmp_path):
    """By the due date and each student's extension."""
    late = Someone("late", POINTS, handed_in=DUE + timedelta(hours=5))
    extended = Someone("extended", POINTS, handed_in=DUE + timedelta(hours=5))
    course = write_course(tmp_path / "course", [late, extended, Someone("early", POINTS, handed_in=DUE)])
    with book(course) as gradebook:
        gradebook.find_submission(ASSIGNMENT, "extended").extension = timedelta(hours=6)
        gradebook.db.commit()

    page = page_of(course)

    assert "When they handed in" in page
    assert "late: 5 h 0 min late" in page
    assert "extended: " not in page
    assert re.search(r"\b1 late\b", page)


def test_the_line_of_the_due_date_stands_where_it_is_due(tmp_path):
    """Not at the end of its bar: whoever was half an hour late is not left of it."""
    people = [
        Someone("early", POINTS, handed_in=DUE - timedelta(hours=9)),
        Someone("late", POINTS, handed_in=DUE + timedelta(minutes=30)),
    ]
    course = write_course(tmp_path / "course", people)
    page_of(course)
    html = (course / "reports" / f"{ASSIGNMENT}.html").read_text()

    assert html.count('class="due"') == 1
    assert 'class="due" style="--at:0%"' in html
    assert re.search(r'<th scope="row">20 Nov, 22:00 \(due\)</th><td>0</td><td>1</td>', html)


def test_three_outcomes_are_kept_apart(tmp_path):
    """What we could not check, and what a person marks anyway, are two lists; a mark given by hand ends either."""
    from autograder.records import Outcome

    waiting = POINTS | {"check_net_loss": None, "check_net_step": None}
    people = [Someone(name, dict(waiting)) for name in ("ada", "bob")]
    for one in people:
        one.outcomes["check_net_loss"] = Outcome.COULD_NOT_CHECK
    course = write_course(tmp_path / "course", people)
    with book(course) as gradebook:
        grade = gradebook.find_grade("check_net_loss", NOTEBOOK, ASSIGNMENT, "bob")
        grade.manual_score, grade.needs_manual_grade = 1.0, False
        gradebook.db.commit()

    page = page_of(course)

    unchecked = page[page.index("What could not be checked") : page.index("Waiting for a person")]
    by_hand = page[page.index("Waiting for a person") : page.index("Marks given by hand")]
    assert "check_net_loss, 1 student: ada" in unchecked
    assert "bob" not in unchecked
    assert "check_net_step, 2 students: ada, bob" in by_hand
    assert "check_net_loss" not in by_hand


def test_what_could_not_be_graded_is_told_with_its_reason(course):
    """As the last run of `autograder grade` noted it; whoever was never tried is named, too."""
    from autograder.grading.book import NOT_GRADED, as_text

    (course / "submitted" / "zoë" / ASSIGNMENT).mkdir(parents=True)
    with book(course) as gradebook:
        line = {"assignment": ASSIGNMENT, "student": "eve", "scores": as_text({}), "tried_at": "2026-11-21"}
        gradebook.add_student("eve")
        gradebook.db.execute(NOT_GRADED.insert().values(reason="two_layer_net.ipynb is not valid JSON.", **line))
        gradebook.db.commit()

    page = page_of(course)

    assert "eve: two_layer_net.ipynb is not valid JSON." in page
    assert "zoë: Handed in, but not graded yet." in page


def test_students_without_names_are_called_by_their_id(tmp_path):
    """Half a name is a name."""
    people = [Someone("a1", POINTS), Someone("a2", POINTS, name=("Bo", None)), Someone("a3", POINTS, name=("", ""))]
    page = page_of(write_course(tmp_path / "course", people))

    assert "None" not in page
    assert "()" not in page
    assert "a2 (Bo)" in page


def test_a_class_without_submissions_gets_a_page_that_says_so(tmp_path):
    """Exit status 0: there was something to write."""
    page = page_of(write_course(tmp_path / "course", []))

    assert "No submission of this assignment has marks yet." in page
    assert f"its {len(POINTS)} questions and 18 points" in page


def test_a_question_nobody_answered_is_named(tmp_path):
    """Where every answer is as it was released."""
    untouched = {"check_net_loss": wrong("net_not_written_yet", "net_loss")}
    people = [Someone(name, POINTS | {"check_net_loss": 0.0}, untouched) for name in ("ada", "bob")]
    people[0].findings = untouched | {"check_net_step": wrong("net_not_written_yet", "net_step")}
    page = page_of(write_course(tmp_path / "course", people))

    assert "net loss: nobody has answered it." in page
    assert "net step: nobody" not in page


@pytest.fixture
def stock(tmp_path) -> Path:
    """A stock nbgrader course: no question of ours, no journal; nobody wrote an essay."""
    root = tmp_path / "stock"
    root.mkdir()
    (root / "nbgrader_config.py").write_text("c = get_config()\nc.CourseDirectory.course_id = 'stock'\n")
    with Gradebook(f"sqlite:///{root / 'gradebook.db'}", "stock") as gradebook:
        gradebook.add_assignment("ps1")
        gradebook.add_notebook("problem", "ps1")
        gradebook.add_grade_cell("test_mean", "problem", "ps1", max_score=3, cell_type="code")
        gradebook.add_grade_cell("essay", "problem", "ps1", max_score=2, cell_type="markdown")
        gradebook.add_solution_cell("essay", "problem", "ps1")
        for student, mark in (("ann", 3.0), ("ben", 1.0)):
            gradebook.add_student(student)
            gradebook.add_submission("ps1", student)
            grade = gradebook.find_grade("test_mean", "problem", "ps1", student)
            grade.auto_score, grade.needs_manual_grade = mark, False
            gradebook.find_comment("essay", "problem", "ps1", student).auto_comment = "No response."
        gradebook.db.commit()
    return root


def test_a_stock_course_gets_what_its_gradebook_holds(stock):
    """Marks and what waits; the page names what it cannot tell, and changes nothing in the gradebook."""
    before = (stock / "gradebook.db").read_bytes()

    page = page_of(stock, "ps1")

    assert "2 with marks" in page
    assert "essay: nobody has answered it." in page
    assert "essay, 2 students: ann, ben" in page
    assert "Which mistakes anybody made: their marks come from another program" in page
    assert "Who was late: the gradebook has no due date." in page
    assert "Whose files are near-identical: students of this assignment write in the notebook only." in page
    assert (stock / "gradebook.db").read_bytes() == before


def test_without_a_name_every_graded_assignment_gets_its_page(course):
    """One line each; what has no submission gets none."""
    with book(course) as gradebook:
        gradebook.add_assignment("unused")

    done = report(course)

    assert done.exit_code == 0, done.output
    assert f"{ASSIGNMENT}.html" in done.stdout
    assert [path.name for path in (course / "reports").iterdir()] == [f"{ASSIGNMENT}.html"]


def test_without_a_gradebook_the_page_lists_who_handed_in(course):
    """And makes none."""
    (course / "gradebook.db").unlink()

    page = page_of(course)

    assert "The gradebook does not know it." in page
    assert "s0002: Handed in; no marks yet." in page
    assert not (course / "gradebook.db").exists()


@pytest.mark.parametrize(
    ("spoil", "arguments", "says"),
    [
        (lambda course: None, ["ps9"], f"No assignment is called ps9. Choose one of: {ASSIGNMENT}."),
        (lambda course: (course / "gradebook.db").unlink(), [], "Nothing has been graded yet."),
        (lambda course: (course / "gradebook.db").write_text("no gradebook " * 99), [], "could not be read"),
        (lambda course: (course / "reports").write_text(""), [], "could not be written"),
    ],
    ids=["unknown assignment", "no gradebook", "no database", "nowhere to write"],
)
def test_where_nothing_can_be_written_the_exit_status_is_1(course, spoil, arguments, says):
    """A sentence and a next step on stderr, no traceback."""
    spoil(course)

    done = report(course, *arguments)

    assert done.exit_code == 1
    assert says in " ".join(done.stderr.split())
    assert "Traceback" not in done.output
    assert not (course / "reports" / f"{ASSIGNMENT}.html").exists()


def test_help_has_an_example():
    """Like every command."""
    done = CliRunner().invoke(main, ["report", "--help"])

    assert done.exit_code == 0
    assert "autograder report 05_two_layer_net" in done.stdout


def test_a_larger_class_asks_the_gradebook_no_more_often(course, tmp_path):
    """Formgrader asks again for each student: a minute at ten thousand."""
    larger = write_course(tmp_path / "larger", a_class(40))

    counts = []
    for place in (course, larger):
        asked = []
        from sqlalchemy.engine import Engine

        def listen(*statement, asked=asked):
            asked.append(statement[2])

        event.listen(Engine, "before_cursor_execute", listen)
        recorded_class(open_course(place), ASSIGNMENT)
        event.remove(Engine, "before_cursor_execute", listen)
        counts.append(len([one for one in asked if one.lstrip().startswith("SELECT")]))

    assert counts[0] == counts[1] < 25


def test_a_large_class_is_folded(tmp_path):
    """In hundreds; long lists of names stand behind a heading, short ones do not."""
    course = write_course(tmp_path / "course", a_class(130))
    page = page_of(course)
    html = (course / "reports" / f"{ASSIGNMENT}.html").read_text()

    assert "s0100 to s0129" in page
    assert html.count("<tr id=") == 130
    assert "Who they are" in page
    assert len(html) < 1500 * 130  # bytes: 3,000 students stay below 5 MB


def test_grade_and_report_write_the_same_page(course):
    """The one that `autograder grade` leaves is made by the same function from the same gradebook."""
    from datetime import UTC, datetime

    from autograder.reports.class_page import render, write_class_page
    from autograder.reports.gathered import gather

    opened = open_course(course)
    then = datetime(2026, 11, 23, tzinfo=UTC)
    first = render(opened, gather(opened, ASSIGNMENT), then)
    path = write_class_page(course, ASSIGNMENT)
    shutil.copy(path, course / "by_grade.html")
    report(course, ASSIGNMENT)

    strip = re.compile(r"Written [^.]*\.")
    assert strip.sub("", path.read_text()) == strip.sub("", (course / "by_grade.html").read_text())
    assert strip.sub("", path.read_text()) == strip.sub("", first)
