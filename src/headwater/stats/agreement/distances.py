"""How different two answers are: the squared difference functions of Krippendorff's alpha."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np

from headwater.core.errors import InvalidError

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray


class Level(StrEnum):
    """Level of measurement of the answers."""

    NOMINAL = "nominal"
    """Names without order: equal or not."""
    ORDINAL = "ordinal"
    """Ordered labels; the distance is the number of answers in between."""
    INTERVAL = "interval"
    """Numbers whose differences mean something."""
    RATIO = "ratio"
    """Non-negative numbers with a true zero, whose ratios mean something."""


def level_of(name: str) -> Level:
    """Return the level of measurement by name.

    Raises:
        InvalidError: There is no such level.
    """
    try:
        return Level(name)
    except ValueError as error:
        raise InvalidError(f"{name!r} is not a level of measurement.", remedy=f"Use {', '.join(Level)}.") from error


def nominal(labels: int) -> NDArray[np.float64]:
    """Return 1 for different labels and 0 for the same, shape (labels, labels)."""
    return 1.0 - np.eye(labels)


def interval(values: ArrayLike) -> NDArray[np.float64]:
    """Return (a - b)² for every pair of values."""
    value = np.asarray(values, np.float64)
    return (value[:, None] - value[None, :]) ** 2


def ratio(values: ArrayLike) -> NDArray[np.float64]:
    """Return ((a - b) / (a + b))² for every pair of values, 0 for two zeros.

    Raises:
        InvalidError: A value is negative: the ratio scale has a true zero.
    """
    value = np.asarray(values, np.float64)
    if np.any(value < 0):
        raise InvalidError("A ratio scale has no negative numbers.", remedy="Use the interval level instead.")
    total = value[:, None] + value[None, :]
    share = np.divide(value[:, None] - value[None, :], total, out=np.zeros_like(total), where=total > 0)
    return np.square(share)


def midranks(totals: ArrayLike) -> NDArray[np.float64]:
    """Return the mean rank of each ordered label given how often it occurs, shape (..., labels).

    Krippendorff's ordinal distance of c and k, (Σ_{g=c..k} n_g - (n_c + n_k) / 2)², is the squared
    difference of these ranks.
    """
    total = np.asarray(totals, np.float64)
    return np.cumsum(total, axis=-1) - total / 2


def custom(matrix: ArrayLike, labels: int) -> NDArray[np.float64]:
    """Return the caller's distances after checking that they are distances between the labels.

    Raises:
        InvalidError: The matrix is not square over the labels, not symmetric, negative, or has a non-zero diagonal.
    """
    distance = np.asarray(matrix, np.float64)
    if distance.ndim != 2 or distance.shape[0] != distance.shape[1] or distance.shape[0] < labels:  # noqa: PLR2004
        raise InvalidError(f"The distances have shape {distance.shape}, not one row and column for {labels} labels.")
    if not np.array_equal(distance, distance.T) or np.any(distance < 0) or np.any(np.diag(distance) != 0):
        raise InvalidError(
            "The distances are not symmetric and non-negative with a zero diagonal.",
            remedy="Give the distance of every pair both ways, and 0 from a label to itself.",
        )
    return distance[:labels, :labels]
