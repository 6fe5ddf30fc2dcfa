"""What somebody answered themselves, newest first: seen by them alone, without ids of records or marks of gold."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from headwater.annotation import queries
from headwater.annotation.store import history as store
from headwater.sourcing import queries as sourcing

if TYPE_CHECKING:
    from headwater.context import Context

EXCERPT = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnAnswer:
    """An answer as its author sees it again."""

    id: str
    excerpt: str
    """How the record's text begins; empty when it has none or was erased."""
    values: dict[str, object]
    guideline: str
    """Name and version of the guideline it was given under."""
    given_at: datetime
    is_in_force: bool
    """Whether it was neither taken back nor given anew."""


def mine(ctx: Context, campaign_id: str, *, before: str = "", limit: int = 50) -> list[OwnAnswer]:
    """Return the actor's own answers in a campaign, newest first.

    Args:
        ctx: The context.
        campaign_id: The campaign.
        before: Id of the last answer shown before.
        limit: Most answers.
    """
    found = queries.campaign(ctx, campaign_id)
    rows = store.of_annotator(ctx.db, found.id, ctx.actor, before=before, limit=limit)
    records = sourcing.present(ctx, [row.record_id for row in rows])
    names = {name: queries.guideline(ctx, name) for name in {row.guideline_id for row in rows}}
    return [
        OwnAnswer(
            id=row.id,
            excerpt=records[row.record_id].text[:EXCERPT] if row.record_id in records else "",
            values=row.values,
            guideline=f"{names[row.guideline_id].name} v{names[row.guideline_id].version}",
            given_at=row.submitted_at,
            is_in_force=row.superseded_at is None,
        )
        for row in rows
    ]
