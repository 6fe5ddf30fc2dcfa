"""Groups that read a class differently: what a group's labels say where all others' labels teach another class."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import scipy

from headwater.stats.interval import Estimate, wilson
from headwater.stats.subgroups import benjamini_hochberg

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """How a group labels the items that the other groups' labels teach as one class."""

    group: int
    """Code of the group."""
    taught: int
    """Class a model of the other groups' labels gives these items."""
    given: int
    """Another class that the group gives them."""
    share: Estimate
    """Share of the group's items taught as the one that it calls the other (Wilson)."""
    elsewhere: Estimate
    """The same share in all other groups together."""
    p: float
    """One-sided hypergeometric tail, adjusted over all groups and pairs of classes (Benjamini and Hochberg)."""


def readings(
    taught: NDArray[np.int64], given: NDArray[np.int64], group: NDArray[np.int64], *, fewest: int = 4
) -> list[Reading]:
    """Return every pair of classes in which a group's labels are set against what the others teach, least p first.

    A pair is looked at when at least `fewest` items of all groups together are taught as the one and labelled as the
    other. That looks only at the margins of the table, not at how the items fall on the groups, so the tails stay
    valid. A model that errs in the same way everywhere moves all groups alike and blames nobody.

    Args:
        taught: Class of each item by a model that has not seen a label of its group; -1 where there is none.
        given: Class the item's group gives it.
        group: Code of each item's group.
        fewest: Items a pair needs.

    Returns:
        One reading per group and pair with an item of that group; empty with one group or no such pair.
    """
    groups = int(group.max(initial=-1)) + 1
    classes = int(max(taught.max(initial=-1), given.max(initial=-1))) + 1
    kept = taught >= 0
    table = np.zeros((groups, classes, classes), np.int64)
    np.add.at(table, (group[kept], taught[kept], given[kept]), 1)
    rows = table.sum(axis=2)  # groups × taught
    pairs = np.argwhere(table.sum(axis=0) >= fewest)
    wanted = [
        (code, one, other)
        for one, other in pairs[pairs[:, 0] != pairs[:, 1]]
        for code in np.flatnonzero(rows[:, one])
        if rows[code, one] < rows[:, one].sum()
    ]
    if not wanted:
        return []
    code, one, other = np.array(wanted).T
    hits, n = table[code, one, other], rows[code, one]
    all_hits, total = table[:, one, other].sum(axis=0), rows[:, one].sum(axis=0)
    adjusted = benjamini_hochberg(scipy.stats.hypergeom.sf(hits - 1, total, all_hits, n))
    order = np.argsort(adjusted, kind="stable")
    return [
        Reading(
            group=int(code[place]),
            taught=int(one[place]),
            given=int(other[place]),
            share=wilson(int(hits[place]), int(n[place])),
            elsewhere=wilson(int(all_hits[place] - hits[place]), int(total[place] - n[place])),
            p=float(adjusted[place]),
        )
        for place in order
    ]
