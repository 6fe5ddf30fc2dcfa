"""A campaign leaves the platform whole, as it stood at one moment, under pseudonyms."""

from __future__ import annotations

import json
from functools import partial
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from headwater.annotation import exports, tasks
from headwater.annotation.exchange import own
from headwater.annotation.plan import Plan
from headwater.governance import accounts
from headwater.governance.model import NotYoursError
from tests.annotation.factories import answer, claim, open_campaign, work_through
from tests.serving import served

if TYPE_CHECKING:
    from tests.workspaces import Team


def lines(team: Team, campaign: str, *, unanswered: bool = False) -> list[dict[str, Any]]:
    with team.read() as ctx:
        wanted = exports.scope(ctx, campaign, unanswered=unanswered)
    opened = partial(team.app.read_as, team.ops, team.program)
    return [json.loads(line) for line in b"".join(own.write(exports.items(opened, wanted))).splitlines()]


def test_every_answer_in_force_is_exported_once_with_its_content(
    each_team: Team, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exports, "BLOCK", 3)
    campaign = open_campaign(each_team, 10, plan=Plan(overlap=2)).id
    for person in each_team.annotators[:2]:
        work_through(each_team, campaign, person)
    found = lines(each_team, campaign)
    assert len({line["id"] for line in found}) == 10
    assert sorted(line["content"]["text"] for line in found) == sorted(f"message {n}" for n in range(10))
    assert all(len(line["answers"]) == 2 for line in found)
    assert {reply["values"]["topic"] for line in found for reply in line["answers"]} == {"billing"}
    assert len({reply["by"] for line in found for reply in line["answers"]}) == 2


def test_tasks_without_an_answer_are_left_out_unless_asked_for(team: Team) -> None:
    campaign = open_campaign(team, 5).id
    work_through(team, campaign, team.annotators[0], limit=2)
    assert len(lines(team, campaign)) == 2
    assert sorted(len(line["answers"]) for line in lines(team, campaign, unanswered=True)) == [0, 0, 0, 1, 1]


def test_an_answer_taken_back_or_given_after_the_export_began_is_not_in_it(team: Team) -> None:
    campaign = open_campaign(team, 3).id
    person = team.annotators[0]
    held = claim(team, campaign, person)
    assert held is not None
    answer(team, campaign, person, held)
    with team.read() as ctx:
        wanted = exports.scope(ctx, campaign)
    with team.act(person) as ctx:
        tasks.undo(ctx, campaign, lease_id=held.lease_id, token=held.token)
    opened = partial(team.app.read_as, team.ops, team.program)
    assert not lines(team, campaign)
    work_through(team, campaign, person)
    assert len(list(exports.items(opened, wanted))) == 1
    assert len(lines(team, campaign)) == 3


def test_an_export_names_nobody_and_annotators_may_not_ask_for_one(team: Team) -> None:
    campaign = open_campaign(team, 2).id
    work_through(team, campaign, team.annotators[0])
    text = json.dumps(lines(team, campaign))
    assert not [person for person in team.annotators if person in text]
    assert "ann1" not in text
    with team.read(team.annotators[0]) as ctx, pytest.raises(NotYoursError):
        exports.scope(ctx, campaign)


def test_an_export_streams_over_http(each_team: Team) -> None:
    campaign = open_campaign(each_team, 4).id
    work_through(each_team, campaign, each_team.annotators[0])
    with each_team.act(each_team.ops) as ctx:
        token = accounts.create_token(ctx, label="export").secret
    with served(each_team.app) as server:
        path = f"{server.url}/api/v1/programs/support/campaigns/{campaign}/export"
        headers = {"Authorization": f"Bearer {token}"}
        reply = httpx.get(path, params={"format": "jsonl"}, headers=headers)
        assert httpx.get(path, params={"format": "tablet"}, headers=headers).status_code == 422
    assert reply.status_code == 200
    assert reply.headers["content-type"] == "application/jsonl"
    assert "content-length" not in reply.headers
    assert len([json.loads(line) for line in reply.text.splitlines()]) == 4
