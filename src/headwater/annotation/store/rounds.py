"""Calibration rounds: what an annotator answered in one, and giving it out to them anew."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import sqlalchemy as sa

from headwater.annotation.model import LaneKind, LeaseState
from headwater.annotation.store.answers import answer, gold
from headwater.annotation.store.campaigns import lane
from headwater.annotation.store.queue import pass_by
from headwater.annotation.store.tasks import lease, task

if TYPE_CHECKING:
    from datetime import datetime

    from headwater.storage.database import Connection


class Drill(NamedTuple):
    """A calibration task an annotator is through with."""

    lease_id: str
    task_id: str
    lane_id: int
    answer_id: str
    """Empty when it was skipped or taken away."""
    values: Any
    """What was answered; None without an answer."""
    known: Any
    """The right answers; None when none are known any more."""
    explanation: str | None
    cohort_id: str
    batch_id: str
    record_id: str
    submitted_at: datetime | None


def drills(db: Connection, campaign_id: str, annotator: str) -> list[Drill]:
    """Return the calibration tasks an annotator is through with in the round they are in, in the order of tasks."""
    over = (LeaseState.ANSWERED.value, LeaseState.SKIPPED.value, LeaseState.REVOKED.value)
    query = (
        sa.select(
            lease.c.id,
            lease.c.task_id,
            task.c.lane_id,
            lease.c.answer_id,
            answer.c["values"],
            gold.c.known,
            gold.c.explanation,
            lease.c.cohort_id,
            lease.c.batch_id,
            task.c.record_id,
            answer.c.submitted_at,
        )
        .select_from(lane)
        .join(task, sa.and_(task.c.lane_id == lane.c.id, task.c.need > 0))
        .join(lease, sa.and_(lease.c.task_id == task.c.id, lease.c.annotator == annotator, lease.c.kept == 1))
        .outerjoin(answer, answer.c.id == lease.c.answer_id)
        .outerjoin(gold, sa.and_(gold.c.task_id == task.c.id, gold.c.retired_at.is_(None)))
        .where(lane.c.campaign_id == campaign_id, lane.c.kind == LaneKind.CALIBRATION.value, lease.c.state.in_(over))
        .order_by(task.c.id)
    )
    return [Drill(*row) for row in db.execute(query)]


def give_anew(db: Connection, annotator: str, rows: list[Drill], at: datetime) -> None:
    """Let an annotator answer calibration tasks again: what they answered leaves force and stays readable."""
    for row in rows:
        values = {"state": LeaseState.RETURNED.value, "kept": 0, "reason": "a new calibration round"}
        db.execute(lease.update().where(lease.c.id == row.lease_id).values(values))
    for row in rows:
        if row.answer_id:
            db.execute(answer.update().where(answer.c.id == row.answer_id).values(superseded_at=at))
            change = {"answers": task.c.answers - 1, "need": task.c.need + 1}
            db.execute(task.update().where(task.c.id == row.task_id).values(change))
    for lane_id in sorted({row.lane_id for row in rows}):
        pass_by(db, lane_id, annotator, 0)
