"""Many tests at once: p-values adjusted so that the whole family errs at a stated rate."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray


def holm(p: ArrayLike) -> NDArray[np.float64]:
    """Return p-values adjusted so that rejecting those at or below a level errs anywhere at most that often.

    Args:
        p: The p-values, however they depend on each other, shape (m,).

    Returns:
        The adjusted ones in the same order, at most 1; empty for none.

    Source: Holm 1979, "A simple sequentially rejective multiple test procedure".
    """
    values = np.asarray(p, np.float64)
    order = np.argsort(values)
    scaled = values[order] * np.arange(values.size, 0, -1)
    adjusted = np.empty_like(values)
    adjusted[order] = np.minimum(np.maximum.accumulate(scaled), 1.0) if values.size else scaled
    return adjusted
