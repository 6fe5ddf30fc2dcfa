"""How much marked areas of an image overlap: boxes exactly, masks by their run lengths, polygons by rows of pixels."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from headwater.annotation.masks import counts_of
from headwater.annotation.questions import Kind
from headwater.stats.agreement import regions
from headwater.stats.agreement.marks import box_overlap

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    Marks = Sequence[Mapping[str, Any]]


def overlap(kind: Kind, left: Marks, right: Marks) -> NDArray[np.float64]:
    """Return the IoU of every two areas, shape (a, b); labels are not looked at."""
    if kind is Kind.BOXES:
        return box_overlap([_corners(each) for each in left], [_corners(each) for each in right])
    if kind is Kind.MASK:
        runs = [[counts_of(dict(each["rle"])) for each in side] for side in (left, right)]
        return np.array([[_runs_overlap(a, b) for b in runs[1]] for a in runs[0]])
    outlines = [regions.of_polygon(each["points"]) for each in (*left, *right)]
    places = np.arange(len(outlines))
    return regions.overlap_of(outlines)(places[: len(left)], places[len(left) :])


def _corners(mark: Mapping[str, Any]) -> tuple[float, float, float, float]:
    return mark["x"], mark["y"], mark["x"] + mark["width"], mark["y"] + mark["height"]


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
