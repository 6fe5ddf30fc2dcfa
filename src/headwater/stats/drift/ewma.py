"""The EWMA chart of normal scores, with run lengths from its integral equation.

The scores compare each window of answers with everything before it (`headwater.stats.drift.scores`), so the chart
needs no reference that somebody would have to know beforehand.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from headwater.core.errors import InvalidError

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

NODES = 96
"""Points of the Gauss–Legendre rule; 24 give the same six digits."""
_HALVINGS = 50
"""Steps of the bisection for a width: as exact as its digits go."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ewma:
    """A designed chart of standard normal scores."""

    weight: float
    """λ: what the newest score counts, in (0, 1]."""
    width: float
    """L: the limits stand L standard deviations of the average from 0."""

    @property
    def limit(self) -> float:
        """Where the steady limits stand: L · √(λ / (2 − λ))."""
        return self.width * math.sqrt(self.weight / (2 - self.weight))

    @property
    def method(self) -> str:
        """What the chart is, in a line."""
        return f"EWMA of normal scores, λ {self.weight:g}, limits ±{self.limit:.3f} (L {self.width:.3f})"

    def run_length(self, shift: float = 0.0) -> float:
        """Return the expected number of scores until an alarm when their mean is `shift`, from 0, both sides.

        Source:
            Crowder 1987: L(u) = 1 + 1/λ ∫ L(y) φ((y − (1−λ)u)/λ − shift) dy over the limits, by Gauss–Legendre.
        """
        return _run_length(self.weight, self.width, shift)


class Course(NamedTuple):
    """What a chart did over a sequence of scores."""

    average: NDArray[np.float64]
    """The weighted average after each score; it starts again at 0 after an alarm."""
    alarms: NDArray[np.int64]
    """Places of the alarms, from 0."""


def design(*, run_length: float, weight: float = 0.2) -> Ewma:
    """Return the chart whose in-control run length is the wanted one.

    Args:
        run_length: Wanted expected number of scores until a false alarm, from 10 to 10,000,000.
        weight: λ, in (0, 1]; small ones find small shifts.

    Raises:
        InvalidError: An argument is outside its range.
    """
    if not 10 <= run_length <= 1e7 or not 0 < weight <= 1:  # noqa: PLR2004 -- the range
        raise InvalidError(
            f"An EWMA with λ {weight:g} and a run length of {run_length:g} cannot be made.",
            remedy="Use λ in (0, 1] and a run length from 10 to 10,000,000.",
        )
    return Ewma(weight=weight, width=_width(run_length, weight))


def follow(chart: Ewma, scores: ArrayLike, *, average: float = 0.0, upper_only: bool = False) -> Course:
    """Return what a chart does over more scores.

    Args:
        chart: The chart.
        scores: Standard normal while nothing changes, in order, shape (n,).
        average: The average before the first; 0 for a fresh chart.
        upper_only: Alarm only above; then false alarms come half as often as the run length says.
    """
    values = np.asarray(scores, np.float64)
    found, alarms, current = list[float](), [], average
    weight, limit = chart.weight, chart.limit
    lowest = -math.inf if upper_only else -limit
    for place, score in enumerate(values.tolist()):
        current = (1 - weight) * current + weight * score
        found.append(current)
        if current > limit or current < lowest:
            alarms.append(place)
            current = 0.0
    return Course(np.asarray(found, np.float64), np.asarray(alarms, np.int64))


@lru_cache(maxsize=1)
def _rule() -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    return np.polynomial.legendre.leggauss(NODES)


@lru_cache(maxsize=256)
def _width(run_length: float, weight: float) -> float:
    low, high = 0.2, 7.0
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        low, high = (middle, high) if _run_length(weight, middle, 0.0) < run_length else (low, middle)
    return (low + high) / 2


def _run_length(weight: float, width: float, shift: float) -> float:
    half = width * math.sqrt(weight / (2 - weight))
    nodes, weights = _rule()
    places, parts = nodes * half, weights * half

    def kernel(start: NDArray[np.float64]) -> NDArray[np.float64]:
        z = (places[None, :] - (1 - weight) * start[:, None]) / weight - shift
        return np.asarray(parts * np.exp(-z * z / 2) / (math.sqrt(2 * math.pi) * weight))

    inside = np.linalg.solve(np.eye(NODES) - kernel(places), np.ones(NODES))
    return float(1 + (kernel(np.zeros(1)) @ inside)[0])
