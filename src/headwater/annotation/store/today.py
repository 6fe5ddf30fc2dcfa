"""What an annotator gave in a campaign, and how it stands to gold."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

from headwater.annotation.model import Tier
from headwater.annotation.store.answers import answer, gold

if TYPE_CHECKING:
    from datetime import datetime

    from headwater.storage.database import Connection


def given_since(db: Connection, campaign_id: str, annotator: str, moment: datetime) -> int:
    """Return how many answers in force an annotator gave in a campaign since a moment."""
    query = sa.select(sa.func.count()).where(
        answer.c.annotator == annotator,
        answer.c.submitted_at >= moment,
        answer.c.campaign_id == campaign_id,
        answer.c.tier == Tier.ANNOTATE.value,
        answer.c.superseded_at.is_(None),
    )
    return int(db.scalar(query) or 0)


def on_gold(
    db: Connection, campaign_id: str, annotator: str, before: datetime
) -> list[tuple[dict[str, object], dict[str, object]]]:
    """Return what was known and what an annotator answered, of the gold they answered before a moment."""
    query = (
        sa.select(gold.c.known, answer.c["values"])
        .join(answer, answer.c.task_id == gold.c.task_id)
        .where(
            answer.c.annotator == annotator,
            answer.c.submitted_at < before,
            answer.c.campaign_id == campaign_id,
            answer.c.tier == Tier.ANNOTATE.value,
            answer.c.superseded_at.is_(None),
        )
    )
    return [(row[0], row[1]) for row in db.execute(query)]
