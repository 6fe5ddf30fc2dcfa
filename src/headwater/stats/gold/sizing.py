"""How many gold answers a wanted precision needs, and how often gold must then be given out."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np

from headwater.core.errors import InvalidError
from headwater.stats.interval import check_confidence, clopper_pearson_bounds, wilson_bounds

if TYPE_CHECKING:
    from numpy.typing import NDArray

MOST_GOLD = 200_000
"""Largest sample that is looked for."""
MOST_RATE = 0.5
"""Largest share of tasks that a campaign gives out as gold."""
_CHUNK = 1000


class Method(StrEnum):
    """How the interval of a proportion is made."""

    WILSON = "wilson"
    CLOPPER_PEARSON = "clopper-pearson"


@dataclass(frozen=True, slots=True, kw_only=True)
class Injection:
    """How often gold is to be given out for a wanted precision."""

    needed: int
    """Gold answers for the wanted half-width."""
    rate: float
    """Share of the tasks given to one annotator that must be gold, in [0, 0.5]."""
    reached: float
    """Half-width that the rate gives: the wanted one, unless the rate had to be capped."""
    pool: int
    """Different gold items that let nobody see one more often than allowed."""
    note: str
    """What cannot be had; empty when everything can."""


def gold_size(accuracy: float, *, half_width: float, confidence: float = 0.95, method: Method = Method.WILSON) -> int:
    """Return the smallest number of gold answers whose interval has at most the wanted half-width.

    Args:
        accuracy: The accuracy that is expected, in [0, 1]; the successes are n · accuracy, rounded.
        half_width: Half the length of the interval, in (0, 0.5).
        confidence: Nominal coverage, in (0, 1).
        method: How the interval is made.

    Raises:
        InvalidError: An argument is outside its range, or more than 200,000 answers would be needed.
    """
    if not 0 <= accuracy <= 1 or not 0 < half_width < 0.5:  # noqa: PLR2004 -- the range of a half-width
        raise InvalidError(
            f"An accuracy of {accuracy:g} with a half-width of {half_width:g} is outside its range.",
            remedy="Use an accuracy from 0 to 1 and a half-width between 0 and 0.5.",
        )
    for first in range(1, MOST_GOLD, _CHUNK):
        n = np.arange(first, first + _CHUNK)
        enough = np.flatnonzero(_half_width(accuracy, n, confidence, method) <= half_width)
        if enough.size:
            return int(n[enough[0]])
    raise InvalidError(
        f"A half-width of {half_width:g} needs more than {MOST_GOLD:,} gold answers.", remedy="Ask for a wider one."
    )


def zero_error_size(error: float, *, confidence: float = 0.95) -> int:
    """Return how many gold answers, all right, show that the error rate is below a limit.

    With that many answers and none wrong, an error rate of `error` or more would have shown itself with the stated
    confidence: (1 − error)ⁿ ≤ 1 − confidence, so n = ln(1 − confidence) / ln(1 − error), rounded up.

    Args:
        error: The limit, in (0, 1).
        confidence: One-sided confidence, in (0, 1).

    Raises:
        InvalidError: An argument is outside its range.
    """
    if not 0 < error < 1:
        raise InvalidError(f"An error rate of {error:g} is not between 0 and 1.", remedy="Use for example 0.05.")
    return math.ceil(math.log(1 - check_confidence(confidence)) / math.log1p(-error) - 1e-9)


def injection(
    accuracy: float, *, half_width: float, tasks: int, exposures: int = 1, confidence: float = 0.95
) -> Injection:
    """Return the share of tasks that must be gold so that one annotator's accuracy is known as precisely as wanted.

    Args:
        accuracy: The accuracy that is expected, in [0, 1].
        half_width: Half the length of the wanted Wilson interval.
        tasks: Tasks one annotator will be given, gold among them, at least 1.
        exposures: How often one annotator may see the same gold item, at least 1; the pool rotates accordingly.
        confidence: Nominal coverage.

    Raises:
        InvalidError: An argument is outside its range.
    """
    if tasks < 1 or exposures < 1:
        raise InvalidError("Tasks and exposures start at 1.", remedy="Count the tasks one annotator will be given.")
    needed = gold_size(accuracy, half_width=half_width, confidence=confidence)
    rate = min(needed / tasks, MOST_RATE)
    given = min(needed, max(1, int(tasks * MOST_RATE)))
    capped = given < needed
    reached = float(_half_width(accuracy, np.asarray([given]), confidence, Method.WILSON)[0])
    return Injection(
        needed=needed,
        rate=rate,
        reached=reached,
        pool=math.ceil(given / exposures),
        note=f"{tasks:,} tasks hold at most {given:,} gold answers: the half-width will be {reached:.3f}."
        if capped
        else "",
    )


def _half_width(accuracy: float, n: NDArray[np.int64], confidence: float, method: Method) -> NDArray[np.float64]:
    bounds = wilson_bounds if method is Method.WILSON else clopper_pearson_bounds
    low, high = bounds(np.round(accuracy * n), n, confidence=confidence)
    return (high - low) / 2
