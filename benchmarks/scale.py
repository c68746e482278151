"""What a large class costs: submissions per second, memory and disk, by the size of the class and the workers.

    python benchmarks/scale.py                                 20, 200 and 2,000 submissions on two workers: ten minutes
    python benchmarks/scale.py --sizes 20 200 --workers 1 2    also on one
    python benchmarks/scale.py --sizes 200 --dask 2            and on a Dask cluster of two worker processes

Small submissions: the class of `throughput.py` with one figure. "Again" is the same command when nothing has changed.
`docs/scale.md` plans a course from these figures.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.classroom import ASSIGNMENT, environment, make_course, program, some_of
from benchmarks.local_dask import local_dask
from benchmarks.measure import Cost, measured


@dataclass
class Row:
    """One class, graded once and then again."""

    where: str
    submissions: int
    seconds: float
    cpu_seconds: float
    peak_megabytes: float
    again_seconds: float
    gradebook_megabytes: float
    disk_kilobytes_each: float
    """What grading adds below the course folder, feedback included."""


def grade(course: Path, *options: str) -> Cost:
    cost = measured([program("autograder"), "grade", ASSIGNMENT, *options], course, environment(), memory=True)
    if cost.status:
        raise SystemExit(f"autograder ended with exit status {cost.status}:\n{cost.output[-3000:]}")
    return cost


def measure(where: str, course: Path, submissions: int, *options: str) -> Row:
    before = size(course)
    first = grade(course, *options)
    after = size(course)
    again = grade(course, *options)
    return Row(
        where,
        submissions,
        first.seconds,
        first.cpu_seconds,
        first.peak_bytes / 1e6,
        again.seconds,
        (course / "gradebook.db").stat().st_size / 1e6,
        (after - before) / submissions / 1e3,
    )


def size(folder: Path) -> int:
    return sum(path.lstat().st_size for path in folder.rglob("*") if path.is_file())


HEAD = (
    "| where | submissions | in all | each | per second | CPU each | peak | again | gradebook | disk each |",
    "|---|---|---|---|---|---|---|---|---|---|",
)


def line(row: Row) -> str:
    each = row.seconds / row.submissions
    cpu = f"{row.cpu_seconds / row.submissions:.3f} s" if "Dask" not in row.where else "–"
    return (
        f"| {row.where} | {row.submissions:,} | {row.seconds:.0f} s | {each:.3f} s | {1 / each:.1f} | {cpu} "
        f"| {row.peak_megabytes:.0f} MB | {row.again_seconds:.1f} s | {row.gradebook_megabytes:.1f} MB "
        f"| {row.disk_kilobytes_each:.0f} kB |"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", type=int, nargs="+", default=[20, 200, 2000], help="of the classes")
    parser.add_argument("--workers", type=int, nargs="+", default=[2], help="how many, one run for each")
    parser.add_argument("--dask", type=int, metavar="WORKERS", help="also on a cluster of so many on this machine")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write every measurement there")
    given = parser.parse_args()
    rows = []
    print(*HEAD, sep="\n")
    with tempfile.TemporaryDirectory(prefix="scale-") as folder:
        place = Path(folder)
        students = make_course(place / "course", max(given.sizes), figures=1)
        runs = [(f"{count} worker{'s' * (count > 1)}", ("--workers", str(count))) for count in given.workers]
        for count in given.sizes:
            for where, options in runs:
                course = some_of(place / "course", students[:count], place / f"{count}-{where[0]}")
                rows.append(measure(where, course, count, *options))
                print(line(rows[-1]), flush=True)
            if given.dask:
                with local_dask(given.dask, place) as cluster:
                    course = some_of(place / "course", students[:count], place / f"{count}-dask")
                    rows.append(measure(f"Dask, {given.dask} workers", course, count, "--scheduler", cluster.address))
                print(line(rows[-1]), flush=True)
    print(f"{os.cpu_count()} cores; the cost of Dask's own workers is not in the columns CPU and peak.")
    if given.json:
        given.json.write_text(json.dumps([asdict(row) for row in rows], indent=1))


if __name__ == "__main__":
    main()
