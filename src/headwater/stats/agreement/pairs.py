"""Who agrees with whom, and on what: pairs of annotators, pairs of labels, single tasks."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import scipy

from headwater.stats.agreement.patterns import clean
from headwater.stats.agreement.weights import Weighting, weights
from headwater.stats.interval import Estimate, normal_quantile, share, share_bounds, unanimous, undefined, wilson_bounds

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import ArrayLike, NDArray

    from headwater.stats.agreement.patterns import Patterns

    Numbers = NDArray[np.float64]

_ROUNDING = 1e-12
_SHORT, _DENSE = 16, 16_000_000
"""Most answers per task, and cells of the table of all ways to answer, up to which pairs are counted one by one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """How two annotators agree on the tasks both answered."""

    first: int
    """Code of one annotator; below `second`."""
    second: int
    percent: Estimate
    """Share of tasks on which both gave the same answer (Wilson)."""
    kappa: Estimate
    """Cohen's kappa, weighted when asked; undefined when both only ever gave one label."""


def pairwise(
    task: ArrayLike, annotator: ArrayLike, answer: ArrayLike, *, labels: int, weighting: str | ArrayLike = "identity"
) -> list[Pair]:
    """Return percent agreement and Cohen's kappa of every two annotators who share a task.

    Args:
        task: Task codes, non-negative integers, shape (n,).
        annotator: Annotator codes, non-negative integers, shape (n,).
        answer: Label codes below `labels`, negative = missing, shape (n,).
        labels: Number of possible labels.
        weighting: Credit for partial agreement in kappa, see `weights`; percent agreement gives none.

    Returns:
        One entry per pair in the order of their codes; n counts the tasks they share. Kappa's interval is normal
        with the large-sample standard error, too narrow below about 30 tasks, which its note says; where the two never
        disagreed, see `unanimous`.

    Source:
        Cohen 1960, 1968; standard error of Fleiss, Cohen & Everitt 1969.
    """
    unit, rater, label = clean(task, annotator, answer)
    if unit.size == 0:
        return []
    raters = int(rater.max()) + 1
    cells = _joint(unit, rater * labels + label, raters * labels)
    first, second = cells.row // labels, cells.col // labels
    kept = first < second
    code = first[kept].astype(np.int64) * raters + second[kept]
    known, pair = np.unique(code, return_inverse=True)
    joint = _Joint(
        pair=np.asarray(pair, np.int64),
        left=np.asarray(cells.row[kept] % labels, np.int64),
        right=np.asarray(cells.col[kept] % labels, np.int64),
        tasks=cells.data[kept].astype(np.float64),
    )
    matrix = weights(weighting, labels)
    name = weighting if isinstance(weighting, str) else "custom"
    method = "Cohen's kappa" if name == Weighting.IDENTITY else f"Cohen's kappa, {name} weights"
    n: Numbers = np.bincount(pair, weights=joint.tasks, minlength=known.size).astype(np.float64)
    same = np.bincount(pair, weights=joint.tasks * (joint.left == joint.right), minlength=known.size)
    kappa, error, chance = _kappas(joint, n, matrix)
    bounds = wilson_bounds(same, n)
    return [
        Pair(
            first=int(known[k] // raters),
            second=int(known[k] % raters),
            percent=Estimate(
                value=float(same[k] / n[k]),
                low=float(bounds.low[k]),
                high=float(bounds.high[k]),
                n=int(n[k]),
                method="percent agreement, wilson",
            ),
            kappa=unanimous(
                _kappa_estimate(float(kappa[k]), float(error[k]), int(n[k]), method), 1 / max(1 - chance[k], _ROUNDING)
            ),
        )
        for k in range(known.size)
    ]


class Confusion(NamedTuple):
    """How often somebody else gives one label where one annotator gave another."""

    share: Numbers
    """Of the other answers to the tasks where the row's label was given, the share with the column's label,
    shape (labels, labels); rows add up to 1, nan for labels never given beside another answer."""
    low: Numbers
    """Lower ends of the intervals."""
    high: Numbers
    """Upper ends."""
    n: NDArray[np.int64]
    """Tasks on which the row's label was given, shape (labels,)."""


def confusion(patterns: Patterns, *, confidence: float = 0.95) -> Confusion:
    """Return which labels are given in each other's place.

    Args:
        patterns: How units were answered (`patterns.count`).
        confidence: Nominal coverage of each interval by itself.

    Returns:
        Shares with Wilson intervals at the effective number of answers, from the linearised variance over units.
    """
    pairs = patterns.pairable()
    counts, units = pairs.counts.astype(np.float64), pairs.units.astype(np.float64)
    width = counts.shape[1]
    value, error = np.full((width, width), math.nan), np.full((width, width), math.nan)
    given = units @ counts
    for label in np.flatnonzero(given):
        mine = counts[:, label]
        others = mine[:, None] * (counts - (np.arange(width) == label)) / (pairs.ratings - 1)[:, None]
        value[label] = units @ others / given[label]
        parts = pairs.sample(others - value[label] * mine[:, None])
        error[label] = np.sqrt(parts.units @ parts.sums**2) / given[label]
    n = (units @ (counts > 0)).astype(np.int64)
    bounds = share_bounds(value, error, np.broadcast_to(n[:, None], value.shape), confidence=confidence)
    return Confusion(value, bounds.low, bounds.high, n)


class Likeness(NamedTuple):
    """How alike the answers within each task are."""

    unit: Numbers
    """Mean distance between two answers to a task, shape (largest task code + 1,); nan below two answers."""
    answer: Numbers
    """Mean distance of an answer to the others of its task, in the order of the input; nan without others."""


def likeness(task: ArrayLike, answer: ArrayLike, distance: Callable[[Numbers, Numbers], Numbers]) -> Likeness:
    """Return how far apart the answers to each task are, task by task and answer by answer.

    Args:
        task: Task codes, non-negative integers, shape (n,).
        answer: Codes or numbers, shape (n,).
        distance: Takes two arrays of answers and returns their distances elementwise.
    """
    unit, value = np.asarray(task, np.int64), np.asarray(answer)
    each = np.full(unit.size, math.nan)
    mean = np.full(int(unit.max(initial=-1)) + 1, math.nan)
    for rows in _of_one_size(unit):
        given, total = value[rows], np.zeros(rows.shape)
        for lag in range(1, rows.shape[1]):
            apart = distance(given[:, lag:], given[:, :-lag])
            total[:, lag:] += apart
            total[:, :-lag] += apart
        total /= rows.shape[1] - 1
        each[rows] = total
        mean[unit[rows[:, 0]]] = total.mean(axis=1)
    return Likeness(mean, each)


def nominal_likeness(task: ArrayLike, answer: ArrayLike, labels: int) -> Likeness:
    """Return what `likeness` does where different answers are 1 apart: how many say the same is counted.

    Args:
        task: Task codes, non-negative integers, shape (n,).
        answer: Codes below `labels`, non-negative integers, shape (n,).
        labels: How many there are.
    """
    unit, value = np.asarray(task, np.int64), np.asarray(answer)
    size = np.bincount(unit)
    if size.size * labels > _DENSE + 4 * unit.size:
        return likeness(unit, value, lambda left, right: np.asarray(left != right, np.float64))
    cell = unit * labels + value
    table = np.bincount(cell, minlength=size.size * labels)
    # how far an answer lies from the others of its task, for every cell rather than for every answer
    others = np.repeat(size - 1.0, labels)
    others[others < 1] = math.nan
    apart = 1.0 - (table - 1) / others
    whole = (apart * table).reshape(size.size, labels).sum(axis=1)
    return Likeness(whole / np.where(size > 1, size, math.nan), apart.take(cell))


def _of_one_size(unit: NDArray[np.int64]) -> Iterator[NDArray[np.int64]]:
    """Yield the places of the answers of all units with two answers, with three, …, shape (units, size)."""
    in_order = bool(np.all(unit[1:] >= unit[:-1]))
    order = np.arange(unit.size) if in_order else np.argsort(unit, kind="stable")
    size = np.bincount(unit)
    size = size[size > 0]
    start = np.cumsum(size) - size
    for width in np.unique(size[size > 1]):
        rows = start[size == width][:, None] + np.arange(width)
        yield rows if in_order else order[rows]


def with_others(
    annotator: ArrayLike, apart: ArrayLike, *, annotators: int, cluster: ArrayLike | None = None
) -> list[Estimate]:
    """Return for each annotator the mean likeness (1 - distance) of their answers to those of others.

    Args:
        annotator: Annotator codes below `annotators`, shape (n,).
        apart: Mean distance of each answer to the others of its task, in [0, 1], nan without others, shape (n,).
        annotators: How many there are.
        cluster: Task of each answer where several belong to one task, non-negative integers, shape (n,).

    Returns:
        One estimate per annotator; n counts the tasks shared with somebody. Undefined without such tasks.
    """
    person, distance = np.asarray(annotator), np.asarray(apart, np.float64)
    known = ~np.isnan(distance)
    if not known.all():
        person, distance = person[known], distance[known]
    alike = 1 - distance
    answers = np.bincount(person, minlength=annotators)
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = np.bincount(person, weights=alike, minlength=annotators) / answers
        effect, whose = alike - mean[person], person
        if cluster is not None:
            group = np.unique(np.asarray(cluster)[known], return_inverse=True)[1]
            part, place = np.unique(person * (int(group.max(initial=0)) + 1) + group, return_inverse=True)
            effect, whose = np.bincount(place, weights=effect), part // (int(group.max(initial=0)) + 1)
        n = np.bincount(whose, minlength=annotators)
        error = np.sqrt(np.bincount(whose, weights=effect**2, minlength=annotators) * n / (n - 1)) / answers
    method = "mean agreement with other annotators over tasks, wilson at the effective n"
    return [
        share(float(mean[k]), float(error[k]), n=int(n[k]), method=method)
        if n[k]
        else undefined("No task was answered by somebody else too.", n=0, method=method)
        for k in range(annotators)
    ]


def against_chance(task: ArrayLike, apart: ArrayLike, chance: float, *, most: float = 1.0) -> Estimate:
    """Return 1 - mean disagreement / chance disagreement, where chance is what all answers would give, not these alone.

    Inside a group that has nearly one label only, alpha is near 0 however well people agree, because little could
    have disagreed there. Held against the chance of all answers, groups of any mix can be compared.

    Args:
        task: Task code of each answer of the group, shape (n,).
        apart: Mean distance of each answer to the others of its task, nan without others, shape (n,).
        chance: Mean distance of two answers paired at random among all, above 0.
        most: The largest distance that can be.

    Returns:
        At most 1, with a normal interval from the linearised variance over tasks; n is their number. Where nobody
        disagreed, see `unanimous`; where all tasks are alike otherwise, there is no interval.
    """
    unit, distance = np.asarray(task), np.asarray(apart, np.float64)
    known = ~np.isnan(distance)
    method = "1 - disagreement inside / chance disagreement of all answers, normal"
    if not known.any() or not chance > 0:
        return undefined("No task of this group has two answers to compare.", n=0, method=method)
    place = np.unique(unit[known], return_inverse=True)[1]
    size = np.bincount(place).astype(np.float64)
    total = np.bincount(place, weights=distance[known])
    mean, n = float(total.sum() / size.sum()), size.size
    spread = float(((total - mean * size) ** 2).sum()) * n / max(n - 1, 1)
    error = math.sqrt(spread) / float(size.sum()) / chance
    value, half = 1 - mean / chance, normal_quantile(0.95) * error
    note = f"{n} tasks are few: the interval is rough." if n < _FEW else ""
    if error == 0 and mean == 0:
        sure = Estimate(value=1.0, low=1.0, high=1.0, n=n, method=method, standard_error=0.0, note=note)
        return unanimous(sure, most / chance)
    if error == 0:
        note = f"All {n} tasks are alike, so nothing shows how far this may be off."
        return replace(undefined(note, n=n, method=method), value=value, standard_error=0.0)
    return Estimate(
        value=value, low=value - half, high=min(value + half, 1.0), n=n, method=method, standard_error=error, note=note
    )


class _Joint(NamedTuple):
    """Cells of the joint tables of all pairs that are not zero."""

    pair: NDArray[np.int64]
    left: NDArray[np.int64]
    right: NDArray[np.int64]
    tasks: Numbers


def _joint(unit: NDArray[np.intp], place: NDArray[np.intp], places: int) -> scipy.sparse.coo_array:
    """How many tasks were answered in each two ways (annotator × label), as one sparse product."""
    most = int(np.bincount(unit).max()) if int(unit.max()) <= 4 * unit.size else 0
    if 0 < most <= _SHORT and places**2 <= _DENSE:
        return _joint_by_lags(unit, place, places)
    known, column = np.unique(unit, return_inverse=True) if unit.max() > 4 * unit.size else (None, unit)
    width = int(unit.max()) + 1 if known is None else known.size
    given = scipy.sparse.csr_array((np.ones(unit.size, np.int64), (place, column)), shape=(places, width))
    return scipy.sparse.coo_array(given @ given.T)


def _joint_by_lags(unit: NDArray[np.intp], place: NDArray[np.intp], places: int) -> scipy.sparse.coo_array:
    """The same for few answers per task and few ways to answer: count pairs of neighbours 1, 2, … apart."""
    cells = np.zeros(places**2, np.int64)
    where = place.astype(np.int32)
    for rows in _of_one_size(unit):
        given = where[rows]
        for lag in range(1, rows.shape[1]):
            cell = given[:, :-lag] * np.int32(places) + given[:, lag:]
            cells += np.bincount(cell.ravel(), minlength=places**2)
    table = cells.reshape(places, places)
    return scipy.sparse.coo_array(table + table.T)


def _kappas(joint: _Joint, n: Numbers, matrix: Numbers) -> tuple[Numbers, Numbers, Numbers]:
    """Return kappa, its large-sample standard error and the agreement by chance for every pair."""
    pairs, width = n.size, len(matrix)
    cell = joint.tasks / n[joint.pair]
    margins = [
        np.bincount(joint.pair * width + side, weights=cell, minlength=pairs * width).reshape(pairs, width)
        for side in (joint.left, joint.right)
    ]
    left, right = margins
    weight = matrix[joint.left, joint.right]
    observed = np.bincount(joint.pair, weights=cell * weight, minlength=pairs)
    chance = np.einsum("pi,pi->p", left @ matrix, right)
    with np.errstate(invalid="ignore", divide="ignore"):
        kappa = np.where(chance < 1 - _ROUNDING, (observed - chance) / (1 - chance), math.nan)
        mean = (right @ matrix.T)[joint.pair, joint.left] + (left @ matrix)[joint.pair, joint.right]
        spread = cell * (weight - mean * (1 - kappa[joint.pair])) ** 2
        square = np.bincount(joint.pair, weights=spread, minlength=pairs) - (kappa - chance * (1 - kappa)) ** 2
        error = np.sqrt(np.maximum(square, 0.0) / n) / (1 - chance)
    return kappa, error, chance


_FEW = 30


def _kappa_estimate(value: float, error: float, n: int, method: str) -> Estimate:
    if math.isnan(value):
        return undefined("Both gave one and the same label, so chance alone explains it.", n=n, method=method)
    half = normal_quantile(0.95) * error
    return Estimate(
        value=value,
        low=max(value - half, -1.0),
        high=min(value + half, 1.0),
        n=n,
        method=f"{method}, normal",
        standard_error=error,
        note=f"{n} shared tasks are few: the interval is too narrow." if n < _FEW else "",
    )
