"""How much of a cohort's work is reviewed follows from what is known of its errors."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from headwater.annotation import appeals, batches, boards, campaigns, queries, review_rates
from headwater.annotation.model import Verdict
from headwater.annotation.plan import Plan, PlanError
from headwater.workforce import service
from tests.annotation.factories import open_campaign, publish_guideline, put_records, work_through
from tests.annotation.test_appeals import review

if TYPE_CHECKING:
    from tests.workspaces import Team

PLAN = Plan(review_target=0.02, review_floor=0.05, review_rates={"vendor": 0.5})


def test_a_cohort_of_which_nothing_is_known_is_reviewed_nearly_wholly_and_earns_less() -> None:
    rates = [review_rates.of(PLAN, "desk", wrong=0, n=n).rate for n in (0, 30, 100, 1000)]
    # Without an error the bound is 1 − .05^(1 / (n + 1)); at last the floor.
    assert rates == pytest.approx([*(1 - 0.02 / (1 - 0.05 ** (1 / (n + 1))) for n in (0, 30, 100)), 0.05])
    assert rates[0] == pytest.approx(1 - 0.02 / 0.95)
    assert review_rates.of(PLAN, "desk", wrong=30, n=100).rate > 0.9
    assert review_rates.of(PLAN, "vendor", wrong=0, n=1000).rate == 0.5
    assert review_rates.of(Plan(review_rate=0.1), "desk", wrong=30, n=100).rate == 0.1
    assert review_rates.of(PLAN, "desk", wrong=0, n=100).rule == "1 − 0.02 / 0.029, at least 0.05"


def test_reviews_and_gold_of_all_batches_tell_how_far_a_cohort_is_trusted(each_team: Team) -> None:
    team = each_team
    campaign = open_campaign(team, 6, plan=Plan(review_target=0.02)).id
    author = team.annotators[0]
    work_through(team, campaign, author)
    with team.read() as ctx:
        assert boards.cohorts(ctx, campaign)[0].trust.rate == pytest.approx(0.97895, abs=1e-5)
    review(team, campaign, Verdict.ACCEPT)
    review(team, campaign, Verdict.CORRECT)
    records = put_records(team, [f"later {place}" for place in range(2)])
    with team.act(team.ops) as ctx:
        batches.add(ctx, campaign, name="two", records=records)
    work_through(team, campaign, author)
    with team.read() as ctx:
        lines = boards.cohorts(ctx, campaign)
        assert [(line.batch, line.trust.error.n, line.trust.error.value) for line in lines] == [
            ("one", 2, 0.5),
            ("two", 2, 0.5),
        ]  # (1 + 1) / (2 + 2)
        cohort = lines[1].cohort
        plan = queries.campaign(ctx, campaign).plan
        assert (
            review_rates.rate(ctx, plan, cohort.team, campaign_id=campaign, cohort_id=cohort.id) == lines[1].trust.rate
        )
    with team.act(author) as ctx:
        wrong = next(each for each in appeals.mine(ctx) if each.is_contestable)
        made = appeals.appeal(ctx, wrong.feedback.id, reason="rule 5")
    with team.act(team.expert) as ctx:
        appeals.rule(ctx, made.id, upheld=True, reason="it does")
    with team.read() as ctx:
        assert boards.cohorts(ctx, campaign)[0].trust.error.value == 0.25  # (0 + 1) / (2 + 2)


def test_cohorts_of_two_guideline_versions_are_told_apart_and_trusted_apart(team: Team) -> None:
    campaign = open_campaign(team, 4, plan=Plan(review_target=0.02))
    author = team.annotators[0]
    work_through(team, campaign.id, author, limit=2)
    newer = publish_guideline(team, "# Topics\n\nOther rules.\n", change="other rules")
    with team.act(team.ops) as ctx:
        campaigns.change(ctx, campaign.id, guideline_id=newer.id)
    work_through(team, campaign.id, author)
    review(team, campaign.id, Verdict.ACCEPT)
    with team.read() as ctx:
        lines = boards.cohorts(ctx, campaign.id)
        assert sorted((line.cohort.name, line.guideline, line.trust.error.n) for line in lines) == [
            ("in-house", "topic v1", 1),
            ("in-house", "topic v2", 0),
        ]


def test_a_team_whose_rate_is_fixed_is_reviewed_at_it(team: Team) -> None:
    campaign = open_campaign(team, 5, plan=Plan(review_target=0.02, review_rates={"known": 0.0}))
    with team.act(team.ops) as ctx:
        service.enrol(ctx, team.annotators[0], team="known")
    work_through(team, campaign.id, team.annotators[0])
    with team.read() as ctx:
        assert boards.cohorts(ctx, campaign.id)[0].trust.rule == "fixed for the team"
        assert not queries.reviews(ctx, campaign.id)
    with team.act(team.ops) as ctx, pytest.raises(PlanError, match="review_target"):
        campaigns.amend(ctx, campaign.id, {"review_target": 0.9})
