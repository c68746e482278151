"""Two mistakes in one answer are both named, and nothing is named that was not made."""

import importlib
from dataclasses import replace

import numpy as np
import pytest

from autograder import check
from autograder.gradients import relative_error
from autograder.misconceptions.catalogue import catalogue, ways
from autograder.misconceptions.recognise import TWO_AT_ONCE, WHAT_IS_LEFT
from autograder.misconceptions.stages import Way, explained, same
from autograder.questions import find
from sample_class.two_at_once import TWO_AT_ONCE_TYPED
from sample_class.wrong_two_layer_net import REFERENCE

BY_SLUG = {one.slug: one for one in catalogue()}
WAYS = [
    pytest.param(way, question, id="-".join((question, *way.answers))) for way in ways() for question in way.questions
]
SAMPLE = 40
"""Pairs of each question that are tried."""


def typed(question: str, code: str):
    names = {"np": np}
    exec(code, names)
    return names[question]


class Begun:
    """A way, and what it starts from: of the first part that is asked with all of it, answered rightly."""

    def __init__(self, way: Way, question: str, seed: int = 5) -> None:
        part = next(part for part in find(question).parts if part.name == way.parts[0])
        self.way, self.part, self.probe = way, part.name, part.draw(np.random.default_rng(seed))
        self.handed, self.truth = None, self.probe.truth
        if question.startswith("net_"):
            module, _, function = part.through.partition(":")
            use = getattr(importlib.import_module(module), function)
            answer = use(typed("TwoLayerNet", REFERENCE), *self.probe.arguments.values())
            self.truth = answer
            if way.handed_on is not None:
                self.handed, self.truth = way.handed_on(answer, self.probe)

    def outcomes(self, at_most: int):
        return self.way.outcomes(self.probe, at_most, handed=self.handed)

    def explained(self, outcome):
        """`outcome`, as if it had been returned."""
        way = self.way
        if way.handed_on is not None:
            way = replace(way, handed_on=lambda value, probe: (self.handed, value))
        return explained(way, self.part, outcome, self.probe, ())


@pytest.mark.parametrize(("question", "code", "slugs"), TWO_AT_ONCE_TYPED)
def test_both_mistakes_of_an_answer_are_named(question, code, slugs):
    """With fresh inputs each time, and nothing else is."""
    for seed in range(3):
        findings = check(question, typed(question, code), seed=seed).verdict.findings

        assert {finding.misconception for finding in findings} == slugs


def test_the_student_reads_that_there_are_two_and_which_to_mend_first():
    """The one sentence of each, which would be true of it alone, and one thing to try first."""

    def db_loop(dY):
        db = np.zeros(dY.shape[1])
        for row in dY[:-1]:
            db -= row
        return db

    first, second = check("db_loop", db_loop, seed=1).verdict.findings

    assert first.says == (f"{TWO_AT_ONCE} First: your db_loop leaves out the last example: the others are all there.")
    assert second.says == "Second: your db_loop is exactly the negative of the numeric gradient."
    assert second.try_next.startswith(WHAT_IS_LEFT)


@pytest.mark.parametrize(("way", "question"), WAYS)
def test_the_stages_with_no_slip_in_them_give_the_truth(way, question):
    begun = Begun(way, question)

    ((made, outcome),) = begun.outcomes(0)

    assert made == ()
    assert same(begun.truth, outcome)


@pytest.mark.parametrize(("way", "question"), WAYS)
def test_the_stages_with_one_slip_in_them_give_what_its_record_predicts(way, question):
    """Where the record predicts an array: the two say the same of one mistake."""
    begun = Begun(way, question)
    single = [(made[0], outcome) for made, outcome in begun.outcomes(1) if made]

    for slug in {slip.slug for slip, _ in single}:
        record = BY_SLUG[slug]
        assert question in record.questions
        if (
            record.predict
            and begun.probe.truth is not None
            and not any(slip.of for slip, _ in single if slip.slug == slug)
        ):
            predicted = record.predict(begun.probe)
            assert any(same(predicted, outcome) for slip, outcome in single if slip.slug == slug)


@pytest.mark.parametrize(("way", "question"), WAYS)
def test_of_two_slips_nothing_is_named_that_was_not_made(way, question):
    """And most often both are."""
    begun = Begun(way, question)
    two = [(made, outcome) for made, outcome in begun.outcomes(2) if len(made) == 2 and np.any(outcome)]
    both = 0
    chosen = np.random.default_rng(7).permutation(len(two))[:SAMPLE]
    for place in chosen:
        made, outcome = two[place]
        slugs = {slip.slug for slip in made}

        found, all_of_it = begun.explained(outcome)
        named = {slip.slug for slip in found}

        if all_of_it and named != slugs:  # the same numbers can come of other slips: then those are so, too
            assert any(
                same(outcome, other) for again, other in begun.outcomes(2) if {slip.slug for slip in again} == named
            )
        elif not all_of_it:
            assert named <= slugs
        both += named == slugs

    assert both > 0.6 * len(chosen)


@pytest.mark.parametrize(("way", "question"), WAYS)
def test_an_answer_that_no_two_slips_explain_is_not_named(way, question):
    """A thousand candidates, and not one of them meets numbers that were drawn, or a truth that is off by a little."""
    begun = Begun(way, question)
    rng = np.random.default_rng(11)
    truth = np.asarray(begun.truth, dtype=float)

    for value in (rng.normal(size=truth.shape), truth * (1 + 1e-6 * rng.normal(size=truth.shape))):
        assert begun.explained(value) == ((), False)


@pytest.mark.parametrize(("way", "question"), WAYS)
def test_two_slips_are_not_sought_for_long(way, question):
    """Some thousand candidates at most: some milliseconds, and only for an answer that nothing else explains."""
    assert sum(1 for _ in Begun(way, question).outcomes(2)) < 4000


def test_what_a_single_example_cannot_tell_apart_is_not_named_from_it():
    """For C = 1 the sum without its last class is empty: that the answer is all zeros there is no news."""

    def dX_loop(dY, W):
        dX = np.zeros((len(dY), len(W)))
        for j in range(dY.shape[1] - 1):
            dX -= np.outer(dY[:, j], W[:, j])
        return dX

    findings = check("dX_loop", dX_loop, seed=2).verdict.findings

    assert [one.misconception for one in findings] == ["last_class_left_out", "sign_flipped"]
    assert relative_error(dX_loop(np.ones((2, 1)), np.ones((3, 1))), np.zeros((2, 3))) == 0


def test_a_second_mistake_that_shows_later_is_not_counted_from_two():
    """The first was told by itself: only where a step is asked for does it show that another one is taken."""

    def numeric_gradient(f, x, h=1e-5):
        h = 1e-5
        gradient = np.zeros(x.shape)
        for index in np.ndindex(x.shape):
            before = x[index]
            x[index] = before - h
            left = f(x)
            x[index] = before + h
            right = f(x)
            x[index] = before
            gradient[index] = (left - right) / (2 * h)
        return gradient

    first, second = check("numeric_gradient", numeric_gradient, seed=3).verdict.findings

    assert (first.misconception, second.misconception) == ("sides_exchanged", "step_ignored")
    assert second.says == "Your numeric_gradient was asked to take steps of 0.01, and took others."
