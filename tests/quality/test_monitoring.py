"""Watching a campaign on a real database: alarms are raised once, told, decided on, and begin afresh."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from headwater.annotation import boards
from headwater.annotation import queries as annotation
from headwater.annotation.model import CampaignState
from headwater.annotation.personal_model import Only
from headwater.core.errors import ForbiddenError, InvalidError
from headwater.governance import queries as governance
from headwater.quality import advice, monitoring, queries, remedies
from headwater.quality.model import AlarmState, AlarmStateError, NotAssessableError, Remedy, UnknownAlarmError
from headwater.workforce import queries as workforce
from headwater.workforce.model import IN_HOUSE
from tests.annotation.factories import publish_guideline
from tests.quality.crowd import Crowd, crowd

if TYPE_CHECKING:
    from collections.abc import Callable

    from headwater.app.application import App
    from headwater.quality.model import Alarm
    from tests.workspaces import Team


def test_a_noisy_annotator_is_found_told_and_decided_on(each_team: Team) -> None:
    team = each_team
    it = crowd(team, tasks=120, known=40)
    noisy = team.annotators[2]
    _watch(it)
    it.work(error=lambda who: 0.9 if who == noisy else 0.02)
    found = [row for row in _watch(it) if row.metric == "gold.accuracy"]
    alarm = next(row for row in found if row.scope == f"annotator:{noisy}")
    assert alarm.people == (noisy,)
    assert alarm.state is AlarmState.OPEN
    assert alarm.about == "annotator"
    assert alarm.since_low <= alarm.since <= alarm.since_high <= alarm.noticed_at
    assert "one false alarm in" in alarm.rule
    with team.read(team.lead) as ctx:
        told = [each for each in governance.notices(ctx) if each.kind == "alarm" and each.subject == alarm.id]
        assert len(told) == 1
        assert told[0].text.startswith("Quality alarm in 'first': more errors on gold, annotator ann3: ")
        assert told[0].text.endswith("likely annotator ann3.")
    assert not _watch(it)  # nothing new, nothing twice
    _leads_to_the_crew(team, it, alarm)

    with team.act(team.ops) as ctx:
        assert monitoring.acknowledge(ctx, alarm.id).state is AlarmState.ACKNOWLEDGED
        decided = remedies.decide(ctx, alarm.id, Remedy.PAUSE, reason="will be trained")
    assert (decided.state, decided.remedy, decided.decided_by) == (AlarmState.DECIDED, Remedy.PAUSE, team.ops)
    with team.read() as ctx:
        assert workforce.annotator(ctx, noisy).stop is not None
        assert governance.decided(ctx, subject=alarm.id)[0].reason == "alarm: pause; will be trained"
        chart = next(
            each
            for each in queries.charts(ctx, it.campaign.id, question="topic")
            if (each.metric, each.scope) == ("gold.accuracy", alarm.scope)
        )
        assert not chart.values.size  # afresh
    assert not _watch(it)
    with team.act(team.ops) as ctx, pytest.raises(AlarmStateError):
        remedies.decide(ctx, alarm.id, Remedy.DISMISS, reason="again")


def _leads_to_the_crew(team: Team, it: Crowd, alarm: Alarm) -> None:
    """Whose mistakes an alarm leads to when it is about a team, or about everything but laid to a team or person."""
    (person, whole) = advice.leads(alarm, ["per_nobody"])
    assert (person.person, person.wanted.only, whole.wanted.only) == (alarm.people[0], Only.GOLD_MISTAKES, Only.ALL)
    noisy, *_ = alarm.explanations
    team_wide = replace(alarm, scope=f"team:{IN_HOUSE}", explanations=())
    with team.read() as ctx:
        assert not boards.crew(ctx, it.campaign.id, advice.team_of(alarm))
        crew = boards.crew(ctx, it.campaign.id, advice.team_of(team_wide))
    assert sorted(crew) == sorted(team.annotators)
    assert [each.person for each in advice.leads(team_wide, crew)] == crew
    both = [replace(noisy, kind="team", name=IN_HOUSE), noisy, replace(noisy, kind="everyone", name="")]
    laid = replace(alarm, scope="", explanations=tuple(both))
    assert advice.team_of(laid) == IN_HOUSE
    assert next(iter(advice.leads(laid, crew))).person == noisy.name
    assert len(advice.leads(laid, crew)) == len(crew)
    assert advice.team_of(replace(laid, explanations=tuple(both[::-1]))) == ""


def test_a_guideline_that_confuses_everybody_is_named(team: Team) -> None:
    it = crowd(team, tasks=200, known=50)
    _watch(it)
    it.answer(250, error=lambda _who: 0.02)
    assert not _watch(it)
    it.change_guideline(publish_guideline(team, "# Topics\n\nAnswer as you like.\n", change="shorter").id)
    it.work(error=lambda _who: 0.9)  # so often that nobody can err much more than all by chance
    found = _watch(it)
    alarm = next(row for row in found if row.metric == "gold.accuracy" and not row.scope)
    with team.read() as ctx:
        newest = annotation.guideline(ctx, "topic").id
    assert ("guideline", newest) in {(each.kind, each.name) for each in alarm.explanations[:2]}
    assert not [row for row in found if row.metric == "gold.accuracy" and row.scope.startswith("annotator")]
    with team.act(team.ops) as ctx:
        remedies.decide(ctx, alarm.id, Remedy.PAUSE, reason="rewrite it first")
    with team.read() as ctx:
        assert annotation.campaign(ctx, it.campaign.id).state is CampaignState.PAUSED


def test_a_speed_runner_is_found_and_asked_to_requalify(app: App, team_of: Callable[..., Team]) -> None:
    team = team_of(app, annotators=7)
    it = crowd(team, tasks=300, known=10)
    hasty = team.annotators[5]
    it.work(seconds=lambda who: 0.8 if who == hasty else 20.0)
    alarm = next(row for row in _watch(it) if row.metric == "speed")
    assert alarm.people == (hasty,)
    assert alarm.after.high < 0.2
    with team.act(team.ops) as ctx:
        remedies.decide(ctx, alarm.id, Remedy.REQUALIFY, reason="too quick to have read it")
    with team.read(hasty) as ctx:
        assert [each.text for each in governance.notices(ctx) if each.kind == "requalify"] == [
            "Please go through the guideline of 'first' again: too quick to have read it"
        ]


def test_relabelling_asks_others_again_for_what_the_person_answered(team: Team) -> None:
    it = crowd(team, tasks=120, known=40)
    noisy = team.annotators[0]
    it.work(error=lambda who: 0.9 if who == noisy else 0.02)
    alarm = next(row for row in _watch(it) if row.scope == f"annotator:{noisy}")
    with team.act(team.ops) as ctx:
        before = annotation.progress(ctx, it.campaign.id)
        chosen = remedies.affected(ctx, alarm)
        remedies.decide(ctx, alarm.id, Remedy.RELABEL, reason="not to be trusted")
        after = annotation.progress(ctx, it.campaign.id)
    assert before.done == before.tasks == 120
    assert 0 < len(chosen) == before.done - after.done
    it.work(error=lambda _who: 0.02)
    with team.read() as ctx:
        again = annotation.progress(ctx, it.campaign.id)
    assert again.done == 120
    assert again.answers >= before.answers + len(chosen)  # and gold among them


def test_only_those_who_accept_the_work_see_and_decide(team: Team) -> None:
    it = crowd(team, tasks=120, known=40)
    it.work(error=lambda who: 0.9 if who == team.annotators[1] else 0.02)
    alarm = _watch(it)[0]
    with team.act(team.annotators[1]) as ctx:
        for forbidden in (
            lambda: queries.alarms(ctx),
            lambda: queries.alarm(ctx, alarm.id),
            lambda: queries.charts(ctx, it.campaign.id, question="topic"),
            lambda: monitoring.monitor(ctx, it.campaign.id),
            lambda: remedies.decide(ctx, alarm.id, Remedy.DISMISS, reason="mine"),
        ):
            with pytest.raises(ForbiddenError):
                forbidden()
    with team.act(team.ops) as ctx:
        with pytest.raises(InvalidError, match="reason"):
            remedies.decide(ctx, alarm.id, Remedy.DISMISS, reason=" ")
        with pytest.raises(UnknownAlarmError):
            queries.alarm(ctx, "alm_none")
        with pytest.raises(NotAssessableError, match="not watched"):
            queries.charts(ctx, it.campaign.id, question="urgency")


def test_the_standard_for_gold_sets_what_is_in_control(team: Team) -> None:
    it = crowd(team, tasks=10, known=4)
    with team.act(team.ops) as ctx:
        watch = monitoring.begin(ctx, it.campaign.id, question="topic")
        assert (watch.good, watch.gold_planned) == (0.1, 100)
        assert watch.bad == pytest.approx(0.3)
        assert monitoring.begin(ctx, it.campaign.id, question="topic", good=0.3) == watch  # fixed once
        with pytest.raises(InvalidError, match="no chart"):
            monitoring.begin(ctx, it.campaign.id, question="urgency", good=0.5, bad=0.2)


def _watch(it: Crowd) -> list[Alarm]:
    with it.team.act(it.team.ops) as ctx:
        return monitoring.monitor(ctx, it.campaign.id)
