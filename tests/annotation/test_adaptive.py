"""Adaptive overlap: more answers where there is doubt, none where there is not."""

from __future__ import annotations

import pytest

from headwater.annotation import campaigns, queries
from headwater.annotation.plan import Plan, PlanError
from tests.annotation import factories
from tests.workspaces import Team

ADAPTIVE = Plan(overlap=2, most_overlap=4, confidence=0.95)


def answer_next(team: Team, campaign: str, person: str, topic: str) -> bool:
    assignment = factories.claim(team, campaign, person)
    if assignment is None:
        return False
    factories.answer(team, campaign, person, assignment, topic=topic)
    return True


def answered(team: Team, campaign: str, topics: list[str]) -> int:
    """Let one annotator after the other answer the only task, and return how many were asked."""
    people = zip(team.annotators, topics, strict=False)
    return sum(answer_next(team, campaign, person, topic) for person, topic in people)


@pytest.mark.parametrize(
    ("topics", "asked"),
    [
        (["fault", "fault", "fault", "fault"], 2),
        (["fault", "billing", "fault", "fault"], 4),  # .8³·.1 / (… + .1³·.8 …) after three is .877
        (["fault", "billing", "praise", "fault"], 4),
    ],
)
def test_a_task_is_asked_about_until_its_label_is_beyond_doubt(each_team: Team, topics: list[str], asked: int) -> None:
    campaign = factories.open_campaign(each_team, 1, plan=ADAPTIVE).id
    assert answered(each_team, campaign, topics) == asked
    with each_team.read() as ctx:
        progress = queries.progress(ctx, campaign)
    assert (progress.answers, progress.done) == (asked, 1)


@pytest.mark.parametrize(("gold_rate", "sure"), [(0.0, 0), (0.5, 60)])
def test_those_who_know_the_gold_are_believed_sooner(team: Team, gold_rate: float, sure: int) -> None:
    known = dict.fromkeys(range(60), "billing")
    plan = Plan(overlap=2, most_overlap=4, confidence=0.97, gold_rate=gold_rate)
    campaign = factories.open_campaign(team, 60, plan=plan, known=known).id
    for person in team.annotators[:2]:
        factories.work_through(team, campaign, person, topic="billing")
    with team.read() as ctx:
        progress = queries.progress(ctx, campaign)
    assert progress.done == sure  # two unknown people who agree reach .9697; after some right gold they pass .97


def test_a_fixed_overlap_asks_no_further(team: Team) -> None:
    campaign = factories.open_campaign(team, 1, plan=Plan(overlap=2)).id
    assert answered(team, campaign, ["fault", "billing", "praise"]) == 2


def test_a_plan_that_cannot_adapt_is_refused(team: Team) -> None:
    with pytest.raises(PlanError, match="less than the overlap of 3"):
        factories.open_campaign(team, 1, plan=Plan(overlap=3, most_overlap=2))


def test_a_schema_without_a_closed_question_cannot_adapt(team: Team) -> None:
    written = [{"name": "reply", "kind": "text"}]
    with pytest.raises(PlanError, match="no question of the schema"):
        factories.open_campaign(team, 1, plan=ADAPTIVE, data=written)


def test_doubt_can_be_allowed_for_while_the_campaign_runs(team: Team) -> None:
    campaign = factories.open_campaign(team, 2, plan=Plan(overlap=2)).id
    assert answered(team, campaign, ["fault", "billing"]) == 2
    with team.act(team.ops) as ctx:
        campaigns.amend(ctx, campaign, {"most_overlap": 3})
    assert answer_next(team, campaign, team.annotators[0], "fault")
    assert answer_next(team, campaign, team.annotators[1], "billing")
    assert answer_next(team, campaign, team.annotators[2], "fault")
