"""GLAD (Whitehill et al. 2009): workers differ in ability, tasks in difficulty.

Worker w answers task t right with probability σ(αʷ exp bᵗ); wrong answers are spread evenly over the other classes.
Abilities α and log-eases b have normal priors of mean 1 and variance 1. The M-step is one guarded Newton step for
each, which are sums over the answers of one worker or one task.

Source: Whitehill, Ruvolo, Wu, Bergsma and Movellan, NIPS 2009, for any number of classes as the authors' code does.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import scipy

from headwater.stats.inference.dawid_skene import pooled
from headwater.stats.inference.expectation import Gold, Stop, clamped, expected, known, normalised
from headwater.stats.inference.identifiability import warnings
from headwater.stats.inference.truth import Answers, Truth
from headwater.stats.inference.votes import vote_shares

if TYPE_CHECKING:
    from numpy.typing import NDArray

MEAN, PRECISION = 1.0, 1.0
"""Of the normal priors of ability and of log-ease."""
_LONGEST_STEP = 1.0
_NEWTON_STEPS = 2


class Traits(NamedTuple):
    """What GLAD learns besides the classes."""

    ability: NDArray[np.float64]
    """Of each worker; 0 is chance, negative is adversarial."""
    ease: NDArray[np.float64]
    """Logarithm of the ease of each task; low is hard."""


class Glad(NamedTuple):
    """The classes and the traits behind them."""

    truth: Truth
    traits: Traits


def glad(
    given: Answers,
    *,
    gold: NDArray[np.int64] | None = None,
    stop: Stop = Stop(),  # noqa: B008 -- a constant
) -> Truth:
    """Return the posterior of the classes; all classes are thought equally frequent.

    Args:
        given: The answers.
        gold: Known class of each task, -1 where unknown; known tasks stay certain throughout.
        stop: When to stop; the tolerance is on the abilities.
    """
    return with_traits(given, gold=gold, stop=stop).truth


def with_traits(
    given: Answers,
    *,
    gold: NDArray[np.int64] | None = None,
    stop: Stop = Stop(),  # noqa: B008 -- a constant
) -> Glad:
    """Return the posterior together with abilities and difficulties; see `glad`."""
    certain = known(gold, given.tasks)
    posterior = clamped(vote_shares(given.votes), certain)
    traits = Traits(np.full(given.workers, MEAN), np.full(given.tasks, MEAN))
    likelihood, iteration, change = float("nan"), 0, np.inf
    while iteration < stop.iterations and change > stop.tolerance:
        iteration += 1
        before = traits.ability
        traits = _fitted(given, posterior[given.task, given.label], traits)
        posterior, likelihood = _posterior(given, traits, certain)
        change = float(np.abs(traits.ability - before).max(initial=0.0))
    evidence = pooled(expected(given, posterior))
    truth = Truth(
        posterior=posterior,
        evidence=evidence,
        method="glad",
        log_likelihood=likelihood,
        iterations=iteration,
        converged=change <= stop.tolerance,
        warnings=warnings(given, evidence, gold=gold),
    )
    return Glad(truth, traits)


def _fitted(given: Answers, right: NDArray[np.float64], traits: Traits) -> Traits:
    """Return the traits after Newton steps; `right` is the probability that each answer is right."""
    ability, ease = traits
    for _ in range(_NEWTON_STEPS):
        factor = np.exp(ease)[given.task]
        ability = _newton(ability, given.worker, scipy.special.expit(ability[given.worker] * factor), right, factor)
        advantage = ability[given.worker] * factor
        ease = _newton(ease, given.task, scipy.special.expit(advantage), right, advantage)
    return Traits(ability, ease)


def _newton(
    trait: NDArray[np.float64],
    owner: NDArray[np.int64],
    chance: NDArray[np.float64],
    right: NDArray[np.float64],
    slope: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Return a trait after one Fisher-scoring step under its prior: slope is the derivative of the advantage by it."""
    gradient = np.bincount(owner, (right - chance) * slope, len(trait)) - PRECISION * (trait - MEAN)
    information = np.bincount(owner, chance * (1 - chance) * slope * slope, len(trait)) + PRECISION
    return np.asarray(trait + np.clip(gradient / information, -_LONGEST_STEP, _LONGEST_STEP))


def _posterior(given: Answers, traits: Traits, certain: Gold) -> tuple[NDArray[np.float64], float]:
    advantage = traits.ability[given.worker] * np.exp(traits.ease)[given.task]
    others = max(given.classes - 1, 1)
    # log σ(x) − log((1 − σ(x)) / others) = x + log(others); the wrong classes get log((1 − σ(x)) / others) each
    wrong = np.bincount(given.task, -np.logaddexp(0, advantage) - np.log(others), given.tasks)
    place = given.task * given.classes + given.label
    joint = np.bincount(place, advantage + np.log(others), given.tasks * given.classes)
    joint = joint.reshape(given.tasks, given.classes) + wrong[:, None] - np.log(max(given.classes, 1))
    return normalised(joint, certain)
