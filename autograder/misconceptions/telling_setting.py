"""Settings that hide a bug from every gradient check, each recognised by the number that hides it."""

from __future__ import annotations

from collections.abc import Callable

from autograder.misconceptions.misconception import Misconception
from autograder.questions import Probe
from autograder.questions.telling_setting import complaint
from autograder.records import Reply

SETTING, SHOWS = ("telling_setting",), "A check sees what its setting shows"


def _setting(holds: Callable[[dict], bool]) -> Callable[[Reply, Probe], bool]:
    return lambda reply, probe: complaint(reply.value) is None and holds(reply.value)


MISCONCEPTIONS = (
    *(
        Misconception(
            slug, SETTING, says, try_next, why, SHOWS, "04_gradient_check", matches=_setting(holds), parts=parts,
        )
        for slug, parts, holds, says, try_next, why in (
            ("square_setting", ("transposed",), lambda s: s["D"] == s["C"],
             "In your setting W is square: W.T fits wherever W does.",
             "Make all three sizes different.", "Round sizes are quickly typed."),
            ("scores_near_zero", ("bias_left_out", "uniform_probabilities"),
             lambda s: max(s["weights"], s["biases"]) < 1e-2,
             "In your setting all scores are near 0, and all probabilities near 1/C.",
             "Use weights of order 1 for a check, whatever you train with.", "Training starts from tiny weights."),
            ("zero_biases", ("bias_left_out",), lambda s: s["biases"] < 1e-3,
             "In your setting the biases are 0 or nearly so: leaving them out changes nothing.",
             "Give the biases a size that is like that of the scores.", "Biases start at 0 in training."),
            ("one_class", ("first_label",), lambda s: len(set(s["labels"])) == 1,
             "In your setting every example has the same label.",
             "Let the first label differ from some of the others.", "A list of zeros is quickly typed."),
            ("penalty_swamps_data", ("averaged_twice",), lambda s: s["reg"] * s["weights"] > 100,
             "In your setting the regularisation is so large that what the data say is lost behind it.",
             "Make both parts of the gradient of like size.", "A large reg seems to make the check stricter."),
            ("no_penalty", ("penalty_missing",), lambda s: s["reg"] * s["weights"] < 1e-3,
             "In your setting the regularisation adds next to nothing: forgetting it goes unseen.",
             "Check with a reg that is clearly above 0.", "reg = 0 is the default of most losses."),
        )
    ),
)  # fmt: skip
