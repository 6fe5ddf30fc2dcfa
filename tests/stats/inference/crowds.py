"""Simulated crowds with known truth and known habits."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray


class Crowd(NamedTuple):
    """Answers in long format with what made them."""

    truth: NDArray[np.int64]
    task: NDArray[np.int64]
    worker: NDArray[np.int64]
    label: NDArray[np.int64]
    confusion: NDArray[np.float64]


def one_coin_crowd(rng: np.random.Generator, *, tasks: int = 600, workers: int = 20, votes: int = 5, classes: int = 3):
    """Return a crowd whose first half is right in 90 % of cases and whose second half in 40 %."""
    skill = np.where(np.arange(workers) < workers // 2, 0.9, 0.4)
    off = (1 - skill) / (classes - 1)
    confusion = np.repeat(off, classes * classes).reshape(workers, classes, classes)
    confusion[:, np.arange(classes), np.arange(classes)] = skill[:, None]
    return answered(rng, confusion, rng.integers(0, classes, tasks), votes)


def confused_crowd(rng: np.random.Generator, *, tasks: int = 600, workers: int = 12, votes: int = 5, classes: int = 3):
    """Return a crowd whose workers each have a confusion matrix of their own, mostly right."""
    confusion = rng.dirichlet(np.ones(classes), (workers, classes)) * 0.5 + 0.5 * np.eye(classes)
    return answered(
        rng, confusion, rng.choice(classes, tasks, p=np.arange(1, classes + 1) / (classes * (classes + 1) / 2)), votes
    )


def answered(rng: np.random.Generator, confusion: NDArray[np.float64], truth: NDArray[np.int64], votes: int) -> Crowd:
    """Return the answers of workers with these confusion matrices, each task given to some at random."""
    workers, classes, _ = confusion.shape
    task = np.repeat(np.arange(len(truth)), votes)
    worker = np.argsort(rng.random((len(truth), workers)), axis=1)[:, :votes].ravel()
    reach = confusion[worker, truth[task]].cumsum(axis=1)
    label = np.minimum((rng.random((len(task), 1)) > reach).sum(axis=1), classes - 1)
    return Crowd(truth, task, worker, label, confusion)
