"""Finding annotators who answered a task twice, in linear time."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import scipy

if TYPE_CHECKING:
    from numpy.typing import NDArray

_DIGITS = 53
"""Integers up to 2 to this power are exact in float64, the type of weighted counts."""
_DENSE = 16
"""Cells of tasks and annotators, per answer, up to which each is marked on its own."""


def repeated(
    task: NDArray[np.intp], annotator: NDArray[np.intp], *, answered: NDArray[np.intp] | None = None
) -> NDArray[np.bool_] | None:
    """Return which answers are not the first of their annotator to their task.

    Args:
        task: Task codes, non-negative integers, shape (n,), in any order.
        annotator: Annotator codes, non-negative integers, shape (n,).
        answered: Answers of each task, shape (tasks,), where it is known already.

    Returns:
        A mask of shape (n,); None when nobody answered a task twice.
    """
    if not task.size or _all_once(task, annotator, np.bincount(task) if answered is None else answered):
        return None
    place = np.arange(task.size, dtype=np.min_scalar_type(task.size))
    table = _sorted(task, annotator, place)
    again = np.flatnonzero(table.indices[1:] == table.indices[:-1]) + 1
    before, after = table.data[again - 1], table.data[again]
    mask = np.zeros(task.size, np.bool_)
    mask[after[task[after] == task[before]]] = True
    return mask


def _all_once(task: NDArray[np.intp], annotator: NDArray[np.intp], answered: NDArray[np.intp]) -> bool:
    """Whether no annotator answers a task twice.

    Every annotator is a power of two. Those of a task add up to a number with as many ones as it has answers, unless
    two are equal, which carries. Where people share a power, the tasks in doubt are sorted.
    """
    raters = int(annotator.max()) + 1
    cells = answered.size * raters
    if cells <= _DENSE * task.size:  # marking every cell is faster while they are not many more
        marked = np.zeros(cells, np.bool_)
        marked[task * raters + annotator] = True
        return int(np.count_nonzero(marked)) == task.size
    powers = _DIGITS + 1 - (int(answered.max()) - 1).bit_length()  # so that the largest sum is exact
    weights = np.ldexp(1.0, np.arange(raters) % powers).take(annotator)
    doubtful = np.bitwise_count(np.bincount(task, weights=weights).astype(np.int64)) != answered
    if raters <= powers or not doubtful.any():
        return not doubtful.any()
    rows = np.flatnonzero(doubtful.take(task))
    return bool(_sorted(task.take(rows), annotator.take(rows), np.zeros(rows.size, np.uint8)).has_canonical_format)


def _sorted(
    task: NDArray[np.intp], annotator: NDArray[np.intp], value: NDArray[np.unsignedinteger]
) -> scipy.sparse.csc_array:
    """Sort a value of each answer by task, then annotator, then place.

    Sparse matrices are converted by counting, in linear time, and keep the order of what is equal.

    Returns:
        The values in a column per task and a row per annotator.
    """
    table = scipy.sparse.coo_array((value, (annotator, task)))
    table.has_canonical_format = True  # or the answers of one cell would be added up
    return table.tocsr().tocsc()
