from __future__ import annotations

import numpy as np

from headwater.stats.neighbours import enrichment, label_issues, noisy_groups


def test_a_planted_noisy_group_is_blamed_and_innocent_ones_are_not() -> None:
    rng = np.random.default_rng(4)
    given = rng.integers(0, 3, 600)
    group = rng.integers(0, 4, 600)
    true = np.where((group == 2) & (rng.random(600) < 0.4), (given + 1) % 3, given)
    probabilities = np.full((600, 3), 0.1)
    probabilities[np.arange(600), true] = 0.8
    issue = label_issues(given, probabilities)
    blames = noisy_groups(issue, given, group, groups=4, rng=rng)
    assert [blame.group for blame in blames if blame.p < 0.05] == [2]


def test_groups_without_a_difference_are_rarely_blamed() -> None:
    rng = np.random.default_rng(5)
    alarms = 0
    for _ in range(100):
        hit, group = rng.random(200) < 0.2, rng.integers(0, 5, 200)
        alarms += any(blame.p < 0.05 for blame in enrichment(hit, group, 5))
    assert alarms <= 10
