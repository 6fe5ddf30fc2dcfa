"""Tasks that are out at a vendor: taken out of the queue, filled by what came back, or put into the queue again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import sqlalchemy as sa

from headwater.annotation.model import EVERYONE, LaneKind, Tier
from headwater.annotation.store.answers import answer
from headwater.annotation.store.campaigns import Lane, extend, lane, lane_of
from headwater.annotation.store.tasks import lease, task
from headwater.annotation.store.vendors import package, package_item

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from headwater.storage.database import Connection

_CHUNK = 500
_ORDINARY = (LaneKind.WORK.value, LaneKind.RETURNS.value)


class Away(NamedTuple):
    """A task that was taken out of the queue."""

    task_id: str
    record_id: str


def take(db: Connection, batch_id: str, *, most: int) -> list[Away]:
    """Take the tasks of a batch that are being given out to everybody out of the queue, all their open places.

    Tasks that have their answers, are being answered, are gold, stand before one annotator alone, or are out already
    are left where they are.

    Args:
        db: The open transaction.
        batch_id: The batch.
        most: How many to take at most.
    """
    query = (
        sa.select(task.c.id, task.c.record_id)
        .join(lane, lane.c.id == task.c.lane_id)
        .where(
            task.c.batch_id == batch_id,
            task.c.tier == Tier.ANNOTATE.value,
            task.c.wanted < EVERYONE,
            task.c.need > 0,
            task.c.away == 0,
            lane.c.kind.in_(_ORDINARY),
        )
        .order_by(task.c.id)
        .limit(most)
        .with_for_update(of=task)
    )
    found = [Away(*row) for row in db.execute(query)]
    out = task.c.away + task.c.need
    for chunk in _chunks([each.task_id for each in found]):
        db.execute(task.update().where(task.c.id.in_(chunk)).values(away=out, need=0))
    return found


def put_back(db: Connection, campaign_id: str, task_ids: Sequence[str]) -> int:
    """Put tasks that are out into the queue again, behind all others; returns how many."""
    count = 0
    for chunk in _chunks(task_ids):
        mine = (task.c.id.in_(chunk), task.c.away > 0)
        ids = list(db.execute(sa.select(task.c.id).where(*mine).order_by(task.c.id).with_for_update()).scalars())
        values = {"need": task.c.need + task.c.away, "away": 0}
        db.execute(task.update().where(task.c.id.in_(ids)).values(values))
        _behind(db, campaign_id, ids)
        count += len(ids)
    return count


def fill(db: Connection, campaign_id: str, task_ids: Sequence[str], *, owned: bool) -> set[str]:
    """Count one answer to each of some tasks that have a place for it; returns those that had.

    What a task wants beyond that answer goes to the queue, behind all others.

    Args:
        db: The open transaction.
        campaign_id: The campaign.
        task_ids: The tasks, each once.
        owned: Whether they are out for these answers; else only places that are free are filled.
    """
    filled: set[str] = set()
    free = sa.and_(task.c.away == 0, task.c.need > 0)
    for chunk in _chunks(task_ids):
        place = sa.or_(task.c.away > 0, free) if owned else free
        query = sa.select(task.c.id).where(task.c.id.in_(chunk), place).order_by(task.c.id).with_for_update()
        ids = list(db.execute(query).scalars())
        was_out = set(db.execute(sa.select(task.c.id).where(task.c.id.in_(ids), task.c.away > 0)).scalars())
        values = {"answers": task.c.answers + 1, "need": task.c.need + task.c.away - 1, "away": 0}
        db.execute(task.update().where(task.c.id.in_(ids)).values(values))
        more = sa.select(task.c.id).where(task.c.id.in_(was_out), task.c.need > 0).order_by(task.c.id)
        _behind(db, campaign_id, list(db.execute(more).scalars()))
        filled |= set(ids)
    return filled


def answered_by(db: Connection, task_ids: Sequence[str]) -> set[tuple[str, str]]:
    """Return who answered which of some tasks, as pairs of task and annotator."""
    found: set[tuple[str, str]] = set()
    for chunk in _chunks(task_ids):
        query = sa.select(lease.c.task_id, lease.c.annotator).where(lease.c.task_id.in_(chunk), lease.c.kept == 1)
        found |= {(row.task_id, row.annotator) for row in db.execute(query)}
    return found


def add(db: Connection, leases: Sequence[dict[str, Any]], answers: Sequence[dict[str, Any]]) -> None:
    """Store answers that were given elsewhere, each with the lease that says that its annotator had the task."""
    if answers:
        db.execute(lease.insert(), leases)
        db.execute(answer.insert(), answers)


def late(db: Connection, campaign_id: str, before: datetime) -> list[str]:
    """Return the packages of a campaign that were due before a moment, with nothing delivered that waits."""
    waiting = sa.text(
        "NOT EXISTS (SELECT 1 FROM delivery AS d WHERE d.package_id = work_package.id"
        " AND d.state IN ('received', 'judged'))"
    )
    out = package.c.state == "issued"
    query = sa.select(package.c.id).where(package.c.campaign_id == campaign_id, out, package.c.due_at < before, waiting)
    return list(db.execute(query.order_by(package.c.id)).scalars())


def of_package(db: Connection, package_id: str) -> list[str]:
    """Return the tasks of a package, its gold among them."""
    return list(db.execute(sa.select(package_item.c.task_id).where(package_item.c.package_id == package_id)).scalars())


def _behind(db: Connection, campaign_id: str, task_ids: Sequence[str]) -> None:
    """Move open tasks to the end of the returns, where even those who passed their old places find them."""
    if not task_ids:
        return
    query = sa.select(task.c.id, lane.c.priority, lane.c.skill).join(lane, lane.c.id == task.c.lane_id)
    ordinary = (task.c.id.in_(task_ids), lane.c.kind.in_(_ORDINARY))
    sorts: dict[tuple[int, str], list[str]] = {}
    for row in db.execute(query.where(*ordinary).order_by(task.c.id)):
        sorts.setdefault((row.priority, row.skill), []).append(row.id)
    change = task.update().where(task.c.id == sa.bindparam("one"))
    for (priority, skill), ids in sorts.items():
        sort = Lane(tier=Tier.ANNOTATE, kind=LaneKind.RETURNS, priority=priority, skill=skill)
        target = lane_of(db, campaign_id, sort)
        rank = extend(db, target, len(ids))
        moved = change.values(lane_id=target, rank=sa.bindparam("place"))
        db.execute(moved, [{"one": each, "place": rank + place} for place, each in enumerate(ids, 1)])


def _chunks(ids: Sequence[str]) -> list[Sequence[str]]:
    return [ids[start : start + _CHUNK] for start in range(0, len(ids), _CHUNK)]
