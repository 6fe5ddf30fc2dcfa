"""Second and third tier: reviewers accept, correct or return answers; experts settle disputed tasks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from headwater.annotation import appeals, beforehand, queries, responses, submissions
from headwater.annotation.appeal_model import Kind
from headwater.annotation.desk import Desk, assignment_of, hand_out, leave, sit
from headwater.annotation.handouts import Assignment, Handout
from headwater.annotation.model import (
    Answer,
    LaneKind,
    LeaseState,
    Review,
    Ruling,
    Task,
    TaskId,
    Tier,
    UnknownLeaseError,
    UnknownTaskError,
    Verdict,
)
from headwater.annotation.store import answers, documents, queue, tasks
from headwater.annotation.store import campaigns as store
from headwater.annotation.store import rulings as settled
from headwater.annotation.store.campaigns import Lane
from headwater.annotation.submissions import REWORK, Submission
from headwater.core.errors import InvalidError
from headwater.core.ids import new_id
from headwater.governance import ledger
from headwater.governance.authority import require
from headwater.governance.model import Decision, PersonId

if TYPE_CHECKING:
    from headwater.context import Context


_TOLD = {Verdict.ACCEPT: Kind.ACCEPTED, Verdict.CORRECT: Kind.CORRECTED, Verdict.RETURN: Kind.RETURNED}


@dataclass(frozen=True, slots=True, kw_only=True)
class Opinion:
    """What a reviewer says about an answer."""

    verdict: Verdict
    reason: str = ""
    """Needed unless the answer is accepted; its author reads it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """What a reviewer or expert has before them."""

    assignment: Assignment
    answers: tuple[Answer, ...]
    """The answer under review, or all answers to the disputed task; who gave them is not shown."""


def case(ctx: Context, lease_id: str) -> Case:
    """Return the case the actor holds by a lease.

    Raises:
        UnknownLeaseError: The actor holds none by that lease, or its record was erased.
    """
    require(ctx, Decision.ANNOTATION_REVIEW)
    held = queue.get(ctx.db, lease_id, ctx.actor, lock=False)
    assignment = assignment_of(ctx, held) if held is not None else None
    if held is None or assignment is None or held.tier == Tier.ANNOTATE:
        raise UnknownLeaseError(f"You hold no case '{lease_id}'.", remedy="Take the next one.")
    if held.tier == Tier.REVIEW:
        one = answers.get(ctx.db, held.campaign_id, held.about)
        return Case(assignment=assignment, answers=(one,) if one else ())
    return Case(assignment=assignment, answers=tuple(answers.of_task(ctx.db, held.about)))


def claim_review(ctx: Context, campaign_id: str, *, holding: Sequence[str] = ()) -> Handout:
    """Give a reviewer an answer to check, never one of their own."""
    require(ctx, Decision.ANNOTATION_REVIEW)
    return _claim(sit(ctx, campaign_id, Tier.REVIEW), holding)


def decide(ctx: Context, campaign_id: str, submission: Submission, opinion: Opinion) -> Handout:
    """Record a reviewer's decision on the answer they hold and hand out the next.

    `accept` lets the answer stand; `correct` settles the task with `submission.values`; `return` gives it back to
    its author, with the reason, for three days.

    Raises:
        InvalidError: A correction or return has no reason, or a correction is what was answered.
        ResponseError: A correction does not answer the questions.
    """
    require(ctx, Decision.ANNOTATION_REVIEW)
    if opinion.verdict is not Verdict.ACCEPT and not opinion.reason.strip():
        raise InvalidError(f"'{opinion.verdict}' needs a reason: the author of the answer reads it.")
    desk = sit(ctx, campaign_id, Tier.REVIEW)
    held = submissions.own(desk, submission.lease_id, submission.token)
    if held.state == LeaseState.ANSWERED and held.client_id == submission.client_id:
        return _claim(desk, ())
    submissions.ensure_live(desk, held)
    subject = answers.get(ctx.db, campaign_id, held.about)
    if subject is None:
        raise UnknownTaskError(f"The answer '{held.about}' under review is gone.")
    values: dict[str, object] = {}
    if opinion.verdict is Verdict.CORRECT:
        values = _checked(held, submission)
        if values == subject.values:
            raise InvalidError("The correction is what was answered.", remedy="Accept the answer, or change it.")
    elif opinion.verdict is Verdict.ACCEPT and any(
        subject.values.get(name, value) != value for name, value in submission.values.items()
    ):
        raise InvalidError("What is accepted differs from what was answered.", remedy="Correct it, with a reason.")
    submissions.record(desk, held, replace(submission, values=values or {"verdict": opinion.verdict.value}))
    _settle(desk, subject, opinion, values)
    return _claim(desk, ())


def ask_adjudication(ctx: Context, campaign_id: str, task_ids: Sequence[str]) -> int:
    """Put disputed tasks before the domain experts; returns how many are new."""
    require(ctx, Decision.ANNOTATION_REVIEW)
    campaign = queries.campaign(ctx, campaign_id)
    lane = store.lane_of(ctx.db, campaign.id, Lane(tier=Tier.ADJUDICATE, kind=LaneKind.WORK))
    asked = 0
    for task_id in dict.fromkeys(task_ids):
        task = queries.task(ctx, task_id)
        if task.campaign_id != campaign.id or tasks.about(ctx.db, task.id):
            continue
        dispute = Task(
            id=TaskId(new_id("tsk")),
            campaign_id=campaign.id,
            batch_id=task.batch_id,
            record_id=task.record_id,
            tier=Tier.ADJUDICATE,
            wanted=1,
            answers=0,
            need=1,
            about=task.id,
            created_at=ctx.clock.now(),
        )
        tasks.add_one(ctx.db, dispute, lane_id=lane)
        asked += 1
    ledger.append(ctx, "adjudication.asked", subject=campaign.id, body={"tasks": asked})
    return asked


def claim_dispute(ctx: Context, campaign_id: str, *, holding: Sequence[str] = ()) -> Handout:
    """Give a domain expert a disputed task."""
    require(ctx, Decision.ANNOTATION_ADJUDICATE)
    return _claim(sit(ctx, campaign_id, Tier.ADJUDICATE), holding)


def adjudicate(ctx: Context, campaign_id: str, submission: Submission, *, reason: str) -> Handout:
    """Settle the disputed task the actor holds for good, and hand out the next.

    Raises:
        InvalidError: There is no reason.
        ResponseError: The values do not answer the questions.
    """
    require(ctx, Decision.ANNOTATION_ADJUDICATE)
    if not reason.strip():
        raise InvalidError("A ruling needs a reason: guidelines are improved by it.")
    desk = sit(ctx, campaign_id, Tier.ADJUDICATE)
    held = submissions.own(desk, submission.lease_id, submission.token)
    if held.state == LeaseState.ANSWERED and held.client_id == submission.client_id:
        return _claim(desk, ())
    submissions.ensure_live(desk, held)
    values = _checked(held, submission)
    row = submissions.record(desk, held, replace(submission, values=values))
    _rule(ctx, row, task_id=held.about, tier=Tier.ADJUDICATE, answer_id="")
    for each in answers.of_task(ctx.db, held.about):
        appeals.tell(ctx, each, Kind.RULED, reason=reason.strip(), settled=values)
    ledger.append(ctx, "task.adjudicated", subject=held.about, body={"answer": row.id, "reason": reason.strip()})
    return _claim(desk, ())


def settle(ctx: Context, campaign_id: str, task_id: str, values: Mapping[str, object], *, reason: str) -> None:
    """Settle a task outright, without a queue, as a domain expert.

    Raises:
        UnknownTaskError: The campaign has no such task.
        InvalidError: There is no reason.
        ResponseError: A value does not answer its question.
        UnknownQuestionError: A value is given for a question that is not asked.
    """
    require(ctx, Decision.ANNOTATION_ADJUDICATE)
    if not reason.strip():
        raise InvalidError("A ruling needs a reason: guidelines are improved by it.")
    task = queries.task(ctx, task_id)
    campaign = queries.campaign(ctx, campaign_id)
    if task.campaign_id != campaign.id:
        raise UnknownTaskError(f"There is no task '{task_id}' in campaign '{campaign.name}'.")
    beforehand.check(ctx, queries.schema(ctx, campaign.schema_id), {task.record_id: values}, said="Ruling on")
    now = ctx.clock.now()
    rows = [
        Ruling(
            task_id=task.id,
            record_id=task.record_id,
            question=name,
            value=value,
            tier=Tier.ADJUDICATE,
            answer_id="",
            by=PersonId(ctx.actor),
            decided_at=now,
        )
        for name, value in values.items()
    ]
    settled.add(ctx.db, task.campaign_id, rows)
    for each in answers.of_task(ctx.db, task.id):
        appeals.tell(ctx, each, Kind.RULED, reason=reason.strip(), settled=values)
    ledger.append(ctx, "task.adjudicated", subject=task.id, body={"reason": reason.strip()})


def _claim(desk: Desk, holding: Sequence[str]) -> Handout:
    found = hand_out(desk, holding)
    leave(desk)
    return found


def _checked(held: queue.Held, submission: Submission) -> dict[str, object]:
    facts = responses.Facts.of(held.facts)
    return responses.check(documents.questions_of(held.questions), submission.values, facts)


def _settle(desk: Desk, subject: Answer, opinion: Opinion, values: dict[str, object]) -> None:
    ctx = desk.ctx
    now = ctx.clock.now()
    row = Review(
        answer_id=subject.id,
        task_id=subject.task_id,
        reviewer=PersonId(ctx.actor),
        verdict=opinion.verdict,
        values=values,
        reason=opinion.reason.strip(),
        decided_at=now,
    )
    answers.add_review(ctx.db, subject.campaign_id, row)
    wrong = int(opinion.verdict is not Verdict.ACCEPT)
    submissions.count_review(ctx.db, subject, reviewed=1, faulted=wrong, at=now)
    appeals.tell(ctx, subject, _TOLD[opinion.verdict], reason=row.reason, settled=values)
    if opinion.verdict is Verdict.CORRECT:
        _rule(ctx, replace(subject, values=values), task_id=subject.task_id, tier=Tier.REVIEW, answer_id=subject.id)
    elif opinion.verdict is Verdict.RETURN and subject.superseded_at is None:
        given = queue.get(ctx.db, subject.lease_id, subject.annotator)
        if given is not None:
            submissions.withdraw(desk, given, kept_for=REWORK, reason=opinion.reason.strip())
    body = {"verdict": opinion.verdict, "task": subject.task_id}
    ledger.append(ctx, "answer.reviewed", subject=subject.id, body=body)


def _rule(ctx: Context, row: Answer, *, task_id: str, tier: Tier, answer_id: str) -> None:
    rulings = [
        Ruling(
            task_id=TaskId(task_id),
            record_id=row.record_id,
            question=question,
            value=value,
            tier=tier,
            answer_id=answer_id,
            by=PersonId(ctx.actor),
            decided_at=ctx.clock.now(),
        )
        for question, value in row.values.items()
    ]
    settled.add(ctx.db, row.campaign_id, rulings)
