"""Estimates that carry their uncertainty, and the intervals they carry.

Every number that Headwater shows about people, labels or models is an `Estimate`: the value, its
interval, the number of independent units behind it and the method. Proportions get Wilson or
Clopper-Pearson intervals, statistics with a known standard error the normal one, everything else a
bootstrap over the independent units (`headwater.stats.bootstrap`).
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import scipy

from headwater.core.errors import InvalidError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import ArrayLike, NDArray


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

    @property
    def decimals(self) -> int:
        """Decimals that say it: none where value and ends are whole numbers above 1, else three."""
        ends = [each for each in (self.value, self.low, self.high) if not math.isnan(each)]
        return 0 if self.value > 1 and all(float(each).is_integer() for each in ends) else 3

    def __str__(self) -> str:
        """Return the value with interval, n and method in one line."""
        if not self.defined:
            return f"undefined (n = {self.n}, {self.method}): {self.note}"
        digits = self.decimals
        ends = f"{self.low:.{digits}f} to {self.high:.{digits}f}"
        span = f"{self.confidence:.0%} interval {ends}, " if self.low <= self.high else ""
        return f"{self.value:.{digits}f} ({span}n = {self.n}, {self.method})"


def restored(value: Mapping[str, Any]) -> Estimate:
    """Return the estimate whose fields were written as JSON, where an undefined number is null."""
    numbers: dict[str, Any] = {name: math.nan if item is None else item for name, item in value.items()}
    return Estimate(**numbers)


def unanimous(found: Estimate, cost: float, *, units: int | None = None) -> Estimate:
    """Return an estimate of agreement; where no unit disagreed, with an interval that admits what was not seen.

    When every unit agrees, so does every resample of them, and a bootstrap's interval is a point whatever n. Yet a
    share of units up to the Clopper-Pearson bound of 0 in n may disagree, and each lowers the coefficient.

    Args:
        found: The estimate; returned as it is unless it is 1 with an interval that is a point.
        cost: How far the coefficient falls when every unit disagrees as much as it can, above 0: 1 / (1 - chance
            agreement), or the largest over the mean distance of two answers.
        units: Units that could have disagreed; the estimate's n by default.

    Returns:
        The estimate, its `low` 1 - cost · bound, but at least -1.

    Source:
        Ours. Conservative: a disagreeing unit is taken to disagree altogether.
    """
    if not (found.low == found.high and found.value > 1 - _ROUNDING):
        return found
    bound = float(clopper_pearson_bounds(0, found.n if units is None else units, confidence=found.confidence).high)
    return replace(found, low=max(1 - cost * bound, -1.0), method=_bounded(found, "disagreement"))


def matched(found: Estimate, *, units: int) -> Estimate:
    """Return a share of what people did alike, such as F1; at 0 and 1 with an interval that admits what was not seen.

    Args:
        found: The estimate; returned as it is unless it is 0 or 1 with an interval that is a point.
        units: Units that weigh anything.

    Returns:
        The estimate with the Clopper-Pearson bound of 0 in that many units as the distance of its other end.
    """
    if not (found.low == found.high and found.value < _ROUNDING):
        return unanimous(found, 1.0, units=units)
    bound = float(clopper_pearson_bounds(0, units, confidence=found.confidence).high)
    return replace(found, high=bound, method=_bounded(found, "agreement"))


def _bounded(found: Estimate, unseen: str) -> str:
    return f"{found.method.rpartition(', ')[0]}, Clopper-Pearson bound as no {unseen} was seen"


_ROUNDING = 1e-12
"""A coefficient this close to 1 is 1."""


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


def difference(successes: int, n: int, others: int, m: int, *, confidence: float = 0.95) -> Estimate:
    """Return the difference of two independent proportions, the first less the second.

    The interval joins the two Wilson intervals.

    Args:
        successes: Of the first n trials.
        n: At least 1 to be defined.
        others: Successes of the second m trials.
        m: At least 1 to be defined.
        confidence: Of the interval.

    Returns:
        The estimate, its `n` the trials of both; undefined when either has none.

    Source:
        Newcombe (1998), Statistics in Medicine 17, 873-890, method 10.
    """
    method = "Newcombe"
    if not n or not m:
        return undefined("one of the two proportions has no trials", n=n + m, method=method, confidence=confidence)
    one, two = wilson(successes, n, confidence=confidence), wilson(others, m, confidence=confidence)
    value = one.value - two.value
    down = ((one.value - one.low) ** 2 + (two.high - two.value) ** 2) ** 0.5
    up = ((one.high - one.value) ** 2 + (two.value - two.low) ** 2) ** 0.5
    return Estimate(value=value, low=value - down, high=value + up, n=n + m, method=method, confidence=confidence)


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
    tail = (1 - check_confidence(confidence)) / 2
    inner_low, inner_high = np.where(count > 0, count, 1.0), np.where(count < total, total - count, 1.0)
    low = scipy.special.betaincinv(inner_low, total - inner_low + 1, tail)
    high = scipy.special.betaincinv(total - inner_high + 1, inner_high, 1 - tail)
    return Bounds(np.where(count == 0, 0.0, low), np.where(count == total, 1.0, high))


def share(value: float, standard_error: float, *, n: int, method: str, confidence: float = 0.95) -> Estimate:
    """Return a share that is a mean over units, with a Wilson interval that stays within 0 and 1.

    The effective n, share · (1 - share) / standard error², is the number of independent trials that would vary as
    much; where nothing varied it is n itself.

    Args:
        value: The share, 0 to 1.
        standard_error: Its standard error; nan counts as 0.
        n: Number of units.
        method: What was computed.
        confidence: Nominal coverage in (0, 1).

    Source:
        Korn & Graubard 1998, with Wilson's interval in the place of Clopper and Pearson's.
    """
    ends = share_bounds(np.asarray(value), np.asarray(standard_error), np.asarray(n), confidence=confidence)
    return Estimate(
        value=value,
        low=float(ends.low),
        high=float(ends.high),
        n=n,
        method=method,
        confidence=confidence,
        standard_error=standard_error,
    )


def share_bounds(value: ArrayLike, standard_error: ArrayLike, n: ArrayLike, *, confidence: float = 0.95) -> Bounds:
    """Return the intervals of `share` for many shares at once; nan where the share is."""
    mean, error = np.asarray(value, np.float64), np.nan_to_num(np.asarray(standard_error, np.float64))
    varies = np.where((error > 0) & (mean > 0) & (mean < 1), mean * (1 - mean), 0.0)
    trials = np.divide(varies, error**2, out=np.asarray(n, np.float64).copy(), where=varies > 0)
    safe = np.clip(np.nan_to_num(mean), 0.0, 1.0) * trials
    ends = wilson_bounds(np.minimum(safe, trials), trials, confidence=confidence)
    hole = np.isnan(mean)
    return Bounds(np.where(hole, math.nan, ends.low), np.where(hole, math.nan, ends.high))


def normal_quantile(confidence: float) -> float:
    """Return z such that a standard normal lies within ±z with this probability."""
    return float(scipy.special.ndtri((1 + check_confidence(confidence)) / 2))


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


def check_confidence(confidence: float) -> float:
    """Return the confidence.

    Raises:
        InvalidError: It is not between 0 and 1.
    """
    if not 0 < confidence < 1:
        raise InvalidError(f"A confidence of {confidence} is not between 0 and 1.", remedy="Use for example 0.95.")
    return confidence
