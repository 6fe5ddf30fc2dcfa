"""What a change came with: the person, cohort, guideline version or slice that explains the errors best."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import scipy

from headwater.stats.interval import Estimate, wilson
from headwater.stats.multiplicity import holm

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import ArrayLike, NDArray

FEWEST = 5
"""Answers after the change below which a candidate is not looked at."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cause:
    """A candidate that explains a rise of errors."""

    kind: str
    """`annotator`, `team`, `guideline`, `batch`, … or `everyone`."""
    name: str
    """Which one."""
    inside: Estimate
    """Error rate of its answers after the change."""
    outside: Estimate
    """Error rate of everything else, before and after."""
    gain: float
    """Log-likelihood gained over one error rate for all, in nats: what candidates are ranked by."""
    adjusted: float
    """Fisher's exact p of the excess, over all candidates (Holm)."""


def causes(
    errors: ArrayLike, after: ArrayLike, groups: Mapping[str, ArrayLike], *, level: float = 0.05, most: int = 5
) -> list[Cause]:
    """Return the candidates with significantly more errors after the change than everything else, best first.

    Every candidate is asked the same: are the errors raised in its answers after the change, and only there? The one
    with the largest gain in likelihood explains the whole best; a person who alone went wrong gains more than
    everyone together, a new guideline that touched all gains more than any person.

    Args:
        errors: Whether each answer is wrong, shape (n,).
        after: Whether each answer was given after the change, shape (n,).
        groups: For each kind of candidate (`annotator`, `guideline`, …) the name each answer has there, shape (n,).
        level: Probability of naming any candidate when all have one error rate, over all candidates.
        most: Most causes to return.

    Returns:
        At most `most` causes. `everyone` is a candidate too; a named one with the same answers goes before it.
    """
    wrong, late = np.asarray(errors, np.bool_), np.asarray(after, np.bool_)
    members: list[tuple[str, str, NDArray[np.bool_]]] = []
    for kind, column in groups.items():
        names = np.asarray(column)
        members += [(kind, str(name), late & (names == name)) for name in np.unique(names[late])]
    members.append(("everyone", "", late))
    members = [each for each in members if FEWEST <= int(each[2].sum()) < wrong.size]
    if not members:
        return []
    n = np.array([int(inside.sum()) for *_, inside in members])
    bad = np.array([int((inside & wrong).sum()) for *_, inside in members])
    total, failed = wrong.size, int(wrong.sum())
    adjusted = holm(scipy.stats.hypergeom.sf(bad - 1, total, failed, n))
    gains = _fit(bad, n) + _fit(failed - bad, total - n) - _fit(np.asarray(failed), np.asarray(total))
    order = sorted(range(len(members)), key=lambda place: (-round(float(gains[place]), 9), place))
    return [
        Cause(
            kind=members[place][0],
            name=members[place][1],
            inside=wilson(int(bad[place]), int(n[place])),
            outside=wilson(failed - int(bad[place]), total - int(n[place])),
            gain=float(gains[place]),
            adjusted=float(adjusted[place]),
        )
        for place in order
        if adjusted[place] <= level
    ][:most]


def _fit(bad: NDArray[np.int64], n: NDArray[np.int64]) -> NDArray[np.float64]:
    return np.asarray(scipy.special.xlogy(bad, bad / n) + scipy.special.xlogy(n - bad, 1 - bad / n))
