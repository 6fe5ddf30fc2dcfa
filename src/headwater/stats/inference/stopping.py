"""When a task has enough answers: the posterior over its classes from a few answers of people of known accuracy."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

_LEAST = 1e-9
PRIOR_RIGHT, PRIOR_WRONG = 4.0, 1.0
"""What is believed of an annotator before any gold: right four times out of five, on the evidence of five tasks."""


def posterior(codes: ArrayLike, confusion: ArrayLike, shares: ArrayLike | None = None) -> NDArray[np.float64]:
    """Return how probable each class of one task is, given its answers, which are independent of each other.

    Args:
        codes: The answers as class codes, shape (n,), in [0, classes).
        confusion: For whoever gave each, the probability of each given class (column) where another one is true (row),
            shape (n, classes, classes); see `coins` for annotators of whom only the accuracy is known.
        shares: How frequent each class is, shape (classes,); equal by default.

    Returns:
        Probabilities, shape (classes,), that sum to 1; the shares when there is no answer.

    Source:
        Dawid and Skene, Applied Statistics 28(1), 1979, with known confusion matrices.
    """
    given, tables = np.asarray(codes, np.int64), np.asarray(confusion, np.float64)
    classes = tables.shape[2]
    prior = np.full(classes, 1 / classes) if shares is None else np.asarray(shares, np.float64)
    likelihood = np.log(np.maximum(tables[np.arange(len(given)), :, given], _LEAST))
    total = likelihood.sum(axis=0) + np.log(np.maximum(prior, _LEAST))
    weights: NDArray[np.float64] = np.exp(total - total.max())
    weights /= weights.sum()
    return weights


def coins(accuracy: ArrayLike, classes: int) -> NDArray[np.float64]:
    """Return the confusion matrices of annotators who err towards all classes alike, shape (n, classes, classes).

    Args:
        accuracy: How often each is right, shape (n,), in (0, 1).
        classes: How many classes there are, at least 2.
    """
    right = np.asarray(accuracy, np.float64)
    found = np.empty((len(right), classes, classes))
    found[:] = ((1 - right) / (classes - 1))[:, None, None]
    place = np.arange(classes)
    found[:, place, place] = right[:, None]
    return found


def accuracy(correct: ArrayLike, judged: ArrayLike) -> NDArray[np.float64]:
    """Return the accuracy to reckon with of annotators who answered so many gold tasks, so many of them right.

    The mean of the Beta posterior after `PRIOR_RIGHT` and `PRIOR_WRONG`: nobody is taken for perfect, nor for useless,
    on the evidence of a few tasks.
    """
    right, total = np.asarray(correct, np.float64), np.asarray(judged, np.float64)
    return (right + PRIOR_RIGHT) / (total + PRIOR_RIGHT + PRIOR_WRONG)
