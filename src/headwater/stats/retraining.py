"""Comparing models across retrains: training again is part of the noise, and is measured as such.

An effect between two releases is real only against how much retraining one release moves the same number.
The tests here resample retrains and evaluation items together (a two-way bootstrap), so both kinds of noise are
in the interval.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from headwater.stats.interval import Estimate

if TYPE_CHECKING:
    from numpy.typing import NDArray

FEWEST_RETRAINS = 3
RESAMPLES = 2000
_BLOCK = 1 << 20


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

    def effect(rise: NDArray[np.float64], weight: NDArray[np.float64]) -> NDArray[np.float64]:
        value = _average(rise[:, inside], weight[:, inside])
        return value if control is None else value - _average(rise[:, control], weight[:, control])

    draws = np.empty(RESAMPLES)
    step = max(1, _BLOCK // items)
    for start in range(0, RESAMPLES, step):
        drawn = _drawn(before, after, min(step, RESAMPLES - start), rng)
        draws[start : start + step] = effect(drawn.rise, drawn.weight)
    value = float(effect((after.mean(axis=0) - before.mean(axis=0))[None], np.ones((1, items)))[0])
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


class _Drawn(NamedTuple):
    """Some resamples of retrains and items."""

    rise: NDArray[np.float64]
    """How much the mean of each item rose, (resamples × items)."""
    weight: NDArray[np.float64]
    """How often each item was drawn, (resamples × items)."""


def _drawn(before: NDArray[np.bool_], after: NDArray[np.bool_], times: int, rng: np.random.Generator) -> _Drawn:
    items = before.shape[1]
    old, new = (rng.integers(0, len(each), (times, len(each))) for each in (before, after))
    row = np.arange(times)[:, None] * items
    chosen = (rng.integers(0, items, (times, items)) + row).ravel()
    weight = np.bincount(chosen, minlength=times * items).reshape(times, items).astype(np.float64)
    return _Drawn(_inflate(after, new) - _inflate(before, old), weight)


def _inflate(right: NDArray[np.bool_], picked: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return the item means of retrains picked; deviations are widened for their small number."""
    runs = len(right)
    mean = right.mean(axis=0)
    share = (picked[:, :, None] == np.arange(runs)).mean(axis=1)
    drawn = np.einsum("ij,jk->ik", share, right.astype(np.float64))  # too little for threads
    return np.asarray(mean + (drawn - mean) * math.sqrt(runs / (runs - 1)))


def _average(rise: NDArray[np.float64], weight: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the weighted mean of each row, the plain one of rows without any weight."""
    safe = np.where(weight.sum(axis=1, keepdims=True) > 0, weight, 1.0)
    return np.asarray((rise * safe).sum(axis=1) / safe.sum(axis=1))
