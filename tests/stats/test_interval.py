"""Estimates and the intervals they carry."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headwater.core.errors import InvalidError
from headwater.stats.interval import (
    Estimate,
    clopper_pearson,
    clopper_pearson_bounds,
    wilson,
    wilson_bounds,
)


@pytest.mark.parametrize(
    ("successes", "n", "low", "high", "digits"),
    [(90, 100, 0.825634, 0.944771, 6), (18, 20, 0.69897, 0.97213, 5), (0, 10, 0.0, 0.27753, 5)],
)
def test_wilson_intervals_equal_published_ones(successes, n, low, high, digits):
    estimate = wilson(successes, n)
    assert round(estimate.low, digits) == low
    assert round(estimate.high, digits) == high
    assert estimate.n == n


@pytest.mark.parametrize(
    ("successes", "n", "low", "high", "digits"),
    [(90, 100, 0.823777, 0.950995, 6), (18, 20, 0.68302, 0.98765, 5), (0, 10, 0.0, 0.30850, 5)],
)
def test_clopper_pearson_intervals_equal_published_ones(successes, n, low, high, digits):
    estimate = clopper_pearson(successes, n)
    assert round(estimate.low, digits) == low
    assert round(estimate.high, digits) == high


def test_zero_successes_give_the_closed_form_of_clopper_pearson():
    # P(X = 0 | p) = (1 - p)^n = 0.025  =>  p = 1 - 0.025^(1/n)
    assert clopper_pearson(0, 10).high == pytest.approx(1 - 0.025 ** (1 / 10), abs=1e-12)
    assert clopper_pearson(10, 10).low == pytest.approx(0.025 ** (1 / 10), abs=1e-12)


def test_one_half_gives_the_closed_form_of_wilson():
    # With p = 1/2 the half-width is z / (2 sqrt(n + z^2)).
    z = 1.959963984540054
    half = z / (2 * math.sqrt(4 + z * z))
    assert wilson(2, 4).low == pytest.approx(0.5 - half, abs=1e-12)
    assert wilson(2, 4).high == pytest.approx(0.5 + half, abs=1e-12)


def test_nothing_counted_is_undefined_and_could_be_anything():
    for estimate in (wilson(0, 0), clopper_pearson(0, 0)):
        assert not estimate.defined
        assert (estimate.low, estimate.high) == (0.0, 1.0)
        assert "Nothing" in estimate.note
        assert str(estimate).startswith("undefined")


def test_more_successes_than_trials_are_refused():
    with pytest.raises(InvalidError, match="between 0 and n"):
        wilson(3, 2)
    with pytest.raises(InvalidError, match="confidence"):
        wilson(1, 2, confidence=95)


@given(st.integers(0, 200), st.integers(0, 200), st.floats(0.5, 0.999))
def test_intervals_contain_the_proportion_and_mirror_each_other(successes, failures, confidence):
    n = successes + failures
    for bounds in (wilson_bounds, clopper_pearson_bounds):
        low, high = bounds(successes, n, confidence=confidence)
        mirrored_low, mirrored_high = bounds(failures, n, confidence=confidence)
        assert 0 <= low <= high <= 1
        assert low == pytest.approx(1 - mirrored_high, abs=1e-9)
        assert high == pytest.approx(1 - mirrored_low, abs=1e-9)
        if n:
            assert low <= successes / n + 1e-12
            assert high >= successes / n - 1e-12


def test_many_intervals_at_once_equal_single_ones():
    bounds = wilson_bounds([0, 3, 0], [10, 4, 0])
    assert bounds.low[1] == wilson(3, 4).low
    assert bounds.high[0] == wilson(0, 10).high
    assert bounds.high[2] == 1.0


def test_an_estimate_reads_as_a_sentence():
    estimate = Estimate(value=0.5, low=0.25, high=0.75, n=12, method="wilson")
    assert str(estimate) == "0.500 (95% interval 0.250 to 0.750, n = 12, wilson)"
    whole = Estimate(value=36, low=30.0, high=41.0, n=4, method="normal")
    assert str(whole) == "36 (95% interval 30 to 41, n = 4, normal)"
