"""What reviewers and experts settled about tasks."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

import sqlalchemy as sa

from headwater.annotation.model import Ruling
from headwater.annotation.store.rows import read
from headwater.core.ids import new_id
from headwater.storage.database import Moment, metadata

if TYPE_CHECKING:
    from collections.abc import Sequence

    from headwater.storage.database import Connection

ruling = sa.Table(
    "ruling",
    metadata,
    sa.Column("id", sa.String(40), primary_key=True),
    sa.Column("campaign_id", sa.String(40), nullable=False),
    sa.Column("task_id", sa.String(40), nullable=False),
    sa.Column("record_id", sa.String(80), nullable=False),
    sa.Column("question", sa.String(64), nullable=False),
    sa.Column("value", sa.JSON, nullable=False),
    sa.Column("tier", sa.String(20), nullable=False),
    sa.Column("answer_id", sa.String(40), nullable=False),
    sa.Column("ruled_by", sa.String(40), key="by", nullable=False),
    sa.Column("decided_at", Moment, nullable=False),
    sa.Index("ix_ruling_campaign", "campaign_id", "id"),
    info={"append_only": True},
)


def add(db: Connection, campaign_id: str, rows: Sequence[Ruling]) -> None:
    """Store what was settled about a task."""
    for row in rows:
        values = asdict(row) | {"tier": row.tier.value}
        db.execute(ruling.insert().values(id=new_id("rul"), campaign_id=campaign_id, **values))


def of_campaign(db: Connection, campaign_id: str) -> list[Ruling]:
    """Return what was settled in a campaign, oldest first."""
    rows = db.execute(sa.select(ruling).where(ruling.c.campaign_id == campaign_id).order_by(ruling.c.id))
    return [read(Ruling, ruling, row) for row in rows]
