"""The answers of one annotator, newest first."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

from headwater.annotation.model import Answer, Tier
from headwater.annotation.store.answers import answer
from headwater.annotation.store.rows import read

if TYPE_CHECKING:
    from headwater.storage.database import Connection


def of_annotator(db: Connection, campaign_id: str, annotator: str, *, before: str, limit: int) -> list[Answer]:
    """Return answers of an annotator in a campaign, newest first, from the one before an answer."""
    query = sa.select(answer).where(
        answer.c.annotator == annotator, answer.c.campaign_id == campaign_id, answer.c.tier == Tier.ANNOTATE.value
    )
    last = db.execute(query.where(answer.c.id == before)).one_or_none() if before else None
    if last:
        at = last.submitted_at
        query = query.where(answer.c.submitted_at <= at, sa.or_(answer.c.submitted_at < at, answer.c.id < before))
    rows = db.execute(query.order_by(answer.c.submitted_at.desc(), answer.c.id.desc()).limit(limit))
    return [read(Answer, answer, row) for row in rows]
