from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import expit

from headwater.stats.inference.dawid_skene import PLAIN, dawid_skene
from headwater.stats.inference.expectation import Stop
from headwater.stats.inference.glad import glad, with_traits
from headwater.stats.inference.mace import drawn_dawid_skene, mace
from headwater.stats.inference.truth import answers
from headwater.stats.inference.votes import majority
from tests.stats.inference.crowds import answered, confused_crowd


def test_glad_by_hand() -> None:
    # One task, one answer 0 of two classes. Ability and log-ease start at 1: advantage e, chance σ(e).
    # The vote makes the answer certain (right = 1). First Newton step of ability:
    #   (1 − σ) e / (σ (1 − σ) e² + 1), the prior pulls nothing yet; then ease, then both once more.
    ability, ease = 1.0, 1.0
    for _ in range(2):
        slope = np.exp(ease)
        chance = expit(ability * slope)
        ability += ((1 - chance) * slope - (ability - 1)) / (chance * (1 - chance) * slope**2 + 1)
        slope = ability * np.exp(ease)
        chance = expit(slope)
        ease += ((1 - chance) * slope - (ease - 1)) / (chance * (1 - chance) * slope**2 + 1)
    found = with_traits(answers([0], [0], [0], classes=2), stop=Stop(1, 0))
    assert found.traits.ability == pytest.approx([ability], abs=1e-12)
    assert found.traits.ease == pytest.approx([ease], abs=1e-12)
    right = expit(ability * np.exp(ease))
    assert found.truth.posterior[0] == pytest.approx([right, 1 - right], abs=1e-12)
    assert found.truth.log_likelihood == pytest.approx(np.log(0.5), abs=1e-12)


def test_glad_finds_able_workers_and_hard_tasks() -> None:
    rng = np.random.default_rng(1)
    ability, ease = np.linspace(0.2, 2, 15), rng.normal(0, 1, 800)
    truth, task, worker = rng.integers(0, 3, 800), np.repeat(np.arange(800), 15), np.tile(np.arange(15), 800)
    right = rng.random(len(task)) < expit(ability[worker] * np.exp(ease[task]))
    label = np.where(right, truth[task], (truth[task] + rng.integers(1, 3, len(task))) % 3)
    found = with_traits(answers(task, worker, label))
    assert np.corrcoef(found.traits.ability, ability)[0, 1] > 0.95
    assert np.corrcoef(found.traits.ease, ease)[0, 1] > 0.6
    assert found.truth.converged
    assert (found.truth.label == truth).mean() > 0.96


def test_mace_sees_through_workers_who_always_say_the_same() -> None:
    rng = np.random.default_rng(2)
    honest = np.full((4, 3, 3), 0.1) + 0.7 * np.eye(3)
    lazy = np.zeros((6, 3, 3))
    lazy[:, :, 0] = 0.9
    lazy[:, :, 1:] = 0.05
    crowd = answered(rng, np.concatenate([honest, lazy]), rng.integers(0, 3, 1000), 7)
    given_ = answers(*crowd[1:4])
    found = mace(given_)
    assert (found.label == crowd.truth).mean() > (majority(given_).label == crowd.truth).mean() + 0.2
    assert found.confusion == pytest.approx(crowd.confusion, abs=0.08)


def test_without_strength_the_drawn_model_is_maximum_likelihood() -> None:
    crowd = confused_crowd(np.random.default_rng(3))
    given_ = answers(*crowd[1:4])
    plain, drawn = dawid_skene(given_, prior=PLAIN), drawn_dawid_skene(given_, strength=0)
    assert drawn.posterior == pytest.approx(plain.posterior, abs=1e-3)


def test_with_endless_strength_the_drawn_model_is_mace() -> None:
    crowd = confused_crowd(np.random.default_rng(4))
    given_ = answers(*crowd[1:4])
    assert drawn_dawid_skene(given_, strength=1e9).posterior == pytest.approx(mace(given_).posterior, abs=1e-3)


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), method=st.sampled_from((mace, glad, drawn_dawid_skene)))
def test_names_do_not_matter(seed: int, method) -> None:
    rng = np.random.default_rng(seed)
    _, task, worker, label, _ = confused_crowd(rng, tasks=30, workers=6, votes=3)
    tasks, workers, classes, order = (rng.permutation(n) for n in (30, 6, 3, len(task)))
    here = method(answers(task, worker, label, classes=3), stop=Stop(8, 0))
    renamed = answers(tasks[task][order], workers[worker][order], classes[label][order], classes=3)
    there = method(renamed, stop=Stop(8, 0))
    assert there.posterior[tasks][:, classes] == pytest.approx(here.posterior, abs=1e-7)
    assert there.skill[workers] == pytest.approx(here.skill, abs=1e-7)


@pytest.mark.parametrize("method", [mace, glad, drawn_dawid_skene])
def test_nothing_one_class_and_gold_are_survived(method) -> None:
    assert method(answers([], [], [], classes=2)).posterior.shape == (0, 2)
    assert method(answers([0, 1], [0, 0], [0, 0])).posterior.tolist() == [[1.0], [1.0]]
    found = method(answers([0, 0, 1], [0, 1, 0], [0, 1, 1]), gold=np.array([1, -1]))
    assert found.posterior[0].tolist() == [0.0, 1.0]
