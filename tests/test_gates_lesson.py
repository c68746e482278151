"""What `01_gates` says about its own outputs, held against the executed notebook."""

import json
import re
from pathlib import Path

import pytest

from autograder.gradients import CENTRED_STEP

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def cells():
    """The executed solution as (source, text of its outputs)."""
    path = ROOT / "notebooks/01_gates/gates.ipynb"
    return [
        ("".join(cell["source"]), "".join("".join(output.get("text", "")) for output in cell.get("outputs", ())))
        for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]
    ]


def output_of(cells, words: str) -> str:
    (output,) = [output for source, output in cells if words in source and output]
    return output


def numbers(text: str) -> list[float]:
    return [float(number) for number in re.findall(r"-?\d+\.\d+", text)]


def test_the_output_moves_by_up_times_the_step(cells):
    """ "It moves by 0.3.\""""
    assert numbers(output_of(cells, "f moves by")) == [0.3, 3.0]


def test_at_a_tie_the_shares_add_up(cells):
    """Half and half, and together 1."""
    x, y, both = numbers(output_of(cells, "both together"))

    assert (x, y) == (0.5, 0.5)
    assert both == 1


def test_a_sigmoid_is_never_steeper_than_a_quarter(cells):
    """ "Never more than 1/4, at x = 0.\""""
    slopes = numbers(output_of(cells, "measured slope"))

    assert max(slopes) == slopes[len(slopes) // 2] == 0.25
    assert slopes[0] < 0.01


def test_at_the_fork_only_the_sum_is_what_was_measured(cells):
    """`=` gives one road, `+=` both."""
    overwritten, added, measured = numbers(output_of(cells, "both roads count"))

    assert added == pytest.approx(measured, abs=CENTRED_STEP)
    assert overwritten != measured


def test_only_scaled_inputs_reach_the_noise(cells):
    """The noise has the variance 0.01; the others end far above it, and the raw ones need a tiny rate."""
    rows = output_of(cells, "loss after 60 steps").splitlines()
    rate, loss = zip(*(numbers(row) for row in rows), strict=True)

    assert loss[2] < 0.012 < 5 * loss[2] < loss[1] < loss[0]
    assert rate[0] < rate[1] / 50 < rate[2] / 50


def test_a_rate_divided_once_diverges(cells):
    """ "Not at all: it diverges.\" And with the student's rate the losses are those on X."""
    right, wrong = (numbers(part)[-3:] for part in output_of(cells, "first losses").split("10·X"))

    assert right == sorted(right, reverse=True)
    assert wrong == sorted(wrong)
    assert "True" in output_of(cells, "the same losses as on X")


def test_the_lesson_is_of_a_length_one_can_sit_through(cells):
    """Cells by the dozen, not by the hundred."""
    assert 25 <= len(cells) <= 46
