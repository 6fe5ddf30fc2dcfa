"""Who may do what: the question asked first by every use case that writes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from headwater.governance.model import (
    Decision,
    Involvement,
    NoAccountableError,
    NotYoursError,
    PersonId,
)
from headwater.governance.store import people, programs

if TYPE_CHECKING:
    from collections.abc import Callable

    from headwater.context import Context


def require(ctx: Context, decision: Decision, *, ahead: Callable[[], None] | None = None) -> None:
    """Return only when the actor is Responsible or Accountable for a decision, or holds a live delegation of it.

    Args:
        ctx: The actor's context.
        decision: What is to be done.
        ahead: Asks the database for what is read next, so that it comes together with what is asked here.

    Raises:
        NotYoursError: The chart gives the decision to others; the message names them.
    """
    if ahead is not None:
        programs.may_act_ahead(ctx.db, ctx.program, ctx.actor, decision)
        ahead()
    if programs.may_act(ctx.db, ctx.program, ctx.actor, decision):
        return
    if any(programs.may_act(ctx.db, ctx.program, giver, decision) for giver in _lenders(ctx, decision)):
        return
    allowed = [
        *programs.involved(ctx.db, ctx.program, decision, Involvement.RESPONSIBLE),
        *programs.involved(ctx.db, ctx.program, decision, Involvement.ACCOUNTABLE),
    ]
    raise NotYoursError(
        f"{_handle(ctx, ctx.actor)} may not do '{decision.value}' in this program; "
        f"the RACI chart gives it to {_listed(ctx, allowed)}.",
        remedy="Ask one of them, or have the chart changed.",
        decision=decision.value,
    )


def may(ctx: Context, decision: Decision) -> bool:
    """Return whether the actor is Responsible or Accountable for a decision, or holds a live delegation of it."""
    try:
        require(ctx, decision)
    except NotYoursError:
        return False
    return True


def decides(ctx: Context, decision: Decision) -> bool:
    """Return whether the actor is the Accountable for a decision, or holds a live delegation of theirs."""
    try:
        require_accountable(ctx, decision)
    except (NotYoursError, NoAccountableError):
        return False
    return True


def accountable(ctx: Context, decision: Decision) -> PersonId:
    """Return the one person Accountable for a decision.

    Raises:
        NoAccountableError: The chart names nobody, or more than one.
    """
    found = programs.involved(ctx.db, ctx.program, decision, Involvement.ACCOUNTABLE)
    if len(found) != 1:
        raise NoAccountableError(
            f"'{decision.value}' needs exactly one Accountable person; the chart names {_listed(ctx, found)}.",
            remedy="Assign the role, or change the chart.",
            decision=decision.value,
        )
    return found[0]


def require_accountable(ctx: Context, decision: Decision) -> PersonId:
    """Return the Accountable for a decision, when it is the actor or lends them the right at this moment.

    Raises:
        NoAccountableError: The chart names nobody, or more than one.
        NotYoursError: It is somebody else.
    """
    owner = accountable(ctx, decision)
    if ctx.actor == owner or owner in _lenders(ctx, decision):
        return owner
    raise NotYoursError(
        f"Only the Accountable, {_handle(ctx, owner)}, may approve or refuse '{decision.value}'; "
        f"{_handle(ctx, ctx.actor)} is not.",
        remedy="They find it in their inbox.",
        decision=decision.value,
    )


def _lenders(ctx: Context, decision: Decision) -> list[PersonId]:
    """Who lends the actor the decision at this moment; nobody lends to a person who has left."""
    person = people.get(ctx.db, ctx.actor)
    if person is None or not person.is_active:
        return []
    lent = programs.delegations(ctx.db, ctx.program, taker=ctx.actor, now=ctx.clock.now())
    return [item.giver for item in lent if item.decision in ("", decision.value)]


def _handle(ctx: Context, person: str) -> str:
    found = people.get(ctx.db, person)
    return found.handle if found else (person or "nobody")


def _listed(ctx: Context, found: list[PersonId]) -> str:
    handles = list(dict.fromkeys(_handle(ctx, identifier) for identifier in found))
    return ", ".join(handles[:8]) + (f" and {len(handles) - 8} more" if len(handles) > 8 else "") or "nobody"  # noqa: PLR2004
