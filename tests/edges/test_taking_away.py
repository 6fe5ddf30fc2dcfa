"""Tasks taken from a person, batches put first, gold retired: the same from command, API and page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from typer.testing import CliRunner

from headwater.annotation import queries
from headwater.cli.main import build
from headwater.cli.session import chosen
from tests.annotation import factories
from tests.serving import served
from tests.web import calls

if TYPE_CHECKING:
    from tests.workspaces import Team


def held(team: Team, campaign: str) -> list[str]:
    with team.read(team.ops) as ctx:
        return [each.annotator for each in queries.leases(ctx, campaign)]


def test_every_edge_takes_tasks_away_puts_batches_first_and_retires_gold(team: Team) -> None:
    campaign = factories.open_campaign(team, 9, known={0: "billing"}).id
    people = team.annotators[:3]
    for person in people:
        factories.claim(team, campaign, person)
    with team.read(team.ops) as ctx:
        batch = queries.progress(ctx, campaign).batches[0].batch.id
        task = queries.golds(ctx, campaign)[0].task_id
        name = queries.campaign(ctx, campaign).name

    def priority() -> int:
        with team.read(team.ops) as ctx:
            return queries.batch(ctx, batch).priority

    with served(team.app) as site:
        caller = calls.client(team.app, site.url, team.ops)
        api, headers = "/api/v1/programs/support", {"Authorization": f"Bearer {caller.token}"}
        path = f"{api}/campaigns/{campaign}/revocations"
        assert caller.http.post(path, json={"annotator": people[0]}, headers=headers).json() == {"revoked": 1}
        assert caller.http.post(path, json={"annotator": people[0]}, headers=headers).status_code == 404
        assert sorted(held(team, campaign)) == sorted(people[1:])
        assert caller.http.post(f"{api}/batches/{batch}/priority", json={"priority": 3}, headers=headers).is_success
        assert priority() == 3

        page, form = f"/p/support/campaigns/{campaign}", {"csrf": caller.csrf}
        assert caller.http.post(f"{page}/revoke", data=form | {"annotator": people[1]}).status_code == 303
        assert held(team, campaign) == [people[2]]
        assert caller.http.post(f"{page}/batches/{batch}/priority", data=form | {"priority": "2"}).status_code == 303
        assert priority() == 2
        caller.http.close()

    before = (chosen.workspace, chosen.handle, chosen.program)
    for words in (("revoke", name, "ann3"), ("prioritise", batch, "1"), ("retire", name, task, "--reason", "old")):
        start = ["--workspace", str(team.app.settings.directory), "--as", "ops", "campaign"]
        result = CliRunner().invoke(build(), [*start, *words])
        assert not result.exit_code, result.exception
    chosen.workspace, chosen.handle, chosen.program = before
    assert (held(team, campaign), priority()) == ([], 1)
    with team.read(team.ops) as ctx:
        assert not queries.golds(ctx, campaign)
