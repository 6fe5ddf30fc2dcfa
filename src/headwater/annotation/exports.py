"""Answers leaving the platform, annotators under pseudonyms."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from headwater.annotation import queries
from headwater.annotation.store import reads
from headwater.governance.authority import require
from headwater.governance.model import Decision

if TYPE_CHECKING:
    from collections.abc import Iterator

    from headwater.context import Context


def rows(ctx: Context, campaign_id: str) -> Iterator[dict[str, Any]]:
    """Yield every answer of annotators that is in force, oldest first, a few thousand in memory at a time."""
    require(ctx, Decision.BATCH_ACCEPT)
    pseudonyms: dict[str, str] = {}
    for row in reads.whole(ctx.db, queries.campaign(ctx, campaign_id).id):
        person = str(row.pop("annotator"))
        if person not in pseudonyms:
            pseudonyms[person] = pseudonym(ctx, person)
        yield row | {"annotator": pseudonyms[person]}


def pseudonym(ctx: Context, person: str) -> str:
    """Return the name under which an annotator leaves the platform: always the same, no way back without the key."""
    return f"ann_{ctx.keys.hmac('annotator', person.encode())[-16:]}"
