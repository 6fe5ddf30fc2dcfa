"""The tasks of a campaign, looked through: how far each is, and everything that happened to it."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

import pytest

from headwater.annotation import comments, queries, reviews, tasks, tracking
from headwater.annotation.model import UnknownTaskError, Verdict
from headwater.annotation.plan import Plan
from headwater.annotation.reviews import Opinion
from headwater.annotation.submissions import Submission
from headwater.annotation.tracking_model import Progress
from headwater.governance.model import NotYoursError
from tests.annotation import factories

if TYPE_CHECKING:
    from tests.workspaces import Team


def states(team: Team, campaign: str, **wanted: object) -> list[tuple[str, int]]:
    with team.read() as ctx:
        return [(row.progress.value, row.answers) for row in tracking.lines(ctx, campaign, **wanted)]  # type: ignore[arg-type]


def test_tasks_are_listed_by_how_far_they_are_and_page_by_page(each_team: Team) -> None:
    campaign = factories.open_campaign(each_team, 6, plan=Plan(overlap=2)).id
    one, two = each_team.annotators[:2]
    factories.work_through(each_team, campaign, one, limit=4)
    factories.work_through(each_team, campaign, two, limit=1)
    assert sorted(states(each_team, campaign)) == [("begun", 1)] * 3 + [("done", 2)] + [("unanswered", 0)] * 2
    for progress, count in ((Progress.UNANSWERED, 2), (Progress.BEGUN, 3), (Progress.DONE, 1)):
        assert len(states(each_team, campaign, progress=progress)) == count
    with each_team.read() as ctx:
        whole = tracking.lines(ctx, campaign)
        batch = queries.batches(ctx, campaign)[0].id
        assert tracking.lines(ctx, campaign, batch=batch) == whole
        paged, after = [], ""
        while rows := tracking.lines(ctx, campaign, after=after, limit=4):
            paged += rows
            after = rows[-1].id
    assert paged == whole
    assert {row.batch for row in whole} == {"one"}


def test_gold_is_marked_for_those_who_may_know_it_and_nobody_else_sees_the_list(each_team: Team) -> None:
    campaign = factories.open_campaign(each_team, 2, known={0: "fault"}).id
    with each_team.read() as ctx:
        rows = tracking.lines(ctx, campaign)
    assert sorted(row.kind for row in rows) == ["gold", "work", "work"]
    for person in (each_team.annotators[0], each_team.reviewer, each_team.expert, each_team.engineer):
        with each_team.read(person) as ctx:
            with pytest.raises(NotYoursError):
                tracking.lines(ctx, campaign)
            with pytest.raises(NotYoursError):
                tracking.story(ctx, campaign, rows[0].id)


def test_the_story_of_a_task_tells_every_answer_check_comment_and_skip(each_team: Team) -> None:
    team = each_team
    campaign = factories.open_campaign(team, 1, plan=Plan(overlap=2, review_rate=1.0)).id
    one, two, three = team.annotators[:3]
    passed = factories.claim(team, campaign, two)
    assert passed is not None
    with team.act(two) as ctx:
        tasks.skip(ctx, campaign, lease_id=passed.lease_id, token=passed.token, reason="not my language")
    held = factories.claim(team, campaign, one)
    assert held is not None
    sent = Submission(
        lease_id=held.lease_id,
        token=held.token,
        client_id=str(uuid.uuid4()),
        values={"topic": "fault"},
        note="It is ironic.",
    )
    with team.act(one) as ctx:
        answer = tasks.submit(ctx, campaign, sent, claim_next=False).answer_id
    with team.act(team.reviewer) as ctx:
        case = reviews.claim_review(ctx, campaign).assignment
        assert case is not None
        sent = Submission(
            lease_id=case.lease_id, token=case.token, client_id=str(uuid.uuid4()), values={"topic": "praise"}
        )
        reviews.decide(ctx, campaign, sent, Opinion(verdict=Verdict.CORRECT, reason="it is praise"))
        comments.write(ctx, campaign, answer, text="See rule 4.")
    assert factories.claim(team, campaign, three) is not None
    with team.read() as ctx:
        (line,) = tracking.lines(ctx, campaign)
        found = tracking.story(ctx, campaign, line.id)
        with pytest.raises(UnknownTaskError):
            tracking.story(ctx, campaign, "tsk_none")
    (given,) = found.given
    assert (given.answer.annotator, given.answer.values, given.guideline) == (one, {"topic": "fault"}, "topic v1")
    assert [(each.verdict, each.reason) for each in given.reviews] == [(Verdict.CORRECT, "it is praise")]
    assert [each.text for each in given.comments] == ["It is ironic.", "See rule 4."]
    assert [(each.question, each.value) for each in found.rulings] == [("topic", "praise")]
    assert [(each.annotator, each.state, each.reason) for each in found.passed] == [
        (two, "skipped", "not my language"),
        (three, "live", ""),
    ]


def test_an_answer_that_was_taken_back_stays_in_the_story(team: Team) -> None:
    campaign = factories.open_campaign(team, 1).id
    one = team.annotators[0]
    held = factories.claim(team, campaign, one)
    assert held is not None
    factories.answer(team, campaign, one, held, topic="billing")
    with team.act(one) as ctx:
        tasks.undo(ctx, campaign, lease_id=held.lease_id, token=held.token)
    factories.answer(team, campaign, one, held, topic="fault")
    with team.read() as ctx:
        (line,) = tracking.lines(ctx, campaign)
        given = tracking.story(ctx, campaign, line.id).given
    assert [(each.answer.values["topic"], each.answer.superseded_at is None) for each in given] == [
        ("billing", False),
        ("fault", True),
    ]
