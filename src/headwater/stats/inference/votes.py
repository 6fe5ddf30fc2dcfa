"""Counting votes: the majority, and the majority of workers weighted by how often they are in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from headwater.stats.inference.expectation import Stop, clamped, expected, known
from headwater.stats.inference.identifiability import warnings
from headwater.stats.inference.truth import Answers, Truth

if TYPE_CHECKING:
    from numpy.typing import NDArray

SMOOTHING = 0.5
DIAGONAL = 2.0
"""A worker's confusion matrix starts from this evidence: half an answer everywhere, two more where right."""


def with_prior(counts: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return expected answers with the common prior (workers × true class × given class)."""
    return np.asarray(counts + SMOOTHING + DIAGONAL * np.eye(counts.shape[1]))


def majority(given: Answers, *, gold: NDArray[np.int64] | None = None) -> Truth:
    """Return the shares of votes as posterior; a task without votes gets the overall shares.

    Args:
        given: The answers.
        gold: Known class of each task, -1 where unknown; known tasks are certain.
    """
    posterior = clamped(vote_shares(given.votes), known(gold, given.tasks))
    return _truth(given, posterior, "majority", iterations=1, converged=True, gold=gold)


def weighted(
    given: Answers,
    *,
    gold: NDArray[np.int64] | None = None,
    stop: Stop = Stop(),  # noqa: B008 -- a constant
) -> Truth:
    """Return the shares of votes when each worker counts as often as they agree with the outcome.

    A worker's weight is how far their agreement with the weighted outcome lies above chance, smoothed; outcome and
    weights are repeated until the outcome stands.

    Args:
        given: The answers.
        gold: Known class of each task, -1 where unknown; known tasks are certain.
        stop: When to stop; the tolerance is on the weights.
    """
    certain = known(gold, given.tasks)
    posterior = clamped(vote_shares(given.votes), certain)
    answered = np.bincount(given.worker, minlength=given.workers)
    weight, change, iteration = np.ones(given.workers), np.inf, 0
    while iteration < stop.iterations and change > stop.tolerance:
        iteration += 1
        chosen = posterior.argmax(axis=1)
        right = np.bincount(given.worker, weights=chosen[given.task] == given.label, minlength=given.workers)
        before, weight = weight, _above_chance((right + 1) / (answered + 2), given.classes)
        change = float(np.abs(weight - before).max(initial=0.0))
        votes = given.matrix @ np.kron(weight[:, None], np.eye(given.classes))
        posterior = clamped(vote_shares(np.asarray(votes)), certain)
    return _truth(given, posterior, "weighted", iterations=iteration, converged=change <= stop.tolerance, gold=gold)


def _above_chance(accuracy: NDArray[np.float64], classes: int) -> NDArray[np.float64]:
    chance = 1 / max(classes, 2)
    return np.maximum((accuracy - chance) / (1 - chance), 1e-3)


def vote_shares(votes: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return each task's votes as shares; a task without votes gets the overall shares.

    Args:
        votes: Votes or weights of each class for each task (tasks × classes).
    """
    overall = votes.sum(axis=0) + 1e-300
    totals = votes @ np.ones(votes.shape[1])
    posterior = votes / np.maximum(totals, 1e-300)[:, None]
    posterior[totals == 0] = overall / overall.sum()
    return np.asarray(posterior)


def _truth(
    given: Answers,
    posterior: NDArray[np.float64],
    method: str,
    *,
    iterations: int,
    converged: bool,
    gold: NDArray[np.int64] | None,
) -> Truth:
    evidence = with_prior(expected(given, posterior))
    return Truth(
        posterior=posterior,
        evidence=evidence,
        method=method,
        log_likelihood=float("nan"),
        iterations=iterations,
        converged=converged,
        warnings=warnings(given, evidence, gold=gold),
    )
