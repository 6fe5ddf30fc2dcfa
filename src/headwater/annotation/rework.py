"""Rework: finished tasks are opened again with a reason, from the start or for one more answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from headwater.annotation import queries
from headwater.annotation.model import EVERYONE, CampaignState, CampaignStateError
from headwater.annotation.store import answers, reopening, returns, tasks
from headwater.annotation.store import campaigns as store
from headwater.core.errors import InvalidError
from headwater.governance import ledger
from headwater.governance.authority import require
from headwater.governance.model import Decision

if TYPE_CHECKING:
    from collections.abc import Sequence

    from headwater.context import Context


def reopen(ctx: Context, batch_id: str, task_ids: Sequence[str], *, reason: str) -> int:
    """Give finished tasks of a batch out again, to everybody, those who answered them among them.

    Their answers leave force and stay readable; reviews and disputes about them that nobody took up are withdrawn.
    Whoever gets such a task reads the reason. Gold and tasks without an answer in force are passed by.

    Args:
        ctx: The context.
        batch_id: The batch.
        task_ids: Tasks of it.
        reason: Why; annotators read it.

    Returns:
        How many were opened.

    Raises:
        CampaignStateError: The campaign is closed; rework goes into another one.
        InvalidError: There is no reason.
    """
    require(ctx, Decision.CAMPAIGN_OPEN)
    row = queries.batch(ctx, batch_id)
    campaign = queries.campaign(ctx, row.campaign_id)
    if campaign.state is CampaignState.CLOSED:
        raise CampaignStateError(
            f"Campaign '{campaign.name}' is closed; its tasks cannot be opened again.",
            remedy="Plan another campaign and add the records to it as a batch.",
        )
    if not reason.strip():
        raise InvalidError("Rework needs a reason: annotators read it.")
    found = reopening.reopen(ctx.db, row, task_ids, reason=reason.strip(), at=ctx.clock.now())
    for each in store.batches(ctx.db, row.campaign_id):
        store.recount_batch(ctx.db, each.id, tasks.done(ctx.db, each.id))
    answers.reset_closed(ctx.db, row.campaign_id)
    body = {"tasks": found.tasks, "answers": found.answers, "reason": reason.strip()}
    ledger.append(ctx, "batch.reopened", subject=row.id, body=body)
    return found.tasks


def ask_again(ctx: Context, campaign_id: str, task_ids: Sequence[str], *, reason: str) -> int:
    """Want one more answer to each of some tasks; returns how many will be asked again.

    The answers that are there stay in force; those who gave them are not given the task again. Gold and calibration
    tasks, which everybody answers, are passed by.
    """
    require(ctx, Decision.CAMPAIGN_OPEN)
    campaign = queries.campaign(ctx, campaign_id)
    asked = 0
    for identifier in dict.fromkeys(task_ids):
        row = queries.task(ctx, identifier)
        if row.campaign_id != campaign.id or row.wanted >= EVERYONE:
            continue
        tasks.want(ctx.db, row.id, row.wanted + 1)
        returns.give_back(ctx.db, row.id)
        asked += 1
    for each in store.batches(ctx.db, campaign.id):
        store.recount_batch(ctx.db, each.id, tasks.done(ctx.db, each.id))
    answers.reset_closed(ctx.db, campaign.id)
    ledger.append(ctx, "tasks.reopened", subject=campaign.id, body={"tasks": asked, "reason": reason})
    return asked
