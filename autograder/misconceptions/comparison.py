"""Mistakes in what a gradient checker compares, and with what.

One answer says little: which rows of a card went wrong is told here, row by row. All answers together say more, and are
tried first (`together`, with the stages of `stages_of_checker`); some of these can be told in that way only.
"""

from __future__ import annotations

from autograder.misconceptions.checker import CHECK, FAR, ODD, PARTS, STEP, alarmed, either, missed, named

MISCONCEPTIONS = (
    named(
        "absolute_tolerance",
        says="Your checker's answer depends on the size of the gradient: it misjudges one of size {size}.",
        try_next="Divide the difference by the size of the gradients before you compare it with a tolerance.",
        why="|a − b| < 1e-7 holds for any two gradients of size 1e-9. np.allclose has such a term, too.",
        heading=FAR,
        matches=either,
        parts=("faint", "huge"),
        # Those misjudge gradients of any size.
        unless=("right_called_wrong", "wrong_called_right", "single_entry_missed", "sign_blind", "signed_difference"),
    ),
    named(
        "added_not_subtracted",
        says="Your checker calls a right gradient wrong, and its negative right.",
        try_next="Where the two agree their distance is 0. Is yours?",
        why="`analytic + numeric` in place of `analytic - numeric`.",
        heading=FAR,
    ),
    named(
        "numeric_not_subtracted",
        says="Your checker calls zeros right, and hardly anything else.",
        try_next="Take the numeric gradient away from the analytic one before you compare.",
        why="`np.abs(analytic)` in place of `np.abs(analytic - numeric)`.",
        heading=CHECK,
    ),
    named(
        "smallest_difference",
        says="Your checker calls a gradient right as soon as one entry of it is.",
        try_next="Every entry has to be right. Which one of the differences shows the worst of them?",
        why="The minimum is taken of the differences, or `any` stands for `all`.",
        heading=CHECK,
    ),
    named(
        "smallest_size",
        says="Where one entry of a gradient is 0, or nearly, your checker calls a right one wrong.",
        try_next="The noise of the measurement is the same for all entries. Which of them do you hold it against?",
        why="The minimum is taken of the sizes; behind a ReLU that is off it is 0.",
        heading=FAR,
    ),
    named(
        "signed_size",
        says="Where every entry of a gradient is below 0 your checker calls a right one wrong.",
        try_next="Print the size that the difference is held against, for analytic = np.array([-1.0, -2.0]).",
        why="An absolute value is missing in the size: a + |n| is 0 where a and n are negative and agree.",
        heading=FAR,
    ),
    named(
        "difference_for_verdict",
        says="Your checker says True of nearly every gradient; where nothing differs at all it says False.",
        try_next="A difference is a number. With what do you compare it?",
        why="`bool(difference)`: Python takes any number but 0 for True.",
        heading=CHECK,
    ),
    named(
        "sign_blind",
        says="Your checker calls a gradient with the opposite sign right.",
        try_next="Take the difference first and its absolute value then.",
        why="Absolute values or squares are compared: | |a| − |b| | is 0 for a and −a.",
        heading=FAR,
        matches=missed,
        parts=("sign",),
    ),
    named(
        "sums_compared",
        says="Your checker calls a gradient right whose entries have changed places.",
        try_next="Compare entry by entry, and sum up or take the largest afterwards.",
        why="Sums, means and norms stay what they were when entries change places.",
        heading=CHECK,
        matches=missed,
        parts=("exchanged", "transposed"),
    ),
    named(
        "signed_difference",
        says="Your checker misses a gradient that is off in one direction everywhere.",
        try_next="The largest of a − b is small when a is far too small. Which function is missing around a − b?",
        why="The maximum is taken of the difference, not of its absolute value.",
        heading=FAR,
        matches=missed,
        parts=("too_large", "too_small"),
    ),
    named(
        "nan_passes",
        says="Your checker calls a gradient right that holds nan.",
        try_next="Every comparison with nan is False. Which way round is yours?",
        why="`if error > tolerance: return False` lets nan through.",
        heading=CHECK,
        matches=missed,
        parts=("nan",),
    ),
    named(
        "shape_not_compared",
        says="Your checker calls a gradient of the wrong shape right: broadcasting made the shapes fit.",
        try_next="A gradient has the shape of x. Compare the shapes before the numbers.",
        why="(1, 5) − (5,) is no error in NumPy.",
        heading=CHECK,
        matches=missed,
        parts=("broadcast",),
    ),
    named(
        "tolerance_too_loose",
        says="Your checker lets a wrong gradient pass whose relative error is between 0.0004 and 0.01.",
        try_next="A right gradient agrees to eight digits here. How much do you want to forgive?",
        why="A tolerance of 1e-2 is often quoted for large networks in single precision.",
        heading=CHECK,
        matches=missed,
        parts=("thousandth", "swamped"),
    ),
    named(
        "right_called_wrong",
        says="Your checker calls a right gradient wrong.",
        try_next="Print the difference and what you compare it with, for f = lambda x: np.sum(x**2) and 2*x. "
        "Is the difference large, or what you allow too small? How exact can a centred difference be?",
        why="Equality, or a tolerance below the error of the measurement; or the difference itself is a wrong one.",
        heading=STEP,
        matches=alarmed,
        parts=tuple(part for part in PARTS if part not in ODD),
    ),
    named(
        "wrong_called_right",
        says="Your checker calls a gradient right that is a multiple of the right one.",
        try_next="Print the difference and what you compare it with, for f = lambda x: np.sum(x**2) and 4*x. "
        "Is the difference small, or what you allow too large?",
        why="Directions are compared, as with a cosine; or a tolerance of the size of the gradient itself.",
        heading=CHECK,
        matches=missed,
        parts=("vector", "matrix", "factor"),
    ),
    named(
        "single_entry_missed",
        says="Your checker calls a gradient right in which a single entry is wrong.",
        try_next="Hold the largest of the differences against the tolerance: a mean or a median hides it.",
        why="An average of the differences, or of the errors.",
        heading=CHECK,
        matches=missed,
        parts=("one_entry",),
        unless=("wrong_called_right", "some_entries_unchecked"),
    ),
)
