"""The Bernoulli CUSUM: a chart of errors with log-likelihood-ratio increments and exact run lengths.

On a lattice: an error adds m − 1, every other answer takes 1 away, never below 0, and the chart alarms at the
threshold. The ratio m : 1 is that of the log-likelihood ratios of the two rates the chart is to tell apart, so its
run lengths follow exactly from a Markov chain over the lattice.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import scipy

from headwater.core.errors import InvalidError

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

HIGHEST = 4_000
"""Largest threshold that is looked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cusum:
    """A designed chart."""

    good: float
    """Error rate that is in control, in (0, 1)."""
    bad: float
    """Error rate that is to be found soon, above `good`."""
    step: int
    """m: an error adds m − 1, every other answer takes 1 away."""
    threshold: int
    """The chart alarms at or above this."""

    @property
    def method(self) -> str:
        """What the chart is, in a line."""
        return (
            f"Bernoulli CUSUM {self.good:.3f} against {self.bad:.3f}: +{self.step - 1} / −1, alarm at {self.threshold}"
        )

    def run_length(self, rate: float) -> float:
        """Return the expected number of answers until an alarm at a constant error rate, from a fresh chart: exact."""
        return float(_run_lengths(self.step, self.threshold, rate)[0])

    def false_alarms(self, n: int) -> float:
        """Return the probability of an alarm within n answers while the error rate is the good one: exact."""
        state = np.zeros(self.threshold)
        state[0] = 1.0
        for _ in range(n):
            state = _advance(state, self.step, self.good)
        return float(1 - state.sum())


class Course(NamedTuple):
    """What a chart did over a sequence of answers."""

    score: NDArray[np.int64]
    """The score after each answer; after an alarm the chart starts afresh, so an alarm shows once."""
    alarms: NDArray[np.int64]
    """Places of the alarms, from 0."""
    starts: NDArray[np.int64]
    """For each alarm, the place after the last time the score was 0: where the CUSUM itself puts the change."""


def increments(good: float, bad: float) -> int:
    """Return m: the number of answers that one error outweighs, from the ratio of the log-likelihood ratios.

    Raises:
        InvalidError: The rates are not 0 < good < bad < 1.

    Source:
        Reynolds & Stoumbos 1999: γ = −ln((1−p1)/(1−p0)) / ln(p1(1−p0)/(p0(1−p1))), rounded to 1/m.
    """
    if not 0 < good < bad < 1:
        raise InvalidError(
            f"A CUSUM of error rates {good:g} against {bad:g} cannot be made.",
            remedy="Use 0 < good < bad < 1, such as 0.1 and 0.2.",
        )
    down = -math.log((1 - bad) / (1 - good))
    up = math.log(bad * (1 - good) / (good * (1 - bad)))
    return max(2, round(up / down))


def design(good: float, bad: float, *, run_length: float) -> Cusum:
    """Return the chart with the smallest threshold whose in-control run length is at least the wanted one.

    Args:
        good: Error rate that is in control.
        bad: Error rate that is to be found.
        run_length: Wanted expected number of answers until a false alarm, above 1.

    Raises:
        InvalidError: The rates make no chart, or no threshold reaches the run length.
    """
    step = increments(good, bad)
    low, high = 1, 2 * step
    while _run_lengths(step, high, good)[0] < run_length:
        low, high = high + 1, 2 * high
        if high > HIGHEST:
            raise InvalidError(
                f"No CUSUM of {good:g} against {bad:g} runs {run_length:,.0f} answers without a false alarm.",
                remedy="Move the two rates further apart or ask for a shorter run length.",
            )
    while low < high:
        middle = (low + high) // 2
        if _run_lengths(step, middle, good)[0] >= run_length:
            high = middle
        else:
            low = middle + 1
    return Cusum(good=good, bad=bad, step=step, threshold=low)


def follow(chart: Cusum, errors: ArrayLike, *, score: int = 0) -> Course:
    """Return what a chart does over more answers.

    Args:
        chart: The chart.
        errors: Whether each answer is wrong, in order, shape (n,).
        score: The score before the first; 0 for a fresh chart.

    Returns:
        The course; following two halves one after the other, with the score between them, gives the same. A start
        before the first answer is given as −1.
    """
    wrong = np.asarray(errors, np.bool_)
    moves = np.where(wrong, chart.step - 1, -1)
    found = np.zeros(wrong.size, np.int64)
    alarms, starts = [], []
    place, current = 0, score
    while place < wrong.size:
        walk = np.cumsum(moves[place:])
        # S_t = C_t + max(S_0, −min_{s ≤ t} C_s)
        path = walk + np.maximum(current, -np.minimum.accumulate(walk))
        hits = np.flatnonzero(path >= chart.threshold)
        if not hits.size:
            found[place:] = path
            break
        hit = int(hits[0])
        found[place : place + hit + 1] = path[: hit + 1]
        zeros = np.flatnonzero(path[:hit] == 0)
        first = place + int(zeros[-1]) + 1 if zeros.size else (place if current == 0 else -1)
        alarms.append(place + hit)
        starts.append(first)
        place, current = place + hit + 1, 0
    return Course(found, np.asarray(alarms, np.int64), np.asarray(starts, np.int64))


def _run_lengths(step: int, threshold: int, rate: float) -> NDArray[np.float64]:
    """Solve (I − Q) L = 1 over the scores 0 … threshold − 1: Q is banded, with `step − 1` upper and one lower band."""
    upper = min(step - 1, threshold - 1)
    bands = np.zeros((upper + 2, threshold))
    bands[upper] = 1.0  # I
    bands[upper + 1, : threshold - 1] = -(1 - rate)  # from s to s − 1
    bands[upper, 0] -= 1 - rate  # from 0 to 0
    if step - 1 <= threshold - 1:
        bands[upper - (step - 1), step - 1 :] = -rate  # from s to s + step − 1
    return np.asarray(scipy.linalg.solve_banded((1, upper), bands, np.ones(threshold)))


def _advance(state: NDArray[np.float64], step: int, rate: float) -> NDArray[np.float64]:
    following = np.zeros_like(state)
    following[:-1] = (1 - rate) * state[1:]
    following[0] += (1 - rate) * state[0]
    if step - 1 < state.size:
        following[step - 1 :] += rate * state[: state.size - step + 1]
    return following
