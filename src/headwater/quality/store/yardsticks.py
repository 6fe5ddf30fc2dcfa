"""What agreement on questions is measured by: every choice, the newest counts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

from headwater.core.ids import new_id
from headwater.quality.yardsticks import Choice, Coefficient, Distance, Yardstick
from headwater.storage.database import Moment, metadata

if TYPE_CHECKING:
    from headwater.storage.database import Connection

yardstick = sa.Table(
    "yardstick",
    metadata,
    sa.Column("id", sa.String(40), primary_key=True),
    sa.Column("program", sa.String(40), nullable=False),
    sa.Column("campaign_id", sa.String(40), nullable=False),
    sa.Column("question", sa.String(64), nullable=False),
    sa.Column("coefficient", sa.String(20), nullable=False),
    sa.Column("distance", sa.String(20), nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("by", sa.String(40), nullable=False),
    sa.Column("at", Moment, nullable=False),
    sa.Index(None, "program", "question", "id"),
    info={"append_only": True},
)


def add(db: Connection, program: str, row: Choice) -> None:
    """Store a choice."""
    values = {
        "campaign_id": row.campaign_id,
        "question": row.question,
        "coefficient": row.yardstick.coefficient.value,
        "distance": row.yardstick.distance.value,
        "reason": row.reason,
        "by": row.by,
        "at": row.at,
    }
    db.execute(yardstick.insert().values(id=new_id("yst"), program=program, **values))


def choices(db: Connection, program: str, *, question: str = "") -> list[Choice]:
    """Return every choice, oldest first."""
    query = sa.select(yardstick).where(yardstick.c.program == program)
    if question:
        query = query.where(yardstick.c.question == question)
    return [
        Choice(
            campaign_id=row.campaign_id,
            question=row.question,
            yardstick=Yardstick(coefficient=Coefficient(row.coefficient), distance=Distance(row.distance)),
            reason=row.reason,
            by=row.by,
            at=row.at,
        )
        for row in db.execute(query.order_by(yardstick.c.id))
    ]
