"""The short way of annotators' requests: the same replies as the ordinary way, and taken by nothing else."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from headwater.api import application
from headwater.api.fastpath import FastPath
from headwater.api.work import most_asked, router
from tests.annotation.factories import open_campaign
from tests.edges.conftest import token_of

if TYPE_CHECKING:
    from tests.workspaces import Team

ORDINARY = {"Content-Type": "application/json; charset=utf-8"}
ANSWER = {"token": "t", "client_id": "a" * 36, "values": {"topic": "billing"}}


class Both:
    """The API behind its short way, which tells whether a request went the ordinary way."""

    def __init__(self, team: Team) -> None:
        self.team, self.ordinary = team, 0
        self._api = application.build(team.app)
        self.state = self._api.state
        self._path = FastPath(self._api, most_asked(), site=self)

    async def __call__(self, *request: Any) -> None:
        """Hear a request that goes the ordinary way."""
        self.ordinary += 1
        await self._api(*request)

    def post(self, path: str, body: str, **headers: str) -> httpx.Response:
        base = {"Content-Type": "application/json", "Authorization": f"Bearer {self._token}"}
        with ThreadPoolExecutor(1) as aside:  # a browser's event loop may run in this thread
            return aside.submit(asyncio.run, self._send(f"/programs/{path}", body, base | headers)).result()

    async def _send(self, path: str, body: str, headers: dict[str, str]) -> httpx.Response:
        wire = httpx.ASGITransport(self._path, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=wire, base_url="http://headwater") as http:
            return await http.post(path, content=body, headers=headers)

    @property
    def _token(self) -> str:
        return token_of(self.team, self.team.annotators[0])


@pytest.fixture
def both(team: Team) -> Both:
    """The team's API."""
    return Both(team)


def test_work_is_claimed_and_answered_the_short_way_once_per_key(both: Both, team: Team) -> None:
    path = f"support/campaigns/{open_campaign(team, 3).id}"
    task = both.post(f"{path}/claim", '{"holding": []}').json()["task"]
    given = {**ANSWER, "lease_id": task["lease_id"], "token": task["token"]}
    body = str(given).replace("'", '"')
    first = both.post(f"{path}/submit", body, **{"Idempotency-Key": "one"})
    again = both.post(f"{path}/submit", body, **{"Idempotency-Key": "one"})
    assert (first.status_code, first.json()["accepted"]) == (200, True)
    assert again.json() == first.json()
    assert again.headers["Idempotent-Replay"] == "true"
    assert both.post(f"{path}/submit", body, **{"Idempotency-Key": "one"} | ORDINARY).json() == first.json()
    assert both.ordinary == 1
    clash = both.post(f"{path}/claim", "{}", **{"Idempotency-Key": "one"})
    assert (clash.status_code, clash.json()["code"]) == (409, "conflict")


@pytest.mark.parametrize(
    ("path", "body", "headers", "status"),
    [
        ("support/campaigns/{campaign}/submit", '{"lease_id": "lea_none", "token": "t"}', {}, 422),
        ("support/campaigns/{campaign}/claim", "{", {}, 422),
        ("support/campaigns/{campaign}/claim", "", {}, 422),
        ("support/campaigns/{campaign}/claim", '{"holding": []}', {"Authorization": "Bearer hw_wrong"}, 401),
        ("support/campaigns/cmp_none/claim", "{}", {}, 404),
        ("nowhere/campaigns/{campaign}/claim", "{}", {}, 404),
        ("support/campaigns/{campaign}/skip", '{"lease_id": "l", "token": "t", "reason": "why"}', {}, 404),
        ("support/campaigns/{campaign}/undo", '{"lease_id": "l", "token": "t"}', {}, 404),
        ("support/campaigns/{campaign}/claim/", "{}", {}, 307),
    ],
)
def test_either_way_gives_the_same_reply(
    both: Both, team: Team, path: str, body: str, headers: dict[str, str], status: int
) -> None:
    address = path.format(campaign=open_campaign(team, 2).id)
    replies = [both.post(address, body, **headers, **way) for way in ({}, ORDINARY)]
    assert [reply.status_code for reply in replies] == [status, status]
    assert replies[0].content == replies[1].content
    assert [reply.headers.get("content-type") for reply in replies] == [replies[0].headers.get("content-type")] * 2


def test_an_error_nobody_foresaw_is_told_as_a_problem_once(
    both: Both, team: Team, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError

    campaign = open_campaign(team, 2).id
    monkeypatch.setattr("headwater.annotation.tasks.claim", broken)
    reply = both.post(f"support/campaigns/{campaign}/claim", "{}")
    assert (reply.status_code, reply.json()["code"], both.ordinary) == (500, "error", 0)


def test_a_route_that_takes_or_gives_something_else_cannot_take_the_short_way(both: Both) -> None:
    other = [route for route in router.routes if getattr(route, "name", "") == "heartbeat"]
    with pytest.raises(TypeError, match="gives no response"):
        FastPath(both._api, other, site=both)  # type: ignore[arg-type]
