"""Comparing models across retrains: training again is part of the noise, and is measured as such.

An effect between two releases is real only against how much retraining one release moves the same number.
The tests here resample retrains and evaluation items together (a two-way bootstrap), so both kinds of noise are
in the interval.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from headwater.stats.interval import Estimate

if TYPE_CHECKING:
    from numpy.typing import NDArray

FEWEST_RETRAINS = 3
RESAMPLES = 2000


def difference(
    before: NDArray[np.bool_],
    after: NDArray[np.bool_],
    *,
    inside: NDArray[np.bool_] | None = None,
    confidence: float = 0.95,
    rng: np.random.Generator,
) -> Estimate:
    """Return how much the share of right items rose in a slice.

    Args:
        before: Right or wrong (retrains × items) of models of the old release.
        after: The same of the new release, on the same items.
        inside: The slice, by item; all items by default.
        confidence: Nominal coverage.
        rng: Draws the bootstrap.

    Returns:
        The difference of shares; undefined when a release has fewer than three retrains, or the slice is empty.
    """
    return _effect(before, after, inside, None, confidence, rng)


def difference_in_differences(
    before: NDArray[np.bool_],
    after: NDArray[np.bool_],
    *,
    treated: NDArray[np.bool_],
    control: NDArray[np.bool_],
    rng: np.random.Generator,
    confidence: float = 0.95,
) -> Estimate:
    """Return how much more the treated slice rose than the control slice."""
    return _effect(before, after, treated, control, confidence, rng)


def _effect(
    before: NDArray[np.bool_],
    after: NDArray[np.bool_],
    treated: NDArray[np.bool_] | None,
    control: NDArray[np.bool_] | None,
    confidence: float,
    rng: np.random.Generator,
) -> Estimate:
    method = (
        "difference over retrains, two-way bootstrap"
        if control is None
        else "difference in differences, two-way bootstrap"
    )
    items = before.shape[1]
    inside = np.ones(items, dtype=bool) if treated is None else treated
    n = int(inside.sum())
    if min(len(before), len(after)) < FEWEST_RETRAINS or n == 0 or (control is not None and not control.any()):
        note = "not enough retrains to tell: at least three of each release" if n else "the slice is empty"
        return Estimate(value=math.nan, low=math.nan, high=math.nan, n=n, method=method, note=note)

    def effect(old: NDArray[np.float64], new: NDArray[np.float64], weight: NDArray[np.float64]) -> float:
        rise = new - old
        value = np.average(rise[inside], weights=_safe(weight[inside]))
        if control is not None:
            value -= np.average(rise[control], weights=_safe(weight[control]))
        return float(value)

    ones = np.ones(items)
    value = effect(before.mean(axis=0), after.mean(axis=0), ones)
    draws = np.empty(RESAMPLES)
    for place in range(RESAMPLES):
        old = _inflate(before, rng)
        new = _inflate(after, rng)
        draws[place] = effect(old, new, rng.multinomial(items, np.full(items, 1 / items)).astype(np.float64))
    tail = (1 - confidence) / 2
    low, high = np.quantile(draws, [tail, 1 - tail])
    return Estimate(
        value=value,
        low=float(low),
        high=float(high),
        n=n,
        method=method,
        confidence=confidence,
        standard_error=float(draws.std(ddof=1)),
    )


def _inflate(right: NDArray[np.bool_], rng: np.random.Generator) -> NDArray[np.float64]:
    """Return the item means of a resample of retrains; deviations are widened for their small number."""
    runs = len(right)
    mean = right.mean(axis=0)
    drawn = right[rng.integers(0, runs, runs)].mean(axis=0)
    return np.asarray(mean + (drawn - mean) * math.sqrt(runs / (runs - 1)))


def _safe(weight: NDArray[np.float64]) -> NDArray[np.float64]:
    return weight if weight.sum() > 0 else np.ones_like(weight)
