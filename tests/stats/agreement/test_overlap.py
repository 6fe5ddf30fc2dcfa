"""What more answers buy: derivations by hand, the two figures against simulated panels, degenerate cases."""

import math

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from headwater.core.errors import InvalidError
from headwater.stats.agreement.krippendorff import alpha as krippendorff
from headwater.stats.agreement.overlap import forecast, needed, reliability
from headwater.stats.interval import Estimate, undefined


def about(value, low=None, high=None):
    """Return an alpha with its interval."""
    ends = (value if low is None else low, value if high is None else high)
    return Estimate(value=value, low=ends[0], high=ends[1], n=500, method="alpha")


def test_reliability_and_answers_needed_derived_by_hand():
    # a = 1/2: two answers give 1 / 1.5 = 2/3, three 1.5 / 2 = 3/4. For .9: .9·.5 / (.5·.1) = 9 answers.
    estimate = about(0.5, 0.25, 0.75)
    assert reliability(estimate, 2).value == pytest.approx(2 / 3, abs=1e-12)
    assert reliability(estimate, 3).value == pytest.approx(3 / 4, abs=1e-12)
    assert reliability(estimate, 2).low == pytest.approx(0.5 / 1.25, abs=1e-12)
    assert needed(estimate, 0.9).value == 9
    # Ends: a = 3/4 needs .9·.25 / (.75·.1) = 3, a = 1/4 needs 27.
    assert (needed(estimate, 0.9).low, needed(estimate, 0.9).high) == (3, 27)


def test_one_answer_is_as_stable_as_two_answers_agree():
    # Two panels of one agree as two answers do: a + (1 - a) Σ share².
    steps = forecast(about(0.6), [0.5, 0.3, 0.2], most=3)
    assert steps[0].stability.value == pytest.approx(0.6 + 0.4 * (0.25 + 0.09 + 0.04), abs=0.01)
    assert steps[0].stability.value < steps[2].stability.value


def test_the_model_has_the_alpha_it_was_given():
    rng = np.random.default_rng(2)
    mix = rng.dirichlet(np.array([0.5, 0.3, 0.2]) * (1 - 0.6) / 0.6, size=4000)
    answer = (rng.random((4000, 5))[:, :, None] > np.cumsum(mix, axis=1)[:, None, :-1]).sum(axis=2)
    task, annotator = np.indices(answer.shape)
    found = krippendorff(task.ravel(), annotator.ravel(), answer.ravel())
    assert found.low < 0.6 < found.high


@given(st.floats(-0.5, 1), st.integers(1, 25))
@example(0.9999999999999999, 4)  # rounding made a fifth answer look worse than four
def test_more_agreement_and_more_answers_never_hurt(value, answers):
    single, more = reliability(about(value), answers).value, reliability(about(value), answers + 1).value
    assert 0 <= single <= more <= 1
    assert reliability(about(min(value + 0.1, 1)), answers).value >= single


def test_without_agreement_nothing_is_enough():
    assert not needed(about(-0.1), 0.9).defined
    assert needed(about(0.3, -0.1, 0.6), 0.9).high == math.inf
    hollow = forecast(undefined("nothing", n=0, method="alpha"), [0.5, 0.5], most=2)
    assert not hollow[1].reliability.defined
    assert not hollow[1].stability.defined
    assert not forecast(about(0.5), most=1)[0].stability.defined
    with pytest.raises(InvalidError):
        forecast(about(0.5), most=0)
    with pytest.raises(InvalidError):
        needed(about(0.5), 1.0)


def test_stability_forecasts_what_new_panels_do():
    rng = np.random.default_rng(9)
    mix = rng.dirichlet(np.array([0.6, 0.4]) * (1 - 0.5) / 0.5, size=30_000)
    ones = rng.binomial(5, mix[:, [1]], size=(30_000, 2))
    seen = np.mean((ones[:, 0] > 2) == (ones[:, 1] > 2))
    assert forecast(about(0.5), [0.6, 0.4], most=5)[4].stability.value == pytest.approx(seen, abs=0.012)
