"""Normal scores of windows: each window of answers against everything before it, exactly.

Given the pooled counts, the split between a window and its past is hypergeometric while nothing changes, whatever
the rates are; and the splits of successive windows are independent of each other. So the p-values need no known
reference and may be charted.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy import special, stats

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

DRAWS = 2_000
"""Simulated windows behind the p-value of a mix of labels."""


def rate_score(past: ArrayLike, window: ArrayLike) -> float:
    """Return how much a window's error rate exceeds that of its past, as a normal score.

    Args:
        past: Answers that are not errors and answers that are, before the window, shape (2,).
        window: The same within the window, shape (2,).

    Returns:
        The normal score of the mid-p of Fisher's exact test, above 0 for more errors; 0 when either side is empty.
    """
    before, within = np.asarray(past, np.int64), np.asarray(window, np.int64)
    if before.sum() == 0 or within.sum() == 0:
        return 0.0
    total, errors, drawn = int((before + within).sum()), int(before[1] + within[1]), int(within.sum())
    more = float(stats.hypergeom.sf(within[1], total, errors, drawn))
    same = float(stats.hypergeom.pmf(within[1], total, errors, drawn))
    return _normal(more + same / 2)


def mix_score(past: ArrayLike, window: ArrayLike, *, rng: np.random.Generator) -> float:
    """Return how far a window's mix of labels is from that of its past, as a normal score.

    Args:
        past: Count of each label before the window, shape (k,).
        window: The same within the window, shape (k,).
        rng: Draws windows as they are while nothing changes.

    Returns:
        The normal score of the simulated mid-p of the chi-square distance, above 0 for an unusual window; 0 when
        either side is empty or only one label was ever given.
    """
    before, within = np.asarray(past, np.int64), np.asarray(window, np.int64)
    pooled = before + within
    seen = pooled > 0
    if before.sum() == 0 or within.sum() == 0 or seen.sum() < 2:  # noqa: PLR2004 -- one label has no mix
        return 0.0
    pooled, within = pooled[seen], within[seen]
    expected = pooled * (within.sum() / pooled.sum())
    drawn = rng.multivariate_hypergeometric(pooled, int(within.sum()), size=DRAWS)
    distances = np.round((((drawn - expected) ** 2) / expected).sum(axis=1), 9)
    observed = round(float((((within - expected) ** 2) / expected).sum()), 9)
    more, same = int((distances > observed).sum()), int((distances == observed).sum())
    return _normal((more + (same + 1) / 2) / (DRAWS + 1))


def _normal(p: float) -> float:
    return float(-special.ndtri(min(max(p, 1e-12), 1 - 1e-12)))


def windows(values: NDArray[np.int64], *, size: int, kinds: int) -> NDArray[np.int64]:
    """Return the counts of each kind in successive whole windows, shape (windows, kinds); a rest is left out."""
    whole = values.size // size
    codes = values[: whole * size] + kinds * np.repeat(np.arange(whole), size)
    return np.asarray(np.bincount(codes, minlength=whole * kinds).reshape(whole, kinds))
