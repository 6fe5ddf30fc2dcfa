from __future__ import annotations

import numpy as np
import pytest
from scipy.special import ndtr

from headwater.core.errors import InvalidError
from headwater.stats.inference.cohorts import by_cohort, confusion_of_cohorts
from headwater.stats.inference.continuous import continuous
from headwater.stats.inference.dawid_skene import dawid_skene
from headwater.stats.inference.expectation import Stop
from headwater.stats.inference.ordinal import habits, ordinal
from headwater.stats.inference.truth import answers
from headwater.stats.inference.votes import majority
from tests.stats.inference.crowds import answered


def two_cohorts(rng: np.random.Generator):
    """Return 60 workers with few answers each: the second half takes class 2 for class 1 most of the time."""
    good = np.full((3, 3), 0.05) + 0.85 * np.eye(3)
    misled = good.copy()
    misled[2] = [0.05, 0.7, 0.25]
    confusion = np.concatenate([np.tile(good, (30, 1, 1)), np.tile(misled, (30, 1, 1))])
    return answered(rng, confusion, rng.integers(0, 3, 400), 5), np.repeat([0, 1], 30)


def test_workers_with_few_answers_borrow_the_habits_of_their_cohort() -> None:
    crowd, cohort = two_cohorts(np.random.default_rng(1))
    given = answers(*crowd[1:4], classes=3)
    alone, together = dawid_skene(given), by_cohort(given, cohort)
    assert (together.label == crowd.truth).mean() > (alone.label == crowd.truth).mean()
    assert np.abs(together.confusion - crowd.confusion).mean() < np.abs(alone.confusion - crowd.confusion).mean() / 2
    assert confusion_of_cohorts(together, given, cohort)[1, 2] == pytest.approx([0.05, 0.7, 0.25], abs=0.1)


def test_every_worker_needs_a_cohort() -> None:
    with pytest.raises(InvalidError, match="one cohort"):
        by_cohort(answers([0, 0], [0, 1], [0, 1]), [0])


def scale_crowd(rng: np.random.Generator, tasks: int = 500):
    """Return seven-step ratings by ten workers, some of whom rate high and some wildly."""
    bias, spread = np.linspace(-1, 1, 10), np.tile([0.5, 1.5], 5)
    edges = np.concatenate([[-np.inf], np.arange(6) + 0.5, [np.inf]])
    heard = np.arange(7)[None, :, None] + bias[:, None, None]
    confusion = np.diff(ndtr((edges - heard) / spread[:, None, None]), axis=2)
    return answered(rng, confusion, rng.integers(0, 7, tasks), 3), bias, spread


def test_ratings_find_bias_and_spread_and_beat_the_vote() -> None:
    crowd, bias, spread = scale_crowd(np.random.default_rng(2))
    given = answers(*crowd[1:4], classes=7)
    found = ordinal(given)
    learnt = habits(given, found)
    assert np.corrcoef(learnt.bias, bias)[0, 1] > 0.9
    assert np.corrcoef(learnt.spread, spread)[0, 1] > 0.8
    off = {m.__name__: np.abs(m(given).label - crowd.truth).mean() for m in (ordinal, majority, dawid_skene)}
    assert off["ordinal"] < off["dawid_skene"] < off["majority"]


def test_a_reversed_scale_gives_the_reversed_result() -> None:
    crowd, _, _ = scale_crowd(np.random.default_rng(3), tasks=60)
    here = ordinal(answers(*crowd[1:4], classes=7), stop=Stop(10, 0))
    there = ordinal(answers(crowd.task, crowd.worker, 6 - crowd.label, classes=7), stop=Stop(10, 0))
    assert there.posterior[:, ::-1] == pytest.approx(here.posterior, abs=1e-6)


def test_one_step_of_numbers_by_hand() -> None:
    # Answers 0 and 2 of workers A and B to one task: mean 1, mean square deviation 1, so both variances start at 1/2
    # and the truths' at 1. Precision 1/(1/2) · 2 + 1 = 5; truth (2 · 0 + 2 · 2 + 1)/5 = 1, variance 1/5.
    found = continuous([0, 0], [0, 1], [0.0, 2.0], stop=Stop(1, 0))
    assert found.value == pytest.approx([1.0], abs=1e-12)
    assert found.standard_error == pytest.approx([np.sqrt(0.2)], abs=1e-12)
    # Rests −1 and 1 become the biases; what is left is the truth's variance, 1/5 for both and on average.
    assert found.bias == pytest.approx([-1.0, 1.0], abs=1e-12)
    assert found.spread == pytest.approx([np.sqrt(0.2), np.sqrt(0.2)], abs=1e-12)


def test_numbers_are_recovered_inside_their_intervals() -> None:
    rng = np.random.default_rng(4)
    truth, bias, spread = rng.normal(50, 10, 1500), rng.normal(0, 3, 12), np.linspace(0.5, 8, 12)
    bias -= bias.mean()
    task = np.repeat(np.arange(1500), 4)
    worker = np.argsort(rng.random((1500, 12)), axis=1)[:, :4].ravel()
    value = truth[task] + bias[worker] + rng.normal(0, 1, 6000) * spread[worker]
    found = continuous(task, worker, value)
    low, high = found.bounds()
    assert found.converged
    assert 0.92 < ((low <= truth) & (truth <= high)).mean() < 0.97
    assert found.spread[2:] == pytest.approx(spread[2:], rel=0.15)  # the prior holds the most exact ones back
    assert found.bias == pytest.approx(bias, abs=1)
    mean = np.bincount(task, value) / 4
    assert np.sqrt(np.mean((found.value - truth) ** 2)) < 0.6 * np.sqrt(np.mean((mean - truth) ** 2))


def test_gold_shows_a_bias_that_everybody_shares() -> None:
    rng = np.random.default_rng(5)
    truth = rng.normal(0, 5, 200)
    task, worker = np.repeat(np.arange(200), 3), np.tile(np.arange(3), 200)
    value = truth[task] + 2 + rng.normal(0, 0.5, 600)
    assert "cannot be seen" in continuous(task, worker, value).warnings[0]
    found = continuous(task, worker, value, gold=np.where(np.arange(200) < 50, truth, np.nan))
    assert found.bias == pytest.approx([2, 2, 2], abs=0.3)
    assert found.value[:50] == pytest.approx(truth[:50])
    assert not found.warnings


def test_numbers_survive_nothing_and_equal_answers() -> None:
    assert len(continuous([], [], []).value) == 0
    same = continuous([0, 0, 1], [0, 1, 0], [3.0, 3.0, 3.0])
    assert same.value == pytest.approx([3, 3])
    with pytest.raises(InvalidError, match="Gold has 1"):
        continuous([0, 1], [0, 0], [1.0, 2.0], gold=[1.0])
