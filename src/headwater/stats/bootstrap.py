"""The bootstrap over independent units, as one matrix product.

Agreement is measured on units (tasks) whose answers depend on each other, so whole units are drawn. A
statistic that is a function of sums over units needs only the sums of every resample, and units that
add the same to every sum are one kind: drawing units is one multinomial draw over the kinds.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import scipy

from headwater.stats.interval import Bounds, Estimate, check_confidence, normal_quantile, undefined

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import ArrayLike, NDArray

SEED = 20_240_229
"""Seed of the generator used where the caller gives none, so that repeated calls agree."""

MOST_KINDS = 5_000
"""Kinds of unit above which `resampled_sums` relies on the central limit theorem."""

_CHUNK_CELLS = 4_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Resampling:
    """How to bootstrap."""

    resamples: int = 1000
    """Number of resamples; 0 for no interval."""
    rng: np.random.Generator | None = None
    """The generator; a fresh one with `SEED` when None, so that repeated calls agree."""
    confidence: float = 0.95
    """Nominal coverage of the interval, in (0, 1)."""


RESAMPLING = Resampling()
"""1,000 resamples, a fixed seed, 95 %."""


class UnitSums(NamedTuple):
    """Independent units of a few kinds, and what one unit of each kind adds to some sums."""

    units: NDArray[np.int64]
    """Units of each kind, non-negative, shape (k,)."""
    sums: NDArray[np.float64]
    """What one unit of each kind adds to each of the m sums, shape (k, m)."""


def bootstrap(
    sample: UnitSums,
    statistic: Callable[[NDArray[np.float64]], NDArray[np.float64]],
    *,
    method: str,
    resampling: Resampling = RESAMPLING,
) -> Estimate:
    """Return a statistic of sums over units with its bias-corrected and accelerated bootstrap interval.

    Args:
        sample: The units; resampling draws whole units.
        statistic: Maps sums of shape (B, m) to values of shape (B,); nan where it is undefined.
        method: What the statistic is; how the interval was made is appended.
        resampling: How to bootstrap.

    Returns:
        The estimate; undefined when the statistic of the sample is. With fewer than two units there
        is a value but no interval. The standard error is the standard deviation of the resamples.
    """
    units, sums = sample
    resamples, confidence = resampling.resamples, resampling.confidence
    total = units @ sums
    value, n = float(statistic(total[None, :])[0]), int(units.sum())
    if math.isnan(value):
        return undefined("The statistic has no value for these units.", n=n, method=method, confidence=confidence)
    if resamples == 0 or n < 2:  # noqa: PLR2004
        note = "" if resamples == 0 else "One unit shows no variation, so there is no interval."
        return replace(undefined(note, n=n, method=method, confidence=confidence), value=value)
    drawn = statistic(resampled_sums(units, sums, resamples=resamples, rng=resampling.rng))
    known = drawn[~np.isnan(drawn)]
    # With very many kinds one unit moves nothing: the acceleration is zero for all purposes.
    influence = statistic(total - sums) if units.size <= MOST_KINDS else np.zeros(0)
    weights = units if units.size <= MOST_KINDS else None
    low, high = bca_bounds(known, value, influence, weights=weights, confidence=confidence)
    return Estimate(
        value=value,
        low=float(low),
        high=float(high),
        n=n,
        method=f"{method}, BCa bootstrap of {resamples} resamples",
        confidence=confidence,
        standard_error=float(known.std(ddof=1)) if known.size > 1 else math.nan,
        note=_bootstrap_note(known, resamples, n),
    )


def resampled_sums(
    counts: ArrayLike, sums: ArrayLike, *, resamples: int = 1000, rng: np.random.Generator | None = None
) -> NDArray[np.float64]:
    """Return bootstrap replicates of sums over units, for units that come in few kinds.

    Drawing as many units as there are, with replacement, is one multinomial draw over the kinds, so
    all resamples together are one matrix product, however many units there are. Above `MOST_KINDS`
    kinds the sums are drawn from the normal distribution with the exact bootstrap mean and covariance.

    Args:
        counts: Units of each kind, non-negative integers, shape (k,).
        sums: What one unit of each kind adds to each sum, shape (k, m).
        resamples: Number of resamples B, at least 1.
        rng: The generator; a fresh one with `SEED` when None.

    Returns:
        The m sums in every resample, shape (B, m); zeros when there are no units.
    """
    sizes, parts = np.asarray(counts, np.int64), np.asarray(sums, np.float64)
    generator = np.random.default_rng(SEED) if rng is None else rng
    total = int(sizes.sum())
    if total == 0:
        return np.zeros((resamples, parts.shape[1]))
    if sizes.size > MOST_KINDS:
        return _normal_sums(sizes, parts, resamples, generator)
    step = max(1, _CHUNK_CELLS // sizes.size)
    chunks = [
        generator.multinomial(total, sizes / total, size=min(step, resamples - start)).astype(np.float64) @ parts
        for start in range(0, resamples, step)
    ]
    return np.concatenate(chunks)


def percentile_bounds(replicates: ArrayLike, *, confidence: float = 0.95, below: float = 0.5) -> Bounds:
    """Return the percentile bootstrap interval.

    Args:
        replicates: Values of the statistic in the resamples, shape (B,) or (B, m); nan is left out.
        confidence: Nominal coverage in (0, 1).
        below: How much of what is left out lies below the interval, in [0, 1]: a half for equal tails.

    Returns:
        Ends of shape () or (m,); nan where every replicate is nan.
    """
    out = 1 - check_confidence(confidence)
    ends = np.asarray(out * below), np.asarray(1 - out * (1 - below))
    return _quantiles(np.asarray(replicates, np.float64), *ends)


def bca_bounds(
    replicates: ArrayLike,
    value: float,
    influence: ArrayLike,
    *,
    weights: ArrayLike | None = None,
    confidence: float = 0.95,
) -> Bounds:
    """Return the bias-corrected and accelerated bootstrap interval.

    Args:
        replicates: Values of the statistic in the resamples, shape (B,); nan is left out.
        value: The statistic of the sample itself.
        influence: Values of the statistic with one unit left out, one per kind of unit, shape (k,).
        weights: How many units there are of each kind, shape (k,); 1 each by default.
        confidence: Nominal coverage in (0, 1).

    Returns:
        Two numbers as arrays of shape (). The percentile interval where the acceleration is
        undefined; nan where every replicate is nan.

    Source:
        Efron 1987, with the tails of Hesterberg 2015 for few units: t's quantile times √(n / (n - 1)) in the place of
        the normal one, since resamples of n units vary less than samples do. Replicates equal to the value count one
        half in the bias correction.
    """
    drawn = np.asarray(replicates, np.float64)
    drawn = drawn[~np.isnan(drawn)]
    if drawn.size == 0 or math.isnan(value):
        return Bounds(np.asarray(math.nan), np.asarray(math.nan))
    below = (np.count_nonzero(drawn < value) + 0.5 * np.count_nonzero(drawn == value)) / drawn.size
    bias = float(scipy.special.ndtri(min(max(below, 0.5 / drawn.size), 1 - 0.5 / drawn.size)))
    left_out = np.asarray(influence, np.float64)
    acceleration = _acceleration(left_out, weights)
    z = _quantile(left_out.size if weights is None else int(np.sum(weights)), confidence)
    ends = [bias + (bias + side) / (1 - acceleration * (bias + side)) for side in (-z, z)]
    return _quantiles(drawn, scipy.special.ndtr(ends[0]), scipy.special.ndtr(ends[1]))


def _quantile(n: int, confidence: float) -> float:
    """Return how many standard errors wide either side is; the normal quantile where n is not known."""
    if n < 2:  # noqa: PLR2004
        return normal_quantile(confidence)
    return float(scipy.special.stdtrit(n - 1, (1 + check_confidence(confidence)) / 2)) * math.sqrt(n / (n - 1))


def _bootstrap_note(known: NDArray[np.float64], resamples: int, n: int) -> str:
    if known.size == 0:
        return "The value is undefined in every resample, so there is no interval."
    if known.size < resamples:
        return f"The value is undefined in {resamples - known.size} of {resamples} resamples, which are left out."
    if np.ptp(known) == 0:
        return f"Every resample gives the same value: {n} units cannot show what happens less often than 3 in {n}."
    return ""


def _normal_sums(
    counts: NDArray[np.int64], sums: NDArray[np.float64], resamples: int, rng: np.random.Generator
) -> NDArray[np.float64]:
    """Mean n·p'S and covariance n·(S'diag(p)S - S'pp'S), by eigenvectors since it may be singular."""
    total = counts.sum()
    mean = counts @ sums
    centred = (sums - mean / total) * np.sqrt(counts)[:, None]
    variance, axes = np.linalg.eigh(centred.T @ centred)
    scale = axes * np.sqrt(np.maximum(variance, 0.0))
    drawn: NDArray[np.float64] = mean + rng.standard_normal((resamples, mean.size)) @ scale.T
    return drawn


def _acceleration(leave_one_out: NDArray[np.float64], weights: ArrayLike | None) -> float:
    """Return Σ d³ / (6 (Σ d²)^1.5) with d = mean - leave-one-out value; 0 where undefined."""
    weight = np.ones(leave_one_out.size) if weights is None else np.asarray(weights, np.float64)
    known = ~np.isnan(leave_one_out) & (weight > 0)
    kept, weight = leave_one_out[known], weight[known]
    if kept.size == 0:
        return 0.0
    deviation = np.average(kept, weights=weight) - kept
    square = float(weight @ deviation**2)
    return float(weight @ deviation**3) / (6 * square**1.5) if square > 0 else 0.0


def _quantiles(replicates: NDArray[np.float64], low: ArrayLike, high: ArrayLike) -> Bounds:
    if replicates.shape[0] == 0 or np.isnan(replicates).all():
        hollow = np.full(replicates.shape[1:], math.nan)
        return Bounds(hollow, hollow)
    ends = np.nanquantile(replicates, np.stack([np.asarray(low), np.asarray(high)]), axis=0)
    return Bounds(np.asarray(ends[0]), np.asarray(ends[1]))
