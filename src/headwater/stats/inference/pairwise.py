"""Preferences between pairs: strengths of items by Bradley and Terry, with annotators of different reliability.

Item i is preferred to j with probability σ(sᵢ − sⱼ). In the crowd's form, worker w reports the preference with
probability ηʷ and its opposite otherwise. A normal prior of the strengths (precision `pull`) ties items together that
no chain of comparisons connects; without it their difference is anything.

Source: Bradley and Terry 1952; Chen, Bennett, Collins-Thompson and Horvitz 2013 (Crowd-BT), fitted here by expectation
maximisation over all answers at once.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import scipy

from headwater.core.errors import InvalidError
from headwater.stats.inference.expectation import Stop
from headwater.stats.interval import Bounds, normal_quantile

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

PULL = 0.1
RELIABLE, UNRELIABLE = 4.0, 1.0
"""Answers that each worker is thought to have given already: reporting the preference, and its opposite."""
_NEWTON_STEPS = 50
_FLOOR = 1e-9
"""Keeps the information matrix invertible: strengths are only known up to a constant."""
MOST_ITEMS = 5000
"""The information matrix is dense."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Strengths:
    """How strong every item is, and how reliable every worker."""

    strength: NDArray[np.float64]
    """Log-odds of being preferred to an average item; they add up to 0."""
    standard_error: NDArray[np.float64]
    """Of each strength, workers' reliability taken as known."""
    reliability: NDArray[np.float64]
    """Probability that each worker reports the true preference; ones where workers are not told apart."""
    iterations: int
    converged: bool
    warnings: tuple[str, ...]

    def bounds(self, *, confidence: float = 0.95) -> Bounds:
        """Return normal intervals of the strengths."""
        half = normal_quantile(confidence) * self.standard_error
        return Bounds(self.strength - half, self.strength + half)


def bradley_terry(winner: ArrayLike, loser: ArrayLike, *, items: int | None = None, pull: float = PULL) -> Strengths:
    """Return the strengths of items from who was preferred to whom.

    Args:
        winner: Code of the preferred item of each comparison, from 0.
        loser: Code of the other.
        items: How many items there are; one more than the largest code by default.
        pull: Precision of the strengths' prior; 0 for maximum likelihood.

    Raises:
        InvalidError: The arrays do not fit, or maximum likelihood does not exist and `pull` is 0.
    """
    first, second, size = _checked(winner, loser, items)
    found = _fitted(first, second, np.ones(len(first)), start=np.zeros(size), pull=pull)
    return _strengths(first, second, found, np.ones(0), iterations=1, converged=True)


def crowd_bradley_terry(
    winner: ArrayLike,
    loser: ArrayLike,
    worker: ArrayLike,
    *,
    items: int | None = None,
    pull: float = PULL,
    stop: Stop = Stop(),  # noqa: B008 -- a constant
) -> Strengths:
    """Return the strengths of items and the reliability of the workers who compared them.

    Args:
        winner: Code of the preferred item of each comparison, from 0.
        loser: Code of the other.
        worker: Code of who said so, from 0.
        items: How many items there are; one more than the largest code by default.
        pull: Precision of the strengths' prior.
        stop: When to stop; the tolerance is on the reliabilities.

    Raises:
        InvalidError: The arrays do not fit, or maximum likelihood does not exist and `pull` is 0.
    """
    first, second, size = _checked(winner, loser, items)
    who = np.asarray(worker, dtype=np.int64)
    if who.shape != first.shape or who.min(initial=0) < 0:
        raise InvalidError("There must be one worker, from 0, for each comparison.")
    answered = np.bincount(who)
    reliability = np.full(len(answered), RELIABLE / (RELIABLE + UNRELIABLE))
    strength, iteration, change = np.zeros(size), 0, np.inf
    found = _Fit(strength, np.zeros(size))
    while iteration < stop.iterations and change > stop.tolerance:
        iteration += 1
        report = reliability[who]
        ahead = scipy.special.expit(found.strength[first] - found.strength[second])
        meant = report * ahead / (report * ahead + (1 - report) * (1 - ahead))
        if iteration > 1:
            before = reliability
            total = np.bincount(who, meant, len(answered)) + RELIABLE
            reliability = total / (answered + RELIABLE + UNRELIABLE)
            change = float(np.abs(reliability - before).max(initial=0.0))
        found = _fitted(first, second, meant, start=found.strength, pull=pull)
    return _strengths(first, second, found, reliability, iterations=iteration, converged=change <= stop.tolerance)


@dataclass(frozen=True, slots=True)
class _Fit:
    strength: NDArray[np.float64]
    standard_error: NDArray[np.float64]


def _checked(
    winner: ArrayLike, loser: ArrayLike, items: int | None
) -> tuple[NDArray[np.int64], NDArray[np.int64], int]:
    first, second = (np.asarray(column, dtype=np.int64) for column in (winner, loser))
    if first.shape != second.shape or first.ndim != 1:
        raise InvalidError("Winners and losers must be one-dimensional and equally long.")
    if first.size and (min(first.min(), second.min()) < 0 or (first == second).any()):
        raise InvalidError("Items must not be negative, and no item is compared with itself.")
    least = max(int(first.max(initial=-1)), int(second.max(initial=-1))) + 1
    size = least if items is None else items
    if not least <= size <= MOST_ITEMS:
        raise InvalidError(f"There are {least} items, and at most {MOST_ITEMS} can be compared; {size} were said.")
    return first, second, size


def _fitted(
    first: NDArray[np.int64],
    second: NDArray[np.int64],
    meant: NDArray[np.float64],
    *,
    start: NDArray[np.float64],
    pull: float,
) -> _Fit:
    """Return strengths by Newton's method when each comparison is meant with a probability, else its opposite."""
    size, strength = len(start), start
    pair = first * size + second
    distinct, place = np.unique(pair, return_inverse=True)
    ahead, behind = distinct // max(size, 1), distinct % max(size, 1)
    count, wins = np.bincount(place, minlength=len(distinct)), np.bincount(place, meant, len(distinct))
    information = np.eye(size)
    for _ in range(_NEWTON_STEPS):
        chance = scipy.special.expit(strength[ahead] - strength[behind])
        slope = wins - count * chance
        gradient = np.bincount(ahead, slope, size) - np.bincount(behind, slope, size) - pull * strength
        weight = scipy.sparse.coo_array((count * chance * (1 - chance), (ahead, behind)), shape=(size, size)).toarray()
        weight += weight.T
        information = np.diag(weight.sum(axis=1) + pull + _FLOOR) - weight
        step = np.clip(np.linalg.solve(information, gradient), -2, 2) if size else strength
        strength = strength + step - step.mean() if size else strength
        if np.abs(step - step.mean()).max(initial=0.0) < 1e-10:  # noqa: PLR2004 -- far below any standard error
            break
    else:
        raise InvalidError(
            "Some items always win or are not connected: without a pull their strength is endless.",
            remedy=f"Use a pull above 0, for example {PULL}.",
        )
    centred = np.eye(size) - 1 / max(size, 1)
    covariance = centred @ np.linalg.inv(information) @ centred if size else information
    return _Fit(strength, np.sqrt(np.maximum(np.diag(covariance), 0.0)))


def _strengths(
    first: NDArray[np.int64],
    second: NDArray[np.int64],
    found: _Fit,
    reliability: NDArray[np.float64],
    *,
    iterations: int,
    converged: bool,
) -> Strengths:
    size = len(found.strength)
    graph = scipy.sparse.coo_array((np.ones(len(first)), (first, second)), shape=(size, size))
    groups = int(scipy.sparse.csgraph.connected_components(graph, directed=False)[0]) if size else 0
    said = f"Items fall into {groups:,} groups that no comparison connects: between groups only the prior speaks."
    return Strengths(
        strength=found.strength,
        standard_error=found.standard_error,
        reliability=reliability,
        iterations=iterations,
        converged=converged,
        warnings=(said,) if groups > 1 else (),
    )
