from __future__ import annotations

import numpy as np
import pytest
from scipy.special import expit

from headwater.core.errors import InvalidError
from headwater.stats.inference.pairwise import bradley_terry, crowd_bradley_terry
from headwater.stats.inference.truth import answers
from headwater.stats.inference.votes import majority
from headwater.stats.inference.with_model import trusted, with_model
from tests.stats.inference.crowds import one_coin_crowd


def test_bradley_terry_finds_the_reference_strengths() -> None:
    # 0 beats 1 in 7 of 10, 1 beats 2 in 6 of 10, 0 beats 2 in 8 of 10.
    winner = [0] * 7 + [1] * 3 + [1] * 6 + [2] * 4 + [0] * 8 + [2] * 2
    loser = [1] * 7 + [0] * 3 + [2] * 6 + [1] * 4 + [2] * 8 + [0] * 2
    found = bradley_terry(winner, loser, pull=0)
    assert found.strength == pytest.approx([0.740570, -0.149102, -0.591468], abs=1e-6)


def test_two_items_by_hand() -> None:
    # 3 of 4: log-odds ln 3, half to each side. Information of the difference: 4 · 3/4 · 1/4 = 3/4, so its standard
    # error is √(4/3) and that of each strength half of it.
    found = bradley_terry([0, 0, 0, 1], [1, 1, 1, 0], pull=0)
    assert found.strength == pytest.approx([np.log(3) / 2, -np.log(3) / 2], abs=1e-12)
    assert found.standard_error == pytest.approx([np.sqrt(1 / 3)] * 2, abs=1e-6)


def test_unconnected_items_are_said_and_pulled_together() -> None:
    found = bradley_terry([0, 2], [1, 3])
    assert "2 groups" in found.warnings[0]
    assert found.strength[0] == pytest.approx(found.strength[2])


def test_an_item_that_always_wins_needs_a_pull() -> None:
    with pytest.raises(InvalidError, match="endless"):
        bradley_terry([0, 0], [1, 1], pull=0)
    assert bradley_terry([0, 0], [1, 1]).strength[0] > 0


def test_intervals_of_strengths_cover() -> None:
    truth = np.linspace(-1, 1, 6)
    inside = []
    for seed in range(60):
        rng = np.random.default_rng(seed)
        first, second = rng.integers(0, 6, (2, 900))
        first, second = first[first != second], second[first != second]
        swap = rng.random(len(first)) > expit(truth[first] - truth[second])
        low, high = bradley_terry(np.where(swap, second, first), np.where(swap, first, second), pull=0).bounds()
        inside.append((low <= truth) & (truth <= high))
    assert 0.91 < np.mean(inside) < 0.98


def test_contrary_workers_are_found_and_turned_around() -> None:
    rng = np.random.default_rng(1)
    truth, reliability = np.linspace(-2, 2, 12), np.array([0.95, 0.9, 0.9, 0.5, 0.15])
    first, second = rng.integers(0, 12, (2, 3000))
    first, second = first[first != second], second[first != second]
    who = rng.integers(0, 5, len(first))
    report = expit(truth[first] - truth[second])
    says = reliability[who] * report + (1 - reliability[who]) * (1 - report)
    swap = rng.random(len(first)) > says
    winner, loser = np.where(swap, second, first), np.where(swap, first, second)
    found = crowd_bradley_terry(winner, loser, who)
    assert found.converged
    assert found.reliability == pytest.approx(reliability, abs=0.12)
    plain = bradley_terry(winner, loser)
    assert np.abs(found.strength - truth).mean() < np.abs(plain.strength - truth).mean()


def test_comparisons_that_make_no_sense_are_refused() -> None:
    with pytest.raises(InvalidError, match="compared with itself"):
        bradley_terry([0], [0])
    with pytest.raises(InvalidError, match="one worker"):
        crowd_bradley_terry([0], [1], [0, 1])


def test_weights_of_people_and_model_by_hand() -> None:
    # Task 0: A and B say 0, C says 1. Task 1: all say 1. The model says 0 (0.8) and 1 (0.6).
    # Consensus 0 and 1; answers agree in 2/3 and 3/3: 5/6. The commonest class is 0 (ties: the lower), baseline
    # (2/3 + 0)/2 = 1/3, room 2/3. A and B agree with others in (1 + 2)/4, C in (0 + 2)/4.
    #   A, B: 1 − (1/4)/(2/3) = 5/8; C: 1 − (1/2)/(2/3) = 1/4. The model agrees in (2/3 + 1)/2 = 5/6 of answers:
    #   1 − (1/6)/(2/3) = 3/4, times √3.
    given = answers([0, 0, 0, 1, 1, 1], [0, 1, 2, 0, 1, 2], [0, 0, 1, 1, 1, 1])
    predicted = np.array([[0.8, 0.2], [0.4, 0.6]])
    trust = trusted(given, predicted)
    assert trust.worker == pytest.approx([5 / 8, 5 / 8, 1 / 4], abs=1e-12)
    assert trust.model == pytest.approx(3 / 4 * np.sqrt(3), abs=1e-12)
    assert trust.agreement == pytest.approx(5 / 6, abs=1e-12)
    model = 3 / 4 * np.sqrt(3)
    first = (5 / 4 * 5 / 6 + 1 / 4 * 1 / 6 + model * 0.8) / (3 / 2 + model)
    assert with_model(given, predicted).posterior[0] == pytest.approx([first, 1 - first], abs=1e-12)


def test_people_and_model_together_beat_both() -> None:
    rng = np.random.default_rng(2)
    crowd = one_coin_crowd(rng, votes=3, tasks=2000)
    guess = np.where(rng.random(2000) < 0.8, crowd.truth, rng.integers(0, 3, 2000))
    predicted = np.full((2000, 3), 0.1) + 0.7 * np.eye(3)[guess]
    given = answers(*crowd[1:4])
    together = (with_model(given, predicted).label == crowd.truth).mean()
    assert together > (majority(given).label == crowd.truth).mean() + 0.02
    assert together > (guess == crowd.truth).mean() + 0.02


def test_single_answers_leave_model_and_worker_alike_and_bad_predictions_are_refused() -> None:
    given = answers([0, 1], [0, 1], [0, 1])
    assert trusted(given, np.full((2, 2), 0.5)).model == 1
    with pytest.raises(InvalidError, match="shape"):
        with_model(given, [[0.5, 0.5]])
    with pytest.raises(InvalidError, match="add up"):
        with_model(given, [[0.5, 0.6], [0.5, 0.5]])
