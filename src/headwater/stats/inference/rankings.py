"""Rankings task by task: the likeliest order of each task's things, with annotators of different reliability.

A ranking is a set of comparisons between two things of one task. Each task's things have Bradley-Terry strengths of
their own; what tasks share is the annotators, who report the true preference with a probability that is learnt from
all tasks together. Things of different tasks are never compared, so tens of thousands of tasks are small systems of
equations side by side. Things that an annotator puts in one place are not compared by that answer.

Source: Chen, Bennett, Collins-Thompson and Horvitz 2013 (Crowd-BT), as in `pairwise`, by blocks.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import scipy

from headwater.core.errors import InvalidError
from headwater.stats.inference.expectation import Stop
from headwater.stats.inference.pairwise import PULL, RELIABLE, UNRELIABLE

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray


@dataclass(frozen=True, slots=True, kw_only=True)
class Orders:
    """The likeliest order of every task, and how reliable every worker is."""

    strength: NDArray[np.float64]
    """Log-odds of being preferred to an average thing of the same task (tasks × things); 0 where not compared."""
    sureness: NDArray[np.float64]
    """At least how probable each task's whole order is: 1 less the doubts about each two neighbours (Bonferroni), by
    a normal approximation; exact for two things, and never above the truth of the model for more."""
    reliability: NDArray[np.float64]
    """Probability that each worker reports a true preference, shape (workers,), judged by the orders themselves: too
    high; see `rankers`."""
    compared: NDArray[np.int64]
    """Comparisons by each worker."""
    iterations: int
    converged: bool

    def order(self, task: int, things: ArrayLike) -> list[int]:
        """Return some things of a task, best first; of equals the one named first."""
        named = np.asarray(things, np.int64)
        return [int(each) for each in named[np.argsort(-self.strength[task, named], kind="stable")]]


@dataclass(frozen=True, slots=True)
class Comparisons:
    """Who preferred what to what, in long format."""

    task: NDArray[np.int64]
    worker: NDArray[np.int64]
    first: NDArray[np.int64]
    """Code of the preferred thing within its task."""
    second: NDArray[np.int64]


def rankings(
    given: Comparisons,
    *,
    known: NDArray[np.float64] | None = None,
    stop: Stop = Stop(),  # noqa: B008 -- a constant
) -> Orders:
    """Return the likeliest order of every task's things.

    Args:
        given: The comparisons.
        known: Place of each thing in the right order (tasks × things), nan where unknown; comparisons of known tasks
            teach how reliable their workers are.
        stop: When to stop; the tolerance is on the reliabilities and, ten times that, on the strengths.

    Raises:
        InvalidError: The arrays do not fit, or something is compared with itself.
    """
    tasks, things, workers = shape(given)
    known_right = certain(given, known)
    strength = np.zeros((tasks, things))
    reliability = np.full(workers, RELIABLE / (RELIABLE + UNRELIABLE))
    compared = np.bincount(given.worker, minlength=workers)
    iteration, change = 0, np.inf
    information = np.broadcast_to(np.eye(things) * PULL, (tasks, things, things))
    while iteration < stop.iterations and change > stop.tolerance:
        iteration += 1
        meant = _meant(given, strength, reliability, known_right)
        strength, information, step = _stepped(given, meant, strength)
        before = reliability
        if iteration > 1:  # the first answers must speak before anybody is judged by them
            right = np.bincount(given.worker, meant, workers) + RELIABLE
            reliability = right / (compared + RELIABLE + UNRELIABLE)
        moved = float(np.abs(reliability - before).max(initial=0.0)) if iteration > 1 else np.inf
        change = max(moved, step / 10)
    return Orders(
        strength=strength,
        sureness=_sureness(given, strength, information),
        reliability=reliability,
        compared=compared,
        iterations=iteration,
        converged=change <= stop.tolerance,
    )


def shape(given: Comparisons) -> tuple[int, int, int]:
    """Return how many tasks, things of a task and workers there are.

    Raises:
        InvalidError: The arrays do not fit, or something is compared with itself.
    """
    columns = (given.task, given.worker, given.first, given.second)
    if any(column.shape != given.task.shape or column.ndim != 1 for column in columns):
        raise InvalidError("Tasks, workers and things must be one-dimensional and equally long.")
    if given.task.size and (min(column.min() for column in columns) < 0 or (given.first == given.second).any()):
        raise InvalidError("Codes must not be negative, and nothing is compared with itself.")
    things = max(int(given.first.max(initial=-1)), int(given.second.max(initial=-1))) + 1
    return int(given.task.max(initial=-1)) + 1, things, int(given.worker.max(initial=-1)) + 1


def certain(given: Comparisons, known: NDArray[np.float64] | None) -> NDArray[np.float64]:
    """Return 1 where a comparison is known to be right, 0 where wrong, nan where that is not known."""
    if known is None:
        return np.full(given.task.shape, np.nan)
    gap = known[given.task, given.second] - known[given.task, given.first]
    return np.where(np.isfinite(gap) & (gap != 0), gap > 0, np.nan)


def _meant(
    given: Comparisons,
    strength: NDArray[np.float64],
    reliability: NDArray[np.float64],
    certain: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Return how probable it is that each comparison reports the true preference."""
    report = reliability[given.worker]
    ahead = scipy.special.expit(strength[given.task, given.first] - strength[given.task, given.second])
    chance = report * ahead / (report * ahead + (1 - report) * (1 - ahead))
    return np.where(np.isfinite(certain), certain, chance)


def _stepped(
    given: Comparisons, meant: NDArray[np.float64], strength: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64], float]:
    """Return the strengths after one step of Newton's method, their information, and the longest step."""
    tasks, things = strength.shape
    shape, size = (tasks, things, things), tasks * things * things
    here = (given.task * things + given.first) * things + given.second
    there = (given.task * things + given.second) * things + given.first
    wins = (np.bincount(here, meant, size) + np.bincount(there, 1 - meant, size)).reshape(shape)
    count = wins + wins.transpose(0, 2, 1)
    chance = scipy.special.expit(strength[:, :, None] - strength[:, None, :])
    gradient = (wins - count * chance).sum(axis=2) - PULL * strength
    weight = count * chance * (1 - chance)
    information = -weight
    place = np.arange(things)
    information[:, place, place] += weight.sum(axis=2) + PULL
    step = np.clip(np.linalg.solve(information, gradient[:, :, None])[:, :, 0], -2, 2) if size else strength
    return strength + step, information, float(np.abs(step).max(initial=0.0))


def _sureness(
    given: Comparisons, strength: NDArray[np.float64], information: NDArray[np.float64]
) -> NDArray[np.float64]:
    tasks, things = strength.shape
    if things == 0:
        return np.ones(tasks)
    present = np.zeros((tasks, things), np.bool_)
    present[given.task, given.first] = present[given.task, given.second] = True
    covariance = np.linalg.inv(information)
    order = np.argsort(np.where(present, -strength, np.inf), axis=1, kind="stable")
    row, upper, lower = np.arange(tasks)[:, None], order[:, :-1], order[:, 1:]
    gap = strength[row, upper] - strength[row, lower]
    variance = covariance[row, upper, upper] + covariance[row, lower, lower] - 2 * covariance[row, upper, lower]
    doubt = np.where(present[row, lower], 1 - scipy.special.ndtr(gap / np.sqrt(np.maximum(variance, 1e-12))), 0.0)
    return np.asarray(np.clip(1 - doubt.sum(axis=1), 0.0, 1.0))
