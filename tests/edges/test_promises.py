"""What every operation of the API promises: once per key, never over a stale version, problems, whole lists."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from headwater.governance import decisions
from headwater.governance.model import Decision
from tests.annotation.factories import open_campaign, put_records
from tests.workspaces import Team

if TYPE_CHECKING:
    from collections.abc import Callable

    Call = Callable[..., httpx.Response]

SOURCE = {"name": "desk", "kind": "private", "provenance": {"title": "Messages", "licence": "MIT"}}


def test_a_key_used_by_many_at_once_makes_one_thing(call: Call) -> None:
    with ThreadPoolExecutor(6) as pool:
        replies = list(
            pool.map(lambda _: call("POST", "sources", SOURCE, status=201, Idempotency_Key="k" * 300), range(6))
        )
    assert len({reply.json()["id"] for reply in replies}) == 1
    assert len([reply for reply in replies if "idempotent-replay" in reply.headers]) == 5
    other = call("POST", "sources", SOURCE | {"name": "other"}, status=409, Idempotency_Key="k" * 300)
    assert other.json()["code"] == "conflict"
    call("POST", "sources", SOURCE | {"name": "other"}, by="lead", status=0, Idempotency_Key="k" * 300)
    assert len(call("GET", "sources").json()) <= 2


def test_an_answer_sent_twice_is_recorded_once_whichever_way_it_is_repeated(call: Call, each_team: Team) -> None:
    campaign = open_campaign(each_team, 3).id
    ann = each_team.annotators[0]
    path = f"campaigns/{campaign}"
    first = call("POST", f"{path}/claim", {}, by=ann, Idempotency_Key="one")
    assert call("POST", f"{path}/claim", {}, by=ann, Idempotency_Key="one").json() == first.json()
    task = first.json()["task"]
    held = {"lease_id": task["lease_id"], "token": task["token"]}
    answer = held | {"client_id": "a" * 36, "values": {"topic": "billing"}, "lead_time_ms": 900}
    with ThreadPoolExecutor(6) as pool:
        replies = list(pool.map(lambda _: call("POST", f"{path}/submit", answer, by=ann), range(6)))
    assert {reply.json()["accepted"] for reply in replies} == {True}
    progress = call("GET", f"{path}/progress").json()
    assert (progress["answers"], progress["done"]) == (1, 1)


def test_an_update_over_a_version_somebody_changed_is_refused(call: Call) -> None:
    source = call("POST", "sources", SOURCE, status=201).json()
    path = f"sources/{source['id']}"
    seen = call("GET", path).headers["etag"]
    form = SOURCE["provenance"] | {"title": "Better"}  # type: ignore[operator]
    call("PUT", f"{path}/provenance", form, If_Match=seen)
    stale = call("PUT", f"{path}/provenance", form | {"title": "Worse"}, status=412, If_Match=seen)
    assert (stale.json()["code"], call("GET", path).json()["provenance"]["title"]) == ("stale", "Better")
    call("PUT", f"{path}/provenance", form, If_Match=f'"0", {call("GET", path).headers["etag"]}')
    call("PUT", f"{path}/provenance", form, If_Match="*")


def test_a_campaign_and_an_annotator_are_updated_only_as_they_were_seen(call: Call, each_team: Team) -> None:
    campaign = f"campaigns/{open_campaign(each_team, 2).id}"
    ann = f"annotators/{each_team.annotators[0]}"
    call("PUT", ann, {"team": "east"}, status=0)
    for path, method, body in ((campaign, "PATCH", {"overlap": 2}), (ann, "PUT", {"team": "west"})):
        seen = call("GET", path).headers["etag"]
        call(method, path, body, If_Match=seen)
        call(method, path, body, status=412, If_Match=seen)


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "nowhere", 404, "not_found"),
        ("PATCH", "sources", 405, "invalid"),
        ("GET", "sources/none", 404, "unknown_source"),
        ("GET", "records?limit=0", 422, "invalid"),
        ("GET", "records?after=x", 422, "invalid"),
        ("GET", "records/o'clock", 404, "unknown_record"),
        ("GET", "sources?after=none", 422, "invalid"),
        ("GET", "ledger?after=99999999999999999999999", 422, "invalid"),
        ("GET", "lineage/nothing/trace", 404, "not_found"),
    ],
)
def test_every_refusal_is_a_problem_document(call: Call, method: str, path: str, status: int, code: str) -> None:
    reply = call(method, path, status=status)
    assert reply.headers["content-type"] == "application/problem+json"
    problem = reply.json()
    assert (problem["status"], problem["code"], problem["type"]) == (status, code, f"urn:headwater:error:{code}")
    assert problem["detail"]


def test_a_body_that_is_not_json_or_cannot_be_kept_is_a_problem(call: Call) -> None:
    broken = call("POST", "sources", None, status=422)
    assert broken.headers["content-type"] == "application/problem+json"
    big = SOURCE | {"provenance": {"title": "Messages \x00", "licence": "MIT"}}
    assert call("POST", "sources", big, status=0).status_code in (201, 422)


_count = iter(range(1_000_000))


def walk(call: Call, path: str, size: int, meanwhile: Callable[[], object]) -> list[dict[str, Any]]:
    """Return the rows of every page, with something happening between pages."""
    rows, url = [], f"{path}{'&' if '?' in path else '?'}limit={size}"
    while url:
        reply = call("GET", url)
        page = reply.json()
        if isinstance(page, list):
            rows += page
            url = reply.links.get("next", {}).get("url", "")
        else:
            rows += page["items"]
            url = f"{path}?limit={size}&after={page['next']}" if page["next"] else ""
        meanwhile()
    return rows


@settings(max_examples=2, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(sizes=st.lists(st.integers(3, 9), min_size=2, max_size=2))
def test_walking_the_pages_gives_each_row_once_while_rows_are_added(
    call: Call, each_team: Team, sizes: list[int]
) -> None:
    count = _count

    def decide() -> None:
        with each_team.act(each_team.ops) as ctx:
            decisions.record(ctx, Decision.GOLD_CHANGE, subject=f"gld_{next(count)}")

    def register() -> None:
        call("POST", "sources", SOURCE | {"name": f"source {next(count):03}"}, status=201)

    def add() -> None:
        put_records(each_team, [f"text {next(count)}" for _ in range(3)])

    lists: list[tuple[str, Callable[[], None], str]] = [
        ("decisions", decide, "id"),
        ("ledger", decide, "seq"),
        ("records", add, "id"),
        ("sources", register, "id"),
    ]
    for path, act, key in lists:
        for _ in range(4):
            act()
        before = {row[key] for row in walk(call, path, 500, lambda: None)}

        for size in sizes:
            left = iter(range(3))
            rows = walk(call, path, size, lambda: act() if next(left, None) is not None else None)  # noqa: B023
            found = [row[key] for row in rows]
            assert len(found) == len(set(found))
            assert before <= set(found)
