"""What the others say: the label of each task without the answer that is looked at."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray


def others(task: ArrayLike, value: ArrayLike, *, classes: int, known: ArrayLike | None = None) -> NDArray[np.int64]:
    """Return for each answer the label that the other answers to its task give most often.

    Args:
        task: Code of the task of each answer, from 0, shape (n,).
        value: Code of each answer, in [0, classes), shape (n,).
        classes: How many labels there are.
        known: The right answer by task where it is known, else −1, shape (tasks,); it goes before the others.

    Returns:
        The label, never influenced by the answer itself; −1 where there is no other answer or the others tie.
    """
    items, given = np.asarray(task, np.int64), np.asarray(value, np.int64)
    tasks = int(items.max(initial=-1)) + 1
    counts = np.bincount(items * classes + given, minlength=tasks * classes).reshape(tasks, classes)[items]
    counts[np.arange(items.size), given] -= 1
    best = counts.argmax(axis=1)
    top = counts[np.arange(items.size), best]
    clear = (top > 0) & ((counts == top[:, None]).sum(axis=1) == 1)
    found = np.where(clear, best, -1).astype(np.int64)
    if known is not None:
        right = np.asarray(known, np.int64)[items]
        found = np.where(right >= 0, right, found)
    return found
