"""No campaign goes unwatched: the server looks by itself, and says so where nobody did."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from typing import TYPE_CHECKING

import numpy as np
import pytest
from scipy import stats

from headwater.annotation.plan import Plan
from headwater.app import overview
from headwater.app.watching import Watcher
from headwater.quality import assessments, concerns, label_errors, labels, monitoring, queries, vigilance
from tests.annotation import factories
from tests.quality.test_agreement_edges import typed
from tests.quality.test_label_errors import labelled
from tests.serving import served
from tests.web.calls import client

if TYPE_CHECKING:
    from collections.abc import Callable

    from headwater.annotation.model import Campaign
    from headwater.context import Context
    from tests.workspaces import Team


@pytest.fixture
def campaign(team: Team) -> Campaign:
    """Return an open campaign with sixty answers, three of them to all the gold there is, and tasks left."""
    known = dict(enumerate(["billing", "fault", "praise"]))
    found = factories.open_campaign(team, 80, plan=Plan(overlap=2, gold_rate=0.2), known=known)
    factories.work_through(team, found.id, team.annotators[0], limit=60)
    return found


def passes(team: Team, hours: float) -> None:
    team.app.clock.advance(hours=hours)  # type: ignore[attr-defined]


def look(ctx: Context, campaign: Campaign) -> None:
    """Look at everything that is watched."""
    for question in vigilance.watched(ctx, campaign.id):
        monitoring.monitor(ctx, campaign.id, question=question)


def test_the_server_watches_a_campaign_once_for_so_many_answers(team: Team, campaign: Campaign) -> None:
    with team.read(team.ops) as ctx:
        (due,) = vigilance.due(ctx)
    assert (due.campaign_id, due.answers, due.known) == (campaign.id, 60, 0)
    team.app.jobs.launch()
    first = Watcher(team.app).look()
    assert Watcher(team.app).look() in ([], first)  # another server asks in the same moment
    assert team.app.jobs.wait(first[0]).result == {"alarms": []}
    with team.read(team.ops) as ctx:
        assert {each.question: each.answers for each in queries.watches(ctx, campaign.id)} == {
            "topic": 60,
            "urgency": 60,
        }
        assert vigilance.unwatched(ctx) == []
    assert Watcher(team.app).look() == []


def test_a_few_new_answers_wait_for_an_hour_at_most(team: Team, campaign: Campaign) -> None:
    with team.act(team.ops) as ctx:
        look(ctx, campaign)
    factories.work_through(team, campaign.id, team.annotators[1], limit=5)
    with team.read(team.ops) as ctx:
        assert vigilance.due(ctx) == []
    passes(team, 1)
    with team.read(team.ops) as ctx:
        assert [each.answers for each in vigilance.due(ctx)] == [5]


def test_where_nobody_watches_the_front_page_and_the_overview_say_so(team: Team, campaign: Campaign) -> None:
    with team.read(team.ops) as ctx:
        assert not [each for each in concerns.concerns(ctx) if each.subject == "watch:"]
    passes(team, 3)
    with team.read(team.ops) as ctx:
        (told,) = [each for each in concerns.concerns(ctx) if each.subject == "watch:"]
        stage = next(each for each in overview.stages(ctx) if each.name == "Quality")
    assert "“first” is open and not watched since" in told.what
    assert "60 answers are on no control chart" in told.what
    assert stage.state == "bad"
    assert stage.gap.startswith("first is not watched since")
    with team.act(team.ops) as ctx:
        look(ctx, campaign)
        assert not [each for each in concerns.concerns(ctx) if each.subject == "watch:"]


def test_used_up_gold_is_told_to_those_who_may_change_it(team: Team, campaign: Campaign) -> None:
    with team.read(team.ops) as ctx:
        (told,) = [each for each in concerns.concerns(ctx) if each.subject == "gold:"]
    assert "1 of 1 annotators answered all of its 3 gold tasks" in told.what
    with team.read(team.annotators[0]) as ctx:
        assert not [each for each in concerns.concerns(ctx) if each.subject == "gold:"]
    assert campaign.id == told.campaign_id


def test_looking_again_and_again_names_nobody_more_often_than_stated() -> None:
    # ten annotators, all equally right, measured after every twenty of two hundred gold answers of each
    rng, named = np.random.default_rng(11), 0
    for _ in range(200):
        right = np.cumsum(rng.random((200, 10)) < 0.9, axis=0)
        named += any(
            min(concerns.against_others([(int(good), n) for good in right[n - 1]])) <= concerns.level_at(look)
            for look, n in enumerate(range(20, 201, 20), 1)
        )
    assert named <= stats.binom.ppf(0.9999, 200, concerns.FALSE_ALARMS)
    assert sum(map(concerns.level_at, range(1, 10_000))) < concerns.FALSE_ALARMS


def test_annotators_do_not_wait_while_a_campaign_is_looked_at(team: Team, monkeypatch: pytest.MonkeyPatch) -> None:
    campaign, answered = labelled(team, plan=Plan(overlap=2)), list[int]()

    def first_another_answers(look: Callable[..., object]) -> Callable[..., object]:
        def slow(*args: object, **options: object) -> object:
            with ThreadPoolExecutor(1) as other:
                work = other.submit(factories.work_through, team, campaign, team.annotators[1], limit=1)
                answered.append(work.result(timeout=60))
            return look(*args, **options)

        return slow

    for module in (assessments, labels, label_errors, monitoring):
        monkeypatch.setattr(module, "look", first_another_answers(module.look))
    team.app.jobs.launch()
    (job,) = Watcher(team.app).look()
    assert team.app.jobs.wait(job).state == "done"
    assert answered == [1] * 2  # of both closed questions
    with team.read(team.ops) as ctx:  # what came while it was looked at counts as unwatched
        assert sum(each.answers for each in vigilance.unwatched(ctx)) > 0
    ask_by_command(team, campaign)
    assert answered == [1] * 7
    ask_by_page_and_api(team, campaign)
    assert answered == [1] * 17


def ask_by_command(team: Team, campaign: str) -> None:
    """Have a campaign assessed and watched, its labels resolved and searched for errors."""
    typed(team, "quality", "assess", campaign, "--question", "topic")
    typed(team, "quality", "errors", "find", "--question", "topic")
    typed(team, "quality", "monitor", campaign)


def ask_by_page_and_api(team: Team, campaign: str) -> None:
    with served(team.app) as server:
        person = client(team.app, server.url, team.ops)
        form = {"csrf": person.csrf, "question": "topic", "what": f"{campaign}:topic"}
        pages, api = "/p/support/quality", "/api/v1/programs/support"
        with closing(person.http) as http:
            replies = [
                http.post(f"{pages}/{path}", data=form)
                for path in ("assess", "label-errors", f"campaigns/{campaign}/monitor")
            ]
            http.headers["Authorization"] = f"Bearer {person.token}"
            body = {"campaign": campaign, "question": "topic"}
            replies += [
                http.post(f"{api}/{path}", json=body)
                for path in ("assessments", "resolutions", "label-errors", f"campaigns/{campaign}/monitor")
            ]
        assert all(reply.status_code in (200, 201, 303) for reply in replies), [reply.text for reply in replies]
