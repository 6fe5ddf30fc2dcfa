"""Working on tasks: claim, submit, hold, give back, skip, undo.

Annotators know a task only by its lease. A submission carries the lease's token and a UUID of the client: sent
twice it is recorded once, with the same reply. The next task travels with the reply to the last answer.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from headwater.annotation import comments, lessons, responses, submissions
from headwater.annotation.desk import Desk, assignment_of, hand_out, leave, sit
from headwater.annotation.handouts import Handout, Receipt, Why
from headwater.annotation.model import (
    AlreadyAnsweredError,
    AnswerId,
    LaneKind,
    LeaseLapsedError,
    LeaseState,
    Tier,
)
from headwater.annotation.store import documents, queue
from headwater.core.errors import InvalidError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from headwater.annotation.submissions import Submission
    from headwater.context import Context


def claim(ctx: Context, campaign_id: str, *, holding: Sequence[str] = ()) -> Handout:
    """Give the actor a task of a campaign.

    Args:
        ctx: The annotator's context.
        campaign_id: The campaign.
        holding: Leases the client still has at hand. A task the actor holds that is not among them, after a crash or
            on another device, is handed out again before any fresh one.

    Raises:
        NotYoursError: The actor does not answer in this program.
        UnknownCampaignError: The program has no such campaign.
    """
    desk = sit(ctx, campaign_id, Tier.ANNOTATE)
    found = hand_out(desk, holding)
    leave(desk)
    return found


def submit(
    ctx: Context, campaign_id: str, submission: Submission, *, claim_next: bool = True, holding: Sequence[str] = ()
) -> Receipt:
    """Record the actor's answer to a task they hold and hand out the next one, in one transaction.

    A lease whose time is over is still good while nobody else has its place.

    Args:
        ctx: The annotator's context.
        campaign_id: The campaign.
        submission: The answer.
        claim_next: Whether to hand out the next task.
        holding: Leases of tasks the client has fetched ahead.

    Raises:
        UnknownLeaseError: The actor never held this task.
        LeaseTokenError: The token is another lease's.
        LeaseLapsedError: The lease ended and its place was taken.
        AlreadyAnsweredError: The task was answered by another submission.
        ResponseError: The values do not answer the questions.
    """
    desk = sit(ctx, campaign_id, Tier.ANNOTATE, lease_id=submission.lease_id)
    desk.goes_on = claim_next
    held = submissions.own(desk, submission.lease_id, submission.token)
    if held.state == LeaseState.ANSWERED:
        return _replay(desk, held, submission, claim_next=claim_next)
    submissions.ensure_live(desk, held)
    values = responses.check(documents.questions_of(held.questions), submission.values, responses.Facts.of(held.facts))
    answer = submissions.record(desk, held, replace(submission, values=values))
    if submission.note.strip():
        comments.note(ctx, answer, submission.note)
    following = None
    if claim_next:
        following = hand_out(desk, holding)
        if following.assignment is not None and following.assignment.lease_id != desk.next_id:
            queue.follow(ctx.db, held.id, following.assignment.lease_id)
    leave(desk)
    feedback = lessons.feedback(ctx, held, values)
    return Receipt(answer_id=answer.id, replayed=False, feedback=feedback, next=following)


def heartbeat(ctx: Context, campaign_id: str, *, leases: Mapping[str, str]) -> datetime:
    """Move the end of leases the actor is still working on, by their tokens; returns when they end now.

    Leases that are over are passed by: their next submission says so.
    """
    desk = sit(ctx, campaign_id, Tier.ANNOTATE)
    held = queue.held(ctx.db, campaign_id, ctx.actor)
    until = ctx.clock.now() + desk.lease_time
    queue.renew(ctx.db, [each.id for each in held if leases.get(each.id) == each.token], until)
    return until


def release_lease(ctx: Context, campaign_id: str, *, lease_id: str, token: str) -> None:
    """Give a task back unanswered: it goes behind the other work, to anybody; the actor may get it again then."""
    desk = sit(ctx, campaign_id, Tier.ANNOTATE)
    submissions.put_back(desk, submissions.own(desk, lease_id, token))


def give_back(ctx: Context, campaign_id: str, *, lease_id: str, token: str, holding: Sequence[str] = ()) -> Handout:
    """Give a task back (see `release_lease`) and hand out the next one. Sent again, it changes nothing."""
    desk = sit(ctx, campaign_id, Tier.ANNOTATE)
    submissions.put_back(desk, submissions.own(desk, lease_id, token))
    found = hand_out(desk, holding)
    leave(desk)
    return found


def give_back_all(ctx: Context, campaign_id: str) -> int:
    """Give back every task the actor holds in a campaign, such as before leaving; returns how many.

    An answer that a reviewer returned stays with its author, with the reason and what was answered.
    """
    desk = sit(ctx, campaign_id, Tier.ANNOTATE)
    mine = [each for each in queue.held(ctx.db, campaign_id, ctx.actor) if each.tier == Tier.ANNOTATE]
    held = [each for each in mine if not each.version]
    for each in held:
        submissions.put_back(desk, each)
    return len(held)


def skip(
    ctx: Context, campaign_id: str, *, lease_id: str, token: str, reason: str, holding: Sequence[str] = ()
) -> Handout:
    """Pass a task to others for good, with a reason, and hand out the next one.

    Sent again, it changes nothing: the task stays passed on.

    Raises:
        InvalidError: No reason is given.
        UnknownLeaseError, LeaseTokenError: See `submit`.
    """
    desk = sit(ctx, campaign_id, Tier.ANNOTATE)
    if not reason.strip():
        raise InvalidError("A task is skipped with a reason.", remedy="Say in a few words why you cannot answer it.")
    held = submissions.own(desk, lease_id, token)
    submissions.decline(desk, held, reason.strip())
    found = hand_out(desk, holding)
    leave(desk)
    return found


def undo(ctx: Context, campaign_id: str, *, lease_id: str, token: str) -> Handout:
    """Take back the actor's answer to a task while the lease's time runs, and hand the task out again.

    The answer stays on record as superseded; the next one is a later version.

    Raises:
        LeaseLapsedError: The time of the lease is over.
        UnknownLeaseError, LeaseTokenError: See `submit`.
    """
    desk = sit(ctx, campaign_id, Tier.ANNOTATE)
    held = submissions.own(desk, lease_id, token)
    if held.state == LeaseState.ANSWERED:
        if held.expires_at <= ctx.clock.now() or held.lane_kind == LaneKind.CALIBRATION:
            raise LeaseLapsedError("This answer can no longer be taken back.", remedy="Ask a reviewer to correct it.")
        submissions.withdraw(desk, held)
        desk.place = desk.place._replace(answered=desk.place.answered - 1)
        leave(desk)
    again = queue.get(ctx.db, held.id, ctx.actor) or held
    return Handout(assignment=assignment_of(ctx, again), why=Why.NONE, answered=desk.place.answered)


def _replay(desk: Desk, held: queue.Held, submission: Submission, *, claim_next: bool) -> Receipt:
    """Return the reply to a submission that was recorded before."""
    ctx = desk.ctx
    if held.client_id != submission.client_id:
        raise AlreadyAnsweredError(
            "This task was already answered by another submission, perhaps in another window.",
            remedy="Compare the two; undo the first to replace it.",
        )
    following = None
    if claim_next:
        known = queue.get(ctx.db, held.next_id, ctx.actor) if held.next_id else None
        found = assignment_of(ctx, known) if known is not None and known.state == LeaseState.LIVE else None
        if found is None:
            following = hand_out(desk)
        else:
            following = Handout(assignment=found, why=Why.NONE, answered=desk.place.answered)
    leave(desk)
    feedback = lessons.feedback(ctx, held, dict(submission.values))
    return Receipt(answer_id=AnswerId(held.answer_id), replayed=True, feedback=feedback, next=following)
