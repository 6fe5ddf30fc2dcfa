"""Answers proposed by models: shown or kept from annotators by lot, and what seeing them does."""

from __future__ import annotations

import pytest

from headwater.annotation import gold, prelabels, queries
from headwater.annotation.desk import PROPOSED
from headwater.annotation.model import UnknownTaskError
from headwater.annotation.plan import Plan
from headwater.annotation.prelabels import Proposal
from headwater.annotation.responses import ResponseError
from headwater.core.errors import InvalidError
from headwater.governance.model import NotYoursError
from headwater.stats.interval import difference
from tests.annotation import factories
from tests.workspaces import Team

SHOWN = Plan(shows_prelabels=True, blinded_rate=0.0)


def opened(team: Team, count: int, plan: Plan, topic: str = "fault") -> tuple[str, list[str]]:
    records = factories.put_records(team, [f"message {place}" for place in range(count)])
    campaign = factories.open_campaign(team, records, plan=plan).id
    propose(team, campaign, dict.fromkeys(records, topic))
    return campaign, records


def propose(team: Team, campaign: str, topics: dict[str, str], *, model: str = "m 1") -> int:
    rows = [Proposal(record=record, values={"topic": topic}, score=0.9) for record, topic in topics.items()]
    with team.act(team.ops) as ctx:
        return prelabels.add(ctx, campaign, rows, model=model)


def test_an_annotator_begins_from_what_a_model_proposes(each_team: Team) -> None:
    campaign, _ = opened(each_team, 2, SHOWN)
    person = each_team.annotators[0]
    assignment = factories.claim(each_team, campaign, person)
    assert assignment is not None
    assert (assignment.draft, assignment.note) == ({"topic": "fault"}, PROPOSED)
    again = factories.claim(each_team, campaign, person)  # the client lost it
    assert again is not None
    assert (again.lease_id, again.draft, again.note) == (assignment.lease_id, {"topic": "fault"}, PROPOSED)
    factories.answer(each_team, campaign, person, assignment, topic="fault")
    following = factories.claim(each_team, campaign, person)
    assert following is not None
    factories.answer(each_team, campaign, person, following, topic="billing")
    with each_team.read(each_team.lead) as ctx:
        batch = queries.batches(ctx, campaign)[0].id
        given = [row for task in queries.tasks_of(ctx, batch) for row in queries.answers_to(ctx, task.id)]
    assert sorted(row.is_edited for row in given) == [False, True]


def test_nothing_is_shown_unless_the_plan_says_so(team: Team) -> None:
    campaign, _ = opened(team, 1, Plan())
    assignment = factories.claim(team, campaign, team.annotators[0])
    assert assignment is not None
    assert (assignment.draft, assignment.note) == ({}, "")


def test_a_later_proposal_takes_the_place_of_the_one_before(team: Team) -> None:
    campaign, records = opened(team, 1, SHOWN)
    propose(team, campaign, {records[0]: "praise"}, model="m 2")
    assignment = factories.claim(team, campaign, team.annotators[0])
    assert assignment is not None
    assert assignment.draft == {"topic": "praise"}


def test_the_models_whose_proposals_count_are_told_with_how_many(each_team: Team) -> None:
    campaign, records = opened(each_team, 3, SHOWN)
    with each_team.act(each_team.ops) as ctx:
        prelabels.add(ctx, campaign, [Proposal(record=records[0], values={"topic": "billing"})], model="m 2")
    with each_team.read(each_team.lead) as ctx:
        found = prelabels.sources(ctx, campaign)
    assert [(each.model, each.tasks, each.scored) for each in found] == [("m 2", 1, 0), ("m 1", 2, 2)]
    assert found[0].newest > found[1].newest
    with each_team.read(each_team.annotators[0]) as ctx, pytest.raises(NotYoursError):
        prelabels.sources(ctx, campaign)


def test_what_seeing_a_proposal_does_is_measured_by_lot(team: Team) -> None:
    campaign, _ = opened(team, 120, Plan(shows_prelabels=True, blinded_rate=0.5))
    person = team.annotators[0]
    blinded = 0
    while (assignment := factories.claim(team, campaign, person)) is not None:
        blinded += not assignment.draft
        topic = str(assignment.draft.get("topic", "billing"))  # goes along with the model whenever it is seen
        factories.answer(team, campaign, person, assignment, topic=topic)
    with team.read() as ctx:
        found = prelabels.anchoring(ctx, campaign)
    assert 35 < blinded < 85
    assert (found.shown.value, found.shown.n) == (1.0, 120 - blinded)
    assert (found.blinded.value, found.blinded.n) == (0.0, blinded)
    assert found.difference.low > 0.9


def test_gold_tells_whether_proposals_help_or_mislead(team: Team) -> None:
    records = factories.put_records(team, [f"message {place}" for place in range(60)])
    campaign = factories.plan_campaign(
        team, records[:20], plan=Plan(shows_prelabels=True, blinded_rate=0.5, gold_rate=0.5)
    )
    with team.act(team.ops) as ctx:
        gold.mark(ctx, campaign.id, {record: {"topic": "praise"} for record in records[20:]})
    factories.open_planned(team, campaign.id)
    propose(team, campaign.id, dict.fromkeys(records, "fault"))  # wrong on all the gold
    for person in team.annotators[:2]:
        while (assignment := factories.claim(team, campaign.id, person)) is not None:
            topic = str(assignment.draft.get("topic", "praise"))
            factories.answer(team, campaign.id, person, assignment, topic=topic)
    with team.read() as ctx:
        found = prelabels.anchoring(ctx, campaign.id)
    assert found.right_shown.n == found.misled_shown.n > 0
    assert (found.right_shown.value, found.right_blinded.value) == (0.0, 1.0)
    assert (found.misled_shown.value, found.misled_blinded.value) == (1.0, 0.0)
    assert found.misled_difference.value == 1.0


def test_what_the_model_is_least_sure_of_is_given_out_first(each_team: Team) -> None:
    campaign, records = opened(each_team, 4, SHOWN)
    first, second = each_team.annotators[:2]
    factories.work_through(each_team, campaign, first, limit=1)  # has passed the beginning of the lane
    scores = {records[1]: 0.9, records[2]: 0.2, records[3]: 0.5}
    rows = [Proposal(record=record, values={"topic": "fault"}, score=score) for record, score in scores.items()]
    with each_team.act(each_team.ops) as ctx:
        prelabels.add(ctx, campaign, rows, model="m 2")
        assert prelabels.order(ctx, campaign) == 3
    for person, place in ((first, 2), (second, 3), (first, 1)):
        assignment = factories.claim(each_team, campaign, person)
        assert assignment is not None
        assert assignment.content["text"] == f"message {place}"
        factories.answer(each_team, campaign, person, assignment)


def test_every_stretch_of_tasks_is_unlike_before_any_model_proposes(each_team: Team) -> None:
    texts = [f"{theme} {n}" for theme in ("refund my invoice", "the printer smokes", "many thanks") for n in range(4)]
    campaign = factories.open_campaign(each_team, factories.put_records(each_team, texts)).id
    with each_team.read() as ctx:
        first = prelabels.varied(ctx, campaign, stretch=3)
    with each_team.act(each_team.ops) as ctx:
        assert prelabels.order(ctx, campaign, first=first) == len(texts)
    seen = []
    for person in each_team.annotators[:3]:
        assignment = factories.claim(each_team, campaign, person)
        assert assignment is not None
        seen.append(str(assignment.content["text"]).split()[0])
    assert sorted(seen) == ["many", "refund", "the"]
    assignment = factories.claim(each_team, campaign, each_team.annotators[0])
    assert assignment is not None
    factories.answer(each_team, campaign, each_team.annotators[0], assignment)
    with each_team.read() as ctx:
        after = [
            factories.text_of(ctx, queries.task(ctx, each).record_id).split()[0]
            for each in prelabels.varied(ctx, campaign, stretch=2)
        ]
    assert sorted([seen[0], *after[:2]]) == sorted(seen)  # what was answered is not asked about again first
    with each_team.read() as ctx, pytest.raises(InvalidError, match="outside 2 to 1,000"):
        prelabels.varied(ctx, campaign, stretch=1)
    with each_team.read(each_team.annotators[0]) as ctx, pytest.raises(NotYoursError):
        prelabels.varied(ctx, campaign)


def test_bad_proposals_are_refused_whole(team: Team) -> None:
    campaign, records = opened(team, 2, SHOWN)
    topics = zip(records, ("fault", "x"), strict=True)
    rows = [Proposal(record=record, values={"topic": topic}) for record, topic in topics]
    with team.act(team.ops) as ctx, pytest.raises(ResponseError, match=f"Proposal for record '{records[1]}'"):
        prelabels.add(ctx, campaign, rows, model="m")
    with team.act(team.ops) as ctx, pytest.raises(UnknownTaskError, match="'rec_x': there is no such record"):
        prelabels.add(ctx, campaign, [Proposal(record="rec_x", values={"topic": "fault"})], model="m")
    with team.act(team.ops) as ctx, pytest.raises(InvalidError, match=r"score 1\.5 of record"):
        prelabels.add(ctx, campaign, [Proposal(record=records[0], values={"topic": "fault"}, score=1.5)], model="m")
    with team.act(team.ops) as ctx, pytest.raises(InvalidError, match="names its model"):
        prelabels.add(ctx, campaign, [Proposal(record=records[0], values={"topic": "fault"})], model=" ")


def test_annotators_neither_propose_nor_see_what_proposals_do(team: Team) -> None:
    campaign, records = opened(team, 1, SHOWN)
    with team.act(team.annotators[0]) as ctx, pytest.raises(NotYoursError):
        prelabels.add(ctx, campaign, [Proposal(record=records[0], values={"topic": "fault"})], model="m")
    with team.read(team.annotators[0]) as ctx, pytest.raises(NotYoursError):
        prelabels.anchoring(ctx, campaign)


def test_the_difference_of_two_proportions_is_newcombes() -> None:
    found = difference(56, 70, 48, 80)  # Newcombe (1998), table II, case (a), method 10
    assert found.value == pytest.approx(0.2)
    assert (found.low, found.high) == pytest.approx((0.0524, 0.3339), abs=5e-5)
    assert not difference(1, 2, 0, 0).defined
