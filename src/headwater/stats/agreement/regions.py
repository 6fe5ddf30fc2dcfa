"""Outlines and masks as runs of pixels, and how much two of them overlap.

A region is a sorted list of stretches on one long line, on which every row of pixels (every column, for masks in the
manner of COCO) has its own part. Two regions have in common what their stretches have in common, whatever the size of
their images, so no picture is ever drawn.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from headwater.stats.agreement.marks import Codes, Matrix, Overlap

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike

REFERENCES = 200
"""Marks to hold every region against for chance: each costs a pass over all runs."""
_LINE = 2**20
"""Length of one row's part of the line; wider images are not told apart."""


class Runs(NamedTuple):
    """The stretches of one region, in order, that do not overlap."""

    start: Matrix
    end: Matrix


def of_polygon(points: ArrayLike) -> Runs:
    """Return an outline's inside: what lies on the middle line of each row of pixels, by the even-odd rule.

    Args:
        points: Corners as x and y in pixels, shape (n, 2), not negative. An outline that crosses no middle line is
            moved there, so that it does not vanish.
    """
    corner = np.asarray(points, np.float64)
    top, bottom = float(corner[:, 1].min()), float(corner[:, 1].max())
    rows = np.arange(math.floor(top), math.ceil(bottom)) + 0.5
    rows = rows[(rows > top) & (rows < bottom)]
    if not rows.size:
        rows = np.array([(top + bottom) / 2])
    following = np.roll(corner, -1, axis=0)
    (x0, y0), (x1, y1) = corner.T[:, :, None], following.T[:, :, None]
    crossed = (y0 > rows) != (y1 > rows)
    rise = np.where(y1 == y0, 1.0, y1 - y0)
    cut = np.where(crossed, x0 + (rows - y0) * (x1 - x0) / rise, np.inf)
    cut.sort(axis=0)
    line = np.floor(rows) * _LINE
    start, end = (cut[side : len(cut) // 2 * 2 : 2] for side in (0, 1))
    kept = np.isfinite(end) & (end > start)
    order = np.argsort((line + np.where(kept, start, 0.0))[kept], kind="stable")
    return Runs((line + start)[kept][order], (line + end)[kept][order])


def of_counts(counts: Sequence[int], height: int) -> Runs:
    """Return a mask's runs.

    Args:
        counts: Lengths of background and mask by turns, background first, by columns from the left.
        height: Pixels of a column.
    """
    edge = np.concatenate([[0], np.cumsum(np.asarray(counts, np.int64))])
    start, end = edge[1:-1:2], edge[2::2]
    kept = end > start
    start, end = start[kept], end[kept]
    columns = (end - 1) // height - start // height + 1
    column = np.repeat(start // height - np.cumsum(columns) + columns, columns) + np.arange(int(columns.sum()))
    low = np.maximum(np.repeat(start, columns), column * height) - column * height
    high = np.minimum(np.repeat(end, columns), (column + 1) * height) - column * height
    return Runs((column * _LINE + low).astype(np.float64), (column * _LINE + high).astype(np.float64))


def overlap_of(regions: Sequence[Runs]) -> Overlap:
    """Return the overlap of regions by their places, for `marks`."""
    size = np.array([len(each.start) for each in regions], np.int64)
    area = np.array([float((each.end - each.start).sum()) for each in regions])
    first = np.cumsum(size) - size
    start = np.concatenate([each.start for each in regions]) if regions else np.zeros(0)
    end = np.concatenate([each.end for each in regions]) if regions else np.zeros(0)

    def overlap(left: Codes, right: Codes) -> Matrix:
        runs = size[left]
        row = np.repeat(first[left] - np.cumsum(runs) + runs, runs) + np.arange(int(runs.sum()))
        owner = np.repeat(np.arange(left.size), runs)
        low, high = start[row], end[row]
        common = np.zeros((left.size, right.size))
        for place, mark in enumerate(right.tolist()):
            covered = _covered(regions[mark], high) - _covered(regions[mark], low)
            common[:, place] = np.bincount(owner, weights=covered, minlength=left.size)
        either = area[left][:, None] + area[right][None, :] - common
        return np.asarray(np.divide(common, either, out=np.zeros_like(common), where=either > 0))

    return overlap


def _covered(region: Runs, at: Matrix) -> Matrix:
    """How much of the line before each place belongs to the region."""
    if not region.start.size:
        return np.zeros(at.size)
    edges = np.stack([region.start, region.end], axis=1).ravel()
    inside = np.cumsum(region.end - region.start)
    held = np.stack([np.concatenate([[0.0], inside[:-1]]), inside], axis=1).ravel()
    return np.asarray(np.interp(at, edges, held))
