"""A file goes straight into a campaign: each text is asked about once, whatever repeats, on either database."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

from headwater.annotation import batches, campaigns, filling, queries
from headwater.annotation.model import CampaignStateError, UnknownBatchError
from headwater.annotation.store import tasks
from headwater.core.errors import InvalidError
from headwater.sourcing import intakes
from headwater.sourcing import queries as sourcing
from headwater.sourcing.curation import Recipe
from headwater.sourcing.items import Item
from tests.annotation.factories import claim, open_campaign, work_through
from tests.evaluation.test_edges import typed
from tests.serving import served
from tests.sourcing.test_intakes import approved, take_in
from tests.web.calls import client

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from headwater.context import Context
    from tests.workspaces import Team

PLAIN = Recipe(near_duplicate=2.0)


def items(texts: Sequence[str]) -> list[Item]:
    return [Item(place=place, text=text) for place, text in enumerate(texts, 1)]


def fill(
    team: Team, campaign: str, texts: Sequence[str], on_progress: Callable[[int], None] | None = None
) -> filling.Filled:
    """Take texts in from the approved source `desk` and into a campaign, as the job does."""
    with team.act(team.ops) as ctx:
        wanted = filling.plan(ctx, campaign, name="file")
        batch = filling.begin(ctx, wanted)
        begun = intakes.start(ctx, source="desk", origin="test", recipe=PLAIN)
    intakes.run(
        lambda: team.act(team.ops),
        team.app.database,
        begun.id,
        items(texts),
        then=lambda ctx, made, same: filling.pour(ctx, batch, wanted, made, same),
        on_progress=on_progress,
    )
    with team.act(team.ops) as ctx:
        return filling.finish(ctx, batch, begun.id)


def asked(team: Team, batch: str) -> list[str]:
    """Return the texts a batch asks about, in the order in which they are given out."""
    with team.read() as ctx:
        rows = tasks.page(ctx.db, batch, after="", limit=1_000)
        return [record.text for record in sourcing.take(ctx, [row.record_id for row in rows])]


@pytest.fixture
def in_threes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a chunk have three items, and so repeats lie in different ones."""
    monkeypatch.setattr(intakes, "CHUNK", 3)


@pytest.mark.usefixtures("in_threes")
def test_every_text_is_asked_about_once_whoever_has_it_already(each_team: Team) -> None:
    approved(each_team)
    approved(each_team, "archive")
    campaign = open_campaign(each_team, 1).id
    take_in(each_team, "archive", items(["known before", "asked before"]), PLAIN)
    with each_team.act(each_team.ops) as ctx:
        records = [record.id for record in sourcing.everything(ctx) if record.text == "asked before"]
        batches.add(ctx, campaign, name="other", records=records)
    texts = ["a", "b", "a", "known before", "c", "b", "asked before", "d", "c", "known before", "e"]
    filled = fill(each_team, campaign, texts)
    assert sorted(asked(each_team, filled.batch)) == ["a", "b", "c", "d", "e", "known before"]
    assert filled.tasks == len(asked(each_team, filled.batch))
    with each_team.read() as ctx:
        assert queries.batch(ctx, filled.batch).tasks == filled.tasks
    assert work_through(each_team, campaign, each_team.annotators[0]) == 1 + 1 + filled.tasks


@pytest.mark.usefixtures("in_threes")
def test_annotators_work_while_the_file_comes_in(each_team: Team) -> None:
    approved(each_team)
    campaign = open_campaign(each_team, 1).id
    work_through(each_team, campaign, each_team.annotators[0])
    given: list[bool] = []

    def look(_done: int) -> None:
        given.append(claim(each_team, campaign, each_team.annotators[0]) is not None)

    filled = fill(each_team, campaign, [f"text {place}" for place in range(9)], look)
    assert given == [True] * 3
    assert filled.tasks == 9
    assert work_through(each_team, campaign, each_team.annotators[0]) == 9


@pytest.mark.usefixtures("in_threes")
def test_two_files_that_say_the_same_fill_a_campaign_at_once_and_nothing_is_asked_twice(each_team: Team) -> None:
    approved(each_team)
    campaign = open_campaign(each_team, 1).id
    texts = [f"text {place}" for place in range(30)]
    with ThreadPoolExecutor(2) as both:
        filled = list(both.map(lambda some: fill(each_team, campaign, some), (texts, texts[::-1])))
    found = [text for each in filled if each.batch for text in asked(each_team, each.batch)]
    assert sorted(found) == sorted(texts)
    assert sum(each.tasks for each in filled) == len(texts)


@pytest.mark.usefixtures("in_threes")
def test_a_file_cut_off_between_chunks_goes_on_and_doubles_nothing(each_team: Team) -> None:
    approved(each_team)
    campaign = open_campaign(each_team, 1).id
    texts = [f"text {place}" for place in range(10)]
    with each_team.act(each_team.ops) as ctx:
        wanted = filling.plan(ctx, campaign, name="file")
        batch = filling.begin(ctx, wanted)
        begun = intakes.start(ctx, source="desk", origin="test", recipe=PLAIN)
    calls: list[int] = []

    def then(ctx: Context, made: Sequence[str], same: Sequence[str]) -> None:
        filling.pour(ctx, batch, wanted, made, same)
        calls.append(len(made))
        if len(calls) == 2:
            raise ConnectionError

    with pytest.raises(ConnectionError):
        intakes.run(lambda: each_team.act(each_team.ops), each_team.app.database, begun.id, items(texts), then=then)
    intakes.run(lambda: each_team.act(each_team.ops), each_team.app.database, begun.id, items(texts), then=then)
    with each_team.act(each_team.ops) as ctx:
        filled = filling.finish(ctx, batch, begun.id)
    assert asked(each_team, filled.batch) == texts
    assert sum(calls) == 3 + len(texts)  # the chunk that was cut off came twice


def test_a_file_that_brings_nothing_new_leaves_no_batch(each_team: Team) -> None:
    approved(each_team)
    campaign = open_campaign(each_team, 1).id
    first = fill(each_team, campaign, ["a", "b"])
    again = fill(each_team, campaign, ["b", "a"])
    assert (first.tasks, again) == (2, filling.Filled(batch="", tasks=0))
    with each_team.read() as ctx:
        assert [each.name for each in queries.batches(ctx, campaign)] == ["one", "file"]


def test_a_batch_that_stayed_empty_leaves_room_for_those_after_it(each_team: Team) -> None:
    approved(each_team)
    campaign = open_campaign(each_team, 1).id
    fill(each_team, campaign, ["a"])
    with each_team.act(each_team.ops) as ctx:
        wanted = filling.plan(ctx, campaign, name="file")
        batch = filling.begin(ctx, wanted)
        begun = intakes.start(ctx, source="desk", origin="test", recipe=PLAIN)
    assert fill(each_team, campaign, ["b"]).tasks == 1  # begun while the other one is under way
    intakes.run(lambda: each_team.act(each_team.ops), each_team.app.database, begun.id, items(["a"]))
    with each_team.act(each_team.ops) as ctx:
        assert filling.finish(ctx, batch, begun.id).tasks == 0
    assert fill(each_team, campaign, ["c"]).tasks == 1


def test_a_batch_that_cannot_be_is_refused_before_anything_is_sent(team: Team) -> None:
    approved(team)
    campaign = open_campaign(team, 1).id
    with team.act(team.ops) as ctx, pytest.raises(InvalidError, match="cannot name a batch"):
        filling.plan(ctx, campaign, name=" ")
    with team.act(team.ops) as ctx:
        wanted = filling.plan(ctx, campaign, name="file")
        batch = filling.begin(ctx, wanted)
        begun = intakes.start(ctx, source="desk", origin="test", recipe=PLAIN)
        campaigns.pause(ctx, campaign)
        campaigns.close(ctx, campaign)
    with team.act(team.ops) as ctx, pytest.raises(CampaignStateError, match="no tasks can be added"):
        filling.plan(ctx, campaign, name="file")
    intakes.run(
        lambda: team.act(team.ops),
        team.app.database,
        begun.id,
        items(["a"]),
        then=lambda ctx, made, same: filling.pour(ctx, batch, wanted, made, same),
    )
    with team.act(team.ops) as ctx:
        assert filling.finish(ctx, batch, begun.id) == filling.Filled(batch="", tasks=0)
        with pytest.raises(UnknownBatchError):
            queries.batch(ctx, batch)
    with team.read() as ctx:
        assert [record.text for record in sourcing.everything(ctx)].count("a") == 1


def test_a_file_is_sent_into_a_campaign_by_page_api_and_command(each_team: Team, tmp_path: Path) -> None:
    approved(each_team)
    campaign = open_campaign(each_team, 1).id
    each_team.app.jobs.launch()
    with served(each_team.app) as server:
        who = client(each_team.app, server.url, each_team.ops)
        file = {"file": ("page.txt", b"from a page\n")}
        form = {"csrf": who.csrf, "source": "desk", "batch": "paged"}
        address = f"/p/support/campaigns/{campaign}"
        assert "Ask about a file" in who.http.get(address).text
        sent = who.http.post(f"{address}/intakes", data=form, files=file, follow_redirects=True)
        assert each_team.app.jobs.wait(sent.url.path.rpartition("/")[2]).result["tasks"] == 1  # type: ignore[index]
        headers = {"Authorization": f"Bearer {who.token}"}
        query = {"name": "api.jsonl", "campaign": "first", "priority": "2"}
        api = "/api/v1/programs/support/sources/desk/intakes"
        body = b'{"text": "from the API"}\n{"text": "from a page"}\n'
        reply = who.http.post(api, params=query, content=body, headers=headers).json()
        done = each_team.app.jobs.wait(reply["id"]).result or {}
        assert (done["tasks"], done["added"], done["campaign"]) == (1, 1, campaign)
        refused = who.http.post(api, params=query | {"campaign": "none"}, content=b"x", headers=headers)
        assert refused.status_code == 404
        who.http.close()
    each_team.app.jobs.stop()
    path = tmp_path / "command.txt"
    path.write_text("from a command\n")
    run = ("intake", "run", str(path), "--source", "desk", "--campaign", "first", "--batch", "typed")
    assert "Added 1 tasks to campaign first" in typed(each_team, *run, by="ops")
    assert "got no new task" in typed(each_team, *run, by="ops")
    with each_team.read() as ctx:
        found = [(each.name, each.tasks, each.priority) for each in queries.batches(ctx, campaign)]
    assert found == [("one", 1, 5), ("paged", 1, 5), ("api.jsonl", 1, 2), ("typed", 1, 5)]
