"""When a model's answers may stand: a threshold on its score with a proven error rate, and a watch over it later.

The threshold is certified once on items whose right answers are known; the watch looks at audited items one by one,
as long as it likes, with a false-alarm rate that holds over the whole time.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import scipy

from headwater.core.errors import InvalidError
from headwater.stats.interval import Estimate, clopper_pearson

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

_BETS = np.geomspace(0.02, 0.9, 16)
"""Shares of the largest allowed bet that are mixed: small ones find small excesses, large ones find large excesses."""
_HALVINGS = 12
_LEAST = 0.5
"""Confidence of the interval that is shown where delta is so large that none holds with 1 - 2 delta."""

LEAST = 1e-6
"""Smallest error rate and chance that can be asked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Threshold:
    """Above which score answers may stand."""

    value: float
    """Lowest certified score; nan when none is."""
    error: Estimate
    """Error rate at or above it, with the exact two-sided interval whose upper end holds with 1 - delta."""
    share: float
    """Share of the calibration items at or above it, in [0, 1]; 0 when none is certified."""
    n: int
    """Calibration items."""
    least: int
    """Items that must lie above a threshold before it is looked at."""
    tested: int
    """Thresholds that were tested, the last one failing unless all were certified."""

    @property
    def is_certified(self) -> bool:
        """Whether there is such a score."""
        return not math.isnan(self.value)


def certify(score: ArrayLike, wrong: ArrayLike, *, alpha: float, delta: float) -> Threshold:
    """Return the lowest score above which the error rate is at most alpha, but for a chance of delta.

    Thresholds are tested from the highest score down, in an order that the errors have no part in, and each at the
    full level delta; testing ends at the first failure, so no correction for their number is needed. It begins where
    at least 2 ln(1/delta) / alpha items lie above, since fewer can hardly pass.

    Args:
        score: Score of each calibration item (items).
        wrong: Whether the model's answer to it is wrong (items).
        alpha: Highest error rate that is allowed, in (0, 1).
        delta: Chance, over the drawing of the calibration items, that the bound is broken, in (0, 1).

    Returns:
        The threshold; its value is nan when no score is certified.

    Raises:
        InvalidError: alpha or delta is below `LEAST` or not below 1, a score is not a number, or the lengths differ.

    Source:
        Angelopoulos, Bates, Candès, Jordan & Lei 2021, Learn then test, section 2.3 (fixed sequence), with the exact
        binomial p-value (Clopper-Pearson). The guarantee is marginal over the population the items are drawn from.
    """
    _check(alpha, delta)
    scores, errors = np.asarray(score, np.float64), np.asarray(wrong, np.bool_)
    if scores.shape != errors.shape or scores.ndim != 1 or np.isnan(scores).any():
        raise InvalidError("Every calibration item needs a score that is a number, and whether it is wrong.")
    least = math.ceil(2 * math.log(1 / delta) / alpha)
    order = np.argsort(-scores, kind="stable")
    scores, bad = scores[order], np.cumsum(errors[order])
    last = np.r_[scores[1:] != scores[:-1], True] if scores.size else np.zeros(0, np.bool_)
    places = np.flatnonzero(last)  # items with one score stand or fall together
    places = places[places + 1 >= least]
    passes: NDArray[np.bool_] = np.asarray(scipy.stats.binom.cdf(bad[places], places + 1, alpha) <= delta)
    failed = np.flatnonzero(~passes)
    good = int(failed[0]) if failed.size else int(passes.size)
    chosen = int(places[good - 1]) if good else -1
    return Threshold(
        value=float(scores[chosen]) if good else math.nan,
        error=clopper_pearson(int(bad[chosen]) if good else 0, chosen + 1, confidence=max(1 - 2 * delta, _LEAST)),
        share=(chosen + 1) / scores.size if good else 0.0,
        n=int(scores.size),
        least=least,
        tested=min(good + 1, int(passes.size)),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """What audited items say of an error rate that is to stay at most alpha."""

    evidence: float
    """Factor by which a bet against the bound has grown; under the bound it exceeds 1/delta with chance delta, ever."""
    alarm: int
    """The item, from 1, at which the alarm went off; 0 for none."""
    error: Estimate
    """Error rate with a lower bound that holds at every moment together; its upper end is 1."""


def watch(wrong: ArrayLike, *, alpha: float, delta: float) -> Watch:
    """Return whether audited items, in the order in which they came, contradict an error rate of at most alpha.

    Args:
        wrong: Whether each audited item was wrong (items, in order).
        alpha: The error rate that was certified.
        delta: Chance of a false alarm over the whole time, however often it is looked at.

    Raises:
        InvalidError: alpha or delta is not in (0, 1).

    Source:
        Waudby-Smith & Ramdas 2024, Estimating means of bounded random variables by betting, one-sided, with a fixed
        mixture of bets in the place of adaptive ones; Ville's inequality bounds the false alarms.
    """
    _check(alpha, delta)
    errors = np.asarray(wrong, np.float64)
    path = _wealth(errors, alpha)
    over = np.flatnonzero(path >= math.log(1 / delta))
    value = float(errors.mean()) if errors.size else math.nan
    return Watch(
        evidence=float(np.exp(min(path[-1], 700.0))) if errors.size else 1.0,
        alarm=int(over[0]) + 1 if over.size else 0,
        error=Estimate(
            value=value,
            low=_refuted(errors, delta),
            high=1.0,
            n=int(errors.size),
            method="betting, at every moment",
            confidence=1 - delta,
            note="" if errors.size else "nothing was audited yet",
        ),
    )


def _refuted(errors: NDArray[np.float64], delta: float) -> float:
    """The largest bound that is refuted at some moment, by bisection: evidence falls as the bound rises."""
    low, high = 0.0, 1.0
    for _ in range(_HALVINGS if errors.any() else 0):
        middle = (low + high) / 2
        if _wealth(errors, middle).max() >= math.log(1 / delta):
            low = middle
        else:
            high = middle
    return low


def _wealth(errors: NDArray[np.float64], bound: float) -> NDArray[np.float64]:
    """Log wealth after each item of mixed bets that the mean is above a bound: mean over bets of Π (1 + λ (e - m))."""
    right, off = np.cumsum(1 - errors), np.cumsum(errors)
    lost, won = np.log1p(-_BETS), np.log1p(_BETS * (1 - bound) / bound)
    each = np.multiply.outer(lost, right) + np.multiply.outer(won, off)
    top = each.max(axis=0)
    found: NDArray[np.float64] = top + np.log(np.exp(each - top).mean(axis=0))
    return found


def _check(alpha: float, delta: float) -> None:
    if not LEAST <= alpha < 1 or not LEAST <= delta < 1:
        raise InvalidError(
            f"An error rate of {alpha:g} and a chance of {delta:g} are not both between {LEAST:g} and 1.",
            remedy="Ask for what a sample can prove: an error rate of 0.01 takes some hundred gold answers.",
        )
