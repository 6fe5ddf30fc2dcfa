"""A release is published and withdrawn by decision, from command, API and page alike."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import httpx
import pytest
from typer.testing import CliRunner

from headwater.cli.main import build
from headwater.cli.session import chosen
from headwater.core.canonical import canonical_json
from headwater.governance import accounts
from headwater.governance.model import NotYoursError
from headwater.release import queries, service, store
from headwater.release.model import GatesOpenError, Release, ReleaseId, ReleaseState, Selection, SplitPolicy
from tests.serving import served
from tests.workspaces import Team

if TYPE_CHECKING:
    from playwright.sync_api import Page

MANIFEST = {"counts": {"splits": {}, "labels": {}, "cohorts": {}}, "selection": {"text": "everything"}}


@pytest.fixture
def release(team: Team) -> ReleaseId:
    """An approved release without members."""
    with team.act(team.ops) as ctx:
        row = Release(
            id=ReleaseId("rel_1"),
            dataset="topics",
            version="1.0.0",
            state=ReleaseState.APPROVED,
            digest="sha256:" + "0" * 64,
            parent=None,
            path="releases/rel_1",
            members=0,
            built_by=ctx.actor,
            created_at=ctx.clock.now(),
            selection=Selection(question="topic"),
            split=SplitPolicy(),
        )
        store.insert(ctx.db, row, team.program, [])
        ctx.objects.put("releases/rel_1/manifest.json", canonical_json(MANIFEST))
    return row.id


def state(team: Team, release: ReleaseId) -> str:
    with team.read() as ctx:
        return queries.release(ctx, release).state.value


def typed(team: Team, *words: str, by: str = "ops") -> Any:
    before = (chosen.workspace, chosen.handle, chosen.program)
    result = CliRunner().invoke(build(), ["--workspace", str(team.app.settings.directory), "--as", by, *words])
    chosen.workspace, chosen.handle, chosen.program = before
    return result


def waiting(team: Team, http: httpx.Client) -> str:
    found: str = http.get("proposals?state=open").json()[0]["id"]
    return found


def test_a_release_is_published_and_yanked_by_command_and_api(team: Team, release: ReleaseId) -> None:
    with team.app.act_as(team.lead) as ctx:
        token = accounts.create_token(ctx, label="test", may_write=True).secret
    headers = {"Authorization": f"Bearer {token}"}
    with served(team.app) as server:
        http = httpx.Client(base_url=f"{server.url}/api/v1/programs/support", headers=headers)
        assert typed(team, "release", "publish", "topics@1.0.0").exit_code == 0
        yes = {"approve": True, "reason": "needed for training"}
        http.post(f"proposals/{waiting(team, http)}/decision", json=yes).raise_for_status()
        assert state(team, release) == "published"
        again = http.post(f"releases/{release}/publication")
        assert (again.status_code, "is published; this needs approved" in again.json()["detail"]) == (409, True)
        assert typed(team, "release", "yank", "topics@1.0.0", "--reason", "mislabelled").exit_code == 0
        http.post(f"proposals/{waiting(team, http)}/decision", json=yes).raise_for_status()
        assert state(team, release) == "yanked"
        http.close()


def test_whoever_asked_may_not_approve_and_strangers_may_not_ask(team: Team, release: ReleaseId) -> None:
    with team.act(team.annotators[0]) as ctx, pytest.raises(NotYoursError):
        service.propose_publication(ctx, release)
    with team.act(team.ops) as ctx:
        service.propose_yank(ctx, release, summary="wrong")
    with team.act(team.ops) as ctx, pytest.raises(NotYoursError):
        service.yank(ctx, release, reason="wrong")
    assert state(team, release) == "approved"


def test_what_was_withdrawn_is_not_published_again(team: Team, release: ReleaseId) -> None:
    with team.act(team.ops) as ctx:
        service.propose_yank(ctx, release, summary="wrong")
    with team.act(team.lead) as ctx:
        service.yank(ctx, release, reason="wrong")
    with team.act(team.ops) as ctx, pytest.raises(GatesOpenError, match=r"topics@1.0.0 is yanked; this needs approved"):
        service.propose_publication(ctx, release)


@pytest.mark.browser
def test_publication_and_withdrawal_are_asked_for_on_the_page(team: Team, release: ReleaseId, tab: Page) -> None:
    with served(team.app) as server:
        server.sign_in(tab, team.ops)
        tab.goto(f"{server.url}/p/support/releases/{release}")
        tab.get_by_role("button", name="Propose publication").click()
        tab.wait_for_load_state()
        assert tab.get_by_role("link", name="Decide: release.publish").is_visible()
        tab.get_by_label("Reason for: Propose to yank").fill("mislabelled")
        tab.get_by_role("button", name="Propose to yank").click()
        tab.wait_for_load_state()
        assert tab.get_by_role("link", name="Decide: release.yank").is_visible()
