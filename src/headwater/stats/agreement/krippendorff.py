"""Krippendorff's alpha: agreement beyond chance for any number of raters, missing answers, any scale.

alpha = 1 - D_o / D_e, the observed disagreement within units over the disagreement of answers paired
at random. 1 is perfect agreement, 0 is chance, below 0 is worse than chance. Units with one answer say
nothing about agreement and drop out. With only one label in use nothing could have disagreed, so
alpha is undefined, not 1.
"""

from __future__ import annotations

import itertools
import math
from typing import TYPE_CHECKING, Any

import numpy as np

from headwater.core.errors import InvalidError, LimitError
from headwater.stats.agreement import distances
from headwater.stats.agreement.distances import Level
from headwater.stats.agreement.patterns import Patterns, clean, count, count_in_clusters, numbered
from headwater.stats.bootstrap import RESAMPLING, Resampling, UnitSums, bootstrap
from headwater.stats.interval import Estimate, unanimous, undefined

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import ArrayLike, NDArray

    Sums = NDArray[np.float64]

_FEW_VALUES = 64
"""Interval data with larger codes than this are not counted into patterns but into moments per unit."""

_MOST_VALUES = 4_000
"""Distances between more values than this would not fit in memory."""

_CELLS = 20_000_000
"""Ordinal: above this many (pattern, pair of labels) cells the resamples keep the ranks of the sample."""

_ROUNDING = 1e-12
"""Relative size below which a difference of moments is rounding error."""


def alpha(  # noqa: PLR0913 - the three arrays and the usual five options
    task: ArrayLike,
    annotator: ArrayLike,
    answer: ArrayLike,
    *,
    level: str | ArrayLike = Level.NOMINAL,
    cluster: ArrayLike | None = None,
    resamples: int = 1000,
    rng: np.random.Generator | None = None,
    confidence: float = 0.95,
) -> Estimate:
    """Return Krippendorff's alpha of long-format answers, one row per answer.

    Args:
        task: Task codes, non-negative integers, shape (n,), in any order.
        annotator: Annotator codes, non-negative integers, shape (n,).
        answer: Label codes (negative = missing; on ordered scales the code is the number) or numbers
            (nan = missing), shape (n,).
        level: `nominal`, `ordinal`, `interval`, `ratio`, or a symmetric matrix of distances between labels.
        cluster: What the task of each answer is a part of (a chat, of a turn), non-negative integers, shape (n,):
            answers inside depend on each other, so the bootstrap draws whole clusters and n counts them.
        resamples: Bootstrap resamples of tasks; 0 for no interval.
        rng: The generator of the bootstrap; a fixed seed when None.
        confidence: Nominal coverage of the interval.

    Returns:
        Alpha with a BCa bootstrap interval; n is the number of tasks with at least two answers.
        Undefined (nan, with a note) without such tasks or when only one label was ever given there. Of
        repeated answers of one annotator to one task the first counts.

    Raises:
        InvalidError: The arrays do not fit together, or the level is unknown.

    Source:
        Krippendorff, "Computing Krippendorff's Alpha-Reliability", 2011. The interval is ours: the
        paper resamples pairs of answers, we resample tasks, because answers to one task depend on each other.
    """
    given = np.asarray(answer)
    resampling = Resampling(resamples=resamples, rng=rng, confidence=confidence)
    numbers = bool(np.issubdtype(given.dtype, np.floating))
    values = None
    if isinstance(level, str) and distances.level_of(level) is Level.INTERVAL:
        if numbers or given.max(initial=0) >= _FEW_VALUES:
            return _many_numbers((task, annotator, given), cluster, resampling)
    elif numbers:
        values = np.unique(given[~np.isnan(given)])
        given = np.where(np.isnan(given), -1, np.searchsorted(values, given))
    if cluster is None:
        return of_patterns(count(task, annotator, given), level=level, values=values, resampling=resampling)
    return of_patterns(
        count_in_clusters(task, annotator, given, cluster), level=level, values=values, resampling=resampling
    )


def of_patterns(
    patterns: Patterns,
    *,
    level: str | ArrayLike = Level.NOMINAL,
    values: ArrayLike | None = None,
    resampling: Resampling = RESAMPLING,
) -> Estimate:
    """Return Krippendorff's alpha of answers counted into patterns (see `alpha`).

    Args:
        patterns: How units were answered (`patterns.count`).
        level: As in `alpha`.
        values: The number that each label stands for, on the interval and ratio levels; its code by default.
        resampling: How to bootstrap the units.
    """
    pairs = patterns.pairable()
    width = pairs.counts.shape[1]
    if pairs.n == 0 or np.count_nonzero(pairs.counts.any(axis=0)) < 2:  # noqa: PLR2004
        return _hollow(pairs.n, resampling)
    if not isinstance(level, str):
        return _with_distances(pairs, distances.custom(level, width), "custom", resampling)
    scale = distances.level_of(level)
    value = np.arange(width, dtype=np.float64) if values is None else np.asarray(values, np.float64)
    if scale is Level.NOMINAL:
        return _nominal(pairs, resampling)
    if scale is Level.ORDINAL:
        return _ordinal(pairs, resampling)
    if scale is Level.INTERVAL:
        return _interval(pairs.sample, _moments(pairs, value), resampling)
    if width > _MOST_VALUES:
        raise LimitError(f"{width} different numbers are too many for the ratio level.", remedy="Round them.")
    return _with_distances(pairs, distances.ratio(value), "ratio", resampling)


def by_label(patterns: Patterns, *, resampling: Resampling = RESAMPLING) -> list[Estimate]:
    """Return for each label the alpha of "this label or another one": which labels are told apart badly."""
    return [of_patterns(patterns.of_label(label), resampling=resampling) for label in range(patterns.counts.shape[1])]


def alpha_by_group(  # noqa: PLR0913 - the four arrays and the usual three options
    task: ArrayLike,
    annotator: ArrayLike,
    answer: ArrayLike,
    group: ArrayLike,
    *,
    level: str | ArrayLike = Level.NOMINAL,
    cluster: ArrayLike | None = None,
    resampling: Resampling = RESAMPLING,
) -> list[Estimate]:
    """Return alpha within each group of answers: slice, cohort, guideline version, month.

    Only answers of the same group meet, so an alpha by cohort is the agreement inside the cohort.

    Args:
        task: As in `alpha`.
        annotator: As in `alpha`.
        answer: As in `alpha`.
        group: Group code of each answer, non-negative integers, shape (n,); negative = in no group.
        level: As in `alpha`.
        cluster: As in `alpha`.
        resampling: How to bootstrap the tasks of each group.

    Returns:
        One estimate per group code from 0 to the largest; undefined for groups without pairs.

    Raises:
        InvalidError: The arrays do not fit together, or the level is unknown.
    """
    code = np.asarray(group)
    arrays = [np.asarray(task), np.asarray(annotator), np.asarray(answer)]
    if any(array.shape != code.shape for array in arrays):
        raise InvalidError("There must be one group code per answer.", remedy="Give -1 to answers in no group.")
    if code.size == 0:
        return []
    if cluster is None and _counted(arrays[2], level):
        counted = numbered(*arrays)
        together = None if counted is None else counted.by_group(code)
        if together is not None:
            return [of_patterns(each, level=level, resampling=resampling) for each in together]
    few = code.astype(np.min_scalar_type(-int(code.max()) - 1))  # a short code is sorted by counting
    order = np.argsort(few, kind="stable")
    ends = np.searchsorted(few, np.arange(int(code.max()) + 2), sorter=order)
    how: dict[str, Any] = {"resamples": resampling.resamples, "confidence": resampling.confidence}
    if cluster is not None:
        arrays.append(np.asarray(cluster))
    estimates = []
    for start, stop in itertools.pairwise(ends):
        rows = [array[order[start:stop]] for array in arrays]
        part = rows[3] if cluster is not None else None
        estimates.append(alpha(*rows[:3], level=level, cluster=part, rng=resampling.rng, **how))
    return estimates


def _counted(answer: NDArray[Any], level: str | ArrayLike) -> bool:
    """Return whether answers are codes that are counted into patterns as they are."""
    if not np.issubdtype(answer.dtype, np.integer):
        return False
    numbers = isinstance(level, str) and distances.level_of(level) is Level.INTERVAL
    return not numbers or int(answer.max(initial=0)) < _FEW_VALUES


def _nominal(pairs: Patterns, resampling: Resampling) -> Estimate:
    """D = Σ (m² - Σ n_c²) / (m - 1) against E = n² - Σ n_c²."""
    ratings, counts = pairs.ratings, pairs.counts
    disagreement = (ratings**2 - (counts**2).sum(axis=1)) / (ratings - 1)
    sums = np.column_stack([disagreement, counts])

    def statistic(total: Sums) -> Sums:
        answers = total[:, 1:]
        n = answers.sum(axis=1)
        return _alpha(total[:, 0], n, n**2 - (answers**2).sum(axis=1))

    answers = pairs.units @ counts
    n = int(answers.sum())
    found = _estimate(pairs.sample(sums), statistic, "nominal", resampling)
    return unanimous(found, _cost(1.0, n, n**2 - float((answers.astype(np.float64) ** 2).sum())))


def _with_distances(pairs: Patterns, distance: Sums, scale: str, resampling: Resampling) -> Estimate:
    """D = Σ n' δ n / (m - 1) within units against E = N' δ N over all answers."""
    counts = pairs.counts.astype(np.float64)
    disagreement = np.einsum("ij,ij->i", counts @ distance, counts) / (pairs.ratings - 1)
    sums = np.column_stack([disagreement, counts])

    def statistic(total: Sums) -> Sums:
        answers = total[:, 1:]
        return _alpha(total[:, 0], answers.sum(axis=1), np.einsum("ij,ij->i", answers @ distance, answers))

    answers = pairs.units @ counts
    largest = float(distance[np.ix_(answers > 0, answers > 0)].max())
    found = _estimate(pairs.sample(sums), statistic, scale, resampling)
    return unanimous(found, _cost(largest, answers.sum(), float(answers @ distance @ answers)))


def _interval(
    sample: Callable[[Sums], UnitSums], moments: Sums, resampling: Resampling, scale: str = Level.INTERVAL
) -> Estimate:
    """Squared differences from m, Σx and Σx² per unit: D = 2 (m Σx² - (Σx)²) / (m - 1), E alike over all."""
    m, first, second = moments.T
    disagreement = 2 * np.maximum(m * second - first**2, 0.0) / (m - 1)
    sums = np.column_stack([disagreement, moments])

    def statistic(total: Sums) -> Sums:
        _, n, sum_x, sum_xx = total.T
        expected = 2 * (n * sum_xx - sum_x**2)
        # Rounding leaves a trace where all numbers are equal.
        return _alpha(total[:, 0], n, np.where(expected > _ROUNDING * n * sum_xx, expected, 0.0))

    parts = sample(sums)
    _, n, sum_x, sum_xx = parts.units @ parts.sums
    largest = float(np.ptp(first / m)) ** 2  # where units agree, each has one number
    found = _estimate(parts, statistic, scale, resampling)
    return unanimous(found, _cost(largest, n, 2 * (n * sum_xx - sum_x**2)))


def _moments(pairs: Patterns, value: Sums) -> Sums:
    """Return m, Σx and Σx² of one unit of each pattern, shape (k, 3)."""
    counts = pairs.counts.astype(np.float64)
    first, second = (counts @ power for power in _powers(value, pairs.units @ counts))
    return np.stack([counts.sum(axis=1), first, second], axis=1)


def _many_numbers(
    answers: tuple[ArrayLike, ArrayLike, NDArray[Any]], cluster: ArrayLike | None, resampling: Resampling
) -> Estimate:
    task, annotator, answer = answers
    missing = np.isnan(answer) if np.issubdtype(answer.dtype, np.floating) else answer < 0
    unit, _, row = clean(task, annotator, np.where(missing, -1, np.arange(answer.size)))
    several = np.bincount(unit) > 1
    row, unit = row[several[unit]], unit[several[unit]]
    value = answer[row].astype(np.float64)
    if value.size == 0 or value.min() == value.max():
        return _hollow(int(several.sum()), resampling)
    ones = np.ones(value.size)
    columns = [ones, *_powers(value, ones)]
    moments = np.stack([np.bincount(unit, weights=column, minlength=several.size) for column in columns], axis=1)
    kept = moments[several].astype(np.float64)
    if cluster is None:
        return _interval(lambda sums: UnitSums(np.ones(len(sums), np.int64), sums), kept, resampling)
    first = np.unique(unit, return_index=True)[1]
    group = np.unique(np.asarray(cluster)[row[first]], return_inverse=True)[1]

    def sample(sums: Sums) -> UnitSums:
        whole = [np.bincount(group, weights=column) for column in sums.T]
        return UnitSums(np.ones(whole[0].size, np.int64), np.stack(whole, axis=1))

    return _interval(sample, kept, resampling)


def _ordinal(pairs: Patterns, resampling: Resampling) -> Estimate:
    """Squared differences of mean ranks, which depend on how often each label occurs in the resample."""
    counts = pairs.counts.astype(np.float64)
    width = counts.shape[1]
    low, high = np.triu_indices(width, 1)
    if len(counts) * low.size > _CELLS:
        moments = _moments(pairs, distances.midranks(pairs.units @ pairs.counts))
        return _interval(pairs.sample, moments, resampling, "ordinal, ranks held fixed")
    coincidences = counts[:, low] * counts[:, high] / (pairs.ratings - 1)[:, None]

    def statistic(total: Sums) -> Sums:
        answers, pair = total[:, :width], total[:, width:]
        n, rank = answers.sum(axis=1), distances.midranks(answers)
        observed = 2 * np.einsum("ij,ij->i", pair, (rank[:, high] - rank[:, low]) ** 2)
        expected = 2 * (n * (answers * rank**2).sum(axis=1) - (answers * rank).sum(axis=1) ** 2)
        return _alpha(observed, n, np.where(expected > _ROUNDING * n**4, expected, 0.0))

    sums = np.column_stack([counts, coincidences])
    answers = pairs.units @ counts
    n, rank = answers.sum(), distances.midranks(answers)
    spread = 2 * (n * float(answers @ rank**2) - float(answers @ rank) ** 2)
    found = _estimate(pairs.sample(sums), statistic, "ordinal", resampling)
    return unanimous(found, _cost(float(np.ptp(rank[answers > 0])) ** 2, n, spread))


def _alpha(observed: Sums, n: Sums, expected: Sums) -> Sums:
    """Return 1 - (n - 1) D / E, nan where nothing could disagree."""
    share = np.divide((n - 1) * observed, expected, out=np.full_like(observed, np.nan), where=expected > 0)
    return 1 - share


def _powers(value: Sums, weights: ArrayLike) -> tuple[Sums, Sums]:
    """Return x and x² of the values less their mean, which keeps the digits that differ."""
    centred = value - np.average(value, weights=np.asarray(weights))
    return centred, centred**2


def _estimate(sample: UnitSums, statistic: Callable[[Sums], Sums], scale: str, resampling: Resampling) -> Estimate:
    return bootstrap(sample, statistic, method=f"Krippendorff's alpha, {scale}", resampling=resampling)


def _cost(largest: float, n: float, expected: float) -> float:
    """Return the largest over the mean distance of two answers; `expected` sums the distances of all n (n - 1)."""
    return largest * n * (n - 1) / expected if expected > 0 else math.nan


def _hollow(n: int, resampling: Resampling) -> Estimate:
    note = "Only one label was given, so nothing could have disagreed." if n else "No task has two answers to compare."
    return undefined(note, n=n, method="Krippendorff's alpha", confidence=resampling.confidence)
