"""Mistakes in going from entry to entry: the numeric gradient, and what a checker shares with it.

What was measured tells less than how: the functions that a question hands out keep a record of where they were called.
The lesson's other mistakes are in `slopes`, `relative_errors`, `telling_setting` and `checker`.
"""

from __future__ import annotations

from functools import partial

import numpy as np

from autograder.misconceptions import checker, comparison, relative_errors, slopes, telling_setting
from autograder.misconceptions.misconception import Misconception
from autograder.misconceptions.movements import (
    accumulates,
    moved_together,
    never_moves,
    one_sided,
    other_step,
    skips_entries,
    unequal_steps,
)
from autograder.misconceptions.slopes import A_SLOPE, GRADIENT, LESSON
from autograder.questions import Probe
from autograder.records import Reply

AN_ENTRY, A_LAMBDA = "One entry at a time", "The lambda that ignores its argument"

named = partial(Misconception, lesson=LESSON)
by_its_moves = partial(Misconception, lesson=LESSON, relation=True)
"""For an answer that could not be taken apart (`stages_of_gradient_check`), which tells more."""


def _flattened(reply: Reply, probe: Probe) -> bool:
    value = reply.value
    return isinstance(value, np.ndarray) and value.shape == (probe.truth.size,) and probe.truth.ndim > 1


def _unseen_by_closure(reply: Reply, probe: Probe) -> bool:
    return isinstance(reply.value, np.ndarray) and reply.value.size > 0 and not np.any(reply.value)


HOW_THE_CALL_WENT = (
    named(
        "measured_by_the_package", (*GRADIENT, *checker.CHECKER),
        "{name} asks the package's numeric_gradient; in this lesson it is yours to write.",
        "Write the loop of the lesson. In later lessons the package's version is there for you.",
        "The import from an earlier lesson is still at hand.",
        AN_ENTRY,
        matches=lambda reply, probe: reply.used_numeric_gradient,
    ),
    named(
        "x_not_restored", (*GRADIENT, *checker.CHECKER),
        "f was called with several entries moved at once: each one stayed moved when the next had its turn.",
        "Put the entry back before you go on to the next one.",
        "`x[i] += h` without a line that undoes it.",
        AN_ENTRY,
        matches=lambda reply, probe: any(accumulates(moves) for moves in checker.movements(probe)),
        parts=("value", "matrix", "step", "alone", *checker.PARTS),
    ),
    named(
        "restored_by_adding_back", (*GRADIENT, *checker.CHECKER),
        "After the call x differs in its last digit from what it was: adding and subtracting h does not cancel.",
        "Keep the old value in a variable, and write it back when you are done with the entry.",
        "`x[i] += h; …; x[i] -= 2*h; …; x[i] += h`: right on paper, off by a rounding in floating point.",
        AN_ENTRY,
        matches=lambda reply, probe: reply.error is None and any(name.startswith("x") for name in reply.changed)
        and not any(never_moves(moves) for moves in checker.movements(probe)),
        parts=("alone",),
    ),
)  # fmt: skip

MISCONCEPTIONS = (
    *slopes.MISCONCEPTIONS,
    by_its_moves(
        "copy_moved_original_asked", GRADIENT,
        "Each time f was called, its argument was x itself: nothing had moved.",
        "Which array did you change, and which one did you hand to f?",
        "A copy is perturbed and the original handed over.",
        A_LAMBDA,
        matches=lambda reply, probe: any(never_moves(moves) for moves in checker.movements(probe)),
    ),
    by_its_moves(
        "closure_sees_no_change", GRADIENT,
        "A function that ignores its argument and reads the array itself saw nothing move: every entry came out 0.",
        "Change the entry in x itself, call f, and put the old value back.",
        "A copy is perturbed: right for a function of its argument, blind for `lambda W: net.loss(X, y)[0]`.",
        A_LAMBDA,
        matches=_unseen_by_closure,
        parts=("closure",),
        unless=("one_sided_gradient", "copy_moved_original_asked", "x_not_restored", "entries_never_moved"),
    ),
    by_its_moves(
        "rows_moved_together", GRADIENT,
        "In a matrix your {name} moves a whole row at once.",
        "Let the loop run over `np.ndindex(x.shape)`: its index names one entry, whatever the shape.",
        "`for i in range(len(x)): x[i] += h` moves one entry of a vector and one row of a matrix.",
        AN_ENTRY,
        matches=lambda reply, probe: any(moved_together(moves) for moves in checker.movements(probe)),
        parts=("matrix",),
    ),
    by_its_moves(
        "entries_never_moved", GRADIENT,
        "Some entries of x were never moved.",
        "How far does your loop run? Every entry needs its turn.",
        "The loop returns in its first pass, or stops one short.",
        AN_ENTRY,
        matches=lambda reply, probe: any(skips_entries(moves) for moves in checker.movements(probe)),
    ),
    by_its_moves(
        "one_sided_gradient", GRADIENT,
        "Each entry was moved to one side only; a centred difference moves it to both.",
        "Move the entry up and down, and divide by the distance between the two.",
        "One call fewer, and an error that shrinks with h instead of h².",
        A_SLOPE,
        matches=lambda reply, probe: any(one_sided(moves) for moves in checker.movements(probe)),
    ),
    by_its_moves(
        "unequal_steps", GRADIENT,
        "f was called with entries moved by unequal amounts: not each by h, to either side.",
        "Print the places where f is called, for x = np.array([3.0, 5.0]). Which entries should stand there?",
        "An entry is set to h, not moved by it, or h - x stands for x - h.",
        AN_ENTRY,
        matches=lambda reply, probe: any(map(unequal_steps, checker.movements(probe))),
    ),
    by_its_moves(
        "step_ignored", GRADIENT,
        "Your {name} was asked to take steps of 0.01, and took others.",
        "Use the parameter h inside the loop, not a number of your own.",
        "The step is written into the loop as a constant.",
        AN_ENTRY,
        matches=lambda reply, probe: any(other_step(m, probe.setting["step"]) for m in checker.movements(probe)),
        parts=("step",),
    ),
    by_its_moves(
        "gradient_flattened", GRADIENT,
        "Your {name} has one row of entries; x is a matrix.",
        "Make the result with the shape of x.",
        "`np.zeros(x.size)`, or a list that is turned into an array at the end.",
        AN_ENTRY,
        matches=_flattened,
        parts=("matrix",),
    ),
    *relative_errors.MISCONCEPTIONS,
    *telling_setting.MISCONCEPTIONS,
    *checker.MISCONCEPTIONS,
    *comparison.MISCONCEPTIONS,
)  # fmt: skip
