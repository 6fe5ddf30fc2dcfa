"""Patterns of answers: repeated answers are found however sparse the answers are."""

from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from headwater.stats.agreement import grids
from headwater.stats.agreement.pairs import likeness, nominal_likeness
from headwater.stats.agreement.patterns import count, numbered


@pytest.mark.parametrize("annotators", [3, 90_000])
def test_of_an_annotator_who_answers_a_task_twice_the_first_answer_counts(annotators: int) -> None:
    task, annotator = np.array([4, 0, 4, 0, 4]), np.array([annotators - 1, 0, 1, annotators - 1, annotators - 1])
    found = count(task, annotator, np.array([0, 1, 1, 1, 1]), labels=2)
    kinds = {tuple(row): int(units) for row, units in zip(found.counts.tolist(), found.units, strict=True)}
    assert kinds == {(1, 1): 1, (0, 2): 1}


@given(
    tasks=st.integers(1, 300),
    annotators=st.integers(1, 6),
    labels=st.sampled_from([1, 2, 5, 255, 300]),
    share=st.floats(0.1, 1),
    twice=st.booleans(),
    seed=st.integers(0, 99),
)
def test_patterns_are_the_counts_of_every_task(tasks, annotators, labels, share, twice, seed) -> None:
    rng = np.random.default_rng(seed)
    cells = rng.permutation(tasks * annotators)[: max(1, int(share * tasks * annotators))]
    cells = np.concatenate([cells, cells[:3]]) if twice else cells
    task, annotator, answer = cells // annotators, cells % annotators, rng.integers(-1, labels, cells.size)
    last_to_first = reversed(list(zip(task.tolist(), annotator.tolist(), answer.tolist(), strict=True)))
    first = {(unit, rater): label for unit, rater, label in last_to_first if label >= 0}
    rows = {unit: np.zeros(labels, int) for unit, _ in first}
    for (where, _), label in first.items():
        rows[where][label] += 1
    found = count(task, annotator, answer, labels=labels)
    kinds = {tuple(row): int(units) for row, units in zip(found.counts.tolist(), found.units, strict=True)}
    assert kinds == Counter(tuple(row.tolist()) for row in rows.values())
    assert len(kinds) == len(found.counts)


def test_a_grid_is_laid_out_only_where_it_pays() -> None:
    full, one = np.arange(4_000), np.ones(1_000, np.intp)
    task, annotator = np.divmod(np.random.default_rng(1).permutation(full), 4)
    found = grids.ways(task, annotator, annotator % 2, 2)
    assert found is not None
    assert found[0].tolist() == [[2, 2]]
    assert found[1].tolist() == [1_000]
    assert grids.ways(task, annotator, annotator % 2, 20) is None  # 21 to the power of 4 ways
    assert grids.ways(task, 9 * annotator, one[task], 2) is None  # seven in eight cells would be empty
    assert grids.ways(task // 2, annotator, one[task], 2) is None  # two answers of everybody


def test_answers_counted_once_tell_the_patterns_of_every_group_of_tasks() -> None:
    rng = np.random.default_rng(2)
    task, annotator = np.divmod(rng.permutation(4_000)[:2_500], 8)
    answer, group = rng.integers(0, 4, task.size), (task % 7) - 1
    counted = numbered(task, annotator, answer, labels=4)
    assert counted is not None
    found = counted.by_group(group)
    assert found is not None
    parts = [group == code for code in range(6)]
    for mine, rows in zip([counted.patterns(), *found], [task >= 0, *parts], strict=True):
        other = count(task[rows], annotator[rows], answer[rows], labels=4)
        assert np.array_equal(mine.counts, other.counts)
        assert np.array_equal(mine.units, other.units)
    assert counted.by_group(annotator) is None  # tasks lie in several groups
    assert numbered(task, annotator % 2, answer) is None  # repeated answers
    assert numbered(task, annotator, answer - 1) is None  # missing ones


@pytest.mark.parametrize(("n", "tasks"), [(0, 1), (60, 50), (900, 200), (30, 5_000_000)])
def test_likeness_by_counting_is_that_of_comparing_every_two_answers(n: int, tasks: int) -> None:
    rng = np.random.default_rng(n)
    task, answer = rng.integers(0, tasks, n), rng.integers(0, 5, n)
    counted = nominal_likeness(task, answer, 5)
    compared = likeness(task, answer, lambda left, right: np.asarray(left != right, np.float64))
    np.testing.assert_allclose(counted.unit, compared.unit, rtol=1e-13)
    np.testing.assert_allclose(counted.answer, compared.answer, rtol=1e-13)
