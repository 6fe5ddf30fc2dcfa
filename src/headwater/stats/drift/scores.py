"""Normal scores of windows: each window of answers against everything before it, exactly.

Given the pooled counts, the split between a window and its past is hypergeometric while nothing changes, whatever
the rates are; and the splits of successive windows are independent of each other. So the p-values need no known
reference and may be charted.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import scipy

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

DRAWS = 4_000
"""Simulated windows behind the p-values of mixes of labels."""
MOVED = 0.05
"""Relative change of a label's share after which windows are simulated anew."""


def rate_score(past: ArrayLike, window: ArrayLike) -> float:
    """Return how much a window's error rate exceeds that of its past, as a normal score: see `rate_scores`."""
    return float(rate_scores(np.asarray(past), np.asarray(window))[0])


def rate_scores(past: ArrayLike, window: ArrayLike) -> NDArray[np.float64]:
    """Return how much the error rate of each window exceeds that of its past, as normal scores.

    Args:
        past: Answers that are not errors and answers that are, before each window, shape (w, 2).
        window: The same within each window, shape (w, 2).

    Returns:
        The normal scores of the mid-p of Fisher's exact test, above 0 for more errors, shape (w,); 0 where either
        side is empty.
    """
    before, within = np.asarray(past, np.int64).reshape(-1, 2), np.asarray(window, np.int64).reshape(-1, 2)
    drawn, errors = within.sum(axis=1), before[:, 1] + within[:, 1]
    correct = before.sum(axis=1) + drawn - errors
    count = np.arange(int(drawn.max(initial=0)) + 1)
    possible = (count >= (drawn - correct)[:, None]) & (count <= np.minimum(drawn, errors)[:, None])
    # log of p(k + 1) / p(k), added up from the fewest errors there can be
    steps = possible[:, :-1] & possible[:, 1:]
    more, fewer = (errors[:, None] - count) * (drawn[:, None] - count), (correct - drawn)[:, None] + count
    ratio = np.where(steps, more[:, :-1], 1) / np.where(steps, count[1:] * fewer[:, 1:], 1)
    logs = np.concatenate([np.zeros((drawn.size, 1)), np.cumsum(np.log(ratio), axis=1)], axis=1)
    logs = np.where(possible, logs, -np.inf)
    share = np.exp(logs - logs.max(axis=1, initial=-np.inf, keepdims=True))
    share /= share.sum(axis=1, keepdims=True)
    observed = within[:, 1][:, None]
    p = np.where(count > observed, share, 0.0).sum(axis=1) + np.where(count == observed, share, 0.0).sum(axis=1) / 2
    return np.where((drawn == 0) | (before.sum(axis=1) == 0), 0.0, _normal(p))


def mix_scores(counts: ArrayLike, *, seed: int = 0) -> NDArray[np.float64]:
    """Return how far the mix of labels in each window is from that of all windows before it, as normal scores.

    The score of a window depends on it and those before alone: later windows do not change it.

    Args:
        counts: Count of each label in successive windows, shape (w, k).
        seed: Draws windows as they are while nothing changes. They are drawn from what was given up to a window, whose
            mix is what they and it are distant from, and serve the next ones as well until the share of a label has
            changed by `MOVED`.

    Returns:
        The normal scores of the simulated mid-p of the chi-square distance, above 0 for an unusual window, shape
        (w,); 0 where a window or all before it is empty, or only one label was ever given.
    """
    within = np.asarray(counts, np.int64)
    pooled = np.cumsum(within, axis=0)
    total, drawn = pooled.sum(axis=1), within.sum(axis=1)
    scores = np.zeros(len(within))
    # one label has no mix, and nothing is unusual where nothing was before
    judged = (drawn > 0) & (total > drawn) & (np.count_nonzero(pooled, axis=1) >= 2)  # noqa: PLR2004
    share = pooled / np.maximum(total, 1)[:, None]
    place = int(judged.argmax()) if judged.any() else len(within)
    while place < len(within):
        reach = _reach(share, pooled, drawn, place)
        block = np.flatnonzero(judged[place:reach]) + place
        if block.size:
            rng = np.random.default_rng([seed, int(block[0])])
            scores[block] = _simulated(within[block], share[block[0]], pooled[block[0]], rng)
        place = reach
    return scores


def _reach(share: NDArray[np.float64], pooled: NDArray[np.int64], drawn: NDArray[np.int64], start: int) -> int:
    """The first window after `start` for which windows have to be drawn anew."""
    step = 1_000
    if pooled[start].sum() * MOVED < drawn[start]:  # the window is itself a large part of what it is drawn from
        return start + 1
    for first in range(start + 1, len(share), step):
        part = slice(first, first + step)
        moved = np.abs(share[part] - share[start]) > MOVED * share[start]
        fresh = moved.any(axis=1) | (drawn[part] != drawn[start])
        if fresh.any():
            return first + int(fresh.argmax())
    return len(share)


def _simulated(
    within: NDArray[np.int64], share: NDArray[np.float64], pooled: NDArray[np.int64], rng: np.random.Generator
) -> NDArray[np.float64]:
    """Score windows by their distance from one mix, among distances of windows drawn from what was given."""
    seen = pooled > 0
    size = int(within[0].sum())
    draws = rng.multivariate_hypergeometric(pooled[seen], size, size=DRAWS)
    # the sum of (o - e)² / e is that of o² / e less the size of the window
    inverse = 1 / (size * share[seen])
    distances = np.sort(draws.astype(np.float64) ** 2 @ inverse)
    observed = within[:, seen].astype(np.float64) ** 2 @ inverse
    slack = 1e-9 * observed
    more = DRAWS - np.searchsorted(distances, observed + slack, side="right")
    least = DRAWS - np.searchsorted(distances, observed - slack, side="left")
    return _normal((more + least + 1) / 2 / (DRAWS + 1))


def _normal(p: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(-scipy.special.ndtri(np.clip(p, 1e-12, 1 - 1e-12)))


def windows(values: NDArray[np.integer], *, size: int, kinds: int) -> NDArray[np.int64]:
    """Return the counts of each kind in successive whole windows, shape (windows, kinds); a rest is left out."""
    whole = values.size // size
    codes = values[: whole * size] + kinds * np.repeat(np.arange(whole), size)
    return np.asarray(np.bincount(codes, minlength=whole * kinds).reshape(whole, kinds))
