"""Reliability with the orders integrated out: an exact value, the model's own data, known orders, degenerate cases."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.special import expit

from headwater.core.errors import InvalidError
from headwater.stats.inference import rankers
from headwater.stats.inference.rankings import Comparisons, rankings


def crowd(
    rng: np.random.Generator, true: NDArray[np.float64], *, tasks: int, things: int, spread: float = 1.5
) -> Comparisons:
    """Return comparisons of every two things of each task by people of some reliability."""
    strength = rng.normal(0, spread, (tasks, things))
    columns = []
    for task, worker in itertools.product(range(tasks), range(len(true))):
        for one, other in itertools.combinations(range(things), 2):
            ahead = rng.random() < expit(strength[task, one] - strength[task, other])
            meant = rng.random() < true[worker]
            columns.append((task, worker, one, other) if ahead == meant else (task, worker, other, one))
    return Comparisons(*np.array(columns, np.int64).T)


@pytest.mark.parametrize(("tasks", "things", "times"), [(100, 2, 40), (30, 4, 25)])
def test_intervals_cover_and_nobody_looks_better_than_they_are(tasks: int, things: int, times: int) -> None:
    """People and spreads are drawn as the prior has them; 95 % of 125 or 200 intervals within three standard errors."""
    rng = np.random.default_rng(20260)
    hits, wrong, own = [], [], []
    for _ in range(times):
        true, spread = rng.beta(4, 1, 5), float(np.exp(rng.normal(np.log(1.5), 0.5)))
        given = crowd(rng, true, tasks=tasks, things=things, spread=spread)
        found = rankers.reliability(given)
        assert found.converged
        hits.append((found.bounds.low <= true) & (found.bounds.high >= true))
        wrong.append(found.value - true)
        own.append(rankings(given).reliability - true)
    assert 0.89 <= np.mean(hits) <= 1.0
    assert abs(np.mean(wrong)) < 0.03
    assert np.mean(own) > 0.04  # judged by the orders they helped to infer


def test_without_anything_to_integrate_the_share_that_is_right_says_it() -> None:
    """All orders are known: 40 comparisons, 30 of them right, and the prior's 4 and 1 as in `pairwise`."""
    known = np.tile([0.0, 1.0], (40, 1))
    right = np.arange(40) < 30
    given = Comparisons(np.arange(40), np.zeros(40, np.int64), np.where(right, 0, 1), np.where(right, 1, 0))
    found = rankers.reliability(given, known=known)
    assert found.value[0] == pytest.approx(34 / 45, abs=1e-3)
    assert found.compared.tolist() == [40]
    low, high = found.bounds
    error = 1.959964 / np.sqrt(30 * (1 - 34 / 45) ** 2 + 10 * (34 / 45) ** 2 + 5 * (34 / 45) * (11 / 45))
    assert [low[0], high[0]] == pytest.approx(expit(np.log(34 / 11) + np.array([-error, error])), abs=1e-3)


def test_few_of_many_comparisons_are_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    given = crowd(np.random.default_rng(2), np.array([0.6, 0.75, 0.85, 0.92, 0.85]), tasks=200, things=3)
    whole = rankers.reliability(given)
    monkeypatch.setattr(rankers, "MOST", 1_500)
    part = rankers.reliability(given)
    assert part.compared.tolist() == [300] * 5
    assert (np.subtract(*part.bounds[::-1]) > np.subtract(*whole.bounds[::-1])).all()
    assert np.abs(part.value - whole.value).max() < 0.15


def test_nobody_and_nothing_is_no_error() -> None:
    none = np.empty(0, np.int64)
    assert rankers.reliability(Comparisons(none, none, none, none)).value.tolist() == []
    one = rankers.reliability(Comparisons(*np.array([[3], [2], [0], [1]])))
    assert one.compared.tolist() == [0, 0, 1]
    assert one.value[:2] == pytest.approx([0.8, 0.8], abs=1e-3)  # the prior's
    with pytest.raises(InvalidError, match="compared with itself"):
        rankers.reliability(Comparisons(*np.array([[0], [0], [1], [1]])))
