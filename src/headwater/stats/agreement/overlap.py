"""What more answers per task would buy: how reliable a label made from k answers is, before anybody pays for them.

Two figures for every k. *Reliability* (Spearman-Brown) is the correlation of the mean of k answers with that of
another k. *Stability* is the chance that another panel of k would choose the same label by majority. Both follow
from alpha, since nominal alpha is the intraclass correlation of the Dirichlet-multinomial model: a task draws the
mix of answers it provokes from a Dirichlet distribution around the overall shares, with concentration (1 - a) / a.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from headwater.core.errors import InvalidError
from headwater.stats.interval import Estimate, undefined

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

TASKS = 20_000
"""Simulated tasks for each end of the interval; the stability is exact to about 0.007 (two standard errors)."""
_BLOCK = 2_000
_EDGE = 1e-3


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """What so many answers per task give."""

    answers: int
    reliability: Estimate
    stability: Estimate
    """Undefined where answers are not labels."""


def forecast(
    alpha: Estimate, shares: ArrayLike | None = None, *, most: int = 9, rng: np.random.Generator | None = None
) -> list[Step]:
    """Return what 1 to `most` answers per task give, from the agreement of single answers.

    Args:
        alpha: Agreement of single answers, with its interval.
        shares: Share of each label among the answers; None for numbers and sets, which have no stability.
        most: Largest number of answers looked at, 1 to 25.
        rng: Of the simulation; a fixed seed when None.

    Returns:
        One step per number of answers. Intervals are alpha's own, carried over: both figures only grow with it.

    Raises:
        InvalidError: `most` is out of range, or a share is negative.
    """
    if not 1 <= most <= 25:  # noqa: PLR2004
        raise InvalidError(f"{most} answers per task cannot be looked at.", remedy="Ask for 1 to 25.")
    mix = np.zeros(0) if shares is None else np.asarray(shares, np.float64)
    if np.any(mix < 0):
        raise InvalidError("A label's share is negative.")
    ends = [_inside(value) for value in (alpha.value, alpha.low, alpha.high)]
    known = mix[mix > 0] / mix.sum() if mix.sum() > 0 else mix
    generator = np.random.default_rng(0) if rng is None else rng
    seed = int(generator.integers(2**32))
    stable = [_stability(end, known, most, seed) for end in ends] if alpha.defined and known.size > 1 else []
    return [
        Step(
            answers=k,
            reliability=reliability(alpha, k),
            stability=Estimate(
                value=float(stable[0][k - 1]),
                low=float(min(stable[0][k - 1], stable[1][k - 1])),
                high=float(max(stable[0][k - 1], stable[2][k - 1])),
                n=alpha.n,
                method=f"majority of {k}, Dirichlet-multinomial simulation of {TASKS:,} tasks at alpha and its ends",
                confidence=alpha.confidence,
            )
            if stable
            else undefined("Answers that are not labels have no majority.", n=alpha.n, method="majority"),
        )
        for k in range(1, most + 1)
    ]


def reliability(alpha: Estimate, answers: int) -> Estimate:
    """Return the reliability of the mean of several answers: k·a / (1 + (k - 1)·a), 0 for negative a.

    Computed as 1 - (1 - a) / (1 + (k - 1)·a), which rounding cannot make fall as k or a grows.

    Source: Spearman 1910; Brown 1910.
    """
    method = f"Spearman-Brown for {answers} answers from {alpha.method}"
    if not alpha.defined:
        return undefined(alpha.note, n=alpha.n, method=method, confidence=alpha.confidence)

    def of(single: float) -> float:
        kept = max(single, 0.0)
        return single if math.isnan(single) else 1 - (1 - kept) / (1 + (answers - 1) * kept)

    return Estimate(
        value=of(alpha.value),
        low=of(alpha.low),
        high=of(alpha.high),
        n=alpha.n,
        method=method,
        confidence=alpha.confidence,
    )


def needed(alpha: Estimate, target: float) -> Estimate:
    """Return how many answers per task reach a reliability: t (1 - a) / (a (1 - t)), rounded up.

    Args:
        alpha: Agreement of single answers.
        target: Wanted reliability, in (0, 1).

    Returns:
        The number; its upper end is infinite where alpha's interval reaches 0. Undefined when alpha is 0 or less.

    Raises:
        InvalidError: The target is not between 0 and 1.
    """
    if not 0 < target < 1:
        raise InvalidError(f"A reliability of {target} cannot be wanted.", remedy="Use for example 0.9.")
    method = f"answers for a reliability of {target:g}, Spearman-Brown"
    if not alpha.value > 0:
        return undefined("Without agreement no number of answers is enough.", n=alpha.n, method=method)

    def of(single: float) -> float:
        if math.isnan(single):
            return single
        ratio = target * (1 - single) / (single * (1 - target)) if single > 0 else math.inf
        return ratio if math.isinf(ratio) else max(1.0, math.ceil(ratio - 1e-9))

    return Estimate(
        value=of(alpha.value), low=of(alpha.high), high=of(alpha.low), n=alpha.n, method=method,
        confidence=alpha.confidence,
    )  # fmt: skip


def _inside(alpha: float) -> float:
    return min(max(0.0 if math.isnan(alpha) else alpha, _EDGE), 1 - _EDGE)


def _stability(alpha: float, shares: NDArray[np.float64], most: int, seed: int) -> NDArray[np.float64]:
    """Return the chance that two panels of 1 to `most` have the same majority, ties broken at random."""
    rng = np.random.default_rng(seed)
    same = np.zeros(most)
    for _ in range(0, TASKS, _BLOCK):
        mix = rng.dirichlet(shares * (1 - alpha) / alpha, size=_BLOCK)
        edges = np.cumsum(np.nan_to_num(mix, nan=1 / shares.size), axis=1)[:, None, :-1]
        drawn = (rng.random((_BLOCK, 2 * most))[:, :, None] > edges).sum(axis=2)
        votes = np.cumsum(np.eye(shares.size)[drawn].reshape(_BLOCK, 2, most, shares.size), axis=2)
        winner = (votes + rng.random(votes.shape) * 0.5).argmax(axis=3)
        same += (winner[:, 0] == winner[:, 1]).sum(axis=0)
    return same / TASKS
