"""Straight-lining: answers that repeat the one before although the items changed."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import scipy

from headwater.stats.integrity.crowd import others
from headwater.stats.multiplicity import holm

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

FEWEST = 20
"""Answers below which an annotator is not looked at."""
FIRST = 199
"""Shuffles everybody gets; more follow only while the answers still look odd."""
MOST = 2_000
"""Answers of an annotator that are looked at, the newest: more would find no habit sooner."""
STRETCH = 50
"""Answers of an annotator in a row within which they are shuffled, so that items may come sorted, or change."""
UNREMARKABLE = 1.0
"""Standard deviations above what is expected up to which answers are not shuffled: p is that of a normal count."""
SPREAD = 1.1
"""By what the variance of shuffles is raised where their tail is asked for: it is an estimate, a few percent off."""
ENOUGH = 20
"""Shuffles at least as extreme after which no more are needed (Besag & Clifford 1991)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Repetition:
    """How often one annotator's answer repeats the one before."""

    annotator: int
    n: int
    """Answers in order that were looked at."""
    repeats: int
    """Answers that equal the one before."""
    expected: float
    """How many would, were the same answers given to items of the same kinds in another order."""
    longest: int
    """Longest run of equal answers."""
    entropy: float
    """Of the annotator's labels, in bits; 0 when one key was pressed throughout."""
    p: float
    """Permutation probability of so many repeats; where they are as expected, that of a normal count, and where no
    shuffle has so many, that of a Poisson count like the shuffles'."""
    adjusted: float
    """The same over all annotators (Holm)."""


def straight_lining(  # noqa: PLR0913 -- the columns of answers
    task: ArrayLike,
    annotator: ArrayLike,
    value: ArrayLike,
    moment: ArrayLike,
    *,
    classes: int,
    known: ArrayLike | None = None,
    rng: np.random.Generator,
) -> list[Repetition]:
    """Return how much every annotator's answers depend on the answer before, most repetitive first.

    Each annotator's answers are shuffled among the items of a stretch on which the others say the same, so neither
    the order of the items nor the annotator's habits or skill make repeats: only copying one's own last answer does.
    Whoever gives one label throughout cannot be told apart this way and is found as blind (`spam`).

    Args:
        task: Code of the task of each answer, from 0, shape (n,).
        annotator: Code of the annotator of each answer, from 0, shape (n,).
        value: Code of each answer, in [0, classes), shape (n,).
        moment: When each answer was given, shape (n,).
        classes: How many labels there are.
        known: The right answer by task where it is known, else −1, shape (tasks,).
        rng: Shuffles.

    Returns:
        One row per annotator with enough answers.
    """
    people, given = np.asarray(annotator, np.int64), np.asarray(value, np.int64)
    said = others(task, given, classes=classes, known=known)
    order = np.lexsort((np.asarray(moment), people))
    people, given, said = people[order], given[order], said[order]
    edges = np.flatnonzero(np.r_[True, people[1:] != people[:-1], True]) if people.size else np.zeros(1, np.int64)
    parts = [(first, last) for first, last in pairwise(edges) if last - first >= FEWEST]
    most = max(2_000, 60 * len(parts))
    rows = [
        _repetition(int(people[a]), given[max(a, b - MOST) : b], said[max(a, b - MOST) : b], classes, most, rng)
        for a, b in parts
    ]
    adjusted = holm([row.p for row in rows])
    found = [
        Repetition(**{name: getattr(row, name) for name in _NAMES}, adjusted=float(q))
        for row, q in zip(rows, adjusted, strict=True)
    ]
    return sorted(found, key=lambda row: (row.p, -row.repeats))


_NAMES = ("annotator", "n", "repeats", "expected", "longest", "entropy", "p")


def _repetition(
    annotator: int,
    given: NDArray[np.int64],
    said: NDArray[np.int64],
    classes: int,
    most: int,
    rng: np.random.Generator,
) -> Repetition:
    same = given[1:] == given[:-1]
    repeats = int(same.sum())
    _, kind = np.unique(np.arange(given.size) // STRETCH * classes + said, return_inverse=True)
    kind = np.where(said >= 0, kind, -1)
    chance = _chance(given, kind, classes)
    expected = float(chance.sum())
    excess = (repeats - 0.5 - expected) / max(math.sqrt(float((chance * (1 - chance)).sum())), 1e-12)
    if excess <= UNREMARKABLE:
        p = float(scipy.special.ndtr(-excess))
    else:
        drawn = np.empty(0, np.int64)
        while drawn.size < most and (drawn >= repeats).sum() < ENOUGH:
            wanted = min(FIRST if drawn.size == 0 else 2_000, most - drawn.size)
            drawn = np.append(drawn, _shuffled(given, kind, wanted, rng))
        extreme = int((drawn >= repeats).sum())
        p = (extreme + 1) / (drawn.size + 1)
        if not extreme:  # so few shuffles alone could never be sure enough for many people, looked at again and again
            p = min(p, _tail(repeats, drawn))
    share = np.bincount(given, minlength=classes) / given.size
    share = share[share > 0]
    changes = np.flatnonzero(np.r_[True, ~same, True])
    return Repetition(
        annotator=annotator,
        n=int(given.size),
        repeats=repeats,
        expected=expected,
        longest=int(np.diff(changes).max()),
        entropy=float(-(share * np.log2(share)).sum()) + 0.0,
        p=p,
        adjusted=1.0,
    )


def _tail(repeats: int, drawn: NDArray[np.int64]) -> float:
    """P(m − v + Poisson(v) ≥ repeats) for the mean m and 1.1 times the variance v of what shuffles have.

    Most repeats are fixed by the items; what varies is skewed like a count of the rest. Of 40 sets of answers (20 to
    800 of 2 to 21 labels, right in 60 or 95 %) it lay above the share among 50,000 shuffles at 1 in 1,000 and in
    10,000 in all but one, where two shuffles stood against one expected.
    """
    spread = max(SPREAD * float(drawn.var()), ENOUGH / drawn.size)
    return float(scipy.special.pdtrc(math.ceil(repeats - float(drawn.mean()) + spread) - 1, spread))


def _chance(given: NDArray[np.int64], kind: NDArray[np.int64], classes: int) -> NDArray[np.float64]:
    """The probability that each answer equals the one before once they are shuffled within the kinds of items."""
    free = kind >= 0
    kinds = int(kind.max(initial=-1)) + 1
    counts = np.bincount(kind[free] * classes + given[free], minlength=kinds * classes).reshape(kinds, classes)
    size = counts.sum(axis=1)
    # the last row is that of no kind, whose answers stay
    share = np.vstack([counts / np.maximum(size, 1)[:, None], np.zeros((1, classes))])[kind]
    share[~free, given[~free]] = 1.0
    chance = np.asarray((share[1:] * share[:-1]).sum(axis=1))
    # two of one kind are drawn without putting the first back
    drawn = (counts * (counts - 1)).sum(axis=1) / np.maximum(size * (size - 1), 1)
    alike = (kind[1:] == kind[:-1]) & free[1:]
    chance[alike] = drawn[kind[1:][alike]]
    return chance


def _shuffled(
    given: NDArray[np.int64], kind: NDArray[np.int64], draws: int, rng: np.random.Generator
) -> NDArray[np.int64]:
    """Repeats of shuffles within the kinds of items; answers on which the others say nothing stay where they are."""
    rows = np.tile(given, (draws, 1))
    for each in np.unique(kind[kind >= 0]):
        places = np.flatnonzero(kind == each)
        if np.unique(given[places]).size > 1:
            rows[:, places] = rng.permuted(rows[:, places], axis=1)
    return np.asarray((rows[:, 1:] == rows[:, :-1]).sum(axis=1))
