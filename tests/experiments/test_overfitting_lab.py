"""The overfitting lab shows the rule and its limits, for every right net; and the bands of the table hold."""

import json
import sys
from dataclasses import replace
from pathlib import Path

import matplotlib
import numpy as np
import pytest
from published_nets import HalfPenaltyWithoutReplacement, OwnGenerator, Plain

from autograder import plot_gap, vary
from autograder.errors import QuestionError
from autograder.experiments import TABLE_ROWS, Sweep
from autograder.experiments.overfitting import SEEDS, START, run
from autograder.questions.overfitting import BANDS, REMEDIES, bands, helps, in_band, shrunk

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "tools"))
import measure_overfitting_bands  # noqa: E402

matplotlib.use("Agg")


@pytest.fixture(scope="module")
def more_images():
    return vary(Plain, images=[100, 200, 500, 2000, 5000])


@pytest.fixture(scope="module")
def more_units():
    return vary(Plain, units=[1, 2, 5, 20, 50, 200])


@pytest.fixture(scope="module")
def stronger_reg():
    return vary(Plain, reg=[0, 0.005, 0.01, 0.02, 0.05, 0.2])


def at(sweep: Sweep, value: float) -> tuple[float, float, float]:
    """Mean training accuracy, test accuracy and gap."""
    index = sweep.values.index(value)
    return float(sweep.train[index].mean()), float(sweep.test[index].mean()), float(sweep.gap[index])


def table_of(TwoLayerNet: type) -> dict[str, tuple[float, float]]:
    """The table as a student fills it, with two decimals."""
    table = {}
    for row, setting in TABLE_ROWS.items():
        train, test = np.mean([run(TwoLayerNet, setting, seed) for seed in range(SEEDS)], axis=0)
        table[row] = (round(float(train), 2), round(float(test), 2))
    return table


def test_the_start_has_learned_its_images_by_heart(more_images):
    """Training accuracy 1.00, and far above the test accuracy."""
    train, _, gap = at(more_images, START.images)

    assert train > 0.995
    assert gap > 0.25


def test_more_images_shrink_the_gap_from_both_sides(more_images):
    """At every step, and the test accuracy rises each time."""
    assert (np.diff(more_images.gap) < 0).all()
    assert (np.diff(more_images.test.mean(axis=1)) > 0).all()
    assert more_images.gap[-1] < 0.06


def test_more_units_widen_a_tiny_net_s_gap_and_hardly_move_a_large_one_s(more_units):
    """Both halves of the seed's "may, need not"."""
    assert at(more_units, 20)[2] - at(more_units, 1)[2] > 0.15
    assert abs(at(more_units, 200)[2] - at(more_units, 20)[2]) < 0.04


def test_regularisation_shrinks_the_gap_and_in_excess_ruins_both(stronger_reg):
    """A little raises the test accuracy; a lot leaves no gap because there is nothing left to lose."""
    assert (np.diff(stronger_reg.gap) < 0).all()
    assert at(stronger_reg, 0.01)[1] > at(stronger_reg, 0)[1] + 0.01
    train, test, gap = at(stronger_reg, 0.2)
    assert train < 0.45
    assert test < 0.4
    assert gap < 0.1


def test_error_bars_come_from_five_seeds(more_images):
    """Different images, weights and batches for each."""
    assert more_images.test.shape == (5, 5)
    assert (more_images.test.std(axis=1) > 0).all()


def test_a_sweep_prints_as_the_table_the_student_copies(more_images):
    """One aligned line a value: training, test, gap."""
    lines = str(more_images).splitlines()

    assert lines[0].split() == ["images", "train", "test", "gap"]
    assert len(lines) == 6
    assert len({len(line) for line in lines[1:]}) == 1


def test_the_titles_state_what_was_found(more_images, more_units, stronger_reg):
    """Each sweep has a finding of its own."""
    from matplotlib import pyplot

    found = []
    for sweep in (more_images, more_units, stronger_reg):
        plot_gap(sweep)
        found.append(pyplot.gca().get_title())
        pyplot.close("all")

    assert "Training images from 100 to 5000: the gap shrinks" in found[0]
    assert "Hidden units from 1 to 200: the gap widens" in found[1]
    assert "both accuracies are ruined" in found[2]


def test_every_row_of_the_table_is_printed_in_the_lesson(more_images, more_units, stronger_reg):
    """The lesson's sweeps contain the six settings, and their printed means lie in the bands."""
    printed = {"images": more_images, "units": more_units, "reg": stronger_reg}

    for row, setting in TABLE_ROWS.items():
        (changed,) = [name for name in printed if getattr(setting, name) != getattr(START, name)] or ["images"]
        train, test, _ = at(printed[changed], getattr(setting, changed))
        assert in_band(row, train, test)


@pytest.mark.parametrize("style", [HalfPenaltyWithoutReplacement, OwnGenerator])
def test_the_table_of_a_right_net_lies_in_the_bands(style):
    """Whatever its convention and sampling, and the expected ticks follow from it."""
    table = table_of(style)

    assert [row for row, pair in table.items() if not in_band(row, *pair)] == []
    assert shrunk(table) == {option for option in REMEDIES if helps(option)} == {1, 3}


def test_a_net_that_ascends_does_not_lie_in_the_bands():
    """The bands can refuse."""

    class Ascends(Plain):
        def loss(self, X, y=None, reg=0.0):
            answer = super().loss(X, y, reg)
            return answer if y is None else (answer[0], {name: -grad for name, grad in answer[1].items()})

    assert not in_band("start", *run(Ascends, START, seed=0))


def test_the_bands_are_for_the_rows_of_the_table():
    """One band for each row, two where the conventions of regularisation differ."""
    assert json.loads(BANDS.read_text(encoding="utf-8")) == bands()
    assert {row: len(of_row) for row, of_row in bands().items()} == {
        row: 1 if setting.reg == 0 else 2 for row, setting in TABLE_ROWS.items()
    }


def test_the_script_measures_the_band_that_is_stored(monkeypatch):
    """Two rows again, with four draws in place of twelve: centres agree within the spread of a mean."""
    monkeypatch.setattr(measure_overfitting_bands, "DRAWS", 4)

    for row in ("start", "tiny net"):
        again = measure_overfitting_bands.means(Plain, TABLE_ROWS[row]).mean(axis=0)
        stored = [np.mean(bands()[row][0][which]) for which in ("train", "test")]
        assert again == pytest.approx(stored, abs=0.04)


def test_asking_for_what_cannot_be_varied_is_told():
    """One thing at a time, by its name, and no more images than there are."""
    with pytest.raises(QuestionError, match="one thing at a time"):
        vary(Plain, images=[100], units=[2])
    with pytest.raises(QuestionError, match=r"images=\[…\], units=\[…\] or reg=\[…\]"):
        vary(Plain, hidden=[2])
    with pytest.raises(QuestionError, match="5,000 training images"):
        run(Plain, replace(START, images=6000), seed=0)
