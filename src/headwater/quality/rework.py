"""Rework: what becomes of a rejected batch."""

from __future__ import annotations

from typing import TYPE_CHECKING

from headwater.annotation import rework as annotation
from headwater.governance import ledger
from headwater.governance.authority import require
from headwater.governance.model import Decision
from headwater.quality import queries
from headwater.quality.model import Inspection, InspectionStateError, Verdict
from headwater.quality.store import inspections as store

if TYPE_CHECKING:
    from headwater.context import Context


def rework(ctx: Context, batch_id: str) -> Inspection:
    """Open the tasks of a rejected batch again, with the reason of the rejection before everybody's eyes.

    Tasks whose labels the inspector found right and those an expert has settled stand; all others are answered anew.
    When they are, and its labels are resolved again, the batch is planned once more, under tightened inspection.

    Raises:
        InspectionStateError: The batch was not rejected, or is in rework already.
        CampaignStateError: Its campaign is closed.
    """
    require(ctx, Decision.BATCH_ACCEPT)
    store.lock(ctx.db, ctx.program, batch_id)
    row = queries.inspection(ctx, batch_id)
    if row.verdict is not Verdict.REJECTED or row.reopened_at is not None:
        state = "is in rework already" if row.reopened_at else "was not rejected"
        raise InspectionStateError(f"Batch '{batch_id}' {state}.")
    right = set(row.sample[: row.inspected]) - set(row.errors)
    labels = queries.labels(ctx, question=row.question, batches=[batch_id])
    again = [each.task_id for each in labels if each.task_id not in right and each.method != "adjudicated"]
    opened = annotation.reopen(ctx, batch_id, again, reason=row.reason)
    store.change(ctx.db, row, reopened_at=ctx.clock.now())
    body = {"round": row.round, "opened": opened, "standing": len(labels) - opened, "reason": row.reason}
    ledger.append(ctx, "batch.reworked", subject=batch_id, body=body)
    return queries.inspection(ctx, batch_id)
