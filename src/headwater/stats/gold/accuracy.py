"""Accuracy on gold: by annotator, cohort or slice, and for a population from strata."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from headwater.core.errors import InvalidError
from headwater.stats.gold.sizing import Method
from headwater.stats.interval import (
    Estimate,
    clopper_pearson_bounds,
    normal_quantile,
    undefined,
    wilson_bounds,
)

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

_ROUNDS = 20


def accuracy_by(
    right: ArrayLike, group: ArrayLike, *, groups: int, confidence: float = 0.95, method: Method = Method.WILSON
) -> list[Estimate]:
    """Return the share of right gold answers of every group, with its interval.

    Args:
        right: Whether each gold answer is right, shape (n,).
        group: Code of the annotator, cohort or slice of each answer, in [0, groups), shape (n,).
        groups: How many groups there are.
        confidence: Nominal coverage of each interval.
        method: How the intervals are made.

    Returns:
        One estimate per group, in the order of the codes; undefined, with the interval 0 to 1, without answers.
    """
    codes = np.asarray(group, np.int64)
    total = np.bincount(codes, minlength=groups)
    correct = np.bincount(codes, weights=np.asarray(right, np.float64), minlength=groups).astype(np.int64)
    bounds = wilson_bounds if method is Method.WILSON else clopper_pearson_bounds
    low, high = bounds(correct, total, confidence=confidence)
    return [
        Estimate(
            value=correct[place] / total[place] if total[place] else math.nan,
            low=float(low[place]),
            high=float(high[place]),
            n=int(total[place]),
            method=method.value,
            confidence=confidence,
            note="" if total[place] else "No gold answer here.",
        )
        for place in range(groups)
    ]


def stratified(correct: ArrayLike, n: ArrayLike, weight: ArrayLike, *, confidence: float = 0.95) -> Estimate:
    """Return the accuracy in a population whose strata were given different shares of gold.

    Args:
        correct: Right gold answers in each stratum, shape (h,).
        n: Gold answers in each stratum, shape (h,).
        weight: Size of each stratum in the population (tasks), non-negative, shape (h,); only its shares count.
        confidence: Nominal coverage.

    Returns:
        The weighted accuracy with the stratified Wilson interval. Undefined when a stratum that has weight has no
        gold answer: nothing is known about it.

    Raises:
        InvalidError: A weight is negative, or all are zero.

    Source:
        Yan & Su 2010, "Stratified Wilson and Newcombe confidence intervals for multiple binomial proportions": the
        ends are weighted sums of the strata's Wilson ends at a smaller quantile. Deviation: the variances that share
        out the quantile are taken at the ends themselves, by fixed point, so strata without an error count too.
    """
    right, total, size = (np.asarray(item, np.float64) for item in (correct, n, weight))
    if np.any(size < 0) or size.sum() <= 0:
        raise InvalidError("Weights of strata are not negative and not all zero.", remedy="Use numbers of tasks.")
    share = size / size.sum()
    used = share > 0
    method, answers = f"stratified wilson over {int(used.sum())} strata", int(total.sum())
    if np.any(total[used] == 0):
        note = f"{int(np.sum(total[used] == 0))} of {int(used.sum())} strata have no gold answer."
        return undefined(note, n=answers, method=method, confidence=confidence)
    right, total, share = right[used], total[used], share[used]
    z = normal_quantile(confidence)
    return Estimate(
        value=float(share @ (right / total)),
        low=_end(right, total, share, z, upper=False),
        high=_end(right, total, share, z, upper=True),
        n=answers,
        method=method,
        confidence=confidence,
    )


def _end(
    right: NDArray[np.float64], total: NDArray[np.float64], share: NDArray[np.float64], z: float, *, upper: bool
) -> float:
    """One end: Σ share · Wilson end at z·√(Σ share² v) / Σ share √v, v the variances at the ends."""
    inner = z / math.sqrt(len(share))
    for _ in range(_ROUNDS):
        end = _wilson_end(right, total, inner, upper=upper)
        deviation = np.sqrt(end * (1 - end) / total)
        if not np.any(deviation > 0):
            break
        inner = z * math.sqrt(float(np.sum((share * deviation) ** 2))) / float(share @ deviation)
    return float(share @ _wilson_end(right, total, inner, upper=upper))


def _wilson_end(
    right: NDArray[np.float64], total: NDArray[np.float64], z: float, *, upper: bool
) -> NDArray[np.float64]:
    spread = z * z / total
    rate = right / total
    half = z * np.sqrt(rate * (1 - rate) / total + spread / (4 * total)) / (1 + spread)
    centre = (rate + spread / 2) / (1 + spread)
    return np.clip(centre + half if upper else centre - half, 0.0, 1.0)
