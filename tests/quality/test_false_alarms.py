"""Simulated campaigns: clean ones alarm no more often than stated, planted faults are found and named."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy import stats

from headwater.quality import control, integrity
from headwater.quality.breakdowns import Groups
from headwater.quality.model import LEVEL, SPENT
from headwater.quality.timeline import Frame
from tests.quality.simulated import SECOND, Campaign

CAMPAIGNS = 200
MOST = int(stats.binom.ppf(0.9999, CAMPAIGNS, LEVEL))


def test_clean_campaigns_raise_alarms_no_more_often_than_stated() -> None:
    alarming = sum(bool(_signals(Campaign(seed))) for seed in range(CAMPAIGNS))
    assert alarming <= MOST
    assert alarming <= LEVEL * CAMPAIGNS


def test_what_is_spent_on_charts_and_checks_is_the_level() -> None:
    assert sum(SPENT.values()) == pytest.approx(1)
    watch = Campaign(0).watch
    looks = sum(watch.look_level("speed", look) for look in range(1000))
    assert looks == pytest.approx(LEVEL * SPENT["speed"], rel=0.01)


def test_people_who_err_just_as_often_as_allowed_raise_no_more_alarms_than_stated() -> None:
    alarming = 0
    for seed in range(60):
        it = Campaign(seed)
        it.value = it.truth[it.task].copy()
        it.err(np.ones(it.task.size, np.bool_), it.watch.good)
        gold = [chart.signal for chart in control.gold_charts(it.frame(), it.watch, {})]
        alarming += any(signal is not None for signal in gold)
    assert alarming <= stats.binom.ppf(0.9999, 60, LEVEL * SPENT["gold"])


def test_a_noisy_annotator_is_found_with_the_moment_it_began() -> None:
    it = Campaign(3, tasks=1000, gold=80)
    begun = it.task.size // 2
    it.err(it.late & (it.annotator == 3), 0.5)
    found = [each for each in _signals(it) if each.scope == "annotator:per_3"]
    assert {each.metric for each in found} == {"gold.accuracy", "agreement"}
    gold = next(each for each in found if each.metric == "gold.accuracy")
    assert gold.low <= begun * SECOND <= gold.high
    assert (gold.causes[0].kind, gold.causes[0].name) == ("annotator", "per_3")
    assert gold.before is not None
    assert gold.before.high < gold.after.value


def test_a_guideline_change_is_found_and_named() -> None:
    it = Campaign(2, tasks=1000, gold=80)
    it.guideline = it.late.astype(np.int64)
    it.err(it.late, 0.3)
    found = {each.metric: each for each in _signals(it) if not each.scope}
    for metric in ("gold.accuracy", "agreement"):
        signal = found[metric]
        assert signal.low <= it.task.size // 2 * SECOND <= signal.high
        assert ("guideline", "gdl_1") in {(cause.kind, cause.name) for cause in signal.causes[:2]}


def test_a_change_that_meets_everybody_is_laid_to_nobody() -> None:
    named = 0
    for seed in range(40):
        it = Campaign(seed, gold=100)
        it.guideline = it.late.astype(np.int64)
        it.err(it.late, 0.5)
        frame = it.frame()
        gold = [chart.signal for chart in control.gold_charts(frame, it.watch, {}) if chart.signal is not None]
        assert "" in {signal.scope for signal in gold}
        named += len(control.stand_out(frame, gold)) > 1
    assert named <= stats.binom.ppf(0.9999, 40, control.APART)


def test_whoever_errs_more_than_all_others_do_is_named_though_all_changed() -> None:
    it = Campaign(1, tasks=1000, gold=150)
    it.guideline = it.late.astype(np.int64)
    it.err(it.late, 0.4)
    it.err(it.late & (it.annotator == 3), 0.9)
    scopes = {each.scope for each in _signals(it) if each.metric == "gold.accuracy"}
    assert scopes >= {"", "annotator:per_3"}


def test_a_slice_that_nobody_gets_right_any_more_is_named() -> None:
    it = Campaign(3, tasks=1000, gold=80)
    spanish = (it.task % 3 == 0) & it.late
    it.err(spanish, 0.8)
    frame = it.frame(lambda rows: {"slice language": np.where(it.task[rows] % 3 == 0, "es", "en")})
    signal = next(chart.signal for chart in control.charts(frame, it.watch, {}) if chart.signal and not chart.scope)
    assert (signal.causes[0].kind, signal.causes[0].name) == ("slice language", "es")


def test_a_speed_runner_is_found() -> None:
    it = Campaign(4)
    it.seconds[it.annotator == 5] = 1.0
    found = _signals(it)
    assert {(each.metric, each.scope) for each in found} == {("speed", "annotator:per_5")}
    assert found[0].after.high < 0.2


def test_another_mix_of_labels_is_found() -> None:
    it = Campaign(5)
    other = it.late & (it.task < it.tasks) & (it.truth[it.task] == 1)
    it.value[other] = 2
    signal = next(each for each in _signals(it) if each.metric == "label.mix")
    assert "'praise'" in signal.rule
    assert signal.low <= it.task.size // 2 * SECOND <= signal.high


@pytest.mark.parametrize("metric", ["label.mix", "agreement"])
def test_a_team_that_answers_otherwise_is_found_on_its_own_chart_and_named(metric: str) -> None:
    found = other = 0
    for seed in range(10):
        it = Campaign(seed, tasks=1000, gold=80, apart=True)
        green = it.late & (it.annotator % 2 == 1) & (it.task < it.tasks)
        mixed = green & (it.truth[it.task] == 0) if metric == "label.mix" else green
        it.value[mixed & (it.rng.random(it.task.size) < (0.8 if metric == "label.mix" else 0.3))] = 2
        charts = [chart for chart in control.charts(it.frame(), it.watch, {}) if chart.metric == metric]
        signals = {chart.scope: chart.signal for chart in charts if chart.signal}
        other += "team:blue" in signals
        if (signal := signals.get("team:green")) is not None:
            inside = signal.low <= it.task.size // 2 * SECOND <= signal.high
            found += inside and (signal.causes[0].kind, signal.causes[0].name) == ("team", "green")
    assert other <= stats.binom.ppf(0.9999, 10, LEVEL * SPENT[metric])
    assert found >= 8


def sliced(it: Campaign) -> Frame:
    """Return it with charts of two languages and of a slice that lies across them."""
    parts = {"language = 'es'": it.task % 3 == 0, "language = 'en'": it.task % 3 > 0, "urgent": it.task % 4 == 0}
    groups = [Groups("slice", (name,), np.where(inside, 0, -1)) for name, inside in parts.items()]
    return replace(it.frame(), charted=lambda: groups)


@pytest.mark.parametrize("metric", ["label.mix", "agreement"])
def test_a_slice_that_is_answered_otherwise_is_found_on_its_own_chart(metric: str) -> None:
    found = other = 0
    for seed in range(10):
        it = Campaign(seed, tasks=1000, gold=80)
        spanish = it.late & (it.task % 3 == 0) & (it.task < it.tasks)
        mixed = spanish & (it.truth[it.task] == 0) if metric == "label.mix" else spanish
        it.value[mixed & (it.rng.random(it.task.size) < (0.8 if metric == "label.mix" else 0.4))] = 2
        charts = [chart for chart in control.charts(sliced(it), it.watch, {}) if chart.metric == metric]
        signals = {chart.scope: chart.signal for chart in charts if chart.signal}
        other += "slice:language = 'en'" in signals
        if (signal := signals.get("slice:language = 'es'")) is not None:
            found += signal.low <= it.task.size // 2 * SECOND <= signal.high
    assert other <= stats.binom.ppf(0.9999, 10, LEVEL * SPENT[metric])
    assert found >= 8


def test_clean_teams_and_slices_raise_no_more_alarms_than_their_charts_have_to_spend() -> None:
    alarming, charted = 0, set()
    for seed in range(100):
        it = Campaign(seed, apart=True)
        charts = control.charts(sliced(it), it.watch, {})
        charted |= {(chart.metric, chart.scope) for chart in charts if chart.scope.startswith(("team:", "slice:"))}
        alarming += any(chart.signal for chart in charts)
    assert len(charted) == 12
    spent = sum(SPENT[metric] for metric in ("gold", "agreement", "label.mix"))
    assert alarming <= stats.binom.ppf(0.9999, 100, LEVEL * spent)
    alone = replace(it.frame(), team=np.zeros(it.task.size, np.int64))
    scopes = {chart.scope for chart in control.charts(alone, it.watch, {}) if chart.metric != "gold.accuracy"}
    assert not any(scope.startswith("team:") for scope in scopes)


def test_a_decision_starts_the_chart_afresh() -> None:
    it = Campaign(1, tasks=1000, gold=80)
    it.err(it.late & (it.annotator == 3), 0.5)
    key = ("gold.accuracy", "annotator:per_3")
    end = it.task.size * SECOND
    chart = next(c for c in control.gold_charts(it.frame(), it.watch, {key: end}) if (c.metric, c.scope) == key)
    assert not chart.values.size
    assert chart.signal is None


def test_nothing_answered_makes_no_chart() -> None:
    it = Campaign(6, tasks=0, gold=0)
    assert not integrity.due(it.frame(), it.watch, {})


def _signals(it: Campaign) -> list[control.Signal]:
    frame = it.frame()
    found = [chart.signal for chart in control.charts(frame, it.watch, {}) if chart.signal is not None]
    return control.stand_out(frame, found) + integrity.due(frame, it.watch, {})
