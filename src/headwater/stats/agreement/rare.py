"""Intervals of agreement where disagreement is rare: what a sample did not show may still happen.

A bootstrap draws only what was seen. Where no unit disagrees it has no width at all, and where a few do, and slightly,
it knows nothing of the worse ones that are as rare. So where few disagree, units are weighed as in the Bayesian
bootstrap, with half a unit more on either side: one that agrees, and one that disagrees half-way between those that
were seen and altogether. The share of units that disagree then has Jeffreys' posterior.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from headwater.stats.bootstrap import SEED, UnitSums, bootstrap, percentile_bounds
from headwater.stats.interval import Estimate, unanimous

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from headwater.stats.bootstrap import Resampling

    Numbers = NDArray[np.float64]

FEW, PART = 10, 1 / 4
"""Units that disagree, and their share, from which on the bootstrap is left to itself."""

BELOW = 0.4
"""How much of what the interval leaves out lies below it.

Where few differ on average, none may in a sample, so that the lower end, which allows for that, is hardly ever too
high: what may be left out is better spent above.
"""


class Disagreement(NamedTuple):
    """Which units disagree, and how bad it could be."""

    apart: NDArray[np.bool_]
    """Whether anybody disagreed, shape (units,)."""
    worst: Numbers
    """What a unit of mean size adds to each sum when everybody disagrees altogether, shape (sums,)."""
    cost: float
    """How far the statistic falls when every unit does, see `unanimous`."""
    units: int
    """Units in which anybody could have disagreed."""


def interval(
    sums: Numbers,
    statistic: Callable[[Numbers], Numbers],
    seen: Disagreement,
    *,
    method: str,
    resampling: Resampling,
) -> Estimate:
    """Return a statistic of agreement of sums over units, with an interval that holds where disagreement is rare.

    Args:
        sums: What each unit adds to each sum, shape (units, sums).
        statistic: See `bootstrap`; 1 where nobody disagrees.
        seen: Which units disagree, and how bad it could be.
        method: What the statistic is.
        resampling: How to bootstrap.

    Source:
        Rubin 1981 for the weights; the half units and the tails are ours. By 2,000 simulations each it covers 94.8 to
        96.7 % (40 to 150 texts, one mark in ten to one in a hundred wrong), where the bootstrap alone covers down to
        85 %.
    """
    found = bootstrap(UnitSums(np.ones(len(sums), np.int64), sums), statistic, method=method, resampling=resampling)
    few = int(np.count_nonzero(seen.apart))
    if not few or not found.low < found.high:
        return unanimous(found, seen.cost, units=seen.units)
    if few >= min(FEW, PART * seen.units):
        return found
    drawn = statistic(_weighed(sums, seen, resampling))
    low, high = percentile_bounds(drawn, confidence=resampling.confidence, below=BELOW)
    how = f"Bayesian bootstrap of {resampling.resamples} draws, half a unit added on either side as only {few} differed"
    error = float(np.nanstd(drawn, ddof=1))
    return replace(found, low=float(low), high=float(high), standard_error=error, method=f"{method}, {how}", note="")


def _weighed(sums: Numbers, seen: Disagreement, resampling: Resampling) -> Numbers:
    """Return draws of the sums with random weights of the units, shape (resamples, sums)."""
    rng = np.random.default_rng(SEED) if resampling.rng is None else resampling.rng
    halves = np.stack([sums[~seen.apart].mean(axis=0), (sums[seen.apart].mean(axis=0) + seen.worst) / 2])
    units = rng.standard_exponential((resampling.resamples, len(sums)))
    return np.asarray(units @ sums + rng.gamma(0.5, size=(resampling.resamples, 2)) @ halves)
