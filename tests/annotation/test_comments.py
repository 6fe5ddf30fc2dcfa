"""Comments on answers: a note that comes with one, what reviewers say to it, and who sees which."""

from __future__ import annotations

import uuid
from functools import partial
from typing import TYPE_CHECKING

import pytest

from headwater.annotation import comments, exports, reviews, tasks
from headwater.annotation.model import UnknownTaskError, Verdict
from headwater.annotation.plan import Plan
from headwater.annotation.reviews import Opinion
from headwater.annotation.submissions import Submission
from headwater.core.errors import InvalidError
from headwater.governance import queries as governance
from headwater.governance.model import NotYoursError
from tests.annotation import factories

if TYPE_CHECKING:
    from headwater.annotation.handouts import Assignment
    from tests.workspaces import Team

NOTE = "The second sentence is ironic."


def answered(team: Team, campaign: str, person: str, *, note: str = NOTE) -> tuple[Assignment, str]:
    """Answer a task with a note; returns the task and the answer's id."""
    held = factories.claim(team, campaign, person)
    assert held is not None
    sent = Submission(
        lease_id=held.lease_id, token=held.token, client_id=str(uuid.uuid4()), values={"topic": "fault"}, note=note
    )
    with team.act(person) as ctx:
        once = tasks.submit(ctx, campaign, sent, claim_next=False)
        assert tasks.submit(ctx, campaign, sent, claim_next=False).replayed
    return held, once.answer_id


def said(team: Team, campaign: str, person: str) -> list[list[tuple[str, str]]]:
    with team.read(person) as ctx:
        return [[(each.speaker, each.text) for each in row.comments] for row in comments.threads(ctx, campaign)]


def told(team: Team, person: str) -> list[str]:
    with team.read(person) as ctx:
        return [each.text for each in governance.notices(ctx) if each.kind == "comment"]


def test_a_note_reaches_the_reviewer_and_the_thread_goes_on_between_the_two(each_team: Team) -> None:
    team = each_team
    author, other = team.annotators[:2]
    campaign = factories.open_campaign(team, 2, plan=Plan(overlap=2, review_rate=1.0)).id
    _, answer = answered(team, campaign, author)
    _, others = answered(team, campaign, other, note="")
    with team.act(team.reviewer) as ctx:
        comments.write(ctx, campaign, answer, text="Then it is praise.")
    with team.act(author) as ctx:
        comments.write(ctx, campaign, answer, text="I see.")
        with pytest.raises(UnknownTaskError):
            comments.write(ctx, campaign, others, text="And yours?")
    whole = [[("annotator", NOTE), ("reviewer", "Then it is praise."), ("annotator", "I see.")]]
    for person in (author, team.reviewer, team.expert, team.ops, team.lead):
        assert said(team, campaign, person) == whole
    for person in (other, team.engineer):
        assert said(team, campaign, person) == []
    assert told(team, author) == ["A reviewer commented on your answer in 'first': Then it is praise."]
    assert told(team, team.reviewer) == ["An annotator replied to your comment in 'first': I see."]
    with team.act(team.engineer) as ctx, pytest.raises(NotYoursError):
        comments.write(ctx, campaign, answer, text="Hello")
    with team.read(other) as ctx, pytest.raises(NotYoursError):
        comments.beside(ctx, ["tsk_1"])
    with team.act(team.reviewer) as ctx, pytest.raises(InvalidError):
        comments.write(ctx, campaign, answer, text=" ")


def test_a_returned_task_comes_with_what_was_said_about_it_and_with_nothing_said_about_others(team: Team) -> None:
    author, other = team.annotators[:2]
    campaign = factories.open_campaign(team, 1, plan=Plan(overlap=2, review_rate=1.0)).id
    _, answer = answered(team, campaign, author)
    with team.act(team.reviewer) as ctx:
        comments.write(ctx, campaign, answer, text="Praise.")
        case = reviews.claim_review(ctx, campaign).assignment
        assert case is not None
        sent = Submission(lease_id=case.lease_id, token=case.token, client_id=str(uuid.uuid4()), values={})
        reviews.decide(ctx, campaign, sent, Opinion(verdict=Verdict.RETURN, reason="Read it again."))
    with team.act(author) as ctx:
        again = tasks.claim(ctx, campaign).assignment
    fresh = factories.claim(team, campaign, other)
    assert again is not None
    assert fresh is not None
    assert [each["text"] for each in again.as_data()["thread"]] == [NOTE, "Praise."]
    assert "thread" not in fresh.as_data()
    with team.act(author) as ctx:
        given = Submission(
            lease_id=again.lease_id,
            token=again.token,
            client_id=str(uuid.uuid4()),
            values={"topic": "praise"},
            note=NOTE,
        )
        tasks.submit(ctx, campaign, given, claim_next=False)
    assert said(team, campaign, author) == [[("annotator", NOTE), ("reviewer", "Praise.")]]  # the same words once


def test_comments_leave_the_platform_with_their_answer_as_they_stood(team: Team) -> None:
    campaign = factories.open_campaign(team, 1).id
    _, answer = answered(team, campaign, team.annotators[0])
    with team.read() as ctx:
        wanted = exports.scope(ctx, campaign)
    with team.act(team.reviewer) as ctx:
        comments.write(ctx, campaign, answer, text="Too late for the export.")
    (item,) = exports.items(partial(team.app.read_as, team.ops, team.program), wanted)
    (reply,) = item.answers
    assert [(each["by"], each["text"]) for each in reply.comments] == [("annotator", NOTE)]
