"""Orders in which every stretch is unlike: clusters covered that pure uncertainty misses, in linear time."""

from __future__ import annotations

import time
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from headwater.text.diversity import cells, centres, spread, vectors

THEMES = (
    "refund invoice payment bill",
    "printer smoke fault paper",
    "thanks great praise nice",
    "login account key lock",
)
"""The words of a theme; a text of it has three of them and one of many words that themes share."""


def texts(sizes: tuple[int, ...]) -> tuple[list[str], NDArray[np.int64]]:
    theme = np.repeat(np.arange(len(sizes)), sizes)
    rng = np.random.default_rng(5)
    themes = [each.split() for each in THEMES]
    return [" ".join([*rng.permutation(themes[each])[:3], f"word{rng.integers(20)}"]) for each in theme], theme


def test_a_stretch_covers_themes_that_pure_uncertainty_misses() -> None:
    found, theme = texts((300, 40, 20, 8))
    score = np.where(theme == 0, 0.3, 0.8) + np.linspace(0, 0.05, len(theme))  # it doubts nothing but the first theme
    unsure = np.argsort(score)[:8]
    assert set(theme[unsure]) == {0}
    order = spread(found, score, stretch=8)
    assert set(theme[order[:8]]) == {0, 1, 2, 3}
    assert sorted(order) == list(range(len(found)))


def test_within_a_region_the_least_sure_comes_first_and_the_unscored_last() -> None:
    found, theme = texts((5, 5))
    score = np.array([0.9, 0.1, 0.5, np.nan, 0.7, 0.2, np.nan, 0.6, 0.4, 0.8])
    order = spread(found, score, stretch=2)
    for each in (0, 1):
        mine = score[[place for place in order if theme[place] == each]]
        assert np.array_equal(mine, np.sort(mine), equal_nan=True)  # nan sorts last
    assert set(theme[order[:2]]) == {0, 1}


def test_the_farthest_point_becomes_the_next_centre_by_hand() -> None:
    points = np.array([[1, 0], [0.8, 0.6], [0, 1], [-1, 0]], np.float32)
    # from (1, 0) the farthest is (-1, 0), then (0, 1); (0.8, 0.6) stays with (1, 0): 0.8 > 0.6
    assert cells(points, 3).tolist() == [0, 0, 2, 1]
    assert cells(np.ones((3, 1), np.float32), 3).tolist() == [0, 0, 0]


def test_regions_that_were_answered_come_after_those_that_were_not() -> None:
    found, theme = texts((40, 20, 20, 20))
    score = np.where(theme == 0, 0.1, 0.8) + np.linspace(0, 0.05, len(theme))  # the first theme is doubted most
    before = [found[place] for place in np.flatnonzero(theme == 0)[::2]]
    order = spread(found, score, stretch=3, answered=before)
    assert set(theme[order[:3]]) == {1, 2, 3}
    assert 0 in theme[order[3:8]]  # and is not forgotten
    assert sorted(order) == list(range(len(found)))
    points = np.array([[1, 0], [0.8, 0.6], [0, 1], [-1, 0]], np.float32)
    # (0, 1) is covered: the farthest from it are (1, 0) and (-1, 0), both at a cosine of 0; the first of them is chosen
    assert cells(points, 1, covered=points[2:3]).tolist() == [1, 1, 0, 0]
    assert centres(np.repeat(points[:2], 3, axis=0), 5).tolist() == points[:2].tolist()


@settings(max_examples=60, deadline=None)
@given(st.lists(st.floats(0, 6.28), min_size=3, max_size=8), st.integers(2, 3))
def test_the_radius_is_at_most_twice_the_best_there_is(angles: list[float], count: int) -> None:
    points = np.c_[np.cos(angles), np.sin(angles)].astype(np.float32)
    apart = np.linalg.norm(points[:, None] - points[None], axis=2)
    best = min(apart[:, list(each)].min(axis=1).max() for each in combinations(range(len(angles)), count))
    cell = cells(points, count)
    found = max(min(apart[one, cell == each].max() for one in np.flatnonzero(cell == each)) for each in set(cell))
    assert found <= 2 * best + 1e-3
    assert len(set(cell)) <= count


def test_nothing_and_empty_texts_have_an_order() -> None:
    assert spread([], np.empty(0), stretch=4).size == 0
    assert sorted(spread(["", "  ", "word"], np.full(3, np.nan), stretch=4)) == [0, 1, 2]
    assert np.allclose(np.linalg.norm(vectors(["a word", "another"]), axis=1), 1)


def test_the_time_grows_no_faster_than_the_number_of_texts() -> None:
    rng = np.random.default_rng(3)
    words = np.array([f"word{place}" for place in range(2000)])

    def seconds(n: int) -> float:
        found = [" ".join(row) for row in words[rng.integers(0, 2000, (n, 8))]]
        begun = time.process_time()
        spread(found, rng.random(n), stretch=32)
        return time.process_time() - begun

    seconds(500)
    assert seconds(16_000) < 4 * 2.5 * seconds(4_000)


@pytest.mark.parametrize("seed", [0, 1])
def test_the_same_seed_gives_the_same_order(seed: int) -> None:
    found, _ = texts((30, 30))
    score = np.linspace(0, 1, 60)
    assert np.array_equal(spread(found, score, stretch=4, seed=seed), spread(found, score, stretch=4, seed=seed))
