"""What a few trials say about a share: the Beta posterior."""

from __future__ import annotations

import scipy

from headwater.core.errors import InvalidError
from headwater.stats.interval import Estimate, check_confidence

_PRIOR = 1.0
"""Of both counts: before any trial every share is as likely as any other."""


def posterior(successes: int, n: int, *, confidence: float = 0.95) -> Estimate:
    """Return the mean of the Beta posterior of a share with its equal-tailed credible interval.

    Args:
        successes: 0 to n.
        n: Independent trials.
        confidence: Posterior probability of the interval, in (0, 1).

    Returns:
        The estimate; without a trial it is 0.5 with nearly the whole of [0, 1].

    Raises:
        InvalidError: successes is negative or above n, or confidence is not in (0, 1).

    Source:
        Bayes 1763: a uniform prior and n trials give Beta(1 + successes, 1 + n − successes).
    """
    check_confidence(confidence)
    tail = (1 - confidence) / 2
    return Estimate(
        value=(successes + _PRIOR) / (n + 2 * _PRIOR),
        low=_quantile(successes, n, tail),
        high=_quantile(successes, n, 1 - tail),
        n=n,
        method="Beta posterior, uniform prior",
        confidence=confidence,
    )


def upper(successes: int, n: int, *, confidence: float = 0.95) -> float:
    """Return what a share is below with a posterior probability of `confidence`, in (0, 1)."""
    return _quantile(successes, n, check_confidence(confidence))


def _quantile(successes: int, n: int, at: float) -> float:
    if not 0 <= successes <= n:
        raise InvalidError(f"{successes} of {n} is no share.")
    return float(scipy.special.betaincinv(successes + _PRIOR, n - successes + _PRIOR, at))
