"""When work will be done: the simulation against what must hold."""

from __future__ import annotations

import numpy as np

from headwater.stats.forecast import days_needed

WORKDAYS = np.zeros(60, np.int64)


def test_a_steady_pace_ends_on_the_day_arithmetic_says() -> None:
    daily = np.full(10, 20.0)
    found = days_needed(
        daily,
        np.zeros(10, np.int64),
        WORKDAYS,
        left=np.full(50, 90.0),
        head_start=0.0,
        rng=np.random.default_rng(1),
    )
    assert set(found) == {4.0}  # 20 a day: 80 after days 0 to 3, 100 after day 4
    later = days_needed(
        daily,
        np.zeros(10, np.int64),
        WORKDAYS,
        left=np.full(50, 90.0),
        head_start=15.0,
        rng=np.random.default_rng(1),
    )
    assert set(later) == {5.0}  # of day 0 only 5 are to come: 85 after day 4


def test_weekends_draw_from_weekends() -> None:
    kind = np.array([0, 0, 0, 0, 0, 1, 1])
    daily = np.array([10.0, 10, 10, 10, 10, 0, 0])
    ahead = np.tile(kind, 4)
    left = np.full(50, 60.0)
    found = days_needed(daily, kind, ahead, left=left, head_start=0.0, rng=np.random.default_rng(1))
    assert set(found) == {7.0}  # five days, a weekend, one more day


def test_work_that_never_ends_within_the_horizon_is_never_done() -> None:
    left = np.full(5, 1e6)
    found = days_needed(
        np.ones(4), np.zeros(4, np.int64), WORKDAYS, left=left, head_start=0.0, rng=np.random.default_rng(1)
    )
    assert np.isinf(found).all()


def test_the_interval_covers_what_comes_as_often_as_it_says() -> None:
    # 300 campaigns of Poisson days; 14 past days tell the pace. The middle 90 % must hold the true day in about 90 %.
    rng = np.random.default_rng(7)
    inside = 0
    for _ in range(300):
        daily = rng.poisson(30, 14).astype(float)
        truth = int((np.cumsum(rng.poisson(30, 60)) >= 600).argmax())
        found = days_needed(daily, np.zeros(14, np.int64), WORKDAYS, left=np.full(200, 600.0), head_start=0.0, rng=rng)
        low, high = np.quantile(found, (0.05, 0.95), method="inverted_cdf")
        inside += low <= truth <= high
    assert inside / 300 > 0.86
