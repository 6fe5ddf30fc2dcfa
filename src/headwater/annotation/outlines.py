"""How much marked areas of an image overlap: boxes exactly, masks by their run lengths, polygons on a fine raster."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from headwater.annotation.exchange.masks import counts_of
from headwater.annotation.questions import Kind
from headwater.stats.agreement.marks import box_overlap, mask_overlap, polygon_mask

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    Marks = Sequence[Mapping[str, Any]]

RASTER = 256
"""Pixels of the longer side of the raster on which two polygons are compared: their IoU is good to about a percent."""


def overlap(kind: Kind, left: Marks, right: Marks) -> NDArray[np.float64]:
    """Return the IoU of every two areas, shape (a, b); labels are not looked at."""
    if kind is Kind.BOXES:
        return box_overlap([_corners(each) for each in left], [_corners(each) for each in right])
    if kind is Kind.MASK:
        runs = [[counts_of(dict(each["rle"])) for each in side] for side in (left, right)]
        return np.array([[_runs_overlap(a, b) for b in runs[1]] for a in runs[0]])
    first, second = ([np.asarray(each["points"], np.float64) for each in side] for side in (left, right))
    near = box_overlap([_frame(each) for each in first], [_frame(each) for each in second])
    return np.array(
        [[_outline_overlap(a, b) if near[i, j] > 0 else 0.0 for j, b in enumerate(second)] for i, a in enumerate(first)]
    )


def _corners(mark: Mapping[str, Any]) -> tuple[float, float, float, float]:
    return mark["x"], mark["y"], mark["x"] + mark["width"], mark["y"] + mark["height"]


def _frame(points: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.concatenate([points.min(axis=0), points.max(axis=0)])


def _runs_overlap(a: Sequence[int], b: Sequence[int]) -> float:
    """IoU by runs: the foreground of `a` up to a place, read at the ends of the runs of `b`."""
    edges, inside = _covered(a)
    other, _ = _covered(b)
    upto = np.interp(other, edges, inside)
    common = float((upto[2::2] - upto[1:-1:2]).sum())
    either = inside[-1] + float(sum(b[1::2])) - common
    return common / either if either > 0 else 0.0


def _covered(counts: Sequence[int]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Where runs begin and end, and how much foreground there is up to there."""
    lengths = np.asarray(counts, np.float64)
    ground = np.where(np.arange(lengths.size) % 2 == 1, lengths, 0.0)
    return np.concatenate([[0.0], lengths.cumsum()]), np.concatenate([[0.0], ground.cumsum()])


def _outline_overlap(a: NDArray[np.float64], b: NDArray[np.float64]) -> float:
    corners = np.concatenate([a, b])
    start, size = corners.min(axis=0), np.ptp(corners, axis=0)
    scale = RASTER / max(float(size.max()), 1e-9)
    width, height = (max(1, math.ceil(side * scale)) for side in size)
    first, second = (polygon_mask((each - start) * scale, height, width) for each in (a, b))
    return float(mask_overlap([first], [second])[0, 0])
