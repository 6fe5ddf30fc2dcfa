"""How annotators and teams answer, as the newest resolution of each question found it."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

import sqlalchemy as sa

from headwater.core.canonical import plain
from headwater.quality.habits import Habit
from headwater.stats.interval import restored
from headwater.storage.database import metadata

if TYPE_CHECKING:
    from collections.abc import Sequence

    from headwater.storage.database import Connection

habit = sa.Table(
    "habit",
    metadata,
    sa.Column("campaign_id", sa.String(40), primary_key=True),
    sa.Column("question", sa.String(64), primary_key=True),
    sa.Column("subject", sa.String(120), primary_key=True),
    sa.Column("program", sa.String(40), nullable=False),
    sa.Column("answers", sa.Integer, nullable=False),
    sa.Column("skill", sa.JSON, nullable=False),
    sa.Column("values", sa.JSON, nullable=False),
    sa.Column("evidence", sa.JSON, nullable=False),
    sa.Column("bias", sa.Float),
    sa.Column("spread", sa.Float),
    sa.Index(None, "program", "subject"),
)


def replace_habits(db: Connection, program: str, campaign: str, question: str, rows: Sequence[Habit]) -> None:
    """Put habits in the place of those that an earlier resolution of the same question found."""
    db.execute(habit.delete().where(habit.c.campaign_id == campaign, habit.c.question == question))
    if rows:
        db.execute(habit.insert(), [plain(asdict(row)) | {"program": program} for row in rows])


def habits(db: Connection, program: str, *, campaign: str = "", question: str = "", subject: str = "") -> list[Habit]:
    """Return habits by campaign, question and subject."""
    query = sa.select(habit).where(habit.c.program == program)
    for column, wanted in ((habit.c.campaign_id, campaign), (habit.c.question, question), (habit.c.subject, subject)):
        if wanted:
            query = query.where(column == wanted)
    rows = db.execute(query.order_by(habit.c.campaign_id, habit.c.question, habit.c.subject)).mappings()
    return [
        Habit(
            campaign_id=row["campaign_id"],
            question=row["question"],
            subject=row["subject"],
            answers=row["answers"],
            skill=restored(row["skill"]),
            values=tuple(row["values"]),
            evidence=tuple(tuple(line) for line in row["evidence"]),
            bias=row["bias"],
            spread=row["spread"],
        )
        for row in rows
    ]
