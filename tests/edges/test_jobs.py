"""Long work as jobs: commanded by those whose it is, done once however often it is cut off, its files kept for them."""

from __future__ import annotations

import io
import json
import time
import zipfile
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from headwater.annotation import queries as annotation
from headwater.app import campaign_jobs, release_jobs
from headwater.app.job_rights import commanded
from headwater.core.errors import ConflictError, NotFoundError
from headwater.governance import accounts
from headwater.governance.model import NotYoursError
from headwater.release import queries as releases
from headwater.release import service
from headwater.release.model import Selection
from headwater.release.verify import verify
from headwater.sourcing import queries as sourcing
from headwater.sourcing.curation import Recipe
from tests.accessibility import problems
from tests.annotation import soak
from tests.annotation.factories import open_campaign, plan_campaign, put_records, work_through
from tests.evaluation.test_edges import typed
from tests.quality.lots import answer_and_resolve, decided
from tests.serving import served
from tests.sourcing.test_intakes import approved, items, take_in
from tests.web.calls import client
from tests.workspaces import Team

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from playwright.sync_api import Browser

    from headwater.app.application import App

BUILD = {"dataset": "topics", "question": "topic", "where": "", "minimum_confidence": 0.0}


@pytest.fixture
def running(team: Team) -> Iterator[App]:
    """The team's workspace, whose jobs run in this process."""
    team.app.jobs.launch()
    yield team.app
    team.app.jobs.stop()


class CutOff:
    """A job whose process dies right after a step's effect, before the step is checked off."""

    def __init__(self, team: Team, *, after: str) -> None:
        self.id, self.program, self.actor = "job_cut_off", team.program, team.ops
        self.after = after

    def step(self, name: str, act: Callable[[], Any]) -> Any:
        result = act()
        if name == self.after:
            raise KeyboardInterrupt
        return result

    def progress(self, *_: object) -> None:
        return None


def accepted(team: Team) -> None:
    """Take records in, have them labelled and the batch accepted."""
    texts = [f"the {thing} number {place} is broken" for place in range(10) for thing in ("door", "printer")]
    take_in(team, approved(team), items(*texts), Recipe(near_duplicate=2.0))
    with team.read() as ctx:
        records = [record.id for record in sourcing.records(ctx, limit=len(texts)).records]
    campaign = open_campaign(team, records)
    answer_and_resolve(team, campaign.id)
    with team.read() as ctx:
        (batch,) = annotation.batches(ctx, campaign.id)
    decided(team, batch.id, wrong=0, accept=True)


def test_a_release_whose_job_was_cut_off_is_built_once(team: Team) -> None:
    accepted(team)
    for _ in range(2):
        with pytest.raises(KeyboardInterrupt):
            release_jobs.build(team.app, CutOff(team, after="build"), BUILD)  # type: ignore[arg-type]
    done = release_jobs.build(team.app, CutOff(team, after=""), BUILD)  # type: ignore[arg-type]
    with team.read() as ctx:
        (row,) = releases.releases(ctx)
    assert (done["release"], done["members"]) == (row.id, 20)


def test_a_release_worked_out_before_another_was_stored_is_refused(team: Team) -> None:
    accepted(team)
    with team.read() as ctx:
        draft = service.assemble_draft(ctx, dataset="topics", selection=Selection(question="topic"))
    with team.act(team.ops) as ctx:
        service.build(ctx, dataset="topics", selection=Selection(question="topic"))
    with team.act(team.ops) as ctx, pytest.raises(ConflictError, match=r"was built meanwhile: 1\.0\.0"):
        service.keep(ctx, draft)


def test_tasks_from_another_tool_are_taken_in_once_wherever_the_job_is_cut_off(team: Team, tmp_path: Path) -> None:
    approved(team)
    campaign = plan_campaign(team, put_records(team, ["first"])).id
    file = tmp_path / "tasks.jsonl"
    rows = [{"content": {"text": f"new message {place}"}, "answers": []} for place in range(5)]
    file.write_text("".join(json.dumps(row) + "\n" for row in rows))
    args = {"campaign": campaign, "path": str(file), "format": "jsonl", "source": "desk", "batch": "other tool"}
    args |= {"name": file.name, "personal_data": "keep"}
    for step in ("begin", "records", "answers"):
        with pytest.raises(KeyboardInterrupt):
            campaign_jobs.take_in(team.app, CutOff(team, after=step), args)  # type: ignore[arg-type]
    done = campaign_jobs.take_in(team.app, CutOff(team, after=""), args)  # type: ignore[arg-type]
    assert (done["read"], done["added"], done["batch_name"]) == (5, 5, "other tool")
    assert len(json.loads(typed(team, "intake", "list", "--json", by="ops"))) == 1


def test_a_release_is_built_and_packed_by_http_and_verifies(team: Team, running: App, tmp_path: Path) -> None:
    accepted(team)
    with served(running) as server:
        who = client(running, server.url, team.ops)
        headers = {"Authorization": f"Bearer {who.token}"}
        base = f"{server.url}/api/v1/programs/support"

        def job(path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
            reply = who.http.post(f"{base}/{path}", json=body, headers=headers | {"Idempotency-Key": path})
            assert reply.status_code == 202, reply.text
            again = who.http.post(f"{base}/{path}", json=body, headers=headers | {"Idempotency-Key": path})
            assert again.json()["id"] == reply.json()["id"]
            status = running.jobs.wait(reply.json()["id"])
            assert (status.state, status.done) == ("done", status.total)
            found: dict[str, Any] = who.http.get(server.url + reply.headers["location"], headers=headers).json()
            return found

        made = job("releases/builds", {"dataset": "topics", "question": "topic"})
        packed = job(f"releases/{made['result']['release']}/exports")
        archive = who.http.get(f"{base}/jobs/{packed['id']}/file", headers=headers)
        with zipfile.ZipFile(io.BytesIO(archive.content)) as files:
            files.extractall(tmp_path / "out")
        assert verify(tmp_path / "out").holds
        assert who.http.get(f"{base}/jobs/{made['id']}/file", headers=headers).status_code == 404
        who.http.close()


def test_a_campaign_is_exported_by_command_as_it_stood(team: Team, tmp_path: Path) -> None:
    campaign = open_campaign(team, 3)
    work_through(team, campaign.id, team.annotators[0], limit=2)
    file = tmp_path / "answers.jsonl"
    assert "Wrote 2 tasks" in typed(team, "campaign", "export", "first", str(file), by="ops")
    assert len(file.read_text().splitlines()) == 2
    assert {path.name for path in tmp_path.iterdir()} == {"workspace", file.name}
    told = typed(team, "campaign", "export", "first", str(tmp_path / "later.jsonl"), "--detach", by="ops")
    job = told.partition(":")[0]
    assert json.loads(typed(team, "job", "show", job, "--json", by="ops"))["state"] == "queued"
    typed(team, "job", "cancel", job, by="lead")
    assert json.loads(typed(team, "job", "show", job, "--json", by="ops"))["state"] == "cancelled"


def test_a_server_at_work_takes_up_what_a_command_only_asks_for(team: Team, tmp_path: Path) -> None:
    open_campaign(team, 3)
    file = tmp_path / "answers.jsonl"
    server = soak.Server(team.app.settings.directory)
    try:
        job = typed(team, "campaign", "export", "first", str(file), "--detach", by="ops").partition(":")[0]
        end = time.monotonic() + 60
        while not (status := team.app.jobs.get(job)).ended:
            assert time.monotonic() < end, status
            time.sleep(0.05)
    finally:
        server.kill()
    assert (status.state, file.exists()) == ("done", True)


def waiting(team: Team) -> str:
    args = {"campaign": "first", "file": "/nowhere/x", "format": "jsonl", "unanswered": False}
    return team.app.jobs.start("campaign export", args, program=team.program, actor=team.ops)


def test_only_whose_job_it_is_or_whose_work_it_does_commands_it(team: Team) -> None:
    status = team.app.jobs.get(waiting(team))
    for person in (team.ops, team.lead):
        with team.read(person) as ctx:
            assert commanded(ctx, status) == status
    with team.read(team.annotators[0]) as ctx, pytest.raises(NotYoursError):
        commanded(ctx, status)
    with team.app.read_as(team.ops, "prg_other") as ctx, pytest.raises(NotFoundError):
        commanded(ctx, status)


def test_a_token_that_may_only_read_and_a_stranger_command_nothing(team: Team) -> None:
    job = waiting(team)
    with team.app.act_as(team.ops) as ctx:
        looking = accounts.create_token(ctx, label="look", may_write=False).secret
    with team.app.act_as(team.annotators[0]) as ctx:
        stranger = accounts.create_token(ctx, label="other", may_write=True).secret
    with served(team.app) as server:
        for secret, code in ((looking, "forbidden"), (stranger, "not_yours")):
            for act in ("cancel", "resume"):
                path = f"{server.url}/api/v1/programs/support/jobs/{job}/{act}"
                told = httpx.post(path, headers={"Authorization": f"Bearer {secret}"})
                assert (told.status_code, told.json()["code"]) == (403, code)
    assert team.app.jobs.get(job).state == "queued"


@pytest.mark.browser
def test_a_job_is_followed_cancelled_and_resumed_on_its_page(team: Team, running: App, browser: Browser) -> None:
    go_on: list[bool] = []

    def run(job: Any, _: dict[str, Any]) -> dict[str, Any]:
        while not go_on:
            job.progress(30, 120, "tasks", "writing <b>first</b>")
            time.sleep(0.25)
        return {"tasks": 120}

    running.jobs.register("campaign export", run)
    job = waiting(team)
    with served(running) as server:
        tab = server.tab_of(browser, team.ops)
        tab.goto(f"{server.url}/p/support/jobs")
        assert not problems(tab)
        tab.get_by_role("link", name="campaign export").click()
        tab.get_by_text("30 of 120 tasks").wait_for()
        assert tab.get_by_text("writing <b>first</b>").is_visible()
        assert not problems(tab)
        tab.get_by_role("button", name="Cancel").click()
        tab.get_by_role("button", name="Resume").wait_for()
        go_on.append(True)
        tab.get_by_role("button", name="Resume").click()
        tab.locator(".badge", has_text="done").wait_for()
        assert running.jobs.get(job).state == "done"
        server.sign_in(tab, team.annotators[0])
        tab.goto(f"{server.url}/p/support/jobs/{job}")
        assert tab.get_by_role("button", name="Cancel").count() == 0
        tab.context.close()
