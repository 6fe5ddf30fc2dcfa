"""The tasks of a campaign as its managers look through them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from headwater.annotation.model import LeaseState, Ruling, Tier
from headwater.annotation.store.campaigns import batch, lane
from headwater.annotation.store.rows import read
from headwater.annotation.store.rulings import ruling
from headwater.annotation.store.tasks import lease, task
from headwater.annotation.tracking_model import Line, Passed, Progress

if TYPE_CHECKING:
    from headwater.storage.database import Connection

_STANDS = {
    Progress.UNANSWERED: task.c.answers == 0,
    Progress.BEGUN: sa.and_(task.c.answers > 0, task.c.answers < task.c.wanted),
    Progress.DONE: sa.and_(task.c.answers > 0, task.c.answers >= task.c.wanted),
}


def lines(
    db: Connection, campaign_id: str, *, progress: Progress | None, batch_id: str, after: str, limit: int
) -> list[Line]:
    """Return annotators' tasks, oldest first, from the one after a task."""
    query = _lines(campaign_id).where(task.c.about == "", task.c.id > after)
    if progress:
        query = query.where(_STANDS[progress])
    if batch_id:
        query = query.where(task.c.batch_id == batch_id)
    return [Line(*row) for row in db.execute(query.order_by(task.c.id).limit(limit))]


def line(db: Connection, campaign_id: str, task_id: str) -> Line | None:
    """Return one annotators' task of a campaign."""
    row = db.execute(_lines(campaign_id).where(task.c.id == task_id)).one_or_none()
    return Line(*row) if row else None


def _lines(campaign_id: str) -> sa.Select[Any]:
    names = ("id", "record_id", "answers", "wanted", "need", "away", "reason")
    return (
        sa.select(*(task.c[name] for name in names), lane.c.kind, sa.func.coalesce(batch.c.name, ""))
        .join(lane, lane.c.id == task.c.lane_id)
        .outerjoin(batch, batch.c.id == task.c.batch_id)  # gold has none
        .where(task.c.campaign_id == campaign_id, task.c.tier == Tier.ANNOTATE.value)
    )


def rulings(db: Connection, campaign_id: str, task_id: str) -> list[Ruling]:
    """Return what was settled about a task, oldest first."""
    query = sa.select(ruling).where(ruling.c.campaign_id == campaign_id, ruling.c.task_id == task_id)
    return [read(Ruling, ruling, row) for row in db.execute(query.order_by(ruling.c.id))]


def passed(db: Connection, task_id: str) -> list[Passed]:
    """Return who has a task and who passed it on, oldest first."""
    states = (LeaseState.LIVE.value, LeaseState.SKIPPED.value)
    query = sa.select(lease.c.annotator, lease.c.state, lease.c.reason, lease.c.given_at).where(
        lease.c.task_id == task_id, lease.c.state.in_(states)
    )
    return [Passed(*row) for row in db.execute(query.order_by(lease.c.id))]
