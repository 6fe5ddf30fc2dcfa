"""Spam: annotators whose answers do not depend on the item, whether by a bot, one key or a coin."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import scipy

from headwater.stats.integrity.crowd import others
from headwater.stats.interval import Estimate, wilson
from headwater.stats.multiplicity import holm

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

FEWEST = 20
"""Comparable answers below which an annotator is not looked at."""
SHARE = 0.5
"""Part of the usual information below which answers are called blind."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Blindness:
    """How much one annotator's answers depend on the item."""

    annotator: int
    n: int
    """Answers to tasks on which the others say something."""
    agreement: Estimate
    """Share that equals what the others say."""
    chance: float
    """Share that would, were the same answers given to any items."""
    kappa: float
    """Agreement above chance over its maximum; 1 sees all, 0 sees nothing. nan when chance is 1."""
    floor: float
    """Half of the crowd's median kappa: what is asked of everybody."""
    p: float
    """Exact probability of so little agreement if the answers carried just `floor`."""
    adjusted: float
    """The same over all annotators (Holm): calling those at or below a level errs anywhere that rarely."""
    p_chance: float
    """Exact probability of so much agreement were the items not looked at: large when nothing was seen."""


def spam(
    task: ArrayLike, annotator: ArrayLike, value: ArrayLike, *, classes: int, known: ArrayLike | None = None
) -> list[Blindness]:
    """Return how blind every annotator is, least informed first.

    What an annotator's answers say about the item is measured against the others' answers to the same items. The
    test's hypothesis is that they carry half as much as is usual in this crowd or more; who carries less is found
    at the stated rate, however their labels are distributed.

    Args:
        task: Code of the task of each answer, from 0, shape (n,).
        annotator: Code of the annotator of each answer, from 0, shape (n,).
        value: Code of each answer, in [0, classes), shape (n,).
        classes: How many labels there are.
        known: The right answer by task where it is known, else −1, shape (tasks,).

    Returns:
        One row per annotator with enough comparable answers; none when the crowd itself sees nothing.
    """
    people, given = np.asarray(annotator, np.int64), np.asarray(value, np.int64)
    said = others(task, given, classes=classes, known=known)
    told = said >= 0
    people, given, said = people[told], given[told], said[told]
    n = np.bincount(people)
    chosen = np.flatnonzero(n >= FEWEST)
    if not chosen.size:
        return []
    width = n.size
    mine = np.bincount(people * classes + given, minlength=width * classes).reshape(width, classes)[chosen]
    theirs = np.bincount(people * classes + said, minlength=width * classes).reshape(width, classes)[chosen]
    hits = np.bincount(people, given == said, width).astype(np.int64)[chosen]
    n = n[chosen]
    chance = (mine / n[:, None] * (theirs / n[:, None])).sum(axis=1)
    room = 1 - chance
    kappa = np.divide(hits / n - chance, room, out=np.full(chosen.size, np.nan), where=room > 0)
    floor = SHARE * float(np.nanmedian(np.append(kappa, np.nan))) if np.isfinite(kappa).any() else 0.0
    if floor <= 0:
        return []
    # a sum of unequal chances has lighter tails than the binomial of their mean (Hoeffding 1956)
    p = np.asarray(scipy.special.bdtr(hits, n, chance + floor * room))
    random = np.asarray(scipy.special.bdtrc(hits - 1, n, chance))
    adjusted = holm(p)
    rows = [
        Blindness(
            annotator=int(who),
            n=int(n[place]),
            agreement=wilson(int(hits[place]), int(n[place])),
            chance=float(chance[place]),
            kappa=float(kappa[place]),
            floor=floor,
            p=float(p[place]),
            adjusted=float(adjusted[place]),
            p_chance=float(random[place]),
        )
        for place, who in enumerate(chosen)
    ]
    return sorted(rows, key=lambda row: (row.p, row.annotator))
