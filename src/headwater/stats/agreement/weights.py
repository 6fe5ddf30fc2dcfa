"""How much two different labels still agree: weights of kappa-like coefficients, 1 on the diagonal."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np

from headwater.core.errors import InvalidError
from headwater.stats.agreement import distances

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray


class Weighting(StrEnum):
    """Named weightings of pairs of labels."""

    IDENTITY = "identity"
    """1 for the same label, 0 for another: the unweighted coefficient."""
    LINEAR = "linear"
    """1 - |a - b| / range."""
    QUADRATIC = "quadratic"
    """1 - ((a - b) / range)²."""
    ORDINAL = "ordinal"
    """1 - pairs of labels from a to b / pairs of all labels (Gwet); not Krippendorff's ordinal distance."""
    RATIO = "ratio"
    """1 - ((a - b) / (a + b))² / ((max - min) / (max + min))²."""


def weights(weighting: str | ArrayLike, labels: int, *, values: ArrayLike | None = None) -> NDArray[np.float64]:
    """Return the weight of every pair of labels, shape (labels, labels), 1 on the diagonal.

    Args:
        weighting: A `Weighting`, or a symmetric matrix of weights in [0, 1] with 1 on the diagonal.
        labels: Number of possible labels, used or not.
        values: The number that each label stands for, ascending; 1 to `labels` by default.

    Raises:
        InvalidError: There is no such weighting, or the matrix is not one of weights.

    Source:
        Gwet, Handbook of Inter-Rater Reliability, 4th ed. 2014, section 3.5.
    """
    if not isinstance(weighting, str):
        return _custom(weighting, labels)
    try:
        kind = Weighting(weighting)
    except ValueError as error:
        raise InvalidError(f"{weighting!r} is not a weighting.", remedy=f"Use {', '.join(Weighting)}.") from error
    value = np.arange(1.0, labels + 1) if values is None else np.asarray(values, np.float64)
    if value.shape != (labels,):
        raise InvalidError(f"{value.size} values do not stand for {labels} labels.")
    if kind is Weighting.IDENTITY or labels < 2:  # noqa: PLR2004
        return np.eye(labels)
    if kind is Weighting.ORDINAL:
        steps = np.abs(np.subtract.outer(np.arange(labels), np.arange(labels))) + 1.0
        return 1 - steps * (steps - 1) / (labels * (labels - 1))
    distance = distances.ratio(value) if kind is Weighting.RATIO else np.abs(np.subtract.outer(value, value))
    if kind is Weighting.QUADRATIC:
        distance = distance**2
    return np.asarray(1 - distance / distance.max())


def _custom(weighting: ArrayLike, labels: int) -> NDArray[np.float64]:
    matrix = np.asarray(weighting, np.float64)
    valid = matrix.shape == (labels, labels) and np.array_equal(matrix, matrix.T)
    if not valid or np.any(np.diag(matrix) != 1) or np.any((matrix < 0) | (matrix > 1)):
        raise InvalidError(
            f"The weights are not a symmetric {labels} x {labels} matrix in [0, 1] with 1 on the diagonal.",
            remedy="Give 1 to equal labels and less to others; distances are 1 - weight.",
        )
    return matrix
