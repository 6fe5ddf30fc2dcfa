"""Long answers counted into patterns: units whose answers have the same counts are one kind.

Five raters and five labels make 126 patterns, however many tasks there are. Every coefficient that
ignores who gave an answer is a function of sums over units, hence of the patterns alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import scipy

from headwater.core.errors import InvalidError
from headwater.stats.agreement.grids import ways
from headwater.stats.bootstrap import UnitSums
from headwater.stats.repeats import repeated

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

_EXACT = 2**53
"""Integers up to here are exact in float64, the type of weighted counts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Patterns:
    """The different ways in which units were answered, and how many units were answered each way."""

    counts: NDArray[np.int64]
    """Answers per pattern and label, shape (k, labels); no two rows are equal, no row is all zero."""
    units: NDArray[np.int64]
    """Units with each pattern, shape (k,), positive."""
    clusters: scipy.sparse.csr_array | None = None
    """Where units belong together (turns of one task): how many units of each pattern each cluster has, shape
    (clusters, k). None where every unit is a cluster of its own."""

    @property
    def ratings(self) -> NDArray[np.int64]:
        """Answers per unit of each pattern, shape (k,), at least 1."""
        ratings: NDArray[np.int64] = self.counts.sum(axis=1)
        return ratings

    @property
    def n(self) -> int:
        """Number of units with at least one answer."""
        return int(self.units.sum())

    def pairable(self) -> Patterns:
        """Return only the units with at least two answers."""
        several = np.flatnonzero(self.ratings >= 2)  # noqa: PLR2004
        clusters = None if self.clusters is None else self.clusters[:, several]
        return Patterns(counts=self.counts[several], units=self.units[several], clusters=clusters)

    def of_label(self, label: int) -> Patterns:
        """Return the patterns of the question "this label or another one?" (column 0 = this label)."""
        mine = self.counts[:, label]
        table = np.stack([mine, self.ratings - mine], axis=1)
        if self.clusters is None:
            return from_table(table, self.units)
        return Patterns(counts=table, units=self.units, clusters=self.clusters)

    @property
    def independent(self) -> int:
        """Number of independent units or clusters with at least one answer."""
        return self.n if self.clusters is None else int(np.count_nonzero(np.diff(self.clusters.indptr)))

    def sample(self, sums: NDArray[np.float64]) -> UnitSums:
        """Return what independent units add to some sums, for the bootstrap.

        Args:
            sums: What one unit of each pattern adds, shape (k, m).
        """
        if self.clusters is None:
            return UnitSums(self.units, sums)
        held = self.clusters[np.flatnonzero(np.diff(self.clusters.indptr))]
        return UnitSums(np.ones(held.shape[0], np.int64), np.asarray(held @ sums))


class Long(NamedTuple):
    """Long-format answers without missing or repeated ones."""

    task: NDArray[np.intp]
    """Task code of each answer, shape (n,)."""
    annotator: NDArray[np.intp]
    """Annotator code of each answer, shape (n,)."""
    answer: NDArray[np.intp]
    """Label code of each answer, shape (n,)."""


def count(task: ArrayLike, annotator: ArrayLike, answer: ArrayLike, *, labels: int | None = None) -> Patterns:
    """Return the patterns of long-format answers, one row per answer.

    Args:
        task: Task codes, non-negative integers, shape (n,), in any order.
        annotator: Annotator codes, non-negative integers, shape (n,).
        answer: Label codes 0 to labels - 1, shape (n,); negative codes are missing answers.
        labels: Number of labels; one more than the largest code by default.

    Returns:
        The patterns; no rows when there are no answers. Of repeated answers of one annotator to one
        task the first counts.

    Raises:
        InvalidError: The arrays differ in length, are not integers, or hold codes out of range.
    """
    given = _given(task, annotator, answer)
    most = int(given.answer.max(initial=-1))
    width = most + 1 if labels is None else labels
    if most >= width:
        raise InvalidError(f"Answer code {most} is not below the number of labels, {width}.")
    if given.task.size == 0:
        return Patterns(counts=np.zeros((0, width), np.int64), units=np.zeros(0, np.int64))
    found = ways(*given, width)
    if found is not None:
        return from_table(*found)
    answered = np.bincount(given.task)
    base = int(answered.max()) + 1
    long = _first_ones(given, answered)
    if base**width <= _EXACT:
        return _by_digits(_numbers(long, base, width), base, width)
    return _by_signature(long, width)


class Numbered(NamedTuple):
    """Answers counted task by task, once for all answers and any groups of them."""

    task: NDArray[np.intp]
    """Task code of each answer, shape (n,)."""
    number: NDArray[np.int64]
    """The counts of each task as the digits of one number, shape (tasks,); 0 without answers."""
    base: int
    """Of the digits, above every count."""
    width: int
    """Number of labels."""

    def patterns(self) -> Patterns:
        """Return the patterns of all answers, as `count` does."""
        return _by_digits(self.number, self.base, self.width)

    def by_group(self, group: ArrayLike) -> list[Patterns] | None:
        """Return the patterns of the answers of each group, from 0 to the largest; None where a task is in two groups.

        Args:
            group: Group code of each answer, shape (n,); negative = in no group.
        """
        code = np.asarray(group)
        last = int(code.max()) if code.size else -1
        short = np.min_scalar_type(-last - 2)  # a short code is sorted by counting
        if code.min(initial=0) < -1:
            code = np.maximum(code, -1)
        code = code.astype(short)
        whose = np.full(self.number.size, -1, short)
        whose[self.task] = code
        if not np.array_equal(whose.take(self.task), code):
            return None
        order = np.argsort(whose, kind="stable")
        ends = np.searchsorted(whose, np.arange(last + 2), sorter=order)
        found = pairwise(ends)
        return [_by_digits(self.number[order[start:stop]], self.base, self.width) for start, stop in found]


def numbered(task: ArrayLike, annotator: ArrayLike, answer: ArrayLike, *, labels: int | None = None) -> Numbered | None:
    """Return answers counted task by task.

    Args:
        task: As in `count`.
        annotator: As in `count`.
        answer: As in `count`.
        labels: As in `count`.

    Returns:
        None where `count` has to look closer: answers are missing or repeated, or labels are too many for one number.

    Raises:
        InvalidError: The arrays do not fit together.
    """
    given = np.asarray(answer)
    if not given.size or given.min() < 0:
        return None
    long = _given(task, annotator, given)
    answered = np.bincount(long.task)
    base, width = int(answered.max()) + 1, int(given.max()) + 1 if labels is None else labels
    if base**width > _EXACT or given.max() >= width:
        return None
    if repeated(long.task, long.annotator, answered=answered) is not None:
        return None
    return Numbered(long.task, _numbers(long, base, width), base, width)


def count_in_clusters(
    task: ArrayLike, annotator: ArrayLike, answer: ArrayLike, cluster: ArrayLike, *, labels: int | None = None
) -> Patterns:
    """Return the patterns of answers to units that belong together, such as the turns of one task.

    Args:
        task: Codes of the units, as in `count`.
        annotator: As in `count`.
        answer: As in `count`.
        cluster: What the unit of each answer is a part of, non-negative integers, shape (n,).
        labels: As in `count`.

    Raises:
        InvalidError: As in `count`.
    """
    given, group = _codes(answer, "answer"), np.asarray(cluster)
    unit, _, row = clean(task, annotator, np.where(given < 0, -1, np.arange(given.size)))
    width = int(given.max(initial=-1)) + 1 if labels is None else labels
    if not unit.size:
        return Patterns(counts=np.zeros((0, width), np.int64), units=np.zeros(0, np.int64))
    _, first, place = np.unique(unit, return_index=True, return_inverse=True)
    table = np.bincount(place * width + given[row], minlength=first.size * width).reshape(first.size, width)
    rows, kind = _distinct(table)
    groups, member = np.unique(group[row[first]], return_inverse=True)
    held = scipy.sparse.coo_array((np.ones(kind.size, np.int64), (member, kind)), shape=(groups.size, len(rows)))
    return Patterns(counts=rows, units=np.bincount(kind, minlength=len(rows)), clusters=scipy.sparse.csr_array(held))


def from_table(counts: ArrayLike, units: ArrayLike | None = None) -> Patterns:
    """Return the patterns of a table of counts per unit and label, merging equal rows.

    Args:
        counts: Answers per unit and label, non-negative integers, shape (units, labels).
        units: How many units each row stands for; 1 by default.
    """
    table = np.asarray(counts, np.int64)
    if table.ndim != 2 or table.min(initial=0) < 0:  # noqa: PLR2004
        raise InvalidError("A table of answers has one row per unit, one column per label and no negative count.")
    weight = None if units is None else np.asarray(units, np.int64)
    width = table.shape[1]
    base = int(table.max(initial=0)) + 1
    if base**width <= _EXACT:
        return _by_digits(table @ (base ** np.arange(width)), base, width, weight)
    rows, kind = _distinct(table)
    sizes = np.bincount(kind, weights=weight, minlength=len(rows)).astype(np.int64)
    used = rows.any(axis=1) & (sizes > 0)
    return Patterns(counts=rows[used], units=sizes[used])


def clean(task: ArrayLike, annotator: ArrayLike, answer: ArrayLike) -> Long:
    """Return the answers as index arrays, without missing ones and with the first of repeated ones.

    Task codes that are much larger than the number of answers are renumbered, keeping their order.

    Raises:
        InvalidError: The arrays differ in length, are not integers, or hold negative tasks or annotators.
    """
    return _first_ones(_given(task, annotator, answer))


def _given(task: ArrayLike, annotator: ArrayLike, answer: ArrayLike) -> Long:
    """Return the answers without missing ones, in codes that are not much larger than their number."""
    unit, rater, label = _codes(task, "task"), _codes(annotator, "annotator"), _codes(answer, "answer")
    if not unit.shape == rater.shape == label.shape:
        raise InvalidError(
            f"{unit.size} task codes, {rater.size} annotator codes and {label.size} answers do not fit together.",
            remedy="Give one of each per answer.",
        )
    if label.min(initial=0) < 0:
        given = label >= 0
        unit, rater, label = unit[given], rater[given], label[given]
    if unit.min(initial=0) < 0 or rater.min(initial=0) < 0:
        raise InvalidError("A task or annotator code is negative.", remedy="Only answers may be missing (negative).")
    if int(unit.max(initial=0)) > 4 * unit.size + 1024:
        unit = np.unique(unit, return_inverse=True)[1]
    if int(rater.max(initial=0)) > 4 * rater.size + 1024:
        rater = np.unique(rater, return_inverse=True)[1]
    return Long(unit, rater, label)


def _first_ones(long: Long, answered: NDArray[np.intp] | None = None) -> Long:
    """Leave out the later answers of one annotator to one task."""
    again = repeated(long.task, long.annotator, answered=answered)
    return long if again is None else Long(*(part[~again] for part in long))


def _codes(values: ArrayLike, name: str) -> NDArray[np.intp]:
    array = np.asarray(values)
    if array.size == 0:
        return np.zeros(0, np.intp)
    if array.ndim != 1 or array.dtype.kind not in "iub":
        raise InvalidError(
            f"The {name} codes are {array.dtype} of shape {array.shape}, not a list of integers.",
            remedy="Number the distinct values from 0, for example with numpy.unique(return_inverse=True).",
        )
    return array.astype(np.intp, copy=False)


def _numbers(long: Long, base: int, width: int) -> NDArray[np.int64]:
    """Return the counts of each unit as the digits of one number in a base above every count."""
    powers = float(base) ** np.arange(width)
    return np.bincount(long.task, weights=powers.take(long.answer)).astype(np.int64)


def _by_digits(number: NDArray[np.int64], base: int, width: int, weight: NDArray[np.int64] | None = None) -> Patterns:
    """Merge units whose counts are the digits of equal numbers."""
    if base**width <= max(4 * number.size, 1 << 16):
        kinds: NDArray[np.int64] = np.arange(base**width)
        sizes = np.bincount(number, weights=weight, minlength=kinds.size)
    else:
        kinds, kind = np.unique(number, return_inverse=True)
        sizes = np.bincount(kind, weights=weight)
    used = (kinds > 0) & (sizes > 0)
    kinds, sizes = kinds[used], sizes[used]
    return Patterns(counts=kinds[:, None] // (base ** np.arange(width)) % base, units=sizes.astype(np.int64))


def _distinct(table: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.intp]]:
    """Return the distinct rows and which of them each row is, told apart by a sum of random numbers."""
    rng = np.random.default_rng(0)
    while True:
        sign = rng.integers(0, 2**64, size=table.shape[1], dtype=np.uint64)
        _, first, kind = np.unique(table.astype(np.uint64) @ sign, return_index=True, return_inverse=True)
        rows = table[first]
        if np.array_equal(rows[kind], table):
            return rows, kind


def _by_signature(long: Long, width: int) -> Patterns:
    """Tell units apart by a sum of random numbers, one per label, and check that equal sums are equal units."""
    ordered = np.sort(long.task * width + long.answer)
    unit, label = np.divmod(ordered, width)
    starts = np.flatnonzero(np.concatenate([[True], unit[1:] != unit[:-1]]))
    sizes = np.diff(np.append(starts, label.size))
    rng = np.random.default_rng(0)
    while True:
        sign = rng.integers(0, 2**64, size=width, dtype=np.uint64)
        signature = np.add.reduceat(sign[label], starts)
        _, first, kind, units = np.unique(signature, return_index=True, return_inverse=True, return_counts=True)
        twin = first[kind]
        if np.array_equal(sizes, sizes[twin]):
            shift = np.repeat(starts - starts[twin], sizes)
            if np.array_equal(label, label[np.arange(label.size) - shift]):
                break
    row = np.repeat(np.arange(first.size), sizes[first])
    inside = np.arange(row.size) - np.repeat(np.cumsum(sizes[first]) - sizes[first], sizes[first])
    cell = row * width + label[np.repeat(starts[first], sizes[first]) + inside]
    counts = np.bincount(cell, minlength=first.size * width).reshape(first.size, width)
    return Patterns(counts=counts.astype(np.int64), units=units.astype(np.int64))
