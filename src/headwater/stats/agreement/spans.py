"""Agreement on stretches of text as F1: the same stretches, overlapping ones, and the characters they cover.

F1 of two people is the same whichever is called right, and needs no count of what nobody marked. Over several people
it is pooled over all pairs of people and all texts. Chance is not taken off: see `marks` for an alpha.
"""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from headwater.stats.agreement.marks import pair_up, span_overlap
from headwater.stats.bootstrap import RESAMPLING, Resampling, UnitSums, bootstrap
from headwater.stats.interval import Estimate, undefined

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    Numbers = NDArray[np.float64]


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


def agreement(texts: Sequence[Mapping[int, Sequence[Span]]], *, resampling: Resampling = RESAMPLING) -> SpanAgreement:
    """Return the F1 of people who marked the same texts.

    Args:
        texts: For each text, the spans by annotator; an annotator without spans is there with none.
        resampling: How to bootstrap the texts.

    Returns:
        Each F1 in [0, 1]; n counts the texts that two people saw. Undefined where nobody marked anything.
    """
    rows = [_sums(text) for text in texts if len(text) > 1]
    sums = np.array(rows, np.float64).reshape(-1, 6)
    names = ("span F1, exact", "span F1, overlapping", "span F1, characters")
    return SpanAgreement(*(_f1(sums[:, [place, place + 3]], name, resampling) for place, name in enumerate(names)))


def _sums(text: Mapping[int, Sequence[Span]]) -> list[float]:
    """Twice the matches, by strictness, and the totals they are held against, over all pairs of people."""
    total = np.zeros(6)
    for first, second in combinations(sorted(text), 2):
        left, right = set(text[first]), set(text[second])
        spans = len(left) + len(right)
        a, b = _covered(left), _covered(right)
        total += (2 * len(left & right), 2 * _overlapping(left, right), 2 * len(a & b), spans, spans, len(a) + len(b))
    return total.tolist()


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

    def statistic(total: Numbers) -> Numbers:
        return np.asarray(np.divide(total[:, 0], total[:, 1], out=np.full(len(total), np.nan), where=total[:, 1] > 0))

    return bootstrap(UnitSums(np.ones(len(sums), np.int64), sums), statistic, method=method, resampling=resampling)
