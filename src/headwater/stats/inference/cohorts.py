"""Dawid–Skene's model with cohorts: a worker's confusion matrix is drawn towards what is common to their cohort.

Workers of one team, trained on one guideline, share habits. A worker with few answers borrows them; how much is
learnt from the answers: how many answers per true class the cohort is worth is where the Dirichlet-multinomial
likelihood of its workers' expected answers is highest.

Source: Minka, Estimating a Dirichlet distribution, 2000, for the likelihood of the strength; empirical Bayes.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import scipy

from headwater.core.errors import InvalidError
from headwater.stats.inference.expectation import Model, Stop, expected, fit
from headwater.stats.inference.votes import vote_shares, with_prior

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from headwater.stats.inference.truth import Answers, Truth

STRENGTHS = (1.0, 3.0, 10.0, 30.0, 100.0)
_FIRST = 3.0


def by_cohort(
    given: Answers,
    cohort: ArrayLike,
    *,
    gold: NDArray[np.int64] | None = None,
    stop: Stop = Stop(),  # noqa: B008 -- a constant
) -> Truth:
    """Return the posterior when workers share the habits of their cohort.

    Args:
        given: The answers.
        cohort: Code of each worker's cohort, from 0, shape (workers,).
        gold: Known class of each task, -1 where unknown; known tasks stay certain throughout.
        stop: When to stop; it holds for each of the two fits, before and after the strength is learnt.

    Raises:
        InvalidError: There is not one cohort for each worker.
    """
    code = np.asarray(cohort, dtype=np.int64)
    if code.shape != (given.workers,) or code.min(initial=0) < 0:
        raise InvalidError(f"There must be one cohort, from 0, for each of {given.workers} workers.")
    first = fit(given, _model(code, _FIRST), start=vote_shares(given.votes), gold=gold, stop=stop)
    strength = _likeliest_strength(expected(given, first.posterior), code)
    return fit(given, _model(code, strength), start=first.posterior, gold=gold, stop=stop)


def confusion_of_cohorts(truth: Truth, given: Answers, cohort: ArrayLike) -> NDArray[np.float64]:
    """Return each cohort's pooled confusion matrix (cohorts × true class × given class)."""
    code = np.asarray(cohort, dtype=np.int64)
    return _common(expected(given, truth.posterior), code)


def _model(cohort: NDArray[np.int64], strength: float) -> Model:
    return Model("cohort", partial(_drawn, cohort=cohort, strength=strength))


def _drawn(counts: NDArray[np.float64], *, cohort: NDArray[np.int64], strength: float) -> NDArray[np.float64]:
    return np.asarray(counts + strength * _common(counts, cohort)[cohort])


def _common(counts: NDArray[np.float64], cohort: NDArray[np.int64]) -> NDArray[np.float64]:
    pooled = np.zeros((int(cohort.max(initial=-1)) + 1, *counts.shape[1:]))
    np.add.at(pooled, cohort, counts)
    pooled = with_prior(pooled)
    return np.asarray(pooled / pooled.sum(axis=2, keepdims=True))


def _likeliest_strength(counts: NDArray[np.float64], cohort: NDArray[np.int64]) -> float:
    common = _common(counts, cohort)[cohort]
    total = counts.sum(axis=2)

    def likelihood(strength: float) -> float:
        rows = scipy.special.gammaln(strength) - scipy.special.gammaln(strength + total)
        cells = scipy.special.gammaln(counts + strength * common) - scipy.special.gammaln(strength * common)
        return float(rows.sum() + cells.sum())

    return max(STRENGTHS, key=likelihood)
