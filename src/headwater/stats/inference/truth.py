"""What truth inference returns, and the long format it takes."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from headwater.core.errors import InvalidError

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray


@dataclass(frozen=True, slots=True, kw_only=True)
class Truth:
    """The result of truth inference."""

    posterior: NDArray[np.float64]
    """Probability of each class for each task (tasks × classes); rows add up to 1."""
    confusion: NDArray[np.float64]
    """Probability that a worker answers a column when the row is true (workers × classes × classes)."""
    method: str
    log_likelihood: float
    """Of the answers under the model; nan for methods without one."""
    iterations: int
    converged: bool
    warnings: tuple[str, ...] = field(default=())
    """What makes the result doubtful, in sentences."""

    @property
    def label(self) -> NDArray[np.int64]:
        """The likeliest class of each task; the lowest code of equals."""
        return np.asarray(self.posterior.argmax(axis=1))

    @property
    def confidence(self) -> NDArray[np.float64]:
        """The probability of each task's likeliest class."""
        return np.asarray(self.posterior.max(axis=1))

    @property
    def skill(self) -> NDArray[np.float64]:
        """Probability that a worker answers right, averaged over classes as they occur."""
        prior = self.posterior.mean(axis=0)
        return np.asarray(np.einsum("wkk,k->w", self.confusion, prior))


class Answers(NamedTuple):
    """Answers in long format, checked, with duplicates of a task and worker removed (the first stays)."""

    task: NDArray[np.int64]
    worker: NDArray[np.int64]
    label: NDArray[np.int64]
    tasks: int
    workers: int
    classes: int


def answers(task: ArrayLike, worker: ArrayLike, label: ArrayLike, *, classes: int | None = None) -> Answers:
    """Return checked answers.

    Args:
        task: Task code of each answer, integers from 0.
        worker: Worker code of each answer, integers from 0.
        label: Class code of each answer, integers from 0; negative ones are left out.
        classes: How many classes there are; one more than the largest code by default.

    Raises:
        InvalidError: The arrays differ in length, or hold a code out of range.
    """
    tasks, workers, labels = (np.asarray(column, dtype=np.int64) for column in (task, worker, label))
    if not tasks.shape == workers.shape == labels.shape or tasks.ndim != 1:
        raise InvalidError("Tasks, workers and labels must be one-dimensional and equally long.")
    if tasks.size and min(tasks.min(), workers.min()) < 0:
        raise InvalidError("Task and worker codes must not be negative.")
    n_tasks, n_workers = (int(column.max()) + 1 if column.size else 0 for column in (tasks, workers))
    n_classes = classes if classes is not None else (int(labels.max()) + 1 if labels.size else 0)
    if labels.size and labels.max() >= n_classes:
        raise InvalidError(f"Label code {labels.max()} is out of range for {n_classes} classes.")
    _, first = np.unique(tasks * max(n_workers, 1) + workers, return_index=True)
    keep = np.sort(first)
    keep = keep[labels[keep] >= 0]
    return Answers(tasks[keep], workers[keep], labels[keep], n_tasks, n_workers, n_classes)
