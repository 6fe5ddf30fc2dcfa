from __future__ import annotations

import numpy as np
import pytest

from headwater.stats.retraining import difference, difference_in_differences
from headwater.stats.subgroups import benjamini_hochberg, weak_subgroups


def test_adjusted_p_values_derived_by_hand() -> None:
    # sorted .01 .02 .03 .20 of four tests: .01*4/1, .02*4/2, .03*4/3, .20*4/4 are .04 .04 .04 .20
    assert benjamini_hochberg([0.20, 0.01, 0.03, 0.02]) == pytest.approx([0.20, 0.04, 0.04, 0.04], abs=1e-12)


def test_a_planted_weak_slice_is_found_once_and_by_its_own_name() -> None:
    rng = np.random.default_rng(1)
    kind = rng.integers(0, 10, 1000)
    failed = rng.random(1000) < np.where(kind == 3, 0.6, 0.1)
    groups = {f"kind={k}": kind == k for k in range(10)} | {"kind<5": kind < 5}
    found = weak_subgroups(failed, groups)
    assert [item.name for item in found] == ["kind=3"]


def test_without_a_weak_slice_something_is_found_in_at_most_five_of_a_hundred() -> None:
    rng = np.random.default_rng(2)
    alarms = 0
    for _ in range(200):
        kind = rng.integers(0, 20, 400)
        alarms += bool(weak_subgroups(rng.random(400) < 0.15, {str(k): kind == k for k in range(20)}))
    assert alarms / 200 <= 0.08  # 0.05 and its sampling error


def retrains(rng: np.random.Generator, rate: float, *, runs: int = 5, items: int = 300) -> np.ndarray:
    hard = rng.random(items)
    return np.array([hard + rng.normal(0, 0.05, items) < rate for _ in range(runs)])


def test_retraining_alone_is_rarely_called_a_change() -> None:
    rng = np.random.default_rng(3)
    alarms = 0
    for _ in range(60):
        hard = rng.random(200)
        both = np.array([hard + rng.normal(0, 0.1, 200) < 0.8 for _ in range(10)])
        change = difference(both[:5], both[5:], rng=rng)
        alarms += not change.low <= 0 <= change.high
    assert alarms / 60 <= 0.12


def test_a_real_rise_is_shown_with_its_interval() -> None:
    rng = np.random.default_rng(4)
    inside = np.arange(300) < 60
    before, after = retrains(rng, 0.7), retrains(rng, 0.7)
    after[:, inside] = True
    effect = difference_in_differences(before, after, treated=inside, control=~inside, rng=rng)
    assert effect.low > 0.05
    assert effect.n == 60


def test_two_retrains_are_not_enough_to_tell() -> None:
    rng = np.random.default_rng(5)
    change = difference(retrains(rng, 0.7, runs=2), retrains(rng, 0.9), rng=rng)
    assert not change.defined
    assert "three" in change.note
