"""How fast a class is graded: `autograder grade` beside stock `nbgrader autograde` and beside the bound.

    python benchmarks/throughput.py                        100 submissions, everything graded by both: six minutes
    python benchmarks/throughput.py --stock-sample 20      stock nbgrader grades a fifth of the class
    python benchmarks/throughput.py --engines autograder,bound --submissions 2000 --rounds 1

The engines take turns, round by round, so that a machine that is busy for a while slows all of them down. In each round
stock nbgrader grades its next share of the class, and the faster engines grade the whole class anew. A class of one is
graded in each round, too: from the two, the cost of the start and of each further submission follow. Memory is looked
at in a run of its own, of a few submissions, since looking takes time.
At the end the gradebooks are compared row by row; differences are listed, and the exit status is 1.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import tempfile
from dataclasses import asdict, dataclass, field
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks import otter_course
from benchmarks.classroom import ASSIGNMENT, environment, make_course, program, some_of
from benchmarks.gradebook_rows import differences, gradebook_rows
from benchmarks.measure import Cost, measured

ENGINES = ("nbgrader", "autograder", "bound", "otter")
WHOLE_CLASS_EACH_ROUND = ("autograder", "bound")
LOOKED_AT = {"nbgrader": 2, "otter": 2}
"""Submissions of the run in which memory is looked at, for engines that take them one by one; of the others 20."""


@dataclass
class Engine:
    """What one engine was measured to cost."""

    name: str
    one: list[Cost] = field(default_factory=list)
    """A class of one, once in each round."""
    classes: list[tuple[int, Cost]] = field(default_factory=list)
    """How many submissions there were, and their cost, once in each round."""
    looked_at: Cost | None = None
    """The run in which memory was looked at."""
    rows: dict[tuple, tuple] = field(default_factory=dict)
    figures: dict[str, int] = field(default_factory=dict)

    def each(self, what: str) -> float:
        """Of one more submission."""
        return statistics.median(
            (getattr(cost, what) - getattr(one, what)) / (count - 1)
            for one, (count, cost) in zip(self.one, self.classes, strict=True)
        )

    def start(self, what: str) -> float:
        """What does not depend on the number of submissions; with several workers, their first submission in part."""
        return max(0.0, statistics.median(getattr(one, what) for one in self.one) - self.each(what))

    def summary(self, submissions: int) -> dict[str, float]:
        seconds, cpu = self.each("seconds"), self.each("cpu_seconds")
        whole = self.start("seconds") + submissions * seconds
        return {
            "graded": sum(count for count, _ in self.classes),
            "start_seconds": self.start("seconds"),
            "seconds_each": seconds,
            "seconds_each_with_start": whole / submissions,
            "submissions_per_second": submissions / whole,
            "cpu_seconds_each": cpu,
            "cpu_seconds_each_with_start": (self.start("cpu_seconds") + submissions * cpu) / submissions,
            "peak_megabytes": self.looked_at.peak_bytes / 1e6,
            "private_megabytes": self.looked_at.private_bytes / 1e6,
        }


def command(engine: str, course: Path, workers: int, otter: str) -> list[str]:
    """What a user would type, in the course's folder."""
    if engine == "nbgrader":
        return [program("nbgrader"), "autograde", ASSIGNMENT]
    if engine == "autograder":
        return [program("autograder"), "grade", ASSIGNMENT, "--no-feedback", "--workers", str(workers)]
    if engine == "bound":
        return [sys.executable, str(Path(__file__).with_name("bound.py")), str(course), str(workers)]
    return [sys.executable, str(Path(otter_course.__file__)), otter, str(course)]


def run(engine: str, course: Path, workers: int, otter: str, *, memory: bool = False) -> Cost:
    cost = measured(command(engine, course, workers, otter), course, environment(), memory=memory)
    if cost.status:
        raise SystemExit(f"{engine} ended with exit status {cost.status}:\n{cost.output[-3000:]}")
    return cost


def grade(engine: Engine, course: Path, students: list[str], place: Path, workers: int, otter: str) -> None:
    """Once, in a fresh copy of the course that holds these students."""
    copy = some_of(course, students, place)
    engine.classes.append((len(students), run(engine.name, copy, workers, otter)))
    if engine.name == "bound":
        engine.figures["of the whole class"] = int(engine.classes[-1][1].output.split()[-1])
    elif engine.name != "otter":
        engine.rows |= gradebook_rows(copy, ASSIGNMENT)
        for notebook in copy.glob("autograded/*/*/*.ipynb"):
            engine.figures[notebook.parts[-3]] = notebook.read_text().count('"image/png"')


def compare(names: list[str], course: Path, students: list[str], place: Path, options) -> list[Engine]:
    """Everything measured, round by round."""
    engines = [Engine(name) for name in names]
    sample = students[: options.stock_sample or len(students)]
    for number in range(options.rounds):
        share = sample[number * len(sample) // options.rounds : (number + 1) * len(sample) // options.rounds]
        for engine in engines:
            where = place / f"{engine.name}-{number}"
            print(f"… round {number + 1} of {options.rounds}: {engine.name}", file=sys.stderr)
            one = some_of(course, students[:1], where.with_name(where.name + "-one"))
            engine.one.append(run(engine.name, one, 1, options.otter))
            chosen = students if engine.name in WHOLE_CLASS_EACH_ROUND else share
            grade(engine, course, chosen, where, options.workers, options.otter)
    for engine in engines:
        print(f"… memory: {engine.name}", file=sys.stderr)
        few = some_of(course, students[: LOOKED_AT.get(engine.name, 20)], place / f"{engine.name}-memory")
        engine.looked_at = run(engine.name, few, options.workers, options.otter, memory=True)
    return engines


COLUMNS = (
    ("start-up s", "start_seconds", "10.2f"),
    ("s each", "seconds_each", "8.3f"),
    ("with start-up", "seconds_each_with_start", "13.3f"),
    ("per second", "submissions_per_second", "10.2f"),
    ("CPU s each", "cpu_seconds_each", "10.3f"),
    ("with start-up", "cpu_seconds_each_with_start", "13.3f"),
    ("peak MB", "peak_megabytes", "8.0f"),
    ("one process MB", "private_megabytes", "14.0f"),
)


def table(summaries: dict[str, dict[str, float]]) -> list[str]:
    width = max(map(len, summaries)) + 2
    lines = [" " * width + "  ".join(f"{title:>{form.split('.')[0]}}" for title, _, form in COLUMNS)]
    for name, summary in summaries.items():
        lines.append(name.ljust(width) + "  ".join(f"{summary[key]:{form}}" for _, key, form in COLUMNS))
    return lines


def ratios(summaries: dict[str, dict[str, float]]) -> list[str]:
    """`autograder` against each of the others; seconds and CPU seconds, start-up included and not."""
    ours, lines = summaries.get("autograder"), []
    for name, other in summaries.items():
        if ours and name != "autograder":
            keys = ("seconds_each_with_start", "seconds_each", "cpu_seconds_each_with_start", "cpu_seconds_each")
            quotients = [other[key] / ours[key] for key in keys]
            inverse = name == "bound"
            values = [1 / quotient if inverse else quotient for quotient in quotients]
            what = "autograder / bound" if inverse else f"{name} / autograder"
            lines.append(
                f"{what}: time {values[0]:.2f} with start-up, {values[1]:.2f} without; "
                f"CPU {values[2]:.2f} with start-up, {values[3]:.2f} without"
            )
    return lines


def unequal(engines: list[Engine]) -> list[str]:
    """What the two gradebooks, and the numbers of figures, disagree on."""
    found = {engine.name: engine for engine in engines}
    if not {"nbgrader", "autograder"} <= found.keys():
        return []
    stock, ours = found["nbgrader"], found["autograder"]
    graded = set(stock.figures)
    lines = differences({key: row for key, row in ours.rows.items() if key[0] in graded}, stock.rows)
    return lines + [
        f"{student}: {ours.figures.get(student)} figures, nbgrader: {count}"
        for student, count in sorted(stock.figures.items())
        if ours.figures.get(student) != count
    ]


def main() -> int:
    options = arguments()
    with tempfile.TemporaryDirectory(prefix="throughput-") as folder:
        place = Path(folder)
        students = make_course(place / "course", options.submissions, options.figures)
        engines = compare(options.engines, place / "course", students, place, options)
    summaries = {engine.name: engine.summary(options.submissions) for engine in engines}
    wrong = unequal(engines)
    print(
        f"{options.submissions} submissions, {options.workers} workers, {options.rounds} rounds, medians of the rounds"
    )
    for name, summary in summaries.items():
        if name not in WHOLE_CLASS_EACH_ROUND and summary["graded"] < options.submissions:
            print(f"{name} graded {summary['graded']:.0f} of them; the rest is projected at its cost for each")
    print(*table(summaries), *ratios(summaries), sep="\n")
    compared = {engine.name: len(engine.rows) for engine in engines if engine.rows}
    if len(compared) == 2:
        print(f"gradebook: {compared['nbgrader']} rows compared, {len(wrong)} differences", *wrong, sep="\n  ")
    if options.json:
        raw = {
            engine.name: {
                "one": [_raw(cost) for cost in engine.one],
                "classes": [{"submissions": count} | _raw(cost) for count, cost in engine.classes],
                "memory": _raw(engine.looked_at),
            }
            for engine in engines
        }
        report = {"options": vars(options) | {"json": str(options.json)}, "summary": summaries, "rounds": raw}
        options.json.write_text(json.dumps(report | {"differences": wrong}, indent=1))
    return 1 if wrong else 0


def _raw(cost: Cost) -> dict[str, object]:
    return {name: value for name, value in asdict(cost).items() if name != "output"}


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("-n", "--submissions", type=int, default=100, help="size of the class (100)")
    parser.add_argument("--figures", type=int, choices=range(1, 5), default=2, help="in each notebook (2)")
    parser.add_argument("--workers", type=int, default=2, help="of autograder and of the bound (2)")
    parser.add_argument("--rounds", type=int, default=5, help="turns of each engine (5)")
    parser.add_argument("--stock-sample", type=int, metavar="K", help="stock nbgrader and otter grade only K of them")
    parser.add_argument("--engines", type=_engines, default=list(ENGINES[:3]), help=f"of {','.join(ENGINES)}")
    parser.add_argument("--otter", default="otter", help="otter-grader's program, for the engine otter")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write every measurement there")
    options = parser.parse_args()
    if 2 * options.rounds > min(options.stock_sample or options.submissions, options.submissions):
        parser.error("each round needs at least two submissions: use fewer --rounds")
    return options


def _engines(text: str) -> list[str]:
    names = text.split(",")
    if unknown := set(names) - set(ENGINES):
        raise argparse.ArgumentTypeError(f"no engine {', '.join(sorted(unknown))}; choose from {','.join(ENGINES)}")
    return names


if __name__ == "__main__":
    sys.exit(main())
