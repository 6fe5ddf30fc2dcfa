"""Majority vote and the model of Dawid and Skene (1979), as sparse algebra.

One matrix A (tasks × worker·class, an entry where a worker gave a class) carries everything: the M-step is
AᵀT, the E-step A·log θ. A small prior on the diagonal of each confusion matrix (1/2 everywhere, 2 more on the
diagonal) keeps sparse sets from collapsing.

Source: Dawid and Skene, Applied Statistics 28(1), 1979. The prior is the maximum a posteriori estimate under
independent Dirichlet rows, a deviation from the paper.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse
from scipy.special import logsumexp, softmax

from headwater.stats.inference.truth import Answers, Truth

if TYPE_CHECKING:
    from numpy.typing import NDArray

SMOOTHING = 0.5
DIAGONAL = 2.0
FEW_ANSWERS = 3.0
"""Mean answers per worker and class below which confusion matrices are hardly identified."""


def majority(given: Answers, *, gold: NDArray[np.int64] | None = None) -> Truth:
    """Return the shares of votes as posterior; a task without votes gets the overall shares.

    Args:
        given: The answers.
        gold: Known class of each task, -1 where unknown; known tasks are certain.
    """
    votes = np.bincount(given.task * given.classes + given.label, minlength=given.tasks * given.classes)
    counts = votes.reshape(given.tasks, given.classes).astype(np.float64)
    overall = counts.sum(axis=0) / max(counts.sum(), 1.0)
    totals = counts.sum(axis=1, keepdims=True)
    posterior = np.where(totals > 0, counts / np.maximum(totals, 1.0), overall)
    posterior = _clamp(posterior, gold)
    return Truth(
        posterior=posterior,
        confusion=_confusion(_matrix(given), posterior, given),
        method="majority",
        log_likelihood=float("nan"),
        iterations=1,
        converged=True,
    )


def dawid_skene(
    given: Answers, *, gold: NDArray[np.int64] | None = None, most_iterations: int = 100, tolerance: float = 1e-5
) -> Truth:
    """Return the posterior under one confusion matrix per worker, by expectation maximisation.

    Args:
        given: The answers.
        gold: Known class of each task, -1 where unknown; known tasks stay certain throughout.
        most_iterations: Iterations after which to stop.
        tolerance: Largest change of a posterior at which it has converged.
    """
    matrix = _matrix(given)
    posterior = majority(given, gold=gold).posterior
    likelihood, iteration, change = float("nan"), 0, np.inf
    confusion = _confusion(matrix, posterior, given)
    while iteration < most_iterations and change > tolerance:
        iteration += 1
        prior = (posterior.sum(axis=0) + SMOOTHING) / (len(posterior) + SMOOTHING * given.classes)
        logs = np.log(confusion).transpose(0, 2, 1).reshape(-1, given.classes)
        joint = matrix @ logs + np.log(prior)
        likelihood = float(logsumexp(joint, axis=1).sum())
        updated = _clamp(softmax(joint, axis=1), gold)
        change = float(np.abs(updated - posterior).max()) if updated.size else 0.0
        posterior = updated
        confusion = _confusion(matrix, posterior, given)
    return Truth(
        posterior=posterior,
        confusion=confusion,
        method="dawid-skene",
        log_likelihood=likelihood,
        iterations=iteration,
        converged=change <= tolerance,
        warnings=_warnings(given),
    )


def _matrix(given: Answers) -> sparse.csr_array:
    columns = given.worker * given.classes + given.label
    shape = (given.tasks, given.workers * given.classes)
    return sparse.csr_array((np.ones(len(columns)), (given.task, columns)), shape=shape)


def _confusion(matrix: sparse.csr_array, posterior: NDArray[np.float64], given: Answers) -> NDArray[np.float64]:
    """Return θ[worker, true, given] from counts, smoothed."""
    counts = (matrix.T @ posterior).reshape(given.workers, given.classes, given.classes).transpose(0, 2, 1)
    counts = counts + SMOOTHING + DIAGONAL * np.eye(given.classes)
    return np.asarray(counts / counts.sum(axis=2, keepdims=True))


def _clamp(posterior: NDArray[np.float64], gold: NDArray[np.int64] | None) -> NDArray[np.float64]:
    if gold is None:
        return posterior
    known = np.flatnonzero(gold[: len(posterior)] >= 0)
    clamped = posterior.copy()
    clamped[known] = 0.0
    clamped[known, gold[known]] = 1.0
    return clamped


def _warnings(given: Answers) -> tuple[str, ...]:
    found = []
    if given.classes < 2:  # noqa: PLR2004 -- one class
        found.append("Only one class occurs: nothing can be inferred.")
    if given.workers and len(given.task) / (given.workers * max(given.classes, 1)) < FEW_ANSWERS:
        found.append("Few answers per worker and class: confusion matrices rest mostly on the prior.")
    if given.tasks and np.bincount(given.task, minlength=given.tasks).max(initial=0) < 2:  # noqa: PLR2004
        found.append("No task has two answers: workers cannot be told apart.")
    return tuple(found)
