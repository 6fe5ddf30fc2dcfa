"""What is set for something that is not there yet says so, by command, API and page alike."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from typer.testing import CliRunner

from headwater.cli.main import build
from headwater.cli.session import chosen
from tests.annotation import factories
from tests.serving import served
from tests.web import calls

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.workspaces import Team

CLI = build()


@pytest.fixture
def said(team: Team) -> Iterator[Callable[..., str]]:
    """Type a command as the operator and return what it said."""
    before = (chosen.workspace, chosen.handle, chosen.program)

    def run(*words: str) -> str:
        result = CliRunner().invoke(CLI, ["--workspace", str(team.app.settings.directory), "--as", "ops", *words])
        return result.output + str(result.exception or "")

    yield run
    chosen.workspace, chosen.handle, chosen.program = before


def test_a_slice_without_records_is_warned_of(team: Team, said: Callable[..., str]) -> None:
    campaign = factories.open_campaign(team, 3).id
    why = ("--reason", "the model is good")
    assert "people; 3 records match it today." in said("automation", "set", campaign, "language = 'en'", "people", *why)
    assert "no record matches it today" in said("automation", "set", campaign, "language = 'EN'", "people", *why)
    with served(team.app) as site:
        caller = calls.client(team.app, site.url, team.ops)
        page = caller.http.get(f"/p/support/campaigns/{campaign}/automation").text
        assert "No record matches <code>language = &#39;EN&#39;</code> today" in page
        body = {"where": "language = 'Es'", "mode": "people", "reason": "dialects"}
        path = f"/api/v1/programs/support/campaigns/{campaign}/automation"
        lines = caller.http.patch(path, json=body, headers={"Authorization": f"Bearer {caller.token}"}).json()
        assert [line["records"] for line in lines] == [3, 0, 0, None]
        caller.http.close()
