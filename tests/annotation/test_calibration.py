"""Calibration rounds: who must pass one, again after what, and who is let in."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from headwater.annotation import batches, calibration, campaigns, gold, queries, tasks
from headwater.annotation.agenda import agenda
from headwater.annotation.handouts import Why
from headwater.annotation.model import BatchKind
from headwater.annotation.plan import Plan
from headwater.core.errors import InvalidError
from headwater.governance import queries as governance
from headwater.governance.model import FourEyesError, NotYoursError
from headwater.workforce import qualifications, service
from headwater.workforce import queries as workforce
from headwater.workforce.model import Outcome
from tests.annotation.factories import answer, claim, open_planned, plan_campaign, publish_guideline, put_records

if TYPE_CHECKING:
    from headwater.annotation.model import Campaign
    from tests.workspaces import Team

LESSONS = 3


def calibrated(team: Team, *, days: float = 0.0) -> Campaign:
    """Open a campaign of twelve tasks, whose annotators must get two of three lessons right."""
    records = put_records(team, [f"message {place}" for place in range(12 + LESSONS)])
    plan = Plan(calibration_bar=0.6, qualification_days=days, gold_rate=0.0)
    campaign = plan_campaign(team, records[:12], plan=plan)
    with team.act(team.ops) as ctx:
        batches.add(ctx, campaign.id, name="lessons", records=records[12:], kind=BatchKind.CALIBRATION)
        gold.mark(ctx, campaign.id, {record: {"topic": "fault"} for record in records[12:]})
    open_planned(team, campaign.id)
    return campaign


def learn(team: Team, campaign: Campaign, person: str, *, topic: str = "fault") -> list[bool]:
    """Answer lessons while there are some; returns which were right."""
    right: list[bool] = []
    while len(right) < LESSONS and (given := claim(team, campaign.id, person)) is not None:
        taught = answer(team, campaign.id, person, given, topic=topic).feedback
        if taught is None:
            break
        right.append(taught.is_right)
    return right


def is_working(team: Team, campaign: Campaign, person: str) -> bool:
    """Whether the person is given ordinary tasks: answers one, which teaches nothing."""
    given = claim(team, campaign.id, person)
    return given is not None and answer(team, campaign.id, person, given).feedback is None


def test_whoever_passes_works_and_whoever_fails_does_not(each_team: Team) -> None:
    team = each_team
    campaign = calibrated(team)
    good, bad = team.annotators[:2]
    assert learn(team, campaign, good) == [True] * LESSONS
    assert is_working(team, campaign, good)
    assert learn(team, campaign, bad, topic="praise") == [False] * LESSONS
    with team.act(bad) as ctx:
        assert tasks.claim(ctx, campaign.id).why is Why.FAILED
    with team.read(team.ops) as ctx:
        assert "(0 of 3 right)" in governance.notices(ctx)[0].text
    for person, barred in ((good, Why.NONE), (bad, Why.FAILED)):
        with team.read(person) as ctx:
            (entry,) = agenda(ctx)
            assert (entry.barred, entry.priority is None) == (barred, barred is Why.FAILED)
    with team.act(team.ops) as ctx:
        service.stop(ctx, good, reason="errors on gold")
    with team.read(good) as ctx:
        assert agenda(ctx)[0].barred is Why.STOPPED


def test_a_failed_person_is_let_in_by_a_later_qualification_or_tries_again(team: Team) -> None:
    campaign = calibrated(team)
    vouched, retried = team.annotators[:2]
    for person in (vouched, retried):
        learn(team, campaign, person, topic="praise")
        assert claim(team, campaign.id, person) is None
    with team.act(team.ops) as ctx:
        qualifications.grant(ctx, vouched, subject=campaign.guideline_id, reason="wrote the guideline")
        calibration.ask_again(ctx, retried, what=campaign.guideline_id, reason="read it again")
    assert is_working(team, campaign, vouched)
    assert learn(team, campaign, retried) == [True] * LESSONS
    assert is_working(team, campaign, retried)


def test_a_new_guideline_version_asks_for_a_new_round(each_team: Team) -> None:
    team = each_team
    campaign = calibrated(team)
    person = team.annotators[0]
    learn(team, campaign, person)
    assert is_working(team, campaign, person)
    newer = publish_guideline(team, "# Topics\n\nOther rules.\n", change="other rules")
    with team.act(team.ops) as ctx:
        campaigns.change(ctx, campaign.id, guideline_id=newer.id)
    assert learn(team, campaign, person) == [True] * LESSONS
    assert is_working(team, campaign, person)
    with team.read() as ctx:
        earned = workforce.qualifications(ctx, person=person)
        assert [(row.subject, row.right, row.total) for row in earned] == [
            (newer.id, 3, 3),
            (campaign.guideline_id, 3, 3),
        ]
        lessons = [row for row in queries.tallies(ctx, campaign.id) if row.judged]
        assert [(row.judged, row.correct) for row in lessons] == [(3, 3)]  # of the first round none is in force


def test_an_expired_qualification_is_earned_again(team: Team) -> None:
    campaign = calibrated(team, days=30)
    person = team.annotators[0]
    learn(team, campaign, person)
    assert is_working(team, campaign, person)
    team.app.clock.advance(days=31)  # type: ignore[attr-defined]
    assert learn(team, campaign, person, topic="praise") == [False] * LESSONS
    assert claim(team, campaign.id, person) is None
    with team.read() as ctx:
        assert [row.outcome for row in workforce.qualifications(ctx, person=person)] == [Outcome.FAILED, Outcome.PASSED]


def test_asked_again_a_person_finishes_what_they_hold_and_then_calibrates(team: Team) -> None:
    campaign = calibrated(team)
    person = team.annotators[0]
    learn(team, campaign, person)
    held = claim(team, campaign.id, person)
    assert held is not None
    with team.act(team.ops) as ctx:
        calibration.ask_again(ctx, person, what=campaign.guideline_id, reason="drift")
    following = answer(team, campaign.id, person, held, claim_next=True).next
    assert following is not None
    assert following.assignment is not None
    assert answer(team, campaign.id, person, following.assignment, topic="fault").feedback is not None


def test_a_skill_that_was_tested_counts_as_tested(team: Team) -> None:
    person, other = team.annotators[:2]
    with team.act(team.ops) as ctx:
        service.enrol(ctx, person, team="desk", skills=["law"])
        qualifications.record_test(ctx, person, subject="law", right=1, total=4, bar=0.8)
        qualifications.grant(ctx, other, subject="law", reason="a lawyer")
    with team.read() as ctx:
        assert workforce.skills(ctx, workforce.annotator(ctx, person), ["law"]) == set()
        assert workforce.skills(ctx, workforce.annotator(ctx, other), ["law"]) == {"law"}


def test_nobody_qualifies_others_without_the_right_or_vouches_for_themselves(team: Team) -> None:
    first, second = team.annotators[:2]
    with team.act(first) as ctx, pytest.raises(NotYoursError):
        qualifications.grant(ctx, second, subject="law", reason="a friend")
    with team.act(first) as ctx, pytest.raises(NotYoursError):
        qualifications.record_test(ctx, second, subject="law", right=1, total=1, bar=1.0)
    with team.act(team.ops) as ctx, pytest.raises(FourEyesError):
        qualifications.grant(ctx, team.ops, subject="law", reason="I am one")
    with team.act(first) as ctx, pytest.raises(NotYoursError):
        qualifications.record_test(ctx, first, subject="law", right=1, total=1, bar=1.0)
    with team.act(team.ops) as ctx, pytest.raises(FourEyesError):
        qualifications.record_test(ctx, team.ops, subject="law", right=1, total=1, bar=1.0)
    with team.act(team.ops) as ctx, pytest.raises(InvalidError, match="Nobody said"):
        calibration.ask_again(ctx, first, what="lwa", reason="a slip of the pen")
    with team.act(team.ops) as ctx, pytest.raises(InvalidError):
        qualifications.record_test(ctx, first, subject="law", right=5, total=4, bar=0.5)
    with team.read() as ctx, pytest.raises(InvalidError):
        calibration.subject(ctx, "gdl_none")
