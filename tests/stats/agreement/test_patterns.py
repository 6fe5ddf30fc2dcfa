"""Patterns of answers: repeated answers are found however sparse the answers are."""

import numpy as np
import pytest

from headwater.stats.agreement.patterns import count


@pytest.mark.parametrize("annotators", [3, 90_000])
def test_of_an_annotator_who_answers_a_task_twice_the_first_answer_counts(annotators: int) -> None:
    task, annotator = np.array([4, 0, 4, 0, 4]), np.array([annotators - 1, 0, 1, annotators - 1, annotators - 1])
    found = count(task, annotator, np.array([0, 1, 1, 1, 1]), labels=2)
    kinds = {tuple(row): int(units) for row, units in zip(found.counts.tolist(), found.units, strict=True)}
    assert kinds == {(1, 1): 1, (0, 2): 1}
