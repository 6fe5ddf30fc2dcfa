"""Putting texts in an order in which every stretch is unlike: one from each region of the texts before a second one.

Regions are the cells around greedily chosen centres, each the text farthest from the centres before it. What was
answered already gives the first centres, so that the next ones lie where nothing was answered. The cost is
proportional to texts × centres.

Source: Gonzalez 1985 (greedy k-center, at most twice the best radius); Sener and Savarese 2018 (what is labelled as the
first centres; here thinned to at most 256 of them); Zhdanov 2019 (clusters times informativeness).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

WORDS = 1 << 15
"""Places that words are hashed into."""
DIRECTIONS = 96
"""Random directions the texts are projected on: distances are kept within about a fifth."""
COVERED = 256
"""Most centres that stand for what was answered."""
_TOGETHER = 20_000
_SAME = 1 - 1e-6
"""Cosine from which two texts count as the same."""


def vectors(texts: Sequence[str], *, seed: int = 0) -> NDArray[np.float32]:
    """Return a unit vector for each text (texts × 96): its hashed words, projected at random.

    A word counts by the logarithm of how often it is there. Rare words are not raised (no IDF): the words of the most
    common theme would count least, and its texts look unlike each other for the odd word that is left. Texts without
    words get the zero vector.
    """
    if not texts:
        return np.zeros((0, DIRECTIONS), np.float32)
    import sklearn  # noqa: PLC0415 -- takes 50 MB and a second, and most processes learn nothing

    words = sklearn.feature_extraction.text
    hashing = words.HashingVectorizer(n_features=WORDS, alternate_sign=False, dtype=np.float32, norm=None)
    weighted = words.TfidfTransformer(use_idf=False, sublinear_tf=True).fit_transform(hashing.transform(texts))
    rng = np.random.default_rng(seed)
    directions = rng.standard_normal((WORDS, DIRECTIONS), np.float32)
    parts = [weighted[at : at + _TOGETHER] @ directions for at in range(0, len(texts), _TOGETHER)]
    found: NDArray[np.float32] = sklearn.preprocessing.normalize(np.concatenate(parts), copy=False)
    return found


def cells(
    points: NDArray[np.float32], count: int, *, first: int = 0, covered: NDArray[np.float32] | None = None
) -> NDArray[np.int64]:
    """Return the cell of each point (points), at most `count` cells around greedily chosen centres.

    Args:
        points: Unit vectors (points × directions).
        count: Most cells, at least 1; fewer when no point is left that differs from every centre.
        first: The point that is the first centre; not used with `covered`.
        covered: Centres there are already (centres × directions), not counted in `count`: the first cells are theirs,
            in their order.
    """
    cell, there = np.zeros(len(points), np.int64), 0 if covered is None else len(covered)
    if not len(points):
        return cell
    nearest, begun = points @ points[first], 1
    if covered is not None and there:
        nearest, begun = points @ covered[0], 0
        for number in range(1, there):
            nearest = _join(cell, nearest, points @ covered[number], number)
    for number in range(there + begun, there + count):
        centre = int(nearest.argmin())
        if nearest[centre] > _SAME:
            break
        nearest = _join(cell, nearest, points @ points[centre], number)
    return cell


def _join(
    cell: NDArray[np.int64], nearest: NDArray[np.float32], near: NDArray[np.float32], number: int
) -> NDArray[np.float32]:
    """Put the points nearest to a new centre into its cell; return how near each is to its centre now."""
    cell[near > nearest] = number
    return np.maximum(nearest, near)


def centres(points: NDArray[np.float32], count: int) -> NDArray[np.float32]:
    """Return at most `count` points, each the farthest from those before (centres × directions); none of none."""
    if not len(points):
        return points
    chosen, nearest = [0], points @ points[0]
    while len(chosen) < count and nearest.min() <= _SAME:
        chosen.append(int(nearest.argmin()))
        nearest = np.maximum(nearest, points @ points[chosen[-1]])
    return points[chosen]


def spread(
    texts: Sequence[str], score: NDArray[np.float64], *, stretch: int, answered: Sequence[str] = (), seed: int = 0
) -> NDArray[np.int64]:
    """Return the texts in an order in which every stretch takes one from each region, the least sure first.

    Args:
        texts: The texts.
        score: How sure a model is of each (texts); those it says nothing about are nan and count as the surest.
        stretch: Regions, and so the length of a stretch, at least 1; about as many as are answered before a model
            learns anew. Regions around what was answered come on top, and each counts as having had its first turn.
        answered: Texts that were answered before.
        seed: Chooses the directions of the projection.

    Returns:
        Places of the texts, in order.
    """
    sure = np.where(np.isnan(score), np.inf, score)
    if not len(texts):
        return np.zeros(0, np.int64)
    covered = centres(vectors(answered, seed=seed), COVERED)
    cell = cells(vectors(texts, seed=seed), stretch, first=int(sure.argmin()), covered=covered)
    order = np.lexsort((np.arange(len(texts)), sure, cell))
    inside = cell[order]
    starts = np.r_[True, inside[1:] != inside[:-1]]
    place = np.arange(len(order))
    turn = np.empty(len(order), np.int64)
    turn[order] = place - np.maximum.accumulate(np.where(starts, place, 0)) + (inside < len(covered))
    found: NDArray[np.int64] = np.lexsort((np.arange(len(texts)), sure, turn))
    return found
