"""The pictures of `03_softmax_relu`: their titles say what was found, and nothing unfinished stops them."""

import matplotlib
import numpy as np
import pytest

matplotlib.use("Agg")
import matplotlib.pyplot as plt

from autograder.softmax_pictures import plot_exp, plot_losses, plot_row_sums, plot_slopes


@pytest.fixture(autouse=True)
def no_figures_left():
    plt.close("all")
    yield
    plt.close("all")


def not_written(S, y):
    raise NotImplementedError


def naive(S, y):
    P = np.exp(S) / np.exp(S).sum(axis=1, keepdims=True)
    return -np.mean(np.log(P[np.arange(len(y)), y]))


def shifted(S, y):
    return naive(S - S.max(axis=1, keepdims=True), y)


def stable(S, y):
    return np.mean(np.logaddexp.reduce(S, axis=1) - S[np.arange(len(y)), y])


def title() -> str:
    return plt.gcf().axes[0].get_title()


def test_the_ends_of_exp_are_in_the_title():
    plot_exp()

    assert title() == "exp(s) overflows from s = 709.8 on, and is 0 from s = -745.1 down"


def test_the_gaps_at_which_losses_end_are_in_the_title():
    """The first at the overflow, the second at the underflow, the third not at all."""
    plot_losses({"naive": naive, "shifted": shifted, "stable": stable})

    assert title() == "The last finite loss is at a gap of 709 and of 745 (crosses)"


def test_a_loss_that_survives_has_no_cross():
    plot_losses({"stable": stable})

    assert title() == "Every loss is finite, at every gap"
    assert len(plt.gcf().axes[0].lines) == 1


def test_a_loss_that_is_not_written_is_left_out(capsys):
    plot_losses({"naive": not_written, "stable": stable})

    assert "naive is not written yet." in capsys.readouterr().out
    assert [line.get_label() for line in plt.gcf().axes[0].lines] == ["stable"]


def test_nothing_is_drawn_before_a_loss_is_written(capsys):
    plot_losses({"naive": not_written, "stable": not_written})

    assert plt.get_fignums() == []
    assert capsys.readouterr().out.count("not written yet") == 2


def test_a_loss_that_is_never_finite_is_told_and_not_drawn(capsys):
    """No line ends where none began."""
    plot_losses({"odd": lambda S, y: np.nan, "naive": naive})

    assert title() == "The last finite loss is at a gap of 709 (crosses)"
    assert "odd is not a finite number" in capsys.readouterr().out


def test_the_pair_of_slopes_is_measured():
    """Whatever the strength: the title's factors are slopes divided by it."""
    for reg in (0.1, 0.5, 3.0):
        plot_slopes({"reg·w²": lambda w, r=reg: r * w**2, "½·reg·w²": lambda w, r=reg: r * w**2 / 2}, reg)

        assert title() == "Two penalties, two slopes: 2·reg·w and 1·reg·w"


@pytest.mark.parametrize(("slip", "says"), [(0.0, "its sum is 0"), (0.1, "should sum to 0, and one does not")])
def test_row_sums_are_told_as_they_are(slip, says):
    dscores = np.array([[-0.2, 0.1, 0.1], [0.3, -0.4, 0.1 + slip]])

    plot_row_sums(dscores, np.array([0, 1]))

    assert says in title()
    hatched = [bool(bar.get_hatch()) for bar in plt.gcf().axes[0].patches]
    assert hatched == [True, False, False, False, True, False]
