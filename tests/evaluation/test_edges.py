"""From a trained model to a triaged finding by page, by HTTP and by command alike."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from typer.testing import CliRunner

from headwater.cli.main import build
from headwater.cli.session import chosen
from headwater.evaluation import queries
from headwater.training import queries as training
from tests.accessibility import problems
from tests.evaluation.factories import EVAL_SET, as_lines, evaluated, release, results
from tests.serving import served
from tests.web.calls import client
from tests.workspaces import Team

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Browser


def typed(team: Team, *words: str, by: str = "engineer") -> str:
    before = (chosen.workspace, chosen.handle, chosen.program)
    result = CliRunner().invoke(build(), ["--workspace", str(team.app.settings.directory), "--as", by, *words])
    chosen.workspace, chosen.handle, chosen.program = before
    assert result.exit_code == 0, (result.output, result.exception)
    return result.stdout


def test_the_way_from_model_to_finding_is_walked_by_command(team: Team, tmp_path: Path) -> None:
    release(team)
    file = tmp_path / "results.jsonl"
    file.write_text(as_lines(results({"billing": 0.6})))
    typed(team, "run", "register", "topics@1.0.0", "--name", "small")
    (run,) = json.loads(typed(team, "run", "list", "--json"))
    assert json.loads(typed(team, "run", "show", run["model_id"], "--json")) == run
    typed(team, "evaluation", "import", str(file), "--run", run["id"], "--eval-set", EVAL_SET)
    (row,) = json.loads(typed(team, "evaluation", "list", "--json"))
    shown = json.loads(typed(team, "evaluation", "show", row["id"], "--limit", "3", "--json"))
    assert shown["evaluation"] == row
    assert len(shown["failed"]) == 3
    assert "topics@1.0.0" in typed(team, "evaluation", "list")
    assert "topics@1.0.0" in typed(team, "run", "list")
    typed(team, "finding", "search", "1.0.0", "--eval-set", EVAL_SET)
    (found,) = json.loads(typed(team, "finding", "list", "--json"))
    assert len(json.loads(typed(team, "finding", "show", found["id"], "--json"))["examples"]) == 10
    assert f"{found['overall']:.1%}" in typed(team, "finding", "list")
    typed(team, "finding", "triage", found["id"], "dismissed", "--reason", "The targets are wrong.")
    with team.read() as ctx:
        assert queries.finding(ctx, found["id"]).state.value == "dismissed"


def test_the_way_from_model_to_finding_is_walked_by_page_and_http(team: Team) -> None:
    identifier = release(team)
    with served(team.app) as server:
        who = client(team.app, server.url, team.engineer)
        form = {"csrf": who.csrf}

        def send(path: str, fields: dict[str, str], files: Any = None) -> str:
            reply = who.http.post(f"/p/support/{path}", data=form | fields, files=files, follow_redirects=True)
            assert reply.status_code == 200, reply.text
            return reply.text

        page = send("training", {"release": identifier, "name": "small <b>", "seed": "3"})
        assert "small &lt;b&gt;" in page
        with team.read() as ctx:
            run = training.runs(ctx)[0].id
        file = {"file": ("results.jsonl", as_lines(results({"billing": 0.6})).encode())}
        page = send("evaluations", {"run": run, "eval_set": EVAL_SET}, file)
        assert "message 0 about billing" in page
        page = send("findings", {"where": f"{identifier} {EVAL_SET}", "act": "search"})
        assert "target = &#39;billing&#39;" in page
        api, headers = f"{server.url}/api/v1/programs/support", {"Authorization": f"Bearer {who.token}"}
        (found,) = who.http.get(f"{api}/findings", headers=headers).json()
        (row,) = who.http.get(f"{api}/evaluations", headers=headers).json()
        assert who.http.get(f"{api}/evaluations/{row['id']}", headers=headers).json() == row
        assert who.http.get(f"{api}/runs/{run}", headers=headers).json()["seed"] == 3
        page = who.http.get(f"/p/support/findings/{found['id']}").text
        assert "Not diagnosed yet" in page
        body = {"state": "dismissed", "reason": "The targets are wrong."}
        done = who.http.post(f"{api}/findings/{found['id']}/triage", json=body, headers=headers).json()
        assert done["state"] == "dismissed"
        send(f"findings/{found['id']}/triage", {"state": "open", "reason": "They are right after all."})
        bad = {"file": ("results.jsonl", b"{}\n")}
        told = who.http.post("/p/support/evaluations", data=form | {"run": run, "eval_set": "x"}, files=bad)
        assert told.status_code == 422
        assert "results.jsonl, line 1" in told.text
        who.http.close()


@pytest.mark.browser
def test_two_releases_are_compared_on_a_page_that_is_accessible(team: Team, browser: Browser) -> None:
    evaluated(team, release(team), {"billing": 0.6})
    evaluated(team, release(team, "2.0.0"), {"billing": 0.1})
    with served(team.app) as server:
        tab = server.tab_of(browser, team.engineer, viewport={"width": 390, "height": 800}, color_scheme="dark")
        tab.goto(f"{server.url}/p/support/evaluations")
        assert not problems(tab)
        tab.get_by_role("button", name="Compare").click()
        tab.wait_for_url("**/comparisons?**")
        assert tab.get_by_role("heading", level=1).inner_text() == "topics@1.0.0 to topics@2.0.0"
        assert tab.get_by_role("img", name="Change of accuracy by slice").count() == 1
        assert tab.get_by_text("better").count() == 2
        assert tab.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
        assert not problems(tab)
        tab.context.close()
