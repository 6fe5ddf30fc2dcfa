"""Certified thresholds and the watch over them: by hand, by simulation, at the edges."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from headwater.core.errors import InvalidError
from headwater.stats.routing import certify, watch

SPLITS, ALPHA, DELTA = 400, 0.05, 0.1


def population(rng: np.random.Generator, n: int) -> tuple[np.ndarray, np.ndarray]:
    """Scores of an overconfident model: the chance of an error falls with the score, slower than the score says."""
    score = rng.beta(5, 1.5, n)
    return score, rng.random(n) < 0.5 * (1 - score) ** 1.2


def test_thresholds_are_tested_down_to_the_first_failure_by_hand() -> None:
    # alpha = delta = 0.5: least = ceil(2 ln 2 / 0.5) = 3 items above. From the top the errors are 0 0 0 1 1 1:
    # n = 3, k = 0: P(Bin(3, .5) <= 0) = 1/8; n = 4, k = 1: 5/16; n = 5, k = 2: 1/2, passes;
    # n = 6, k = 3: 42/64 > 1/2 fails: the fifth score is the threshold.
    found = certify([9, 8, 7, 6, 5, 4], [0, 0, 0, 1, 1, 1], alpha=0.5, delta=0.5)
    assert (found.value, found.least, found.tested, found.n) == (5.0, 3, 4, 6)
    assert found.share == pytest.approx(5 / 6)
    assert found.error.value == pytest.approx(0.4)
    assert found.error.n == 5


def test_items_with_one_score_stand_or_fall_together() -> None:
    found = certify(np.ones(200), np.r_[np.zeros(150), np.ones(50)], alpha=ALPHA, delta=DELTA)
    assert not found.is_certified
    assert found.share == 0.0
    assert certify(np.ones(200), np.zeros(200), alpha=ALPHA, delta=DELTA).share == 1.0


def test_the_upper_end_of_the_error_is_within_the_bound() -> None:
    score, wrong = population(np.random.default_rng(1), 3000)
    found = certify(score, wrong, alpha=ALPHA, delta=DELTA)
    assert found.is_certified
    assert found.error.high <= ALPHA + 1e-12
    assert found.least == math.ceil(2 * math.log(10) / 0.05) == 93


def test_the_bound_is_broken_in_few_of_400_splits_and_by_a_naive_threshold_in_many() -> None:
    rng = np.random.default_rng(20)
    score, wrong = population(rng, 200_000)
    order = np.argsort(-score)
    true = np.cumsum(wrong[order]) / np.arange(1, len(order) + 1)
    ranked = -score[order]

    def broken(threshold: float) -> bool:
        place = int(np.searchsorted(ranked, -threshold, side="right"))
        return bool(place and true[place - 1] > ALPHA)

    certified = naive = automated = 0
    for _ in range(SPLITS):
        rows = rng.integers(0, len(score), 500)
        found = certify(score[rows], wrong[rows], alpha=ALPHA, delta=DELTA)
        certified += found.is_certified and broken(found.value)
        automated += found.is_certified
        down = np.argsort(-score[rows])
        rate = np.cumsum(wrong[rows][down]) / np.arange(1, 501)
        fine = np.flatnonzero(rate <= ALPHA)
        naive += bool(fine.size) and broken(float(score[rows][down][fine[-1]]))
    assert automated > SPLITS / 2  # it is no empty promise
    # at most delta: 400 splits with a chance of 0.1 give more than 52 in one of 40 runs
    assert certified <= stats.binom.ppf(0.975, SPLITS, DELTA)
    assert naive > 3 * max(certified, SPLITS * DELTA)


def test_the_watch_alarms_falsely_in_few_of_400_long_audits_and_soon_when_errors_double() -> None:
    rng = np.random.default_rng(21)
    false = sum(watch(rng.random(1500) < ALPHA, alpha=ALPHA, delta=DELTA).alarm > 0 for _ in range(SPLITS))
    assert false <= stats.binom.ppf(0.975, SPLITS, DELTA)
    delays = [watch(rng.random(1500) < 2 * ALPHA, alpha=ALPHA, delta=DELTA).alarm for _ in range(40)]
    assert min(delays) > 0
    assert np.median(delays) < 300


def test_the_evidence_is_the_mixture_of_bets_by_hand() -> None:
    # one error: 1 + λ (1 - α) with λ = b / α, averaged over the sixteen bets
    bets = np.geomspace(0.02, 0.9, 16)
    assert watch([True], alpha=0.2, delta=0.1).evidence == pytest.approx(np.mean(1 + bets / 0.2 * 0.8), abs=1e-12)
    assert watch([False], alpha=0.2, delta=0.1).evidence == pytest.approx(np.mean(1 - bets), abs=1e-12)


def test_the_lower_bound_covers_at_every_moment() -> None:
    rng = np.random.default_rng(22)
    missed = sum(watch(rng.random(400) < 0.3, alpha=ALPHA, delta=DELTA).error.low > 0.3 for _ in range(60))
    assert missed <= stats.binom.ppf(0.975, 60, DELTA)


def test_nothing_known_certifies_and_alarms_nothing() -> None:
    assert not certify([], [], alpha=ALPHA, delta=DELTA).is_certified
    found = watch([], alpha=ALPHA, delta=DELTA)
    assert (found.alarm, found.evidence, found.error.defined) == (0, 1.0, False)
    with pytest.raises(InvalidError, match="not both between"):
        certify([1.0], [0], alpha=0.0, delta=0.1)
    with pytest.raises(InvalidError, match="needs a score"):
        certify([math.nan], [0], alpha=0.1, delta=0.1)


@pytest.mark.parametrize(("alpha", "delta"), [(5e-324, 0.1), (0.1, 5e-324), (1.0, 0.1), (0.1, float("nan"))])
def test_a_rate_that_no_sample_can_prove_is_refused(alpha: float, delta: float) -> None:
    with pytest.raises(InvalidError, match="are not both between"):
        certify([0.9] * 50, [False] * 50, alpha=alpha, delta=delta)
