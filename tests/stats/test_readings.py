"""A group that reads a class differently is told from noise, and groups that are alike are rarely blamed."""

from __future__ import annotations

import numpy as np
import pytest

from headwater.stats.readings import readings


def crowd(rng: np.random.Generator, *, misread: float = 0.0, noise: tuple[float, ...] = (0.05, 0.05, 0.05, 0.05)):
    """Return taught class, given class and group of 600 items; group 2 calls class 0 class 1 as often as asked."""
    group, true = rng.integers(0, 4, 600), rng.integers(0, 6, 600)
    taught = np.where(rng.random(600) < 0.25, rng.integers(0, 6, 600), true)  # a model that errs everywhere alike
    given = np.where(rng.random(600) < np.array(noise)[group], rng.integers(0, 6, 600), true)
    given = np.where((group == 2) & (true == 0) & (rng.random(600) < misread), 1, given)
    return taught, given, group


def test_a_planted_reading_is_found_with_its_classes_and_shares() -> None:
    taught, given, group = crowd(np.random.default_rng(3), misread=0.9)
    first = readings(taught, given, group)[0]
    assert (first.group, first.taught, first.given) == (2, 0, 1)
    assert first.p < 1e-6
    assert first.elsewhere.high < first.share.low


def test_the_tail_is_the_hypergeometric_one() -> None:
    # Ten items are taught as 0; four of the five of group 0 are called 1, none of group 1. C(5,4) / C(10,4) = 5/210.
    taught, group = np.zeros(10, np.int64), np.repeat([0, 1], 5)
    given = np.array([1, 1, 1, 1, 0, 0, 0, 0, 0, 0])
    found = {row.group: row for row in readings(taught, given, group)}
    assert found[0].p == pytest.approx(2 * 5 / 210, abs=1e-12)  # two groups are tested
    assert found[1].p == 1
    assert (found[0].share.value, found[0].elsewhere.value) == (0.8, 0)


def test_groups_that_read_alike_are_blamed_no_more_often_than_stated() -> None:
    rng = np.random.default_rng(8)
    blamed = sum(any(row.p <= 0.05 for row in readings(*crowd(rng))) for _ in range(200))
    assert blamed <= 17  # 5 % of 200 and two standard errors


def test_there_is_nothing_to_compare_with_one_group_or_without_a_model() -> None:
    taught, given, _ = crowd(np.random.default_rng(1))
    assert readings(taught, given, np.zeros(600, np.int64)) == []
    assert readings(np.full(600, -1), given, np.zeros(600, np.int64)) == []
    assert readings(np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0, np.int64)) == []
