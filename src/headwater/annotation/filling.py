"""Filling a batch from a file: what an intake makes records of, and what the program had already, becomes its tasks.

The records of a chunk become tasks in the transaction that makes them records, beside the screening of the next chunk:
annotators begin while the rest of the file comes in.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from headwater.annotation import batches, queries
from headwater.annotation.model import CampaignState
from headwater.annotation.store import campaigns as store
from headwater.governance.authority import require
from headwater.governance.model import Decision
from headwater.sourcing import queries as sourcing

if TYPE_CHECKING:
    from collections.abc import Sequence

    from headwater.context import Context


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """The batch a file is to fill."""

    campaign: str
    """Its id."""
    name: str
    priority: int = 5
    """Lower is given out first."""
    skill: str = ""
    """What annotators need for it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Filled:
    """What became of it."""

    batch: str
    """Its id; empty when nothing in the file was new to the campaign, and there is no such batch."""
    tasks: int


def plan(ctx: Context, campaign: str, *, name: str, priority: int = 5, skill: str = "") -> Wanted:
    """Return what to ask for, checked before a long upload.

    Args:
        ctx: The context.
        campaign: Its id or name.
        name: The name of the batch.
        priority: Lower is given out first.
        skill: What annotators need for it.

    Raises:
        CampaignStateError: The campaign is closed or waits for approval.
        InvalidError: The name cannot stand.
    """
    require(ctx, Decision.CAMPAIGN_OPEN)
    found = batches.permit(ctx, campaign, name)
    return Wanted(campaign=found.id, name=name, priority=priority, skill=skill)


def begin(ctx: Context, wanted: Wanted) -> str:
    """Begin the batch and return its id."""
    require(ctx, Decision.CAMPAIGN_OPEN)
    return batches.begin(ctx, wanted.campaign, name=wanted.name, priority=wanted.priority).id


def pour(ctx: Context, batch_id: str, wanted: Wanted, made: Sequence[str], same: Sequence[str]) -> None:
    """Ask about the records of a chunk.

    Args:
        ctx: The context of the transaction that settles the chunk.
        batch_id: The batch.
        wanted: What was asked for.
        made: The records that were made.
        same: The records from before that say the same as items of the chunk.
    """
    require(ctx, Decision.CAMPAIGN_OPEN)
    if not _is_closed(ctx, wanted):
        batches.append(ctx, batch_id, made, skill=wanted.skill, just_made=True)
        batches.append(ctx, batch_id, same, skill=wanted.skill)


def finish(ctx: Context, batch_id: str, intake_id: str) -> Filled:
    """Tell of the batch; one that stayed empty is no more.

    A campaign that was closed meanwhile got nothing: the records are in the program all the same.
    """
    require(ctx, Decision.CAMPAIGN_OPEN)
    intake = sourcing.intake(ctx, intake_id)
    row = queries.batch(ctx, batch_id)
    if not row.tasks:
        store.remove_batch(ctx.db, row.id)
        return Filled(batch="", tasks=0)
    batches.announce(ctx, row.id, left_out=max(0, intake.added - row.tasks))
    return Filled(batch=row.id, tasks=row.tasks)


def _is_closed(ctx: Context, wanted: Wanted) -> bool:
    return queries.campaign(ctx, wanted.campaign).state is CampaignState.CLOSED
