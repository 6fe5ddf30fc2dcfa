"""Answers and suggestions that came with a task from another tool."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from headwater.core.ids import new_id
from headwater.storage.database import metadata

if TYPE_CHECKING:
    from collections.abc import Sequence

    from headwater.storage.database import Connection

prior = sa.Table(
    "prior",
    metadata,
    sa.Column("id", sa.String(40), primary_key=True),
    sa.Column("campaign_id", sa.String(40), nullable=False),
    sa.Column("record_id", sa.String(80), nullable=False),
    sa.Column("is_answer", sa.Boolean, nullable=False),
    sa.Column("author", sa.String(200), nullable=False),
    sa.Column("given_at", sa.String(40), nullable=False),
    sa.Column("score", sa.Float),
    sa.Column("response", sa.JSON, nullable=False),
    sa.Column("foreign_data", sa.JSON, nullable=False),
    sa.Column("provenance", sa.JSON, nullable=False),
    sa.Index("ix_prior_campaign", "campaign_id", "record_id"),
    info={"append_only": True},
)


def add(db: Connection, campaign_id: str, rows: Sequence[dict[str, Any]]) -> None:
    """Store what came with records."""
    if rows:
        db.execute(prior.insert(), [{"id": new_id("pri"), "campaign_id": campaign_id} | row for row in rows])


def of_records(db: Connection, campaign_id: str, records: Sequence[str]) -> list[Any]:
    """Return what came with some records, in the order in which it came."""
    query = sa.select(prior).where(prior.c.campaign_id == campaign_id, prior.c.record_id.in_(records))
    return list(db.execute(query.order_by(prior.c.id)))


def has_any(db: Connection, campaign_id: str) -> bool:
    """Return whether anything came with the records of a campaign."""
    return db.execute(sa.select(prior.c.id).where(prior.c.campaign_id == campaign_id).limit(1)).first() is not None
