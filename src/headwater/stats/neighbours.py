"""Blame by neighbours and by confident learning: which cohort's labels explain what a model gets wrong."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import scipy

from headwater.stats.subgroups import benjamini_hochberg

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, kw_only=True)
class Blame:
    """How strongly a group of training items is tied to wrong labels."""

    group: int
    """Code of the group."""
    n: int
    """Items of the group that were looked at."""
    hits: int
    """Those that speak against it."""
    expected: float
    """Hits it would have if groups did not differ."""
    p: float
    """One-sided, adjusted over the groups (Benjamini and Hochberg)."""


def enrichment(hit: NDArray[np.bool_], group: NDArray[np.int64], groups: int) -> list[Blame]:
    """Return for each group whether it has more hits than its share (hypergeometric tail).

    Args:
        hit: Whether each item speaks against its group.
        group: Code of each item's group.
        groups: How many groups there are.
    """
    return excess(np.bincount(group[hit], minlength=groups), np.bincount(group, minlength=groups))


def excess(hits: NDArray[np.int64], n: NDArray[np.int64]) -> list[Blame]:
    """Return for each group whether it has more hits than its share (hypergeometric tail).

    Args:
        hits: Items of each group that speak against it.
        n: Items of each group that were looked at.
    """
    total, bad = int(n.sum()), int(hits.sum())
    tails = scipy.stats.hypergeom.sf(hits - 1, max(total, 1), bad, n) if total else np.ones(len(n))
    adjusted = benjamini_hochberg(np.where(n > 0, tails, 1.0))
    return [
        Blame(
            group=code,
            n=int(n[code]),
            hits=int(hits[code]),
            expected=float(bad * n[code] / max(total, 1)),
            p=float(adjusted[code]),
        )
        for code in range(len(n))
    ]


def label_issues(given: NDArray[np.int64], probabilities: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Return which labels confident learning calls wrong.

    An item counts when the model, which has not seen it, gives another class at least the average confidence that
    class gets on items labelled with it, and more than the given one.

    Args:
        given: Class code of each item.
        probabilities: Out-of-fold probabilities (items × classes).

    Source: Northcutt, Jiang and Chuang, Journal of Artificial Intelligence Research 70, 2021.
    """
    classes = probabilities.shape[1]
    thresholds = np.full(classes, np.inf)
    for code in np.unique(given):
        thresholds[code] = probabilities[given == code, code].mean()
    above = probabilities >= thresholds
    confident = np.where(above, probabilities, -1.0)
    likeliest = confident.argmax(axis=1)
    return np.asarray((confident.max(axis=1) > 0) & (likeliest != given))


def noisy_groups(
    issue: NDArray[np.bool_],
    given: NDArray[np.int64],
    group: NDArray[np.int64],
    *,
    groups: int,
    rng: np.random.Generator,
    permutations: int = 1000,
) -> list[Blame]:
    """Return for each group whether its labels hold more issues than others of the same classes.

    Groups are shuffled within classes, so a group that got the hard classes is not blamed for them.

    Args:
        issue: Whether each label is called wrong.
        given: Class code of each item.
        group: Code of each item's group.
        groups: How many groups there are.
        rng: Shuffles.
        permutations: How often; the smallest p is one over this plus one.
    """
    order = np.argsort(given, kind="stable")
    issue, group = issue[order], group[order]
    bounds = np.flatnonzero(np.diff(given[order])) + 1
    observed = np.bincount(group[issue], minlength=groups)
    n = np.bincount(group, minlength=groups)
    exceeded = np.zeros(groups)
    total = np.zeros(groups)
    for _ in range(permutations):
        shuffled = np.concatenate([rng.permutation(part) for part in np.split(group, bounds)])
        counts = np.bincount(shuffled[issue], minlength=groups)
        exceeded += counts >= observed
        total += counts
    adjusted = benjamini_hochberg((exceeded + 1) / (permutations + 1))
    return [
        Blame(
            group=code,
            n=int(n[code]),
            hits=int(observed[code]),
            expected=float(total[code] / permutations),
            p=float(adjusted[code]),
        )
        for code in range(groups)
    ]
