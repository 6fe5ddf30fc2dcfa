"""MACE (Hovy et al. 2013): a worker either knows the class or answers by a habit that ignores the task.

And Dawid–Skene's model drawn towards it: a worker's confusion matrix starts from what MACE says of the same worker,
so that few answers leave a spammer or a skilled worker, and many answers leave any matrix at all.

Source: Hovy, Berg-Kirkpatrick, Vaswani and Hovy, NAACL 2013. Competence and habit maximise their posterior given the
expected answers, starting from the votes; the paper uses variational Bayes with random restarts.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from headwater.stats.inference.expectation import Model, Stop, fit
from headwater.stats.inference.votes import vote_shares

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from headwater.stats.inference.truth import Answers, Truth

HABIT_PRIOR = 0.5
"""Added to the habitual answers of each class."""
STRENGTH = 6.0
"""Answers per true class that the pull towards MACE is worth."""
_STEPS = 20


def mace(
    given: Answers,
    *,
    gold: NDArray[np.int64] | None = None,
    stop: Stop = Stop(),  # noqa: B008 -- a constant
) -> Truth:
    """Return the posterior when each worker knows, or answers by habit.

    Args:
        given: The answers.
        gold: Known class of each task, -1 where unknown; known tasks stay certain throughout.
        stop: When to stop.
    """
    return fit(given, Model("mace", _habitual), start=vote_shares(given.votes), gold=gold, stop=stop)


def drawn_dawid_skene(
    given: Answers,
    *,
    gold: NDArray[np.int64] | None = None,
    strength: float = STRENGTH,
    stop: Stop = Stop(),  # noqa: B008 -- a constant
) -> Truth:
    """Return the posterior under one confusion matrix per worker, drawn towards what MACE says of that worker.

    Args:
        given: The answers.
        gold: Known class of each task, -1 where unknown; known tasks stay certain throughout.
        strength: Answers per true class that the pull is worth; 0 leaves Dawid and Skene's maximum likelihood.
        stop: When to stop.
    """
    model = Model("drawn-dawid-skene", partial(_drawn, strength=strength))
    return fit(given, model, start=vote_shares(given.votes), gold=gold, stop=stop)


def _habitual(counts: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return evidence of the form n · (θ I + (1 − θ) 1 ξᵀ): competence θ, habit ξ, from n answers in all."""
    given = counts.sum(axis=1)
    right = np.einsum("wkk->wk", counts)
    total = given.sum(axis=1)
    competence = np.full(len(counts), 0.5)
    habit = (given + HABIT_PRIOR) / (given + HABIT_PRIOR).sum(axis=1, keepdims=True)
    for _ in range(_STEPS):
        guessed = (1 - competence)[:, None] * habit
        knew = right * (competence[:, None] / (competence[:, None] + guessed))
        competence = (knew.sum(axis=1) + 1) / (total + 2)
        spread = given - knew + HABIT_PRIOR
        habit = spread / spread.sum(axis=1, keepdims=True)
    theta = np.repeat(((1 - competence)[:, None] * habit)[:, None, :], counts.shape[1], axis=1)
    theta += competence[:, None, None] * np.eye(counts.shape[1])
    return np.asarray(theta * (total + 2)[:, None, None])


def _drawn(counts: NDArray[np.float64], *, strength: float) -> NDArray[np.float64]:
    towards = _habitual(counts)
    return np.asarray(counts + (strength / towards.sum(axis=2, keepdims=True)) * towards + 1e-9)
