"""When a task has enough answers: the posterior over its classes from a few answers of people of known accuracy."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

PRIOR_RIGHT, PRIOR_WRONG = 4.0, 1.0
"""What is believed of an annotator before any gold: right four times out of five, on the evidence of five tasks."""


def posterior(codes: ArrayLike, accuracy: ArrayLike, classes: int) -> NDArray[np.float64]:
    """Return how probable each class of one task is, given its answers.

    The one-coin model of Dawid and Skene (1979) with known coins and equal classes: an annotator of accuracy a gives
    the right class with probability a and each other with (1 − a) / (classes − 1), independently of the others.

    Args:
        codes: The answers as class codes, shape (n,), in [0, classes).
        accuracy: The accuracy of whoever gave each, shape (n,), in (0, 1).
        classes: How many classes there are, at least 2.

    Returns:
        Probabilities, shape (classes,), that sum to 1; equal when there is no answer.
    """
    given, right = np.asarray(codes, np.int64), np.asarray(accuracy, np.float64)
    log = np.full((len(given), classes), np.log((1 - right) / (classes - 1))[:, None])
    log[np.arange(len(given)), given] = np.log(right)
    total = log.sum(axis=0)
    weights: NDArray[np.float64] = np.exp(total - total.max())
    weights /= weights.sum()
    return weights


def accuracy(correct: ArrayLike, judged: ArrayLike) -> NDArray[np.float64]:
    """Return the accuracy to reckon with of annotators who answered so many gold tasks, so many of them right.

    The mean of the Beta posterior after `PRIOR_RIGHT` and `PRIOR_WRONG`: nobody is taken for perfect, nor for useless,
    on the evidence of a few tasks.
    """
    right, total = np.asarray(correct, np.float64), np.asarray(judged, np.float64)
    return (right + PRIOR_RIGHT) / (total + PRIOR_RIGHT + PRIOR_WRONG)
