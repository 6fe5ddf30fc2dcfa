"""Delegations: a person's rights lent to another member between two dates."""

from __future__ import annotations

from typing import TYPE_CHECKING

from headwater.core.errors import InvalidError, NotFoundError
from headwater.core.ids import new_id
from headwater.governance import ledger, notices, queries
from headwater.governance.model import Decision, Delegation, PersonId
from headwater.governance.store import programs as store

if TYPE_CHECKING:
    from datetime import datetime

    from headwater.context import Context


def give(ctx: Context, *, to: str, decision: str = "", starts_at: datetime, ends_at: datetime) -> Delegation:
    """Lend the actor's own rights to another member between two dates; the taker is told.

    What is lent is whatever the chart gives the actor at the time of the act. What was lent to them they cannot
    lend on.

    Args:
        ctx: The giver's context.
        to: Who acts in their place.
        decision: The decision lent; empty for all.
        starts_at: From when.
        ends_at: Until when; after the start and after now.

    Raises:
        InvalidError: The dates are the wrong way round, or it is to oneself, to a stranger, or of no decision.
    """
    if ends_at <= max(starts_at, ctx.clock.now()):
        raise InvalidError("A delegation ends after it starts, and in the future.")
    if decision and decision not in set(Decision):
        raise InvalidError(f"'{decision}' is not a decision.", remedy="See: headwater raci show")
    taker = queries.person(ctx, to)
    if taker.id == ctx.actor or not taker.is_active or not queries.roles(ctx, taker.id):
        raise InvalidError(f"A delegation goes to another member of the program; {taker.handle} is not one.")
    row = Delegation(
        id=new_id("dlg"),
        giver=PersonId(ctx.actor),
        taker=taker.id,
        decision=decision,
        starts_at=starts_at,
        ends_at=ends_at,
    )
    store.add_delegation(ctx.db, row, ctx.program)
    ledger.append(ctx, "rights.delegated", subject=row.id, body={"to": row.taker, "decision": decision})
    giver = queries.person(ctx, ctx.actor).handle
    text = f"{giver} lends you {decision or 'all their decisions'} from {starts_at:%Y-%m-%d} to {ends_at:%Y-%m-%d}."
    notices.send(ctx, [taker.id], kind="informed", subject=row.id, text=text)
    return row


def end(ctx: Context, delegation: str) -> None:
    """End one of the actor's own delegations now.

    Raises:
        NotFoundError: The actor has given no such delegation, or it has ended.
    """
    now = ctx.clock.now()
    mine = {item.id: item for item in queries.delegations(ctx) if item.giver == ctx.actor and item.ends_at > now}
    if delegation not in mine:
        raise NotFoundError(f"You have given no delegation '{delegation}' that still runs.")
    store.end_delegation(ctx.db, delegation, now)
    ledger.append(ctx, "rights.returned", subject=delegation, body={})
    text = "A delegation to you has ended early."
    notices.send(ctx, [mine[delegation].taker], kind="informed", subject=delegation, text=text)
