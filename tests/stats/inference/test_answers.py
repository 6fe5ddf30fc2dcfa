from __future__ import annotations

import hypothesis
import numpy as np
import pytest
import scipy
from hypothesis import strategies

from headwater.core.errors import InvalidError
from headwater.stats.inference import identifiability
from headwater.stats.inference.dawid_skene import dawid_skene
from headwater.stats.inference.identifiability import connected_groups, warnings
from headwater.stats.inference.truth import answers
from headwater.stats.inference.votes import majority
from tests.stats.inference.crowds import confused_crowd


def test_the_first_of_two_answers_of_a_worker_to_a_task_stays() -> None:
    found = answers([0, 1, 0], [0, 0, 0], [1, 0, 0])
    assert found.task.tolist() == [0, 1]
    assert found.label.tolist() == [1, 0]


def test_answers_without_a_class_are_left_out() -> None:
    assert answers([0, 1], [0, 0], [-1, 1]).task.tolist() == [1]


@pytest.mark.parametrize(
    ("columns", "words"),
    [
        (([0, 1], [0], [0, 1]), "equally long"),
        (([-1], [0], [0]), "must not be negative"),
        (([0], [0], [5]), "out of range"),
    ],
)
def test_wrong_answers_are_refused(columns, words) -> None:
    with pytest.raises(InvalidError, match=words):
        answers(*columns, classes=2)


def test_the_matrix_holds_every_answer() -> None:
    given = answers([2, 0, 0], [1, 0, 1], [1, 0, 2], classes=3)
    assert given.matrix.toarray().tolist() == [[1, 0, 0, 0, 0, 1], [0] * 6, [0, 0, 0, 0, 1, 0]]


def test_unconnected_workers_are_counted() -> None:
    given = answers([0, 0, 1, 1, 2, 2], [0, 1, 1, 2, 3, 4], [0, 1, 0, 1, 0, 1])
    assert connected_groups(given) == 2
    assert any("2 groups" in each for each in majority(given).warnings)
    assert not any("groups" in each for each in majority(given, gold=np.array([0, -1, -1])).warnings)


@hypothesis.given(
    answered=strategies.lists(strategies.tuples(strategies.integers(0, 8), strategies.integers(0, 12)), unique=True),
    block=strategies.integers(1, 5),
)
def test_groups_are_the_same_whatever_is_read_at_a_time(answered, block) -> None:
    task, worker = (np.array(column, int) for column in (zip(*answered, strict=True) if answered else ((), ())))
    together = scipy.sparse.coo_array((np.ones(len(task)), (task, 9 + worker)), shape=(22, 22))
    _, group = scipy.sparse.csgraph.connected_components(together, directed=False)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(identifiability, "_BLOCK", block)
        assert connected_groups(answers(task, worker, task % 2, classes=2)) == len(set(group[9 + worker]))


def test_two_answers_to_each_task_are_said_to_be_too_few() -> None:
    given = answers([0, 0, 1, 1], [0, 1, 0, 1], [0, 1, 1, 1])
    assert any("three answers" in each for each in dawid_skene(given).warnings)


def test_single_answers_and_thin_workers_are_said() -> None:
    given = answers([0, 0, 0, 1], [0, 1, 2, 0], [0, 1, 1, 1])
    said = " ".join(majority(given).warnings)
    assert "1 of 2 tasks have a single answer" in said
    assert "3 of 3 workers" in said


def test_a_rich_connected_crowd_raises_no_warning() -> None:
    crowd = confused_crowd(np.random.default_rng(1))
    found = dawid_skene(answers(*crowd[1:4], classes=3))
    assert found.converged
    assert warnings(answers(*crowd[1:4], classes=3), found.evidence) == ()
