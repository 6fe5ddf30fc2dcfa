"""Agreement of any number of raters: percent agreement, Fleiss, Conger, Brennan-Prediger, Gwet's AC1 and AC2.

All are (p_a - p_e) / (1 - p_e) with the same observed agreement p_a, the share of pairs of answers
within a unit that agree (in part, under weights), and different ideas p_e of what chance would give.
Missing answers follow Gwet: units with one answer count for the label shares, not for p_a.

Source: Gwet, Handbook of Inter-Rater Reliability, 4th ed. 2014. Intervals are BCa bootstraps over units
(Conger: normal); standard errors are Gwet's linearisation without finite-population correction.
"""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from headwater.stats.agreement.patterns import clean
from headwater.stats.agreement.weights import Weighting, weights
from headwater.stats.bootstrap import RESAMPLING, Resampling, bootstrap
from headwater.stats.interval import Estimate, normal, unanimous, undefined

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import ArrayLike, NDArray

    from headwater.stats.agreement.patterns import Patterns

    Numbers = NDArray[np.float64]

_NO_PAIRS = "No task has two answers to compare."
_ONE_LABEL = "Only one label was given, so chance alone explains perfect agreement."
_NO_CHOICE = "There is only one possible label, so nothing could have disagreed."
_UNTESTED = "Only one label was given: the answers agree, but nothing shows that labels are told apart."

_ROUNDING = 1e-12
"""Chance agreement this close to 1 is 1."""


class _Chance(NamedTuple):
    """Chance agreement as a function of the label shares, and its gradient."""

    agreement: Callable[[Numbers], Numbers]
    """Shares (B, labels) to chance agreement (B,)."""
    gradient: Callable[[Numbers], Numbers]
    """Shares (labels,) to derivatives (labels,)."""


def percent(
    patterns: Patterns, *, weighting: str | ArrayLike = Weighting.IDENTITY, resampling: Resampling = RESAMPLING
) -> Estimate:
    """Return the share of pairs of answers within a unit that agree, averaged over units; chance is ignored.

    Args:
        patterns: How units were answered (`patterns.count`).
        weighting: Credit for partial agreement, see `weights`.
        resampling: How to bootstrap the units.

    Returns:
        The agreement in [0, 1]; n counts the units with two answers or more. Undefined without such units.
    """
    nothing = np.zeros(patterns.counts.shape[1])
    chance = _Chance(lambda shares: np.zeros(len(shares)), lambda _: nothing)
    return _corrected(patterns, weights(weighting, nothing.size), chance, "percent agreement", resampling)


def fleiss(
    patterns: Patterns, *, weighting: str | ArrayLike = Weighting.IDENTITY, resampling: Resampling = RESAMPLING
) -> Estimate:
    """Return Fleiss' kappa: chance is two draws from the pooled label shares (for two raters: Scott's pi).

    Args:
        patterns: How units were answered (`patterns.count`).
        weighting: Credit for partial agreement, see `weights`.
        resampling: How to bootstrap the units.

    Returns:
        Kappa, at most 1; undefined without pairs of answers or when only one label was ever given.

    Source:
        Fleiss 1971, generalised to missing answers and weights by Gwet 2014.
    """
    matrix = weights(weighting, patterns.counts.shape[1])
    chance = _Chance(lambda shares: np.einsum("ij,ij->i", shares @ matrix, shares), lambda shares: 2 * matrix @ shares)
    return _corrected(patterns, matrix, chance, "Fleiss' kappa", resampling)


def brennan_prediger(
    patterns: Patterns, *, weighting: str | ArrayLike = Weighting.IDENTITY, resampling: Resampling = RESAMPLING
) -> Estimate:
    """Return the Brennan-Prediger coefficient: chance picks every possible label equally often.

    Args:
        patterns: How units were answered, with a column for every *possible* label.
        weighting: Credit for partial agreement, see `weights`.
        resampling: How to bootstrap the units.

    Returns:
        The coefficient (free-marginal kappa); undefined without pairs of answers or with one possible label.
    """
    labels = patterns.counts.shape[1]
    matrix = weights(weighting, labels)
    level = float(matrix.mean()) if labels else 1.0
    chance = _Chance(lambda shares: np.full(len(shares), level), np.zeros_like)
    return _corrected(patterns, matrix, chance, "Brennan-Prediger", resampling)


def gwet(
    patterns: Patterns,
    *,
    weighting: str | ArrayLike = Weighting.IDENTITY,
    values: ArrayLike | None = None,
    resampling: Resampling = RESAMPLING,
) -> Estimate:
    """Return Gwet's AC1 (AC2 under weights), which stays high when nearly all answers share one label.

    Args:
        patterns: How units were answered, with a column for every *possible* label.
        weighting: Credit for partial agreement, see `weights`.
        values: The number that each label stands for; 1 to labels by default.
        resampling: How to bootstrap the units.

    Returns:
        The coefficient; undefined without pairs of answers or with one possible label. 1 with a note
        when several labels were possible and only one was given.

    Source:
        Gwet 2008 and 2014.
    """
    labels = patterns.counts.shape[1]
    matrix = weights(weighting, labels, values=values)
    scale = float(matrix.sum()) / (labels * (labels - 1)) if labels > 1 else math.nan
    chance = _Chance(
        lambda shares: scale * (shares * (1 - shares)).sum(axis=1), lambda shares: scale * (1 - 2 * shares)
    )
    plain = isinstance(weighting, str) and weighting == Weighting.IDENTITY
    name = "Gwet's AC1" if plain else f"Gwet's AC2, {weighting if isinstance(weighting, str) else 'custom'} weights"
    return _corrected(patterns, matrix, chance, name, resampling)


def conger(
    task: ArrayLike,
    annotator: ArrayLike,
    answer: ArrayLike,
    *,
    labels: int | None = None,
    weighting: str | ArrayLike = Weighting.IDENTITY,
    confidence: float = 0.95,
) -> Estimate:
    """Return Conger's kappa: chance lets two raters answer by their own habits (Cohen's kappa for many raters).

    Args:
        task: Task codes, non-negative integers, shape (n,).
        annotator: Annotator codes, non-negative integers, shape (n,).
        answer: Label codes, negative = missing, shape (n,).
        labels: Number of possible labels; one more than the largest code by default.
        weighting: Credit for partial agreement, see `weights`.
        confidence: Nominal coverage of the normal interval.

    Returns:
        Kappa with a normal interval cut at 1; where nobody disagreed, see `unanimous`. Undefined with fewer than two
        raters, without pairs of answers or when only one label was given.

    Source:
        Conger 1980; Gwet 2014. A rater's habits are the label shares of all the rater's answers.
    """
    unit, rater, label = clean(task, annotator, answer)
    width = int(label.max(initial=-1)) + 1 if labels is None else labels
    matrix = weights(weighting, width)
    seen, rater = np.unique(rater, return_inverse=True)
    agreement, ratings = _pair_agreement(unit, label, matrix)
    pairable = ratings > 1
    method, raters = "Conger's kappa, normal", seen.size
    if not pairable.any() or raters < 2:  # noqa: PLR2004
        return undefined(_NO_PAIRS, n=0, method=method, confidence=confidence)
    n, m = int((ratings > 0).sum()), int(pairable.sum())
    totals = np.bincount(rater * width + label, minlength=raters * width).reshape(raters, width)
    habit = totals / totals.sum(axis=1, keepdims=True)
    others = (habit.sum(axis=0) - habit) @ matrix
    chance = float((habit * others).sum()) / (raters * (raters - 1))
    if chance >= 1:
        return undefined(_ONE_LABEL, n=m, method=method, confidence=confidence)
    kappa = (float(agreement[pairable].mean()) - chance) / (1 - chance)
    slope = 2 * (others - (habit * others).sum(axis=1, keepdims=True)) / (raters * (raters - 1))
    effect = n * (slope / totals.sum(axis=1, keepdims=True))[rater, label]
    shift = np.bincount(unit, weights=effect, minlength=ratings.size)
    one = n / m * pairable * (agreement - chance) / (1 - chance) - (1 - kappa) * shift / (1 - chance)
    error = _standard_error(one[ratings > 0] - kappa, np.ones(n))
    estimate = normal(kappa, error, n=m, method=method, confidence=confidence)
    return unanimous(replace(estimate, high=min(estimate.high, 1.0)), 1 / (1 - chance))


def _corrected(patterns: Patterns, matrix: Numbers, chance: _Chance, name: str, resampling: Resampling) -> Estimate:
    """Bootstrap (p_a - p_e) / (1 - p_e) from the sums: pair agreement, paired units, units, label shares."""
    ratings = patterns.ratings
    pairs = ratings > 1
    paired = int(patterns.units[pairs].sum())
    n = patterns.pairable().independent
    counts = patterns.counts.astype(np.float64)
    shares = counts / np.maximum(ratings, 1)[:, None]
    same = np.einsum("ij,ij->i", counts @ matrix, counts) - ratings
    agreement = np.where(pairs, same / np.maximum(ratings * (ratings - 1), 1), 0.0)
    sums = np.column_stack([agreement, pairs, np.ones(len(pairs)), shares])

    def statistic(total: Numbers) -> Numbers:
        observed = np.divide(total[:, 0], total[:, 1], out=np.full(len(total), math.nan), where=total[:, 1] > 0)
        expected = chance.agreement(total[:, 3:] / total[:, 2:3])
        room = np.where(expected < 1 - _ROUNDING, 1 - expected, math.nan)
        return np.asarray((observed - expected) / room)

    if paired == 0:
        return undefined(_NO_PAIRS, n=0, method=name, confidence=resampling.confidence)
    used = int(np.count_nonzero(counts.any(axis=0)))
    estimate = bootstrap(patterns.sample(sums), statistic, method=name, resampling=resampling)
    if not estimate.defined:
        return replace(estimate, n=n, note=_ONE_LABEL if matrix.shape[0] > 1 else _NO_CHOICE)
    mean = patterns.units @ shares / patterns.n
    expected = float(chance.agreement(mean[None, :])[0])
    one = patterns.n / paired * np.where(pairs, agreement - expected, 0.0)
    one = (one - (1 - estimate.value) * (shares - mean) @ chance.gradient(mean)) / (1 - expected) - estimate.value
    note = _UNTESTED if used == 1 and name != "percent agreement" else estimate.note
    whole = replace(estimate, n=n, standard_error=_spread(patterns, one), note=note)
    return unanimous(whole, 1 / (1 - expected))


def _spread(patterns: Patterns, influence: Numbers) -> float:
    """Return the standard error of a mean over units, the influence of dependent units added up."""
    if patterns.clusters is None:
        return _standard_error(influence, patterns.units)
    parts = patterns.sample(influence[:, None]).sums[:, 0]
    return _standard_error(parts * parts.size / patterns.n, np.ones(parts.size))


def _standard_error(influence: Numbers, units: ArrayLike) -> float:
    """Return sqrt(Σ u² / (n (n - 1))); nan for one unit."""
    weight = np.asarray(units, np.float64)
    n = float(weight.sum())
    return math.sqrt(float(weight @ influence**2) / (n * (n - 1))) if n > 1 else math.nan


def _pair_agreement(
    unit: NDArray[np.intp], label: NDArray[np.intp], matrix: Numbers
) -> tuple[Numbers, NDArray[np.intp]]:
    """Return for each unit the share of agreeing pairs (0 without pairs) and the number of answers."""
    width, size = matrix.shape[0], int(unit.max(initial=-1)) + 1
    counts = np.bincount(unit * width + label, minlength=size * width).reshape(size, width)
    ratings = counts.sum(axis=1)
    same = np.einsum("ij,ij->i", counts @ matrix, counts) - ratings
    return np.where(ratings > 1, same / np.maximum(ratings * (ratings - 1), 1), 0.0), ratings
