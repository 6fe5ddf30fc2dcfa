"""Where a sequence changed: the likeliest place, with the places that are nearly as likely."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import scipy

from headwater.stats.interval import check_confidence

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangePoint:
    """The likeliest change in a sequence of labels or of errors."""

    place: int
    """The first element after the change, from 0; in [1, n)."""
    low: int
    """First place of the interval."""
    high: int
    """Last place of the interval."""
    gain: float
    """Log-likelihood gained over no change at all, in nats, at least 0."""
    n: int
    """Length of the sequence."""
    confidence: float
    """Nominal coverage of the interval."""
    method: str = "likelihood, Siegmund's interval"


def change_point(values: ArrayLike, *, kinds: int = 2, confidence: float = 0.95) -> ChangePoint | None:
    """Return where the shares of the kinds changed, if they changed once.

    Args:
        values: Code of each element in order, in [0, kinds); errors as 0 and 1, shape (n,).
        kinds: How many kinds there are.
        confidence: Nominal coverage of the interval of the place.

    Returns:
        The place at which two multinomial pieces fit best, and the span of places whose log-likelihood is within
        −ln(1 − √confidence) of it. None for fewer than two elements.

    Source:
        Siegmund 1988, "Confidence sets in change-point problems": the loss at the true place is the larger of the
        maxima of two negative-drift walks, each above c with probability at most e⁻ᶜ. That takes the shares as known;
        they are estimated here, so on short sequences the set covers a little less.
    """
    codes = np.asarray(values, np.int64)
    n = codes.size
    if n < 2:  # noqa: PLR2004 -- there is no place between one
        return None
    gains = _gains(codes, kinds)
    best = int(gains.argmax())
    within = np.flatnonzero(gains >= gains[best] + math.log(1 - math.sqrt(check_confidence(confidence))))
    return ChangePoint(
        place=best + 1,
        low=int(within[0]) + 1,
        high=int(within[-1]) + 1,
        gain=float(gains[best]),
        n=n,
        confidence=confidence,
    )


def _gains(codes: NDArray[np.int64], kinds: int) -> NDArray[np.float64]:
    """Log-likelihood of two pieces over one, for each first element 1 … n − 1 of the second piece."""
    before = np.cumsum(codes[:, None] == np.arange(kinds), axis=0)[:-1]
    after = np.bincount(codes, minlength=kinds) - before
    sizes = np.arange(1, codes.size)

    def fit(counts: NDArray[np.int64], total: NDArray[np.int64]) -> NDArray[np.float64]:
        return np.asarray(scipy.special.xlogy(counts, counts / total[:, None]).sum(axis=1))

    whole = before[:1] + after[:1]
    return np.maximum(fit(before, sizes) + fit(after, codes.size - sizes) - fit(whole, np.asarray([codes.size])), 0.0)
