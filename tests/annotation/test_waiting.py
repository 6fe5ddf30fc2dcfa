"""The review queue as a list: what waits, by campaign, team and age, page by page."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from headwater.annotation import queries, reviews, waiting
from headwater.annotation.model import Verdict
from headwater.annotation.plan import Plan
from headwater.annotation.waiting import Filter, Sort
from headwater.core.errors import InvalidError
from headwater.governance.model import NotYoursError
from headwater.workforce import service
from tests.annotation.factories import open_campaign, work_through
from tests.annotation.test_appeals import review

if TYPE_CHECKING:
    from tests.workspaces import Team


def waits(team: Team, wanted: Filter) -> list[str]:
    with team.read() as ctx:
        return [row.cohort for row in waiting.cases(ctx, wanted)]


def test_what_waits_is_listed_page_by_page_filtered_and_counted(each_team: Team) -> None:
    team = each_team
    with team.act(team.ops) as ctx:
        service.enrol(ctx, team.annotators[1], team="desk")
    campaign = open_campaign(team, 4, plan=Plan(overlap=2, review_rate=1.0))
    work_through(team, campaign.id, team.annotators[0], topic="billing")
    team.app.clock.advance(days=2)  # type: ignore[attr-defined]
    work_through(team, campaign.id, team.annotators[1], topic="fault")
    assert waits(team, Filter()) == ["in-house"] * 4 + ["desk"] * 4
    assert waits(team, Filter(team="desk", campaign="first")) == ["desk"] * 4
    assert waits(team, Filter(days=1)) == ["in-house"] * 4
    review(team, campaign.id, Verdict.RETURN)
    review(team, campaign.id, Verdict.ACCEPT)
    with team.act(team.reviewer) as ctx:
        disputed = queries.disagreements(ctx, campaign.id)[0].task_id
        reviews.ask_adjudication(ctx, campaign.id, [disputed])
    with team.read(team.reviewer) as ctx:
        first = waiting.cases(ctx, Filter(), limit=3)
        rest = waiting.cases(ctx, Filter(), after=first[-1].cursor)
        assert len(first) + len(rest) == 5  # two were taken, and the next one is held by the reviewer
        assert len({row.cursor for row in (*first, *rest)}) == 5
        found = {(row.sort, row.cohort): row.count for row in waiting.counts(ctx)}
        assert found == {
            (Sort.REVIEW, "in-house"): 1,
            (Sort.REVIEW, "desk"): 4,
            (Sort.DISPUTE, ""): 1,
            (Sort.RETURNED, "in-house"): 1,
        }
    assert waits(team, Filter(sort=Sort.RETURNED)) == ["in-house"]
    assert waits(team, Filter(sort=Sort.DISPUTE)) == [""]
    work_through(team, campaign.id, team.annotators[0], topic="praise")
    assert waits(team, Filter(sort=Sort.RETURNED)) == []


def test_the_queue_is_not_for_annotators_and_a_foreign_cursor_is_refused(team: Team) -> None:
    with team.read(team.annotators[0]) as ctx, pytest.raises(NotYoursError):
        waiting.cases(ctx, Filter())
    with team.read() as ctx, pytest.raises(InvalidError):
        waiting.cases(ctx, Filter(), after="rec_1")
