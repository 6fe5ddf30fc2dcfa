"""One's own answers, seen again by their author alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from headwater.annotation import history, tasks
from tests.annotation import factories

if TYPE_CHECKING:
    from tests.workspaces import Team


def test_own_answers_come_newest_first_and_page_by_page(each_team: Team) -> None:
    team = each_team
    campaign = factories.open_campaign(team, 7, known={0: "fault"}).id
    one, two = team.annotators[:2]
    factories.work_through(team, campaign, one, limit=5)
    factories.work_through(team, campaign, two, topic="praise")
    with team.read(one) as ctx:
        whole = history.mine(ctx, campaign)
        paged, before = [], ""
        while rows := history.mine(ctx, campaign, before=before, limit=2):
            paged += rows
            before = rows[-1].id
    assert paged == whole
    assert len(whole) == 5
    assert [row.given_at for row in whole] == sorted((row.given_at for row in whole), reverse=True)
    assert {row.values["topic"] for row in whole} == {"billing"}
    assert {row.guideline for row in whole} == {"topic v1"}
    assert all(row.excerpt.startswith("message ") for row in whole)
    with team.read(team.lead) as ctx:
        assert history.mine(ctx, campaign) == []


def test_an_answer_that_was_taken_back_is_marked(team: Team) -> None:
    campaign = factories.open_campaign(team, 1).id
    held = factories.claim(team, campaign, team.annotators[0])
    assert held is not None
    factories.answer(team, campaign, team.annotators[0], held)
    with team.act(team.annotators[0]) as ctx:
        tasks.undo(ctx, campaign, lease_id=held.lease_id, token=held.token)
    with team.read(team.annotators[0]) as ctx:
        assert [row.is_in_force for row in history.mine(ctx, campaign)] == [False]
