"""The questions about `neural_net.py`: right ones earn all, a mistake costs its marks once, half a file earns half."""

import itertools
import random
import sys

import numpy as np
import pytest

from autograder import check, numeric_gradient
from autograder.questions import all_questions
from autograder.questions.two_layer_draws import draw
from autograder.questions.two_layer_forward import Measured, log_sum_exp_loss
from autograder.records import Outcome
from sample_class.right_two_layer_nets import RIGHT_NETS
from sample_class.wrong_two_layer_net import CHANGES, DA, LOSS, REFERENCE, instead

NET = [name for name in all_questions() if name.startswith("net_")]
STUB = "# Write your lines here, then delete the next line.\n{indent}raise NotImplementedError\n"


def net_from(text: str) -> type:
    names = {"__name__": "neural_net"}
    exec(compile(text, "neural_net.py", "exec"), names)
    return names["TwoLayerNet"]


def lost(net: type, seed: int = 1) -> dict[str, float]:
    """Question → points it lost, where it lost any."""
    verdicts = {name: check(name, net, seed=seed).verdict for name in NET}
    assert all(verdict.outcome is not Outcome.COULD_NOT_CHECK for verdict in verdicts.values())
    return {name: v.max_score - v.score for name, v in verdicts.items() if v.score < v.max_score}


@pytest.mark.parametrize("seed", range(5))
def test_the_reference_earns_every_point(seed):
    assert lost(net_from(REFERENCE), seed) == {}


@pytest.mark.parametrize("style", RIGHT_NETS)
def test_a_published_solution_earns_every_point(style):
    """Loops, Einstein sums, caches on self, extra methods and parameters; `>=`, `>` or ½ at exactly 0."""
    for seed in range(3):
        assert lost(net_from(RIGHT_NETS[style]), seed) == {}


def test_helpers_in_a_module_beside_the_file_are_fine(tmp_path, monkeypatch):
    (tmp_path / "my_layers.py").write_text("def affine(X, W, b):\n    return X.dot(W) + b\n", encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)

    text = instead(
        ("A = X @ W1 + b1", "A = affine(X, W1, b1)"),
        ("import numpy as np\n", "import numpy as np\nfrom my_layers import affine\n"),
    )

    assert lost(net_from(text)) == {}
    sys.modules.pop("my_layers")


def test_the_file_is_worth_fifteen_points_and_the_lesson_twenty():
    """Two of the twenty are given by a person."""
    here = {name: q.points for name, q in all_questions().items() if q.assignment == "05_two_layer_net"}

    assert sum(here[name] for name in NET) == 15
    assert sum(here.values()) == 18


def test_the_toy_numbers_are_those_of_cs231n():
    """Scores, loss, gradients near 1e-9, and a training below 0.02."""
    np.random.seed(0)
    net = net_from(REFERENCE)(4, 10, 3, std=1e-1)
    np.random.seed(1)
    X, y = 10 * np.random.randn(5, 4), np.array([0, 1, 2, 2, 1])

    np.testing.assert_allclose(net.loss(X)[0], [-0.81233741, -1.27654624, -0.70335995], atol=5e-9)
    loss, grads = net.loss(X, y, reg=0.05)
    assert loss == pytest.approx(1.30378789133, abs=5e-12)
    for name, gradient in grads.items():
        measured = numeric_gradient(lambda W: net.loss(X, y, reg=0.05)[0], net.params[name])
        np.testing.assert_allclose(gradient, measured, atol=1e-8)
    history = net.train(X, y, X, y, learning_rate=1e-1, reg=5e-6, num_iters=100)
    assert history["loss_history"][-1] < 0.02


def test_the_truth_is_the_gradient_found_by_hand():
    """What is measured on the forward pass is the closed form, which stands nowhere in the package."""
    probe = draw(np.random.default_rng(2))
    m, p = probe.setting["measured"], probe.setting["parameters"]
    P = np.exp(m.scores) / np.exp(m.scores).sum(axis=1, keepdims=True)
    dscores = (P - np.eye(m.C)[m.y]) / m.N
    dA = dscores @ p["W2"].T * (m.A > 0)

    np.testing.assert_allclose(m.dscores, dscores, atol=1e-15)
    np.testing.assert_allclose(m.through_the_activation(dscores), dA, atol=1e-15)
    for which, by_hand in {"W2": m.H.T @ dscores, "b2": dscores.sum(0)}.items():
        np.testing.assert_allclose(m.weighted(which, dscores), by_hand, atol=1e-15)
    for which, by_hand in {"W1": m.X.T @ dA, "b1": dA.sum(0)}.items():
        np.testing.assert_allclose(m.weighted(which, dA), by_hand, atol=1e-15)


def test_a_complete_gradient_tells_the_upstream_gradient_it_was_made_with():
    probe = draw(np.random.default_rng(2))
    m = probe.setting["measured"]
    upstream = np.random.default_rng(3).normal(size=(m.N, m.C))

    np.testing.assert_allclose(m.upstream_of("W2", m.H.T @ upstream), upstream, atol=1e-9)
    assert m.upstream_of("W2", m.A.T @ upstream) is None


def test_the_loss_is_right_at_any_gap():
    scores = np.array([[0.0, 5000.0], [1e4, 1e4]])

    assert log_sum_exp_loss(scores, np.array([0, 1])) == pytest.approx((5000 + np.log(2)) / 2)


def test_what_is_drawn_hides_nothing():
    """Sizes all different, no bias zero, every class there, and values on both sides of the ReLU."""
    for seed in range(20):
        m = draw(np.random.default_rng(seed)).setting["measured"]
        sizes = {m.N, *m.parameters["W1"].shape, m.C}

        assert len(sizes) == 4
        assert all(np.all(m.parameters[name]) for name in ("b1", "b2"))
        assert set(m.y) == set(range(m.C))
        assert m.A.min() < 0 < m.A.max()


COSTS_MUCH = {
    "max_for_maximum",  # the call stops: nothing that needs scores can be asked
    "gradient_transposed",  # cannot be added to 2·reg·W: the call stops
    "layer_product_left_out",  # one row of scores for all examples
    "name_without_a_value",  # the call stops
    "argument_left_out",
    "loss_not_a_number",  # with regularisation it is nan, too
    "inputs_changed",  # the answers belong to other inputs, too
}
COSTS_MORE = {
    "probabilities_for_scores",
    "loss_of_every_label",
    "loss_softmax_over_batch",
    "loss_softmax_over_everything",
    "loss_without_log",
    "loss_per_example",
    "log_of_sum_left_out",
    "scores_negated_in_loss",
    "dscores_softmax_over_batch",
    "parameters_never_move",
    "learning_rate_ignored",
    "step_without_gradient",
    "gradient_squared_in_step",
    "parameter_lost_in_step",
    "step_subtracts_the_parameter",
}
"""Mistakes that show in a second question, because nothing else can be told from what comes back."""


@pytest.mark.parametrize(("question", "slug"), [pair for pair in CHANGES if pair[1] not in COSTS_MORE | COSTS_MUCH])
def test_one_mistake_costs_its_marks_once(question, slug):
    """A slip in the scores, in dscores or in the mask echoes in every later gradient, and is paid for where it is."""
    assert list(lost(net_from(instead(*CHANGES[question, slug])))) == [question]


@pytest.mark.parametrize("slug", sorted(COSTS_MORE))
def test_a_mistake_that_shows_twice_costs_two_points_at_most(slug):
    (changes,) = [changes for (_, name), changes in CHANGES.items() if name == slug]

    assert sum(lost(net_from(instead(*changes))).values()) <= 2


def test_two_mistakes_are_told_where_they_are():
    """In one file: not divided by N, and no mask."""
    text = instead(("return dscores / len(y)", "return dscores"), (DA, "dA = dH"))
    net = net_from(text)

    told = {name: [finding.misconception for finding in check(name, net).verdict.findings] for name in lost(net)}

    assert told == {"net_dscores": ["dscores_not_divided"], "net_layer1": ["mask_missing"]}


def test_of_two_mistakes_in_one_file_both_are_told():
    """Forty pairs of different questions; in nine of ten neither hides the other, and one at least is always told."""
    pairs = list(itertools.combinations([pair for pair in CHANGES if pair[1] not in COSTS_MUCH], 2))
    pairs = [(one, other) for one, other in pairs if one[0] != other[0]]
    random.Random(3).shuffle(pairs)
    both = tried = 0
    while tried < 40:
        one, other = pairs.pop()
        try:
            net = net_from(instead(*CHANGES[one], *CHANGES[other]))
        except ValueError:  # both change the same line
            continue
        tried += 1
        verdicts = [check(question, net, seed=2).verdict for question in {one[0], other[0]}]
        told = {finding.misconception for verdict in verdicts for finding in verdict.findings}
        assert told & {one[1], other[1]}, (one, other)
        both += {one[1], other[1]} <= told

    assert both >= 36


def test_a_sum_in_loss_and_gradient_is_told_in_the_loss():
    """Whoever sums consistently loses marks once."""
    text = instead((LOSS, LOSS.replace("mean", "sum")), ("return dscores / len(y)", "return dscores"))

    assert list(lost(net_from(text))) == ["net_loss"]


def test_half_the_penalty_is_a_convention_and_costs_its_mark_once():
    """½·reg·ΣW² with its own gradient reg·W: three quarters of a point, and words that call it a convention."""
    net = net_from(instead(*CHANGES["net_penalty", "half_reg_convention"]))

    verdict = check("net_penalty", net).verdict

    assert lost(net) == {"net_penalty": 0.75}
    assert "convention" in verdict.findings[0].says


MEASURING = """
from autograder.questions.two_layer_forward import Measured

class TwoLayerNet(TwoLayerNet):
    def loss(self, X, y=None, reg=0.0):
        m = Measured(X, np.zeros(len(X), dtype=int) if y is None else y, self.params)
        if y is None:
            return m.scores
        dA = m.through_the_activation(m.dscores)
        grads = {name: m.weighted(name, dA if name in ("W1", "b1") else m.dscores) for name in self.params}
        return m.loss, grads
"""


def test_what_the_package_measures_with_is_no_answer():
    """Students receive the forward pass that they are held against, and its measured gradients. Handed in, they are
    seen for what they are."""
    net = net_from(REFERENCE + MEASURING)

    for name in ("net_dscores", "net_layer2", "net_layer1", "net_penalty"):
        verdict = check(name, net).verdict

        assert verdict.score == 0, name
        assert verdict.findings[0].misconception == "numeric_instead_of_analytic"


def written_up_to(*pieces: str) -> type:
    """The released file with some pieces written: the others still raise."""
    text = REFERENCE
    everything = {
        "forward": ("        A = X @ W1 + b1\n", "        return A, H, scores\n"),
        "predict": ("        return self.forward(X)[2]", "argmax(axis=1)\n"),
        "data_loss": ("        shifted = scores", f"        {LOSS}\n"),
        "dscores": ("        exps = ", "        return dscores / len(y)\n"),
        "second_layer": ("        return H.T @ dscores", "dscores @ W2.T\n"),
        "first_layer": ("        dA = ", "dA.sum(axis=0)\n"),
        "penalty": ("        return reg * (", "2 * reg * W2}\n"),
        "step": ("        for name in self.params:", "grads[name]\n"),
        "draw_batch": ("        drawn = ", "y[drawn]\n"),
    }
    for piece, (first, last) in everything.items():
        if piece not in pieces:
            start = text.index(first, text.index(f"def {piece}("))
            end = text.index(last, start) + len(last)
            text = text[:start] + "        " + STUB.format(indent="        ") + text[end:]
    return net_from(text)


@pytest.mark.parametrize(
    ("pieces", "full"),
    [
        ((), ["net_init"]),
        (("forward",), ["net_init", "net_scores"]),
        (("forward", "predict"), ["net_init", "net_scores", "net_predict"]),
        (("forward", "data_loss"), ["net_init", "net_scores", "net_loss", "net_stability"]),
        (("forward", "data_loss", "dscores"), ["net_init", "net_scores", "net_loss", "net_stability", "net_dscores"]),
        (
            ("forward", "data_loss", "dscores", "second_layer"),
            ["net_init", "net_scores", "net_loss", "net_stability", "net_dscores", "net_layer2"],
        ),
        (("step", "draw_batch"), ["net_init", "net_step", "net_batches", "net_history"]),
    ],
)
def test_a_file_that_is_half_written_earns_its_half(pieces, full):
    """Each piece can be finished and checked in turn, with the later ones still raising."""
    costs = lost(written_up_to(*pieces))

    assert [name for name in NET if name not in costs] == full


def test_what_is_not_written_is_said_kindly():
    net = written_up_to("forward", "data_loss")

    for name in ("net_predict", "net_dscores", "net_layer2", "net_penalty", "net_step"):
        assert check(name, net).verdict.findings[0].misconception == "net_not_written_yet", name


class Nothing:
    def __init__(self, *arguments, **named):
        self.params = {}

    def loss(self, X, y=None, reg=0.0):
        return None

    def train(self, *arguments, **named):
        return None

    def predict(self, X):
        return None


class Ones(Nothing):
    """Shapes as they should be, and no thought behind them."""

    def loss(self, X, y=None, reg=0.0):
        if y is None:
            return np.ones((len(X), self.params["W2"].shape[1]))
        return 1.0, {name: np.ones_like(p) for name, p in self.params.items()}

    def train(self, X, y, X_val, y_val, num_iters=100, **named):
        return {"loss_history": [1.0] * num_iters, "train_acc_history": [1.0] * 3, "val_acc_history": [1.0] * 3}

    def predict(self, X):
        return np.zeros(len(X), dtype=int)


class Odd(Nothing):
    """Other kinds of answers."""

    params = "none"

    def loss(self, X, y=None, reg=0.0):
        if y is None:
            return "scores"
        return "loss", {"W1": None, "b1": "text", "W2": [1, 2], 7: np.array([np.nan])}

    def train(self, *arguments, **named):
        return {"loss_history": "abc", "train_acc_history": 3, "val_acc_history": [None]}

    def predict(self, X):
        return {"class": 1}


class Infinite(Ones):
    def loss(self, X, y=None, reg=0.0):
        if y is None:
            return np.full((len(X), self.params["W2"].shape[1]), np.nan)
        return np.inf, {name: np.full_like(p, np.nan) for name, p in self.params.items()}


def test_what_computes_nothing_earns_next_to_nothing():
    """A class of the right shapes has done something; constants are no gradients."""
    for net in (Nothing, Odd):
        assert sum(lost(net).values()) == 15, net
    for net in (Ones, Infinite):
        assert sum(lost(net).values()) >= 13.5, net


@pytest.mark.parametrize("answer", [None, 3, "TwoLayerNet", Nothing(), dict, lambda *arguments: None])
def test_an_answer_that_is_no_class_of_the_kind_is_told_so(answer):
    """A card, never a fault of ours."""
    for name in NET:
        verdict = check(name, answer).verdict

        assert (verdict.outcome, verdict.score) == (Outcome.FAILED, 0.0), name


def test_a_check_leaves_the_random_numbers_of_the_notebook_alone():
    np.random.seed(5)
    expected = np.random.rand()
    np.random.seed(5)

    check("net_batches", net_from(REFERENCE))

    assert np.random.rand() == expected


def test_a_measured_network_follows_a_wrong_forward_pass():
    """Later questions are held against what the student's net really computes."""
    m = draw(np.random.default_rng(4)).setting["measured"]
    p = m.parameters
    without_b1 = Measured(m.X, m.y, {**p, "b1": np.zeros_like(p["b1"])})

    np.testing.assert_array_equal(m.as_seen(without_b1.scores).A, without_b1.A)
    assert m.as_seen(m.scores) is m
    assert m.as_seen(None) is m
