"""Gamma: disorders by hand, the best alignment against integer programming, chance, degenerate cases."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import Bounds, LinearConstraint, milp

from headwater.stats.agreement.gamma import Text, disorder, dissimilarity, gamma
from headwater.stats.agreement.spans import Span, agreement


def marked(*rows):
    return np.array(rows, np.float64).reshape(-1, 3)


def test_disorders_derived_by_hand():
    one, moved, other = marked((0, 10, 0)), marked((2, 12, 0)), marked((0, 10, 1))
    assert disorder([one, one]) == 0
    # Start and end lie 2 apart, the lengths add up to 20: (4 / 20)².
    assert disorder([one, moved]) == pytest.approx(0.04, abs=1e-12)
    assert disorder([one, other]) == pytest.approx(1, abs=1e-12)
    assert disorder([one, marked()]) == 1
    # Two of three pairs have an empty place.
    assert disorder([one, one, marked()]) == pytest.approx(2 / 3, abs=1e-12)
    # Far apart, the two stand better alone: 2, not (200 / 20)².
    assert disorder([one, marked((100, 110, 0))]) == 2
    assert disorder([marked(), marked()]) == 0


def simulated(rng, people, things):
    start, length = rng.uniform(0, 100, things), rng.uniform(5, 15, things)
    found = []
    for _ in range(people):
        kept = np.flatnonzero(rng.random(things) < 0.8)
        begin = start[kept] + rng.normal(0, 3, kept.size)
        label = np.where(rng.random(kept.size) < 0.8, kept % 2, rng.integers(0, 2, kept.size))
        found.append(np.column_stack([begin, begin + length[kept] * np.exp(rng.normal(0, 0.2, kept.size)), label]))
    return found


def least(marks):
    """Return the least disorder by integer programming over all tuples."""
    offset = np.cumsum([0, *(len(each) for each in marks)])
    rows, costs = [], []
    for places in itertools.product(*(range(-1, len(each)) for each in marks)):
        if max(places) < 0:
            continue
        row, cost = np.zeros(offset[-1]), []
        for person, place in enumerate(places):
            if place >= 0:
                row[offset[person] + place] = 1
        for a, b in itertools.combinations(range(len(marks)), 2):
            pair = [marks[each][places[each] : places[each] + 1] for each in (a, b) if places[each] >= 0]
            cost.append(float(dissimilarity(*pair)[0, 0]) if len(pair) == 2 else 1.0)
        rows.append(row)
        costs.append(np.mean(cost))
    once = LinearConstraint(np.array(rows).T, 1, 1)
    return milp(costs, constraints=once, integrality=np.ones(len(costs), np.int64), bounds=Bounds(0, 1)).fun


@settings(max_examples=25)
@given(st.integers(0, 2**32 - 1))
def test_two_people_are_aligned_exactly(seed):
    marks = simulated(np.random.default_rng(seed), 2, 4)
    assert disorder(marks) == pytest.approx(least(marks) if sum(map(len, marks)) else 0, abs=1e-9)


def test_more_people_are_aligned_almost_exactly():
    rng, excess = np.random.default_rng(6), []
    for _ in range(30):
        marks = simulated(rng, 4, 3)
        best = least(marks)
        excess.append(disorder(marks) / best - 1)
    assert min(excess) > -1e-9
    assert np.mean(excess) < 0.01


PYGAMMA = (
    0,
    2.673362,
    0.918367,
    2.592593,
    1.036042,
    2.00519,
    0.510645,
    1,
    1.182123,
    2.998943,
    0.765351,
    3,
    1,
    0.863646,
    0.365102,
    4.333333,
    3.090297,
    1.710051,
    1.68,
    1.752017,
    1.297762,
    2.36,
    0.011342,
    1.906549,
    0.90144,
    2.32431,
    0.971248,
    4.690956,
    0.516593,
    2.811714,
    2.310104,
    3.017752,
    2.564324,
    2.382453,
    0.782891,
    3.598073,
    0.407505,
    0.840986,
    0.722778,
    0.841564,
)
"""Best alignments of 40 drawn texts by pygamma-agreement 0.5.9: mixed integer programs by GLPK, alpha = beta =
delta_empty = 1. Kept, so that they are held without its environment; `test_gamma_oracle.py` asks it anew."""


def test_disorders_equal_those_of_an_independent_package():
    rng = np.random.default_rng(11)
    for place, expected in enumerate(PYGAMMA):
        assert disorder(_marked_alike(rng)) == pytest.approx(expected, abs=2e-6), place


def _marked_alike(rng):
    """Two to five people: some mark nothing, others leave stretches out, move the ends or give another label."""
    people, base, at = int(rng.integers(2, 6)), [], 0
    for _ in range(rng.integers(1, 6)):
        at += rng.integers(1, 20)
        length = rng.integers(2, 15)
        base.append((at, at + length, rng.integers(0, 3)))
        at += length
    found = []
    for _ in range(people):
        mine = []
        for start, end, label in base if rng.random() >= 0.15 else ():
            if rng.random() < 0.2:
                continue
            low = start + rng.integers(-2, 3)
            high = max(low + 1, end + rng.integers(-2, 3))
            mine.append((low, high, label if rng.random() < 0.8 else rng.integers(0, 3)))
        found.append(marked(*mine))
    return found


def test_chance_gives_nothing_and_copies_give_all():
    rng = np.random.default_rng(7)
    alone = [Text(100.0, tuple(simulated(rng, 1, 4)[0] % 100 for _ in range(3))) for _ in range(60)]
    tidy = [Text(100.0, tuple(marked(*((a, a + 10, c) for a, _, c in each)) for each in text.marks)) for text in alone]
    found = gamma(tidy)
    assert found.low < 0 < found.high or abs(found.value) < 0.05
    same = [Text(100.0, (text.marks[0], text.marks[0])) for text in tidy]
    assert gamma(same).value == 1
    assert found.n == 60
    assert not gamma([Text(10.0, (marked(), marked()))]).defined
    assert not gamma([Text(10.0, (marked((0, 1, 0)),))]).defined
    chats = [Text(*text[:2], cluster=place // 2) for place, text in enumerate(tidy)]
    assert gamma(chats).n == 30
    assert gamma(chats).value == pytest.approx(found.value, abs=1e-12)


def test_boundaries_count_within_the_tolerance():
    first = [Span(0, 10, "a"), Span(20, 30, "a")]
    second = [Span(2, 10, "a"), Span(26, 33, "a"), Span(20, 30, "b")]
    # Starts 0~2; ends 10~10, 30~33 of 4 and 6 boundaries.
    assert agreement([{0: first, 1: second}]).boundaries.value == pytest.approx(6 / 10, abs=1e-12)
    assert agreement([{0: first, 1: second}], tolerance=6).boundaries.value == pytest.approx(8 / 10, abs=1e-12)
