"""Marks on texts and images: how much two of them overlap, and which marks of different people mean the same thing.

Marks of two people are paired by the assignment that overlaps most in all (Hungarian), only where they overlap enough;
a third person's marks are paired with the groups so far, and so on. A group then is a unit of agreement: everybody
who saw the task gave it a mark or nothing. With 1 - IoU as the distance of two marks, 1 from a mark to nothing and
between marks with different labels, Krippendorff's alpha counts boundaries, labels and omissions at once, in the
manner of gamma (Mathet, Widlöcher & Métivier 2015): it aligns alike, but its chance is alpha's, marks paired at random.

Marks are compared within their task, so the work grows with the number of tasks.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import scipy
from numpy.typing import NDArray

from headwater.stats.agreement import rare
from headwater.stats.bootstrap import RESAMPLING, Resampling
from headwater.stats.interval import Estimate, matched, undefined

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike

Matrix = NDArray[np.float64]
Codes = NDArray[np.int64]
Overlap = Callable[[Codes, Codes], Matrix]
"""Takes the places of a and of b marks and returns their IoU, shape (a, b)."""

OVERLAP = 0.1
"""Least IoU at which two marks may mean the same thing."""
REFERENCES = 500
"""Marks that every mark is held against to find the disagreement that chance would give; all when there are fewer."""
_BLOCK = 1_000
_SLIGHTLY = 1 - 1e-9
"""Of two marks that overlap as much, the one with the same label is meant."""


def of_spans(ends: ArrayLike) -> Overlap:
    """Return the overlap of stretches given as start and end (exclusive), shape (n, 2)."""
    all_ends = np.asarray(ends, np.float64).reshape(-1, 2)
    return lambda left, right: span_overlap(all_ends[left], all_ends[right])


def of_boxes(corners: ArrayLike) -> Overlap:
    """Return the overlap of boxes given as left, top, right, bottom, shape (n, 4)."""
    every = np.asarray(corners, np.float64).reshape(-1, 4)
    return lambda left, right: box_overlap(every[left], every[right])


def span_overlap(left: ArrayLike, right: ArrayLike) -> Matrix:
    """Return the IoU of stretches given as start and end (exclusive), shape (a, b)."""
    a, b = np.asarray(left, np.float64).reshape(-1, 2), np.asarray(right, np.float64).reshape(-1, 2)
    common = np.minimum(a[:, None, 1], b[None, :, 1]) - np.maximum(a[:, None, 0], b[None, :, 0])
    return _ratio(np.maximum(common, 0), a[:, 1] - a[:, 0], b[:, 1] - b[:, 0])


def box_overlap(left: ArrayLike, right: ArrayLike) -> Matrix:
    """Return the IoU of boxes given as left, top, right, bottom, shape (a, b)."""
    a, b = np.asarray(left, np.float64).reshape(-1, 4), np.asarray(right, np.float64).reshape(-1, 4)
    size = np.minimum(a[:, None, 2:], b[None, :, 2:]) - np.maximum(a[:, None, :2], b[None, :, :2])
    common = np.prod(np.maximum(size, 0), axis=2)
    return _ratio(common, np.prod(a[:, 2:] - a[:, :2], axis=1), np.prod(b[:, 2:] - b[:, :2], axis=1))


def pair_up(overlap: Matrix, *, least: float = OVERLAP) -> list[tuple[int, int]]:
    """Return which marks go together: the pairs of largest total overlap, each of at least `least`."""
    allowed = np.where(overlap >= max(least, 1e-12), overlap, 0.0)
    rows, columns = scipy.optimize.linear_sum_assignment(allowed, maximize=True)
    return [(int(i), int(j)) for i, j in zip(rows, columns, strict=True) if allowed[i, j] > 0]


def group(owner: ArrayLike, overlap: Matrix, *, least: float = OVERLAP) -> NDArray[np.int64]:
    """Return the group of each mark of one task: marks of different people that mean the same thing.

    Args:
        owner: Who made each mark, shape (n,).
        overlap: IoU of every two marks, 0 where their labels can never mean the same, shape (n, n).
        least: Least mean overlap with a group.

    Returns:
        Group codes from 0; no group has two marks of one person. People with most marks are taken first.
    """
    people = np.asarray(owner)
    found = np.full(people.size, -1, np.int64)
    sizes = {int(person): int((people == person).sum()) for person in np.unique(people)}
    groups: list[list[int]] = []
    for person in sorted(sizes, key=lambda each: (-sizes[each], each)):
        mine = np.flatnonzero(people == person)
        table = np.array([[overlap[i, rows].mean() for rows in groups] for i in mine]).reshape(mine.size, len(groups))
        paired = dict(pair_up(table, least=least)) if groups else {}
        for place, mark in enumerate(mine):
            if place in paired:
                groups[paired[place]].append(int(mark))
            else:
                groups.append([int(mark)])
    for code, rows in enumerate(groups):
        found[rows] = code
    return found


class Units(NamedTuple):
    """Groups of marks as units that everybody who saw the task answered, with a mark or with nothing."""

    unit: Codes
    """Unit of each row; a row is what one person gave to one unit."""
    annotator: Codes
    value: Codes
    """The place of the mark; -1 for nothing."""
    task: Codes
    """The task of each row."""
    first: Codes
    """One row of each pair of rows of a unit."""
    second: Codes
    """The other."""
    apart: Matrix
    """Their distance: 1 - IoU, 1 between labels that differ and to nothing, 0 between two times nothing."""


def match(task: ArrayLike, owner: ArrayLike, label: ArrayLike, overlap: Overlap, seen: ArrayLike) -> Units:
    """Return the marks of all tasks as units of agreement.

    Args:
        task: Task of each mark, non-negative integers, shape (n,).
        owner: Who made each mark, shape (n,).
        label: Label code of each mark, shape (n,).
        overlap: IoU of marks by their places, asked for marks of one task only.
        seen: Who answered which task, as rows of task and annotator, shape (s, 2): those who marked nothing count too.

    Returns:
        Units with two rows or more; none where fewer than two people answered a task or nobody marked anything.
    """
    tasks, people, name = (np.asarray(each, np.int64) for each in (task, owner, label))
    audience = np.unique(np.asarray(seen, np.int64).reshape(-1, 2), axis=0)
    order = np.argsort(tasks, kind="stable")
    known, first = np.unique(audience[:, 0], return_index=True)
    marked = np.searchsorted(tasks, known, sorter=order), np.searchsorted(tasks, known, side="right", sorter=order)
    parts: list[_Part] = []
    for each, crowd, low, high in zip(known, np.split(audience[:, 1], first[1:]), *marked, strict=True):
        if crowd.size > 1 and high > low:
            mine = order[low:high]
            within = overlap(mine, mine)
            same = name[mine][:, None] == name[mine][None, :]
            groups = group(people[mine], within * np.where(same, 1.0, _SLIGHTLY))
            apart = np.ones((mine.size + 1, mine.size + 1))
            apart[:-1, :-1] = np.where(same, 1 - (within + within.T) / 2, 1.0)
            apart[-1, -1] = 0.0
            table = np.full((int(groups.max()) + 1, crowd.size), -1, np.int64)
            table[groups, np.searchsorted(crowd, people[mine])] = np.arange(mine.size)
            parts.append(_Part(int(each), crowd, np.where(table < 0, -1, mine[table]), _pairs(table, apart)))
    return _joined(parts)


class _Part(NamedTuple):
    """The units of one task."""

    task: int
    crowd: Codes
    values: Codes
    apart: Matrix


def _pairs(table: Codes, apart: Matrix) -> Matrix:
    first, second = np.triu_indices(table.shape[1], 1)
    return apart[table[:, first], table[:, second]]


def _joined(parts: Sequence[_Part]) -> Units:
    empty: Codes = np.zeros(0, np.int64)
    if not parts:
        return Units(empty, empty, empty, empty, empty, empty, np.zeros(0))
    units = np.array([len(part.values) for part in parts])
    sizes = np.array([part.crowd.size for part in parts])
    size = np.repeat(sizes, units)
    start = np.cumsum(size) - size
    corners = {int(each): np.triu_indices(int(each), 1) for each in np.unique(sizes)}
    start_of = np.cumsum(units) - units
    first, second = (
        np.concatenate(
            [
                (start[begin : begin + count, None] + corners[each][side]).ravel()
                for begin, count, each in zip(start_of.tolist(), units.tolist(), sizes.tolist(), strict=True)
            ]
        )
        for side in (0, 1)
    )
    return Units(
        unit=np.repeat(np.arange(size.size), size),
        annotator=np.concatenate([np.tile(part.crowd, len(part.values)) for part in parts]),
        value=np.concatenate([part.values.ravel() for part in parts]),
        task=np.repeat(np.array([part.task for part in parts], np.int64), units * sizes),
        first=first,
        second=second,
        apart=np.concatenate([part.apart.ravel() for part in parts]),
    )


def within(found: Units, kept: NDArray[np.bool_]) -> Units:
    """Return the units as only some rows make them; units without a mark or with fewer than two rows drop out."""
    size = np.bincount(found.unit, weights=kept, minlength=int(found.unit.max(initial=-1)) + 1)
    marked = np.bincount(found.unit, weights=kept & (found.value >= 0), minlength=size.size)
    rows = kept & ((size > 1) & (marked > 0))[found.unit]
    place = np.cumsum(rows) - 1
    pairs = rows[found.first] & rows[found.second]
    return Units(
        unit=np.asarray(np.unique(found.unit[rows], return_inverse=True)[1], np.int64),
        annotator=found.annotator[rows],
        value=found.value[rows],
        task=found.task[rows],
        first=place[found.first[pairs]],
        second=place[found.second[pairs]],
        apart=found.apart[pairs],
    )


def answer_distances(found: Units) -> Matrix:
    """Return how far each row is from the others of its unit on average, in [0, 1], shape (rows,)."""
    total, others = (
        np.bincount(found.first, weights=each, minlength=found.unit.size)
        + np.bincount(found.second, weights=each, minlength=found.unit.size)
        for each in (found.apart, np.ones(found.apart.size))
    )
    mean: Matrix = np.divide(total, others, out=np.full(total.size, math.nan), where=others > 0)
    return mean


class Chance(NamedTuple):
    """How far a mark is from marks paired with it at random."""

    mark: Matrix
    """Mean distance of each mark asked about to the other marks."""
    error: float
    """Standard error of the mean of these, 0 when every mark was held against every other."""
    references: int
    """Against how many marks."""


def chance(places: Codes, label: ArrayLike, overlap: Overlap, *, references: int = REFERENCES, seed: int = 0) -> Chance:
    """Return the mean distance of marks to the others, or to a random sample of them when there are many.

    Args:
        places: Which marks.
        label: Label code of each mark, shape (n,).
        overlap: IoU of marks by their places.
        references: Most marks that each is held against.
        seed: Of the sample.
    """
    name = np.asarray(label)
    sampled = places.size > references
    held = np.random.default_rng(seed).choice(places, references, replace=False) if sampled else places
    total, column = np.zeros(places.size), np.zeros(held.size)
    for start in range(0, places.size, _BLOCK):
        block = places[start : start + _BLOCK]
        apart = np.where(name[block][:, None] == name[held][None, :], 1 - overlap(block, held), 1.0)
        apart[block[:, None] == held[None, :]] = 0.0
        total[start : start + _BLOCK] = apart.sum(axis=1)
        column += apart.sum(axis=0)
    others = held.size - np.isin(places, held)
    mean = np.divide(total, others, out=np.ones(total.size), where=others > 0)
    error = float((column / max(places.size - 1, 1)).std(ddof=1)) / math.sqrt(held.size) if sampled else 0.0
    return Chance(mean, error, held.size)


def alpha(
    found: Units,
    label: ArrayLike,
    overlap: Overlap,
    *,
    references: int = REFERENCES,
    resampling: Resampling = RESAMPLING,
) -> Estimate:
    """Return Krippendorff's alpha of matched marks, with a bootstrap over tasks.

    Args:
        found: The units (`match`, `within`).
        label: Label code of each mark, shape (n,).
        overlap: IoU of marks by their places.
        references: Most marks that each is held against to find what chance would give.
        resampling: How to bootstrap the tasks.

    Returns:
        At most 1; n is the number of tasks with a mark and two people. Undefined without such tasks, or when no two
        marks differ. In the bootstrap the disagreement by chance is followed to first order in the tasks drawn. Where
        few disagreed or nobody did, see `rare`.
    """
    if not found.unit.size:
        return undefined("Nobody marked anything that two people saw.", n=0, method=_METHOD)
    held = chance(found.value[found.value >= 0], label, overlap, references=references)
    rows, marked = found.unit.size, found.value >= 0
    empty = rows - held.mark.size
    by_chance = np.full(rows, held.mark.size / (rows - 1))
    by_chance[marked] = (empty + (held.mark.size - 1) * held.mark) / (rows - 1)
    others = np.bincount(found.unit)[found.unit] - 1
    tasks, task = np.unique(found.task, return_inverse=True)
    sums = np.stack(
        [
            np.bincount(task[found.first], weights=2 * found.apart / others[found.first], minlength=tasks.size),
            np.bincount(task, minlength=tasks.size),
            np.bincount(task, weights=by_chance, minlength=tasks.size),
        ],
        axis=1,
        dtype=np.float64,
    )
    level = float(by_chance.mean())

    def statistic(total: Matrix) -> Matrix:
        expected = 2 * total[:, 2] / total[:, 1] - level
        share = np.divide(total[:, 0] / total[:, 1], expected, out=np.full(len(total), math.nan), where=expected > 0)
        return np.asarray(1 - share)

    if level <= 0:
        return undefined("All marks are the same, so nothing could have disagreed.", n=tasks.size, method=_METHOD)
    shown = f", chance from {held.references:,} marks (± {1.96 * held.error:.1g})" if held.error else ""
    size = rows / tasks.size
    seen = rare.Disagreement(sums[:, 0] > 0, size * np.array([1, 1, level]), 1 / level, tasks.size)
    return rare.interval(sums, statistic, seen, method=_METHOD + shown, resampling=resampling)


def f1(found: Units, *, least: float = 0.5, resampling: Resampling = RESAMPLING) -> Estimate:
    """Return the F1 of marks: of two people's marks, the share that the other made too.

    Args:
        found: The units.
        least: IoU from which on two marks with the same label are the same.
        resampling: How to bootstrap the tasks.

    Returns:
        In [0, 1], pooled over pairs of people and tasks; n is the number of tasks. Undefined where nobody marked
        anything. Chance is not taken off. Where all, nearly all or none was the same, see
        `rare` and `matched`.
    """
    method = f"F1 of marks at IoU {least:g}"
    if not found.first.size:
        return undefined("Nobody marked anything that two people saw.", n=0, method=method)
    made = found.value >= 0
    both = made[found.first].astype(np.float64) + made[found.second]
    task = np.unique(found.task[found.first], return_inverse=True)[1]
    same = 2.0 * ((both == 2) & (found.apart <= 1 - least))  # noqa: PLR2004 -- both marked it
    sums = np.stack([np.bincount(task, weights=same), np.bincount(task, weights=both)], axis=1).astype(np.float64)
    return f1_of(sums, method=method, resampling=resampling)


def f1_of(sums: Matrix, *, method: str, resampling: Resampling) -> Estimate:
    """Return an F1 from twice what was the same and what there was, for each text, shape (n, 2); something in one."""

    def statistic(total: Matrix) -> Matrix:
        return np.asarray(np.divide(total[:, 0], total[:, 1], out=np.full(len(total), np.nan), where=total[:, 1] > 0))

    units = int(np.count_nonzero(sums[:, 1]))
    worst = np.array([0.0, sums[:, 1].sum() / units])
    seen = rare.Disagreement(sums[:, 0] < sums[:, 1], worst, 1.0, units)
    return matched(rare.interval(sums, statistic, seen, method=method, resampling=resampling), units=units)


_METHOD = "Krippendorff's alpha, 1 - IoU of matched marks"


def _ratio(common: Matrix, left: Matrix, right: Matrix) -> Matrix:
    either = left[:, None] + right[None, :] - common
    overlap: Matrix = np.divide(common, either, out=np.zeros_like(common), where=either > 0)
    return overlap
