"""The inline question of `05_two_layer_net`: the table of the overfitting lab, the ticks, and whether the two agree.

A table cannot be held against a re-run in the student's process, which they could falsify, nor against one of ours,
because no right net is in this package. So the re-runs were made beforehand: `overfitting_bands.json` holds, for each
row, where the means of a right net lie (tools/measure_overfitting_bands.py). Who never ran the lab and guesses well
keeps the marks of that row; so does who reads the file.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from functools import cache, partial
from pathlib import Path
from typing import Any

import numpy as np

from autograder.experiments.overfitting import TABLE_ROWS
from autograder.questions.question import Part, Probe, Question, Seen
from autograder.records import Reply

ASSIGNMENT = "05_two_layer_net"

BANDS = Path(__file__).with_name("overfitting_bands.json")

REMEDIES = {1: "more data", 2: "more units", 3: "stronger regularisation"}
"""Option of the inline question → the row of the table that tries it."""

LARGEST = 1e6
"""No slip makes an accuracy this large."""

NONE = 4
"""The option "none of the above"."""

SHRINKS = 0.03
"""Of the gap, to count as smaller: two to three standard deviations of the difference of two means of five seeds."""


@cache
def bands() -> Mapping[str, list[dict[str, list[float]]]]:
    """Row → the bands, lowest and highest mean of `train` and `test`, one for each convention of regularisation."""
    return json.loads(BANDS.read_text(encoding="utf-8"))


def in_band(row: str, train: float, test: float) -> bool:
    """Whether a right net could have given these means."""
    return any(
        band["train"][0] <= train <= band["train"][1] and band["test"][0] <= test <= band["test"][1]
        for band in bands()[row]
    )


def helps(option: int) -> bool:
    """Whether the remedy of this option closed the gap in our re-runs by more than chance does, in every convention."""
    if option not in REMEDIES:
        return False
    (start,) = bands()["start"]
    return all(_gap(start) - _gap(band) > SHRINKS for band in bands()[REMEDIES[option]])


def _gap(band: Mapping[str, list[float]]) -> float:
    return sum(band["train"]) / 2 - sum(band["test"]) / 2


def row_of(table: Any, row: str) -> tuple[float, float] | str:
    """(train, test) as it stands in the table, or what was found in its place."""
    if not isinstance(table, dict):
        return "a dict with one entry per row was expected"
    if row not in table:
        return f"the table has no row {row!r}"
    pair = table[row]
    if isinstance(pair, np.ndarray):
        pair = pair.tolist()
    if not isinstance(pair, (tuple, list)) or len(pair) != 2:
        return "two numbers were expected: (training accuracy, test accuracy)"
    if any(isinstance(number, bool) or not isinstance(number, (int, float)) for number in pair):
        return "two numbers were expected: (training accuracy, test accuracy)"
    # Before anything is done with them: nan and inf fail this, too, and so do whole numbers too large for a float.
    if not all(abs(number) < LARGEST for number in pair):
        return "nan, inf or a number far beyond any accuracy"
    return float(pair[0]), float(pair[1])


def _examine_row(reply: Reply, probe: Probe) -> Seen:
    row = probe.setting["row"]
    found = row_of(reply.value, row)
    if isinstance(found, str):
        return Seen(False, found)
    if not all(0 <= number <= 1 for number in found):
        return Seen(False, "an accuracy lies between 0 and 1: yours are {:g} and {:g}".format(*found))
    if in_band(row, *found):
        return Seen(True, "training {:.2f}, test {:.2f}: so did our re-runs".format(*found))
    return Seen(False, f"training {_against('train', row, found[0])}, test {_against('test', row, found[1])}")


def _against(which: str, row: str, number: float) -> str:
    """Where the number lies, without giving away where it should."""
    edges = [edge for band in bands()[row] for edge in band[which]]
    if number < min(edges):
        return f"{number:.2f} (all our re-runs gave more)"
    if number > max(edges):
        return f"{number:.2f} (all our re-runs gave less)"
    return f"{number:.2f}"


def gaps(table: Any) -> dict[str, float] | None:
    """Row → training minus test accuracy, for the start and the three remedies; None when one of them is not there."""
    found = {row: row_of(table, row) for row in ("start", *REMEDIES.values())}
    if any(isinstance(pair, str) for pair in found.values()):
        return None
    return {row: train - test for row, (train, test) in found.items()}


def shrunk(table: Any) -> set[int] | None:
    """The options whose gap is smaller than that of the start, in this table; None without one."""
    if (gap := gaps(table)) is None:
        return None
    return {option for option, row in REMEDIES.items() if gap["start"] - gap[row] > SHRINKS}


def ticks_and_table(answer: Any) -> dict[str, Any]:
    """Beside the student's code: calls `inline_answer` and `inline_table`, so that one can be held against the other.

    A table that cannot be had (not written, an error) does not take the ticks with it.
    """
    inline_answer, inline_table = answer
    ticks = inline_answer() if callable(inline_answer) else inline_answer
    try:
        table = inline_table() if callable(inline_table) else inline_table
        table = {str(row): tuple(float(number) for number in pair) for row, pair in dict(table).items()}
    except Exception:
        table = None
    return {"ticks": ticks, "table": table}


def ticked(reply: Reply) -> set[int] | str:
    """The options ticked, or what was found in their place. Accepts [1], ("1", "3"), {2}, "1, 3" and [1.0]."""
    ticks = reply.value.get("ticks") if isinstance(reply.value, dict) else None
    if isinstance(ticks, str):
        ticks = ticks.replace(",", " ").split()
    elif isinstance(ticks, np.ndarray):
        ticks = ticks.ravel().tolist()
    if not isinstance(ticks, (list, tuple, set, frozenset)) or any(isinstance(tick, bool) for tick in ticks):
        return "a list of numbers was expected, such as [2]"
    options = {_option(tick) for tick in ticks}
    if None in options:
        return f"there is a tick that is not one of the options 1 to {NONE}"
    return options or "nothing was ticked"


def _option(tick: Any) -> int | None:
    """The option's number, or 0 for who counts from zero; None for anything else, however large or odd."""
    if isinstance(tick, str):
        tick = tick.strip(" ().")
        return int(tick) if tick in {str(option) for option in range(NONE + 1)} else None
    if isinstance(tick, (int, float)) and 0 <= tick <= NONE and tick == int(tick):
        return int(tick)
    return None


def _examine_ticks(reply: Reply, probe: Probe) -> Seen:
    """Option by option: a right tick earns half, a wrong one takes half back, and nobody goes below zero."""
    ticks = ticked(reply)
    if isinstance(ticks, str):
        return Seen(False, ticks)
    right = sum(map(helps, ticks))
    wrong = len(ticks) - right
    share = max(0, right - wrong) / sum(map(helps, REMEDIES))
    says = f"{right} of your {len(ticks)} ticks {'is' if right == 1 else 'are'} right"
    if share < 1 and not wrong:
        says += ", and there is more to find"
    return Seen(share == 1, says, share)


def _examine_agreement(reply: Reply, probe: Probe) -> Seen:
    """The ticks are what the student's own table shows, right or wrong."""
    ticks = ticked(reply)
    if isinstance(ticks, str):
        return Seen(False, ticks)
    table = reply.value.get("table")
    if (gap := gaps(table)) is None:
        return Seen(False, "the table is not filled yet: there is nothing to hold your ticks against")
    says = "gaps: " + ", ".join(f"{row} {gap[row]:.2f}" for row in ("start", *REMEDIES.values()))
    return Seen(ticks == (shrunk(table) or {NONE}), says)


def _draw(rng: np.random.Generator, **setting: Any) -> Probe:
    """Nothing is drawn: an answer that is data is the same for everyone."""
    return Probe({}, None, setting)


def _draws(**setting: Any) -> Callable[[np.random.Generator], Probe]:
    return partial(_draw, **setting)


THROUGH = "autograder.questions.overfitting:ticks_and_table"

QUESTIONS = (
    Question(
        "inline_table",
        ASSIGNMENT,
        "inline_table()",
        tuple(
            Part(row.replace(" ", "_"), f"the row “{row}”", 0.25, _draws(row=row), _examine_row) for row in TABLE_ROWS
        ),
        "Run the cell of that experiment again and copy the line whose setting the table asks for.",
        follows=("net_returns", "net_step", "net_batches"),
    ),
    Question(
        "inline_answer",
        ASSIGNMENT,
        "inline_answer()",
        (
            Part("ticks", "each option", 1.0, _draws(), _examine_ticks, through=THROUGH),
            Part("agree", "your ticks say what your own table says", 0.5, _draws(), _examine_agreement,
                 through=THROUGH),
        ),
        "For each option, subtract test from training accuracy in its row of your table and compare with the start.",
    ),
)  # fmt: skip
