from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from headwater.core.errors import InvalidError
from headwater.stats.inference import committee as members
from headwater.stats.inference.choose import METHODS, available, compare, infer
from headwater.stats.inference.committee import STRONG, WEAK, committee, foretelling
from headwater.stats.inference.hidden import sampled
from headwater.stats.inference.mace import drawn_dawid_skene
from headwater.stats.inference.truth import answers
from headwater.stats.inference.votes import majority
from headwater.stats.interval import Estimate
from tests.stats.inference.crowds import answered, confused_crowd


def test_the_committee_is_the_mean_of_votes_and_two_models() -> None:
    given = answers(*confused_crowd(np.random.default_rng(1))[1:4])
    parts = [majority(given), *(drawn_dawid_skene(given, strength=each) for each in (WEAK, foretelling(given)))]
    mean = sum(part.posterior for part in parts) / 3
    assert committee(given).posterior == pytest.approx(mean, abs=1e-12)


def test_a_crowd_whose_habits_are_simple_is_pooled_more_than_one_of_many_habits(monkeypatch) -> None:
    rng, shared = np.random.default_rng(9), np.full((60, 4, 4), 0.1) + 0.6 * np.eye(4)
    simple = answered(rng, shared, rng.integers(0, 4, 300), 5)
    many = answered(rng, rng.dirichlet(np.full(4, 0.3), (6, 4)) * 0.4 + 0.6 * np.eye(4), rng.integers(0, 4, 900), 4)
    found = [foretelling(answers(*crowd[1:4])) for crowd in (simple, many)]
    assert found == [STRONG[-1], STRONG[0]]
    monkeypatch.setattr(members, "MOST_ANSWERS", 400)  # a random part of the tasks says as much
    assert foretelling(answers(*simple[1:4])) == STRONG[-1]
    assert foretelling(answers([], [], [], classes=2)) == STRONG[0]


def test_without_gold_the_committee_decides_where_workers_differ() -> None:
    crowd = confused_crowd(np.random.default_rng(2))
    found = infer(crowd.task, crowd.worker, crowd.label)
    assert found.method == "committee"
    assert "Too little gold" in found.reason
    assert (found.label == crowd.truth).mean() > (majority(answers(*crowd[1:4])).label == crowd.truth).mean()


def test_votes_decide_where_models_foretell_worse(monkeypatch) -> None:
    crowd = confused_crowd(np.random.default_rng(3))
    blind = METHODS["majority"](answers(np.arange(600), np.zeros(600, int), crowd.truth, classes=3))

    def misled(given, *, gold=None):
        return replace(majority(given, gold=gold), posterior=np.roll(blind.posterior, 1, axis=1))

    monkeypatch.setitem(METHODS, "committee", misled)
    found = infer(crowd.task, crowd.worker, crowd.label)
    assert found.method == "majority"
    assert "worse than votes" in found.reason


def test_with_gold_the_default_stays_where_nothing_leads_clearly() -> None:
    crowd = answered(np.random.default_rng(4), np.tile(np.eye(2), (9, 1, 1)), np.arange(400) % 2, 3)
    gold = np.where(np.arange(400) < 100, crowd.truth, -1)
    found = infer(crowd.task, crowd.worker, crowd.label, gold=gold)
    assert found.method == "committee"
    assert "1.000" in found.reason


def test_a_method_that_leads_clearly_on_gold_is_taken(monkeypatch) -> None:
    crowd = confused_crowd(np.random.default_rng(5))
    gold = np.where(np.arange(600) < 200, crowd.truth, -1)

    def seer(given, *, gold=None):
        sure = np.eye(3)[crowd.truth]
        return replace(majority(given, gold=gold), posterior=sure, method="mace")

    monkeypatch.setitem(METHODS, "mace", seer)
    assert infer(crowd.task, crowd.worker, crowd.label, gold=gold).method == "mace"


def test_all_methods_are_compared_on_the_same_hidden_answers() -> None:
    crowd = confused_crowd(np.random.default_rng(6), tasks=300)
    gold = np.where(np.arange(300) < 60, crowd.truth, -1)
    rows = {row.method: row for row in compare(answers(*crowd[1:4]), gold=gold)}
    assert set(rows) == set(METHODS)
    assert len({row.held_out.n for row in rows.values()}) == 1
    assert all(row.gold.n == 60 for row in rows.values())
    assert rows["majority"].changed == 0
    assert rows["dawid-skene"].held_out.value > rows["majority"].held_out.value


def test_intervals_of_what_was_foretold_cover() -> None:
    """95 % of 160 intervals within three standard errors; what they are about is the mean over all of these crowds."""
    rng = np.random.default_rng(11)
    confusion = confused_crowd(rng, tasks=1).confusion
    methods = {name: METHODS[name] for name in ("majority", "dawid-skene")}
    found: dict[str, list[Estimate]] = {name: [] for name in methods}
    for _ in range(160):
        crowd = answered(rng, confusion, rng.integers(0, 3, 150), 5)
        given = answers(crowd.task, crowd.worker, crowd.label, classes=3)
        for row in compare(given, methods=methods, rng=rng):
            found[row.method].append(row.held_out)
    for rows in found.values():
        truth = np.mean([row.value for row in rows])
        assert 0.9 <= np.mean([row.low <= truth <= row.high for row in rows]) <= 0.995, rows[0].method


def test_a_large_crowd_is_sampled_for_the_choice_with_all_its_gold() -> None:
    crowd = confused_crowd(np.random.default_rng(7), tasks=400)
    gold = np.where(np.arange(400) % 10 == 0, crowd.truth, -1)
    part, known = sampled(answers(*crowd[1:4]), gold, np.random.default_rng(1), most=500)
    assert known is not None
    assert len(part.task) < 1000
    assert (known >= 0).sum() == 40
    assert known[known >= 0].tolist() == gold[gold >= 0].tolist()


def test_cohorts_and_scales_bring_their_methods() -> None:
    crowd = confused_crowd(np.random.default_rng(8), tasks=200)
    methods = available(cohort=np.zeros(12, int), ordered=True)
    for name in ("cohort", "ordinal"):
        assert infer(*crowd[1:4], methods=methods, method=name).method == name
        with pytest.raises(InvalidError, match=name):
            infer(*crowd[1:4], method=name)


def test_one_class_only_is_said_to_tell_nothing() -> None:
    found = infer([0, 0, 1], [0, 1, 0], [0, 0, 0])
    assert found.method == "majority"
    assert found.warnings


def test_too_few_tasks_to_foretell_are_said_in_words() -> None:
    found = infer([0, 0, 1, 1, 2, 2], [0, 1, 0, 1, 0, 1], [0, 0, 1, 1, 2, 2])
    assert found.method == "committee"
    assert found.reason == "Too little gold to choose by, and too few tasks to foretell answers of."


def test_arrays_of_different_length_are_refused() -> None:
    with pytest.raises(InvalidError, match="equally long"):
        infer([0, 1], [0], [0, 1])


def test_an_unknown_method_is_refused() -> None:
    with pytest.raises(InvalidError, match=r"no method 'guess'"):
        infer([0, 1], [0, 1], [0, 1], method="guess")
