"""The pictures of `04_gradient_check`: they wait for a prediction, mark it, and their titles say what was measured."""

import matplotlib
import numpy as np
import pytest

matplotlib.use("Agg")
import matplotlib.pyplot as plt

from autograder.pitfalls import STEPS, plot_hiding, plot_kink, plot_step_sizes, step_errors
from autograder.questions.telling_setting import ROWS


def one_sided(f, x, h):
    return (f(x + h) - f(x)) / h


def centred(f, x, h):
    return (f(x + h) - f(x - h)) / (2 * h)


def not_written(*arguments):
    raise NotImplementedError


PICTURES = {
    "step sizes": lambda predict: plot_step_sizes({"one-sided": one_sided, "centred": centred}, predict),
    "kink": lambda predict: plot_kink(centred, predict),
    "hiding": plot_hiding,
}


@pytest.fixture(autouse=True)
def no_figures_left():
    plt.close("all")
    yield
    plt.close("all")


@pytest.mark.parametrize("name", PICTURES)
def test_a_picture_waits_for_the_prediction(name, capsys):
    """What one has seen one cannot predict."""
    PICTURES[name](not_written)

    assert plt.get_fignums() == []
    assert "write your prediction down first" in capsys.readouterr().out


@pytest.mark.parametrize("guess", [None, "a lot", 0.0, -1, (1, 2), (1e-8, "?"), ["a", "b"], np.zeros(3), {"a": 1}])
@pytest.mark.parametrize("name", PICTURES)
def test_any_prediction_will_do(name, guess):
    """A guess of another kind than was thought of is not marked, or not where it was meant; nothing fails."""
    PICTURES[name](lambda: guess)

    (axes, *_) = plt.gcf().axes
    assert axes.get_xlabel()
    assert plt.gcf().axes[-1].get_title()


def test_the_guess_is_marked_beside_what_was_measured():
    """As a line at the step, as a cross at the slope, as words at the row."""
    plot_step_sizes({"centred": centred}, lambda: (1e-8, 1e-4))
    steps = plt.gcf()
    plot_kink(centred, lambda: 0.25)
    kink = plt.gcf()
    plot_hiding(lambda: ["a", "d"])
    hiding = plt.gcf()

    assert [axes.lines[-1].get_xdata()[0] for axes in steps.axes] == [1e-8, 1e-4]
    assert list(kink.axes[0].lines[-1].get_ydata()) == [0.25]
    assert [text.get_position()[1] for text in hiding.axes[0].texts if text.get_text() == "you: hidden"] == [0, 3]


def test_the_centred_line_is_a_u_in_both_precisions():
    """Lowest near the cube root of the precision, and worse by far at either end."""
    for dtype in (np.float64, np.float32):
        errors = step_errors(centred, dtype)
        best = STEPS[np.argmin(errors)]

        assert np.finfo(dtype).eps ** (1 / 3) / 6 < best < 6 * np.finfo(dtype).eps ** (1 / 3)
        assert errors[-1] > 1000 * errors.min()
        assert errors[best / 1e4 > STEPS].max() > 1000 * errors.min()


def test_a_slope_that_is_not_written_is_left_out(capsys):
    """The others are drawn; a student may look before the exercise is done."""
    plot_step_sizes({"one-sided": one_sided, "centred": not_written})

    assert len(plt.gcf().axes[0].lines) == 1
    assert "centred is not written yet." in capsys.readouterr().out


def test_the_kink_is_drawn_only_with_a_slope(capsys):
    """And says so otherwise."""
    plot_kink(not_written, lambda: 1.0)

    assert plt.get_fignums() == []
    assert "not written yet" in capsys.readouterr().out


def test_hidden_bugs_are_hatched_and_counted():
    """Colour and hatching say the same, and the title counts them."""
    plot_hiding(lambda: [])
    axes = plt.gcf().axes[0]

    hatched = [bool(bar.get_hatch()) for bar in axes.patches]

    assert len(hatched) == len(ROWS)
    assert axes.get_title() == f"{sum(hatched)} of {len(ROWS)} bugs go unseen (hatched)"
