"""Rotation and leaks: gold that is answered better or faster once it is known."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import scipy

from headwater.stats.gold.accuracy import accuracy_by
from headwater.stats.multiplicity import holm

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from headwater.stats.interval import Estimate

MOST_EXPOSURES = 10
"""Exposures that are told apart; more are counted as this many."""
FEWEST = 5
"""Answers on either side below which times are not compared."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Leak:
    """A gold item that is suspiciously well or quickly answered by those who had met it."""

    item: int
    exposed: int
    """Answers after an exposure."""
    exposed_right: int
    fresh: int
    """Answers without one."""
    fresh_right: int
    p_right: float
    """Exact probability of so many right answers among the exposed, if exposure changed nothing."""
    p_fast: float
    """One-sided Mann–Whitney probability of such quick answers; 1 when there are too few."""
    adjusted: float
    """The smaller of the two, over both tests and all items (Holm)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Exposure:
    """What earlier contact does to answers to gold."""

    accuracy: list[Estimate]
    """Accuracy by number of earlier exposures, from 0; the last stands for that many or more."""
    p: float
    """Exact one-sided probability, within items, of so many right answers after exposure; 1 when there were none."""
    leaks: list[Leak]
    """Items that leaked, at the stated level over all items."""


def exposures(item: ArrayLike, person: ArrayLike, moment: ArrayLike) -> NDArray[np.int64]:
    """Return how often the same person, or the same group of people, had answered the same item before.

    Args:
        item: Code of the item of each answer, from 0, shape (n,).
        person: Code of the annotator, or of the team within which answers may be passed on, from 0, shape (n,).
        moment: When each answer was given, shape (n,).
    """
    items, people = np.asarray(item, np.int64), np.asarray(person, np.int64)
    if not items.size:
        return np.zeros(0, np.int64)
    key = items * (int(people.max()) + 1) + people
    order = np.lexsort((np.asarray(moment), key))
    starts = np.flatnonzero(np.r_[True, key[order][1:] != key[order][:-1]])
    rank = np.arange(items.size) - np.repeat(starts, np.diff(np.r_[starts, items.size]))
    found = np.empty(items.size, np.int64)
    found[order] = rank
    return found


def exposure(
    item: ArrayLike, right: ArrayLike, seen: ArrayLike, seconds: ArrayLike, *, level: float = 0.05
) -> Exposure:
    """Return whether answers to gold improve with earlier exposure, and which items leak.

    Args:
        item: Code of the gold item of each answer, from 0, shape (n,).
        right: Whether each answer is right, shape (n,).
        seen: Earlier exposures of each answer (see `exposures`), shape (n,).
        seconds: Time each answer took, shape (n,); 0 where it is unknown.
        level: Probability of calling any sound item leaked, over all items.

    Returns:
        The accuracy by exposure, the exact test over all items (the numbers of right answers after exposure are
        hypergeometric within each item; their sum is convolved), and the leaks.
    """
    codes, correct = np.asarray(item, np.int64), np.asarray(right, np.bool_)
    before, time = np.asarray(seen, np.int64), np.asarray(seconds, np.float64)
    if not codes.size:
        return Exposure(accuracy=[], p=1.0, leaks=[])
    known, codes = np.unique(codes, return_inverse=True)
    tables = _tables(codes, correct, before > 0, len(known))
    both = np.flatnonzero((tables[:, 0] > 0) & (tables[:, 2] > 0))
    tests = [_tests(tables[place], time[codes == place], before[codes == place] > 0) for place in both]
    adjusted = holm([min(1.0, 2 * min(each)) for each in tests])
    top = int(min(before.max(), MOST_EXPOSURES))
    return Exposure(
        accuracy=accuracy_by(correct, np.minimum(before, MOST_EXPOSURES), groups=top + 1),
        p=_sum_p(tables[both]),
        leaks=[
            Leak(
                item=int(known[place]),
                exposed=int(tables[place, 0]),
                exposed_right=int(tables[place, 1]),
                fresh=int(tables[place, 2]),
                fresh_right=int(tables[place, 3]),
                p_right=test.right,
                p_fast=test.fast,
                adjusted=float(q),
            )
            for place, test, q in zip(both, tests, adjusted, strict=True)
            if q <= level
        ],
    )


class _Tests(NamedTuple):
    right: float
    fast: float


def _tables(
    item: NDArray[np.int64], right: NDArray[np.bool_], exposed: NDArray[np.bool_], items: int
) -> NDArray[np.int64]:
    """By item: exposed answers, right ones among them, fresh answers, right ones among them."""
    columns = (exposed, exposed & right, ~exposed, ~exposed & right)
    return np.stack([np.bincount(item[column], minlength=items) for column in columns], axis=1)


def _tests(table: NDArray[np.int64], seconds: NDArray[np.float64], exposed: NDArray[np.bool_]) -> _Tests:
    """Fisher's exact test of the right answers, and the rank-sum test of the times, both one-sided."""
    met, met_right, fresh, fresh_right = (int(count) for count in table)
    right = float(scipy.stats.hypergeom.sf(met_right - 1, met + fresh, met_right + fresh_right, met))
    late, early = seconds[exposed & (seconds > 0)], seconds[~exposed & (seconds > 0)]
    if min(late.size, early.size) < FEWEST or np.ptp(np.r_[late, early]) == 0:
        return _Tests(right, 1.0)
    return _Tests(right, float(scipy.stats.mannwhitneyu(late, early, alternative="less").pvalue))


def _sum_p(tables: NDArray[np.int64]) -> float:
    """P(Σ X ≥ observed), X the right answers after exposure of each item, hypergeometric given its margins."""
    pmf, observed = np.ones(1), 0
    for met, met_right, fresh, fresh_right in tables:
        values = np.arange(met + 1)
        pmf = np.convolve(pmf, scipy.stats.hypergeom.pmf(values, met + fresh, met_right + fresh_right, met))
        observed += int(met_right)
    return float(min(1.0, pmf[observed:].sum()))
