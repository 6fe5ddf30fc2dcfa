"""How different two sets of labels are: distances for questions that take several answers at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from numpy.typing import NDArray

_WITHIN, _ACROSS = 2 / 3, 1 / 3
"""What is left of the likeness when one set holds the other, and when they only share members."""


def members(sets: Sequence[Collection[str]], labels: Sequence[str]) -> NDArray[np.bool_]:
    """Return which set holds which label, shape (sets, labels); members that are no label are left out."""
    place = {label: number for number, label in enumerate(labels)}
    held = np.zeros((len(sets), len(labels)), np.bool_)
    for number, each in enumerate(sets):
        held[number, [place[label] for label in each if label in place]] = True
    return held


def jaccard(held: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Return 1 - |a ∩ b| / |a ∪ b| for every pair of sets, 0 for two empty ones, shape (sets, sets)."""
    return 1 - _likeness(held)


def masi(held: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Return the MASI distance of every pair of sets, shape (sets, sets).

    1 - J · M, where J is the Jaccard likeness and M is 1 for equal sets, 2/3 when one holds the other, 1/3 when
    they overlap otherwise and 0 when they share nothing.

    Args:
        held: Which set holds which label, shape (sets, labels), see `members`.

    Source:
        Passonneau, "Measuring Agreement on Set-valued Items (MASI)", LREC 2006. Two empty sets are equal, and an
        empty set shares nothing with any other.
    """
    count = held.astype(np.int64)
    common, size = count @ count.T, count.sum(axis=1)
    smaller = np.minimum(size[:, None], size[None, :])
    same = (common == size[:, None]) & (common == size[None, :])
    kind = np.where(common == smaller, _WITHIN, _ACROSS)
    return 1 - _likeness(held) * np.where(same, 1.0, kind)


def _likeness(held: NDArray[np.bool_]) -> NDArray[np.float64]:
    count = held.astype(np.int64)
    common, size = count @ count.T, count.sum(axis=1)
    either = size[:, None] + size[None, :] - common
    alike: NDArray[np.float64] = np.divide(common, either, out=np.ones(common.shape), where=either > 0)
    return alike
