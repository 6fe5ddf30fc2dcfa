"""Where a change was, and what it came with."""

import numpy as np
import pytest

from headwater.stats.drift.causes import causes
from headwater.stats.drift.changepoint import change_point


def test_a_clean_break_is_found_exactly():
    # 6 right, 6 wrong: two pure pieces have log-likelihood 0, one piece 12 ln(1/2).
    found = change_point([0] * 6 + [1] * 6)
    assert found is not None
    assert found.place == 6
    assert found.gain == pytest.approx(12 * np.log(2), abs=1e-12)
    assert found.low <= 6 <= found.high
    assert change_point([1]) is None


@pytest.mark.parametrize(("before", "after", "place"), [(0.1, 0.3, 300), (0.05, 0.25, 150), (0.2, 0.5, 400)])
def test_the_interval_of_the_change_covers_as_stated(before, after, place):
    rng = np.random.default_rng(6)
    covered = []
    for _ in range(400):
        rate = np.where(np.arange(600) < place, before, after)
        found = change_point((rng.random(600) < rate).astype(int))
        assert found is not None
        covered.append(found.low <= place <= found.high)
    assert np.mean(covered) >= 0.93


def test_a_change_of_mix_is_located():
    rng = np.random.default_rng(2)
    labels = np.r_[rng.choice(3, 300, p=[0.6, 0.3, 0.1]), rng.choice(3, 200, p=[0.2, 0.3, 0.5])]
    found = change_point(labels, kinds=3)
    assert found is not None
    assert abs(found.place - 300) < 20


def planted(rng: np.random.Generator, worse: str) -> tuple[np.ndarray, np.ndarray, dict[str, np.ndarray]]:
    """Six people in two teams; after answer 300 one person, one team or everybody doubts the rules."""
    n = 600
    who = rng.integers(0, 6, n)
    after = np.arange(n) >= 300
    groups = {
        "annotator": np.array([f"per_{code}" for code in who]),
        "team": np.array(["north", "south"])[who % 2],
        "guideline": np.where(after, "v2", "v1"),
        "batch": np.array(["a", "b", "c"])[rng.integers(0, 3, n)],
    }
    hit = {"annotator": who == 2, "team": who % 2 == 1, "guideline": after}[worse]
    return rng.random(n) < np.where(after & hit, 0.4, 0.08), after, groups


@pytest.mark.parametrize(("worse", "name"), [("annotator", "per_2"), ("team", "south"), ("guideline", "v2")])
def test_the_cause_that_was_planted_is_named_first(worse, name):
    rng = np.random.default_rng(11)
    first = [causes(*planted(rng, worse))[0] for _ in range(40)]
    assert np.mean([(cause.kind, cause.name) == (worse, name) for cause in first]) >= 0.9
    assert all(cause.inside.value > cause.outside.value for cause in first)


def test_a_change_without_a_name_is_everyones():
    rng = np.random.default_rng(3)
    errors, after, groups = planted(rng, "guideline")
    groups = {"annotator": groups["annotator"], "team": groups["team"]}
    assert causes(errors, after, groups)[0].kind == "everyone"


def test_no_cause_is_named_without_one_more_often_than_stated():
    rng = np.random.default_rng(4)
    named = 0
    for _ in range(400):
        _, after, groups = planted(rng, "team")
        named += bool(causes(rng.random(600) < 0.1, after, groups))
    assert named / 400 <= 0.05 + 2 * np.sqrt(0.05 * 0.95 / 400)


def test_too_few_answers_name_no_cause():
    assert causes([True, True], [False, True], {"annotator": ["a", "b"]}) == []
