"""Moves of deadlines, and which deadlines people were told about."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

import sqlalchemy as sa

from headwater.annotation.deadline_model import Move
from headwater.annotation.store.rows import read
from headwater.core.ids import new_id
from headwater.storage.database import Moment, insert, metadata

if TYPE_CHECKING:
    from datetime import datetime

    from headwater.storage.database import Connection

move = sa.Table(
    "deadline_move",
    metadata,
    sa.Column("id", sa.String(40), primary_key=True),
    sa.Column("campaign_id", sa.String(40), sa.ForeignKey("campaign.id"), nullable=False),
    sa.Column("old", Moment, key="before"),
    sa.Column("new", Moment, key="after"),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("moved_by", sa.String(40), key="by", nullable=False),
    sa.Column("moved_at", Moment, key="at", nullable=False),
    sa.Index("ix_deadline_move_campaign", "campaign_id", "id"),
    info={"append_only": True},
)

warning = sa.Table(
    "deadline_warning",
    metadata,
    sa.Column("campaign_id", sa.String(40), sa.ForeignKey("campaign.id"), primary_key=True),
    sa.Column("deadline", Moment, primary_key=True),
    sa.Column("verdict", sa.String(20), primary_key=True),
    sa.Column("warned_at", Moment, nullable=False),
    info={"append_only": True},
)
"""Told once for each deadline: one that was moved is another."""


def moved(db: Connection, row: Move) -> None:
    """Store a move."""
    db.execute(move.insert().values(id=new_id("mov"), **asdict(row)))


def moves(db: Connection, campaign_id: str) -> list[Move]:
    """Return the moves of a campaign's deadline, newest first."""
    rows = db.execute(sa.select(move).where(move.c.campaign_id == campaign_id).order_by(move.c.id.desc()))
    return [read(Move, move, row) for row in rows]


def warned(db: Connection, campaign_id: str, deadline: datetime) -> set[str]:
    """Return what was told about a campaign's deadline."""
    query = sa.select(warning.c.verdict).where(warning.c.campaign_id == campaign_id, warning.c.deadline == deadline)
    return set(db.execute(query).scalars())


def warn(db: Connection, campaign_id: str, deadline: datetime, verdict: str, at: datetime) -> bool:
    """Remember that something is told about a deadline; returns False when it was told before."""
    values = {"campaign_id": campaign_id, "deadline": deadline, "verdict": verdict, "warned_at": at}
    new = insert(db, warning).values(**values).on_conflict_do_nothing().returning(warning.c.verdict)
    return db.execute(new).first() is not None
