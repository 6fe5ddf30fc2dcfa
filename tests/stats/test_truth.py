from __future__ import annotations

import numpy as np
import pytest

from headwater.core.errors import InvalidError
from headwater.stats.inference.choose import infer
from headwater.stats.neighbours import enrichment, label_issues, noisy_groups


def crowd(rng: np.random.Generator, *, tasks: int = 600, workers: int = 20, votes: int = 5, classes: int = 3):
    truth = rng.integers(0, classes, tasks)
    task = np.repeat(np.arange(tasks), votes)
    worker = np.concatenate([rng.choice(workers, votes, replace=False) for _ in range(tasks)])
    skill = np.where(np.arange(workers) < workers // 2, 0.9, 0.4)
    right = rng.random(len(task)) < skill[worker]
    label = np.where(right, truth[task], (truth[task] + rng.integers(1, classes, len(task))) % classes)
    return truth, task, worker, label


def test_dawid_skene_beats_the_majority_where_workers_differ() -> None:
    truth, task, worker, label = crowd(np.random.default_rng(1))
    majority = (infer(task, worker, label, method="majority").label == truth).mean()
    model = infer(task, worker, label, method="dawid-skene")
    assert (model.label == truth).mean() > majority + 0.02
    assert model.skill[:10].min() > model.skill[10:].max()


def test_the_automatic_choice_takes_the_better_method() -> None:
    _, task, worker, label = crowd(np.random.default_rng(2))
    assert infer(task, worker, label).method == "dawid-skene"


def test_posteriors_add_up_and_gold_is_certain() -> None:
    truth, task, worker, label = crowd(np.random.default_rng(3), tasks=100)
    gold = np.full(100, -1)
    gold[:20] = truth[:20]
    found = infer(task, worker, label, gold=gold, method="dawid-skene")
    assert found.posterior.sum(axis=1) == pytest.approx(np.ones(100))
    assert (found.label[:20] == truth[:20]).all()


def test_one_class_only_is_said_to_tell_nothing() -> None:
    found = infer([0, 0, 1], [0, 1, 0], [0, 0, 0])
    assert found.method == "majority"


def test_arrays_of_different_length_are_refused() -> None:
    with pytest.raises(InvalidError, match="equally long"):
        infer([0, 1], [0], [0, 1])


def test_a_planted_noisy_group_is_blamed_and_innocent_ones_are_not() -> None:
    rng = np.random.default_rng(4)
    given = rng.integers(0, 3, 600)
    group = rng.integers(0, 4, 600)
    true = np.where((group == 2) & (rng.random(600) < 0.4), (given + 1) % 3, given)
    probabilities = np.full((600, 3), 0.1)
    probabilities[np.arange(600), true] = 0.8
    issue = label_issues(given, probabilities)
    blames = noisy_groups(issue, given, group, groups=4, rng=rng)
    assert [blame.group for blame in blames if blame.p < 0.05] == [2]


def test_groups_without_a_difference_are_rarely_blamed() -> None:
    rng = np.random.default_rng(5)
    alarms = 0
    for _ in range(100):
        hit, group = rng.random(200) < 0.2, rng.integers(0, 5, 200)
        alarms += any(blame.p < 0.05 for blame in enrichment(hit, group, 5))
    assert alarms <= 10
