"""Ordered classes: each worker sees the task's place on a scale with a bias and a spread of their own.

Worker w hears class k as k + biasʷ plus normal noise of spreadʷ, in steps of the scale, and gives the nearest class;
the end classes take what lies beyond them. So two numbers make a confusion matrix in which near mistakes are likelier
than far ones, and few answers suffice.

Source: an ordered probit model of each worker with equally spaced thresholds (McCullagh 1980), fitted by expectation
maximisation over a grid of both numbers.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import scipy

from headwater.stats.inference.expectation import Model, Stop, expected, fit
from headwater.stats.inference.votes import vote_shares

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from headwater.stats.inference.truth import Answers, Truth

BIASES = np.linspace(-1.5, 1.5, 25)
SPREADS = np.geomspace(0.25, 4.0, 17)
"""The grid, in steps of the scale."""
PRIOR_BIAS, PRIOR_SPREAD = 0.5, 0.75
"""Standard deviations of the priors: the bias around 0, the logarithm of the spread around that of 0.7."""
_USUAL_SPREAD = 0.7
_LEAST = 1e-4
"""Of every 10,000 answers, one hits any class."""


class Habits(NamedTuple):
    """How each worker places tasks on the scale."""

    bias: NDArray[np.float64]
    """In steps; positive when they answer too high."""
    spread: NDArray[np.float64]
    """In steps."""


def ordinal(
    given: Answers,
    *,
    gold: NDArray[np.int64] | None = None,
    stop: Stop = Stop(),  # noqa: B008 -- a constant
) -> Truth:
    """Return the posterior of ordered classes; codes must follow the scale.

    Args:
        given: The answers.
        gold: Known class of each task, -1 where unknown; known tasks stay certain throughout.
        stop: When to stop.
    """
    return fit(given, Model("ordinal", _placed), start=vote_shares(given.votes), gold=gold, stop=stop)


def habits(given: Answers, truth: Truth) -> Habits:
    """Return the bias and the spread of each worker under a posterior."""
    bias, spread, _ = _grid(given.classes)
    best = _best(expected(given, truth.posterior))
    return Habits(bias[best], spread[best])


def _placed(counts: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return evidence that holds the best bias and spread, as much as there are answers."""
    _, _, theta = _grid(counts.shape[1])
    return np.asarray(theta[_best(counts)] * (counts.sum(axis=(1, 2)) + 1)[:, None, None])


def _best(counts: NDArray[np.float64]) -> NDArray[np.intp]:
    bias, spread, theta = _grid(counts.shape[1])
    prior = -((bias / PRIOR_BIAS) ** 2) / 2 - (np.log(spread / _USUAL_SPREAD) / PRIOR_SPREAD) ** 2 / 2
    score = counts.reshape(len(counts), -1) @ np.log(theta).reshape(len(theta), -1).T + prior
    return np.asarray(score.argmax(axis=1))


def _grid(classes: int) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Return every bias, spread and the confusion matrix they make."""
    bias, spread = (part.ravel() for part in np.meshgrid(BIASES, SPREADS, indexing="ij"))
    edges = np.concatenate([[-np.inf], np.arange(classes - 1) + 0.5, [np.inf]])
    centre = np.arange(classes)[None, :, None] + bias[:, None, None]
    theta = np.diff(scipy.special.ndtr((edges - centre) / spread[:, None, None]), axis=2)
    return bias, spread, theta * (1 - _LEAST) + _LEAST / max(classes, 1)
