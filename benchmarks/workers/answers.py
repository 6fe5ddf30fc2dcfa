"""Simulated answers, the same for both sides: numpy and a seed only."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

OVERLAP, CLASSES = 5, 5


class Answers(NamedTuple):
    """Long-format answers: codes of task, annotator and label, shape (n,)."""

    task: NDArray[np.int64]
    annotator: NDArray[np.int64]
    label: NDArray[np.int64]


def simulate(labels: int, annotators: int = OVERLAP, seed: int = 7) -> Answers:
    """Return five answers to every task, right in 55 to 95 % of cases by annotator, in random order.

    Args:
        labels: How many answers, a multiple of five.
        annotators: How many people share them, a multiple of five.
        seed: Of the generator.
    """
    rng = np.random.default_rng(seed)
    tasks = labels // OVERLAP
    truth = rng.choice(CLASSES, tasks, p=[0.4, 0.25, 0.2, 0.1, 0.05])
    shift = rng.integers(0, annotators // OVERLAP, tasks)
    annotator = shift[:, None] * OVERLAP + np.arange(OVERLAP)
    right = rng.random((tasks, OVERLAP)) < np.linspace(0.55, 0.95, annotators)[annotator]
    label = np.where(right, truth[:, None], rng.integers(0, CLASSES, (tasks, OVERLAP)))
    order = rng.permutation(tasks * OVERLAP)
    task = np.repeat(np.arange(tasks), OVERLAP)
    return Answers(task[order], annotator.ravel()[order], label.ravel()[order])


def table(answers: Answers) -> NDArray[np.int64]:
    """Return how many annotators gave each label to each task, shape (tasks, labels)."""
    tasks = int(answers.task.max()) + 1
    return np.bincount(answers.task * CLASSES + answers.label, minlength=tasks * CLASSES).reshape(tasks, CLASSES)


def matrix(answers: Answers) -> NDArray[np.float64]:
    """Return the label each annotator gave to each task, shape (annotators, tasks)."""
    filled = np.full((int(answers.annotator.max()) + 1, int(answers.task.max()) + 1), np.nan)
    filled[answers.annotator, answers.task] = answers.label
    return filled
