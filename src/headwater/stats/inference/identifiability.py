"""Whether answers can tell the tasks' classes and the workers' habits apart at all."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import scipy

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from headwater.stats.inference.truth import Answers

FEW_PER_CLASS = 3.0
"""Expected answers per worker and true class below which a row of a confusion matrix rests mostly on its prior."""
ENOUGH_ANSWERS = 3
"""Answers that some tasks need before habits follow from agreement alone."""
_BLOCK = 1 << 16
"""Answers whose links are followed at a time, so that they stay in the cache."""


def warnings(
    given: Answers, evidence: NDArray[np.float64], *, gold: NDArray[np.int64] | None = None
) -> tuple[str, ...]:
    """Return what makes the result of an inference doubtful, in sentences; nothing when nothing does.

    Args:
        given: The answers.
        evidence: Expected answers with prior (workers × true class × given class).
        gold: Known class of each task, -1 where unknown.
    """
    if given.classes < 2:  # noqa: PLR2004 -- one class
        return ("Only one class occurs: nothing can be inferred.",)
    found = []
    per_task = np.bincount(given.task, minlength=given.tasks)
    answered, single = int((per_task > 0).sum()), int((per_task == 1).sum())
    golden = gold is not None and bool((gold >= 0).any())
    if answered and not golden and per_task.max() < ENOUGH_ANSWERS:
        found.append(
            "No task has three answers: workers' habits do not follow from agreement alone. Add overlap or gold."
        )
    if single:
        found.append(f"{single:,} of {answered:,} tasks have a single answer: they rest on one worker's skill.")
    groups = connected_groups(given)
    if groups > 1 and not golden:
        found.append(f"Workers fall into {groups:,} groups that share no task: they cannot be compared across groups.")
    found += _thin(given, evidence)
    return tuple(found)


def connected_groups(given: Answers) -> int:
    """Return into how many groups the workers who answered fall when sharing a task connects them."""
    columns = given.matrix.indices
    first = np.zeros(len(columns) + 1, np.bool_)
    first[given.matrix.indptr] = True  # the first answer to each task has no link to the one before
    group: NDArray[np.signedinteger] = np.arange(given.workers)
    for start in range(0, len(columns) - 1, _BLOCK):
        there = group[columns[start : start + _BLOCK + 1] // given.classes]
        new = np.flatnonzero((there[:-1] != there[1:]) & ~first[start + 1 : start + len(there)])
        if len(new):
            links = (np.ones(len(new), np.int8), (there[new], there[new + 1]))
            graph = scipy.sparse.coo_array(links, shape=(given.workers, given.workers))
            group = scipy.sparse.csgraph.connected_components(graph, directed=False)[1][group]
    return len(np.unique(group[np.bincount(given.worker, minlength=given.workers) > 0]))


def _thin(given: Answers, evidence: NDArray[np.float64]) -> list[str]:
    """Return a warning when many workers answered too few tasks of a class."""
    answered = np.bincount(given.worker, minlength=given.workers)
    active = int((answered > 0).sum())
    thin = int(((answered > 0) & (answered < FEW_PER_CLASS * given.classes)).sum())
    if not active or thin * 2 <= active or not evidence.size:
        return []
    message = (
        f"{thin:,} of {active:,} workers gave fewer than {FEW_PER_CLASS:g} answers per class: "
        "their confusion matrices rest mostly on the prior."
    )
    return [message]
