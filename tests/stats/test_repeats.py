"""Answers given twice: found wherever they are, however many annotators share a power of two."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from headwater.stats.repeats import repeated


def _by_hand(task: np.ndarray, annotator: np.ndarray) -> list[bool]:
    seen: set[tuple[int, int]] = set()
    again = []
    for pair in zip(task.tolist(), annotator.tolist(), strict=True):
        again.append(pair in seen)
        seen.add(pair)
    return again


@given(st.integers(1, 60), st.sampled_from([1, 3, 51, 52, 53, 54, 200, 3000]), st.integers(0, 400), st.integers(0, 99))
@settings(max_examples=300, deadline=None)
def test_every_later_answer_of_an_annotator_to_a_task_is_found(tasks: int, annotators: int, n: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    task, annotator = rng.integers(0, tasks, n), rng.integers(0, annotators, n)
    wanted = _by_hand(task, annotator)
    found = repeated(task, annotator)
    assert (found is None) == (not any(wanted))
    assert found is None or found.tolist() == wanted


def test_one_repeat_among_many_answers_is_found_and_without_it_none() -> None:
    rng = np.random.default_rng(0)
    task = np.repeat(np.arange(3_000), 5)
    annotator = np.concatenate([rng.choice(900, 5, replace=False) for _ in range(3_000)])
    order = rng.permutation(task.size)
    task, annotator = task[order], annotator[order]
    assert repeated(task, annotator) is None
    place = int(np.flatnonzero(task[1:] == task[0])[0]) + 1
    annotator[place] = annotator[0]
    found = repeated(task, annotator)
    assert found is not None
    assert np.flatnonzero(found).tolist() == [place]


def test_a_task_that_thousands_answered_is_told_exactly() -> None:
    annotator = np.arange(40_000)
    task = np.concatenate([np.zeros(20_000, np.int64), np.arange(1, 20_001)])
    assert repeated(task, annotator) is None
    annotator[19_999] = 0
    found = repeated(task, annotator)
    assert found is not None
    assert np.flatnonzero(found).tolist() == [19_999]
