"""Agreement on orders: Kendall's W of raters who rank the same things, and how far two rankings lie apart."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import scipy

from headwater.core.errors import InvalidError
from headwater.stats.interval import Estimate, share, undefined

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike, NDArray

_TIES = "Kendall's W, corrected for ties"


def concordance(ratings: ArrayLike) -> float:
    """Return Kendall's W of raters who rank the same things, corrected for ties.

    Args:
        ratings: Numbers or ranks, raters × things, shape (m, n); each row is ranked, ties share the mean rank.

    Returns:
        12 S / (m² (n³ - n) - m Σ T) in [0, 1]; nan with fewer than two raters or things, or when all of a rater's
        things are tied for every rater.

    Source: Kendall & Gibbons 1990; T sums t³ - t over a rater's ties of size t.
    """
    table = np.asarray(ratings, np.float64)
    if table.ndim != 2:  # noqa: PLR2004
        raise InvalidError("Ratings are a table: one row per rater, one column per thing.")
    raters, things = table.shape
    if raters < 2 or things < 2:  # noqa: PLR2004
        return math.nan
    ranks = scipy.stats.rankdata(table, axis=1)
    sums = ranks.sum(axis=0)
    ties = sum(float((size**3 - size).sum()) for row in ranks for size in [np.unique(row, return_counts=True)[1]])
    room = raters**2 * (things**3 - things) - raters * ties
    return 12 * float(((sums - sums.mean()) ** 2).sum()) / room if room > 0 else math.nan


def mean_concordance(lists: Sequence[ArrayLike]) -> Estimate:
    """Return the mean of Kendall's W over lists that were each ranked by several raters.

    Args:
        lists: One table per list, raters × things; lists without a W are left out.

    Returns:
        The mean with a Wilson interval at the effective n; n counts the lists. Undefined without lists. By chance
        alone W is about 1 / raters, not 0.
    """
    values = np.array([each for each in map(concordance, lists) if not math.isnan(each)])
    if not values.size:
        return undefined("No list was ranked by two people.", n=0, method=f"mean of {_TIES}")
    error = float(values.std(ddof=1)) / math.sqrt(values.size) if values.size > 1 else math.nan
    return share(float(values.mean()), error, n=values.size, method=f"mean of {_TIES}, over lists")


def kendall_distances(places: ArrayLike, *, thing: int | None = None) -> NDArray[np.float64]:
    """Return for every two rankings the share of pairs of things they order differently, shape (k, k).

    Args:
        places: Place of each thing in each ranking, shape (k, things); equal places are ties, nan is not ranked.
        thing: Look only at pairs with this one: how far apart it stands; all pairs by default.

    Returns:
        0 for the same order, 1 for the reverse one; a tie against an order counts one half (Kemeny's distance over
        its largest value). 1 where two rankings share fewer than two things.
    """
    table = np.asarray(places, np.float64)
    first, second = np.triu_indices(table.shape[1], 1)
    if thing is not None:
        first, second = (side[(first == thing) | (second == thing)] for side in (first, second))
    sign = np.sign(table[:, first] - table[:, second])
    known = (~np.isnan(sign)).astype(np.float64)
    clean = np.nan_to_num(sign)
    shared = known @ known.T
    up, down, tied = (((clean == side) & (known > 0)).astype(np.float64) for side in (1, -1, 0))
    apart = up @ down.T + down @ up.T + (tied @ (up + down).T + (up + down) @ tied.T) / 2
    distance: NDArray[np.float64] = np.divide(apart, shared, out=np.ones_like(apart), where=shared > 0)
    np.fill_diagonal(distance, 0.0)
    return distance
