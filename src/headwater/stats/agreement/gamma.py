"""Gamma: agreement on where stretches of a text begin and end and what they are, aligned as a whole.

An alignment puts every stretch into one tuple with at most one stretch of each annotator, nobody's place empty or all
but one. The disorder of a tuple is the mean dissimilarity of its pairs, 1 for a pair with an empty place; the best
alignment has the least disorder in all. gamma = 1 - observed / expected disorder, the expected one that of the same
stretches moved along their texts by chance.
"""

from __future__ import annotations

import itertools
import math
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import scipy

from headwater.stats.agreement import rare
from headwater.stats.bootstrap import RESAMPLING, Resampling
from headwater.stats.interval import Estimate, undefined

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Numbers = NDArray[np.float64]

PRECISION = 0.02
"""Wanted half-width of the 95 % interval of the expected disorder, as a share of it."""
_LEAST, _MOST = 10, 400
"""Fewest and most times that the texts are shuffled."""
_ROUNDS = 20
_ROUNDING = 1e-9


class Text(NamedTuple):
    """What several people marked in one text."""

    length: float
    """Where the text ends; stretches that are moved past it go on at its beginning."""
    marks: tuple[NDArray[np.float64], ...]
    """For each person the stretches as start, end (exclusive) and label code, shape (n, 3); n may be 0."""
    cluster: int = -1
    """What the text is a part of (a chat, of a turn): drawn together in the bootstrap; negative for nothing."""


def dissimilarity(left: Numbers, right: Numbers) -> Numbers:
    """Return how unlike stretches are: ((|Δ start| + |Δ end|) / total length)², plus 1 between labels, shape (a, b)."""
    a, b = left[:, None, :], right[None, :, :]
    apart = np.abs(a[..., 0] - b[..., 0]) + np.abs(a[..., 1] - b[..., 1])
    length = (a[..., 1] - a[..., 0]) + (b[..., 1] - b[..., 0])
    return np.asarray((apart / length) ** 2 + (a[..., 2] != b[..., 2]))


def disorder(marks: Sequence[Numbers]) -> float:
    """Return the disorder of the best alignment: the sum over its tuples, not divided by the number of stretches.

    With two people the alignment is exact. With more, people are aligned one after the other with the tuples so far,
    and again until nothing gets better, from the longest list and from the shortest; that is seldom above the least.

    Args:
        marks: For each person the stretches, see `Text`; two people or more.
    """
    filled = [each for each in marks if len(each)]
    total = sum(len(each) for each in filled)
    pairs = len(marks) * (len(marks) - 1) / 2
    if len(filled) < 2:  # noqa: PLR2004 -- all stand alone
        return float(total)
    if len(filled) == 2:  # noqa: PLR2004 -- exact at once
        # Two that share a tuple cost one tuple less and gain (1 - d) / pairs.
        saved = np.maximum(1 + (1 - dissimilarity(*filled)) / pairs, 0.0)
        return total - float(saved[scipy.optimize.linear_sum_assignment(saved, maximize=True)].sum())
    every = np.concatenate(filled)
    gain = (1 - dissimilarity(every, every)) / pairs
    starts = np.cumsum([0, *(len(each) for each in filled)])
    owned = [np.arange(low, high) for low, high in itertools.pairwise(starts)]
    order = sorted(owned, key=lambda each: -each.size)
    return min(_aligned(each, gain, total) for each in (order, order[::-1]))


def _aligned(people: list[NDArray[np.int64]], gain: Numbers, total: int) -> float:
    """Return number of tuples less gains: a tuple alone costs 1, each pair that shares one gains (1 - d) / pairs."""
    tuple_of = np.full(total, -1)
    best = math.inf
    for _ in range(_ROUNDS):
        for mine in people:
            tuple_of[mine] = -1
            placed = np.flatnonzero(tuple_of >= 0)
            names, member = np.unique(tuple_of[placed], return_inverse=True)
            into = np.zeros((mine.size, names.size))
            if placed.size:
                held = np.zeros((placed.size, names.size))
                held[np.arange(placed.size), member] = 1
                into = gain[np.ix_(mine, placed)] @ held
            # Joining a tuple instead of standing alone saves 1 and gains what it shares there.
            saved = np.maximum(into + 1, 0.0)
            rows, columns = scipy.optimize.linear_sum_assignment(saved, maximize=True)
            kept = saved[rows, columns] > 0
            fresh = int(tuple_of.max()) + 1
            tuple_of[mine] = fresh + np.arange(mine.size)
            tuple_of[mine[rows[kept]]] = names[columns[kept]]
        tuple_of = np.unique(tuple_of, return_inverse=True)[1]
        same = tuple_of[:, None] == tuple_of[None, :]
        found = int(tuple_of.max()) + 1 - float(np.triu(np.where(same, gain, 0.0), 1).sum())
        if found >= best - 1e-12:
            return best
        best = found
    return best


def gamma(
    texts: Sequence[Text],
    *,
    precision: float = PRECISION,
    rng: np.random.Generator | None = None,
    resampling: Resampling = RESAMPLING,
) -> Estimate:
    """Return gamma over texts that several people marked, with a bootstrap over texts.

    Args:
        texts: What was marked; texts of one person are left out.
        precision: Half-width of the 95 % interval of the expected disorder, as a share of it, at which shuffling ends.
        rng: Of the shuffling; a fixed seed when None.
        resampling: How to bootstrap the texts.

    Returns:
        At most 1; 0 is what stretches moved at random give. n counts the texts in which something was marked.
        Undefined when there is none. The method says the precision reached. Where few disagreed or nobody did, see
        `rare`: at most every stretch stands alone, a disorder of 1 each.

    Source:
        Mathet, Widlöcher & Métivier 2015, with their dissimilarity (weights 1 and 1, an empty place costs 1) and their
        shuffle: every person's stretches are moved together by a random distance, around the end of the text. Ours:
        all texts make one gamma, each person keeps their own stretches in the shuffle, and three people or more are
        aligned step by step, which gives the least disorder or slightly more, for observed and expected alike.
    """
    used = [text for text in texts if len(text.marks) > 1 and any(len(each) for each in text.marks)]
    method = "gamma"
    if not used:
        return undefined("Nobody marked anything that two people saw.", n=0, method=method)
    generator = np.random.default_rng(0) if rng is None else rng
    observed = np.array([disorder(text.marks) for text in used])
    expected, error = _expected(used, precision, generator)
    whole = [text.cluster if text.cluster >= 0 else -1 - place for place, text in enumerate(used)]
    cluster = np.unique(whole, return_inverse=True)[1]
    sums = np.stack([np.bincount(cluster, weights=each) for each in (observed, expected)], axis=1).astype(np.float64)

    def statistic(total: Numbers) -> Numbers:
        share = np.divide(total[:, 0], total[:, 1], out=np.full(len(total), math.nan), where=total[:, 1] > 0)
        return np.asarray(1 - share)

    method += f", expected disorder ± {error:.1%}"
    alone, chance = sum(len(each) for text in used for each in text.marks), max(float(expected.sum()), 1e-300)
    worst = np.array([alone, chance]) / len(sums)
    seen = rare.Disagreement(sums[:, 0] > _ROUNDING, worst, alone / chance, len(sums))
    return rare.interval(sums, statistic, seen, method=method, resampling=resampling)


def _expected(texts: Sequence[Text], precision: float, rng: np.random.Generator) -> tuple[Numbers, float]:
    """Return each text's mean disorder under shuffling, and the half-width of their sum as a share of it."""
    rounds: list[Numbers] = []
    while True:
        rounds.append(np.array([disorder(_moved(text, rng)) for text in texts]))
        if len(rounds) < _LEAST:
            continue
        sums = np.array([each.sum() for each in rounds])
        error = 1.96 * float(sums.std(ddof=1)) / math.sqrt(len(sums)) / max(float(sums.mean()), 1e-300)
        if error <= precision or len(rounds) >= _MOST:
            return np.mean(rounds, axis=0), error


def _moved(text: Text, rng: np.random.Generator) -> list[Numbers]:
    """Move each person's stretches by a random distance; those that begin past the end go on at the beginning."""
    found = []
    for each, shift in zip(text.marks, rng.uniform(0, text.length, len(text.marks)), strict=True):
        start = (each[:, 0] + shift) % text.length
        found.append(np.column_stack([start, start + each[:, 1] - each[:, 0], each[:, 2]]))
    return found
