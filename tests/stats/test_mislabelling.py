"""The share of wrong labels: planted shares, coverage of its interval, and where nothing can be said."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pytest

from headwater.stats.label_errors import noise
from headwater.stats.mislabelling import rate

if TYPE_CHECKING:
    from numpy.typing import NDArray


class Regime(NamedTuple):
    items: int
    classes: int
    share: float
    """Of wrong labels."""
    gap: float
    """How far predictions of the true class lie above others, in standard deviations of their logits."""
    sureness: float = 1.0
    """By what logits are multiplied: 1 is too unsure for these gaps, 4 too sure."""
    other: int = 0
    """How far off a wrong label is; 0 is anywhere."""


def planted(seed: int, it: Regime) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Return labels of which a share is wrong, and predictions that never saw them."""
    rng = np.random.default_rng(seed)
    true = rng.integers(it.classes, size=it.items)
    step = it.other or 1 + rng.integers(it.classes - 1, size=it.items)
    given = np.where(rng.random(it.items) < it.share, (true + step) % it.classes, true)
    logit = rng.normal(size=(it.items, it.classes))
    logit[np.arange(it.items), true] += it.gap
    chance = np.exp(it.sureness * logit)
    return given, chance / chance.sum(axis=1, keepdims=True)


WEAK = Regime(1500, 4, 0.10, 2.0)


@pytest.mark.parametrize(
    ("it", "runs"),
    [
        (Regime(500, 2, 0.10, 3.0), 600),
        (Regime(500, 2, 0.02, 3.0), 600),
        (Regime(400, 3, 0.05, 3.0, sureness=4.0), 400),
        (Regime(800, 3, 0.20, 3.0, other=1), 300),
        (WEAK, 200),
    ],
)
def test_intervals_cover_the_planted_share(it: Regime, runs: int) -> None:
    found = [rate(*planted(seed, it)) for seed in range(runs)]
    covered = np.mean([each.low <= it.share <= each.high for each in found])
    assert 0.93 <= covered <= 0.97
    assert np.mean([each.value for each in found]) == pytest.approx(it.share, abs=0.006)


def test_labels_without_errors_are_not_accused() -> None:
    """Where nothing is wrong, the interval begins at zero in 95 % of samples at least, and ends soon."""
    found = [rate(*planted(seed, Regime(500, 3, 0.0, 3.0))) for seed in range(200)]
    assert np.mean([each.low == 0 for each in found]) >= 0.95
    assert np.median([each.high for each in found]) < 0.02


def test_a_weak_model_is_not_held_against_the_labels() -> None:
    """One prediction in six is wrong: confident learning calls half as many labels again wrong as are."""
    given, chance = planted(3, Regime(20_000, 4, 0.10, 2.0))
    assert 1 - np.trace(noise(given, chance).joint) > 0.15
    assert rate(given, chance).value == pytest.approx(0.10, abs=0.01)


def test_many_classes_are_counted_too() -> None:
    given, chance = planted(4, Regime(6_000, 12, 0.10, 3.0))
    found = rate(given, chance)
    assert found.low < 0.10 < found.high
    assert found.high - found.low < 0.03


def test_predictions_that_say_nothing_leave_the_share_open() -> None:
    rng = np.random.default_rng(5)
    found = rate(rng.integers(2, size=400), rng.dirichlet([3.0, 3.0], size=400))
    assert found.high - found.low > 0.5


def test_perfect_predictions_and_classes_nobody_gave_are_fine() -> None:
    given = np.arange(200) % 2
    found = rate(given, np.eye(3)[given])
    assert (found.value, found.low) == pytest.approx((0.0, 0.0), abs=1e-6)
    assert found.high < 0.03
    assert not rate(np.zeros(5, np.int64), np.eye(2)[np.zeros(5, np.int64)]).defined
