"""Control charts: published run lengths, simulated ones, and what a chart keeps between passes."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from headwater.core.errors import InvalidError
from headwater.stats.drift import cusum, ewma
from headwater.stats.drift.scores import mix_scores, rate_score, rate_scores, windows


@pytest.mark.parametrize(
    ("h", "control", "delay"), [(2, 98.7, 23.3), (3, 283, 38.9), (4, 718.5, 55.7), (5, 1690, 72.9)]
)
def test_run_lengths_of_the_cusum_equal_the_reference_values(h, control, delay):
    chart = cusum.Cusum(good=0.1, bad=0.2, step=7, threshold=7 * h)
    assert cusum.increments(0.1, 0.2) == 7
    assert chart.run_length(0.1) == pytest.approx(control, rel=2e-3)
    assert chart.run_length(0.2) == pytest.approx(delay, abs=0.06)


def test_the_smallest_cusum_has_a_run_length_by_hand():
    # m = 2, alarm at 2. From 0: error -> 1, else stay at 0. From 1: error -> 2 = alarm, else -> 0.
    # L0 = 1 + p L1 + q L0, L1 = 1 + q L0  =>  L0 = (1 + p) / p^2.
    chart = cusum.Cusum(good=0.3, bad=0.7, step=2, threshold=2)
    assert chart.run_length(0.3) == pytest.approx(1.3 / 0.09, rel=1e-12)
    # Within two answers only two errors in a row alarm.
    assert chart.false_alarms(2) == pytest.approx(0.09, abs=1e-12)


def test_the_designed_cusum_is_the_first_that_runs_long_enough():
    chart = cusum.design(0.1, 0.2, run_length=1000)
    assert chart.run_length(0.1) >= 1000
    shorter = cusum.Cusum(good=0.1, bad=0.2, step=chart.step, threshold=chart.threshold - 1)
    assert shorter.run_length(0.1) < 1000


@pytest.mark.parametrize("rates", [(0.2, 0.1), (0.0, 0.1), (0.5, 1.0)])
def test_rates_that_make_no_cusum_are_refused(rates):
    with pytest.raises(InvalidError):
        cusum.design(*rates, run_length=100)


def test_simulated_false_alarms_of_the_cusum_are_the_exact_ones():
    chart = cusum.design(0.1, 0.25, run_length=400)
    rng = np.random.default_rng(1)
    alarmed = np.mean([bool(len(cusum.follow(chart, rng.random(200) < 0.1).alarms)) for _ in range(2000)])
    exact = chart.false_alarms(200)
    assert abs(alarmed - exact) < 4 * np.sqrt(exact * (1 - exact) / 2000)


def plain_cusum(chart: cusum.Cusum, errors: np.ndarray) -> tuple[list[int], list[int]]:
    """The recursion as the textbook has it."""
    score, scores, alarms = 0, [], []
    for place, wrong in enumerate(errors):
        score = max(0, score + (chart.step - 1 if wrong else -1))
        scores.append(score)
        if score >= chart.threshold:
            alarms.append(place)
            score = 0
    return scores, alarms


@given(st.lists(st.booleans(), max_size=200), st.integers(0, 200))
def test_the_cusum_follows_its_recursion_in_one_pass_or_in_two(errors, cut):
    chart = cusum.Cusum(good=0.1, bad=0.3, step=4, threshold=9)
    wrong = np.array(errors, bool)
    scores, alarms = plain_cusum(chart, wrong)
    whole = cusum.follow(chart, wrong)
    assert whole.score.tolist() == scores
    assert whole.alarms.tolist() == alarms
    first = cusum.follow(chart, wrong[:cut])
    held = 0 if not first.score.size or first.score[-1] >= chart.threshold else int(first.score[-1])
    second = cusum.follow(chart, wrong[cut:], score=held)
    assert [*first.score.tolist(), *second.score.tolist()] == scores


def test_the_cusum_says_where_its_last_climb_began():
    chart = cusum.Cusum(good=0.1, bad=0.3, step=4, threshold=9)
    found = cusum.follow(chart, np.array([1, 0, 0, 0, 0, 0, 1, 1, 1], bool))
    assert (found.alarms.tolist(), found.starts.tolist()) == ([8], [6])
    assert cusum.follow(chart, np.array([1, 1], bool), score=4).starts.tolist() == [-1]


@pytest.mark.parametrize(
    ("weight", "width", "shift", "length"),
    [(0.1, 2.814, 0.0, 499.5), (0.1, 2.814, 1.0, 10.3), (0.25, 2.998, 0.0, 500), (0.4, 3.054, 1.0, 14.3)],
)
def test_run_lengths_of_the_ewma_equal_published_ones(weight, width, shift, length):
    # Lucas & Saccucci 1990; Montgomery, table 9.11.
    assert ewma.Ewma(weight=weight, width=width).run_length(shift) == pytest.approx(length, rel=5e-3)


def test_without_memory_the_ewma_is_shewharts_chart():
    # lambda = 1: every score alarms with P(|Z| > 3) = .0026998.
    assert ewma.Ewma(weight=1.0, width=3.0).run_length() == pytest.approx(370.398, rel=1e-5)


def test_the_designed_ewma_has_the_wanted_run_length_and_simulation_agrees():
    chart = ewma.design(run_length=60, weight=0.2)
    assert chart.run_length() == pytest.approx(60, rel=1e-9)
    rng = np.random.default_rng(4)
    alarms = len(ewma.follow(chart, rng.standard_normal(60_000)).alarms)
    assert 60_000 / alarms == pytest.approx(60, rel=0.1)
    with pytest.raises(InvalidError):
        ewma.design(run_length=5)


def test_an_ewma_followed_in_two_passes_is_the_same_chart():
    chart = ewma.design(run_length=50)
    scores = np.random.default_rng(2).standard_normal(100) + 0.5
    whole = ewma.follow(chart, scores, upper_only=True)
    first = ewma.follow(chart, scores[:37], upper_only=True)
    held = 0.0 if 36 in first.alarms else float(first.average[-1])
    second = ewma.follow(chart, scores[37:], average=held, upper_only=True)
    assert [*first.average, *second.average] == whole.average.tolist()


def test_the_score_of_a_window_is_fishers_mid_p():
    # past 3 right 1 wrong, window 0 right 2 wrong: P(2 of 3 errors among 2 drawn of 6) = C(3,2)/C(6,2) = 1/5.
    # mid-p .1 -> z = 1.2815515655
    assert rate_score([3, 1], [0, 2]) == pytest.approx(1.2815515655446004, abs=1e-12)
    assert rate_score([0, 0], [0, 2]) == 0.0


@given(st.lists(st.tuples(*[st.integers(0, 400)] * 2, *[st.integers(0, 50)] * 2), min_size=1, max_size=8))
def test_scores_of_many_windows_are_those_of_the_hypergeometric_distribution(rows):
    past, within = np.array(rows)[:, :2], np.array(rows)[:, 2:]
    total, errors = past.sum(axis=1) + within.sum(axis=1), past[:, 1] + within[:, 1]
    law = stats.hypergeom(total, errors, within.sum(axis=1))
    p = np.clip(law.sf(within[:, 1]) + law.pmf(within[:, 1]) / 2, 1e-12, 1 - 1e-12)
    empty = (past.sum(axis=1) == 0) | (within.sum(axis=1) == 0)
    assert rate_scores(past, within) == pytest.approx(np.where(empty, 0, stats.norm.isf(p)), rel=1e-7, abs=1e-7)


def test_scores_are_standard_normal_while_nothing_changes_and_large_after_a_change():
    rng = np.random.default_rng(8)
    scores, changed = [], []
    for seed in range(60):
        labels = rng.choice(4, size=600, p=[0.5, 0.3, 0.15, 0.05])
        other = rng.multinomial(50, [0.2, 0.3, 0.15, 0.35])
        found = mix_scores(np.vstack([windows(labels, size=50, kinds=4), other]), seed=seed)
        scores += found[2:12].tolist()
        changed.append(found[12])
    assert abs(np.mean(scores)) < 3 / np.sqrt(600)
    assert 0.9 < np.std(scores) < 1.05
    assert np.mean(changed) > 2.5


def test_windows_drawn_once_for_many_give_the_scores_of_windows_drawn_for_each(monkeypatch):
    rng = np.random.default_rng(3)
    counts = windows(rng.choice(3, 20_000, p=[0.6, 0.3, 0.1]), size=50, kinds=3)
    shared = mix_scores(counts)
    assert mix_scores(counts[:120]).tolist() == shared[:120].tolist()
    monkeypatch.setattr("headwater.stats.drift.scores.MOVED", 0.0)
    apart = mix_scores(counts)
    assert abs(apart.mean() - shared.mean()) < 0.02
    # the distance is from the mix at the start of a stretch rather than at each window
    assert np.corrcoef(apart, shared)[0, 1] > 0.99


def test_a_question_with_one_label_has_no_mix():
    assert mix_scores([[10, 0], [5, 0]]).tolist() == [0.0, 0.0]
    assert mix_scores([[0, 0], [5, 1], [0, 0]]).tolist() == [0.0, 0.0, 0.0]
    assert windows(np.array([0, 1, 1, 0, 1]), size=2, kinds=2).tolist() == [[1, 1], [1, 1]]
