"""Copying: two annotators who make the same mistakes at the same places more often than others do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import scipy

from headwater.stats.multiplicity import holm

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

FEWEST = 20
"""Tasks both answered below which a pair is not looked at."""
PRIOR = 5.0
"""Answers of the whole crowd that are added to each annotator's own when their mistakes are foreseen."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Accord:
    """The mistakes that two annotators share."""

    first: int
    second: int
    """The two, the lower code first."""
    n: int
    """Tasks both answered whose right answer is known."""
    same: int
    """Of those, tasks on which both gave the same wrong answer."""
    expected: float
    """How many would be, from what each mistakes for what and how alike mistakes are among all other pairs."""
    p: float
    """Exact probability of so many, given the other pairs."""
    adjusted: float
    """The same over all pairs (Holm): calling those at or below a level errs anywhere that rarely."""


def copying(
    task: ArrayLike, annotator: ArrayLike, value: ArrayLike, truth: ArrayLike, *, classes: int, most: int = 50
) -> list[Accord]:
    """Return the pairs that share the most unlikely number of mistakes, most unlikely first.

    Right answers are alike because they are right; only wrong ones are counted. What each of the two mistakes for
    what gives the number to be expected if they worked alone, and hard items, which lead everybody astray alike,
    are allowed for by the excess of all other pairs over theirs.

    Args:
        task: Code of the task of each answer, from 0, shape (n,).
        annotator: Code of the annotator of each answer, from 0, shape (n,).
        value: Code of each answer, in [0, classes), shape (n,).
        truth: The right answer by task, −1 where it is not known, shape (tasks,).
        classes: How many labels there are.
        most: Most pairs to return.

    Returns:
        At most `most` pairs with a shared mistake; none when fewer than two pairs share enough tasks. What two people
        were taught alike shows here too: it is a reason to look, never a proof.
    """
    items, people, given = (np.asarray(column, np.int64) for column in (task, annotator, value))
    right = np.asarray(truth, np.int64)[items]
    rows = right >= 0
    items, people, given, right = items[rows], people[rows], given[rows], right[rows]
    if not items.size:
        return []
    width = int(people.max()) + 1
    shared, expected = _expected(items, people, given, right, width, classes)
    same = _pairs(people, items * classes + given, given != right, width)
    upper = np.triu_indices(width, 1)
    enough = shared[upper] >= FEWEST
    first, second = upper[0][enough], upper[1][enough]
    if first.size < 2:  # noqa: PLR2004 -- one pair has no other pairs to be compared with
        return []
    x, mu, n = same[first, second], expected[first, second], shared[first, second]
    p = _excess(x, mu)
    adjusted = holm(p)
    rate = (x.sum() - x) / np.maximum(mu.sum() - mu, 1e-12)
    order = [place for place in np.argsort(p, kind="stable")[:most] if x[place]]
    return [
        Accord(
            first=int(first[place]),
            second=int(second[place]),
            n=int(n[place]),
            same=int(x[place]),
            expected=float(mu[place] * rate[place]),
            p=float(p[place]),
            adjusted=float(adjusted[place]),
        )
        for place in order
    ]


def _expected(
    items: NDArray[np.int64],
    people: NDArray[np.int64],
    given: NDArray[np.int64],
    right: NDArray[np.int64],
    width: int,
    classes: int,
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """By pair: tasks both answered, and Σ over them of the chance that two lone workers err alike."""
    shared, expected = np.zeros((width, width), np.int64), np.zeros((width, width))
    for kind in np.unique(right):
        rows = right == kind
        both = _pairs(people[rows], items[rows], np.ones(int(rows.sum()), np.bool_), width)
        counts = np.bincount(people[rows] * classes + given[rows], minlength=width * classes).reshape(width, classes)
        pooled = counts.sum(axis=0) / counts.sum()
        rates = (counts + PRIOR * pooled) / (counts.sum(axis=1, keepdims=True) + PRIOR)
        rates[:, kind] = 0
        shared += both
        expected += both * (rates @ rates.T)
    return shared, expected


def _pairs(people: NDArray[np.int64], key: NDArray[np.int64], rows: NDArray[np.bool_], width: int) -> NDArray[np.int64]:
    """How many keys every two people have in common."""
    _, places = np.unique(key[rows], return_inverse=True)
    if not places.size:
        return np.zeros((width, width), np.int64)
    ones = np.ones(places.size, np.int64)
    table = scipy.sparse.csr_array((ones, (people[rows], places)), shape=(width, int(places.max()) + 1))
    table.data[:] = 1
    return np.asarray((table @ table.T).todense(), np.int64)


def _excess(x: NDArray[np.int64], mu: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return p of each count against all the others: given their sum, Poisson counts are binomial."""
    total = int(x.sum())
    share = np.divide(mu, mu.sum(), out=np.zeros_like(mu), where=mu.sum() > 0)
    return np.where(x > 0, scipy.special.bdtrc(x - 1, total, share), 1.0)
