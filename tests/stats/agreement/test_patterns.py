"""Patterns of answers: repeated answers are found however sparse the answers are."""

import numpy as np
import pytest

from headwater.stats.agreement.pairs import likeness, nominal_likeness
from headwater.stats.agreement.patterns import count, numbered


@pytest.mark.parametrize("annotators", [3, 90_000])
def test_of_an_annotator_who_answers_a_task_twice_the_first_answer_counts(annotators: int) -> None:
    task, annotator = np.array([4, 0, 4, 0, 4]), np.array([annotators - 1, 0, 1, annotators - 1, annotators - 1])
    found = count(task, annotator, np.array([0, 1, 1, 1, 1]), labels=2)
    kinds = {tuple(row): int(units) for row, units in zip(found.counts.tolist(), found.units, strict=True)}
    assert kinds == {(1, 1): 1, (0, 2): 1}


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
