"""What OpenAPI declares of every operation, and that no operation forgets it."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any, cast

import httpx
import pytest

from headwater.annotation import gold, queries
from headwater.api.application import build
from headwater.client import Client
from headwater.core.errors import StaleError
from tests.annotation.factories import open_campaign, put_records
from tests.edges.conftest import token_of
from tests.serving import served
from tests.web import calls
from tests.workspaces import Team

if TYPE_CHECKING:
    from collections.abc import Callable

    from headwater.app.application import App

    Call = Callable[..., httpx.Response]

KEEPERS = ("caller.write(", "caller.settle(", "caller.start(", "_reply(", "key=key")
"""What keeps the reply of a write under its key."""


def operations() -> list[tuple[str, str, dict[str, Any]]]:
    paths = build(cast("App", None)).openapi()["paths"]
    return [(method, path, each) for path, methods in paths.items() for method, each in methods.items()]


def test_every_write_declares_its_key_and_every_update_its_tag() -> None:
    missing = []
    for method, path, operation in operations():
        named = {each["name"] for each in operation.get("parameters", ()) if each["in"] == "header"}
        if method != "get" and "Idempotency-Key" not in named:
            missing.append(f"{method} {path}: key")
        if method in {"put", "patch"} and "requestBody" in operation:
            missing += [] if "If-Match" in named and "412" in operation["responses"] else [f"{method} {path}: tag"]
        refused = operation["responses"]["default"]["content"]
        assert refused["application/problem+json"]["schema"]["$ref"].endswith("/Problem")
    assert not missing


def test_the_document_says_how_to_sign_in() -> None:
    document = build(cast("App", None)).openapi()
    (needed,) = document["security"]
    assert document["components"]["securitySchemes"][next(iter(needed))]["scheme"] == "bearer"


def test_every_write_keeps_its_reply_and_every_update_compares_its_tag() -> None:
    forgotten = []
    for each in calls.every():
        if not each.is_api or each.method in calls.SAFE:
            continue
        written = inspect.getsource(each.route.endpoint)
        if not any(keeper in written for keeper in KEEPERS):
            forgotten.append(f"{each.name} forgets its key")
        if each.method in {"PUT", "PATCH"} and each.route.body_field and "caller.match(" not in written:
            forgotten.append(f"{each.name} overwrites what it has not seen")
    assert not forgotten


@pytest.fixture
def campaign(each_team: Team) -> str:
    """A campaign with two gold tasks."""
    records = put_records(each_team, [f"message {place}" for place in range(5)])
    made = open_campaign(each_team, records[:3])
    with each_team.act(each_team.ops) as ctx:
        gold.mark(ctx, made.id, {record: {"topic": "fault"} for record in records[3:]})
    return made.id


def repeated(call: Call, path: str, body: dict[str, Any] | None, **header: str) -> None:
    """Send a request twice under one key: the second time nothing happens, and the reply is the same."""
    first = call("POST", path, body, status=0, Idempotency_Key=path[-60:], **header)
    assert first.is_success, first.text
    again = call("POST", path, body, status=first.status_code, Idempotency_Key=path[-60:], **header)
    assert (again.headers.get("idempotent-replay"), again.content) == ("true", first.content)


def test_gold_leases_and_jobs_change_once_under_a_key(call: Call, each_team: Team, campaign: str) -> None:
    with each_team.read() as ctx:
        one, two = (row.task_id for row in queries.golds(ctx, campaign))
    path = f"campaigns/{campaign}"
    repeated(call, f"{path}/gold/{one}/correct", {"question": "topic", "value": "billing", "reason": "misread"})
    repeated(call, f"{path}/gold/{two}/retire", {"reason": "everybody knows it"})

    job = each_team.app.jobs.start("campaign export", {"campaign": campaign}, program=each_team.program, actor="x")
    repeated(call, f"jobs/{job}/cancel", None)
    repeated(call, f"jobs/{job}/resume", None)

    ann = each_team.annotators[0]
    task = call("POST", f"{path}/claim", {}, by=ann).json()["task"]
    beat = {"leases": {task["lease_id"]: task["token"]}}
    first = call("POST", f"{path}/heartbeat", beat, by=ann, Idempotency_Key="beat")
    assert call("POST", f"{path}/heartbeat", beat, by=ann, Idempotency_Key="beat").json() == first.json()


def test_the_client_changes_a_campaign_only_as_it_was_seen(team: Team) -> None:
    path = f"campaigns/{open_campaign(team, 2).id}"
    with (
        served(team.app) as server,
        Client(server.url, token=token_of(team, team.ops), program="support") as headwater,
    ):
        seen = headwater.seen(path)
        assert headwater.patch(path, {"overlap": 2}, tag=seen.tag, key="one")["id"] == seen.data["id"]
        headwater.patch(path, {"overlap": 2}, tag=seen.tag, key="one")  # a repeat, not another change
        with pytest.raises(StaleError, match="You hold version") as refused:
            headwater.patch(path, {"overlap": 1}, tag=seen.tag)
        assert "If-Match" in refused.value.remedy
        person = f"annotators/{team.annotators[0]}"
        headwater.put(person, {"team": "east"}, tag=headwater.seen(person).tag)
        with pytest.raises(StaleError):
            headwater.put(f"{person}/availability", {"available": False}, tag='"0"')
