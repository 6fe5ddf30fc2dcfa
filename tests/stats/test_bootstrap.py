"""The bootstrap over units: moments, intervals, degenerate samples."""

import math

import numpy as np
import pytest
from scipy import special

from headwater.stats import bootstrap as module
from headwater.stats.bootstrap import (
    Resampling,
    UnitSums,
    bca_bounds,
    bootstrap,
    percentile_bounds,
    resampled_sums,
)


def test_resampled_sums_have_the_moments_of_the_bootstrap():
    # The sum of n draws from {0 (x3), 1 (x1)}: mean 4 · 1/4 = 1, variance 4 · 1/4 · 3/4 = 0.75.
    drawn = resampled_sums([3, 1], [[0.0], [1.0]], resamples=40_000, rng=np.random.default_rng(1))
    assert drawn.mean() == pytest.approx(1.0, abs=0.02)
    assert drawn.var() == pytest.approx(0.75, abs=0.02)


def test_very_many_kinds_are_resampled_by_their_limit(monkeypatch):
    counts, sums = [300, 100], [[0.0, 1.0], [1.0, 1.0]]
    monkeypatch.setattr(module, "MOST_KINDS", 1)
    drawn = resampled_sums(counts, sums, resamples=40_000, rng=np.random.default_rng(2))
    assert drawn[:, 0].mean() == pytest.approx(100, abs=0.2)
    assert drawn[:, 0].var() == pytest.approx(75, rel=0.03)
    assert drawn[:, 1] == pytest.approx(400)


def test_no_units_resample_to_nothing():
    assert resampled_sums([], np.zeros((0, 2)), resamples=3).tolist() == [[0.0, 0.0]] * 3


def test_percentile_bounds_are_quantiles_without_the_undefined_replicates():
    drawn = np.concatenate([np.arange(101.0), [math.nan]])
    low, high = percentile_bounds(drawn, confidence=0.9)
    assert [low, high] == pytest.approx([5.0, 95.0])
    assert np.isnan(percentile_bounds([math.nan, math.nan]).low)


def test_bca_of_a_symmetric_statistic_is_the_percentile_interval():
    drawn = np.arange(-500.0, 501.0)
    low, high = bca_bounds(drawn, 0.0, influence=np.tile([-1.0, 0.0, 1.0], 100_000))  # so many units that t is normal
    plain = percentile_bounds(drawn)
    assert low == pytest.approx(plain.low, abs=0.01)
    assert high == pytest.approx(plain.high, abs=0.01)


def test_bca_moves_towards_the_longer_tail():
    rng = np.random.default_rng(3)
    sample = rng.exponential(size=30)
    drawn = sample[rng.integers(0, 30, (4000, 30))].mean(axis=1)
    left_out = (sample.sum() - sample) / 29
    low, high = bca_bounds(drawn, sample.mean(), left_out)
    plain = percentile_bounds(drawn)
    assert low > plain.low
    assert high > plain.high
    weighted = bca_bounds(drawn, sample.mean(), left_out, weights=np.ones(30))
    assert (float(weighted.low), float(weighted.high)) == (float(low), float(high))


def test_few_units_widen_the_interval_as_t_does():
    # Normal resamples, three units: t(2) at .975 is 4.303, times √(3 / 2) = 5.270 standard errors to either side.
    drawn = special.ndtri((np.arange(4_000_000) + 0.5) / 4_000_000)
    low, high = bca_bounds(drawn, 0.0, influence=[-1.0, 0.0, 1.0])
    assert (float(low), float(high)) == pytest.approx((-5.03, 5.03), abs=0.1)  # as far as the resamples reach


def mean(total):
    return np.divide(total[:, 1], total[:, 0], out=np.full(len(total), math.nan), where=total[:, 0] > 0)


def test_the_bootstrap_of_a_mean_has_its_textbook_standard_error():
    # 60 ones among 100: the standard error of the bootstrap mean is sqrt(.6 · .4 / 100) = .04899.
    sample = UnitSums(np.array([40, 60]), np.array([[1.0, 0.0], [1.0, 1.0]]))
    estimate = bootstrap(sample, mean, method="mean", resampling=Resampling(resamples=20_000))
    assert (estimate.value, estimate.n) == (0.6, 100)
    assert estimate.standard_error == pytest.approx(0.04899, rel=0.02)
    assert estimate.method == "mean, BCa bootstrap of 20000 resamples"


def test_an_undefined_statistic_stays_undefined():
    sample = UnitSums(np.array([2]), np.array([[0.0, 0.0]]))
    assert not bootstrap(sample, mean, method="mean").defined


def test_resamples_without_a_value_are_left_out_and_counted():
    # Only the second unit has a denominator; a quarter of the resamples of two units miss it.
    sample = UnitSums(np.array([1, 1]), np.array([[0.0, 0.0], [1.0, 1.0]]))
    assert "left out" in bootstrap(sample, mean, method="mean").note
