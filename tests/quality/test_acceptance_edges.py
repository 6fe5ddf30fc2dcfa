"""Acceptance and label errors as typed and over HTTP: one batch from plan to rework."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import httpx

from headwater.governance import accounts
from tests.quality.lots import decided, labelled
from tests.quality.test_agreement_edges import typed
from tests.quality.test_label_errors import labelled as doubtful
from tests.serving import served

if TYPE_CHECKING:
    from pathlib import Path

    from tests.workspaces import Team


def test_commands_take_a_batch_from_plan_to_rework(team: Team, tmp_path: Path) -> None:
    _, (batch,) = labelled(team)
    assert "waiting for plan" in typed(team, "quality", "board")
    plans = json.loads(typed(team, "quality", "plans", "60", "--aql", "4", "--json"))
    assert [row["kind"] for row in plans] == ["single", "double", "sequential"]
    assert [row["standard"].split(", ")[0] for row in plans[:2]] == ["ISO 2859-1:1999", "MIL-STD-105E (1989)"]
    said = " ".join(typed(team, "quality", "plans", "60", "--severity", "reduced").split())
    assert "single: ISO 2859-1:1999, table 2-C double: MIL-STD-105E (1989), table III-C;" in said
    alone = json.loads(typed(team, "quality", "plans", "2000", "--ltpd", "5", "--aql", "1", "--json"))
    assert [row["kind"] for row in alone] == ["single", "sequential"]
    assert all(row["consumer_risk"] <= 0.1 and row["curve"][0]["of_lot"] == 1 for row in alone)
    said = typed(team, "quality", "plan", batch, "--question", "topic", "--ltpd", "10", "--aql", "1")
    assert "AQL 1, LTPD 10 % at 0.1" in said
    said = typed(team, "quality", "plan", batch, "--question", "topic", "--kind", "double")
    assert "Normal double plan: 8 with at most 0 wrong, else 16 with at most 1 wrong, AQL 4." in said
    assert "Source: MIL-STD-105E (1989), table III-A;" in said
    assert "Inspect 8 of 60 labels" in typed(team, "quality", "draw", batch)
    rows = json.loads(typed(team, "quality", "sample", batch, "--json", by="expert"))
    file = tmp_path / "corrections.json"
    file.write_text(json.dumps({rows[0]["task"]: "fault"}), encoding="utf-8")
    assert "8 more are asked for" in typed(team, "quality", "judge", batch, str(file), by="expert")
    left = json.loads(typed(team, "quality", "sample", batch, "--json", by="expert"))[8:]
    file.write_text(json.dumps({left[0]["task"]: "fault"}), encoding="utf-8")
    assert "2 errors in 16: failed" in typed(team, "quality", "judge", batch, str(file), by="expert")
    typed(team, "quality", "propose", batch)
    typed(team, "quality", "reject", batch, "--reason", "mixed up", by="lead")
    assert "given out again" in typed(team, "quality", "rework", batch)
    assert json.loads(typed(team, "quality", "inspection", batch, "--json"))[0]["verdict"] == "rejected"
    assert "inspection starts normal" in typed(team, "quality", "severity")


def test_commands_find_label_errors_and_send_them_back(team: Team) -> None:
    doubtful(team)
    assert "3 of 60 labels are doubtful" in typed(team, "quality", "errors", "find", "--question", "topic")
    assert len(json.loads(typed(team, "quality", "errors", "list", "--json"))["suspects"]) == 3
    assert "2 tasks are given out again in 1 batch." in typed(team, "quality", "errors", "relabel", "--most", "2")
    said = typed(team, "quality", "errors", "list")
    assert (said.count("labelled again"), "billing" in said) == (2, True)


def test_the_api_inspects_batches_as_the_commands_do(team: Team) -> None:
    _, (batch, other) = labelled(team, (60, 30))
    decided(team, other, wrong=3, accept=False)
    tokens = {}
    for handle, person in (("ops", team.ops), ("expert", team.expert)):
        with team.act(person) as ctx:
            tokens[handle] = accounts.create_token(ctx, label="test", may_write=True).secret
    with served(team.app) as site:

        def call(method: str, path: str, by: str = "ops", **body: object) -> Any:
            reply = httpx.request(
                method,
                f"{site.url}/api/v1/programs/support{path}",
                headers={"Authorization": f"Bearer {tokens[by]}"},
                json=body or None,
            )
            assert reply.status_code < 300, reply.text
            return reply.json()

        assert {card["column"] for card in call("GET", "/acceptance")} == {"waiting for plan", "rework"}
        assert call("GET", f"/batches/{batch}/lot?question=topic")["severity"] == "normal"
        assert len(call("GET", "/acceptance/plans?lot=60&aql=4")) == 3
        found = call("GET", "/acceptance/plans?lot=60&aql=1&ltpd=10&consumer=0.05")
        assert [row["plan"]["tolerance"] for row in found] == [10, 10]
        assert all(row["consumer_risk"] <= 0.05 for row in found)
        planned = call("POST", f"/batches/{batch}/plan", question="topic", aql=1, ltpd=10, consumer=0.05)
        assert planned["plan"]["stages"] == found[0]["plan"]["stages"]
        assert call("POST", f"/batches/{batch}/plan", question="topic")["sample"] == []
        sample = call("POST", f"/batches/{batch}/sample")["sample"]
        truth = dict.fromkeys(sample, "billing")
        assert call("POST", f"/batches/{batch}/judgements", "expert", truth=truth)["passed"] is True
        assert len(call("GET", f"/batches/{batch}/judgements")) == 13
        assert call("POST", f"/batches/{other}/rework")["reopened_at"]
        assert len(call("GET", "/inspections")) == 2
        assert call("GET", "/severities")[0]["state"]["severity"] == "normal"
