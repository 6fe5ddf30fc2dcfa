"""When work will be done, from what was done on past days."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

RUNS = 1000
HORIZON = 730
"""Days after which a simulated future is not followed any more."""


def days_needed(
    daily: NDArray[np.float64],
    kind: NDArray[np.int64],
    ahead: NDArray[np.int64],
    *,
    left: NDArray[np.float64],
    head_start: float,
    rng: np.random.Generator,
) -> NDArray[np.float64]:
    """Return on which coming day the work is done, in each of many simulated futures.

    Every future draws its own pace (a Bayesian bootstrap: Dirichlet weights over the past days) and then its days from
    past days of the same kind with these weights, so both the chance of single days and that a few past days do not
    tell the pace are in the spread. A kind without a past day draws from all.

    Args:
        daily: What was done on past days, shape (days,), at least one of them above 0.
        kind: The kind of each past day, such as 0 for a working day and 1 for a weekend, shape (days,).
        ahead: The kinds of the coming days, from day 0, shape (horizon,).
        left: What is left in each future, shape (runs,).
        head_start: What was done of day 0 already and is not in `left`.
        rng: The source of chance.

    Returns:
        Day of completion in each future, shape (runs,), from 0; inf when it is not within the horizon.

    Source:
        Rubin 1981, The Bayesian bootstrap.
    """
    runs, horizon = len(left), len(ahead)
    weights = rng.exponential(size=(runs, len(daily)))
    made = np.empty((runs, horizon))
    for each in np.unique(ahead):
        past = np.flatnonzero(kind == each) if (kind == each).any() else np.arange(len(daily))
        columns = np.flatnonzero(ahead == each)
        reach = np.cumsum(weights[:, past], axis=1)
        at = rng.random((runs, len(columns))) * reach[:, -1:]
        places = (at[:, :, None] > reach[:, None, :-1]).sum(axis=2) if len(past) > 1 else np.zeros(at.shape, np.int64)
        made[:, columns] = daily[past][places]
    made[:, 0] = np.maximum(made[:, 0] - head_start, 0.0)
    done = np.cumsum(made, axis=1) >= left[:, None]
    return np.where(done.any(axis=1), done.argmax(axis=1).astype(np.float64), np.inf)
