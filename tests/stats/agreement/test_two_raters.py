"""Cohen's kappa and Scott's pi: published values, derivations, degenerate tables, coverage."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from headwater.core.errors import InvalidError
from headwater.stats.agreement.many_raters import conger, gwet
from headwater.stats.agreement.two_raters import cohen, joint_table, pair_patterns, scott
from headwater.stats.bootstrap import Resampling

NO_INTERVAL = Resampling(resamples=0)
TWO = [[20, 5], [10, 15]]
THREE = [[88, 14, 18], [10, 40, 10], [2, 6, 12]]
SKEWED = [[75, 1, 4], [5, 4, 1], [0, 0, 10]]
PARADOX = [[118, 5], [2, 0]]


@pytest.mark.parametrize(
    ("table", "plain", "linear", "quadratic"),
    [
        (TWO, 0.400000, 0.400000, 0.400000),
        (THREE, 0.491525, 0.473684, 0.454545),
        (SKEWED, 0.676471, 0.722222, 0.755319),
        (PARADOX, -0.023392, -0.023392, -0.023392),
    ],
)
def test_cohen_equals_the_published_values(table, plain, linear, quadratic):
    assert round(cohen(table).value, 6) == plain
    assert round(cohen(table, weighting="linear").value, 6) == linear
    assert round(cohen(table, weighting="quadratic").value, 6) == quadratic


def test_the_standard_error_of_cohen_equals_the_published_one():
    estimate = cohen(TWO)
    assert round(estimate.standard_error, 6) == 0.126996
    assert estimate.n == 50
    assert estimate.low < 0.4 < estimate.high


@pytest.mark.parametrize(
    ("table", "pi", "ac1"),
    [(TWO, 0.393939, 0.405941), (THREE, 0.487179, 0.575972), (SKEWED, 0.675277, 0.867570)],
)
def test_scott_and_gwet_equal_the_published_values(table, pi, ac1):
    assert round(scott(table).value, 6) == pi
    assert round(gwet(pair_patterns(table)).value, 6) == ac1
    assert scott(table).method.startswith("Scott's pi")


def test_prevalence_turns_kappa_down_but_not_ac1():
    assert round(gwet(pair_patterns(PARADOX)).value, 6) == 0.940776


def test_custom_weights_derived_by_hand():
    # Weights 1 on the diagonal, 1/2 between a and b. Table [[2, 1, 0], [1, 2, 0], [0, 0, 4]], n = 10:
    # p_o = (2 + 2 + 4 + 1/2 + 1/2)/10 = .9; marginals .3 .3 .4 twice: p_e = .09 + .09 + .16 + 2·.09/2 = .43.
    weights = np.array([[1, 0.5, 0], [0.5, 1, 0], [0, 0, 1]])
    kappa = cohen([[2, 1, 0], [1, 2, 0], [0, 0, 4]], weighting=weights)
    assert kappa.value == pytest.approx((0.9 - 0.43) / 0.57, abs=1e-12)
    assert "custom" in kappa.method


def test_degenerate_tables_are_undefined():
    assert "share no task" in cohen(np.zeros((2, 2))).note
    assert "one and the same label" in cohen([[7, 0], [0, 0]]).note
    assert not scott([[7, 0], [0, 0]]).defined
    # Different constants are defined: certain disagreement, chance disagreement too.
    assert cohen([[0, 7], [0, 0]]).value == 0


def test_tables_that_are_no_tables_are_refused():
    with pytest.raises(InvalidError, match="square"):
        cohen([[1, 2, 3], [4, 5, 6]])
    with pytest.raises(InvalidError, match="non-negative"):
        scott([[1, -1], [0, 0]])


def test_the_joint_table_counts_shared_tasks_only():
    # Tasks 0 and 1 shared, 2 seen by the first only, 3 has a missing answer, 4 by a third person.
    task = [1, 0, 0, 1, 2, 3, 3, 4, 0]
    annotator = [7, 5, 7, 5, 5, 5, 7, 6, 6]
    answer = [2, 0, 1, 2, 0, 1, -1, 1, 1]
    table = joint_table(task, annotator, answer, first=5, second=7)
    assert table.tolist() == [[0, 1, 0], [0, 0, 0], [0, 0, 1]]
    assert np.array_equal(joint_table(task, annotator, answer, first=7, second=5), table.T)


tables = st.lists(st.lists(st.integers(0, 9), min_size=3, max_size=3), min_size=3, max_size=3)


@given(tables, st.permutations(range(3)))
def test_swapping_raters_or_names_changes_nothing(table, names):
    array = np.array(table)
    for coefficient in (cohen, scott):
        value = coefficient(array, resampling=NO_INTERVAL).value
        for other in (array.T, array[np.ix_(names, names)]):
            assert coefficient(other, resampling=NO_INTERVAL).value == pytest.approx(value, abs=1e-9, nan_ok=True)


@given(tables)
def test_cohen_is_conger_of_two_raters(table):
    first, second = (np.repeat(axis.ravel(), np.ravel(table)) for axis in np.indices((3, 3)))
    tasks = np.arange(first.size)
    rater = np.repeat([0, 1], first.size)
    both = conger(np.tile(tasks, 2), rater, np.concatenate([first, second]), labels=3)
    value = cohen(table, resampling=NO_INTERVAL).value
    assert both.value == pytest.approx(value, abs=1e-9, nan_ok=True)


@pytest.mark.parametrize("weighting", ["identity", "quadratic"])
def test_intervals_of_cohen_cover_as_often_as_they_say(weighting):
    rng = np.random.default_rng(5)
    shares = np.array(THREE).ravel() / np.sum(THREE)
    truth = cohen(THREE, weighting=weighting, resampling=NO_INTERVAL).value
    tables = rng.multinomial(150, shares, size=2000).reshape(-1, 3, 3)
    resampling = Resampling(resamples=500, rng=rng)
    estimates = [cohen(table, weighting=weighting, resampling=resampling) for table in tables]
    assert 0.93 <= np.mean([e.low <= truth <= e.high for e in estimates]) <= 0.97
