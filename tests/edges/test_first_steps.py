"""An empty program says what to do first and ticks off what is done, on its page, by command and over the API."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import httpx
from typer.testing import CliRunner

from headwater.app.steps import first_steps
from headwater.cli.main import build
from headwater.governance import accounts
from tests.accessibility import problems
from tests.quality.lots import decided, labelled
from tests.serving import served

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from tests.workspaces import Team


def left(team: Team) -> list[str]:
    with team.read() as ctx:
        return [step.name for step in first_steps(ctx) if not step.done]


def test_first_steps_are_ticked_off_as_they_are_done(team: Team, browser: Browser) -> None:
    standards = ["Say which standards must hold"] if "Say which standards must hold" in left(team) else []
    begun = [*standards, "Have a source approved", "Take records in", "Publish the questions", "Publish the guideline"]
    assert left(team)[: len(begun)] == begun
    words = ["--workspace", str(team.app.settings.directory), "--as", "ops", "--program", "support"]
    typed = json.loads(CliRunner().invoke(build(), [*words, "program", "steps", "--json"]).stdout)
    with team.app.act_as(team.ops) as ctx:
        token = accounts.create_token(ctx, label="test").secret
    with served(team.app) as site:
        asked = httpx.get(
            f"{site.url}/api/v1/programs/support/steps", headers={"Authorization": f"Bearer {token}"}, timeout=30
        )
        assert asked.json() == typed
        tab = site.tab_of(browser, team.ops, viewport={"width": 390, "height": 800})
        tab.goto(f"{site.url}/p/support/")
        card = tab.get_by_role("region", name="First steps")
        assert "headwater intake run FILE --source NAME" in card.inner_text()
        assert tab.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
        assert not problems(tab)
        card.get_by_role("link", name="Take records in").click()
        tab.wait_for_url("**/sources")
        tab.context.close()

    _, (batch,) = labelled(team, (60,))
    decided(team, batch, wrong=0, accept=True)
    assert not {"Publish the questions", "Publish the guideline", "Open a campaign"} & set(left(team))
    assert not {"Answer its tasks", "Assess the answers", "Accept a batch"} & set(left(team))
    assert left(team)[-2:] == ["Build the first release", "Approve it"]
