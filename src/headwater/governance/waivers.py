"""Waivers: gates opened by the Accountable although their standard is not met, with a reason and an end."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

from headwater.core.canonical import digest
from headwater.core.errors import ConflictError, InvalidError, NotFoundError
from headwater.core.ids import new_id
from headwater.governance import decisions, queries
from headwater.governance.authority import require
from headwater.governance.model import Decision, Waiver
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
    """Grant a waiver as the Accountable.

    Raises:
        NotFoundError: Nobody has asked for it.
        ConflictError: It would have expired already.
    """
    require(ctx, Decision.WAIVER_GRANT)
    found = next((item for item in queries.waivers(ctx) if item.id == waiver), None)
    if found is None:
        raise NotFoundError(f"There is no waiver '{waiver}'.")
    if found.expires_at <= ctx.clock.now():
        raise ConflictError(
            f"The waiver of {found.standard} would have expired on {found.expires_at:%Y-%m-%d}.",
            remedy="Have it asked for anew.",
        )
    decisions.approve(ctx, Decision.WAIVER_GRANT, subject=waiver, digest=digest(asdict(found)), reason=reason)
    store.grant_waiver(ctx.db, waiver, ctx.actor, ctx.clock.now())
