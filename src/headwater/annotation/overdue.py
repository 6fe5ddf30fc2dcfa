"""Overdue packages: their tasks go back to the queue when nothing else is left to do."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from headwater.annotation.store import away
from headwater.annotation.store import vendors as store
from headwater.annotation.vendor_model import PackageState
from headwater.governance import ledger
from headwater.governance.authority import require
from headwater.governance.model import Decision

if TYPE_CHECKING:
    from headwater.context import Context

GRACE = timedelta(days=1)
"""How long after its due date a package keeps its tasks."""


def put_back(ctx: Context, campaign_id: str) -> int:
    """Put the tasks of a campaign's overdue packages back into the queue; returns how many.

    Called by a claim that found nothing else, as nothing sweeps. A package with a delivery that waits for a decision
    keeps its tasks; a late delivery of the others fills the places that are still free.
    """
    require(ctx, Decision.ANNOTATION_ANSWER)
    count = 0
    for package in away.late(ctx.db, campaign_id, ctx.clock.now() - GRACE):
        store.set_package(ctx.db, package, state=PackageState.OVERDUE.value)
        tasks = away.put_back(ctx.db, campaign_id, away.of_package(ctx.db, package))
        ledger.append(ctx, "package.overdue", subject=package, body={"tasks": tasks})
        count += tasks
    return count
