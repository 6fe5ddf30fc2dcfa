"""Expectation maximisation over confusion matrices, as sparse algebra.

One matrix A (tasks × worker·class, a one where a worker gave a class) carries everything: with posteriors T
(tasks × classes), the expected answers of every worker are AᵀT, and the log-probabilities of the next posteriors
are A·log θ. Models differ only in how they turn expected answers into evidence of each worker's confusion matrix:
as they are, pooled over classes, or drawn towards what is common to a cohort.

Source: Dawid and Skene, Applied Statistics 28(1), 1979; Dempster, Laird and Rubin 1977.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from headwater.stats.inference.identifiability import warnings
from headwater.stats.inference.truth import Answers, Truth

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    Evidence = Callable[[NDArray[np.float64]], NDArray[np.float64]]
    """From expected answers to Dirichlet parameters, both workers × true class × given class."""

SHARES_PRIOR = 0.5
"""Added to the expected tasks of each class before they become shares (Jeffreys' prior)."""
_FEW_CLASSES = 24
"""Up to here, going through the columns is faster than reducing short rows."""


class Model(NamedTuple):
    """How answers come about, as far as it is to be learnt from them."""

    name: str
    evidence: Evidence
    """How expected answers become evidence of confusion matrices."""
    even: bool = False
    """Whether all classes are thought to be equally frequent; their frequency is learnt otherwise."""


class Stop(NamedTuple):
    """When to stop iterating."""

    iterations: int = 200
    """The most there may be."""
    tolerance: float = 1e-4
    """Largest change of a confusion probability at which the fit has converged; 0 for never."""


class Gold(NamedTuple):
    """Tasks whose class is known."""

    task: NDArray[np.int64]
    label: NDArray[np.int64]


def known(gold: NDArray[np.int64] | None, tasks: int) -> Gold:
    """Return the tasks whose gold class is not negative."""
    if gold is None:
        return Gold(np.empty(0, np.int64), np.empty(0, np.int64))
    place = np.flatnonzero(gold[:tasks] >= 0)
    return Gold(place, gold[place])


def fit(
    given: Answers,
    model: Model,
    *,
    start: NDArray[np.float64],
    gold: NDArray[np.int64] | None = None,
    stop: Stop = Stop(),  # noqa: B008 -- a constant
) -> Truth:
    """Return the posterior of the tasks and the evidence of the workers at which neither changes any more.

    Args:
        given: The answers.
        model: How expected answers become evidence of confusion matrices.
        start: First posterior (tasks × classes).
        gold: Known class of each task, -1 where unknown; known tasks stay certain throughout.
        stop: When to stop.
    """
    certain = known(gold, given.tasks)
    posterior = clamped(start, certain)
    parameters = model.evidence(expected(given, posterior))
    theta = parameters / parameters.sum(axis=2, keepdims=True)
    likelihood, iteration, change = float("nan"), 0, np.inf
    while iteration < stop.iterations and change > stop.tolerance:
        iteration += 1
        joint = log_joint(given, theta)
        joint += np.log(np.full(given.classes, 1 / given.classes) if model.even else shares(posterior))
        posterior, likelihood = normalised(joint, certain)
        parameters = model.evidence(expected(given, posterior))
        before, theta = theta, parameters / parameters.sum(axis=2, keepdims=True)
        change = float(np.abs(theta - before).max(initial=0.0))
    return Truth(
        posterior=posterior,
        evidence=parameters,
        method=model.name,
        log_likelihood=likelihood,
        iterations=iteration,
        converged=change <= stop.tolerance,
        warnings=warnings(given, parameters, gold=gold),
    )


def shares(posterior: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return how frequent each class is, a little smoothed."""
    tasks, classes = posterior.shape
    return np.asarray((np.ones(tasks) @ posterior + SHARES_PRIOR) / (tasks + SHARES_PRIOR * classes))


def expected(given: Answers, posterior: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the expected answers of each worker (workers × true class × given class)."""
    counts = (given.matrix.T @ posterior).reshape(given.workers, given.classes, given.classes)
    return np.asarray(counts.transpose(0, 2, 1))


def log_joint(given: Answers, theta: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the log-probability of each task's answers if each class were true (tasks × classes)."""
    logs = np.log(theta.transpose(0, 2, 1)).reshape(-1, given.classes)
    return np.asarray(given.matrix @ logs)


class Normalised(NamedTuple):
    """Posteriors and the log-likelihood they stand for."""

    posterior: NDArray[np.float64]
    log_likelihood: float


def normalised(joint: NDArray[np.float64], certain: Gold) -> Normalised:
    """Return the posteriors of joint log-probabilities, which are overwritten; gold tasks become certain."""
    at_gold = joint[certain.task, certain.label]
    top = _largest(joint)
    joint -= top[:, None]
    np.exp(joint, out=joint)
    total = joint @ np.ones(joint.shape[1])
    joint /= total[:, None]
    top += np.log(total)
    top[certain.task] = at_gold
    return Normalised(clamped(joint, certain, copy=False), float(top.sum()))


def clamped(posterior: NDArray[np.float64], certain: Gold, *, copy: bool = True) -> NDArray[np.float64]:
    """Return the posterior with gold tasks certain."""
    if len(certain.task):
        posterior = posterior.copy() if copy else posterior
        posterior[certain.task] = 0.0
        posterior[certain.task, certain.label] = 1.0
    return posterior


def _largest(joint: NDArray[np.float64]) -> NDArray[np.float64]:
    if not 0 < joint.shape[1] <= _FEW_CLASSES:
        return np.asarray(joint.max(axis=1, initial=-np.inf))
    top = joint[:, 0].copy()
    for column in joint.T[1:]:
        np.maximum(top, column, out=top)
    return top
