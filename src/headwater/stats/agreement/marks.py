"""Marks on texts and images: how much two of them overlap, and which marks of different people mean the same thing.

Marks of two people are paired by the assignment that overlaps most in all (Hungarian), only where they overlap enough;
a third person's marks are paired with the groups so far, and so on. A group then is a unit of agreement: everybody
who saw the task gave it a mark or nothing. With 1 - IoU as the distance of two marks, 1 from a mark to nothing and
between marks with different labels, Krippendorff's alpha counts boundaries, labels and omissions at once, in the
manner of gamma (Mathet, Widlöcher & Métivier 2015): it aligns alike, but its chance is alpha's, marks paired at random.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy.optimize import linear_sum_assignment

from headwater.stats.agreement.krippendorff import of_patterns
from headwater.stats.agreement.patterns import count
from headwater.stats.bootstrap import RESAMPLING, Resampling

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike, NDArray

    from headwater.stats.interval import Estimate

    Matrix = NDArray[np.float64]

OVERLAP = 0.1
"""Least IoU at which two marks may mean the same thing."""


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


def mask_overlap(left: Sequence[NDArray[np.bool_]], right: Sequence[NDArray[np.bool_]]) -> Matrix:
    """Return the IoU of masks of one size, shape (a, b)."""
    if not len(left) or not len(right):
        return np.zeros((len(left), len(right)))
    a = np.stack([each.ravel() for each in left]).astype(np.float64)
    b = np.stack([each.ravel() for each in right]).astype(np.float64)
    return _ratio(a @ b.T, a.sum(axis=1), b.sum(axis=1))


def polygon_mask(points: ArrayLike, height: int, width: int) -> NDArray[np.bool_]:
    """Return which pixels have their centre inside an outline, by the even-odd rule, shape (height, width)."""
    corner = np.asarray(points, np.float64)
    x, y = np.arange(width) + 0.5, np.arange(height) + 0.5
    inside = np.zeros((height, width), np.bool_)
    for (x0, y0), (x1, y1) in zip(corner, np.roll(corner, -1, axis=0), strict=True):
        rows = (y0 > y) != (y1 > y)
        cut = x0 + (y[rows] - y0) * (x1 - x0) / (y1 - y0) if rows.any() else np.zeros(0)
        inside[rows] ^= x[None, :] < cut[:, None]
    return inside


def pair_up(overlap: Matrix, *, least: float = OVERLAP) -> list[tuple[int, int]]:
    """Return which marks go together: the pairs of largest total overlap, each of at least `least`."""
    allowed = np.where(overlap >= max(least, 1e-12), overlap, 0.0)
    rows, columns = linear_sum_assignment(allowed, maximize=True)
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
    """Groups of marks as units that everybody answered, with a mark or with nothing."""

    unit: NDArray[np.int64]
    annotator: NDArray[np.int64]
    value: NDArray[np.int64]
    """The mark, or the number of marks for nothing."""
    task: NDArray[np.int64]
    """The task of each row."""


def units(task: ArrayLike, owner: ArrayLike, overlap: Matrix, seen: Sequence[tuple[int, int]]) -> Units:
    """Return the marks of all tasks as units of agreement.

    Args:
        task: Task of each mark, shape (n,).
        owner: Who made each mark, shape (n,).
        overlap: IoU of every two marks, shape (n, n).
        seen: Who answered which task, as (task, annotator): those who marked nothing count too.
    """
    tasks, people = np.asarray(task, np.int64), np.asarray(owner, np.int64)
    audience: dict[int, list[int]] = {}
    for each, person in seen:
        audience.setdefault(each, []).append(person)
    rows: list[tuple[int, int, int, int]] = []
    start = 0
    for each in sorted(audience):
        mine = np.flatnonzero(tasks == each)
        groups = group(people[mine], overlap[np.ix_(mine, mine)])
        for code in range(int(groups.max(initial=-1)) + 1):
            made = {int(people[mark]): int(mark) for mark in mine[groups == code]}
            rows += [(start + code, person, made.get(person, tasks.size), each) for person in audience[each]]
        start += int(groups.max(initial=-1)) + 1
    columns = np.array(rows, np.int64).reshape(-1, 4).T
    return Units(columns[0], columns[1], columns[2], columns[3])


def distances(overlap: Matrix, label: ArrayLike) -> Matrix:
    """Return 1 - IoU, 1 between labels that differ, with nothing (distance 1 to every mark) as the last value."""
    name = np.asarray(label)
    apart = np.where(name[:, None] == name[None, :], 1 - overlap, 1.0)
    np.fill_diagonal(apart, 0.0)
    whole = np.ones((len(apart) + 1, len(apart) + 1))
    whole[:-1, :-1] = (apart + apart.T) / 2
    whole[-1, -1] = 0.0
    return whole


def alpha(found: Units, distance: Matrix, *, resampling: Resampling = RESAMPLING) -> Estimate:
    """Return Krippendorff's alpha of matched marks with their distances; n counts the groups of marks."""
    counted = count(found.unit, found.annotator, found.value, labels=len(distance))
    return of_patterns(counted, level=distance, resampling=resampling)


def _ratio(common: Matrix, left: Matrix, right: Matrix) -> Matrix:
    either = left[:, None] + right[None, :] - common
    overlap: Matrix = np.divide(common, either, out=np.zeros_like(common), where=either > 0)
    return overlap
