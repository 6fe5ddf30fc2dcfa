"""Finding weak subgroups: hypergeometric tails, false discovery control, peeling."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import scipy

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import ArrayLike, NDArray


@dataclass(frozen=True, slots=True, kw_only=True)
class Weak:
    """A subgroup with more failures than chance gives it."""

    name: str
    n: int
    failures: int
    p: float
    """One-sided hypergeometric tail of its failures, given all failures."""
    q: float
    """Adjusted for all subgroups tested (Benjamini and Hochberg)."""


def weak_subgroups(
    failed: ArrayLike, groups: Mapping[str, NDArray[np.bool_]], *, level: float = 0.05, fewest: int = 5
) -> list[Weak]:
    """Return the subgroups with significantly many failures, in the order they were found.

    Of the significant subgroups the most specific one (with the fewest items) is taken before broad ones. Its items
    are removed and the rest is tested again, else one dominant failure returns under many names.

    Args:
        failed: Whether each item failed.
        groups: Membership of each item, by name of the subgroup.
        level: False discovery rate over all subgroups of a round, in (0, 1).
        fewest: Items below which a subgroup is not tested.
    """
    failures = np.asarray(failed, dtype=bool)
    remaining = np.ones(len(failures), dtype=bool)
    found: list[Weak] = []
    while True:
        tested = _test(failures, remaining, groups, fewest)
        if not tested:
            return found
        adjusted = benjamini_hochberg([item.p for item in tested])
        significant = [i for i in range(len(tested)) if adjusted[i] <= level]
        if not significant:
            return found
        best = min(significant, key=lambda i: (tested[i].n, tested[i].p))
        weakest = tested[best]
        found.append(
            Weak(name=weakest.name, n=weakest.n, failures=weakest.failures, p=weakest.p, q=float(adjusted[best]))
        )
        remaining &= ~groups[weakest.name]


def _test(
    failures: NDArray[np.bool_], remaining: NDArray[np.bool_], groups: Mapping[str, NDArray[np.bool_]], fewest: int
) -> list[Weak]:
    total, bad = int(remaining.sum()), int((failures & remaining).sum())
    tested = []
    for name, inside in groups.items():
        n = int((inside & remaining).sum())
        if n < fewest or n == total:
            continue
        k = int((inside & remaining & failures).sum())
        tested.append(Weak(name=name, n=n, failures=k, p=float(scipy.stats.hypergeom.sf(k - 1, total, bad, n)), q=1.0))
    return tested


def benjamini_hochberg(p: ArrayLike) -> NDArray[np.float64]:
    """Return the adjusted p-values of a family of tests.

    Source: Benjamini and Hochberg, Journal of the Royal Statistical Society B 57(1), 1995.
    """
    values = np.asarray(p, dtype=np.float64)
    order = np.argsort(values)[::-1]
    ranks = np.arange(len(values), 0, -1)
    adjusted = np.minimum.accumulate(values[order] * len(values) / ranks)
    result = np.empty_like(adjusted)
    result[order] = np.minimum(adjusted, 1.0)
    return result
