"""Label errors: searched in resolved labels, kept, and sent back to annotators."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from headwater.annotation import tasks
from headwater.core.errors import InvalidError, NotFoundError
from headwater.governance.model import NotYoursError
from headwater.quality import label_errors, labels, queries
from headwater.quality.label_errors import OPEN, Search
from headwater.quality.model import NotAssessableError
from tests.annotation import factories as make

if TYPE_CHECKING:
    from headwater.annotation.plan import Plan
    from tests.workspaces import Team

WORDS = {"billing": "invoice money charge refund", "fault": "broken crash error screen"}


def labelled(team: Team, *, each: int = 30, wrong: int = 3, plan: Plan | None = None) -> str:
    """Return a campaign about two clear topics whose first labels of each are wrong."""
    texts = [f"{WORDS[topic]} {place}" for place in range(each) for topic in WORDS]
    campaign = make.open_campaign(team, make.put_records(team, texts), plan=plan)
    with team.act(team.annotators[0]) as ctx:
        assignment, seen = tasks.claim(ctx, campaign.id).assignment, 0
        while assignment is not None:
            right = "billing" if "invoice" in str(assignment.content) else "fault"
            other = "fault" if right == "billing" else "billing"
            given = make.submission(assignment, topic=other if seen < wrong else right)
            following = tasks.submit(ctx, campaign.id, given).next
            assignment, seen = following.assignment if following else None, seen + 1
    with team.act(team.ops) as ctx:
        labels.resolve(ctx, campaign.id, question="topic", method="majority")
    return campaign.id


def test_planted_errors_are_found_explained_and_labelled_again(team: Team) -> None:
    campaign = labelled(team)
    with team.act(team.ops) as ctx:
        row = label_errors.find(ctx, Search(question="topic", campaign_id=campaign))
    assert (row.labels, len(row.suspects)) == (60, 3)
    assert row.rate.value == pytest.approx(0.05, abs=0.03)
    assert {(each.given, each.suggested) for each in row.suspects} == {("billing", "fault"), ("fault", "billing")}
    assert "it rests on 1 answer" in row.suspects[0].reason
    with team.act(team.ops) as ctx:
        assert label_errors.search(ctx) == row
        assert label_errors.standing(ctx, row, row.suspects[:1]) == {row.suspects[0].task_id: row.suspects[0].given}
        kinds = [(each.given, each.suggested) for each in row.suspects]
        assert [(each.given, each.suggested) for each in row.between(given="fault", suggested="billing")] == [
            each for each in kinds if each == ("fault", "billing")
        ]
        with pytest.raises(InvalidError, match="no such label"):
            label_errors.relabel(ctx, row.id, tasks=[])
        assert label_errors.relabel(ctx, row.id, most=2).tasks == 2
        now = label_errors.standing(ctx, row, row.suspects)
        assert [now[each.task_id] for each in row.suspects] == [OPEN, OPEN, row.suspects[2].given]
    assignment = make.claim(team, campaign, team.annotators[1])
    assert assignment is not None
    assert "doubted" in assignment.note


def test_another_campaign_takes_the_records_as_a_rework_batch(team: Team) -> None:
    campaign = labelled(team)
    with team.act(team.ops) as ctx:
        row = label_errors.find(ctx, Search(question="topic", campaign_id=campaign))
        with pytest.raises(InvalidError, match="None of the 3 records is new"):
            label_errors.relabel(ctx, row.id, into="first")
        with pytest.raises(InvalidError, match="are not suspected"):
            label_errors.relabel(ctx, row.id, tasks=["tsk_nobody"])


def test_predictions_may_be_brought_along(team: Team) -> None:
    labelled(team, each=15, wrong=0)
    with team.act(team.ops) as ctx:
        known = queries.labels(ctx, question="topic")
        sure = {each.record_id: {each.value: 0.9, "praise": 0.0} for each in known}
        swap = {"billing": "fault", "fault": "billing"}
        for each in known:
            sure[each.record_id][swap[each.value]] = 0.1
        sure[known[0].record_id] = {known[0].value: 0.02, swap[known[0].value]: 0.98}
        row = label_errors.find(ctx, Search(question="topic", predictions=sure))
        assert [each.task_id for each in row.suspects] == [known[0].task_id]
        with pytest.raises(InvalidError, match="have no prediction"):
            label_errors.find(ctx, Search(question="topic", predictions={}))


def test_too_little_and_strangers_are_refused(team: Team) -> None:
    labelled(team, each=5)
    with team.act(team.ops) as ctx:
        with pytest.raises(NotAssessableError, match="too few"):
            label_errors.find(ctx, Search(question="topic"))
        with pytest.raises(NotFoundError, match="not searched"):
            label_errors.search(ctx)
    with pytest.raises(NotYoursError), team.act(team.expert) as ctx:
        label_errors.find(ctx, Search(question="topic"))
