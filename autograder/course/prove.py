"""`autograder prove`: the claims a course rests on, each checked by doing it. For the CLI and CI, after `build`.

The reference and the untouched release are handed in to nbgrader itself, in a throw-away copy of the course.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from nbgrader.utils import is_grade, is_solution, is_task

from autograder.course import executed, leaks, ownership
from autograder.course.throwaway import CellMark, ThrowawayCourse, throwaway_course
from autograder.errors import CourseError, NotProven, UnknownQuestion

CHECKED = re.compile(r"^\s*check\(\s*[\"']([^\"']+)[\"']", re.MULTILINE)
"""`check("dW", dW)` in a graded cell. Cells may hold `%` lines, which `ast` would not read."""
SHOWN_AT_MOST = 5


@dataclass(frozen=True)
class Claim:
    """One sentence about one assignment, and whether it is true."""

    assignment: str
    claim: str
    holds: bool
    detail: str = ""
    """The numbers if it holds, what is wrong if not."""


def points_of(question_id: str) -> float | None:
    """Points of a registered question, None if there is no such question."""
    from autograder.questions import find

    try:
        return float(find(question_id).points)
    except UnknownQuestion:
        return None


def prove(
    course: Path,
    assignments: Iterable[str] | None = None,
    *,
    points_of: Callable[[str], float | None] = points_of,
    progress: Callable[[str], None] = lambda line: None,
) -> list[Claim]:
    """Every claim for each of `assignments` (all by default), in order, whether it holds or not.

    Raises `CourseError` where nothing can be checked: an unknown assignment, a release that was never built.
    """
    course = Path(course).resolve()
    names = ownership.chosen(course, assignments)
    for name in names:
        for tier in ("release", "notebooks"):
            if not (course / tier / name).is_dir():
                raise CourseError(f"{tier}/{name} is not there.", "Run `autograder build` first.")
    claims = []
    with throwaway_course(course, names) as copy:
        for name in names:
            progress(f"prove {name}")
            claims += by_grading(course, copy, name)
            claims += by_reading(course, name, points_of)
    return claims


def require(claims: Iterable[Claim]) -> None:
    """Raises `NotProven`, with every claim that does not hold."""
    broken = [f"{claim.assignment}: {claim.claim}: {claim.detail}" for claim in claims if not claim.holds]
    if broken:
        raise NotProven(
            f"{len(broken)} of the course's claims do not hold: {'; '.join(broken)}.",
            "Mend source/, then run `autograder build` and `autograder prove` again.",
        )


def by_grading(course: Path, copy: ThrowawayCourse, name: str) -> Iterator[Claim]:
    """What only a run can tell: two hand-ins through nbgrader."""
    try:
        copy.generate_assignment(name)
        # source/ may hold what a student's folder may not; the hand-in is made of the files a student would hand in.
        copy.submit(name, "reference", course / "source" / name)
        copy.submit(name, "untouched", course / "release" / name)
        reference, untouched = copy.autograde(name, "reference"), copy.autograde(name, "untouched")
    except CourseError as error:
        yield Claim(name, "nbgrader can release and grade it", False, error.what)
        return
    lost = [_mark(mark) for mark in reference if mark.score != mark.max_score]
    points = sum(mark.max_score for mark in reference)
    yield _claim(name, "the reference earns every point", lost, f"{points:g} of {points:g}, {_cells(len(reference))}")
    earned = [_mark(mark) for mark in untouched if mark.score != 0]
    yield _claim(name, "the untouched release earns none", earned, f"0 of {points:g}, {_cells(len(untouched))}")


def by_reading(course: Path, name: str, points_of: Callable[[str], float | None]) -> Iterator[Claim]:
    """What the files tell: nothing is run."""
    source, release, solution = (course / tier / name for tier in ("source", "release", "notebooks"))
    lessons = {path.name: nbformat.read(path, as_version=4) for path in sorted(source.glob("*.ipynb"))}

    yield _claim(name, "the release holds no solution", leaks.shown_solutions(source, release))
    yield _claim(name, "the release holds no outputs", leaks.outputs(release))

    unrun, complaints, count = [], [], 0
    for notebook in lessons:
        if not (solution / notebook).is_file():
            unrun.append(f"{notebook} is missing")
            continue
        nb = nbformat.read(solution / notebook, as_version=4)
        count += sum(cell.cell_type == "code" for cell in nb.cells)
        unrun += [f"{notebook}, {cell} was never run" for cell in executed.not_run(nb)]
        complaints += [f"{notebook}, {line}" for line in executed.complaints(nb)]
    yield _claim(name, "every solution cell was run", unrun, _cells(count))
    yield _claim(name, "no solution cell raises or warns", complaints)

    differ, asked, automatic, by_hand = [], 0, 0.0, 0.0
    for cell in (cell for nb in lessons.values() for cell in nb.cells if is_grade(cell) or is_task(cell)):
        points = float(cell.metadata.nbgrader.points)
        if cell.cell_type == "code" and not is_solution(cell):
            automatic += points
        else:
            by_hand += points
        if questions := _questions(cell):
            asked += len(questions)
            differ += _differing_points(cell.metadata.nbgrader.grade_id, points, questions, points_of)
    yield _claim(name, "each check is worth what its cell says", differ, f"{asked} questions")
    yield Claim(name, "points", True, f"{automatic + by_hand:g}: {automatic:g} automatic, {by_hand:g} by hand")


def _questions(cell: NotebookNode) -> list[str]:
    return CHECKED.findall(cell.source) if cell.cell_type == "code" else []


def _differing_points(
    grade_id: str, points: float, questions: list[str], points_of: Callable[[str], float | None]
) -> list[str]:
    if len(questions) > 1:
        # nbgrader reads the first result only, and the notebook shows the last.
        return [f"cell `{grade_id}` asks {len(questions)} questions; one cell gives one mark"]
    worth = points_of(questions[0])
    if worth is None:
        return [f"cell `{grade_id}` asks `{questions[0]}`, which is no question"]
    if worth != points:
        return [f"cell `{grade_id}` gives {points:g}, question `{questions[0]}` is worth {worth:g}"]
    return []


def _claim(assignment: str, claim: str, wrong: list[str], right: str = "") -> Claim:
    if not wrong:
        return Claim(assignment, claim, True, right)
    more = f", and {len(wrong) - SHOWN_AT_MOST} more" if len(wrong) > SHOWN_AT_MOST else ""
    return Claim(assignment, claim, False, ", ".join(wrong[:SHOWN_AT_MOST]) + more)


def _mark(mark: CellMark) -> str:
    return f"{mark.notebook}/{mark.grade_id} {mark.score:g} of {mark.max_score:g}"


def _cells(count: int) -> str:
    return f"{count} cell" if count == 1 else f"{count} cells"
