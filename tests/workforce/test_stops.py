"""A stop is operations' word: nobody lifts their own, and it is kept apart from a person's own availability."""

from __future__ import annotations

from datetime import timedelta

import pytest

from headwater.annotation import tasks
from headwater.annotation.handouts import Why
from headwater.core.errors import InvalidError
from headwater.governance import queries as governance
from headwater.governance.model import FourEyesError, NotYoursError
from headwater.workforce import queries, service
from headwater.workforce.model import NotStoppedError
from tests.annotation.factories import claim, open_campaign
from tests.workspaces import Team


def test_whoever_was_stopped_cannot_switch_themselves_on_again(each_team: Team) -> None:
    team = each_team
    campaign = open_campaign(team, 3)
    person = team.annotators[0]
    with team.act(team.ops) as ctx:
        service.stop(ctx, person, reason="errors on gold")
    with team.act(person) as ctx:
        service.set_availability(ctx, person, available=True)
    with team.act(person) as ctx:
        assert tasks.claim(ctx, campaign.id).why is Why.STOPPED
    with team.act(person) as ctx, pytest.raises(NotYoursError):
        service.readmit(ctx, person, reason="I am better now")
    with team.act(team.ops) as ctx:
        service.readmit(ctx, person, reason="trained")
    assert claim(team, campaign.id, person) is not None


def test_availability_stays_the_persons_own_while_they_are_stopped(team: Team) -> None:
    campaign = open_campaign(team, 3)
    person = team.annotators[0]
    with team.act(team.ops) as ctx:
        service.stop(ctx, person, reason="errors on gold")
    with team.act(person) as ctx:
        service.set_availability(ctx, person, available=False)
    with team.act(team.ops) as ctx:
        row = service.readmit(ctx, person, reason="trained")
        assert (row.is_available, row.stop, row.is_served) == (False, None, False)
    with team.act(person) as ctx:
        assert tasks.claim(ctx, campaign.id).why is Why.UNAVAILABLE
        service.set_availability(ctx, person, available=True)
    assert claim(team, campaign.id, person) is not None


def test_somebody_away_until_a_moment_is_given_tasks_again_from_then_on(each_team: Team) -> None:
    team = each_team
    campaign = open_campaign(team, 3)
    person = team.annotators[0]
    soon = team.app.clock.now() + timedelta(days=3)
    with team.act(person) as ctx:
        assert service.set_availability(ctx, person, available=False, back_at=soon).back_at == soon
        for wrong in (ctx.clock.now() - timedelta(days=1), soon.replace(tzinfo=None)):
            with pytest.raises(InvalidError, match="Nobody is away until"):
                service.set_availability(ctx, person, available=False, back_at=wrong)
    with team.act(team.ops) as ctx:
        service.enrol(ctx, person, team="north")  # what they said stays
    with team.act(person) as ctx:
        assert tasks.claim(ctx, campaign.id).why is Why.UNAVAILABLE
    team.app.clock.advance(days=3)  # type: ignore[attr-defined]
    assert claim(team, campaign.id, person) is not None
    with team.read() as ctx:
        row = next(each for each in queries.annotators(ctx) if each.person == person)
    assert (row.is_available, row.back_at) == (True, None)


def test_a_stop_keeps_who_said_it_and_why_and_the_person_is_told(team: Team) -> None:
    person = team.annotators[0]
    with team.act(team.ops) as ctx:
        service.enrol(ctx, person, team="desk")
        service.stop(ctx, person, reason="errors on gold")
        service.enrol(ctx, person, team="other desk")
    with team.read(person) as ctx:
        mine = queries.annotator(ctx).stop
        assert mine is not None
        assert (mine.reason, mine.by) == ("errors on gold", team.ops)
        assert [each.text for each in governance.notices(ctx)] == ["You are given no tasks for now: errors on gold"]
    with team.read(team.annotators[1]) as ctx:
        assert [each.stop.reason for each in queries.annotators(ctx) if each.stop] == [""]
    with team.read(team.ops) as ctx:
        assert [each.stop.reason for each in queries.annotators(ctx) if each.stop] == ["errors on gold"]


def test_a_stop_needs_a_reason_and_is_lifted_once_by_somebody_else(team: Team) -> None:
    with team.act(team.ops) as ctx, pytest.raises(InvalidError, match="reason"):
        service.stop(ctx, team.annotators[0], reason=" ")
    with team.act(team.ops) as ctx, pytest.raises(NotStoppedError):
        service.readmit(ctx, team.annotators[0], reason="why not")
    with team.act(team.lead) as ctx:
        service.stop(ctx, team.ops, reason="works for the vendor")
    with team.act(team.ops) as ctx, pytest.raises(FourEyesError):
        service.readmit(ctx, team.ops, reason="I do not")
