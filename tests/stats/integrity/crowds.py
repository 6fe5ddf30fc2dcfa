"""Simulated crowds: skill, pace and habits of people, difficulty of tasks, and what goes wrong when asked for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

CLASSES = 4
MIX = (0.4, 0.3, 0.2, 0.1)


@dataclass(slots=True)
class Crowd:
    """The answers of a crowd, in the order they were given."""

    truth: NDArray[np.int64]
    task: NDArray[np.int64]
    annotator: NDArray[np.int64]
    value: NDArray[np.int64]
    seconds: NDArray[np.float64]
    length: NDArray[np.float64]

    @property
    def moment(self) -> NDArray[np.int64]:
        """When each answer was given."""
        return np.arange(self.task.size)


def crowd(seed: int, *, tasks: int = 400, people: int = 10, overlap: int = 3) -> Crowd:
    """Return honest people of different skill and pace at tasks of different length and difficulty."""
    rng = np.random.default_rng(seed)
    truth = rng.choice(CLASSES, size=tasks, p=MIX)
    task = np.repeat(np.arange(tasks), overlap)
    annotator = np.concatenate([rng.choice(people, overlap, replace=False) for _ in range(tasks)])
    skill, pace = rng.uniform(0.8, 0.95, people), np.exp(rng.normal(0, 0.3, people))
    difficulty, lure = rng.beta(1, 6, tasks), rng.integers(1, CLASSES, tasks)
    right = rng.random(task.size) < skill[annotator] * (1 - difficulty[task])
    astray = np.where(rng.random(task.size) < 0.7, lure[task], rng.integers(1, CLASSES, task.size))
    length = rng.lognormal(5, 0.6, tasks)[task]
    return Crowd(
        truth=truth,
        task=task,
        annotator=annotator,
        value=np.where(right, truth[task], (truth[task] + astray) % CLASSES),
        seconds=pace[annotator] * length**0.7 * np.exp(rng.normal(0, 0.5, task.size)),
        length=length,
    )
