"""Agreement as typed and over HTTP: the same figures, and nothing for those who may not see them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from typer.testing import CliRunner

from headwater.annotation.plan import Plan
from headwater.cli.main import build
from headwater.cli.session import chosen
from headwater.governance import accounts
from tests.annotation import factories
from tests.serving import served

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.workspaces import Team

CLI = build()


@pytest.fixture
def campaign(team: Team) -> str:
    found = factories.open_campaign(team, 8, plan=Plan(overlap=2)).id
    factories.work_through(team, found, team.annotators[0], topic="billing", limit=4)
    factories.work_through(team, found, team.annotators[0], topic="fault")
    factories.work_through(team, found, team.annotators[1], topic="billing", limit=5)
    factories.work_through(team, found, team.annotators[1], topic="fault")
    return found


def typed(team: Team, *words: str, by: str = "ops") -> str:
    before = (chosen.workspace, chosen.handle, chosen.program)
    result = CliRunner().invoke(CLI, ["--workspace", str(team.app.settings.directory), "--as", by, *words])
    chosen.workspace, chosen.handle, chosen.program = before
    assert result.exit_code == 0, (result.output, result.exception)
    return result.output


def test_commands_measure_compare_explore_and_forecast(team: Team, campaign: str) -> None:
    rows = json.loads(
        typed(team, "agreement", "measure", campaign, "--question", "topic", "--slice", "kind = 'text'", "--json")
    )
    figures = {(row["metric"], row["scope"]): row["estimate"] for row in rows}
    # Seven tasks alike, one billing/fault: o = 2 off the diagonal, n = 9 and 7 of 16; 1 - 15·2/(2·63).
    assert figures["agreement.alpha", "question:topic"]["value"] == pytest.approx(1 - 15 * 2 / 126, abs=1e-12)
    assert ("agreement.alpha", "slice:kind = 'text'") in figures
    (pair, *_) = json.loads(typed(team, "agreement", "pairs", campaign, "--question", "topic", "--json"))
    assert pair["percent"]["n"] == 8
    assert "billing" in typed(team, "agreement", "confusions", campaign, "--question", "topic")
    shown = typed(team, "agreement", "disputes", campaign, "--question", "topic")
    assert "Something broke." in shown
    assert "answers per task" in typed(team, "agreement", "overlap", campaign, "--question", "topic")
    assert "agreement.with_others" in typed(team, "agreement", "annotator", "ann1")
    assert "agreement.alpha" in typed(team, "agreement", "cohort", "in-house")
    typed(team, "agreement", "concerns")


def test_tables_say_each_method_once_and_names_for_ids(team: Team, campaign: str) -> None:
    assess = ("quality", "assess", campaign, "--question", "topic")
    for shown in (typed(team, *assess), typed(team, "agreement", "measure", *assess[2:])):
        assert "question topic" in shown
        assert ", version 1" in shown
        assert "bat_" not in shown
        assert shown.count("Krippendorff's alpha, nominal, BCa bootstrap") == 1
    overlap = typed(team, "agreement", "overlap", campaign, "--question", "topic", "--most", "4")
    assert overlap.count("(1) 95 % intervals: Spearman-Brown from Krippendorff's alpha") == 1
    habits = typed(team, "quality", "habits", campaign, "--question", "topic")
    assert "takes most often" in habits
    assert habits.count("posterior mean") == 1
    assert "changed" in typed(team, "quality", "methods", campaign, "--question", "topic")


def test_the_first_closed_question_is_meant_where_none_is_named(team: Team, campaign: str) -> None:
    named = ("--question", "topic")
    for group, command in (
        *[("agreement", each) for each in ("measure", "by", "yardstick", "pairs", "confusions", "disputes", "overlap")],
        *[("quality", each) for each in ("assess", "resolve", "methods", "labels", "habits")],
    ):
        assert typed(team, group, command, campaign) == typed(team, group, command, campaign, *named)
    assert "message 7" in typed(team, "quality", "labels", campaign)


def test_a_program_without_trouble_says_so_once(team: Team) -> None:
    assert typed(team, "agreement", "concerns") == "Nothing that was measured is wrong.\n"


def test_the_api_gives_the_same_and_keeps_what_is_private(team: Team, campaign: str) -> None:
    with served(team.app) as server, httpx.Client(base_url=f"{server.url}/api/v1/programs/support") as http:
        call = caller(team, http)
        measured = call("POST", "/assessments", {"campaign": campaign, "question": "topic"}, status=201)
        assert {row["metric"] for row in measured} >= {"agreement.alpha", "agreement.percent", "agreement.with_others"}
        (whole,) = call("GET", "/assessments")
        assert len(whole["pairs"]) == 1
        assert call("GET", "/assessments", by=team.annotators[0])[0]["pairs"] == []
        here = f"/assessments/{campaign}/topic"
        assert call("GET", f"{here}/overlap?target=0.9&most=3")["steps"][2]["answers"] == 3
        assert len(call("GET", f"{here}/disputes?label=billing&label=fault")["examples"]) == 1
        call("GET", f"{here}/disputes", by=team.annotators[0], status=403)
        call("GET", f"{here}/overlap?most=99", status=422)
        mine = f"/annotators/{team.annotators[0]}/card"
        assert call("GET", mine, by=team.annotators[0])["figures"]
        assert call("GET", mine)["pairs"]
        call("GET", mine, by=team.annotators[1], status=403)
        call("GET", "/cohorts/in-house/card", by=team.annotators[0], status=403)
        assert call("GET", "/cohorts/in-house/card")["figures"]
        assert isinstance(call("GET", "/concerns"), list)
        scopes = {row["scope"].partition(":")[0] for row in call("GET", "/measures", by=team.annotators[1])}
        assert "cohort" not in scopes
        call("POST", "/assessments", {"campaign": campaign, "question": "absent"}, status=404)


def caller(team: Team, http: httpx.Client) -> Callable[..., Any]:
    tokens: dict[str, str] = {}

    def send(method: str, path: str, body: object = None, *, by: str = "", status: int = 200) -> Any:
        person = by or team.ops
        if person not in tokens:
            with team.app.act_as(person) as ctx:
                tokens[person] = accounts.create_token(ctx, label="test", may_write=True).secret
        headers = {"Authorization": f"Bearer {tokens[person]}"}
        reply = http.request(method, path, json=body, headers=headers)
        assert reply.status_code == status, reply.text
        return reply.json()

    return send
