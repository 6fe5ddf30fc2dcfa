"""Label errors by confident learning: given labels that out-of-sample predictions contradict with confidence.

An item counts as confidently of a class when its predicted probability of the class reaches the average that items
labelled so are given. Counting given against confident classes, and scaling to the labels' own frequencies, gives the
joint distribution of given and true labels; what lies off its diagonal is called wrong. What the model gets wrong lies
there too, so the joint ranks and prunes; how many labels are wrong is estimated by `headwater.stats.mislabelling`.

Source: Northcutt, Jiang & Chuang 2021, Confident learning: estimating uncertainty in dataset labels. An item
confident in several classes counts for the likeliest; one confident in none does not count, as in the paper.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np

from headwater.core.errors import InvalidError

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

_SUM = 1e-3
"""How far from one the probabilities of an item may sum."""


class Prune(StrEnum):
    """Which items are taken for errors."""

    CLASS = "class"
    """From each class as many of the least self-confident as the joint says are wrong in it."""
    NOISE_RATE = "noise rate"
    """From each pair of given and likely class as many of the largest margin as the joint says."""
    BOTH = "both"
    """What both of the others take: fewest false alarms."""
    CONFIDENT = "confident"
    """What lies off the diagonal of the confident joint."""


class Score(StrEnum):
    """What errors are ranked by; larger is more surely an error."""

    SELF_CONFIDENCE = "self-confidence"
    """One minus the probability of the given label."""
    MARGIN = "normalized margin"
    """Half of one minus how far the given label's probability lies above the best other one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Noise:
    """What the joint says about the labels as a whole."""

    counts: NDArray[np.int64]
    """Confident joint, (classes, classes): items by given and confident class, not scaled."""
    joint: NDArray[np.float64]
    """Share of items by given (row) and true class (column); sums to one."""
    given_true: NDArray[np.float64]
    """Noise matrix: chance of each given label (row) for each true class (column); columns sum to one."""
    thresholds: NDArray[np.float64]
    """Mean predicted probability of each class over the items labelled so; nan where none is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Suspects:
    """Items whose labels are taken for errors, the surest first."""

    item: NDArray[np.int64]
    suggested: NDArray[np.int64]
    """The likeliest class instead of the given one."""
    score: NDArray[np.float64]
    """In [0, 1]; larger is more surely an error."""


def noise(label: ArrayLike, probability: ArrayLike) -> Noise:
    """Return how labels and predictions contradict each other; `mislabelling.rate` says how many labels are wrong.

    Args:
        label: Given class of each item, (items,), int codes from 0.
        probability: Out-of-sample predicted probability of each class, (items, classes); rows sum to one.

    Raises:
        InvalidError: Shapes, codes or sums are not as described, or there is no item.
    """
    given, chance = _checked(label, probability)
    classes = chance.shape[1]
    cell, thresholds = _cells(given, chance)
    counts = np.bincount(cell[cell >= 0], minlength=classes * classes).reshape(classes, classes)
    size = np.bincount(given, minlength=classes)
    joint = _calibrated(counts, size)
    total = joint.sum(axis=0)
    given_true = np.divide(joint, total, out=np.eye(classes), where=total > 0)
    return Noise(
        counts=counts,
        joint=joint,
        given_true=given_true,
        thresholds=thresholds,
    )


def suspects(
    label: ArrayLike, probability: ArrayLike, *, prune: Prune = Prune.NOISE_RATE, score: Score = Score.SELF_CONFIDENCE
) -> Suspects:
    """Return the items whose labels are taken for errors, the surest first.

    Args:
        label: As in `noise`.
        probability: As in `noise`.
        prune: Which items are taken.
        score: What they are ranked by.

    Raises:
        InvalidError: As in `noise`.
    """
    given, chance = _checked(label, probability)
    found = noise(given, chance)
    taken = {
        Prune.CLASS: lambda: _by_class(given, chance, found),
        Prune.NOISE_RATE: lambda: _by_pair(given, chance, found),
        Prune.BOTH: lambda: _by_class(given, chance, found) & _by_pair(given, chance, found),
        Prune.CONFIDENT: lambda: _off_diagonal(given, chance),
    }[prune]()
    best = chance.argmax(axis=1)
    taken &= best != given  # a label that is itself the likeliest is never an error
    value = scores(given, chance, score)
    item = np.flatnonzero(taken)
    item = item[np.lexsort((item, -value[item]))]
    return Suspects(item=item, suggested=best[item], score=value[item])


def scores(label: ArrayLike, probability: ArrayLike, score: Score = Score.SELF_CONFIDENCE) -> NDArray[np.float64]:
    """Return how surely each item's label is an error, (items,), in [0, 1]."""
    given, chance = _checked(label, probability)
    rows = np.arange(len(given))
    own = chance[rows, given]
    if score is Score.SELF_CONFIDENCE:
        return np.asarray(1 - own)
    others = chance.copy()
    others[rows, given] = -1.0
    return np.asarray((1 - (own - np.maximum(others.max(axis=1), 0.0))) / 2)


def _checked(label: ArrayLike, probability: ArrayLike) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    given, chance = np.asarray(label, dtype=np.int64), np.asarray(probability, dtype=np.float64)
    if chance.ndim != 2 or given.shape != chance.shape[:1] or not len(given) or chance.shape[1] < 2:  # noqa: PLR2004 -- axes, classes
        raise InvalidError(
            f"Labels of shape {given.shape} and probabilities of shape {chance.shape}: "
            "expected (items,) and (items, classes), two classes and one item at least."
        )
    if given.min() < 0 or given.max() >= chance.shape[1]:
        raise InvalidError(f"Label codes run from {given.min()} to {given.max()} for {chance.shape[1]} classes.")
    if not (np.isfinite(chance).all() and np.abs(chance.sum(axis=1) - 1).max() <= _SUM and chance.min() >= 0):
        raise InvalidError("Predicted probabilities must be at least 0 and sum to 1 for every item.")
    return given, chance


def _cells(given: NDArray[np.int64], chance: NDArray[np.float64]) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """The cell of the confident joint of each item, -1 for items confident in no class; and the thresholds."""
    classes = chance.shape[1]
    size = np.bincount(given, minlength=classes)
    mean = np.bincount(given, weights=chance[np.arange(len(given)), given], minlength=classes)
    thresholds = np.divide(mean, size, out=np.full(classes, np.nan), where=size > 0)
    sure = chance >= np.where(np.isnan(thresholds), np.inf, thresholds) - 1e-6
    confident = np.where(sure, chance, -1.0).argmax(axis=1)
    return np.where(sure.any(axis=1), given * classes + confident, -1), thresholds


def _calibrated(counts: NDArray[np.int64], size: NDArray[np.int64]) -> NDArray[np.float64]:
    """Scale the rows to the frequencies of the given labels; a class without a confident item is taken as right."""
    row = counts.sum(axis=1)
    safe = np.where(row[:, None] > 0, counts, np.diag(np.ones(len(size))))
    return np.asarray(safe / safe.sum(axis=1, keepdims=True) * size[:, None] / size.sum())


def _by_class(given: NDArray[np.int64], chance: NDArray[np.float64], found: Noise) -> NDArray[np.bool_]:
    taken = np.zeros(len(given), dtype=np.bool_)
    wrong = np.rint((found.joint.sum(axis=1) - np.diag(found.joint)) * len(given)).astype(np.int64)
    for each, number in enumerate(wrong):
        inside = np.flatnonzero(given == each)
        taken[inside[np.argsort(chance[inside, each], kind="stable")[:number]]] = True
    return taken


def _by_pair(given: NDArray[np.int64], chance: NDArray[np.float64], found: Noise) -> NDArray[np.bool_]:
    taken = np.zeros(len(given), dtype=np.bool_)
    wanted = np.rint(found.joint * len(given)).astype(np.int64)
    for each, other in zip(*np.nonzero(wanted), strict=True):
        if each != other:
            inside = np.flatnonzero(given == each)
            margin = chance[inside, other] - chance[inside, each]
            taken[inside[np.argsort(-margin, kind="stable")[: wanted[each, other]]]] = True
    return taken


def _off_diagonal(given: NDArray[np.int64], chance: NDArray[np.float64]) -> NDArray[np.bool_]:
    cell, _ = _cells(given, chance)
    return np.asarray((cell >= 0) & (cell % chance.shape[1] != given))
