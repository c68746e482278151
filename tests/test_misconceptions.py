"""Every message has its wrong example: each is recognised as itself, and right answers as none."""

import re
from pathlib import Path

import numpy as np
import pytest

import autograder
from autograder import check
from autograder.gradients import relative_error
from autograder.misconceptions import catalogue
from autograder.misconceptions.recognise import sentence
from autograder.questions import all_questions
from autograder.records import Outcome
from sample_class import solutions
from sample_class.right_gates import RIGHT_GATES
from sample_class.right_gradient_check import RIGHT_CHECKS
from sample_class.right_softmax_relu import RIGHT_SOFTMAX
from sample_class.right_two_layer_nets import RIGHT_NETS
from sample_class.students import BROADCAST, EINSUM
from sample_class.wrong_answers import WRONG_ANSWERS

ROOT = Path(__file__).parents[1]
NETS = [
    (question, f"{text}\n{question} = TwoLayerNet\n")
    for question in all_questions()
    if question.startswith("net_")
    for text in RIGHT_NETS.values()
]
REFERENCE = {
    **solutions(ROOT / "source/01_gates/gates.ipynb"),
    **solutions(ROOT / "source/02_linear_layer/linear_layer.ipynb"),
    **solutions(ROOT / "source/03_softmax_relu/softmax_relu.ipynb"),
}
BY_SLUG = {misconception.slug: misconception for misconception in catalogue()}


def typed(question: str, code: str):
    """The function that a student gets by typing `code`."""
    names = {"np": np, "numeric_gradient": autograder.numeric_gradient}
    exec(code, names)
    return names[question]


@pytest.mark.parametrize(("question", "slug"), WRONG_ANSWERS)
def test_a_wrong_example_is_recognised_as_itself(question, slug):
    """And loses marks, with fresh inputs each time."""
    for seed in range(3):
        verdict = check(question, typed(question, WRONG_ANSWERS[question, slug]), seed=seed).verdict

        assert slug == verdict.findings[0].misconception
        assert verdict.score < verdict.max_score


def test_every_misconception_has_a_wrong_example():
    """A message that nothing triggers is a message nobody has read."""
    assert {slug for _, slug in WRONG_ANSWERS} == set(BY_SLUG)


@pytest.mark.parametrize(
    ("question", "code"),
    [*REFERENCE.items(), *EINSUM.items(), *BROADCAST.items(), *RIGHT_GATES, *RIGHT_SOFTMAX, *RIGHT_CHECKS, *NETS],
)
def test_a_right_answer_matches_none(question, code):
    """The reference and other styles earn every point and hear of no mistake."""
    for seed in range(3):
        verdict = check(question, typed(question, code), seed=seed).verdict

        assert (verdict.outcome, verdict.findings, verdict.score) == (Outcome.PASSED, (), verdict.max_score)


@pytest.mark.parametrize("question", [name for name in all_questions() if not name.startswith("drill")])
def test_no_two_predictions_coincide(question):
    """On the inputs that are drawn, no two mistakes produce the same array, and none produces the right one."""
    part = all_questions()[question].parts[0]
    probe = part.draw(np.random.default_rng(3))
    predicted = {
        misconception.slug: misconception.predict(probe)
        for misconception in catalogue()
        if misconception.predict and question in misconception.questions and probe.truth is not None
    }
    predicted["right"] = probe.truth

    for one, array in predicted.items():
        for other, another in predicted.items():
            if one < other and array.shape == another.shape:
                assert relative_error(array, another) > 1e-3, (one, other)


@pytest.mark.parametrize("slug", BY_SLUG)
def test_the_heading_it_points_to_exists(slug):
    """A student who follows the link finds the paragraph."""
    misconception = BY_SLUG[slug]
    lesson = next((ROOT / "source" / misconception.lesson).glob("*.md")).read_text(encoding="utf-8")

    assert re.search(rf"^#+ {re.escape(misconception.heading)}$", lesson, re.MULTILINE)


def test_slugs_are_unique():
    """The slug is the key of every table that counts mistakes."""
    slugs = [misconception.slug for misconception in catalogue()]

    assert len(slugs) == len(set(slugs))


@pytest.mark.parametrize(
    ("seen", "told"),
    [
        ("dW1 has shape (4, 6), expected (6, 4)", "dW1 has shape (4, 6), expected (6, 4)."),
        ("scores changed during the call", "scores changed during the call."),
        ("no answers came back", "No answers came back."),
        ("α = 0.30: the first step is too long", "α = 0.30: the first step is too long."),
        ("The call stopped with NameError: name 'dy' is not defined",
         "The call stopped with NameError: name 'dy' is not defined."),
        ("One moment.", "One moment."),
    ],
)  # fmt: skip
def test_what_was_seen_becomes_a_sentence(seen, told):
    """A capital and one full stop; the name of an array is not respelt."""
    assert sentence(seen, names=("scores", "y")) == told


def test_what_is_not_recognised_is_said_to_be_so():
    """Never guessed: the card says how much is wrong, and that the way is not known to us."""
    rng = np.random.default_rng(0)

    verdict = check("dW", lambda X, dY: rng.normal(size=(X.shape[1], dY.shape[1]))).verdict

    assert verdict.findings[0].misconception is None
    assert "in a way we do not recognise" in verdict.findings[0].says


def test_two_mistakes_are_both_named():
    """A mean for a sum and a changed input are different parts, and each is told once."""

    def db_loop(dY):
        dY /= len(dY)
        return dY.sum(axis=0)

    verdict = check("db_loop", db_loop).verdict

    assert [finding.misconception for finding in verdict.findings] == ["mean_for_sum", "changed_in_place"]
