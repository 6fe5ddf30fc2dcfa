"""Waivers and delegations: exceptions with a reason and an end."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

from headwater.core.canonical import digest
from headwater.core.errors import InvalidError, NotFoundError
from headwater.core.ids import new_id
from headwater.governance import decisions, ledger, queries
from headwater.governance.authority import require
from headwater.governance.model import Decision, Delegation, PersonId, Waiver
from headwater.governance.store import programs as store

if TYPE_CHECKING:
    from datetime import datetime

    from headwater.context import Context


def request(ctx: Context, *, standard: str, reason: str, expires_at: datetime) -> Waiver:
    """Ask the Accountable to open a gate although its standard is not met.

    Raises:
        InvalidError: There is no reason, or it would have expired already.
    """
    require(ctx, Decision.WAIVER_GRANT)
    if not reason.strip() or expires_at <= ctx.clock.now():
        raise InvalidError("A waiver needs a reason and an end in the future.")
    waiver = Waiver(
        id=new_id("wvr"), standard=standard, reason=reason, expires_at=expires_at, granted_by="", granted_at=None
    )
    store.add_waiver(ctx.db, waiver, ctx.program)
    summary = f"Waive {standard} until {expires_at:%Y-%m-%d}: {reason}"
    decisions.propose(ctx, Decision.WAIVER_GRANT, subject=waiver.id, digest=digest(asdict(waiver)), summary=summary)
    return waiver


def grant(ctx: Context, waiver: str, *, reason: str) -> None:
    """Grant a waiver as the Accountable."""
    require(ctx, Decision.WAIVER_GRANT)
    found = next((item for item in queries.waivers(ctx) if item.id == waiver), None)
    if found is None:
        raise NotFoundError(f"There is no waiver '{waiver}'.")
    decisions.approve(ctx, Decision.WAIVER_GRANT, subject=waiver, digest=digest(asdict(found)), reason=reason)
    store.grant_waiver(ctx.db, waiver, ctx.actor, ctx.clock.now())


def delegate(ctx: Context, *, to: str, decision: str, starts_at: datetime, ends_at: datetime) -> Delegation:
    """Lend the actor's own rights to another member between two dates.

    Args:
        ctx: The giver's context.
        to: Who acts in their place.
        decision: The decision lent; empty for all.
        starts_at: From when.
        ends_at: Until when; after the start.

    Raises:
        InvalidError: The dates are the wrong way round, or it is to oneself.
    """
    if ends_at <= starts_at or to == ctx.actor:
        raise InvalidError("A delegation goes to somebody else and ends after it starts.")
    row = Delegation(
        id=new_id("dlg"),
        giver=PersonId(ctx.actor),
        taker=queries.person(ctx, to).id,
        decision=decision,
        starts_at=starts_at,
        ends_at=ends_at,
    )
    store.add_delegation(ctx.db, row, ctx.program)
    ledger.append(ctx, "rights.delegated", subject=row.id, body={"to": row.taker, "decision": decision})
    return row


def end_delegation(ctx: Context, delegation: str) -> None:
    """End one of the actor's own delegations now."""
    if delegation not in {item.id for item in queries.delegations(ctx) if item.giver == ctx.actor}:
        raise NotFoundError(f"You have given no delegation '{delegation}'.")
    store.end_delegation(ctx.db, delegation, ctx.clock.now())
    ledger.append(ctx, "rights.returned", subject=delegation, body={})
