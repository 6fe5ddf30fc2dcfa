"""What is set for something that is not there yet says so, by command, API and page alike."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from typer.testing import CliRunner

from headwater.annotation import assignments, queries
from headwater.cli.main import build
from headwater.cli.session import chosen
from headwater.workforce import qualifications, service
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


def test_a_skill_that_nobody_has_is_warned_of_with_who_can_grant_it(team: Team, said: Callable[..., str]) -> None:
    campaign = factories.open_campaign(team, 3).id
    with team.read() as ctx:
        task = assignments.open_tasks(ctx, campaign)[0].id
    hand = ("assignment", "make", campaign, task, "--skill", "german", "--reason", "in German")
    granters = "or let ops enrol people with it"
    assert granters in said(*hand)
    assert granters in said("campaign", "change", campaign, "--skill", "german")
    factories.put_records(team, ["Guten Tag."])
    added = said("campaign", "add", campaign, "second", "--limit", "1", "--skill", "polish")
    assert "Nobody who answers tasks has the skill 'polish'." in added
    assert "headwater annotator enrol HANDLE --team TEAM --skill polish" in added
    with served(team.app) as site:
        caller = calls.client(team.app, site.url, team.ops)
        page = caller.http.get(f"/p/support/campaigns/{campaign}").text
        assert page.count("Nobody who answers tasks has the skill") == 2
        with team.act(team.ops) as ctx:
            service.enrol(ctx, team.annotators[0], team="north", skills=["german"])
            qualifications.grant(ctx, team.annotators[1], subject="polish", reason="speaks it at home")
        assert "Nobody who answers tasks" not in caller.http.get(f"/p/support/campaigns/{campaign}").text
        caller.http.close()
    assert "1 tasks stand before those with the skill german" in said(*hand)


def test_the_form_of_a_batch_takes_what_the_command_takes(team: Team) -> None:
    campaign = factories.open_campaign(team, 3).id
    factories.put_records(team, ["Guten Tag.", "Auf Wiedersehen."])
    with served(team.app) as site:
        caller = calls.client(team.app, site.url, team.ops)
        form = {"csrf": caller.csrf, "name": "second", "limit": "1", "priority": "2", "skill": "german", "kind": "work"}
        path = f"/p/support/campaigns/{campaign}/batches"
        assert caller.http.post(path, data=form).status_code == 303
        assert caller.http.post(path, data=form | {"name": "none", "where": "language = 'xx'"}).status_code == 422
        caller.http.close()
    with team.read() as ctx:
        batch = queries.progress(ctx, campaign).batches[-1].batch
        assert (batch.name, batch.tasks, batch.priority) == ("second", 1, 2)
        assert {row.skill for row in assignments.open_tasks(ctx, campaign)} == {"", "german"}
