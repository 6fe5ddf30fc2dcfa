"""The demo's real, small classifier: TF-IDF of words and characters into logistic regression."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import FeatureUnion

from headwater.text import logistic

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, kw_only=True)
class Trained:
    """A trained classifier of one retrain."""

    features: FeatureUnion
    model: LogisticRegression
    classes: tuple[str, ...]
    seed: int

    def predict(self, texts: Sequence[str]) -> tuple[list[str], NDArray[np.float64]]:
        """Return the predicted label of each text, and its probabilities (texts × classes)."""
        probabilities = self.model.predict_proba(self.features.transform(texts))
        return [self.classes[column] for column in probabilities.argmax(axis=1)], probabilities


def train(texts: Sequence[str], labels: Sequence[str], weights: Sequence[float], *, seed: int) -> Trained:
    """Train one classifier on a bootstrap of the training texts.

    The bootstrap makes retrains of one release differ as retrains of a network do; comparisons measure that
    noise instead of pretending there is none.

    Args:
        texts: Training texts.
        labels: Their labels, at least two different ones.
        weights: Their weights in the release, positive.
        seed: Chooses the bootstrap.
    """
    rng = np.random.default_rng(seed)
    order = sorted(range(len(texts)), key=texts.__getitem__)  # ids of records differ between runs, texts do not
    drawn = np.asarray(order)[rng.integers(0, len(texts), len(texts))]
    features = FeatureUnion(
        [
            ("words", TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True)),
            ("characters", TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 4), sublinear_tf=True)),
        ]
    )
    model = logistic.learn(
        features.fit_transform([texts[i] for i in drawn]),
        [labels[i] for i in drawn],
        strength=20.0,
        rounds=300,
        weight=np.asarray(weights, dtype=np.float64)[drawn],
    )
    return Trained(features=features, model=model, classes=tuple(model.classes_), seed=seed)
