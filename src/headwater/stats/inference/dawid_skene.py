"""The model of Dawid and Skene (1979): one confusion matrix per worker; and its one-coin form.

A small prior on each confusion matrix (half an answer everywhere, two more on the diagonal) keeps sparse sets from
collapsing: the maximum a posteriori estimate under independent Dirichlet rows, a deviation from the paper, whose
maximum likelihood is `PLAIN`.

Source: Dawid and Skene, Applied Statistics 28(1), 1979; the one-coin form: Zhang, Chen, Zhou and Jordan 2016.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from headwater.stats.inference.expectation import Model, Stop, fit
from headwater.stats.inference.votes import DIAGONAL, SMOOTHING, vote_shares

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from headwater.stats.inference.truth import Answers, Truth


class Prior(NamedTuple):
    """Answers that every worker is thought to have given already, per true class."""

    everywhere: float = SMOOTHING
    """To each class."""
    diagonal: float = DIAGONAL
    """To the right class, besides."""

    def added_to(self, counts: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return expected answers with the prior (workers × true class × given class)."""
        return np.asarray(counts + self.everywhere + self.diagonal * np.eye(counts.shape[1]))


PLAIN = Prior(1e-6, 0.0)
"""Next to no prior: maximum likelihood that never takes the logarithm of nothing."""
ONE_COIN_RIGHT, ONE_COIN_WRONG = 2.0, 1.0


def dawid_skene(
    given: Answers,
    *,
    gold: NDArray[np.int64] | None = None,
    prior: Prior = Prior(),  # noqa: B008 -- a constant
    stop: Stop = Stop(),  # noqa: B008 -- a constant
) -> Truth:
    """Return the posterior under one confusion matrix per worker.

    Args:
        given: The answers.
        gold: Known class of each task, -1 where unknown; known tasks stay certain throughout.
        prior: Evidence that every confusion matrix starts from.
        stop: When to stop.
    """
    model = Model("dawid-skene", prior.added_to)
    return fit(given, model, start=vote_shares(given.votes), gold=gold, stop=stop)


def one_coin(
    given: Answers,
    *,
    gold: NDArray[np.int64] | None = None,
    stop: Stop = Stop(),  # noqa: B008 -- a constant
) -> Truth:
    """Return the posterior when each worker is right with one probability, and errs towards all classes alike.

    All classes count as equally frequent: learning their frequency lets the largest class swallow tasks on real sets.

    Args:
        given: The answers.
        gold: Known class of each task, -1 where unknown; known tasks stay certain throughout.
        stop: When to stop.
    """
    model = Model("one-coin", pooled, even=True)
    return fit(given, model, start=vote_shares(given.votes), gold=gold, stop=stop)


def pooled(counts: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return evidence with equal rows: a beta prior of two right and one wrong, errors spread evenly."""
    classes = counts.shape[1]
    right = np.einsum("wkk->w", counts) + ONE_COIN_RIGHT
    total = counts.sum(axis=(1, 2)) + ONE_COIN_RIGHT + ONE_COIN_WRONG
    evidence = np.empty_like(counts, order="C")
    evidence[:] = ((total - right) / max(classes - 1, 1))[:, None, None]
    place = np.arange(classes)
    evidence[:, place, place] = right[:, None]
    return evidence
