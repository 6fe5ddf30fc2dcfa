"""Logistic regression along the texts' directions is that of their features."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression

from headwater.text import logistic


def drawn(texts: int, width: int, classes: int) -> tuple[csr_matrix, np.ndarray, np.ndarray]:
    """Return sparse features with each text twice, classes that all are there, and weights."""
    rng = np.random.default_rng(1)
    once = np.where(rng.random((texts, width)) < 0.1, rng.random((texts, width)), 0.0)
    label = np.r_[np.arange(classes), rng.integers(classes, size=texts - classes)]
    once[:, :classes] += np.eye(classes)[label] * (rng.random(texts) < 0.7)[:, None]
    return csr_matrix(np.r_[once, once]), np.r_[label, label], rng.uniform(0.5, 2.0, 2 * texts)


@pytest.mark.parametrize(("texts", "width"), [(40, 300), (40, 30)])
@pytest.mark.parametrize("classes", [2, 5])
@pytest.mark.parametrize("weighted", [True, False])
def test_few_texts_teach_what_all_their_features_do(texts: int, width: int, classes: int, weighted: bool) -> None:
    features, label, given = drawn(texts, width, classes)
    weight = given if weighted else None
    found = logistic.learn(features, label, strength=10.0, rounds=500, weight=weight)
    known = LogisticRegression(C=10.0, max_iter=500).fit(features, label, sample_weight=weight)
    new = drawn(50, width, classes)[0]
    assert found.classes_.tolist() == known.classes_.tolist()
    assert found.coef_ == pytest.approx(known.coef_, abs=1e-6)
    assert found.predict_proba(new) == pytest.approx(known.predict_proba(new), abs=1e-6)
    assert found.predict(new).tolist() == known.predict(new).tolist()


def test_texts_without_words_fall_to_the_commonest_class() -> None:
    found = logistic.learn(csr_matrix((3, 9)), [0, 1, 1], strength=10.0, rounds=100)
    assert found.predict(csr_matrix((1, 9))).tolist() == [1]
    assert found.predict_proba(csr_matrix((1, 9)))[0, 1] == pytest.approx(2 / 3, abs=1e-3)
