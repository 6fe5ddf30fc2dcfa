"""Intervals of agreement where disagreement is rare: what a sample did not show may still happen.

A bootstrap draws only what was seen. Where no unit disagrees it has no width at all, and where a few do, and slightly,
it knows nothing of the worse ones that are as rare. So the lower end also admits one unit more that disagrees
altogether, weighed by one over the number of those that were seen to disagree: a whole one beside a single one, hardly
any beside nine. It is done only where few disagree.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from headwater.stats.bootstrap import UnitSums, bootstrap
from headwater.stats.interval import Estimate, unanimous

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from headwater.stats.bootstrap import Resampling

    Numbers = NDArray[np.float64]

FEW, PART = 10, 1 / 4
"""Units that disagree, and their share, from which on the bootstrap is left to itself."""


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
        Ours. By simulation it covers 93 to 98 % (40 to 150 texts, one mark in four to one in thirty wrong), where the
        bootstrap alone covers 88 to 97 %; most where two or three texts differ.
    """
    found = bootstrap(UnitSums(np.ones(len(sums), np.int64), sums), statistic, method=method, resampling=resampling)
    few = int(np.count_nonzero(seen.apart))
    if not few or not found.low < found.high:
        return unanimous(found, seen.cost, units=seen.units)
    if few >= min(FEW, PART * seen.units):
        return found
    more = UnitSums(np.ones(len(sums) + 1, np.int64), np.concatenate([sums, seen.worst[None, :] / few]))
    low = min(found.low, bootstrap(more, statistic, method=method, resampling=resampling).low)
    added = f"an utter disagreement of weight 1/{few} added below as only {few} differed"
    return replace(found, low=low, method=f"{found.method}, {added}")
