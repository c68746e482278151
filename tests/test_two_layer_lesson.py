"""What the prose of `05_two_layer_net` says about its own outputs, held against the executed notebook."""

import json
import re
from pathlib import Path

import pytest

PATH = Path(__file__).parents[1] / "notebooks/05_two_layer_net/two_layer_net.ipynb"


@pytest.fixture(scope="module")
def notebook():
    return json.loads(PATH.read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def cells(notebook):
    """(source, text of its outputs) of each cell."""
    return [
        ("".join(cell["source"]), "".join("".join(output.get("text", "")) for output in cell.get("outputs", ())))
        for cell in notebook["cells"]
    ]


def output_of(cells, words: str) -> str:
    (output,) = [output for source, output in cells if words in source and output]
    return output


def sweep(cells, words: str) -> dict[float, tuple[float, float, float]]:
    """Value → training accuracy, test accuracy, gap, as the lab prints them."""
    rows = output_of(cells, words).splitlines()[1:]
    numbers = [[float(word) for word in row.replace("±", " ").split()] for row in rows]
    return {value: (train, test, gap) for value, train, _, test, _, gap in numbers}


def test_the_first_row_of_scores_is_the_known_one(cells):
    """ "Digit for digit.\""""
    known = "[-0.81233741 -1.27654624 -0.70335995]"

    assert known in output_of(cells, "def toy")
    assert any(known[1:12] in source for source, _ in cells if "the first row of scores is known" in source)


def test_the_known_loss_is_printed_and_four_gradients_are_right(cells):
    lines = output_of(cells, "rows[name]").splitlines()

    assert lines[0] == "loss 1.30378789133"
    assert sorted(line[:2] for line in lines[1:]) == ["W1", "W2", "b1", "b2"]
    assert all(" ok " in line for line in lines[1:])


def test_a_quotient_is_infinite_and_a_difference_is_not(cells):
    first, second = output_of(cells, "log of a quotient").splitlines()

    assert first.endswith("inf")
    assert second.endswith("1000.0")


def test_rows_sum_to_nothing(cells):
    assert re.search(r"rows sum to (\S+)", output_of(cells, "rows sum to"))[1] in ("0.0", "-0.0")


def test_on_a_copy_nothing_moves(cells):
    """ "Every slope is 0.\""""
    assert output_of(cells, "on a copy") == "on a copy: 0.0\n"


def test_the_toy_data_are_learned_by_heart(cells):
    """ "The loss falls below 0.02, and all five are predicted right.\""""
    loss, predicted = output_of(cells, 'print("predicted"').splitlines()

    assert float(loss.split()[-1]) < 0.02
    ((ours, right),) = re.findall(r"\[(.*?)\].*\[(.*?)\]", predicted)
    assert ours == right


def test_from_log_10_to_log_10(cells):
    """ "Nothing was learned, and one in ten is what guessing gives.\""""
    output = output_of(cells, "slow = net.train")

    assert output.count("2.3026") == 3
    assert output.endswith("0.1\n")


def test_eight_pictures_of_ten(cells):
    accuracy = float(output_of(cells, "plot_training(history)").split()[-1])

    assert 0.78 < accuracy < 0.86


def test_the_last_net_is_as_good_as_the_text_says(cells):
    """ "About 0.85 on images that nobody looked at before. Training accuracy is higher.\""""
    accuracies = dict(line.split() for line in output_of(cells, "learning_rate, reg = table.best").splitlines())
    (said,) = [found[1] for source, _ in cells if (found := re.search(r"About (\d\.\d\d) on images", source))]

    assert said == f"{float(accuracies['test']):.2f}"
    assert float(accuracies["train"]) - float(accuracies["test"]) > 0.03


def test_more_data_close_the_gap_from_both_sides(cells):
    gaps = sweep(cells, "more_data = vary")

    trains, tests, gap = zip(*gaps.values(), strict=True)
    assert sorted(trains, reverse=True) == list(trains)
    assert sorted(tests) == list(tests)
    assert gap[-1] < 0.2 * gap[0]


def test_more_units_open_the_gap_of_a_small_net_only(cells):
    """ "From 20 units to 200 it hardly moves.\""""
    gaps = {units: gap for units, (_, _, gap) in sweep(cells, "more_units = vary").items()}

    assert gaps[2] < gaps[5] < gaps[20]
    assert abs(gaps[200] - gaps[20]) < 0.03


def test_regularisation_shrinks_the_gap_and_ruins_both_in_the_end(cells):
    """ "At first the test accuracy rises a little.\""""
    rows = sweep(cells, "stronger = vary")

    gaps = [gap for _, _, gap in rows.values()]
    assert sorted(gaps, reverse=True) == gaps
    assert rows[0.0][1] < rows[0.002][1] < rows[0.005][1]
    assert max(rows[0.2][:2]) < 0.4 < rows[0.0][1]


def test_nothing_is_printed_on_stderr(notebook):
    names = {output.get("name") for cell in notebook["cells"] for output in cell.get("outputs", ())}

    assert "stderr" not in names


def test_the_explanation_has_a_mark_scheme_that_students_do_not_see():
    released = (PATH.parents[2] / "release/05_two_layer_net/two_layer_net.ipynb").read_text(encoding="utf-8")
    source = (PATH.parents[2] / "source/05_two_layer_net/two_layer_net.ipynb").read_text(encoding="utf-8")

    assert "MARK SCHEME" in source
    assert "MARK SCHEME" not in released
    assert "Whoever argues that 2 may help" not in released
