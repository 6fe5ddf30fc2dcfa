"""Rankings by task: two things against the pairwise kernel's formula, known orders, and degenerate cases."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from scipy.special import expit, ndtr

from headwater.core.errors import InvalidError
from headwater.stats.inference.rankings import Comparisons, rankings


def compared(rows: list[tuple[int, int, int, int]]) -> Comparisons:
    columns = np.array(rows, np.int64).reshape(-1, 4).T
    return Comparisons(*columns)


def test_two_things_stand_where_the_score_of_a_weighted_vote_is_zero() -> None:
    # Three of four report 0 over 1 in one task. With d = s0 - s1 and report r of everybody, a comparison is meant
    # with p = r s / (r s + (1 - r)(1 - s)), s = logistic(d); the score is sum(p) - 4 s = (pull / 2) d.
    found = rankings(compared([(0, 0, 0, 1), (0, 1, 0, 1), (0, 2, 0, 1), (0, 3, 1, 0)]))
    gap = float(found.strength[0, 0] - found.strength[0, 1])
    said, ahead = found.reliability, expit(gap)
    meant = [said[w] * ahead / (said[w] * ahead + (1 - said[w]) * (1 - ahead)) for w in range(3)]
    meant.append(1 - said[3] * (1 - ahead) / (said[3] * (1 - ahead) + (1 - said[3]) * ahead))
    assert sum(meant) - 4 * ahead == pytest.approx(0.1 / 2 * gap, abs=1e-3)
    # information of d: 4 s (1 - s) + pull / 2, as both strengths mirror each other
    assert found.sureness[0] == pytest.approx(ndtr(gap * math.sqrt(4 * ahead * (1 - ahead) + 0.05)), abs=1e-3)
    assert found.order(0, [0, 1]) == [0, 1]
    assert found.converged


def test_a_contrary_annotator_is_found_out_and_outweighed() -> None:
    rng = np.random.default_rng(1)
    rows = []
    right = [rng.permutation(4) for _ in range(200)]
    for task, order in enumerate(right):
        for worker in range(3):
            told = order[::-1] if worker == 2 else order
            rows += [(task, worker, int(a), int(b)) for a, b in itertools.combinations(told, 2)]
    found = rankings(compared(rows))
    assert found.reliability[0] > 0.95
    assert found.reliability[2] < 0.05
    assert all(found.order(task, range(4)) == list(order) for task, order in enumerate(right))


def test_a_known_order_teaches_who_is_reliable() -> None:
    rows = [(task, worker, worker, 1 - worker) for task in range(40) for worker in range(2)]  # they always differ
    known = np.full((40, 2), np.nan)
    known[:20] = [0.0, 1.0]
    found = rankings(compared(rows), known=known)
    assert found.reliability[0] > 0.8
    assert found.reliability[1] < 0.3
    assert found.order(30, [0, 1]) == [0, 1]


def test_nothing_compared_is_nothing_known() -> None:
    found = rankings(compared([]))
    assert found.strength.shape == (0, 0)
    assert len(found.sureness) == 0
    one = rankings(compared([(1, 0, 0, 1)]))
    assert one.sureness[0] == 1  # of a task without things
    assert one.order(0, [1, 0]) == [1, 0]
    with pytest.raises(InvalidError, match="compared with itself"):
        rankings(compared([(0, 0, 1, 1)]))
