"""What `04_gradient_check` says about its own outputs, held against the executed notebook and against measurement."""

import re
from functools import partial

import matplotlib
import numpy as np
import pytest
from executed_lesson import cells_of, output_of, text_of

matplotlib.use("Agg")

from autograder.pitfalls import STEPS, step_errors
from autograder.questions.planted import UNUSUAL, WRONG
from autograder.questions.telling_setting import SEEN_ABOVE, errors_of_rows

CELLS = cells_of("04_gradient_check/gradient_check.ipynb")
TEXT = text_of(CELLS)
printed_by = partial(output_of, CELLS)


def test_a_step_ten_times_smaller_has_an_error_ten_times_smaller():
    """The three lines under the one-sided slope."""
    first, second, third = map(float, re.findall(r"error (\S+)", printed_by("one_sided_slope(np.exp")))

    assert first / second == pytest.approx(10, rel=0.05)
    assert second / third == pytest.approx(10, rel=0.05)


def test_in_place_works_and_on_a_copy_everything_is_zero():
    """ "All zeros\", and the pair without its [0] cannot be subtracted."""
    in_place, without = printed_by("in place").split("without the [0]:")

    assert re.findall(r"-?\d+\.", in_place) == ["8.", "-2.", "20.", "-8.", "-4.", "4."]
    assert "tuple" in without
    assert set(re.findall(r"-?\d+\.", printed_by('net.params["W"].copy()))').split("copy:")[1])) == {"0."}


def test_one_right_entry_is_as_far_off_as_can_be():
    """Its relative error is 1, though the gradient is right as a whole."""
    output = printed_by("entry by entry")

    assert "entry by entry: [0. 0. 1.]" in output
    assert output.rstrip().endswith("largest size: 0.0")


def test_the_u_has_the_digits_and_slopes_that_the_text_gives_it():
    """Eleven right digits in float64, hardly more than five in float32; the centred branch falls twice as fast."""

    def centred(f, x, h):
        return (f(x + h) - f(x - h)) / (2 * h)

    def one_sided(f, x, h):
        return (f(x + h) - f(x)) / h

    def slope(errors):
        right = (STEPS > 1e-4) & (STEPS < 1e-1)
        return np.polyfit(np.log(STEPS[right]), np.log(errors[right]), 1)[0]

    double, single = step_errors(centred, np.float64), step_errors(centred, np.float32)

    assert 1e-12 < double.min() < 2e-11
    assert 2e-6 < single.min() < 2e-5
    assert slope(double) == pytest.approx(2, abs=0.05)
    assert slope(step_errors(one_sided, np.float64)) == pytest.approx(1, abs=0.05)
    # "by the U above it costs next to nothing"
    assert double[np.argmin(abs(STEPS - 1e-6))] < 20 * double.min()


def test_the_bullets_name_the_rows_that_hide():
    """ "Six of eight. One by one\", and row d as the one that does not."""
    hidden = {letter for letter, error in errors_of_rows().items() if error < SEEN_ABOVE}

    assert set(re.findall(r"^- \*\*[^*]*\((\w)\)\.\*\*", TEXT, re.MULTILINE)) == hidden
    assert "In row **d** the same setting hides nothing" in TEXT
    assert "d" not in hidden


def test_the_example_checker_says_what_the_text_expects():
    """2 is right; 2.001, 2.1 and −2 are not."""
    assert re.findall(r"True|False", printed_by("for factor in")) == ["True", "False", "False", "False"]


def test_the_hunt_has_as_many_kinds_as_the_text_says():
    """Fourteen planted, seven that look wrong, and the numbers that the exercise promises."""
    assert (len(WRONG), len(UNUSUAL)) == (14, 7)
    assert "Fourteen kinds of wrong gradients" in TEXT
    assert "seven kinds of right ones" in TEXT
    assert "none nearer to `x` than 2e-6" in TEXT
    assert "relative error of at least 4e-4" in TEXT


def test_the_lesson_is_of_a_length_one_can_sit_through():
    """Cells by the dozen, and none that scrolls."""
    assert 25 <= len(CELLS) <= 46
    assert max(len(cell["source"]) for cell in CELLS if cell["cell_type"] == "code") < 25
    assert max(len(line) for cell in CELLS if cell["cell_type"] == "code" for line in cell["source"]) <= 110
