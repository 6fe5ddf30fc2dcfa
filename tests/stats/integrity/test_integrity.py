"""Integrity: each check finds what it is for and errs no more often than it says."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from headwater.stats.integrity.copying import copying
from headwater.stats.integrity.crowd import others
from headwater.stats.integrity.spam import spam
from headwater.stats.integrity.speed import speed
from headwater.stats.integrity.straight import Repetition, _chance, _shuffled, _tail, straight_lining
from tests.stats.integrity.crowds import CLASSES, Crowd, crowd

LEVEL = 0.05
TRIALS = 100
MOST = int(stats.binom.ppf(0.9999, TRIALS, LEVEL))
"""False alarms in the trials that a rate at the level stays below but once in 10,000 test runs."""


def test_the_label_of_the_others_is_not_swayed_by_ones_own() -> None:
    # task 0: 1, 1, 2 -> each of the two sees a tie of 1 and 2; the third sees 1
    # task 1: one answer -> nobody else; task 2: known
    task, value = [0, 0, 0, 1, 2], [1, 1, 2, 0, 0]
    assert others(task, value, classes=3, known=[-1, -1, 2]).tolist() == [-1, -1, 1, -1, 2]


def test_clean_crowds_are_called_no_more_often_than_stated() -> None:
    called = {"speed": 0, "spam": 0, "straight": 0, "copying": 0}
    for seed in range(TRIALS):
        found = _adjusted(crowd(seed, tasks=250, people=8), seed)
        for name, smallest in found.items():
            called[name] += smallest <= LEVEL
    assert max(called.values()) <= MOST, called


def test_a_speed_runner_is_found_however_long_the_tasks_are() -> None:
    it = crowd(1)
    rushed = it.annotator == 4
    it.seconds[rushed] = 1.5
    first = speed(it.task, it.annotator, it.seconds, length=it.length)[0]
    assert first.annotator == 4
    assert first.adjusted < 0.01
    assert first.ratio.high < 0.2
    assert first.n == int(rushed.sum())


def test_two_speed_runners_do_not_hide_each_other() -> None:
    it = crowd(2)
    it.seconds[np.isin(it.annotator, (3, 7))] = 1.5
    found = {row.annotator for row in speed(it.task, it.annotator, it.seconds, length=it.length) if row.adjusted < 0.05}
    assert found == {3, 7}


def test_the_fastest_of_alike_people_is_not_called() -> None:
    it = crowd(3)
    rows = speed(it.task, it.annotator, it.seconds)
    assert [row.ratio.value for row in rows] == sorted(row.ratio.value for row in rows)
    assert rows[0].adjusted > LEVEL


def test_three_people_are_no_crowd_to_be_fast_in() -> None:
    it = crowd(4, people=3)
    assert not speed(it.task, it.annotator, it.seconds)


@pytest.mark.parametrize("habit", ["one key", "coin", "round"])
def test_answers_that_ignore_the_item_are_found(habit: str) -> None:
    it = crowd(5, tasks=800)
    mine = np.flatnonzero(it.annotator == 2)
    rng = np.random.default_rng(0)
    blind = {"one key": np.zeros(mine.size), "coin": rng.integers(0, CLASSES, mine.size), "round": np.arange(mine.size)}
    it.value[mine] = (blind[habit] % CLASSES).astype(np.int64)
    rows = spam(it.task, it.annotator, it.value, classes=CLASSES)
    assert rows[0].annotator == 2
    assert rows[0].adjusted < 0.01
    assert rows[0].p_chance > 0.01  # nothing was seen
    assert all(row.adjusted > LEVEL for row in rows[1:])
    assert all(row.p_chance < 1e-6 for row in rows[1:])


def test_blindness_by_hand() -> None:
    # 40 known tasks, 20 of each label. Annotator 0 gives all right: kappa 1. Annotator 1 gives 0 throughout: kappa 0,
    # 20 hits of 40, chance 1/2. Annotator 2 gives all right. The median kappa is 1, the floor 1/2, so hits at the
    # floor are binomial with 1/2 + 1/2 · 1/2 = 3/4.
    known = np.repeat([0, 1], 20)
    task = np.tile(np.arange(40), 3)
    value = np.concatenate([known, np.zeros(40, np.int64), known])
    rows = spam(task, np.repeat([0, 1, 2], 40), value, classes=2, known=known)
    assert (rows[0].annotator, rows[0].kappa, rows[0].floor, rows[0].chance) == (1, 0.0, 0.5, 0.5)
    assert rows[0].p == pytest.approx(sum(math.comb(40, k) * 3**k for k in range(21)) / 4**40, abs=1e-12)


def test_repeating_ones_last_answer_is_found() -> None:
    it = crowd(6)
    mine = np.flatnonzero(it.annotator == 5)
    lazy = np.random.default_rng(0).random(mine.size) < 0.4
    for place in range(1, mine.size):
        if lazy[place]:
            it.value[mine[place]] = it.value[mine[place - 1]]
    rows = _straight(it, 0)
    assert rows[0].annotator == 5
    assert rows[0].adjusted < 0.01
    assert rows[0].repeats > rows[0].expected
    assert all(row.adjusted > LEVEL for row in rows[1:])


def test_whoever_repeats_much_is_found_among_many_at_any_look() -> None:
    it = crowd(6, tasks=800, people=20)
    mine = np.flatnonzero(it.annotator == 5)
    for place in range(1, mine.size):
        if place % 3:
            it.value[mine[place]] = it.value[mine[place - 1]]
    rows = _straight(it, 0)
    assert rows[0].annotator == 5
    assert rows[0].adjusted < 1e-6, "the shuffles alone say no less than people / 2,001"
    assert all(row.adjusted > LEVEL for row in rows[1:])


@pytest.mark.parametrize(("n", "classes", "skill"), [(60, 5, 0.95), (200, 2, 0.6), (200, 21, 0.6), (600, 4, 0.9)])
def test_the_tail_beyond_the_shuffles_is_no_thinner_than_that_of_more_shuffles(
    n: int, classes: int, skill: float
) -> None:
    rng = _rng(n)
    said = rng.integers(0, classes, n)
    given = np.where(rng.random(n) < skill, said, rng.integers(0, classes, n))
    _, kind = np.unique(np.arange(n) // 50 * classes + said, return_inverse=True)
    counts = np.concatenate([_shuffled(given, kind, 2_000, rng) for _ in range(10)])
    repeats = int(np.quantile(counts, 0.999, method="higher"))
    assert _tail(repeats, counts[:2_000]) > 0.7 * (counts >= repeats).mean()


def test_items_that_come_sorted_make_nobody_a_straight_liner() -> None:
    called = 0
    for seed in range(40):
        it = crowd(seed)
        order = np.argsort(it.truth[it.task], kind="stable")
        for name in ("task", "annotator", "value"):
            setattr(it, name, getattr(it, name)[order])
        rows = _straight(it, seed)
        assert max(row.longest for row in rows) > 10
        called += min(row.adjusted for row in rows) <= LEVEL
    assert stats.binom.sf(called - 1, 40, LEVEL) > 0.01


def test_the_repeats_that_are_expected_are_those_of_shuffles() -> None:
    rng = _rng(3)
    kind, given = rng.integers(-1, 5, 300), rng.integers(0, 3, 300)
    counts = _shuffled(given, kind, 4_000, rng)
    assert abs(counts.mean() - _chance(given, kind, 3).sum()) < 4 * counts.std() / np.sqrt(4_000)


def test_one_label_throughout_has_no_entropy_and_no_surprise() -> None:
    rows = straight_lining(
        np.arange(30), np.zeros(30, np.int64), np.ones(30, np.int64), np.arange(30), classes=2, rng=_rng(0)
    )
    assert (rows[0].entropy, rows[0].longest, rows[0].repeats, rows[0].p) == (0.0, 30, 29, 1.0)


def test_a_copier_is_found_by_shared_mistakes() -> None:
    it = crowd(8, tasks=600, people=6)
    given = {task: value for task, who, value in zip(it.task, it.annotator, it.value, strict=True) if who == 1}
    for place in np.flatnonzero(it.annotator == 4):
        it.value[place] = given.get(it.task[place], it.value[place])
    rows = copying(it.task, it.annotator, it.value, it.truth, classes=CLASSES)
    assert (rows[0].first, rows[0].second) == (1, 4)
    assert rows[0].adjusted < 0.001
    assert rows[0].same > 2 * rows[0].expected
    assert all(row.adjusted > LEVEL for row in rows[1:])


def test_nothing_is_said_about_nothing() -> None:
    empty = np.zeros(0, np.int64)
    assert speed(empty, empty, empty) == []
    assert spam(empty, empty, empty, classes=2) == []
    assert straight_lining(empty, empty, empty, empty, classes=2, rng=_rng(0)) == []
    assert copying(empty, empty, empty, empty, classes=2) == []


def _adjusted(it: Crowd, seed: int) -> dict[str, float]:
    """The smallest adjusted p of each check."""
    rows = {
        "speed": speed(it.task, it.annotator, it.seconds, length=it.length),
        "spam": spam(it.task, it.annotator, it.value, classes=CLASSES),
        "straight": _straight(it, seed),
        "copying": copying(it.task, it.annotator, it.value, it.truth, classes=CLASSES),
    }
    return {name: min((row.adjusted for row in found), default=1.0) for name, found in rows.items()}  # type: ignore[attr-defined]


def _straight(it: Crowd, seed: int) -> list[Repetition]:
    return straight_lining(it.task, it.annotator, it.value, it.moment, classes=CLASSES, rng=_rng(seed))


def _rng(seed: int) -> np.random.Generator:
    return np.random.default_rng(seed)
