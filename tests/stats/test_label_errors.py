"""Confident learning: against cleanlab 2.9, on planted errors, and at the edges."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from headwater.core.errors import InvalidError
from headwater.stats.label_errors import Prune, Score, noise, scores, suspects

if TYPE_CHECKING:
    from numpy.typing import NDArray


def planted(
    seed: int, items: int, classes: int, share: float
) -> tuple[NDArray[np.int64], NDArray[np.float64], NDArray[np.bool_]]:
    """Return labels of which a share is wrong, honest predictions, and which are wrong."""
    rng = np.random.default_rng(seed)
    true = rng.integers(classes, size=items)
    wrong = rng.random(items) < share
    given = np.where(wrong, (true + 1 + rng.integers(classes - 1, size=items)) % classes, true)
    logit = rng.normal(size=(items, classes))
    logit[np.arange(items), true] += 3
    chance = np.exp(logit)
    return given, chance / chance.sum(axis=1, keepdims=True), wrong


def test_the_confident_joint_and_the_lists_are_those_of_cleanlab() -> None:
    """Frozen from cleanlab 2.9.0. It rounds the joint to whole items first, so lists may differ by one item a class."""
    given, chance, _ = planted(1, 60, 3, 0.2)
    assert noise(given, chance).counts.tolist() == [[15, 1, 1], [3, 12, 1], [1, 3, 15]]
    by_class = [1, 6, 9, 18, 22, 25, 31, 40, 45, 51, 57]
    assert sorted(suspects(given, chance, prune=Prune.CLASS).item) == by_class
    confident = [1, 6, 9, 18, 22, 25, 31, 40, 45, 51]
    assert sorted(suspects(given, chance, prune=Prune.CONFIDENT).item) == confident
    assert set(by_class) - set(suspects(given, chance).item) <= {57}
    assert 1 - scores(given, chance)[:3] == pytest.approx(
        [0.977067948896576, 0.001695161578720507, 0.9822568630545748], abs=1e-12
    )
    assert 1 - scores(given, chance, Score.MARGIN)[:3] == pytest.approx(
        [0.9782214312110833, 0.12927698731626086, 0.986141544453068], abs=1e-12
    )
    larger, chance, _ = planted(2, 2000, 4, 0.1)
    rows = [[319, 13, 12, 10], [12, 339, 13, 8], [23, 7, 320, 9], [14, 15, 12, 337]]
    assert noise(larger, chance).counts.tolist() == rows


def test_the_joint_is_counted_as_by_hand() -> None:
    # Thresholds: class 0 (.9 + .8 + .2) / 3 = .6333, class 1 (.7 + .9) / 2 = .8. Confident: items 0, 1 in 0; item 2
    # (.2, .8) in 1; item 3 (.3, .7) in none; item 4 in 1. Rows scaled to 3 and 2 of 5: 3/5 · (2/3, 1/3), 2/5 · (0, 1).
    given = [0, 0, 0, 1, 1]
    found = noise(given, [[0.9, 0.1], [0.8, 0.2], [0.2, 0.8], [0.3, 0.7], [0.1, 0.9]])
    assert found.thresholds == pytest.approx([1.9 / 3, 0.8], abs=1e-12)
    assert found.counts.tolist() == [[2, 1], [0, 1]]
    assert found.joint == pytest.approx(np.array([[0.4, 0.2], [0.0, 0.4]]), abs=1e-12)
    assert found.given_true == pytest.approx(np.array([[1.0, 1 / 3], [0.0, 2 / 3]]), abs=1e-12)


@pytest.mark.parametrize("prune", list(Prune))
def test_planted_errors_are_found_and_few_others(prune: Prune) -> None:
    """10 % planted in 4,000: of those taken at least 85 % are wrong, at least 65 % of the wrong are taken."""
    given, chance, wrong = planted(8, 4_000, 5, 0.10)
    found = suspects(given, chance, prune=prune)
    assert wrong[found.item].mean() > 0.85
    assert wrong[found.item].sum() > 0.65 * wrong.sum()
    assert (np.diff(found.score) <= 0).all()
    assert wrong[found.item[:100]].mean() > 0.97


def test_clean_labels_raise_few_doubts() -> None:
    """No planted error in 4,000: the method doubts the items its predictions get wrong, here under 3 %."""
    given, chance, _ = planted(4, 4_000, 4, 0.0)
    assert len(suspects(given, chance, prune=Prune.BOTH).item) < 0.03 * 4_000


def test_a_class_nobody_gave_and_perfect_predictions_are_fine() -> None:
    found = noise([0, 1, 0, 1], np.eye(3)[[0, 1, 0, 1]])
    assert found.joint[:2, :2] == pytest.approx(np.eye(2) / 2, abs=1e-12)
    assert np.isnan(found.thresholds[2])
    assert len(suspects([0, 1], [[1.0, 0.0], [0.0, 1.0]]).item) == 0


@pytest.mark.parametrize(
    ("label", "chance", "said"),
    [
        ([0, 1], [[1.0, 0.0]], "of shape"),
        ([0, 2], [[1.0, 0.0], [0.0, 1.0]], "run from 0 to 2"),
        ([0, 1], [[0.9, 0.3], [0.0, 1.0]], "sum to 1"),
        ([], np.empty((0, 2)), "one item at least"),
    ],
)
def test_what_makes_no_sense_is_refused(label: list[int], chance: object, said: str) -> None:
    with pytest.raises(InvalidError, match=said):
        noise(label, chance)  # type: ignore[arg-type]
