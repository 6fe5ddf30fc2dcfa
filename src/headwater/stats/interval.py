"""Estimates that carry their uncertainty, and the intervals they carry.

Every number that Headwater shows about people, labels or models is an `Estimate`: the value, its
interval, the number of independent units behind it and the method. Proportions get Wilson or
Clopper-Pearson intervals, statistics with a known standard error the normal one, everything else a
bootstrap over the independent units.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy import special

from headwater.core.errors import InvalidError

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import ArrayLike, NDArray

SEED = 20_240_229
"""Seed of the generator used where the caller gives none, so that repeated calls agree."""

MOST_KINDS = 5_000
"""Kinds of unit above which `resampled_sums` relies on the central limit theorem."""

_CHUNK_CELLS = 4_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """A number with its interval, its n and how it was made."""

    value: float
    """The point estimate; nan where it is undefined, and then `note` says why."""
    low: float
    """Lower end of the interval; nan where there is none."""
    high: float
    """Upper end of the interval; nan where there is none."""
    n: int
    """Independent units behind the value (tasks, gold answers, pairs: the method says which)."""
    method: str
    """What was computed and how the interval was made, e.g. `krippendorff alpha nominal, bca bootstrap`."""
    confidence: float = 0.95
    """Nominal coverage of the interval, in (0, 1)."""
    standard_error: float = math.nan
    """Standard error of the value where the method gives one, else nan."""
    note: str = ""
    """Why the value or the interval is undefined or needs care; empty when there is nothing to say."""

    @property
    def defined(self) -> bool:
        """Whether there is a value at all."""
        return not math.isnan(self.value)

    def __str__(self) -> str:
        """Return the value with interval, n and method in one line."""
        if not self.defined:
            return f"undefined (n = {self.n}, {self.method}): {self.note}"
        span = f"{self.confidence:.0%} interval {self.low:.3f} to {self.high:.3f}, " if self.low <= self.high else ""
        return f"{self.value:.3f} ({span}n = {self.n}, {self.method})"


class Bounds(NamedTuple):
    """Lower and upper ends of intervals, elementwise."""

    low: NDArray[np.float64]
    """Lower ends."""
    high: NDArray[np.float64]
    """Upper ends."""


def wilson(successes: int, n: int, *, confidence: float = 0.95) -> Estimate:
    """Return a proportion with its Wilson score interval.

    Args:
        successes: Number of successes, 0 to n.
        n: Number of independent trials.
        confidence: Nominal coverage in (0, 1).

    Returns:
        The proportion; undefined with the interval 0 to 1 when n is 0.

    Raises:
        InvalidError: successes is negative or above n, or confidence is not in (0, 1).

    Source:
        Wilson 1927; Brown, Cai & DasGupta 2001. No continuity correction.
    """
    return _proportion(successes, n, wilson_bounds(successes, n, confidence=confidence), "wilson", confidence)


def clopper_pearson(successes: int, n: int, *, confidence: float = 0.95) -> Estimate:
    """Return a proportion with its exact (Clopper-Pearson) interval, which never covers too little.

    Args:
        successes: Number of successes, 0 to n.
        n: Number of independent trials.
        confidence: Nominal coverage in (0, 1); the real coverage is at least this.

    Returns:
        The proportion; undefined with the interval 0 to 1 when n is 0.

    Raises:
        InvalidError: successes is negative or above n, or confidence is not in (0, 1).

    Source:
        Clopper & Pearson 1934, as quantiles of the beta distribution.
    """
    bounds = clopper_pearson_bounds(successes, n, confidence=confidence)
    return _proportion(successes, n, bounds, "clopper-pearson", confidence)


def wilson_bounds(successes: ArrayLike, n: ArrayLike, *, confidence: float = 0.95) -> Bounds:
    """Return Wilson score intervals for many proportions at once (0 to 1 where n is 0)."""
    count, total = _trials(successes, n)
    z = normal_quantile(confidence)
    safe = np.where(total > 0, total, 1.0)
    share, spread = count / safe, z * z / safe
    centre = (share + spread / 2) / (1 + spread)
    half = z * np.sqrt(share * (1 - share) / safe + spread / (4 * safe)) / (1 + spread)
    low = np.where((total == 0) | (count == 0), 0.0, centre - half)
    return Bounds(low, np.where((total == 0) | (count == total), 1.0, centre + half))


def clopper_pearson_bounds(successes: ArrayLike, n: ArrayLike, *, confidence: float = 0.95) -> Bounds:
    """Return exact intervals for many proportions at once (0 to 1 where n is 0)."""
    count, total = _trials(successes, n)
    tail = (1 - _level(confidence)) / 2
    inner_low, inner_high = np.where(count > 0, count, 1.0), np.where(count < total, total - count, 1.0)
    low = special.betaincinv(inner_low, total - inner_low + 1, tail)
    high = special.betaincinv(total - inner_high + 1, inner_high, 1 - tail)
    return Bounds(np.where(count == 0, 0.0, low), np.where(count == total, 1.0, high))


def normal_quantile(confidence: float) -> float:
    """Return z such that a standard normal lies within ±z with this probability."""
    return float(special.ndtri((1 + _level(confidence)) / 2))


def normal(value: float, standard_error: float, *, n: int, method: str, confidence: float = 0.95) -> Estimate:
    """Return an estimate with the symmetric interval value ± z · standard error (not clipped)."""
    half = normal_quantile(confidence) * standard_error
    note = "" if math.isfinite(half) else "The standard error is undefined."
    return Estimate(
        value=value,
        low=value - half,
        high=value + half,
        n=n,
        method=method,
        confidence=confidence,
        standard_error=standard_error,
        note=note,
    )


def undefined(note: str, *, n: int, method: str, confidence: float = 0.95) -> Estimate:
    """Return an estimate that has no value, with the reason."""
    nan = math.nan
    return Estimate(value=nan, low=nan, high=nan, n=n, method=method, confidence=confidence, note=note)


def percentile_bounds(replicates: ArrayLike, *, confidence: float = 0.95) -> Bounds:
    """Return the percentile bootstrap interval.

    Args:
        replicates: Values of the statistic in the resamples, shape (B,) or (B, m); nan is left out.
        confidence: Nominal coverage in (0, 1).

    Returns:
        Ends of shape () or (m,); nan where every replicate is nan.
    """
    tail = (1 - _level(confidence)) / 2
    return _quantiles(np.asarray(replicates, np.float64), np.asarray(tail), np.asarray(1 - tail))


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
        Efron 1987. Replicates equal to the value count one half in the bias correction.
    """
    drawn = np.asarray(replicates, np.float64)
    drawn = drawn[~np.isnan(drawn)]
    if drawn.size == 0 or math.isnan(value):
        return Bounds(np.asarray(math.nan), np.asarray(math.nan))
    below = (np.count_nonzero(drawn < value) + 0.5 * np.count_nonzero(drawn == value)) / drawn.size
    bias = float(special.ndtri(min(max(below, 0.5 / drawn.size), 1 - 0.5 / drawn.size)))
    acceleration = _acceleration(np.asarray(influence, np.float64), weights)
    z = normal_quantile(confidence)
    ends = [bias + (bias + side) / (1 - acceleration * (bias + side)) for side in (-z, z)]
    return _quantiles(drawn, special.ndtr(ends[0]), special.ndtr(ends[1]))


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


def _bootstrap_note(known: NDArray[np.float64], resamples: int, n: int) -> str:
    if known.size == 0:
        return "The value is undefined in every resample, so there is no interval."
    if known.size < resamples:
        return f"The value is undefined in {resamples - known.size} of {resamples} resamples, which are left out."
    if np.ptp(known) == 0:
        return f"Every resample gives the same value: {n} units cannot show what happens less often than 3 in {n}."
    return ""


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


def _proportion(successes: int, n: int, bounds: Bounds, method: str, confidence: float) -> Estimate:
    return Estimate(
        value=successes / n if n else math.nan,
        low=float(bounds.low),
        high=float(bounds.high),
        n=n,
        method=method,
        confidence=confidence,
        note="" if n else "Nothing was counted.",
    )


def _trials(successes: ArrayLike, n: ArrayLike) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    count, total = np.broadcast_arrays(np.asarray(successes, np.float64), np.asarray(n, np.float64))
    if np.any(count < 0) or np.any(count > total):
        raise InvalidError("The number of successes must lie between 0 and n.", remedy="Check which count is which.")
    return count, total


def _level(confidence: float) -> float:
    if not 0 < confidence < 1:
        raise InvalidError(f"A confidence of {confidence} is not between 0 and 1.", remedy="Use for example 0.95.")
    return confidence
