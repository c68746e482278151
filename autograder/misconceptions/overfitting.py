"""Mistakes in the inline question: a table filled from the wrong place, and ticks that do not follow from it."""

from __future__ import annotations

from collections.abc import Callable

from autograder.experiments.overfitting import TABLE_ROWS
from autograder.misconceptions.misconception import Misconception
from autograder.questions import Probe
from autograder.questions.overfitting import ASSIGNMENT, NONE, gaps, in_band, row_of, shrunk, ticked
from autograder.records import Reply

TABLE, ANSWER = ("inline_table",), ("inline_answer",)

LIKE_A_GUESS = 0.15
"""Ten classes of equal size: a guess is right in 0.10 of the images. No row of a right net comes down to this."""


def _row(test: Callable[[str, float, float], bool]) -> Callable[[Reply, Probe], bool]:
    """Matches when the row is there and `test(row, first, second)` holds of its two numbers."""

    def matches(reply: Reply, probe: Probe) -> bool:
        found = row_of(reply.value, probe.setting["row"])
        return not isinstance(found, str) and test(probe.setting["row"], *found)

    return matches


def _ticks(test: Callable[[set[int]], bool]) -> Callable[[Reply, Probe], bool]:
    """Matches when options are ticked and `test` holds of them."""

    def matches(reply: Reply, probe: Probe) -> bool:
        ticks = ticked(reply)
        return not isinstance(ticks, str) and test(ticks)

    return matches


def _against_table(test: Callable[[set[int], set[int]], bool]) -> Callable[[Reply, Probe], bool]:
    """Matches when `test(ticks, options whose gap shrank in the student's table)` holds."""

    def matches(reply: Reply, probe: Probe) -> bool:
        ticks = ticked(reply)
        return not isinstance(ticks, str) and gaps(reply.value["table"]) is not None and test(
            ticks, shrunk(reply.value["table"])
        )  # fmt: skip

    return matches


MISCONCEPTIONS = (
    Misconception(
        "table_in_percent", TABLE,
        "The row “{row}” is in percent: its numbers are above 1.",
        "Give accuracies as shares: 0.71 for 71 percent.",
        "Accuracies are usually spoken of in percent.",
        "Fill in the table", ASSIGNMENT,
        matches=_row(lambda row, train, test: in_band(row, train / 100, test / 100)),
    ),
    Misconception(
        "table_columns_swapped", TABLE,
        "In the row “{row}” the two numbers stand the other way round: training accuracy comes first.",
        "Which of the two did the net see while it learned? It is hardly ever the lower one.",
        "The columns of the table exchanged.",
        "Fill in the table", ASSIGNMENT,
        matches=_row(lambda row, train, test: not in_band(row, train, test) and in_band(row, test, train)),
    ),
    Misconception(
        "table_gap_for_test", TABLE,
        "In the row “{row}” the second number looks like the gap, not the test accuracy.",
        "Take the second column of the printed lines; the gap stands in the third.",
        "The column of the gap copied in place of that of the test accuracy.",
        "Fill in the table", ASSIGNMENT,
        matches=_row(lambda row, train, gap: not in_band(row, train, gap) and in_band(row, train, train - gap)),
    ),
    Misconception(
        "table_of_another_row", TABLE,
        "The numbers in the row “{row}” are those of another setting.",
        "Look up the setting of this row, and copy the printed line that has it.",
        "The line above or below, or that of the start, was copied.",
        "Fill in the table", ASSIGNMENT,
        matches=_row(
            lambda row, train, test: not in_band(row, train, test)
            and any(in_band(other, train, test) for other in TABLE_ROWS)
        ),
    ),
    Misconception(
        "table_like_a_guess", TABLE,
        "In the row “{row}” both accuracies are about 0.10, as good as a guess among ten classes.",
        "Check that the loss falls during this training. If it does not, look at the sign and the size of the step.",
        "The net did not learn: ascent, a learning rate far off, or parameters that are never updated.",
        "Fill in the table", ASSIGNMENT,
        matches=_row(lambda row, train, test: max(train, test) < LIKE_A_GUESS),
    ),
    Misconception(
        "ticks_counted_from_zero", ANSWER,
        "There is an option 0 among your ticks; the options are numbered from 1.",
        "Look up the numbers of the options that you mean.",
        "Positions in a list, as Python counts them.",
        "Inline question", ASSIGNMENT,
        matches=_ticks(lambda ticks: 0 in ticks),
        parts=("ticks",),
    ),
    Misconception(
        "ticks_none_and_more", ANSWER,
        "You ticked “none of the above” together with one of the above.",
        "Decide for each option on its own; “none” is left for when all three are out.",
        "“It depends” has been expressed by ticking everything that may be said.",
        "Inline question", ASSIGNMENT,
        matches=_ticks(lambda ticks: NONE in ticks and len(ticks) > 1),
        parts=("ticks",),
    ),
    Misconception(
        "ticks_none", ANSWER,
        "You ticked “none of the above”.",
        "Compare the gap at the start of your table with the gap in each of the next three rows.",
        "No remedy is certain, so none is ticked; or a gap is thought to be a fault of the code only.",
        "Inline question", ASSIGNMENT,
        matches=_ticks(lambda ticks: ticks == {NONE}),
        parts=("ticks",),
    ),
    Misconception(
        "ticks_everything", ANSWER,
        "You ticked all three remedies.",
        "All three change the net or its data. Which one gives it more freedom to learn images by heart?",
        "“All of them may help, none must”: true of single runs, not of what the table shows on average.",
        "Inline question", ASSIGNMENT,
        matches=_ticks(lambda ticks: ticks == {1, 2, 3}),
        parts=("ticks",),
    ),
    Misconception(
        "ticks_more_units", ANSWER,
        "You ticked more hidden units.",
        "What happens to the training accuracy of the tiny net when it gets more units, and what to the gap?",
        "A bigger net is a better net: its training accuracy is, and the test accuracy is hoped to follow.",
        "More hidden units", ASSIGNMENT,
        matches=_ticks(lambda ticks: 2 in ticks),
        parts=("ticks",),
    ),
    Misconception(
        "ticks_data_left_out", ANSWER,
        "You did not tick the larger dataset.",
        "Follow both lines of the experiment with more images from left to right: which one rises?",
        "More data is thought to be harder to fit, which is true and is half of why the gap shrinks.",
        "More data", ASSIGNMENT,
        matches=_ticks(lambda ticks: ticks == {3}),
        parts=("ticks",),
    ),
    Misconception(
        "ticks_regularisation_left_out", ANSWER,
        "You did not tick stronger regularisation.",
        "Follow the gap in that experiment over its first four settings, before the test accuracy falls.",
        "Seen only where it is too strong, regularisation seems to do nothing but harm.",
        "Stronger regularisation", ASSIGNMENT,
        matches=_ticks(lambda ticks: ticks == {1}),
        parts=("ticks",),
    ),
    Misconception(
        "ticked_against_own_table", ANSWER,
        "You ticked an option that your own table speaks against.",
        "Look at the gaps in the line below. Either the tick or the table does not say what you mean.",
        "The answer was given from memory, not from the table; or the table was not measured.",
        "Inline question", ASSIGNMENT,
        matches=_against_table(lambda ticks, smaller: bool(ticks - (smaller or {NONE}))),
        parts=("agree",),
    ),
    Misconception(
        "left_out_against_own_table", ANSWER,
        "In your own table the gap shrinks with a remedy that you did not tick.",
        "Look at the gaps in the line below. Either a tick is missing or the table does not say what you mean.",
        "The answer was given from memory, not from the table; or the table was not measured.",
        "Inline question", ASSIGNMENT,
        matches=_against_table(lambda ticks, smaller: bool(smaller - ticks)),
        parts=("agree",),
    ),
)  # fmt: skip
