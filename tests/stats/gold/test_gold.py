"""Gold: its size, what it says, when it leaks, when it is wrong."""

import math

import numpy as np
import pytest

from headwater.core.errors import InvalidError
from headwater.stats.gold.accuracy import accuracy_by, stratified
from headwater.stats.gold.doubt import doubts
from headwater.stats.gold.exposure import exposure, exposures
from headwater.stats.gold.sizing import Method, gold_size, injection, zero_error_size
from headwater.stats.interval import wilson
from headwater.stats.multiplicity import holm

WIDTHS = (0.10, 0.05, 0.03, 0.02)


@pytest.mark.parametrize(
    ("accuracy", "method", "sizes"),
    [
        (0.8, Method.WILSON, (60, 245, 681, 1535)),
        (0.8, Method.CLOPPER_PEARSON, (70, 265, 715, 1585)),
        (0.9, Method.WILSON, (34, 141, 384, 864)),
        (0.9, Method.CLOPPER_PEARSON, (42, 155, 414, 912)),
        (0.95, Method.WILSON, (24, 82, 208, 465)),
        (0.95, Method.CLOPPER_PEARSON, (26, 88, 239, 505)),
    ],
)
def test_sizes_for_a_half_width_equal_the_reference_table(accuracy, method, sizes):
    assert tuple(gold_size(accuracy, half_width=width, method=method) for width in WIDTHS) == sizes


def test_zero_errors_need_the_closed_form():
    # (1 - .05)^n <= .05  =>  n = ln .05 / ln .95 = 58.4
    assert zero_error_size(0.05) == 59
    assert zero_error_size(0.01) == 299
    # (1 - .1)^1 = .9 exactly: one is enough at ten percent confidence, and rounding does not make it two.
    assert zero_error_size(0.1, confidence=0.1) == 1


def test_the_injection_rate_gives_the_wanted_precision_or_says_what_it_gives():
    plenty = injection(0.9, half_width=0.05, tasks=2820, exposures=2)
    assert (plenty.needed, plenty.rate, plenty.pool, plenty.note) == (141, 0.05, 71, "")
    assert plenty.reached <= 0.05
    scarce = injection(0.9, half_width=0.05, tasks=100)
    assert (scarce.rate, scarce.pool) == (0.5, 50)
    assert scarce.reached > 0.05
    assert "100 tasks" in scarce.note


@pytest.mark.parametrize(("accuracy", "width"), [(1.2, 0.1), (0.9, 0.0), (0.9, 0.6), (0.5, 0.0001)])
def test_sizes_that_make_no_sense_are_refused(accuracy, width):
    with pytest.raises(InvalidError):
        gold_size(accuracy, half_width=width)


def test_accuracy_of_groups_equals_that_of_each_alone():
    right = [True, False, True, True, False]
    found = accuracy_by(right, [0, 0, 2, 2, 2], groups=3)
    assert [each.n for each in found] == [2, 0, 3]
    assert (found[2].low, found[2].high) == (wilson(2, 3).low, wilson(2, 3).high)
    assert not found[1].defined


def test_one_stratum_is_the_plain_wilson_interval():
    found, plain = stratified([18], [20], [7]), wilson(18, 20)
    assert (found.value, found.low, found.high) == pytest.approx((plain.value, plain.low, plain.high), abs=1e-12)


def test_strata_without_gold_leave_the_accuracy_unknown():
    assert not stratified([5, 0], [5, 0], [1, 1]).defined
    assert stratified([5, 0], [5, 0], [1, 0]).defined
    with pytest.raises(InvalidError):
        stratified([1], [1], [-1])


@pytest.mark.parametrize(
    ("truth", "n", "weight"),
    [((0.9, 0.8, 0.95), (60, 40, 80), (5, 1, 2)), ((0.85, 0.9, 0.7, 0.95), (50, 50, 30, 30), (1, 1, 1, 1))],
)
def test_stratified_intervals_cover_as_stated(truth, n, weight):
    rng = np.random.default_rng(3)
    share = np.array(weight) / sum(weight)
    target = share @ np.array(truth)
    drawn = rng.binomial(n, truth, size=(1500, len(n)))
    found = [stratified(row, n, weight) for row in drawn]
    assert 0.93 <= np.mean([each.low <= target <= each.high for each in found]) <= 0.97


def test_gold_that_everybody_answers_otherwise_is_questioned():
    # 20 people, 10 items; on item 3 all say 1 while 0 is known. p = .5^20 * (3 - 1 rivals), times 10 items.
    item, annotator = np.repeat(np.arange(10), 20), np.tile(np.arange(20), 10)
    value = np.where(item == 3, 1, 0)
    (found,) = doubts(item, annotator, value, np.zeros(10, int), classes=3)
    assert (found.item, found.n, found.agree, found.rival, found.rival_count) == (3, 20, 0, 1, 20)
    assert found.p == pytest.approx(2 * 0.5**20, abs=1e-12)
    assert found.adjusted == pytest.approx(20 * 0.5**20, abs=1e-12)
    assert found.posterior > 0.999


def test_hard_but_sound_gold_is_questioned_no_more_often_than_stated():
    rng = np.random.default_rng(5)
    item, annotator = np.repeat(np.arange(30), 15), np.tile(np.arange(15), 30)
    difficulty = rng.uniform(0.0, 0.5, 30)  # on the hardest items every second person falls for the same trap
    questioned = sum(
        bool(doubts(item, annotator, (rng.random(450) < difficulty[item]).astype(int), np.zeros(30, int), classes=2))
        for _ in range(300)
    )
    assert questioned / 300 <= 0.05 + 2 * math.sqrt(0.05 * 0.95 / 300)


def test_exposures_count_earlier_answers_of_the_same_people():
    assert exposures([0, 0, 1, 0, 0], [7, 7, 7, 8, 7], [3, 1, 2, 0, 9]).tolist() == [1, 0, 0, 0, 2]
    assert exposures([], [], []).tolist() == []


def test_a_leaked_item_is_found_by_better_or_faster_answers():
    # Item 0: 0 of 12 right before, 12 of 12 after. P = 1 / C(24, 12).
    item = np.repeat([0, 1], 24)
    seen = np.tile(np.repeat([0, 1], 12), 2)
    right = (item == 1) | (seen == 1)
    found = exposure(item, right, seen, np.zeros(48))
    assert [leak.item for leak in found.leaks] == [0]
    assert found.leaks[0].p_right == pytest.approx(1 / math.comb(24, 12), rel=1e-9)
    assert found.p == pytest.approx(1 / math.comb(24, 12), rel=1e-9)
    assert [round(each.value, 3) for each in found.accuracy] == [0.5, 1.0]
    seconds = np.where((item == 1) & (seen == 1), 2.0, 20.0) + np.arange(48) / 100
    fast = exposure(item, np.ones(48, bool), seen, seconds)
    assert [leak.item for leak in fast.leaks] == [1]
    assert fast.p == pytest.approx(1.0)


def test_exposure_without_effect_is_called_a_leak_no_more_often_than_stated():
    rng = np.random.default_rng(9)
    item, seen = np.repeat(np.arange(15), 20), np.tile(np.repeat([0, 1], 10), 15)
    alarms = 0
    for _ in range(200):
        right, seconds = rng.random(300) < 0.7, rng.lognormal(3, 0.5, 300)
        alarms += bool(exposure(item, right, seen, seconds).leaks)
    assert alarms / 200 <= 0.05 + 2 * math.sqrt(0.05 * 0.95 / 200)


def test_holm_adjusts_by_hand():
    # sorted .01, .03, .04 -> 3·.01, max(., 2·.03), max(., .04)
    assert holm([0.04, 0.01, 0.03]).tolist() == pytest.approx([0.06, 0.03, 0.06], abs=1e-12)
    assert holm([]).tolist() == []
