"""Keeping a campaign's answers as columns, so that they are counted in seconds when there are tens of millions."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from headwater.annotation import queries
from headwater.annotation.store import folds, reads
from headwater.governance.authority import require
from headwater.governance.model import Decision

if TYPE_CHECKING:
    from headwater.context import Context

SETTLED = timedelta(minutes=10)
"""Answers younger than this are read as rows: their transactions may still be under way."""
BLOCK = 250_000
"""Rows of a block."""
LEAST = 50_000
"""Fewest rows worth a block."""


def fold(ctx: Context, campaign_id: str, *, question: str) -> int:
    """Fold a question's settled answers into columns; returns how many rows were folded now.

    Reading the answers (`queries.answers`) gives the same before and after. Answers stay where they are.
    """
    require(ctx, Decision.BATCH_ACCEPT)
    campaign = queries.campaign(ctx, campaign_id)
    as_of = ctx.clock.now() - SETTLED
    edge = int(as_of.timestamp() * 1_000_000)
    collector, number, after = queries.gather(ctx, campaign, question)
    total, upto = 0, after
    for rows in reads.blocks(ctx.db, campaign.id, question, after=after):
        young = next((place for place, row in enumerate(rows) if int(row[8] or 0) > edge), len(rows))
        if young:
            collector.add(rows[:young])
            upto = str(rows[young - 1][0])
        if collector.waiting >= (BLOCK if young == len(rows) else LEAST):
            number, total = number + 1, total + collector.waiting
            row = folds.Fold(number=number, upto=upto, as_of=as_of, body=collector.pack())
            folds.add(ctx.db, campaign.id, question, row)
        if young < len(rows):
            break
    if collector.waiting >= LEAST:
        total += collector.waiting
        row = folds.Fold(number=number + 1, upto=upto, as_of=as_of, body=collector.pack())
        folds.add(ctx.db, campaign.id, question, row)
    return total
