"""Recording submissions: whose lease it is, whether it still holds, and everything that is counted with an answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from headwater.annotation import adaptive, likeness, review_rates
from headwater.annotation.desk import Desk, is_returned, look_ahead
from headwater.annotation.model import (
    Answer,
    AnswerId,
    BatchId,
    CampaignId,
    GuidelineId,
    LaneKind,
    LeaseId,
    LeaseLapsedError,
    LeaseState,
    LeaseTokenError,
    SchemaId,
    Task,
    TaskId,
    Tier,
    UnknownLeaseError,
)
from headwater.annotation.questions import Question
from headwater.annotation.store import answers, campaigns, documents, pace, prelabels, queue, returns, tasks
from headwater.core.errors import ConflictError
from headwater.core.ids import new_id
from headwater.governance.model import PersonId
from headwater.storage.database import Connection

_DAY_S = 24 * 3600
_LONGEST_MS = _DAY_S * 1000
REWORK = timedelta(days=3)
"""How long an answer a reviewer returned is kept for its author."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Submission:
    """An answer as its client sends it."""

    lease_id: str
    token: str
    client_id: str
    """A UUID the client makes once per answer and repeats with every retry."""
    values: Mapping[str, object]
    lead_time_ms: int = 0
    note: str = ""
    """What the annotator says to it; reviewers read it."""


def own(desk: Desk, lease_id: str, token: str) -> queue.Held:
    """Return the actor's lease.

    Raises:
        UnknownLeaseError: The actor never held it.
        LeaseTokenError: The token is another one.
    """
    ctx = desk.ctx
    held = queue.get(ctx.db, lease_id, ctx.actor)
    if held is None:
        raise UnknownLeaseError(f"You hold no task '{lease_id}'.", remedy="Claim a task.")
    if held.token != token:
        raise LeaseTokenError(remedy="Claim the task again; your text is kept in the browser.")
    return held


def ensure_live(desk: Desk, held: queue.Held) -> None:
    """Return when a lease still holds, or lapsed without anybody taking its place.

    Raises:
        LeaseLapsedError: Its place is taken.
    """
    ctx = desk.ctx
    if held.state == LeaseState.LIVE:
        return
    if held.state == LeaseState.LAPSED and queue.revive(ctx.db, held, ctx.clock.now() + desk.lease_time):
        return
    raise LeaseLapsedError(
        f"Your hold on this task ended at {held.expires_at:%H:%M:%S} UTC and its place was taken; "
        "this answer was not recorded.",
        remedy="Keep your text if you need it and claim the next task.",
    )


def record(desk: Desk, held: queue.Held, submission: Submission) -> Answer:
    """Store a checked answer to a held task, and everything that is counted with it."""
    ctx = desk.ctx
    row = _answer(desk, held, submission)
    answers.add(ctx.db, row)
    queue.settle(ctx.db, held.id, answer_id=row.id, client_id=row.client_id, next_id=desk.next_id)
    if desk.goes_on:
        look_ahead(desk)
    count = queue.count(ctx.db, held.task_id, 1)
    is_full = count.answers == count.wanted
    if is_full and desk.plan.most_overlap and adaptive.wants_more(desk, held, count.wanted):
        returns.widen(ctx.db, held.task_id)
        is_full = False
    sums = {"answers": 1, "closed": int(is_full), "lead_time_ms": row.lead_time_ms}
    _tally(desk, held, sums | _judged(held, row.values, 1))
    desk.place = desk.place._replace(answered=desk.place.answered + 1)
    _sample_for_review(desk, held, row)
    return row


def decline(desk: Desk, held: queue.Held, reason: str) -> None:
    """End a live lease without an answer, for good, and let its task go to others."""
    ctx = desk.ctx
    if held.state != LeaseState.LIVE:
        return
    queue.end(ctx.db, held.id, LeaseState.SKIPPED, reason=reason)
    returns.give_back(ctx.db, held.task_id)
    _tally(desk, held, {"skipped": 1})


def put_back(desk: Desk, held: queue.Held) -> None:
    """End a live lease without an answer and put its task behind the other work, where anybody may get it.

    Gold is not given to the same person again: standing where it was, it would come back sooner than other tasks do.

    Raises:
        ConflictError: It came back to its annotator with a reason, which would be lost with the answer it is about.
    """
    ctx = desk.ctx
    if held.state != LeaseState.LIVE:
        return
    if is_returned(held):
        raise ConflictError(
            f"This task came back to you, and is not given back without a reason: {held.reason}",
            remedy="Answer it again, or skip it with a reason.",
        )
    queue.end(ctx.db, held.id, LeaseState.RETURNED, is_last=held.lane_kind == LaneKind.GOLD)
    returns.put_last(ctx.db, held.task_id)


def withdraw(desk: Desk, held: queue.Held, *, kept_for: timedelta = timedelta(), reason: str = "") -> None:
    """Take the answer of a lease out of force and put its task back on its annotator's desk.

    Args:
        desk: Whoever withdraws it: its author, or a reviewer.
        held: The answered lease.
        kept_for: How long the task stays theirs; as long as before by default.
        reason: What the annotator is told; what they were told before, by default.
    """
    ctx = desk.ctx
    now = ctx.clock.now()
    before = answers.get(ctx.db, held.campaign_id, held.answer_id)
    answers.supersede(ctx.db, held.answer_id, now)
    review = tasks.about(ctx.db, held.answer_id)
    if review is not None:
        tasks.retire(ctx.db, review)
    until = now + kept_for if kept_for else held.expires_at
    queue.unsettle(ctx.db, held.id, until=until, reason=reason or held.reason)
    count = queue.count(ctx.db, held.task_id, -1)
    sums = {"answers": -1, "closed": -int(count.answers == count.wanted - 1)}
    _tally(desk, held, sums | _judged(held, before.values if before else {}, -1))


def reinstate(desk: Desk, held: queue.Held, before: Answer) -> None:
    """Put an answer that was withdrawn into force again, as the next version of it.

    Its lease may be over: then it is only while nobody else has its place.
    """
    ctx = desk.ctx
    if held.state != LeaseState.LIVE and not queue.revive(ctx.db, held, held.expires_at):
        return
    row = replace(
        before,
        id=AnswerId(new_id("ans")),
        version=held.version + 1,
        client_id=f"again-{before.id}",
        submitted_at=ctx.clock.now(),
        superseded_at=None,
    )
    answers.add(ctx.db, row)
    queue.settle(ctx.db, held.id, answer_id=row.id, client_id=row.client_id)
    count = queue.count(ctx.db, held.task_id, 1)
    _tally(desk, held, {"answers": 1, "closed": int(count.answers == count.wanted)} | _judged(held, row.values, 1))


def count_review(db: Connection, about: Answer, *, reviewed: int, faulted: int, at: datetime) -> None:
    """Count what a reviewer decided, or what became of it on appeal, with the work of the answer's cohort."""
    answers.tally_up(
        db,
        cohort_id=about.cohort_id,
        annotator=about.annotator,
        campaign_id=about.campaign_id,
        batch_id=about.batch_id,
        at=at,
        sums={"reviewed": reviewed, "faulted": faulted},
    )


def _answer(desk: Desk, held: queue.Held, submission: Submission) -> Answer:
    ctx = desk.ctx
    return Answer(
        id=AnswerId(new_id("ans")),
        lease_id=LeaseId(held.id),
        campaign_id=CampaignId(held.campaign_id),
        batch_id=BatchId(held.batch_id),
        task_id=TaskId(held.task_id),
        record_id=held.record_id,
        annotator=PersonId(held.annotator),
        cohort_id=held.cohort_id,
        schema_id=SchemaId(held.schema_id),
        guideline_id=GuidelineId(held.guideline_id),
        tier=Tier(held.tier),
        values=dict(submission.values),
        version=held.version + 1,
        lead_time_ms=min(max(submission.lead_time_ms, 0), _LONGEST_MS),
        client_id=submission.client_id,
        prelabel=held.prelabel,
        is_blinded=held.is_blinded,
        is_edited=_is_edited(desk, held, submission.values),
        submitted_at=ctx.clock.now(),
        superseded_at=None,
    )


def _is_edited(desk: Desk, held: queue.Held, values: Mapping[str, object]) -> bool:
    if not held.prelabel or held.is_blinded:
        return False
    return not likeness.same(_asked(held), prelabels.get(desk.ctx.db, held.prelabel).values, values)


def _tally(desk: Desk, held: queue.Held, sums: dict[str, int]) -> None:
    ctx = desk.ctx
    if held.tier != Tier.ANNOTATE:
        return
    answers.tally_up(
        ctx.db,
        cohort_id=held.cohort_id,
        annotator=held.annotator,
        campaign_id=held.campaign_id,
        batch_id=held.batch_id,
        at=ctx.clock.now(),
        sums=sums,
    )
    if sums.get("answers") and held.gold is None and held.lane_kind not in (LaneKind.GOLD, LaneKind.CALIBRATION):
        day = int(ctx.clock.now().timestamp() // _DAY_S)
        pace.count(ctx.db, held.campaign_id, held.annotator, day, sums["answers"])


def _judged(held: queue.Held, values: Mapping[str, object], by: int) -> dict[str, int]:
    if held.gold is None:
        return {}
    return {"judged": by, "correct": by * int(likeness.agrees(_asked(held), held.gold, values))}


def _asked(held: queue.Held) -> tuple[Question, ...]:
    return documents.questions_of(held.questions)


def _sample_for_review(desk: Desk, held: queue.Held, answer: Answer) -> None:
    """Put a share of the answers before reviewers: which ones, nobody can tell beforehand."""
    ctx = desk.ctx
    if held.lane_kind in (LaneKind.GOLD, LaneKind.CALIBRATION) or desk.tier is not Tier.ANNOTATE:
        return
    rate = review_rates.rate(ctx, desk.plan, desk.member.team, campaign_id=desk.campaign_id, cohort_id=held.cohort_id)
    if rate <= 0:
        return
    if int(ctx.keys.hmac("review", answer.id.encode())[-12:], 16) >= rate * 16**12:
        return
    lane = campaigns.lane_of(ctx.db, held.campaign_id, campaigns.Lane(tier=Tier.REVIEW, kind=LaneKind.WORK, priority=0))
    check = Task(
        id=TaskId(new_id("tsk")),
        campaign_id=answer.campaign_id,
        batch_id=answer.batch_id,
        record_id=answer.record_id,
        tier=Tier.REVIEW,
        wanted=1,
        answers=0,
        need=1,
        about=answer.id,
        created_at=answer.submitted_at,
    )
    tasks.add_one(ctx.db, check, lane_id=lane, barred=answer.annotator)
