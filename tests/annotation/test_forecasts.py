"""When a campaign will be done: what is left, at which pace, and what is said when nobody can know."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from headwater.annotation import campaigns, forecasts
from headwater.annotation.forecasts import Outlook
from headwater.annotation.plan import Plan
from headwater.governance.model import NotYoursError
from headwater.workforce import service
from tests.annotation.factories import open_campaign, work_through

if TYPE_CHECKING:
    from headwater.annotation.forecasts import Forecast
    from tests.workspaces import Team


def told(team: Team, campaign: str) -> Forecast:
    with team.read() as ctx:
        return forecasts.forecast(ctx, campaign)


def days(team: Team, campaign: str, count: int, *, each: int = 2) -> None:
    """Let the first annotator answer so many tasks on each of some days."""
    for _ in range(count):
        work_through(team, campaign, team.annotators[0], limit=each)
        team.app.clock.advance(days=1)  # type: ignore[attr-defined]


def test_days_of_work_give_a_date_and_a_chance_to_meet_the_deadline(each_team: Team) -> None:
    team = each_team
    deadline = datetime(2026, 5, 1, tzinfo=UTC)
    campaign = open_campaign(team, 30, plan=Plan(deadline=deadline)).id
    days(team, campaign, 5)
    found = told(team, campaign)
    assert found.outlook is Outlook.FORECAST
    assert (found.left.value, found.per_day.value, found.per_day.n) == (20.0, 2.0, 5)
    assert found.per_day.low >= 0  # nobody gives less than no answer
    today = team.app.clock.now().date()
    assert found.finish is not None
    assert found.earliest is not None
    assert (found.finish - today).days == 9  # two a day, today among them
    assert found.earliest <= found.finish
    assert found.in_time is not None
    assert found.in_time.value == 1.0
    with team.act(team.ops) as ctx:
        campaigns.amend(ctx, campaign, {"deadline": team.app.clock.now() + timedelta(hours=1)})
    late = told(team, campaign).in_time
    assert late is not None
    assert late.value == 0.0


def test_partly_answered_tasks_count_for_what_they_still_want(team: Team) -> None:
    campaign = open_campaign(team, 10, plan=Plan(overlap=3)).id
    work_through(team, campaign, team.annotators[0], limit=4)
    assert told(team, campaign).left.value == 26.0


def test_adaptive_overlap_is_expected_as_it_was(team: Team) -> None:
    campaign = open_campaign(team, 10, plan=Plan(overlap=2, most_overlap=3)).id
    work_through(team, campaign, team.annotators[0], topic="billing", limit=4)
    work_through(team, campaign, team.annotators[1], topic="fault", limit=4)
    found = told(team, campaign).left
    assert (found.value, found.n) == (22.0, 4)  # ten tasks that want three each, less eight answers


def test_what_cannot_be_known_is_told_in_words(team: Team) -> None:
    campaign = open_campaign(team, 12).id
    assert told(team, campaign).why == "Nobody has answered yet."
    days(team, campaign, 1)
    assert told(team, campaign).why == "Not enough days: 1 whole days of work, 3 are needed."
    days(team, campaign, 3)
    assert told(team, campaign).outlook is Outlook.FORECAST
    with team.act(team.ops) as ctx:
        service.stop(ctx, team.annotators[0], reason="left")
    assert told(team, campaign).why == "Nobody who is given tasks now answered in the last 4 days."
    with team.act(team.ops) as ctx:
        campaigns.pause(ctx, campaign)
    assert "paused" in told(team, campaign).why


def test_a_campaign_that_is_done_is_done(team: Team) -> None:
    campaign = open_campaign(team, 3, known={0: "fault"}).id
    work_through(team, campaign, team.annotators[0])
    found = told(team, campaign)
    assert (found.outlook, found.left.value, found.finish) == (Outlook.DONE, 0.0, None)
    with team.read(team.annotators[0]) as ctx, pytest.raises(NotYoursError):
        forecasts.forecast(ctx, campaign)
