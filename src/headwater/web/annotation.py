"""Campaigns: how far they are, batch by batch, and where annotators disagree."""

from __future__ import annotations

from fastapi import APIRouter, Response

from headwater.annotation import queries
from headwater.governance import queries as governance
from headwater.governance.model import Role
from headwater.sourcing import queries as sourcing
from headwater.web.session import Visitor, page

router = APIRouter(prefix="/p/{program}/campaigns")
MANAGERS = {Role.LEAD, Role.OPERATIONS, Role.EXPERT}


@router.get("")
def listing(visitor: Visitor) -> Response:
    """Show campaigns with their progress."""
    with visitor.reading() as ctx:
        found = queries.campaigns(ctx)
        return page(
            visitor,
            ctx,
            "annotation/campaigns.html",
            active="campaigns",
            rows=[(item, queries.progress(ctx, item.id)) for item in found],
        )


@router.get("/{campaign}")
def one(visitor: Visitor, campaign: str) -> Response:
    """Show a campaign: progress by batch, schema, guideline; disagreements to those who decide about them."""
    with visitor.reading() as ctx:
        found = queries.campaign(ctx, campaign)
        manages = bool(set(governance.roles(ctx)) & MANAGERS)
        disputes = queries.disagreements(ctx, found.id, limit=25) if manages else []
        texts = {item.id: item.text for item in sourcing.take(ctx, [row.record_id for row in disputes])}
        return page(
            visitor,
            ctx,
            "annotation/campaign.html",
            active="campaigns",
            campaign=found,
            progress=queries.progress(ctx, found.id),
            schema=queries.schema(ctx, found.schema_id),
            guideline=queries.guideline(ctx, found.guideline_id),
            disputes=disputes,
            texts=texts,
            proposals=governance.proposals(ctx, subject=found.id),
        )
