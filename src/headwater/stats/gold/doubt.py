"""Gold that is itself questioned: the people agree with each other and not with it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import scipy

from headwater.stats.multiplicity import holm

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

PRIOR = 0.02
"""Share of gold that is thought to be wrong before anybody answered it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Doubt:
    """A gold item whose known answer the people do not give."""

    item: int
    """Code of the gold item."""
    n: int
    """Answers to it."""
    agree: int
    """Answers that equal the known one."""
    rival: int
    """Code of the answer given most often instead."""
    rival_count: int
    """How often."""
    p: float
    """Exact probability of so many rival answers if the known one were at least as likely; all rivals allowed for."""
    adjusted: float
    """The same over all items (Holm): questioning items at or below a level raises any false doubt that rarely."""
    posterior: float
    """Probability that the rival is right, from the annotators' accuracy on the other items."""


def doubts(
    item: ArrayLike, annotator: ArrayLike, value: ArrayLike, known: ArrayLike, *, classes: int, level: float = 0.05
) -> list[Doubt]:
    """Return the gold items that are to be questioned, most doubtful first.

    An item is questioned when one other answer is given significantly more often than the known one: an exact
    binomial test of the two against even odds, which holds however hard the item is as long as people answer alone.

    Args:
        item: Code of the gold item of each answer, from 0, shape (n,).
        annotator: Code of the annotator of each answer, from 0, shape (n,).
        value: Code of each answer, in [0, classes), shape (n,).
        known: Code of the known answer by item, shape (items,).
        classes: How many answers the question has, at least 2.
        level: Probability of questioning any sound item, over all items, in (0, 1).
    """
    codes, people, given = (np.asarray(column, np.int64) for column in (item, annotator, value))
    truth = np.asarray(known, np.int64)
    if not codes.size:
        return []
    counts = np.bincount(codes * classes + given, minlength=truth.size * classes).reshape(-1, classes)
    agree = counts[np.arange(truth.size), truth]
    rivals = counts.copy()
    rivals[np.arange(truth.size), truth] = -1
    rival = rivals.argmax(axis=1)
    best = rivals.max(axis=1)
    p = np.minimum(1.0, scipy.special.bdtrc(best - 1, best + agree, 0.5) * max(1, classes - 1))
    answered = counts.sum(axis=1) > 0
    adjusted = np.ones(truth.size)
    adjusted[answered] = holm(p[answered])
    posterior = _posterior(codes, people, given, truth, rival, classes)
    found = [
        Doubt(
            item=int(place),
            n=int(counts[place].sum()),
            agree=int(agree[place]),
            rival=int(rival[place]),
            rival_count=int(best[place]),
            p=float(p[place]),
            adjusted=float(adjusted[place]),
            posterior=float(posterior[place]),
        )
        for place in np.flatnonzero(adjusted <= level)
    ]
    return sorted(found, key=lambda each: (each.adjusted, -each.posterior))


def _posterior(
    item: NDArray[np.int64],
    annotator: NDArray[np.int64],
    value: NDArray[np.int64],
    known: NDArray[np.int64],
    rival: NDArray[np.int64],
    classes: int,
) -> NDArray[np.float64]:
    """P(rival right) with errors spread evenly and accuracy (right + 1) / (answers + 2) on the other items."""
    people = int(annotator.max(initial=-1)) + 1
    right = value == known[item]
    others = np.bincount(annotator, minlength=people)[annotator] - 1
    correct = np.bincount(annotator, weights=right, minlength=people)[annotator] - right
    accuracy = (correct + 1) / (others + 2)
    gain = np.log(accuracy) - np.log((1 - accuracy) / max(1, classes - 1))
    side = np.where(value == rival[item], gain, np.where(right, -gain, 0.0))
    odds = np.bincount(item, weights=side, minlength=known.size) + np.log(PRIOR / (1 - PRIOR))
    return np.asarray(1 / (1 + np.exp(-np.clip(odds, -700, 700))))
