"""Keeping a campaign's answers as columns, so that they are counted in seconds when there are tens of millions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from itertools import chain
from typing import TYPE_CHECKING

import numpy as np

from headwater.annotation import queries
from headwater.annotation.store import folds, reads
from headwater.governance.authority import require
from headwater.governance.model import Decision

if TYPE_CHECKING:
    import pyarrow as pa

    from headwater.context import Context

SETTLED = timedelta(minutes=10)
"""Answers younger than this are read as rows: their transactions may still be under way."""
BLOCK = 250_000
"""Rows of a block."""
LEAST = 50_000
"""Fewest rows worth a block; `reads` gives as many at a time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Packed:
    """A question's settled answers that are in no block yet, as blocks that were not stored yet."""

    campaign_id: str
    question: str
    after: int
    """Blocks there were before."""
    blocks: tuple[folds.Fold, ...]
    rows: int
    """Answers in them."""


def fold(ctx: Context, campaign_id: str, *, question: str) -> int:
    """Fold a question's settled answers into columns; returns how many rows were folded now.

    Reading the answers (`queries.answers`) gives the same before and after. Answers stay where they are. `pack` and
    `keep` do the same in two steps, so that others may write while answers are read.
    """
    require(ctx, Decision.BATCH_ACCEPT)
    return keep(ctx, pack(ctx, campaign_id, question=question))


def pack(ctx: Context, campaign_id: str, *, question: str) -> Packed:
    """Return what there is to fold of a question's answers. Only reads."""
    require(ctx, Decision.BATCH_ACCEPT)
    campaign = queries.campaign(ctx, campaign_id)
    as_of = ctx.clock.now() - SETTLED
    edge = int(as_of.timestamp() * 1_000_000)
    found, total = list[folds.Fold](), 0
    before, upto = folds.last(ctx.db, campaign.id, question)
    blocks = reads.blocks(ctx.db, campaign.id, question, after=upto)
    first = next(blocks, None)
    if first is None or _settled(first, edge) < LEAST:  # not worth unpacking what was folded before
        return Packed(campaign_id=campaign.id, question=question, after=before, blocks=(), rows=0)
    collector, _, _ = queries.gather(ctx, campaign, question)
    for rows in chain([first], blocks):
        young = _settled(rows, edge)
        if young:
            collector.add(rows.slice(0, young))
            upto = str(rows["id"][young - 1])
        if collector.waiting >= (BLOCK if young == rows.num_rows else LEAST):
            total += collector.waiting
            found.append(folds.Fold(number=before + len(found) + 1, upto=upto, as_of=as_of, body=collector.pack()))
        if young < rows.num_rows:
            break
    if collector.waiting >= LEAST:
        total += collector.waiting
        found.append(folds.Fold(number=before + len(found) + 1, upto=upto, as_of=as_of, body=collector.pack()))
    return Packed(campaign_id=campaign.id, question=question, after=before, blocks=tuple(found), rows=total)


def keep(ctx: Context, packed: Packed) -> int:
    """Store blocks unless others were stored meanwhile; returns how many rows were folded now."""
    require(ctx, Decision.BATCH_ACCEPT)
    if folds.last(ctx.db, packed.campaign_id, packed.question)[0] != packed.after:
        return 0
    for row in packed.blocks:
        folds.add(ctx.db, packed.campaign_id, packed.question, row)
    return packed.rows


def _settled(rows: pa.RecordBatch, edge: int) -> int:
    """Return how many rows come before the first that is too young."""
    young = np.flatnonzero(rows["submitted_at"].to_numpy() > edge)
    return int(young[0]) if young.size else rows.num_rows
