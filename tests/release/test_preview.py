"""A release is seen before it is built: members, gates, what stays out and why, from command, API and page alike."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import httpx
from typer.testing import CliRunner

from headwater.cli.main import build
from headwater.governance import accounts
from headwater.release import queries
from tests.annotation.factories import put_records
from tests.quality.lots import decided, labelled
from tests.serving import served

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from tests.workspaces import Team


def test_what_would_go_in_and_what_stays_out_is_told_before_anything_is_built(team: Team, browser: Browser) -> None:
    _, (accepted, rejected, _) = labelled(team, (60, 30, 20))
    put_records(team, ["nobody was asked about me"])
    decided(team, accepted, wrong=0, accept=True)
    decided(team, rejected, wrong=3, accept=False)
    words = ["--workspace", str(team.app.settings.directory), "--as", "ops", "--program", "support"]
    typed = CliRunner().invoke(build(), [*words, "release", "preview", "topics", "--question", "topic", "--json"])
    assert typed.exit_code == 0, typed.output
    told = json.loads(typed.stdout)
    assert (told["version"], told["members"], told["changes"], told["parent"]) == ("1.0.0", 60, None, "")
    assert [(row["reason"], row["records"]) for row in told["excluded"]] == [
        ("its batch is rejected", 30),
        ("its batch is not accepted yet", 20),
        ("no label of 'topic'", 1),
    ]
    counts = {(row["by"], row["name"]): row["members"] for row in told["counts"]}
    assert counts["label", "billing"] == 60
    assert sum(members for (by, _), members in counts.items() if by == "split") == 60
    assert told["gates"] == []

    with team.app.act_as(team.ops) as ctx:
        headers = {"Authorization": f"Bearer {accounts.create_token(ctx, label='test').secret}"}
    with served(team.app) as site:
        query = {"dataset": "topics", "question": "topic"}
        asked = httpx.get(f"{site.url}/api/v1/programs/support/releases/preview", params=query, headers=headers)
        assert asked.json() == told
        none = query | {"where": "language = 'xx'"}
        refused = httpx.get(f"{site.url}/api/v1/programs/support/releases/preview", params=none, headers=headers)
        assert refused.json()["code"] == "empty_release"
        with team.read() as ctx:
            assert not queries.releases(ctx)
        tab = site.tab_of(browser, team.ops)
        tab.goto(f"{site.url}/p/support/releases")
        tab.get_by_role("link", name="Preview the next one").click()
        tab.get_by_label("Dataset").fill("topics")
        tab.get_by_role("button", name="Preview").click()
        assert tab.get_by_role("cell", name="Its batch is rejected").is_visible()
        tab.get_by_role("button", name="Build topics@1.0.0").click()
        tab.wait_for_url("**/jobs/job_*")
        tab.context.close()
