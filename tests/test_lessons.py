"""What a lesson's prose says about its own outputs, held against the executed notebook."""

import json
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def cells():
    """The executed solution of `02_linear_layer` as (source, text of its outputs)."""
    path = ROOT / "notebooks/02_linear_layer/linear_layer.ipynb"
    return [
        ("".join(cell["source"]), "".join("".join(output.get("text", "")) for output in cell.get("outputs", ())))
        for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]
    ]


def output_of(cells, words: str) -> str:
    (output,) = [output for source, output in cells if words in source and output]
    return output


def test_all_three_impostors_of_db_are_wrong(cells):
    """ "None. All three have the right shape, and all three are wrong.\""""
    rows = output_of(cells, "the last row").splitlines()

    assert len(rows) == 3
    assert all("wrong" in row for row in rows)


def test_the_entry_worked_out_by_hand_is_the_measured_one(cells):
    """The typeset sum for dw_21 ends in the number that the cell above it measured."""
    measured = float(output_of(cells, 'draw_touched("w21")').rsplit(maxsplit=1)[-1])
    (prose,) = [source for source, _ in cells if "Do one by hand" in source]

    assert float(re.search(r"= (-?\d+) \.\n", prose)[1]) == measured


def test_the_contraction_gives_the_first_measured_number(cells):
    """ "The sum is the first of the two measured numbers.\""""
    first = float(re.search(r"∂L/∂b: \[(\S+)", output_of(cells, "def loss"))[1])
    summed = float(output_of(cells, 'draw_touched("b1")').rsplit(maxsplit=1)[-1])

    assert first == pytest.approx(summed)


def test_loops_and_lines_agree_with_what_was_measured(cells):
    """Six rows, all ok."""
    rows = [row for row in output_of(cells, "one line").splitlines() if row.startswith("d")]

    assert len(rows) == 6
    assert all("ok" in row for row in rows)


def test_the_lesson_is_of_a_length_one_can_sit_through(cells):
    """Cells by the dozen, not by the hundred, and none that scrolls."""
    code = [source for source, _ in cells if not source.startswith("#") and "BEGIN SOLUTION" not in source]

    assert 25 <= len(cells) <= 46
    assert max(len(source.splitlines()) for source in code) < 40
