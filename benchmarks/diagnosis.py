"""How well mistakes are found and named, on a class made by machine that nothing was tuned on.

    python benchmarks/diagnosis.py            every slip, and a sample of pairs: some minutes
    python benchmarks/diagnosis.py --quick    a tenth of it
    python benchmarks/diagnosis.py --list wrong unnamed    also say which ones, of the half that may be looked at

The right answers of the course are changed by operators (`diagnosing/mutations.py`), one place at a time and two at a
time, and said in other words (`rewrites.py`). Which of them are wrong is found by running them beside the right one
(`facts.py`), what a wrong one may be called stands in a table (`true_names.py`); both know nothing of the judge. Then
every answer is asked its questions. A name counts as right only if the table, or a fact, says so.

Half of all slips, by a hash, are held out: whoever improves the catalogue looks at the others only.
"""

from __future__ import annotations

import argparse
import sys
import warnings
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from itertools import combinations
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1]))

from autograder import check
from autograder.first_cause import first_cause_first
from autograder.records import Outcome, QuestionMark
from benchmarks.diagnosing.answers import NET, PUT_TOGETHER_BY_THE_LESSON, Answer, answers
from benchmarks.diagnosing.facts import shows_beside
from benchmarks.diagnosing.mutations import Slip, digest, held_out, mutated, slips
from benchmarks.diagnosing.original_checks import CHECKS, caught
from benchmarks.diagnosing.rewrites import rewritings
from benchmarks.diagnosing.true_names import true_names

KINDS = ("seen", "held out", "pairs", "other words")
PAIRS_MAX = 40
"""Of one function; of the network, four times as many."""
SEED = 20


@dataclass
class Judged:
    """What the questions said of one answer."""

    lost: float
    named: frozenset[str]
    """Names that were told, echoes left out."""


@dataclass
class Tally:
    """One row of the table."""

    wrong: int = 0
    lost_marks: int = 0
    rightly: int = 0
    """Named, with nothing said that is not so; of a pair, both."""
    one_of_two: int = 0
    wrongly: int = 0
    right: int = 0
    kept_all: int = 0
    original: int = 0
    misses: dict[str, list[str]] = field(default_factory=dict)

    def miss(self, kind: str, says: str) -> None:
        self.misses.setdefault(kind, []).append(says)


def judged(answer: Answer, text: str) -> Judged:
    names: dict = {"np": np, "__name__": "answer"}
    try:
        exec(compile(answer.beside, "answer", "exec"), names)
        exec(compile(text, "answer", "exec"), names)
    except Exception as error:  # an answer that cannot even be defined
        return Judged(sum(1.0 for _ in answer.questions), frozenset({type(error).__name__}))
    marks = []
    for question in answer.questions:
        verdict = check(question, names[answer.defines], seed=SEED).verdict
        if verdict.outcome is Outcome.COULD_NOT_CHECK:
            raise RuntimeError(f"{question} could not be checked: {text}")
        marks.append(
            QuestionMark(question, answer.name, verdict.score, verdict.max_score, verdict.outcome, verdict.findings)
        )
    told = [one for mark in first_cause_first(marks) for one in mark.findings if one.echo_of is None]
    return Judged(
        sum(mark.max_score - (mark.score or 0) for mark in marks),
        frozenset(one.misconception for one in told if one.misconception),
    )


def may_be_listed(made: tuple[Slip, ...]) -> bool:
    """A pair tells of the slips that are in it: none of them is held out."""
    return not any(held_out(slip.says) for slip in made)


def judge_wrong(answer: Answer, made: tuple[Slip, ...], tally: Tally, listed: bool = True) -> None:
    """Counts one slip, or a pair; those that change nothing are counted among the right ones."""
    text = mutated(answer.text, *made)
    seen = answer.facts(text)
    miss = tally.miss if listed else lambda kind, says: None
    says = " AND ".join(f"{answer.name}: {slip.says}" for slip in made)
    if seen is None:
        judge_right(answer, text, says, tally)
        return
    verdict = judged(answer, text)
    tally.wrong += 1
    if verdict.lost > 0:
        tally.lost_marks += 1
    else:
        miss("uncaught", says)
    if answer.name == NET:
        tally.original += bool(caught(_class(text)))
    said = [true_names(slip) for slip in made]
    may = frozenset().union(*said) | seen
    if verdict.named - may:
        tally.wrongly += 1
        miss("wrong", f"{says}: {sorted(verdict.named - may)} (may: {sorted(may)})")
    elif all(names & verdict.named or ((names | seen) & verdict.named and len(made) == 1) for names in said):
        tally.rightly += 1
    elif verdict.named:
        tally.one_of_two += len(made) > 1
        if len(made) > 1:
            miss("half", says)
    else:
        miss("unnamed", f"{says} (may: {sorted(may)})")


def judge_right(answer: Answer, text: str, says: str, tally: Tally) -> None:
    verdict = judged(answer, text)
    tally.right += 1
    if verdict.lost == 0 and not verdict.named:
        tally.kept_all += 1
    else:
        tally.miss("unjust", f"{says}: {verdict}")


def _class(text: str) -> type:
    names: dict = {"__name__": "neural_net"}
    exec(compile(text, "neural_net.py", "exec"), names)
    return names["TwoLayerNet"]


def pairs(made: list[Slip], answer: Answer) -> Iterator[tuple[Slip, Slip]]:
    """Some of them, chosen by a hash: those of which neither stands within the other, or hides it.

    A slip that changes nothing by itself makes no pair with another, nor does one whose effect is gone beside it: a
    line that is dropped, a call that stops. Nobody could name both.
    """
    count = 0
    wrong = {slip.says: answer.facts(mutated(answer.text, slip)) is not None for slip in made}
    for two in sorted(combinations(made, 2), key=lambda two: digest(two[0].says + two[1].says)):
        try:
            text = mutated(answer.text, *two)
        except ValueError:
            continue
        alone = [mutated(answer.text, slip) for slip in two]
        if not all(
            wrong[slip.says] and shows_beside(one, text, answer.call) for slip, one in zip(two, alone, strict=True)
        ):
            continue
        yield two
        count += 1
        if count == PAIRS_MAX * (4 if answer.name == NET else 1):
            return


def every(share: int, says: str) -> bool:
    return digest(says)[1] % share == 0


def run(
    share: int, kinds: Collection[str] = KINDS, families: Collection[str] = (), progress: bool = True
) -> dict[tuple[str, str], Tally]:
    """Rows by (family, kind). `families`: all, or those whose names begin so."""
    rows: dict[tuple[str, str], Tally] = {}
    for answer in answers():
        if families and not answer.family.startswith(tuple(families)):
            continue
        if progress:
            print(f"… {answer.family}: {answer.name}", file=sys.stderr)
        made = [slip for slip in slips(answer.text) if slip.function != PUT_TOGETHER_BY_THE_LESSON]
        for slip in made:
            half = "held out" if held_out(slip.says) else "seen"
            if half in kinds and every(share, slip.says):
                judge_wrong(answer, (slip,), rows.setdefault((answer.family, half), Tally()))
        for two in pairs(made, answer) if "pairs" in kinds else ():
            if every(share, two[0].says + two[1].says):
                judge_wrong(answer, two, rows.setdefault((answer.family, "pairs"), Tally()), may_be_listed(two))
        for says, text in rewritings(answer.text) if "other words" in kinds else ():
            if every(share, says) and answer.facts(text) is None:
                judge_right(answer, text, says, rows.setdefault((answer.family, "other words"), Tally()))
    return rows


def table(rows: dict[tuple[str, str], Tally]) -> str:
    lines = [
        "| | wrong | lost marks | named rightly | one of two | named wrongly | right | kept all | original caught |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    for (family, kind), row in sorted(rows.items(), key=lambda entry: (entry[0][1], entry[0][0])):
        lines.append(f"| {family}, {kind} | " + " | ".join(_cells(row, family.startswith("05"))) + " |")
    for kind in dict.fromkeys(kind for _, kind in rows):
        of_kind = [row for (_, other), row in rows.items() if other == kind]
        total = Tally(*(sum(getattr(row, name) for row in of_kind) for name in (
            "wrong", "lost_marks", "rightly", "one_of_two", "wrongly", "right", "kept_all", "original")))  # fmt: skip
        lines.append(f"| **all, {kind}** | " + " | ".join(_cells(total, False)) + " |")
    return "\n".join(lines)


def _cells(row: Tally, with_original: bool) -> list[str]:
    def part(count: int, of: int) -> str:
        return f"{count} ({100 * count / of:.1f} %)" if of else "–"

    return [
        str(row.wrong), part(row.lost_marks, row.wrong), part(row.rightly, row.wrong), part(row.one_of_two, row.wrong),
        part(row.wrongly, row.wrong), str(row.right), part(row.kept_all, row.right),
        part(row.original, row.wrong) if with_original else "–",
    ]  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="a tenth of the slips and pairs")
    parser.add_argument("--kinds", nargs="+", default=KINDS, choices=KINDS, help="which rows; by default all")
    parser.add_argument("--family", nargs="+", default=[], metavar="01", help="which assignments; by default all")
    parser.add_argument("--list", nargs="+", default=[], choices=["uncaught", "unnamed", "wrong", "unjust", "half"],
                        help="say which ones; held-out slips are never listed, by themselves or in a pair")  # fmt: skip
    given = parser.parse_args()
    warnings.simplefilter("ignore")
    rows = run(10 if given.quick else 1, given.kinds, given.family)
    for kind in given.list:
        for (family, half), row in rows.items():
            if half != "held out":
                for says in row.misses.get(kind, []):
                    print(f"{kind}: {family}, {half}: {says}")
    print(table(rows))
    print(f"The original exercise's checks: {', '.join(CHECKS)}; for the network only.")


if __name__ == "__main__":
    main()
