from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from headwater.stats.inference.dawid_skene import PLAIN, Prior, dawid_skene, one_coin
from headwater.stats.inference.expectation import Stop
from headwater.stats.inference.truth import answers
from headwater.stats.inference.votes import majority, weighted
from tests.stats.inference.crowds import confused_crowd, one_coin_crowd

EVERY = (majority, weighted, one_coin, dawid_skene)


def test_one_step_of_dawid_skene_by_hand() -> None:
    # Tasks 0 and 1 are gold (classes 0 and 1), task 2 has answers 0 of worker A and 1 of worker B.
    # A answers 0, 1, 0; B answers 0, 0, 1. Task 2 starts at (1/2, 1/2) by votes. With prior 1/2 + 2 on the diagonal:
    #   A: true 0 → 1 + 1/2 = 3/2 answers of 0, none of 1:   (4, 1/2) of 9/2;  true 1: (1/2 + 1/2, 1 + 5/2) of 9/2
    #   B: true 0 → 1 of 0, 1/2 of 1:                         (7/2, 1) of 9/2;  true 1: (1 + 1/2, 1/2 + 5/2) of 9/2
    # Shares of classes: (3/2 + 1/2) / 4 = 1/2 each. Posterior of task 2:
    #   class 0: 8/9 · 2/9 = 16/81;  class 1: A says 0: 1/(9/2) = 2/9, B says 1: 3/(9/2) = 2/3 → 4/27 = 12/81.
    found = dawid_skene(
        answers([0, 1, 2, 0, 1, 2], [0, 0, 0, 1, 1, 1], [0, 1, 0, 0, 0, 1]), gold=np.array([0, 1, -1]), stop=Stop(1, 0)
    )
    assert found.posterior == pytest.approx(np.array([[1, 0], [0, 1], [16 / 28, 12 / 28]]), abs=1e-12)
    # log-likelihood: task 0: 1/2 · 8/9 · 7/9; task 1: 1/2 · 7/9 · 1/3; task 2: 1/2 · 28/81
    assert found.log_likelihood == pytest.approx(np.log(28 / 81 * 7 / 54 * 14 / 81), abs=1e-12)


def test_one_step_of_one_coin_by_hand() -> None:
    # The same answers: A is right in 2.5 of 3 expected, B in 1.5; with two right and one wrong before: 3/4 and 7/12.
    # Task 2: class 0: 3/4 · 5/12 = 15/48; class 1: 1/4 · 7/12 = 7/48.
    found = one_coin(
        answers([0, 1, 2, 0, 1, 2], [0, 0, 0, 1, 1, 1], [0, 1, 0, 0, 0, 1]), gold=np.array([0, 1, -1]), stop=Stop(1, 0)
    )
    assert found.posterior[2] == pytest.approx([15 / 22, 7 / 22], abs=1e-12)


def test_weights_of_voters_by_hand() -> None:
    # A and B answer both tasks alike, C against them: agreement (2 + 1)/4 = 3/4, 3/4 and 1/4, so weights 1/2, 1/2 and
    # next to nothing (1/1000).
    found = weighted(answers([0, 0, 0, 1, 1, 1], [0, 1, 2, 0, 1, 2], [0, 0, 1, 1, 1, 0]))
    assert found.posterior[0] == pytest.approx([1 / 1.001, 0.001 / 1.001], abs=1e-12)


def test_dawid_skene_equals_the_formulas_written_as_loops() -> None:
    crowd = confused_crowd(np.random.default_rng(1), tasks=40, workers=6, votes=4)
    found = dawid_skene(answers(*crowd[1:4], classes=3), prior=Prior(0.3, 1.0), stop=Stop(3, 0))
    posterior = np.zeros((40, 3))
    np.add.at(posterior, (crowd.task, crowd.label), 0.25)
    for _ in range(3):
        theta = np.full((6, 3, 3), 0.3) + np.eye(3)
        for task, worker, label in zip(*crowd[1:4], strict=True):
            theta[worker, :, label] += posterior[task]
        theta /= theta.sum(axis=2, keepdims=True)
        joint = np.tile((posterior.sum(axis=0) + 0.5) / (40 + 1.5), (40, 1))
        for task, worker, label in zip(*crowd[1:4], strict=True):
            joint[task] *= theta[worker, :, label]
        posterior = joint / joint.sum(axis=1, keepdims=True)
    assert found.posterior == pytest.approx(posterior, abs=1e-12)
    assert found.log_likelihood == pytest.approx(np.log(joint.sum(axis=1)).sum(), abs=1e-9)


def test_the_likelihood_never_falls() -> None:
    crowd = confused_crowd(np.random.default_rng(2))
    given_ = answers(*crowd[1:4], classes=3)
    course = [dawid_skene(given_, prior=PLAIN, stop=Stop(steps, 0)).log_likelihood for steps in range(1, 15)]
    assert (np.diff(course) > -0.1).all()  # the small prior of the shares is not part of the likelihood
    assert course[-1] > course[0]


def test_dawid_skene_beats_the_majority_where_workers_differ() -> None:
    crowd = one_coin_crowd(np.random.default_rng(1))
    given_ = answers(*crowd[1:4])
    model = dawid_skene(given_)
    assert (model.label == crowd.truth).mean() > (majority(given_).label == crowd.truth).mean() + 0.02
    assert model.skill[:10].min() > model.skill[10:].max()


def test_confusion_matrices_are_recovered_inside_their_intervals() -> None:
    inside = []
    for seed in range(5):
        crowd = confused_crowd(np.random.default_rng(seed), tasks=2000, votes=7)
        found = dawid_skene(answers(*crowd[1:4], classes=3))
        low, high = found.confusion_bounds()
        inside.append((low <= crowd.confusion) & (crowd.confusion <= high))
    assert 0.88 < np.mean(inside) < 0.99


def test_posteriors_are_calibrated() -> None:
    said, right = [], []
    for seed in range(8):
        crowd = confused_crowd(np.random.default_rng(seed), tasks=1500, votes=4)
        found = dawid_skene(answers(*crowd[1:4], classes=3))
        said.append(found.confidence)
        right.append(found.label == crowd.truth)
    confidence, hit = np.concatenate(said), np.concatenate(right)
    for low, high in ((0.4, 0.7), (0.7, 0.9), (0.9, 0.99), (0.99, 1.0)):
        rows = (confidence >= low) & (confidence <= high)
        assert hit[rows].mean() == pytest.approx(confidence[rows].mean(), abs=0.04)


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), method=st.sampled_from((majority, one_coin, dawid_skene)))
def test_names_do_not_matter(seed: int, method) -> None:
    rng = np.random.default_rng(seed)
    _, task, worker, label, _ = confused_crowd(rng, tasks=30, workers=6, votes=3)
    tasks, workers, classes, order = (rng.permutation(n) for n in (30, 6, 3, len(task)))
    limit = {} if method is majority else {"stop": Stop(10, 0)}
    here = method(answers(task, worker, label, classes=3), **limit)
    there = method(answers(tasks[task][order], workers[worker][order], classes[label][order], classes=3), **limit)
    assert there.posterior[tasks][:, classes] == pytest.approx(here.posterior, abs=1e-8)
    assert there.skill[workers] == pytest.approx(here.skill, abs=1e-8)


@pytest.mark.parametrize("method", EVERY)
def test_posteriors_add_up_and_gold_is_certain(method) -> None:
    crowd = one_coin_crowd(np.random.default_rng(3), tasks=100)
    gold = np.full(100, -1)
    gold[:20] = crowd.truth[:20]
    found = method(answers(*crowd[1:4]), gold=gold)
    assert found.posterior.sum(axis=1) == pytest.approx(np.ones(100))
    assert (found.label[:20] == crowd.truth[:20]).all()
    assert found.confidence[:20] == pytest.approx(np.ones(20))
    low, high = found.skill_bounds()
    assert ((low < found.skill) & (found.skill < high)).all()


@pytest.mark.parametrize("method", EVERY)
def test_no_answers_one_class_and_tasks_without_answers_are_survived(method) -> None:
    assert method(answers([], [], [], classes=2)).posterior.shape == (0, 2)
    assert "one class" in method(answers([0, 1], [0, 0], [0, 0])).warnings[0]
    found = method(answers([0, 0, 2], [0, 1, 0], [1, 1, 0], classes=3))
    assert found.posterior.sum(axis=1) == pytest.approx(np.ones(3))
