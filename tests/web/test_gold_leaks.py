"""Nothing that an annotator can read changes otherwise with an answer to hidden gold than with any other answer."""

from __future__ import annotations

import re
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from headwater.annotation import queries
from headwater.annotation.plan import Plan
from headwater.annotation.store import queue
from tests.annotation import factories
from tests.serving import served
from tests.web import calls
from tests.web.calls import SAFE, Client, client

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from headwater.annotation.handouts import Assignment
    from tests.workspaces import Team

NUMBER = re.compile(r"\d+(?:\.\d+)?")
CHANGING = re.compile(r'csrf[^>]*|nonce="[^"]*"|\d{4}-\d\d-\d\dT[0-9:.]+Z?|\d{4}-\d\d-\d\d \d\d:\d\d(:\d\d)?')
ANSWERS = 14


class Watch:
    """What an annotator reads of a campaign, as numbers in their places."""

    def __init__(self, who: Client, known: Mapping[str, str]) -> None:
        self.who, self.known = who, known
        every = [call for call in calls.every() if call.method in SAFE]
        self.calls = [call for call in every if who.send(call, known).status_code < 400]

    def look(self) -> dict[str, tuple[list[float], str]]:
        """Return the numbers of every page and reply, and what stands between them."""
        seen = {}
        for call in self.calls:
            text = CHANGING.sub("", self.who.send(call, self.known).text)
            numbers = [float(number) for number in NUMBER.findall(text)]
            seen[call.name] = (numbers, NUMBER.sub("#", text))
        return seen


def changes(before: dict[str, tuple[list[float], str]], after: dict[str, tuple[list[float], str]]) -> dict[str, object]:
    """Return where something changed and how: by how much each number, or that the words did."""
    found: dict[str, object] = {}
    for name, (numbers, words) in after.items():
        was, said = before[name]
        if said != words:
            found[name] = "other words"
        elif was != numbers:
            found[name] = [(place, b - a) for place, (a, b) in enumerate(zip(was, numbers, strict=True)) if a != b]
    return found


@pytest.fixture
def watched(team: Team) -> Iterator[tuple[Watch, str]]:
    plan = Plan(overlap=1, gold_rate=0.4, shows_accuracy=True)
    campaign = factories.open_campaign(team, ANSWERS, plan=plan, known=dict.fromkeys(range(6), "fault"))
    with team.read() as ctx:
        batch = queries.batches(ctx, campaign.id)[0].id
        task = queries.tasks_of(ctx, batch)[0]
    me = team.annotators[0]
    known = {"program": "support", "campaign": campaign.id, "batch": batch, "record": task.record_id, "person": me}
    known |= {"question": "topic", "identifier": campaign.id, "subject": campaign.id, "schema": campaign.schema_id}
    known |= {"guideline": campaign.guideline_id, "since": campaign.schema_id}
    with served(team.app) as site:
        who = client(team.app, site.url, me)
        with closing(who.http):
            yield Watch(who, known), campaign.id


def test_no_page_and_no_reply_tells_an_annotator_gold_by_what_changes_with_an_answer(
    team: Team, watched: tuple[Watch, str]
) -> None:
    watch, campaign = watched
    me = team.annotators[0]
    factories.work_through(team, campaign, me, limit=2)
    told: dict[bool, dict[str, object]] = {}
    while len(told) < len((True, False)):
        task = factories.claim(team, campaign, me)
        assert task is not None
        gold = _is_gold(team, campaign, task)
        before = watch.look() if gold not in told else {}
        factories.answer(team, campaign, me, task)
        if before:
            told[gold] = changes(before, watch.look())
    seen = told[True].keys() | told[False].keys()
    assert {name: (told[True].get(name), told[False].get(name)) for name in seen} == {
        name: (told[False].get(name),) * 2 for name in seen
    }
    assert any("progress" in name for name in seen)


def _is_gold(team: Team, campaign: str, task: Assignment) -> bool:
    with team.read() as ctx:
        held = queue.get(ctx.db, task.lease_id, team.annotators[0], lock=False)
        return held is not None and held.task_id in {each.task_id for each in queries.golds(ctx, campaign)}
