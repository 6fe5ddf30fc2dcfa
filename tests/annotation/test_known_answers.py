"""Right answers, proposals and rulings of every kind, judged by what their records are."""

from __future__ import annotations

import uuid

import pytest

from headwater.annotation import gold, prelabels, queries, reviews, tasks
from headwater.annotation.model import UnknownTaskError
from headwater.annotation.plan import Plan
from headwater.annotation.prelabels import Proposal
from headwater.annotation.responses import ResponseError
from headwater.annotation.submissions import Submission
from tests.annotation import factories
from tests.workspaces import Team

QUESTIONS = [
    {"name": "names", "kind": "spans", "options": ["who", "where"], "required": False},
    {"name": "best", "kind": "ranking", "required": False},
]
PAYLOAD = {"responses": ["yes", "no", "perhaps"]}
SPANS = {"spans": [{"id": "s1", "start": 0, "end": 3, "label": "who"}]}
ORDER = {"order": [["2"], ["0"], ["1"]]}


@pytest.fixture
def world(team: Team) -> tuple[str, list[str]]:
    texts = [f"Ada went to Bath {place}" for place in range(8)]
    records = factories.put_records(team, texts, payloads=[PAYLOAD] * len(texts))
    campaign = factories.plan_campaign(
        team, records[:3] + records[4:], plan=Plan(overlap=2, gold_rate=0.5), data=QUESTIONS
    )
    return campaign.id, records


def test_gold_proposals_and_rulings_take_spans_and_rankings(team: Team, world: tuple[str, list[str]]) -> None:
    campaign, records = world
    values = {"names": SPANS, "best": ORDER}
    with team.act(team.ops) as ctx:
        assert gold.mark(ctx, campaign, {records[3]: values}) == 1
    with team.act(team.lead) as ctx:
        assert prelabels.add(ctx, campaign, [Proposal(record=records[0], values=values)], model="m 1") == 1
    with team.act(team.expert) as ctx:
        task = tasks_of(team, campaign)[0]
        reviews.settle(ctx, campaign, task, values, reason="clear")
    with team.read() as ctx:
        assert {each.question for each in queries.rulings(ctx, campaign)} == {"names", "best"}


def test_what_does_not_fit_the_record_is_refused_by_its_name(team: Team, world: tuple[str, list[str]]) -> None:
    campaign, records = world
    beyond = {"names": {"spans": [{"start": 0, "end": 999, "label": "who"}]}}
    with team.act(team.ops) as ctx, pytest.raises(ResponseError, match=records[3]):
        gold.mark(ctx, campaign, {records[3]: beyond})
    with team.act(team.ops) as ctx, pytest.raises(UnknownTaskError, match="no such record"):
        gold.mark(ctx, campaign, {"rec_none": {"names": SPANS}})
    with team.act(team.expert) as ctx, pytest.raises(ResponseError, match="999"):
        reviews.settle(ctx, campaign, tasks_of(team, campaign)[0], beyond, reason="clear")


def test_span_ids_and_reasons_do_not_make_an_answer_to_gold_wrong(team: Team, world: tuple[str, list[str]]) -> None:
    campaign, records = world
    with team.act(team.ops) as ctx:
        gold.mark(ctx, campaign, {records[3]: {"names": SPANS, "best": ORDER}})
    factories.open_planned(team, campaign)
    other = {"names": {"spans": [{"id": "x", "start": 0, "end": 3, "label": "who"}]}, "best": ORDER}
    for person, values in zip(team.annotators[:2], (other, other | {"names": {"spans": []}}), strict=True):
        while (task := factories.claim(team, campaign, person)) is not None:
            sent = Submission(lease_id=task.lease_id, token=task.token, client_id=str(uuid.uuid4()), values=values)
            with team.act(person) as ctx:
                tasks.submit(ctx, campaign, sent, claim_next=False)
    with team.read() as ctx:
        told = {each.annotator: (each.judged, each.correct) for each in queries.tallies(ctx, campaign)}
        assert [told[person] for person in team.annotators[:2]] == [(1, 1), (1, 0)]
        columns = queries.answers(ctx, campaign, question="names", structured=True)
        judged = columns.gold_value >= 0
        assert sorted(columns.is_right[judged].tolist()) == [False, True]


def tasks_of(team: Team, campaign: str) -> list[str]:
    """Return the tasks of the first batch."""
    with team.read() as ctx:
        batch = queries.batches(ctx, campaign)[0].id
        return [each.id for each in queries.tasks_of(ctx, batch)]
