"""Agreement of two raters from their table of joint answers: Cohen's kappa and Scott's pi."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from headwater.core.errors import InvalidError
from headwater.stats.agreement import many_raters
from headwater.stats.agreement.patterns import Patterns, clean, from_table
from headwater.stats.agreement.weights import Weighting, weights
from headwater.stats.bootstrap import RESAMPLING, Resampling, UnitSums, bootstrap
from headwater.stats.interval import Estimate, unanimous, undefined

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    Numbers = NDArray[np.float64]


def joint_table(
    task: ArrayLike, annotator: ArrayLike, answer: ArrayLike, *, first: int, second: int, labels: int | None = None
) -> NDArray[np.int64]:
    """Return how often the first rater gave label i where the second gave label j, shape (labels, labels).

    Args:
        task: Task codes, non-negative integers, shape (n,).
        annotator: Annotator codes, non-negative integers, shape (n,).
        answer: Label codes, negative = missing, shape (n,).
        first: Code of the rater in the rows.
        second: Code of the rater in the columns.
        labels: Number of possible labels; one more than the largest code by default.

    Returns:
        The table over tasks that both answered; all zero when there are none.
    """
    person, given = np.asarray(annotator), np.asarray(answer)
    width = int(given.max(initial=-1)) + 1 if labels is None else labels
    asked = (person == first) | (person == second)
    unit, rater, answered = clean(np.asarray(task)[asked], (person == second)[asked].astype(np.intp), given[asked])
    label = np.full((2, int(unit.max(initial=-1)) + 1), -1, np.intp)
    label[rater, unit] = answered
    both = label.min(axis=0, initial=0) >= 0
    cells = np.bincount(label[0, both] * width + label[1, both], minlength=width * width)
    return cells.reshape(width, width).astype(np.int64)


def cohen(
    table: ArrayLike, *, weighting: str | ArrayLike = Weighting.IDENTITY, resampling: Resampling = RESAMPLING
) -> Estimate:
    """Return Cohen's kappa, plain or weighted: chance lets each rater answer by their own habits.

    Args:
        table: Joint answers of the two raters, non-negative integers, shape (labels, labels).
        weighting: `identity`, `linear`, `quadratic`, another `Weighting`, or a matrix (see `weights`).
        resampling: How to bootstrap the tasks.

    Returns:
        Kappa, at most 1, with its large-sample standard error and a BCa bootstrap interval; n is the number
        of tasks. Undefined for an empty table or when both raters only ever gave one and the same label.

    Raises:
        InvalidError: The table is not square, or a count is negative.

    Source:
        Cohen 1960, 1968; standard error of Fleiss, Cohen & Everitt 1969.
    """
    counts = _checked(table)
    labels = len(counts)
    matrix = weights(weighting, labels)
    kind = weighting if isinstance(weighting, str) else "custom"
    method = "Cohen's kappa" if kind == Weighting.IDENTITY else f"Cohen's kappa, {kind} weights"
    row, column = np.nonzero(counts)
    units = counts[row, column]
    sums = np.column_stack([matrix[row, column], np.eye(labels)[row], np.eye(labels)[column]])

    def statistic(total: Numbers) -> Numbers:
        left, right = total[:, 1 : labels + 1], total[:, labels + 1 :]
        n = left.sum(axis=1)
        chance = np.einsum("ij,ij->i", left @ matrix, right) / n
        room = np.where(chance < n * (1 - 1e-12), n - chance, math.nan)
        return np.asarray((total[:, 0] - chance) / room)

    if units.size == 0:
        return undefined("The two raters share no task.", n=0, method=method, confidence=resampling.confidence)
    estimate = bootstrap(UnitSums(units, sums), statistic, method=method, resampling=resampling)
    if not estimate.defined:
        return replace(estimate, note="Both raters gave one and the same label, so chance alone explains it.")
    total = counts.sum()
    chance = float(counts.sum(axis=1) @ matrix @ counts.sum(axis=0)) / total**2
    return unanimous(replace(estimate, standard_error=cohen_standard_error(counts, matrix)), 1 / (1 - chance))


def cohen_standard_error(table: ArrayLike, matrix: ArrayLike) -> float:
    """Return the large-sample standard error of (weighted) kappa.

    Args:
        table: Joint answers of the two raters, shape (labels, labels), not empty.
        matrix: Weights, shape (labels, labels).

    Source:
        Fleiss, Cohen & Everitt 1969, formula for a kappa that is not zero.
    """
    counts, weight = np.asarray(table, np.float64), np.asarray(matrix, np.float64)
    n = counts.sum()
    share = counts / n
    left, right = share.sum(axis=1), share.sum(axis=0)
    observed, chance = float((weight * share).sum()), float(left @ weight @ right)
    kappa = (observed - chance) / (1 - chance)
    mean = (weight @ right)[:, None] + (left @ weight)[None, :]
    square = (share * (weight - mean * (1 - kappa)) ** 2).sum() - (kappa - chance * (1 - kappa)) ** 2
    return math.sqrt(max(float(square), 0.0) / n) / (1 - chance)


def scott(
    table: ArrayLike, *, weighting: str | ArrayLike = Weighting.IDENTITY, resampling: Resampling = RESAMPLING
) -> Estimate:
    """Return Scott's pi: as Cohen's kappa, but chance draws from the pooled habits of both raters.

    Args:
        table: Joint answers of the two raters, non-negative integers, shape (labels, labels).
        weighting: Credit for partial agreement, see `weights`.
        resampling: How to bootstrap the tasks.

    Returns:
        Pi; undefined for an empty table or when only one label was ever given.

    Source:
        Scott 1955.
    """
    estimate = many_raters.fleiss(pair_patterns(table), weighting=weighting, resampling=resampling)
    return replace(estimate, method=estimate.method.replace("Fleiss' kappa", "Scott's pi"))


def pair_patterns(table: ArrayLike) -> Patterns:
    """Return the patterns of two raters' joint answers, for the coefficients that do not tell raters apart."""
    counts = _checked(table)
    row, column = np.nonzero(counts)
    unit = np.eye(len(counts), dtype=np.int64)
    return from_table(unit[row] + unit[column], counts[row, column])


def _checked(table: ArrayLike) -> NDArray[np.int64]:
    counts = np.asarray(table)
    if counts.ndim != 2 or counts.shape[0] != counts.shape[1] or np.any(counts < 0):  # noqa: PLR2004
        raise InvalidError(
            f"A joint table of shape {counts.shape} is not square and non-negative.",
            remedy="Give one row and one column for every possible label.",
        )
    return counts.astype(np.int64)
