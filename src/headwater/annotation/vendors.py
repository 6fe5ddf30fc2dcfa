"""Vendors: onboarded with the terms agreed, and what their work measured."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from headwater.annotation.store import vendors as store
from headwater.annotation.vendor_model import (
    Delivery,
    Package,
    Scorecard,
    UnknownVendorError,
    Vendor,
    VendorState,
    scorecard,
)
from headwater.core.canonical import digest
from headwater.core.errors import InvalidError
from headwater.core.ids import new_id
from headwater.governance import decisions
from headwater.governance.authority import require
from headwater.governance.model import Decision
from headwater.storage.database import WHOLE, Part

if TYPE_CHECKING:
    from headwater.context import Context

_LONGEST = 64


def onboard(ctx: Context, *, name: str, terms: str) -> Vendor:
    """Put a vendor and the terms agreed with it before the Accountable.

    Raises:
        InvalidError: The name or the terms are empty or too long, or the name is taken.
    """
    require(ctx, Decision.VENDOR_ONBOARD)
    name = name.strip()
    if not name or len(name) > _LONGEST or not terms.strip():
        raise InvalidError("A vendor has a name of 1 to 64 characters, and terms.", remedy="Say what was agreed.")
    if name in {each.name for each in store.vendors(ctx.db, ctx.program)}:
        raise InvalidError(f"There is a vendor '{name}' already.")
    row = Vendor(
        id=new_id("vnd"),
        name=name,
        state=VendorState.PROPOSED,
        terms=terms.strip(),
        digest=digest({"name": name, "terms": terms.strip()}),
        author=ctx.actor,
        created_at=ctx.clock.now(),
    )
    store.add_vendor(ctx.db, ctx.program, row)
    summary = f"Vendor {name}"
    decisions.propose(ctx, Decision.VENDOR_ONBOARD, subject=row.id, digest=row.digest, summary=summary)
    return row


def approve(ctx: Context, identifier: str, *, reason: str) -> Vendor:
    """Onboard a proposed vendor as the Accountable; packages may be issued to it from now on."""
    require(ctx, Decision.VENDOR_ONBOARD)
    row = vendor(ctx, identifier)
    decisions.approve(ctx, Decision.VENDOR_ONBOARD, subject=row.id, digest=row.digest, reason=reason)
    store.set_vendor_state(ctx.db, row.id, VendorState.ONBOARDED)
    return replace(row, state=VendorState.ONBOARDED)


def vendor(ctx: Context, identifier: str) -> Vendor:
    """Return a vendor by id or name.

    Raises:
        UnknownVendorError: There is none.
    """
    found = store.vendors(ctx.db, ctx.program)
    for each in found:
        if identifier in {each.id, each.name}:
            return each
    named = ", ".join(each.name for each in found)
    remedy = f"There are: {named}." if found else "Onboard it first."
    raise UnknownVendorError(f"There is no vendor '{identifier}' in this program.", remedy=remedy)


def package(ctx: Context, identifier: str) -> Package:
    """Return a work package.

    Raises:
        UnknownVendorError: There is none.
    """
    for each in store.packages(ctx.db, ctx.program):
        if each.id == identifier:
            return each
    raise UnknownVendorError(f"There is no work package '{identifier}' in this program.")


def packages(ctx: Context, *, part: Part = WHOLE) -> list[Package]:
    """Return the work packages, newest first; for those who issue or accept them."""
    require(ctx, Decision.PACKAGE_ISSUE)
    return store.packages(ctx.db, ctx.program, part=part)


def deliveries(ctx: Context, *, part: Part = WHOLE) -> list[Delivery]:
    """Return the deliveries, newest first; for those who accept them."""
    require(ctx, Decision.DELIVERY_ACCEPT)
    return store.deliveries(ctx.db, ctx.program, part=part)


def scorecards(ctx: Context) -> list[Scorecard]:
    """Return what every vendor's work measured, computed from its deliveries."""
    require(ctx, Decision.DELIVERY_ACCEPT)
    issued, came = store.packages(ctx.db, ctx.program), store.deliveries(ctx.db, ctx.program)
    found = []
    for each in store.vendors(ctx.db, ctx.program):
        mine = [row for row in issued if row.vendor_id == each.id]
        ids = {row.id for row in mine}
        found.append(scorecard(each, mine, [row for row in came if row.package_id in ids]))
    return found
