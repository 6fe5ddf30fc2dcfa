"""GLAD (Whitehill et al. 2009): workers differ in ability, tasks in difficulty.

Worker w answers task t right with probability σ(αʷ exp bᵗ); wrong answers are spread evenly over the other classes.
Abilities α and log-eases b have normal priors of mean 1 and variance 1. The M-step is one guarded Newton step for
each, which are sums over the answers of one worker or one task.

Source: Whitehill, Ruvolo, Wu, Bergsma and Movellan, NIPS 2009, for any number of classes as the authors' code does.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import scipy

from headwater.stats.inference.dawid_skene import pooled
from headwater.stats.inference.expectation import Stop, clamped, expected, known, normalised
from headwater.stats.inference.identifiability import warnings
from headwater.stats.inference.truth import Answers, Truth
from headwater.stats.inference.votes import vote_shares

if TYPE_CHECKING:
    from numpy.typing import NDArray

MEAN, PRECISION = 1.0, 1.0
"""Of the normal priors of ability and of log-ease."""
_LONGEST_STEP = 1.0
_NEWTON_STEPS = 2
_BLOCK = 1 << 16
"""Answers that are worked on at once."""


class Traits(NamedTuple):
    """What GLAD learns besides the classes."""

    ability: NDArray[np.float64]
    """Of each worker; 0 is chance, negative is adversarial."""
    ease: NDArray[np.float64]
    """Logarithm of the ease of each task; low is hard."""


class _Block(NamedTuple):
    """A run of tasks with their answers."""

    tasks: slice
    task: NDArray[np.int64]
    """Place of each answer's task in the run."""
    worker: NDArray[np.int64]
    label: NDArray[np.int64]


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
    blocks, likelihood, iteration, change = _blocks(given), float("nan"), 0, np.inf
    while iteration < stop.iterations and change > stop.tolerance:
        iteration += 1
        before = traits.ability
        traits = _fitted(blocks, posterior, traits)
        posterior, likelihood = normalised(_joint(blocks, traits, given.classes), certain)
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


def _blocks(given: Answers) -> list[_Block]:
    """Cut the tasks into runs whose answers fit the cache of a processor: beyond it every step waits for memory."""
    ends = given.matrix.indptr.astype(np.int64)
    columns = given.matrix.indices
    wanted = np.arange(0, len(columns), max(_BLOCK, given.workers))
    cuts = np.unique([*np.searchsorted(ends, wanted).tolist(), given.tasks])
    return [_block(ends[low : high + 1], columns, slice(low, high), given.classes) for low, high in pairwise(cuts)]


def _block(ends: NDArray[np.int64], columns: NDArray[np.int32], tasks: slice, classes: int) -> _Block:
    """First every task's first answer, then the second: sums to one place after the other wait for each other."""
    held = np.diff(ends)
    turn = np.arange(ends[0], ends[-1]) - np.repeat(ends[:-1], held)
    order = np.argsort(turn.astype(np.uint16), kind="stable")
    worker, label = np.divmod(columns[ends[0] : ends[-1]][order].astype(np.int64), classes)
    return _Block(tasks=tasks, task=np.repeat(np.arange(len(held)), held)[order], worker=worker, label=label)


def _fitted(blocks: list[_Block], posterior: NDArray[np.float64], traits: Traits) -> Traits:
    """Return the traits after Newton steps towards the posterior."""
    ability, ease = traits.ability, traits.ease.copy()
    right = [posterior[block.tasks][block.task, block.label] for block in blocks]
    for _ in range(_NEWTON_STEPS):
        gradient, information = np.zeros(len(ability)), np.zeros(len(ability))
        for block, likely in zip(blocks, right, strict=True):
            factor = np.exp(ease[block.tasks])[block.task]
            slopes = _slopes(block.worker, ability[block.worker] * factor, likely, factor, len(ability))
            gradient += slopes[0]
            information += slopes[1]
        ability = _stepped(ability, gradient, information)
        for block, likely in zip(blocks, right, strict=True):
            mine = ease[block.tasks]
            advantage = ability[block.worker] * np.exp(mine)[block.task]
            slopes = _slopes(block.task, advantage, likely, advantage, len(mine))
            ease[block.tasks] = _stepped(mine, *slopes)
    return Traits(ability, ease)


def _slopes(
    owner: NDArray[np.int64],
    advantage: NDArray[np.float64],
    right: NDArray[np.float64],
    slope: NDArray[np.float64],
    owners: int,
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return gradient and Fisher information of a trait by owner: slope is the derivative of the advantage by it."""
    chance = scipy.special.expit(advantage)
    gradient = np.bincount(owner, (right - chance) * slope, owners)
    information = np.bincount(owner, chance * (1 - chance) * slope * slope, owners)
    return np.asarray(gradient, np.float64), np.asarray(information, np.float64)


def _stepped(
    trait: NDArray[np.float64], gradient: NDArray[np.float64], information: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return a trait after one Fisher-scoring step under its prior."""
    step = (gradient - PRECISION * (trait - MEAN)) / (information + PRECISION)
    return np.asarray(trait + np.clip(step, -_LONGEST_STEP, _LONGEST_STEP))


def _joint(blocks: list[_Block], traits: Traits, classes: int) -> NDArray[np.float64]:
    """Return the log-probability of each task's answers if each class were true (tasks × classes)."""
    joint, others = np.empty((len(traits.ease), classes)), np.log(max(classes - 1, 1))
    for block in blocks:
        mine = np.exp(traits.ease[block.tasks])
        advantage = traits.ability[block.worker] * mine[block.task]
        # log σ(x) − log((1 − σ(x)) / others) = x + log(others); the wrong classes get log((1 − σ(x)) / others) each
        wrong = np.bincount(block.task, -np.logaddexp(0, advantage) - others, len(mine))
        own = np.bincount(block.task * classes + block.label, advantage + others, len(mine) * classes)
        joint[block.tasks] = own.reshape(-1, classes) + (wrong - np.log(max(classes, 1)))[:, None]
    return joint
