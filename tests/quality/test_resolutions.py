"""Resolving labels: a method is asked for or chosen, kept with its doubts, and compared with the others."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import httpx
import pytest

from headwater.annotation.plan import Plan
from headwater.core.errors import InvalidError
from headwater.quality import labels, queries
from headwater.quality.crowds import crowd_of
from headwater.quality.model import NotAssessableError
from tests.annotation import factories
from tests.quality.factories import answer_all
from tests.quality.test_agreement_edges import caller, typed
from tests.serving import served

if TYPE_CHECKING:
    from tests.workspaces import Team

QUESTIONS = [
    {"name": "topic", "kind": "single", "options": ["billing", "fault", "praise"]},
    {"name": "urgency", "kind": "rating"},
]
TOPICS = ("billing", "fault", "praise")


def right(text: str) -> dict[str, object]:
    number = int(text.rsplit(" ", 1)[1])
    return {"topic": TOPICS[number % 3], "urgency": 2 + number % 3}


def harsh(text: str) -> dict[str, object]:
    values = right(text)
    return values | {"urgency": int(str(values["urgency"])) + 1}


@pytest.fixture
def campaign(team: Team) -> str:
    """Return a campaign of twelve tasks, each answered by three people, one of whom rates a step too high."""
    found = factories.open_campaign(team, 12, plan=Plan(overlap=3), data=QUESTIONS).id
    for person, choose in zip(team.annotators, (right, right, harsh), strict=False):
        answer_all(team, found, person, choose)
    return found


def test_labels_keep_their_method_and_the_doubts_about_them(team: Team, campaign: str) -> None:
    with team.act(team.ops) as ctx:
        rows = labels.resolve(ctx, campaign, question="topic")
        (kept,) = queries.resolutions(ctx, campaign=campaign)
    assert {row.method for row in rows} == {kept.method} <= {"committee", "majority"}
    assert kept.asked == "auto"
    assert "per answer in log-likelihood" in kept.reason
    assert kept.labels == 12
    assert 0.8 < kept.confidence <= 1


def test_doubts_are_kept(team: Team) -> None:
    thin = factories.open_campaign(team, 3, plan=Plan(overlap=1), data=QUESTIONS).id
    answer_all(team, thin, team.annotators[0], right)
    with team.act(team.ops) as ctx:
        labels.resolve(ctx, thin, question="topic", method="dawid-skene")
        (kept,) = queries.resolutions(ctx, campaign=thin)
    said = " ".join(kept.warnings)
    assert "3 of 3 tasks have a single answer" in said
    assert "rest mostly on the prior" in said
    assert kept.doubtful == 3


def test_a_method_can_be_asked_for_and_the_newest_resolution_stands(team: Team, campaign: str) -> None:
    with team.act(team.ops) as ctx:
        labels.resolve(ctx, campaign, question="topic")
        rows = labels.resolve(ctx, campaign, question="topic", method="majority")
        (kept,) = queries.resolutions(ctx, campaign=campaign, question="topic")
    assert {row.method for row in rows} == {"majority"}
    assert (kept.asked, kept.method, kept.reason) == ("majority", "majority", "")
    with team.act(team.ops) as ctx, pytest.raises(InvalidError, match="no method 'ordinal'"):
        labels.resolve(ctx, campaign, question="topic", method="ordinal")


def test_ratings_are_resolved_on_their_scale(team: Team, campaign: str) -> None:
    with team.act(team.ops) as ctx:
        crowd = crowd_of(ctx, campaign, question="urgency")
        rows = labels.resolve(ctx, campaign, question="urgency", method="ordinal")
    assert crowd.values == ("1", "2", "3", "4", "5")
    assert {row.value for row in rows} == {"2", "3", "4"}


def test_methods_are_compared_for_those_who_accept_the_work(team: Team, campaign: str) -> None:
    with team.read(team.ops) as ctx:
        rows = {row.method: row for row in labels.compare(ctx, campaign, question="urgency")}
    assert {"majority", "committee", "dawid-skene", "ordinal"} <= set(rows)
    assert rows["majority"].changed == 0
    assert not rows["majority"].gold.defined


def test_nothing_is_resolved_before_there_are_answers(team: Team) -> None:
    empty = factories.open_campaign(team, 2, plan=Plan(overlap=1), data=QUESTIONS).id
    with team.act(team.ops) as ctx, pytest.raises(NotAssessableError):
        labels.resolve(ctx, empty, question="topic")


def test_commands_and_api_resolve_and_compare(team: Team, campaign: str) -> None:
    assert "Resolved 12 labels by" in typed(team, "quality", "resolve", campaign, "--question", "topic")
    found = json.loads(typed(team, "quality", "methods", campaign, "--question", "topic", "--json"))
    assert "majority" in {row["method"] for row in found}
    assert "topic" in typed(team, "quality", "resolutions")
    with served(team.app) as server, httpx.Client(base_url=f"{server.url}/api/v1/programs/support") as http:
        call = caller(team, http)
        body = {"campaign": campaign, "question": "topic", "method": "weighted"}
        assert call("POST", "/resolutions", body, status=201)["method"] == "weighted"
        assert [row["method"] for row in call("GET", "/resolutions")] == ["weighted"]
        rows = call("GET", f"/resolutions/{campaign}/topic/methods")
        assert rows[0]["held_out"]["n"] > 0
        call("POST", "/resolutions", body | {"method": "guess"}, status=422)
        call("POST", "/resolutions", body, by=team.annotators[0], status=403)
        call("GET", f"/resolutions/{campaign}/topic/methods", by=team.annotators[0], status=403)
