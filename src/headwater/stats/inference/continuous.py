"""Numbers instead of classes: each worker measures with a bias and a variance of their own.

An answer is truth + bias of its worker + normal noise of the worker's spread; truths are normal. Expectation
maximisation weighs each worker by their precision. Without gold, the biases weighted by answers add up to zero: a bias
that everybody shares cannot be seen.

Source: Raykar et al., Journal of Machine Learning Research 11, 2010, section 7, with biases; weak inverse-gamma priors
of the variances keep a worker who agrees with everybody by chance from deciding alone.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from headwater.core.errors import InvalidError
from headwater.stats.inference.expectation import Stop
from headwater.stats.interval import Bounds, normal_quantile

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

PRIOR_ANSWERS = 1.0
"""How many answers of typical spread (the geometric mean) the prior of a worker's variance is worth."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Consensus:
    """The likeliest number of every task, and how every worker measures."""

    value: NDArray[np.float64]
    """Posterior mean of each task, shape (tasks,)."""
    standard_error: NDArray[np.float64]
    """Posterior standard deviation of each task, the workers' habits taken as known."""
    bias: NDArray[np.float64]
    """How much higher than the truth each worker answers on average, shape (workers,)."""
    spread: NDArray[np.float64]
    """Standard deviation of each worker's answers around truth + bias."""
    iterations: int
    converged: bool
    warnings: tuple[str, ...]

    def bounds(self, *, confidence: float = 0.95) -> Bounds:
        """Return intervals of the tasks' values, the workers' habits taken as known."""
        half = normal_quantile(confidence) * self.standard_error
        return Bounds(self.value - half, self.value + half)


@dataclass(frozen=True, slots=True)
class _Numbers:
    task: NDArray[np.int64]
    worker: NDArray[np.int64]
    value: NDArray[np.float64]
    gold: NDArray[np.float64]

    def per_task(self, weights: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.asarray(np.bincount(self.task, weights, len(self.gold)), np.float64)

    def per_worker(self, weights: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.asarray(np.bincount(self.worker, weights, int(self.worker.max(initial=-1)) + 1), np.float64)


def continuous(
    task: ArrayLike,
    worker: ArrayLike,
    value: ArrayLike,
    *,
    gold: ArrayLike | None = None,
    stop: Stop = Stop(),  # noqa: B008 -- a constant
) -> Consensus:
    """Return the likeliest number of every task.

    Args:
        task: Task code of each answer, from 0.
        worker: Worker code of each answer, from 0.
        value: The number each answer gives; nan ones are left out.
        gold: Known value of each task, nan where unknown; known tasks stay exact.
        stop: When to stop; the tolerance is on the values, in standard deviations of all answers.

    Raises:
        InvalidError: The arrays do not fit.
    """
    numbers = _checked(task, worker, value, gold)
    deviations = numbers.value - numbers.value.mean() if len(numbers.value) else numbers.value
    scale = math.sqrt(float(np.mean(deviations**2))) if len(numbers.value) else 1.0
    scale = scale or 1.0
    answered = numbers.per_worker(np.ones(len(numbers.task)))
    bias, variance = np.zeros(len(answered)), np.full(len(answered), scale**2 / 2)
    centre, width = float(numbers.value.mean()) if len(numbers.value) else 0.0, scale**2
    mean, iteration, change = np.full(len(numbers.gold), np.nan), 0, np.inf
    spread = np.zeros(len(numbers.gold))
    while iteration < stop.iterations and change > stop.tolerance * scale:
        iteration += 1
        before = mean
        mean, spread = _values(numbers, bias, variance, centre=centre, width=width)
        bias, variance = _habits(numbers, mean, spread, answered)
        centre = float(mean.mean()) if len(mean) else 0.0
        width = max(float(np.mean((mean - centre) ** 2 + spread)) if len(mean) else 1.0, 1e-12 * scale**2)
        change = float(np.abs(mean - before).max(initial=0.0)) if iteration > 1 else np.inf
    return Consensus(
        value=mean,
        standard_error=np.sqrt(spread),
        bias=bias,
        spread=np.sqrt(variance),
        iterations=iteration,
        converged=change <= stop.tolerance * scale,
        warnings=_warnings(numbers),
    )


def _checked(task: ArrayLike, worker: ArrayLike, value: ArrayLike, gold: ArrayLike | None) -> _Numbers:
    tasks, workers = (np.asarray(column, dtype=np.int64) for column in (task, worker))
    values = np.asarray(value, dtype=np.float64)
    if not tasks.shape == workers.shape == values.shape or tasks.ndim != 1:
        raise InvalidError("Tasks, workers and values must be one-dimensional and equally long.")
    if tasks.size and min(tasks.min(), workers.min()) < 0:
        raise InvalidError("Task and worker codes must not be negative.")
    size = int(tasks.max(initial=-1)) + 1
    known = np.full(size, np.nan) if gold is None else np.asarray(gold, dtype=np.float64)
    if len(known) < size:
        raise InvalidError(f"Gold has {len(known)} values for {size} tasks.", remedy="Give nan where it is unknown.")
    keep = np.isfinite(values)
    return _Numbers(tasks[keep], workers[keep], values[keep], known)


def _values(
    numbers: _Numbers, bias: NDArray[np.float64], variance: NDArray[np.float64], *, centre: float, width: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return mean and variance of each task's truth."""
    weight = 1 / variance[numbers.worker]
    precision = numbers.per_task(weight) + 1 / width
    mean = (numbers.per_task(weight * (numbers.value - bias[numbers.worker])) + centre / width) / precision
    known = np.isfinite(numbers.gold)
    return np.where(known, numbers.gold, mean), np.where(known, 0.0, 1 / precision)


def _habits(
    numbers: _Numbers, mean: NDArray[np.float64], spread: NDArray[np.float64], answered: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return bias and variance of each worker."""
    rest = numbers.value - mean[numbers.task]
    bias = numbers.per_worker(rest) / np.maximum(answered, 1)
    if not np.isfinite(numbers.gold).any():
        bias = np.where(answered > 0, bias - float(bias @ answered) / max(float(answered.sum()), 1.0), 0.0)
    squares = numbers.per_worker((rest - bias[numbers.worker]) ** 2 + spread[numbers.task])
    own = np.maximum(squares / np.maximum(answered, 1), 1e-12)
    usual = math.exp(float(np.log(own[answered > 0]).mean())) if answered.any() else 1.0
    return bias, (squares + PRIOR_ANSWERS * usual) / (answered + PRIOR_ANSWERS)


def _warnings(numbers: _Numbers) -> tuple[str, ...]:
    if np.isfinite(numbers.gold).any():
        return ()
    found = ["Without gold, a bias that all workers share cannot be seen."]
    per_task = numbers.per_task(np.ones(len(numbers.task)))
    if per_task.max(initial=0) < 2:  # noqa: PLR2004 -- one answer to each task
        found.append("No task has two answers: workers' spreads cannot be told from the tasks' own.")
    return tuple(found)
