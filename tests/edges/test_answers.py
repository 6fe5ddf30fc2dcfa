"""The answers of one person over the API and at the command line: the same as on their page, in parts and as a file."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from typer.testing import CliRunner

from headwater.annotation.plan import Plan
from headwater.cli.main import build
from headwater.cli.session import chosen
from tests.annotation import factories
from tests.serving import served
from tests.web import calls

if TYPE_CHECKING:
    from tests.workspaces import Team


def test_answers_are_read_over_the_api_and_at_the_command_line(team: Team) -> None:
    campaign = factories.open_campaign(team, 9, plan=Plan(overlap=2)).id
    one, two = team.annotators[:2]
    factories.work_through(team, campaign, one, topic="fault", limit=3)
    factories.work_through(team, campaign, one)
    factories.work_through(team, campaign, two)
    with served(team.app) as site:
        lead = calls.client(team.app, site.url, team.lead)
        headers = {"Authorization": f"Bearer {lead.token}"}
        path = f"/api/v1/programs/support/campaigns/{campaign}/annotators/{one}/answers"
        found, after = [], ""
        while True:
            params = {"only": "different", "limit": "2"} | ({"after": after} if after else {})
            part = lead.http.get(path, params=params, headers=headers).json()
            found += part["items"]
            after = part["next"]
            if not after:
                break
        assert [row["said"] for row in found] == ["fault"] * 3
        file = lead.http.get(f"{path}/export", params={"format": "csv"}, headers=headers)
        assert len(file.text.splitlines()) == 10
        assert one not in file.text
        assert lead.http.get(f"{path}?only=shared-mistakes", headers=headers).status_code == 422
        assert lead.http.get(f"{path}/export?question=tone", headers=headers).status_code == 404
        lead.http.close()
    before = (chosen.workspace, chosen.handle, chosen.program)

    def typed(*words: str) -> str:
        options = ["--workspace", str(team.app.settings.directory), "--as", "lead", "quality", "answers", campaign]
        result = CliRunner().invoke(build(), [*options, "ann1", *words])
        assert result.exit_code == 0, result.output
        return result.stdout

    shown = json.loads(typed("--only", "different", "--json"))
    assert [row["id"] for row in shown["rows"]] == [row["id"] for row in found]
    assert "fault" in typed("--order", "quickest", "--limit", "4", "--since", "2020-01-01", "--beside", "ann2")
    assert "seed 3" in typed("--order", "random", "--seed", "3")
    assert len(typed("--format", "jsonl").splitlines()) == 9
    chosen.workspace, chosen.handle, chosen.program = before
