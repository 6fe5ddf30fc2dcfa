"""What annotators see of their own work, and what it must not tell."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from headwater.annotation.pace import Pace, pace
from headwater.annotation.plan import Plan
from tests.annotation import factories

if TYPE_CHECKING:
    from tests.workspaces import Team


def mine(team: Team, campaign: str, person: str, *, hours: float = 8) -> Pace:
    with team.read(person) as ctx:
        return pace(ctx, campaign, since=ctx.clock.now() - timedelta(hours=hours))


def test_a_person_sees_their_own_count_of_the_day_and_of_the_hour(each_team: Team) -> None:
    campaign = factories.open_campaign(each_team, 30, plan=Plan(overlap=2)).id
    one, two = each_team.annotators[:2]
    factories.work_through(each_team, campaign, one, limit=3)
    each_team.app.clock.advance(hours=2)  # type: ignore[attr-defined]
    factories.work_through(each_team, campaign, one, limit=2)
    assert (mine(each_team, campaign, one).today, mine(each_team, campaign, one).last_hour) == (5, 2)
    assert mine(each_team, campaign, two).today == 0


@pytest.mark.parametrize(
    ("tasks", "words"), [(0, "nothing left for you now"), (20, "at most 20 left"), (21, "more than 20 left")]
)
def test_what_is_left_is_told_in_steps(team: Team, tasks: int, words: str) -> None:
    campaign = factories.open_campaign(team, tasks + 1).id
    person = team.annotators[0]
    factories.work_through(team, campaign, person, limit=1)
    assert mine(team, campaign, person).left == words


def test_accuracy_is_of_the_days_before_and_only_where_the_plan_shows_it(each_team: Team) -> None:
    known = dict.fromkeys(range(4), "billing")
    person = each_team.annotators[0]
    campaign = factories.open_campaign(each_team, 8, plan=Plan(gold_rate=0.5, shows_accuracy=True), known=known).id
    factories.work_through(each_team, campaign, person)
    for hours in (8, 0):
        found = mine(each_team, campaign, person, hours=hours)
        assert found.accuracy is None, "today's gold would be told by the figure that moves"
    each_team.app.clock.advance(hours=20)  # type: ignore[attr-defined]
    share = mine(each_team, campaign, person).accuracy
    assert share is not None
    assert (share.value, share.low < 1.0) == (1.0, True)
    assert share.n >= 3
