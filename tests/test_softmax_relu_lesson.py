"""What `03_softmax_relu` says about its own outputs, held against the executed notebook and against NumPy."""

import math
import re
from functools import partial

import matplotlib
import numpy as np
import pytest
from executed_lesson import cells_of, output_of, text_of

matplotlib.use("Agg")

from autograder.softmax_pictures import ends_of_exp

CELLS = cells_of("03_softmax_relu/softmax_relu.ipynb")
TEXT = text_of(CELLS)
printed_by = partial(output_of, CELLS)


def test_the_shares_named_in_the_text_are_those_printed():
    """0.665 for the right class of example 1, 0.024 for that of example 4, and rows that sum to 1."""
    probabilities, sums = printed_by('print("row sums:"').split("row sums:")
    rows = [[float(p) for p in re.findall(r"\d\.\d*", line)] for line in probabilities.splitlines() if line]

    assert rows[0] == [0.665, 0.245, 0.09]
    assert rows[3][2] == 0.024
    assert all(share in TEXT for share in ("0.665", "0.245", "0.090", "0.024"))
    assert [float(one) for one in re.findall(r"\d\.", sums)] == [1, 1, 1, 1]


def test_the_loss_is_the_same_up_to_705_and_nan_from_710():
    losses = dict(re.findall(r"\+\s+(\d+):\s+loss (\S+)", printed_by("for level in")))

    assert {losses[level] for level in ("0", "100", "700", "705")} == {losses["0"]}
    assert [losses["710"], losses["1000"]] == ["nan", "nan"]


def test_exp_ends_where_the_text_says():
    """Found by trying, and near the logarithms of the largest and the smallest float."""
    low, high = ends_of_exp()

    assert high == pytest.approx(math.log(np.finfo(float).max), abs=2e-3)
    assert low == pytest.approx(math.log(np.finfo(float).smallest_subnormal) - math.log(2), abs=2e-3)
    assert "From a score of 709.8 on" in TEXT
    assert round(high, 1) == 709.8
    assert "below −745 it is exactly 0" in TEXT
    assert -746 < low < -745


def test_one_maximum_for_all_rows_leaves_one_row_undefined():
    whole, rows = printed_by("maximum of {name:10}").splitlines()

    assert whole.count("nan") == 3
    assert "nan" not in rows


def test_a_shift_cures_the_level_and_not_the_gap():
    """The loss of the first table again, and inf."""
    level, gap = (line.split()[-1] for line in printed_by("def shifted_loss").splitlines())

    assert float(level) == pytest.approx(float(re.search(r"loss (\S+)", printed_by("for level in"))[1]))
    assert gap == "inf"


def test_the_slopes_are_the_shares_less_one_at_the_right_class():
    shares, slopes = ([float(n) for n in re.findall(r"-?\d\.\d*", line)] for line in printed_by("L_1 =").splitlines())

    assert [round(share - slope, 3) for share, slope in zip(shares, slopes, strict=True)] == [1, 0, 0]


def test_loops_and_lines_agree_with_what_was_measured():
    assert re.findall(r"^(\w+) +(ok|wrong)", printed_by("yours = {"), re.MULTILINE) == [
        ("loops", "ok"),
        ("lines", "ok"),
    ]


def test_dividing_at_the_end_is_wrong_only_with_regularisation():
    """As printed; and with reg = 0 the two lines of the cell are the same: "nobody would notice\"."""
    early, late = printed_by("late = (").splitlines()
    cell = next("".join(cell["source"]) for cell in CELLS if "late = (" in "".join(cell["source"]))

    assert "ok" in early
    assert "wrong" in late
    names = {"X": np.ones((4, 2)), "dS": np.arange(12.0).reshape(4, 3), "N": 4, "W": None, "reg": 0.0}
    names["penalty_gradient"] = lambda W, reg: reg
    formulas = re.findall(r"^    (?:early|late) = (.*)$", cell, re.MULTILINE)
    np.testing.assert_allclose(*(eval(formula, names) for formula in formulas))


def test_the_kink_is_measured_as_a_half():
    assert [float(n) for n in re.findall(r": +(\d\.\d)", printed_by("to the right"))] == [1, 0, 0.5]


def test_the_network_is_right_from_its_end_to_the_first_relu():
    assert re.search(r"^dA +ok", printed_by("def forward"), re.MULTILINE)


def test_the_lesson_is_of_a_length_one_can_sit_through():
    """Cells by the dozen, and none that scrolls."""
    code = ["".join(cell["source"]).splitlines() for cell in CELLS if cell["cell_type"] == "code"]

    assert 25 <= len(CELLS) <= 48
    assert max(map(len, code)) < 25
    assert max(len(line) for lines in code for line in lines) <= 88
