"""Pairs of annotators, confusions of labels, likeness of answers: by hand, beside other kernels, invariances."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from headwater.stats.agreement.krippendorff import alpha
from headwater.stats.agreement.pairs import against_chance, confusion, likeness, pairwise, with_others
from headwater.stats.agreement.patterns import count, from_table
from headwater.stats.agreement.sets import jaccard, masi, members
from headwater.stats.agreement.two_raters import cohen, cohen_standard_error, joint_table
from headwater.stats.agreement.weights import weights
from headwater.stats.bootstrap import Resampling

EXACT = 1e-12


def long(table):
    """Return two raters' joint table as long answers."""
    rows = [(i, j) for i in range(len(table)) for j in range(len(table)) for _ in range(table[i][j])]
    task = np.repeat(np.arange(len(rows)), 2)
    return task, np.tile([0, 1], len(rows)), np.array(rows).ravel()


def test_a_pair_has_the_published_kappa_and_standard_error():
    (pair,) = pairwise(*long([[20, 5], [10, 15]]), labels=2)
    assert (pair.first, pair.second, pair.kappa.n) == (0, 1, 50)
    assert pair.percent.value == pytest.approx(35 / 50, abs=EXACT)
    assert pair.kappa.value == pytest.approx(0.4, abs=EXACT)
    assert round(pair.kappa.standard_error, 6) == 0.126996


@pytest.mark.parametrize("weighting", ["identity", "linear", "quadratic"])
def test_every_pair_equals_the_kernel_for_two(weighting):
    rng = np.random.default_rng(3)
    task, annotator = np.nonzero(rng.random((200, 6)) < 0.6)
    answer = np.where(rng.random(task.size) < 0.6, task % 4, rng.integers(0, 4, task.size))
    found = pairwise(task, annotator, answer, labels=4, weighting=weighting)
    assert len(found) == 15
    for pair in found:
        table = joint_table(task, annotator, answer, first=pair.first, second=pair.second, labels=4)
        expected = cohen(table, weighting=weighting, resampling=Resampling(resamples=0))
        assert pair.kappa.value == pytest.approx(expected.value, abs=EXACT)
        assert pair.kappa.standard_error == pytest.approx(cohen_standard_error(table, weights(weighting, 4)), abs=EXACT)
        assert pair.percent.value == pytest.approx(np.trace(table) / table.sum(), abs=EXACT)


def test_two_who_only_say_one_thing_have_no_kappa():
    (pair,) = pairwise([0, 0, 1, 1], [0, 1, 0, 1], [1, 1, 1, 1], labels=2)
    assert pair.percent.value == 1
    assert not pair.kappa.defined
    assert "one and the same" in pair.kappa.note
    assert pairwise([], [], [], labels=2) == []
    assert pairwise([0, 1], [0, 1], [0, 0], labels=2) == []


def test_confusion_derived_by_hand():
    # Units aab, ab, bb. Beside an a stand: in aab each a sees one a and one b out of two: 2 · ½ a and 2 · ½ b;
    # in ab one b. Given a: 3 answers, so a|a = 1/3, b|a = 2/3. Beside b: aab gives 1 a, ab 1 a, bb 2 b: 2/4.
    found = confusion(from_table([[2, 1], [1, 1], [0, 2]]))
    assert found.share == pytest.approx(np.array([[1 / 3, 2 / 3], [1 / 2, 1 / 2]]), abs=EXACT)
    assert list(found.n) == [2, 3]
    assert np.all(found.low <= found.share)
    assert np.all(found.share <= found.high)


def test_confusion_intervals_cover_what_they_promise():
    rng = np.random.default_rng(11)
    hits = trials = 0
    # Three answers per task from its own mix: P(other = 1 | one = 0) = E[p(1-p)] / E[1-p] with p ~ Beta(1, 2).
    expected = (1 / 3 - 1 / 6) / (2 / 3)
    for _ in range(600):
        p = rng.beta(1, 2, 150)
        ones = rng.binomial(3, p)
        found = confusion(from_table(np.stack([3 - ones, ones], axis=1)))
        hits += found.low[0, 1] <= expected <= found.high[0, 1]
        trials += 1
    assert 0.93 <= hits / trials <= 0.97


@given(st.integers(0, 2**32 - 1))
def test_rows_of_a_confusion_add_up_to_one(seed):
    rng = np.random.default_rng(seed)
    found = confusion(from_table(rng.integers(0, 3, (12, 4))))
    known = ~np.isnan(found.share[:, 0])
    assert np.allclose(found.share[known].sum(axis=1), 1)


def test_likeness_derived_by_hand():
    # Task 0: a a b, task 1: alone, task 2: a b. Distances 0/1.
    found = likeness([0, 0, 0, 1, 2, 2], [0, 0, 1, 1, 0, 1], lambda a, b: (a != b).astype(float))
    assert found.answer[:3] == pytest.approx([0.5, 0.5, 1.0], abs=EXACT)
    assert math.isnan(found.answer[3])
    assert found.unit[0] == pytest.approx(2 / 3, abs=EXACT)
    assert math.isnan(found.unit[1])
    assert found.unit[2] == 1


@given(st.integers(0, 2**32 - 1))
def test_mean_distance_within_tasks_is_the_observed_disagreement_of_alpha(seed):
    rng = np.random.default_rng(seed)
    task = np.repeat(np.arange(20), 3)
    annotator, answer = np.tile(np.arange(3), 20), rng.integers(0, 3, 60)
    order = rng.permutation(60)
    apart = likeness(task[order], answer[order], lambda a, b: (a != b).astype(float)).unit
    share = np.bincount(answer) / 60
    expected = 1 - np.nanmean(apart) / ((1 - (share**2).sum()) * 60 / 59)
    assert alpha(task, annotator, answer, resamples=0).value == pytest.approx(expected, abs=1e-9)


def test_agreement_with_others_points_at_the_one_who_differs():
    rng = np.random.default_rng(5)
    task = np.repeat(np.arange(300), 4)
    annotator = np.tile(np.arange(4), 300)
    answer = np.where((annotator == 3) & (rng.random(1200) < 0.5), rng.integers(0, 4, 1200), task % 4)
    apart = likeness(task, answer, lambda a, b: (a != b).astype(float))
    found = with_others(annotator, apart.answer, annotators=5)
    assert [estimate.n for estimate in found] == [300] * 4 + [0]
    assert found[3].high < min(estimate.low for estimate in found[:3])
    assert not found[4].defined


def test_distances_of_sets_by_hand():
    held = members([{"a", "b"}, {"a"}, {"b", "c"}, set(), {"a", "b"}, {"c"}], ["a", "b", "c"])
    # {a,b} against {a}: J = 1/2, M = 2/3; against {b,c}: J = 1/3, M = 1/3; against {c}: J = 0.
    assert masi(held)[0] == pytest.approx([0, 2 / 3, 8 / 9, 1, 0, 1], abs=EXACT)
    assert jaccard(held)[0] == pytest.approx([0, 1 / 2, 2 / 3, 1, 0, 1], abs=EXACT)
    assert masi(held)[3, 3] == 0
    assert np.array_equal(masi(held), masi(held).T)


def test_alpha_of_single_choices_is_the_same_as_alpha_of_sets_of_one():
    patterns = count([0, 0, 1, 1, 2, 2], [0, 1] * 3, [0, 1, 0, 0, 1, 1])
    held = members([{"a"}, {"b"}], ["a", "b"])
    task, annotator, answer = [0, 0, 1, 1, 2, 2], [0, 1] * 3, [0, 1, 0, 0, 1, 1]
    assert alpha(task, annotator, answer, level=masi(held)).value == pytest.approx(4 / 9, abs=EXACT)
    assert patterns.n == 3


def test_agreement_inside_a_group_is_held_against_the_chance_of_all():
    # Two tasks of three answers: one apart in 2/3 of its pairs, one alike. Mean distance 1/3, chance 1/2: 1 - 2/3.
    apart = likeness([0, 0, 0, 1, 1, 1], [0, 0, 1, 0, 0, 0], lambda a, b: (a != b).astype(float)).answer
    found = against_chance([0, 0, 0, 1, 1, 1], apart, 0.5)
    assert found.value == pytest.approx(1 / 3, abs=EXACT)
    # Residuals ±1 of totals 2 and 0 about the mean 1: sqrt((1 + 1) · 2 / 1) / 6 answers / chance 1/2.
    assert found.standard_error == pytest.approx(2 / 6 / 0.5, abs=EXACT)
    assert not against_chance([0], [math.nan], 0.5).defined
    assert math.isnan(against_chance([0, 0, 1, 1], [0.5] * 4, 0.5).low)  # all alike, and nobody knows how far off


def test_over_all_answers_it_is_alpha_itself():
    rng = np.random.default_rng(8)
    task, annotator = np.repeat(np.arange(80), 3), np.tile(np.arange(3), 80)
    answer = np.where(rng.random(240) < 0.7, task % 3, rng.integers(0, 3, 240))
    whole = alpha(task, annotator, answer)
    apart = likeness(task, answer, lambda a, b: (a != b).astype(float)).answer
    found = against_chance(task, apart, float(apart.mean()) / (1 - whole.value))
    assert found.value == pytest.approx(whole.value, abs=EXACT)
    assert found.standard_error == pytest.approx(whole.standard_error, rel=0.1)
