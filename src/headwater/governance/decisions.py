"""Decisions: proposed by one, consulted on, approved or refused by the Accountable, bound to a digest."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from headwater.core.errors import ConflictError, NotFoundError
from headwater.core.ids import new_id
from headwater.governance import ledger, notices, queries
from headwater.governance.authority import accountable, require, require_accountable
from headwater.governance.model import (
    Consultation,
    ConsultationOpenError,
    Decision,
    DecisionRecord,
    DigestChangedError,
    FourEyesError,
    Involvement,
    PersonId,
    ProgramId,
    Proposal,
    ProposalId,
    ProposalState,
)
from headwater.governance.store import decisions as store

if TYPE_CHECKING:
    from headwater.context import Context


def propose(ctx: Context, decision: Decision, *, subject: str, digest: str, summary: str, author: str = "") -> Proposal:
    """Put a thing before the Accountable and ask the consulted people.

    An open proposal about the same subject is withdrawn: the newest one counts.

    Args:
        ctx: The proposer's context.
        decision: What is to be decided.
        subject: The thing to decide on.
        digest: The digest of the thing as it is now; an approval binds to it.
        summary: The thing in a few words, as inboxes show it.
        author: Who last changed the thing, when somebody else proposes it; they may not approve it either.

    Raises:
        NotYoursError: The actor is not Responsible for the decision.
        NoAccountableError: Nobody could ever approve it.
    """
    require(ctx, decision)
    owner = accountable(ctx, decision)
    now = ctx.clock.now()
    earlier = store.pending(ctx.db, ctx.program, decision, subject)
    if earlier:
        reason = "replaced by a newer proposal"
        store.close(ctx.db, earlier.id, ProposalState.WITHDRAWN, by=ctx.actor, at=now, reason=reason)
    asked = [who for who in queries.involved(ctx, decision, Involvement.CONSULTED) if who not in (ctx.actor, owner)]
    closes = now + timedelta(hours=ctx.settings.consultation_hours)
    row = Proposal(
        id=ProposalId(new_id("prp")),
        program=ProgramId(ctx.program),
        decision=decision,
        subject=subject,
        digest=digest,
        summary=summary,
        proposer=PersonId(ctx.actor),
        author=PersonId(author or ctx.actor),
        solo=queries.program(ctx).charter.solo,
        state=ProposalState.OPEN,
        created_at=now,
        decided_by=None,
        decided_at=None,
        reason="",
        consultations=tuple(
            Consultation(person=who, asked_at=now, closes_at=closes, answered_at=None, comment="", supports=None)
            for who in asked
        ),
    )
    store.add(ctx.db, row)
    notices.send(ctx, [owner], kind="approval", subject=subject, text=f"{summary} waits for your approval.")
    notices.send(ctx, asked, kind="consultation", subject=subject, text=f"{summary}: your opinion is asked.")
    body = {"decision": decision, "digest": digest, "proposal": row.id, "consulted": asked}
    ledger.append(ctx, "decision.proposed", subject=subject, body=body)
    return row


def answer(ctx: Context, proposal: str, *, supports: bool, comment: str = "") -> None:
    """Give a consulted person's opinion; it becomes part of the decision.

    Raises:
        NotFoundError: There is no such open proposal, or the actor was not asked.
    """
    found = queries.proposal(ctx, proposal)
    if found is None or found.state is not ProposalState.OPEN:
        raise NotFoundError(f"There is no open proposal '{proposal}'.")
    if not store.answer(ctx.db, proposal, ctx.actor, supports=supports, comment=comment, at=ctx.clock.now()):
        raise NotFoundError(f"You were not consulted on proposal '{proposal}'.")
    body = {"proposal": proposal, "supports": supports}
    ledger.append(ctx, "decision.consulted", subject=found.subject, body=body)


def approve(ctx: Context, decision: Decision, *, subject: str, digest: str, reason: str) -> Proposal:
    """Approve the open proposal about a subject as the Accountable.

    Args:
        ctx: The approver's context.
        decision: What is decided.
        subject: The thing decided on.
        digest: The digest of the thing as it is now.
        reason: Why; kept with the decision.

    Raises:
        NotYoursError: The actor is not the Accountable.
        NotFoundError: Nobody has proposed it.
        FourEyesError: The actor proposed or last changed it, in a program that is not solo.
        DigestChangedError: The thing changed since it was proposed.
        ConsultationOpenError: Consulted people have time left to answer.
    """
    owner = require_accountable(ctx, decision)
    found = _pending(ctx, decision, subject)
    if ctx.actor in (found.proposer, found.author) and not found.solo:
        did = "proposed" if ctx.actor == found.proposer else "last changed"
        raise FourEyesError(f"Whoever {did} this may not approve it.", remedy="Have somebody else do so, or delegate.")
    if found.digest != digest:
        raise DigestChangedError(
            f"'{subject}' changed since it was proposed ({found.digest[:15]}… is now {digest[:15]}…).",
            remedy="Look at it again and have it proposed anew.",
        )
    now = ctx.clock.now()
    waiting = [item for item in found.consultations if item.answered_at is None and item.closes_at > now]
    if waiting:
        handles = queries.names(ctx)
        raise ConsultationOpenError(
            f"{', '.join(handles[item.person] for item in waiting)} must still be heard, "
            f"until {min(item.closes_at for item in waiting):%Y-%m-%d %H:%M} UTC.",
            remedy="Wait for the answers or for the window to close.",
        )
    return _close(ctx, found, ProposalState.APPROVED, reason, owner)


def refuse(ctx: Context, decision: Decision, *, subject: str, reason: str) -> Proposal:
    """Refuse the open proposal about a subject as the Accountable."""
    owner = require_accountable(ctx, decision)
    return _close(ctx, _pending(ctx, decision, subject), ProposalState.REFUSED, reason, owner)


def withdraw(ctx: Context, decision: Decision, *, subject: str, reason: str) -> None:
    """Take back the open proposal about a subject, when there is one: what it asked for is not wanted any more."""
    require(ctx, decision)
    found = store.pending(ctx.db, ctx.program, decision, subject)
    if found:
        store.close(ctx.db, found.id, ProposalState.WITHDRAWN, by=ctx.actor, at=ctx.clock.now(), reason=reason)


def record(ctx: Context, decision: Decision, *, subject: str, digest: str = "", reason: str = "") -> None:
    """Record an act that a Responsible person performs alone and that deserves a decision of its own."""
    require(ctx, decision)
    keep(ctx, decision, subject=subject, digest=digest, outcome="performed", reason=reason)
    informed = [who for who in queries.involved(ctx, decision, Involvement.INFORMED) if who != ctx.actor]
    text = f"{decision.value} on {subject}: performed" + (f" ({reason})." if reason else ".")
    notices.send(ctx, informed, kind="informed", subject=subject, text=text)


def _pending(ctx: Context, decision: Decision, subject: str) -> Proposal:
    found = store.pending(ctx.db, ctx.program, decision, subject)
    if found is None:
        raise NotFoundError(
            f"Nobody has proposed '{decision.value}' for '{subject}'.", remedy="A Responsible person proposes it first."
        )
    return found


def _close(ctx: Context, found: Proposal, state: ProposalState, reason: str, owner: PersonId) -> Proposal:
    now = ctx.clock.now()
    store.close(ctx.db, found.id, state, by=ctx.actor, at=now, reason=reason)
    keep(
        ctx,
        found.decision,
        subject=found.subject,
        digest=found.digest,
        outcome=state.value,
        reason=reason,
        proposal=found.id,
        behalf="" if owner == ctx.actor else owner,
    )
    informed = [*queries.involved(ctx, found.decision, Involvement.INFORMED), found.proposer]
    text = f"{found.summary}: {state.value}" + (f" ({reason})." if reason else ".")
    notices.send(ctx, informed, kind="informed", subject=found.subject, text=text)
    closed = store.get(ctx.db, found.id)
    if closed is None:
        raise ConflictError(f"Proposal '{found.id}' vanished.")
    return closed


def keep(  # noqa: PLR0913 -- the columns of a decision
    ctx: Context,
    decision: Decision,
    *,
    subject: str,
    outcome: str,
    digest: str = "",
    reason: str = "",
    proposal: str = "",
    behalf: str = "",
) -> None:
    """Write down a decision that was taken, in the table of decisions and in the ledger."""
    row = DecisionRecord(
        id=new_id("dec"),
        program=ProgramId(ctx.program),
        decision=decision,
        subject=subject,
        digest=digest,
        actor=PersonId(ctx.actor),
        outcome=outcome,
        reason=reason,
        proposal=proposal,
        behalf=behalf,
        at=ctx.clock.now(),
    )
    store.record(ctx.db, row)
    body = {"decision": decision, "digest": digest, "proposal": proposal} | ({"behalf": behalf} if behalf else {})
    ledger.append(ctx, f"decision.{outcome}", subject=subject, body=body)
