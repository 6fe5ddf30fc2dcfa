"""Krippendorff's alpha: published values, derivations by hand, invariances, degenerate cases."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from headwater.core.errors import InvalidError
from headwater.stats.agreement.krippendorff import alpha, alpha_by_group, by_label, of_patterns
from headwater.stats.agreement.patterns import count, from_table

# Krippendorff 2011: four coders, twelve units, 0 = no answer.
PAPER = [
    [1, 2, 3, 3, 2, 1, 4, 1, 2, 0, 0, 0],
    [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, 0, 3],
    [0, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, 0],
    [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, 0],
]


def long(matrix, missing=0):
    """Return a raters by units matrix as long arrays, without the missing answers."""
    matrix = np.asarray(matrix)
    annotator, task = np.nonzero(matrix != missing)
    return task, annotator, matrix[annotator, task]


@pytest.mark.parametrize(
    ("level", "expected"),
    [("nominal", 0.743421), ("ordinal", 0.815388), ("interval", 0.849107), ("ratio", 0.797403)],
)
@pytest.mark.parametrize("numbers", [False, True])
def test_alpha_equals_the_published_values(level, expected, numbers):
    task, annotator, answer = long(PAPER)
    estimate = alpha(task, annotator, answer.astype(float) if numbers else answer, level=level)
    assert round(estimate.value, 6) == expected
    assert estimate.n == 11  # unit 12 has one answer and drops out
    assert estimate.low < estimate.value < estimate.high
    assert level in estimate.method


def test_missing_answers_may_be_absent_negative_or_nan():
    matrix = np.asarray(PAPER)
    annotator, task = np.indices(matrix.shape).reshape(2, -1)
    expected = alpha(*long(PAPER), resamples=0).value
    assert alpha(task, annotator, np.where(matrix == 0, -1, matrix).ravel(), resamples=0).value == expected
    assert alpha(task, annotator, np.where(matrix == 0, math.nan, matrix).ravel(), resamples=0).value == expected


def test_nominal_alpha_derived_by_hand():
    # Units ab, aa, bb: coincidences o_ab = 1 each way, n_a = n_b = 3, n = 6.
    # D_o = 2/6, D_e = 2·3·3/(6·5) = 18/30, alpha = 1 - (1/3)/(3/5) = 4/9.
    assert alpha([0, 0, 1, 1, 2, 2], [0, 1] * 3, [0, 1, 0, 0, 1, 1]).value == pytest.approx(4 / 9, abs=1e-12)


def test_interval_alpha_derived_by_hand():
    # Units (1, 3) and (2, 2), n = 4: Σ δ within = 2·(2²)/(2-1) = 8; over all pairs of 1,3,2,2:
    # ordered sum 2·(4 + 1 + 1 + 1 + 1 + 0) = 16. alpha = 1 - 3·8/16 = -1/2.
    answers = [0, 0, 1, 1], [0, 1, 0, 1]
    assert alpha(*answers, [1, 3, 2, 2], level="interval").value == pytest.approx(-0.5, abs=1e-12)
    assert alpha(*answers, [1001, 1003, 1002, 1002], level="interval").value == pytest.approx(-0.5, abs=1e-12)
    assert alpha(*answers, [0.1, 0.3, 0.2, 0.2], level="interval").value == pytest.approx(-0.5, abs=1e-12)


def test_ordinal_alpha_derived_by_hand():
    # Units (a, b), (a, a), (c, c), n = 6, totals 3, 1, 2: mean ranks 1.5, 3.5, 5; δ ab = 4, bc = 2.25, ac = 12.25.
    # Within: 2·4 = 8. Over all: 2·(3·1·4 + 1·2·2.25 + 3·2·12.25) = 180. alpha = 1 - 5·8/180 = 7/9.
    estimate = alpha([0, 0, 1, 1, 2, 2], [0, 1] * 3, [0, 1, 0, 0, 2, 2], level="ordinal")
    assert estimate.value == pytest.approx(7 / 9, abs=1e-12)


def test_custom_distances_reproduce_the_named_levels():
    task, annotator, answer = long(PAPER)
    code = np.arange(6.0)
    nominal = alpha(task, annotator, answer, level=1 - np.eye(6))
    squared = alpha(task, annotator, answer, level=(code[:, None] - code) ** 2)
    assert nominal.value == pytest.approx(alpha(task, annotator, answer).value, abs=1e-12)
    assert squared.value == pytest.approx(alpha(task, annotator, answer, level="interval").value, abs=1e-12)


def test_distances_that_are_no_distances_are_refused():
    task, annotator, answer = long(PAPER)
    with pytest.raises(InvalidError, match="symmetric"):
        alpha(task, annotator, answer, level=np.arange(36.0).reshape(6, 6))
    with pytest.raises(InvalidError, match="not a level"):
        alpha(task, annotator, answer, level="cardinal")
    with pytest.raises(InvalidError, match="negative"):
        alpha([0, 0, 1, 1], [0, 1, 0, 1], [-1.0, 2.0, 3.0, 4.0], level="ratio")


def test_one_label_only_is_undefined_and_not_perfect():
    estimate = alpha([0, 0, 1, 1], [0, 1, 0, 1], [2, 2, 2, 2])
    assert not estimate.defined
    assert "Only one label" in estimate.note
    assert not alpha([0, 0, 1, 1], [0, 1, 0, 1], [0.3, 0.3, 0.3, 0.3], level="interval").defined
    # The label of a unit that cannot be paired does not count as a second one.
    assert not alpha([0, 0, 1], [0, 1, 0], [2, 2, 1]).defined


@pytest.mark.parametrize("level", ["nominal", "ordinal", "interval", "ratio"])
def test_one_rater_or_no_answers_are_undefined(level):
    for task, annotator, answer in ([], [], []), ([0, 1], [0, 0], [0, 1]):
        estimate = alpha(task, annotator, answer, level=level)
        assert not estimate.defined
        assert estimate.n == 0
        assert "two answers" in estimate.note
    assert not alpha([0, 1], [0, 0], [0.5, 1.5], level=level).defined


def test_a_single_unit_has_a_value_but_no_interval():
    # a, a, b: D_o = (9 - 5)/2/3 = 2/3; D_e = (9 - 5)/(3·2) = 2/3; alpha = 0.
    estimate = alpha([0, 0, 0], [0, 1, 2], [0, 0, 1])
    assert estimate.value == pytest.approx(0, abs=1e-12)
    assert math.isnan(estimate.low)
    assert "One unit" in estimate.note


def test_perfect_agreement_says_what_it_cannot_see():
    estimate = alpha([0, 0, 1, 1, 2, 2, 3, 3], [0, 1] * 4, [0, 0, 1, 1, 0, 0, 1, 1])
    assert estimate.value == 1
    assert estimate.note


def test_of_repeated_answers_the_first_counts():
    task, annotator, answer = [0, 0, 1, 1, 2, 2, 2], [0, 1, 0, 1, 0, 1, 1], [0, 1, 0, 0, 1, 1, 0]
    assert alpha(task, annotator, answer).value == pytest.approx(4 / 9, abs=1e-12)


def test_the_same_seed_gives_the_same_interval():
    answers = long(PAPER)
    assert alpha(*answers) == alpha(*answers)
    other = alpha(*answers, rng=np.random.default_rng(5))
    assert other.value == alpha(*answers).value
    assert other.low != alpha(*answers).low


def test_no_resamples_means_no_interval():
    estimate = alpha(*long(PAPER), resamples=0)
    assert math.isnan(estimate.low)
    assert estimate.note == ""


def test_alpha_by_group_is_alpha_of_each_group_alone():
    task, annotator, answer = long(PAPER)
    group = np.where(annotator < 2, 0, 2)
    first, empty, second = alpha_by_group(task, annotator, answer, group)
    assert first == alpha(*long(PAPER[:2]))
    assert not empty.defined
    assert second.value == alpha(*long(PAPER[2:])).value
    assert alpha_by_group(task, annotator, answer, np.full(task.size, -1)) == []


def test_alpha_by_label_asks_each_label_against_the_rest():
    task, annotator, answer = long(PAPER)
    estimates = by_label(count(task, annotator, answer))
    assert len(estimates) == 6
    for label in range(1, 6):
        assert estimates[label].value == pytest.approx(alpha(task, annotator, answer == label).value, abs=1e-12)
    assert not estimates[0].defined


answers = st.integers(1, 5).flatmap(
    lambda labels: st.lists(
        st.tuples(st.integers(0, 6), st.integers(0, 4), st.integers(-1, labels - 1)), min_size=1, max_size=40
    )
)


@given(answers, st.randoms(use_true_random=False), st.sampled_from(["nominal", "ordinal", "interval", "ratio"]))
def test_alpha_does_not_depend_on_who_is_called_what(rows, random, level):
    task, annotator, answer = np.array(list({row[:2]: row for row in rows}.values())).T
    value = alpha(task, annotator, answer, level=level, resamples=0).value
    tasks, people = (np.array(random.sample(range(20), 10)) for _ in range(2))
    order = np.array(random.sample(range(task.size), task.size))
    renamed = alpha(tasks[task][order], people[annotator][order], answer[order], level=level, resamples=0).value
    assert renamed == pytest.approx(value, abs=1e-9, nan_ok=True)
    if level == "nominal":
        names = np.array([*random.sample(range(9), 5), -1])
        assert alpha(task, annotator, names[answer], resamples=0).value == pytest.approx(value, abs=1e-9, nan_ok=True)


@given(answers, st.sampled_from(["nominal", "interval", "ratio"]))
def test_many_copies_of_the_units_approach_the_large_sample_value(rows, level):
    # alpha = 1 - (n - 1) D / E, with r copies D grows as r, E as r²: 1 - alpha_r = (1 - alpha)(rn - 1)/(r(n - 1)).
    task, annotator, answer = np.array(list({row[:2]: row for row in rows}.values())).T
    patterns = count(task, annotator, answer)
    pairs = patterns.pairable()
    n = int((pairs.units * pairs.ratings).sum())
    once = of_patterns(patterns, level=level).value
    thrice = of_patterns(from_table(patterns.counts, 3 * patterns.units), level=level).value
    if not math.isnan(once):
        assert 1 - thrice == pytest.approx((1 - once) * (3 * n - 1) / (3 * (n - 1)), abs=1e-9)


@given(answers)
def test_counting_in_a_different_way_gives_the_same_alpha(rows):
    task, annotator, answer = np.array(list({row[:2]: row for row in rows}.values())).T
    few = alpha(task, annotator, answer, level="interval", resamples=0).value
    many = alpha(task, annotator, np.where(answer < 0, answer, answer + 100), level="interval", resamples=0).value
    assert many == pytest.approx(few, abs=1e-9, nan_ok=True)


@pytest.mark.parametrize("level", ["nominal", "interval"])
def test_intervals_of_alpha_cover_as_often_as_they_say(level):
    # 150 tasks, 3 raters, 3 labels, each right with probability 0.75, otherwise uniform. The truth is alpha
    # of a very large sample; 95 % of 1,000 intervals should hold it (standard error of that share 0.7 %).
    rng = np.random.default_rng(7)

    def sample(tasks):
        truth = np.repeat(rng.integers(0, 3, tasks), 3)
        answer = np.where(rng.random(truth.size) < 0.75, truth, rng.integers(0, 3, truth.size))
        return np.repeat(np.arange(tasks), 3), np.tile(np.arange(3), tasks), answer

    truth = alpha(*sample(1_000_000), level=level, resamples=0).value
    estimates = [alpha(*sample(150), level=level, resamples=500, rng=rng) for _ in range(1000)]
    covered = np.mean([estimate.low <= truth <= estimate.high for estimate in estimates])
    assert 0.93 <= covered <= 0.97


@pytest.mark.parametrize("level", ["nominal", "ordinal", "interval"])
def test_parts_of_one_task_are_resampled_together(level):
    # Four turns of each chat are answered alike, so there are 80 independent units and not 320.
    rng = np.random.default_rng(8)
    answer = np.repeat(rng.integers(0, 3, (80, 1)), 3, axis=1)
    answer = np.where(rng.random((80, 3)) < 0.3, rng.integers(0, 3, (80, 3)), answer)
    task, annotator = np.repeat(np.arange(320), 3), np.tile(np.arange(3), 320)
    values = np.repeat(answer, 4, axis=0).ravel().astype(float if level == "interval" else int)
    apart = alpha(task, annotator, values, level=level)
    whole = alpha(task, annotator, values, level=level, cluster=task // 4)
    assert whole.value == pytest.approx(apart.value, abs=1e-12)
    assert (whole.n, apart.n) == (80, 320)
    assert whole.standard_error == pytest.approx(2 * apart.standard_error, rel=0.1)
