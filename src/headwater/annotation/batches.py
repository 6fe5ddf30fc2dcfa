"""Batches: records put into a campaign as tasks, their order, and the seal on their answers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from headwater.annotation import queries
from headwater.annotation.model import (
    EVERYONE,
    Batch,
    BatchId,
    BatchKind,
    Campaign,
    CampaignState,
    CampaignStateError,
    LaneKind,
    Task,
    TaskId,
    Tier,
)
from headwater.annotation.store import answers, tasks
from headwater.annotation.store import campaigns as store
from headwater.annotation.store.campaigns import Lane
from headwater.core import merkle
from headwater.core.canonical import canonical_json
from headwater.core.errors import InvalidError
from headwater.core.ids import new_id
from headwater.governance import ledger
from headwater.governance.authority import require
from headwater.governance.model import Decision
from headwater.lineage import service as lineage
from headwater.lineage.model import Node
from headwater.sourcing import queries as sourcing

if TYPE_CHECKING:
    from collections.abc import Sequence

    from headwater.context import Context

LONGEST_NAME = 120


def add(  # noqa: PLR0913 -- what a batch is made of
    ctx: Context,
    campaign_id: str,
    *,
    name: str,
    records: Sequence[str] = (),
    kind: BatchKind = BatchKind.WORK,
    priority: int = 5,
    skill: str = "",
) -> Batch:
    """Add records to a campaign as a batch of tasks, to be given out in this order.

    Records that are in the campaign already are left out: a record is asked about once.

    Args:
        ctx: The context.
        campaign_id: The campaign; it may run already.
        name: The batch's name.
        records: Their ids; all records of the program when empty (see `select`).
        kind: What the batch is for. A calibration batch is answered by everybody before anything else.
        priority: Lower is given out first.
        skill: What annotators need for it, such as `language:es`.

    Raises:
        CampaignStateError: The campaign is closed or waits for approval.
        InvalidError: The name cannot stand, or no record is left.
    """
    require(ctx, Decision.CAMPAIGN_OPEN)
    chosen = list(dict.fromkeys(records)) or select(ctx)
    row = begin(ctx, campaign_id, name=name, kind=kind, priority=priority)
    added = append(ctx, row.id, chosen, skill=skill)
    if not added:
        found = queries.campaign(ctx, campaign_id)
        raise InvalidError(
            f"None of the {len(chosen)} records is new to campaign '{found.name}'.",
            remedy="Choose other records, or raise the overlap to have these answered again.",
        )
    return announce(ctx, row.id, left_out=len(chosen) - added)


def begin(ctx: Context, campaign_id: str, *, name: str, kind: BatchKind = BatchKind.WORK, priority: int = 5) -> Batch:
    """Begin a batch without tasks, to be filled by `append` and told of by `announce`.

    Raises:
        CampaignStateError: The campaign is closed or waits for approval.
        InvalidError: The name cannot stand.
    """
    require(ctx, Decision.CAMPAIGN_OPEN)
    campaign = permit(ctx, campaign_id, name)
    store.hold(ctx.db, campaign.id)
    before = store.batches(ctx.db, campaign.id)
    row = Batch(
        id=BatchId(new_id("bat")),
        campaign_id=campaign.id,
        name=name.strip(),
        kind=kind,
        number=before[-1].number + 1 if before else 1,  # one between them may be gone
        tasks=0,
        priority=priority,
        root="",
        created_at=ctx.clock.now(),
        sealed_at=None,
    )
    store.add_batch(ctx.db, row)
    return row


def permit(ctx: Context, campaign_id: str, name: str) -> Campaign:
    """Return the campaign to which the actor may add a batch of a name now."""
    require(ctx, Decision.CAMPAIGN_OPEN)
    campaign = queries.campaign(ctx, campaign_id)
    if campaign.state in (CampaignState.CLOSED, CampaignState.PROPOSED):
        raise CampaignStateError(f"Campaign '{campaign.name}' is {campaign.state}; no tasks can be added.")
    if not name.strip() or len(name) > LONGEST_NAME:
        raise InvalidError(f"'{name}' cannot name a batch: expected 1 to {LONGEST_NAME} characters.")
    return campaign


def append(ctx: Context, batch_id: str, records: Sequence[str], *, skill: str = "", just_made: bool = False) -> int:
    """Add records to the end of a batch, and return how many were new to its campaign.

    Args:
        ctx: The context.
        batch_id: The batch.
        records: Their ids; none twice.
        skill: What annotators need for them.
        just_made: Whether they were made in this transaction, so that no campaign can have them.
    """
    require(ctx, Decision.CAMPAIGN_OPEN)
    row = queries.batch(ctx, batch_id)
    drill = row.kind is BatchKind.CALIBRATION
    lane = LaneKind.CALIBRATION if drill else LaneKind.WORK
    sort = Lane(tier=Tier.ANNOTATE, kind=lane, priority=row.priority, skill=skill)
    wanted = EVERYONE if drill else queries.campaign(ctx, row.campaign_id).plan.overlap
    like = Task(
        id=TaskId(""),
        campaign_id=row.campaign_id,
        batch_id=row.id,
        record_id="",
        tier=Tier.ANNOTATE,
        wanted=wanted,
        answers=0,
        need=wanted,
        about="",
        created_at=ctx.clock.now(),
    )
    store.hold(ctx.db, row.campaign_id)
    lane_id = store.lane_of(ctx.db, row.campaign_id, sort)
    added = tasks.add(ctx.db, records, like, lane_id=lane_id, just_made=just_made)
    store.resize_batch(ctx.db, row.id, added)
    return added


def announce(ctx: Context, batch_id: str, *, left_out: int) -> Batch:
    """Record that a batch is whole, and what was left out of it."""
    require(ctx, Decision.CAMPAIGN_OPEN)
    row = queries.batch(ctx, batch_id)
    campaign = Node(id=row.campaign_id, kind="campaign", label=row.campaign_id)
    made = Node(id=row.id, kind="batch", label=row.name)
    lineage.record(ctx, activity="batch.add", used=[campaign], generated=[made])
    body = {"campaign": row.campaign_id, "kind": row.kind, "tasks": row.tasks, "left_out": left_out}
    ledger.append(ctx, "batch.added", subject=row.id, body=body)
    return row


def select(ctx: Context, *, where: str = "", limit: int | None = None, campaign_id: str = "") -> list[str]:
    """Return the ids of the program's records in a slice, in order of arrival.

    Args:
        ctx: The context.
        where: The slice; all records without one.
        limit: Only the first so many.
        campaign_id: Only those that this campaign does not ask about; needed with a limit, so that each batch goes on.
    """
    require(ctx, Decision.CAMPAIGN_OPEN)
    found = sourcing.identifiers(ctx, where=where)
    if campaign_id and limit is not None:
        found = tasks.unasked(ctx.db, queries.campaign(ctx, campaign_id).id, found) or found
    return found[:limit]


def prioritise(ctx: Context, batch_id: str, *, priority: int) -> Batch:
    """Give a batch's tasks out sooner or later than others; lower is sooner."""
    require(ctx, Decision.CAMPAIGN_OPEN)
    row = queries.batch(ctx, batch_id)
    for source, sort in store.lanes(ctx.db, row.campaign_id):
        if sort.kind in (LaneKind.WORK, LaneKind.RETURNS, LaneKind.CALIBRATION) and sort.priority != priority:
            target = store.lane_of(ctx.db, row.campaign_id, sort._replace(priority=priority))
            tasks.transfer(ctx.db, row.id, source=source, target=target)
    store.prioritise_batch(ctx.db, row.id, priority)
    ledger.append(ctx, "batch.prioritised", subject=row.id, body={"priority": priority})
    return queries.batch(ctx, row.id)


def seal(ctx: Context, batch_id: str) -> Batch:
    """Put the Merkle root of every answer of a batch into the ledger: from now on none can be changed unseen.

    Answers that come later, after rework, are sealed by sealing again.
    """
    require(ctx, Decision.CAMPAIGN_OPEN)
    row = queries.batch(ctx, batch_id)
    leaves = [canonical_json(each) for each in answers.of_batch(ctx.db, row.campaign_id, row.id)]
    root = f"sha256:{merkle.root(leaves).hex()}"
    store.seal_batch(ctx.db, row.id, root, ctx.clock.now())
    ledger.append(ctx, "batch.sealed", subject=row.id, body={"root": root, "answers": len(leaves)})
    return queries.batch(ctx, row.id)
