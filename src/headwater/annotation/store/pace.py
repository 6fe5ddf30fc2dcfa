"""Who answered how many ordinary tasks on which day: the few rows a forecast is made from."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import sqlalchemy as sa

from headwater.annotation.model import EVERYONE, Tier
from headwater.annotation.store.tasks import task
from headwater.storage import prepared
from headwater.storage.database import metadata

if TYPE_CHECKING:
    from headwater.storage.database import Connection

pace = sa.Table(
    "pace",
    metadata,
    sa.Column("campaign_id", sa.String(40), primary_key=True),
    sa.Column("annotator", sa.String(40), primary_key=True),
    sa.Column("day", sa.Integer, primary_key=True),
    sa.Column("answers", sa.Integer, nullable=False),
)
"""`day` counts days since 1970, UTC. An answer that is withdrawn counts off the day on which it is."""

_SAMPLE = 2000


class Day(NamedTuple):
    """What one person did on one day."""

    annotator: str
    day: int
    answers: int


def count(db: Connection, campaign_id: str, annotator: str, day: int, by: int) -> None:
    """Count answers to a person's day."""
    prepared.run(db, _COUNT, {"campaign": campaign_id, "who": annotator, "day": day, "by": by})


_COUNT = sa.text("""
INSERT INTO pace (campaign_id, annotator, day, answers) VALUES (:campaign, :who, :day, :by)
ON CONFLICT (campaign_id, annotator, day) DO UPDATE SET answers = pace.answers + excluded.answers""")


def days(db: Connection, campaign_id: str, *, since: int) -> list[Day]:
    """Return what everybody did in a campaign on the days from one on."""
    query = sa.select(pace.c.annotator, pace.c.day, pace.c.answers).where(
        pace.c.campaign_id == campaign_id, pace.c.day >= since
    )
    return [Day(*row) for row in db.execute(query.order_by(pace.c.day, pace.c.annotator))]


def first_day(db: Connection, campaign_id: str) -> int | None:
    """Return the day of a campaign's first ordinary answer; None before it."""
    found = db.execute(sa.select(sa.func.min(pace.c.day)).where(pace.c.campaign_id == campaign_id)).scalar_one()
    return None if found is None else int(found)


def wanted(db: Connection, batch_id: str, overlap: int) -> list[int]:
    """Return how many answers tasks of a batch want that have as many as the overlap, among the first 2,000 tasks."""
    first = (
        sa.select(task.c.wanted, task.c.answers)
        .where(task.c.batch_id == batch_id, task.c.tier == Tier.ANNOTATE.value, task.c.wanted < EVERYONE)
        .order_by(task.c.id)
        .limit(_SAMPLE)
        .subquery()
    )
    return list(db.execute(sa.select(first.c.wanted).where(first.c.answers >= overlap)).scalars())
