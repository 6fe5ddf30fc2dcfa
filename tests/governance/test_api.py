"""Governance over HTTP: who may call, what comes back, and which problem a refusal is."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from headwater.core import merkle
from headwater.governance import accounts, decisions, queries
from headwater.governance.model import SYSTEM, Decision
from tests.serving import served
from tests.workspaces import FakeClock, Team

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Call = Callable[..., httpx.Response]

IN = "/programs/support"


@pytest.fixture
def call(each_team: Team) -> Iterator[Call]:
    """Call the API as a person of the team, and expect a status."""
    with served(each_team.app) as server, httpx.Client(base_url=f"{server.url}/api/v1") as http:

        def send(
            method: str, path: str, body: Any = None, *, by: str = "lead", status: int = 200, **header: str
        ) -> Any:
            token = header.pop("token", "") or token_of(each_team, getattr(each_team, by, by))
            headers = {"Authorization": f"Bearer {token}"} | {key.replace("_", "-"): v for key, v in header.items()}
            reply = http.request(method, path, json=body, headers=headers)
            assert reply.status_code == status, reply.text
            return reply

        yield send


def token_of(team: Team, person: str, *, may_write: bool = True, program: str = "") -> str:
    with team.app.act_as(person) as ctx:
        return accounts.create_token(ctx, label="test", may_write=may_write, program=program).secret


def test_a_caller_without_a_token_is_told_to_bring_one(team: Team) -> None:
    with served(team.app) as server, httpx.Client(base_url=f"{server.url}/api/v1") as http:
        for headers in ({}, {"Authorization": "Bearer hw_nonsense"}, {"Authorization": "Basic x"}):
            reply = http.get(f"{IN}/raci", headers=headers)
            assert (reply.status_code, reply.json()["code"]) == (401, "unauthenticated")


def test_a_token_reads_or_writes_where_it_may(each_team: Team, call: Call) -> None:
    reading = token_of(each_team, each_team.ops, may_write=False)
    call("GET", f"{IN}/raci", token=reading)
    refused = call("POST", f"{IN}/notices/receipt", token=reading, status=403)
    assert refused.json()["code"] == "forbidden"
    here = token_of(each_team, each_team.ops, program=each_team.program)
    call("POST", f"{IN}/notices/receipt", token=here, status=204)
    call("POST", "/programs", {"slug": "x", "name": "X"}, token=here, status=403)


def test_a_stranger_does_not_learn_whether_a_program_exists(each_team: Team, call: Call) -> None:
    with each_team.app.act_as(SYSTEM) as ctx:
        stranger = accounts.add_person(ctx, handle="stranger", name="S").id
    known = call("GET", f"{IN}/raci", by=stranger, status=404).json()
    unknown = call("GET", "/programs/none/raci", by=stranger, status=404).json()
    assert known["detail"].replace("support", "none") == unknown["detail"]


def test_a_charter_is_proposed_answered_and_approved(call: Call) -> None:
    change = {"standards": ["gold.accuracy >= 0.95"], "critical_slices": [critical("rare")], "summary": "Stricter"}
    made = call("POST", f"{IN}/charter/proposals", change, by="ops", status=201).json()
    call("POST", f"{IN}/proposals/{made['id']}/opinion", {"supports": True}, by="expert")
    yes = {"approve": True, "reason": "agreed"}
    refused = call("POST", f"{IN}/proposals/{made['id']}/decision", yes, by="ops", status=403)
    assert refused.json()["code"] == "not_yours"
    assert call("POST", f"{IN}/proposals/{made['id']}/decision", yes).json()["state"] == "approved"
    charter = call("GET", IN).json()["charter"]
    assert (charter["version"], charter["standards"][0]["value"], charter["critical_slices"][0]["name"]) == (
        2,
        0.95,
        "rare",
    )


def critical(name: str) -> dict[str, object]:
    return {"name": name, "predicate": "language = 'es'", "minimum": 200}


def test_a_chart_is_proposed_as_a_whole(call: Call) -> None:
    chart = call("GET", f"{IN}/raci").json()
    assert chart == sorted(chart, key=lambda cell: (cell["decision"], cell["involvement"], cell["party"]))
    chart.append({"decision": "intake.run", "involvement": "responsible", "party": "role:engineer"})
    made = call("POST", f"{IN}/raci/proposals", {"chart": chart}, by="ops", status=201).json()
    call("POST", f"{IN}/proposals/{made['id']}/decision", {"approve": True, "reason": "ok"})
    rights = {row["decision"]: row for row in call("GET", f"{IN}/raci/people").json()}
    assert len(rights["intake.run"]["responsible"]) == 2
    assert call("GET", f"{IN}/raci/problems").json() == []


def test_a_chart_with_an_unknown_party_is_refused(call: Call) -> None:
    entry = {"decision": "intake.run", "involvement": "responsible", "party": "role:boss"}
    call("POST", f"{IN}/raci/proposals", {"chart": [entry]}, by="ops", status=422)
    call("POST", f"{IN}/raci/reset", {"reason": "x"}, by="ops", status=403)


def test_a_repeated_request_with_the_same_key_happens_once(call: Call) -> None:
    change = {"purpose": "Help"}
    first = call("POST", f"{IN}/charter/proposals", change, by="ops", status=201, idempotency_key="k")
    token = first.request.headers["authorization"].removeprefix("Bearer ")
    again = call("POST", f"{IN}/charter/proposals", change, token=token, status=201, idempotency_key="k")
    assert again.content == first.content
    assert again.headers["idempotent-replay"] == "true"
    other = call("POST", f"{IN}/charter/proposals", {"purpose": "x"}, token=token, status=409, idempotency_key="k")
    assert other.json()["code"] == "conflict"
    assert len(call("GET", f"{IN}/proposals").json()) == 1
    for _ in range(2):
        call("POST", f"{IN}/notices/receipt", token=token, status=204, idempotency_key="n")


def test_rights_are_lent_and_taken_back(each_team: Team, call: Call, clock: FakeClock) -> None:
    start = clock.now()
    body = {"to": each_team.expert, "starts_at": start.isoformat(), "ends_at": (start + timedelta(days=1)).isoformat()}
    made = call("POST", f"{IN}/delegations", body, status=201).json()
    assert call("GET", f"{IN}/delegations").json() == [made]
    call("DELETE", f"{IN}/delegations/{made['id']}", by="expert", status=404)
    call("DELETE", f"{IN}/delegations/{made['id']}", status=204)
    naive = body | {"ends_at": "2030-01-01T00:00:00"}
    call("POST", f"{IN}/delegations", naive, status=422)


def test_decisions_are_listed_in_pages(each_team: Team, call: Call) -> None:
    with each_team.act(each_team.ops) as ctx:
        for number in range(5):
            decisions.record(ctx, Decision.GOLD_CHANGE, subject=f"gld_{number}")
    seen, after = [], None
    while True:
        page = call("GET", f"{IN}/decisions?limit=2" + (f"&after={after}" if after else "")).json()
        seen += [row["subject"] for row in page["items"]]
        after = page["next"]
        if after is None:
            break
    assert seen == [f"gld_{number}" for number in reversed(range(5))]


def test_the_ledger_is_paged_searched_verified_exported_and_checkpointed(each_team: Team, call: Call) -> None:
    first = call("GET", f"{IN}/ledger?limit=3").json()
    rest = call("GET", f"{IN}/ledger?limit=500&after={first['next']}").json()
    sequence = [row["seq"] for row in first["items"] + rest["items"]]
    assert sequence == list(range(len(sequence), 0, -1))
    assert {row["event"] for row in call("GET", f"{IN}/ledger?words=role.").json()["items"]} == {"role.assigned"}
    assert call("GET", f"{IN}/ledger/verification").json()["verified"] is True
    assert len(call("GET", f"{IN}/ledger/export").text.splitlines()) == len(sequence)
    kept = call("GET", f"{IN}/ledger/checkpoint").json()
    with each_team.act(each_team.ops) as ctx:
        decisions.record(ctx, Decision.GOLD_CHANGE, subject="gld_x")
    grown = call("GET", f"{IN}/ledger/growth?size={kept['size']}").json()
    proof = [bytes.fromhex(node) for node in grown["proof"]]
    old, new = bytes.fromhex(kept["root"]), bytes.fromhex(grown["root"])
    assert merkle.extends(kept["size"], old, grown["larger"], new, proof)
    call("GET", f"{IN}/ledger/growth?size={kept['size'] + 9}", status=422)
    call("GET", f"{IN}/ledger?after=x", status=422)


def test_own_tokens_are_listed_without_secrets_and_revoked(call: Call, each_team: Team) -> None:
    token = token_of(each_team, each_team.ops)
    row = call("GET", "/me/tokens", token=token).json()[0]
    assert row["secret"] == ""
    call("DELETE", f"/me/tokens/{row['id']}", token=token, status=204)
    call("GET", "/me/tokens", token=token, status=401)


def test_administrators_let_people_go_and_return(call: Call, each_team: Team) -> None:
    with each_team.read() as ctx:
        admin = queries.first_admin(ctx).id
    call("POST", f"/people/{each_team.ops}/deactivation", by="lead", status=403)
    call("POST", f"/people/{each_team.ops}/deactivation", by=admin, status=204)
    problems = call("GET", f"{IN}/raci/problems").json()
    assert any("nobody Responsible" in problem["message"] for problem in problems)
    call("POST", f"/people/{each_team.ops}/activation", by=admin, status=204)
    assert call("GET", f"{IN}/raci/problems").json() == []
