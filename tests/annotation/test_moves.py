"""A campaign goes on under another version of its schema: told before, nothing lost, the old answers readable."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from headwater.annotation import folding, gold, moves, queries, schemas
from headwater.annotation.changes import Fate
from headwater.annotation.model import StandingError
from headwater.annotation.responses import ResponseError
from headwater.core.errors import InvalidError, StaleError
from headwater.governance.model import NotYoursError
from tests.annotation import factories

if TYPE_CHECKING:
    from tests.workspaces import Team

NEW = [
    {"name": "topic", "kind": "single", "options": ["refund", "billing", "fault"]},
    {"name": "tone", "kind": "rating", "required": False},
]


def test_a_campaign_goes_on_under_the_next_version_and_keeps_what_was_answered(
    each_team: Team, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(folding, "LEAST", 1)
    campaign = factories.open_campaign(each_team, 4).id
    one, two = each_team.annotators[:2]
    factories.work_through(each_team, campaign, one, topic="praise", limit=2)
    factories.work_through(each_team, campaign, one, topic="fault", limit=1)
    held = factories.claim(each_team, campaign, one)
    assert held is not None
    each_team.app.clock.advance(minutes=11)  # type: ignore[attr-defined]
    with each_team.act(each_team.ops) as ctx:
        assert folding.fold(ctx, campaign, question="topic") == 3
    new = factories.publish_schema(each_team, NEW)
    with each_team.read() as ctx:
        found = moves.preview(ctx, campaign, moves.newest(ctx, campaign).id)
    told = {line.carry.question: (line.carry.fate, line.answers, line.stand) for line in found.lines}
    assert told == {"topic": (Fate.PARTIAL, 3, 1), "urgency": (Fate.LOST, 0, 0), "tone": (Fate.NEW, 0, 0)}
    with each_team.act(each_team.ops) as ctx:
        moves.move(ctx, campaign, new.id, reopen=True, seen_version=found.campaign.version)
    with each_team.act(each_team.ops) as ctx, pytest.raises(StaleError):
        moves.move(ctx, campaign, new.id, seen_version=found.campaign.version)
    factories.answer(each_team, campaign, one, held, topic="praise")  # given under the old version
    assert factories.work_through(each_team, campaign, two, topic="refund") == 2
    with each_team.read() as ctx:
        columns = queries.answers(ctx, campaign)
        given = sorted(columns.values[code] for code in columns.value.tolist())
    assert given == ["fault", "praise", "refund", "refund"]
    assert columns.values[:3] == ("refund", "billing", "fault")


def test_a_move_is_refused_where_it_would_break_something(team: Team) -> None:
    campaign = factories.open_campaign(team, 2, known={0: "praise"}).id
    other = factories.publish_schema(team, NEW, name="other")
    new = factories.publish_schema(team, NEW)
    with team.act(team.ops) as ctx:
        draft = schemas.create(ctx, name="topic", data=NEW[:1])
    for target, error, said in (
        (other.id, InvalidError, "another schema"),
        (draft.id, StandingError, "is draft"),
        (new.id, ResponseError, "Gold of record"),
    ):
        with team.act(team.ops) as ctx, pytest.raises(error, match=said):
            moves.move(ctx, campaign, target)
    with team.act(team.annotators[0]) as ctx, pytest.raises(NotYoursError):
        moves.move(ctx, campaign, new.id)
    with team.act(team.ops) as ctx:
        gold.retire(ctx, campaign, queries.golds(ctx, campaign)[0].task_id, reason="no longer an option")
        assert moves.move(ctx, campaign, new.id).schema_id == new.id
