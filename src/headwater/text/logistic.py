"""Logistic regression of few texts by many features, as words and parts of words are."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from threadpoolctl import threadpool_limits

if TYPE_CHECKING:
    import sklearn
    from numpy.typing import ArrayLike, NDArray
    from scipy.sparse import csr_matrix

MOST = 2_000
"""Texts from which on their likenesses take longer than they save: they grow by the square, their roots by the cube."""
_FLAT = 1e-10
"""Share of the widest direction below which texts do not differ in a direction, but for rounding."""


def learn(
    features: csr_matrix, label: ArrayLike, *, strength: float, rounds: int, weight: ArrayLike | None = None
) -> sklearn.linear_model.LogisticRegression:
    """Return the multinomial logistic regression with an L2 penalty: what scikit-learn fits, in less time.

    The coefficients that fit best lie among the texts' own directions, and so does every step towards them. With
    more features than texts the search goes on in those directions, of which there are no more than texts, and ends
    where it would among the features, but for rounding.

    Args:
        features: The features of each text, (texts, features).
        label: Their classes, (texts,), two different ones at least.
        strength: Inverse of the penalty (scikit-learn's C).
        rounds: Most steps of the search.
        weight: Weight of each text, (texts,), positive; 1 when None.

    Returns:
        A fitted model of the features: its `predict` and `predict_proba` take them, its classes are sorted.
    """
    import sklearn  # noqa: PLC0415 -- takes 50 MB and a second, and most processes learn nothing

    model = sklearn.linear_model.LogisticRegression(C=strength, max_iter=rounds)
    texts, width = features.shape
    with threadpool_limits(1):  # small matrices: threads would wait for each other
        if texts > min(width, MOST) or not features.count_nonzero():
            return model.fit(features, label, sample_weight=weight)
        along, extent = _directions(features)
        model.fit(along * extent, label, sample_weight=weight)
        model.coef_ = np.asarray((features.T @ (along / extent @ model.coef_.T)).T)
    model.n_features_in_ = width
    return model


def _directions(features: csr_matrix) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return where the texts lie along their directions, (texts, directions), and how wide these are, (directions,)."""
    square, along = np.linalg.eigh((features @ features.T).toarray())
    kept = square > _FLAT * square[-1]
    return along[:, kept], np.sqrt(square[kept])
