"""Rework: tasks opened again are answered anew, with the reason before everybody's eyes and nothing lost."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from headwater.annotation import campaigns, queries, rework
from headwater.annotation.model import CampaignStateError, Verdict
from headwater.annotation.plan import Plan
from headwater.core.errors import InvalidError
from headwater.governance.model import NotYoursError
from tests.annotation import factories as make
from tests.annotation.test_appeals import review

if TYPE_CHECKING:
    from tests.workspaces import Team


def reopen_all(team: Team, campaign: str, *, reason: str = "Billing and fault were mixed up.") -> int:
    """Open every ordinary task of the first batch again."""
    with team.act(team.ops) as ctx:
        batch = queries.batches(ctx, campaign)[0]
        chosen = [task.id for task in queries.tasks_of(ctx, batch.id)]
        return rework.reopen(ctx, batch.id, chosen, reason=reason)


def test_a_reopened_task_comes_back_to_everybody_with_the_reason(each_team: Team) -> None:
    campaign = make.open_campaign(each_team, 6, plan=Plan(overlap=2))
    first, second, third, _ = each_team.annotators
    assert make.work_through(each_team, campaign.id, first) == 6
    assert make.work_through(each_team, campaign.id, second) == 6
    assert reopen_all(each_team, campaign.id) == 6
    assignment = make.claim(each_team, campaign.id, first)
    assert assignment is not None
    assert assignment.note == "Billing and fault were mixed up."
    assert make.claim(each_team, campaign.id, first).note == assignment.note  # type: ignore[union-attr]
    assert make.work_through(each_team, campaign.id, first, topic="fault") == 6
    assert make.work_through(each_team, campaign.id, third, topic="fault") == 6
    with each_team.read() as ctx:
        columns = queries.answers(ctx, campaign.id, question="topic")
        assert {columns.values[code] for code in columns.value} == {"fault"}
        assert len(columns.task) == 12
        progress = queries.progress(ctx, campaign.id)
        assert (progress.done, progress.answers) == (6, 12)


def test_earlier_answers_are_kept_out_of_force(team: Team) -> None:
    campaign = make.open_campaign(team, 3)
    make.work_through(team, campaign.id, team.annotators[0])
    reopen_all(team, campaign.id)
    with team.read() as ctx:
        progress = queries.progress(ctx, campaign.id)
        assert (progress.done, progress.answers) == (0, 0)
        rows = ctx.db.exec_driver_sql("SELECT superseded_at FROM answer").scalars().all()
        assert len(rows) == 3
        assert all(rows)


@pytest.mark.parametrize("change", ["reopen", "overlap"])
def test_reviews_of_a_batch_do_not_count_as_its_tasks(team: Team, change: str) -> None:
    campaign = make.open_campaign(team, 4, plan=Plan(review_rate=1.0))
    make.work_through(team, campaign.id, team.annotators[0], limit=3)
    for _ in range(3):
        review(team, campaign.id, Verdict.ACCEPT)
    with team.act(team.ops) as ctx:
        batch = queries.batches(ctx, campaign.id)[0]
        if change == "reopen":
            one = queries.reviews(ctx, campaign.id)[0].task_id
            rework.reopen(ctx, batch.id, [one], reason="again")
        else:
            campaigns.change(ctx, campaign.id, plan=replace(campaign.plan, overlap=2))
            campaigns.change(ctx, campaign.id, plan=replace(campaign.plan, overlap=1))
    with team.read() as ctx:
        assert queries.progress(ctx, campaign.id).done == (2 if change == "reopen" else 3)


def test_tasks_without_answers_are_passed_by(team: Team) -> None:
    campaign = make.open_campaign(team, 4)
    make.work_through(team, campaign.id, team.annotators[0], limit=1)
    assert reopen_all(team, campaign.id) == 1
    assert make.work_through(team, campaign.id, team.annotators[0]) == 4


def test_a_task_being_worked_on_is_not_given_out_beyond_its_overlap(team: Team) -> None:
    campaign = make.open_campaign(team, 1, plan=Plan(overlap=2))
    first, second, third, fourth = team.annotators
    make.work_through(team, campaign.id, first)
    held = make.claim(team, campaign.id, second)
    assert held is not None
    assert reopen_all(team, campaign.id) == 1
    assert make.claim(team, campaign.id, third) is not None
    assert make.claim(team, campaign.id, fourth) is None
    make.answer(team, campaign.id, second, held)
    with team.read() as ctx:
        assert queries.progress(ctx, campaign.id).answers == 1


def test_closed_campaigns_silence_and_strangers_are_refused(team: Team) -> None:
    campaign = make.open_campaign(team, 2)
    make.work_through(team, campaign.id, team.annotators[0])
    with pytest.raises(InvalidError, match="needs a reason"):
        reopen_all(team, campaign.id, reason=" ")
    with team.read() as ctx:
        batch = queries.batches(ctx, campaign.id)[0].id
    with pytest.raises(NotYoursError), team.act(team.expert) as ctx:
        rework.reopen(ctx, batch, [], reason="mine")
    with team.act(team.ops) as ctx:
        campaigns.close(ctx, campaign.id)
    with pytest.raises(CampaignStateError, match="is closed"):
        reopen_all(team, campaign.id)
