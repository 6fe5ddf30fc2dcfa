"""What truth inference takes, answers in long format, and what it returns."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import scipy

from headwater.core.errors import InvalidError
from headwater.stats.interval import Bounds, check_confidence
from headwater.stats.repeats import repeated

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray


@dataclass(frozen=True, slots=True, kw_only=True)
class Truth:
    """The result of truth inference."""

    posterior: NDArray[np.float64]
    """Probability of each class for each task (tasks × classes); rows add up to 1."""
    evidence: NDArray[np.float64]
    """What is known of each worker (workers × classes × classes): expected answers, a column where a row is true,
    plus the prior. Each row holds the parameters of a Dirichlet distribution."""
    method: str
    log_likelihood: float
    """Of the answers under the model; nan for methods without one."""
    iterations: int
    converged: bool
    warnings: tuple[str, ...] = field(default=())
    """What makes the result doubtful, in sentences."""
    reason: str = ""
    """Why this method was chosen; empty when somebody asked for it."""

    @property
    def label(self) -> NDArray[np.int64]:
        """The likeliest class of each task; the lowest code of equals."""
        return np.asarray(self.posterior.argmax(axis=1))

    @property
    def confidence(self) -> NDArray[np.float64]:
        """The probability of each task's likeliest class."""
        return np.asarray(self.posterior.max(axis=1, initial=0.0))

    @property
    def confusion(self) -> NDArray[np.float64]:
        """Probability that a worker answers a column when the row is true (workers × classes × classes)."""
        return np.asarray(self.evidence / self.evidence.sum(axis=2, keepdims=True))

    @property
    def skill(self) -> NDArray[np.float64]:
        """Probability that a worker answers right, averaged over classes as they occur."""
        return np.asarray(np.einsum("wkk,k->w", self.confusion, self._shares))

    def confusion_bounds(self, *, confidence: float = 0.95) -> Bounds:
        """Return credible intervals of the confusion matrices, given the posterior of the tasks.

        Args:
            confidence: Posterior probability between the bounds, in (0, 1).

        Returns:
            Equal-tailed bounds (workers × classes × classes); narrow only where a worker answered often. They take
            the expected answers as counted, so they are too narrow where posteriors are far from 0 and 1.

        Source:
            Marginals of a Dirichlet distribution are beta distributions.
        """
        tail = (1 - check_confidence(confidence)) / 2
        rest = self.evidence.sum(axis=2, keepdims=True) - self.evidence
        return Bounds(
            np.asarray(scipy.special.betaincinv(self.evidence, rest, tail)),
            np.asarray(scipy.special.betaincinv(self.evidence, rest, 1 - tail)),
        )

    def skill_bounds(self, *, confidence: float = 0.95) -> Bounds:
        """Return credible intervals of each worker's skill (workers), given the posterior of the tasks.

        Source:
            A sum of independent beta variables, approximated by the beta distribution of equal mean and variance.
        """
        tail = (1 - check_confidence(confidence)) / 2
        total = self.evidence.sum(axis=2)
        right = np.einsum("wkk->wk", self.evidence) / total
        variance = (right * (1 - right) / (total + 1)) @ self._shares**2
        mean = self.skill
        size = np.maximum(mean * (1 - mean) / np.maximum(variance, 1e-300) - 1, 1e-9)
        first, second = np.maximum(mean * size, 1e-12), np.maximum((1 - mean) * size, 1e-12)
        return Bounds(
            np.asarray(scipy.special.betaincinv(first, second, tail)),
            np.asarray(scipy.special.betaincinv(first, second, 1 - tail)),
        )

    @property
    def _shares(self) -> NDArray[np.float64]:
        classes = self.posterior.shape[1]
        return np.asarray(self.posterior.mean(axis=0)) if len(self.posterior) else np.full(classes, 1 / max(classes, 1))


@dataclass(frozen=True, kw_only=True)
class Answers:
    """Answers in long format, checked; of two answers of a worker to a task, the first stays."""

    task: NDArray[np.int64]
    worker: NDArray[np.int64]
    label: NDArray[np.int64]
    tasks: int
    workers: int
    classes: int
    predicted: NDArray[np.float64] | None = None
    """What a model says of each task (tasks × classes), rows of nan where it says nothing; None without a model."""

    @cached_property
    def matrix(self) -> scipy.sparse.csr_array:
        """A one where a worker (column block) gave a class (column) to a task (row): tasks × workers·classes."""
        columns = self.worker * self.classes + self.label
        shape = (self.tasks, self.workers * self.classes)
        coordinates = (_narrow(self.task), _narrow(columns))
        entries = scipy.sparse.coo_array((np.ones(len(columns), np.bool_), coordinates), shape=shape)
        entries.has_canonical_format = True  # no worker answers a task twice, so nothing needs to be summed
        placed = entries.tocsr()  # a byte each is moved where a float will stand
        return scipy.sparse.csr_array((np.ones(len(columns)), placed.indices, placed.indptr), shape=shape)

    @cached_property
    def votes(self) -> NDArray[np.float64]:
        """How many answers gave each class to each task (tasks × classes)."""
        return np.asarray(self.matrix @ np.tile(np.eye(self.classes), (self.workers, 1)))

    def part(self, keep: NDArray[np.bool_]) -> Answers:
        """Return some of the answers, of the same tasks, workers and classes."""
        return Answers(
            task=self.task[keep],
            worker=self.worker[keep],
            label=self.label[keep],
            tasks=self.tasks,
            workers=self.workers,
            classes=self.classes,
            predicted=self.predicted,
        )


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
    n_classes = classes if classes is not None else (int(labels.max(initial=-1)) + 1)
    if labels.size and labels.max() >= n_classes:
        raise InvalidError(f"Label code {labels.max()} is out of range for {n_classes} classes.")
    again = repeated(tasks, workers)
    if again is not None or labels.min(initial=0) < 0:
        keep = labels >= 0 if again is None else ~again & (labels >= 0)
        tasks, workers, labels = tasks[keep], workers[keep], labels[keep]
    return Answers(task=tasks, worker=workers, label=labels, tasks=n_tasks, workers=n_workers, classes=n_classes)


def _narrow(code: NDArray[np.int64]) -> NDArray[np.signedinteger]:
    """Return the codes in 32 bits if they fit: half the bytes take half the time."""
    return code.astype(np.int32) if code.max(initial=0) <= np.iinfo(np.int32).max else code
