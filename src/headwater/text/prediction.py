"""Out-of-sample predictions: every text is judged by a classifier that never saw it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from headwater.core.errors import InvalidError
from headwater.text import logistic

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray


def out_of_sample(
    texts: Sequence[str], label: NDArray[np.int64], *, folds: int = 5, seed: int = 0
) -> NDArray[np.float64]:
    """Return the probability of each class for each text, (texts, classes), rows sum to one.

    TF-IDF of words into logistic regression, cross-validated with folds of equal class shares. Classes with fewer
    items than folds are spread as far as they reach; a fold that never saw a class gives it a probability of zero.

    Args:
        texts: The texts.
        label: Their classes, (texts,), int codes from 0, each code used.
        folds: How many parts, at least 2.
        seed: Chooses the parts.

    Raises:
        InvalidError: There are fewer than two classes, or a class has fewer than two items.
    """
    size = np.bincount(label)
    if len(size) < 2 or size.min() < 2:  # noqa: PLR2004 -- one to learn from, one to judge
        raise InvalidError(
            "Predicting needs two classes with two items each at least.",
            remedy="Leave rare classes out, or bring predictions of your own.",
        )
    import sklearn  # noqa: PLC0415 -- takes 50 MB and a second, and most processes learn nothing

    chance = np.zeros((len(texts), len(size)))
    parts = sklearn.model_selection.StratifiedKFold(
        n_splits=max(2, min(folds, int(size.min()))), shuffle=True, random_state=seed
    )
    for seen, unseen in parts.split(np.zeros(len(texts)), label):
        words = sklearn.feature_extraction.text.TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True)
        features = words.fit_transform([texts[place] for place in seen])
        model = logistic.learn(features, label[seen], strength=10.0, rounds=500)
        unknown = words.transform([texts[place] for place in unseen])
        chance[np.ix_(unseen, model.classes_)] = model.predict_proba(unknown)
    return chance
