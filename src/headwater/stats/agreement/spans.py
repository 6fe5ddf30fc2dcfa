"""Agreement on stretches of text as F1: the same stretches, overlapping ones, their characters, their boundaries.

F1 of two people is the same whichever is called right, and needs no count of what nobody marked. Over several people
it is pooled over all pairs of people and all texts. Chance is not taken off: see `marks` for an alpha.
"""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from headwater.stats.agreement.marks import f1_of, pair_up, span_overlap
from headwater.stats.bootstrap import RESAMPLING, Resampling
from headwater.stats.interval import Estimate, undefined

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    Numbers = NDArray[np.float64]


TOLERANCE = 3
"""Characters by which two boundaries may lie apart: a space, a quotation mark and a comma."""


class Span(NamedTuple):
    """A labelled stretch of a text."""

    start: int
    end: int
    """Exclusive."""
    label: str


class SpanAgreement(NamedTuple):
    """F1 by how strictly two stretches must match."""

    exact: Estimate
    """Same start, end and label."""
    overlap: Estimate
    """Same label and any character in common, one to one."""
    characters: Estimate
    """Characters with the same label."""
    boundaries: Estimate
    """Starts and ends with the same label that lie within the tolerance, one to one."""


def agreement(
    texts: Sequence[Mapping[int, Sequence[Span]]], *, tolerance: int = TOLERANCE, resampling: Resampling = RESAMPLING
) -> SpanAgreement:
    """Return the F1 of people who marked the same texts.

    Args:
        texts: For each text, the spans by annotator; an annotator without spans is there with none.
        tolerance: Characters by which two boundaries may lie apart.
        resampling: How to bootstrap the texts.

    Returns:
        Each F1 in [0, 1]; n counts the texts that two people saw. Undefined where nobody marked anything. Where all,
        nearly all or none was the same, see `rare` and `matched`.
    """
    rows = [_sums(text, tolerance) for text in texts if len(text) > 1]
    sums = np.array(rows, np.float64).reshape(-1, 8)
    names = ("exact", "overlapping", "characters", f"boundaries within {tolerance} characters")
    return SpanAgreement(
        *(_f1(sums[:, [place, place + 4]], f"span F1, {name}", resampling) for place, name in enumerate(names))
    )


def _sums(text: Mapping[int, Sequence[Span]], tolerance: int) -> list[float]:
    """Twice the matches, by strictness, and the totals they are held against, over all pairs of people."""
    total = np.zeros(8)
    for first, second in combinations(sorted(text), 2):
        left, right = set(text[first]), set(text[second])
        spans = len(left) + len(right)
        a, b = _covered(left), _covered(right)
        near = _near(left, right, tolerance)
        total[:4] += (2 * len(left & right), 2 * _overlapping(left, right), 2 * len(a & b), 2 * near)
        total[4:] += (spans, spans, len(a) + len(b), 2 * spans)
    return total.tolist()


def _near(left: set[Span], right: set[Span], tolerance: int) -> int:
    """Return how many boundaries of the same kind and label are paired within the tolerance, as many as can be."""
    found = 0
    for label in {span.label for span in left}:
        for ends in (True, False):
            mine, others = (
                sorted(span.end if ends else span.start for span in each if span.label == label)
                for each in (left, right)
            )
            place = 0
            for at in mine:
                while place < len(others) and others[place] < at - tolerance:
                    place += 1
                if place < len(others) and others[place] <= at + tolerance:
                    found += 1
                    place += 1
    return found


def _overlapping(left: set[Span], right: set[Span]) -> int:
    a, b = sorted(left), sorted(right)
    if not a or not b:
        return 0
    overlap = span_overlap([each[:2] for each in a], [each[:2] for each in b])
    same = np.array([[x.label == y.label for y in b] for x in a])
    # Every pair weighs almost the same, so that most pairs are found and not most characters.
    return len(pair_up(np.where(same & (overlap > 0), 1 + overlap * 1e-6, 0.0), least=0.5))


def _covered(spans: set[Span]) -> set[tuple[int, str]]:
    return {(place, span.label) for span in spans for place in range(span.start, span.end)}


def _f1(sums: Numbers, method: str, resampling: Resampling) -> Estimate:
    if not sums[:, 1].any():
        return undefined("Nobody marked anything that two people saw.", n=len(sums), method=method)
    return f1_of(sums, method=method, resampling=resampling)
