"""Answers of a few people to most tasks, laid out as a grid: the way each task was answered is one number of its row.

Answers come in any order, so laying one down jumps to anywhere. The grid takes one jump and one byte per answer, where
counters take three jumps and eight bytes: ten million answers stay inside the cache of a processor.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

_EMPTY = 4
"""Cells per answer up to which a grid is worth laying out."""
_WAYS = 1 << 16
"""Ways to answer a task that are counted however few tasks there are."""
_STEP = 1 << 16
"""Answers or tasks at a time, so that what is worked out on the way stays in the cache."""


def ways(
    task: NDArray[np.intp], annotator: NDArray[np.intp], answer: NDArray[np.intp], width: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]] | None:
    """Return the different ways in which tasks were answered, and how many tasks were answered each way.

    Args:
        task: Task codes, non-negative, shape (n,), in any order; n is at least 1.
        annotator: Annotator codes, non-negative, shape (n,).
        answer: Label codes 0 to width - 1, shape (n,).
        width: Number of labels.

    Returns:
        Answers per way and label, shape (k, width), where two ways may have equal counts, and tasks of each way, shape
        (k,). None where a grid does not pay, because most cells would be empty or the possible ways are too many, and
        where somebody answered a task twice.
    """
    tasks, raters = int(task.max()) + 1, int(annotator.max()) + 1
    if tasks * raters > _EMPTY * task.size or raters * math.log(width + 1) > math.log(max(_WAYS, tasks)):
        return None
    grid = _laid_out(task, annotator, answer, (tasks, raters))
    if np.count_nonzero(grid) != task.size:  # an answer lies upon another
        return None
    sizes = _sizes(grid, width + 1)
    found = np.flatnonzero(sizes)
    cells = found[:, None] // (width + 1) ** np.arange(raters) % (width + 1)
    place = (np.arange(found.size)[:, None] * (width + 1) + cells).ravel()
    counts = np.bincount(place, minlength=found.size * (width + 1)).reshape(found.size, width + 1)
    return counts[:, 1:], sizes[found]


def _laid_out(
    task: NDArray[np.intp], annotator: NDArray[np.intp], answer: NDArray[np.intp], shape: tuple[int, int]
) -> NDArray[np.unsignedinteger]:
    """Return one more than the label of each task (row) and annotator (column); 0 where there is no answer."""
    grid = np.zeros(shape[0] * shape[1], np.min_scalar_type(int(answer.max()) + 1))
    for start in range(0, task.size, _STEP):
        part = slice(start, start + _STEP)
        grid[task[part] * shape[1] + annotator[part]] = (answer[part] + 1).astype(grid.dtype)
    return grid.reshape(shape)


def _sizes(grid: NDArray[np.unsignedinteger], base: int) -> NDArray[np.int64]:
    """Return how many rows are each number, read as digits with the first column as the lowest."""
    ways = base ** grid.shape[1]
    number = np.zeros(len(grid), np.min_scalar_type(ways))
    for start in range(0, len(grid), _STEP):
        part = number[start : start + _STEP]
        for column in grid[start : start + _STEP].T[::-1]:
            part *= number.dtype.type(base)
            part += column
    return np.bincount(number, minlength=ways)
