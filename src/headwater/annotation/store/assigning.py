"""Tasks that managers hand to somebody: where they stand, who had them, who passed them on and why."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from headwater.annotation.assignment_model import Place, Skip
from headwater.annotation.model import EVERYONE, LaneKind, Tier
from headwater.annotation.store.campaigns import Lane, extend, lane, lane_of
from headwater.annotation.store.tasks import lease, task

if TYPE_CHECKING:
    from collections.abc import Sequence

    from headwater.storage.database import Connection

_OF_TASK, _OF_LANE = (
    ("id", "record_id", "need", "answers", "wanted", "away"),
    ("kind", "priority", "skill", "annotator"),
)
"""The columns of a `Place`."""


def places(db: Connection, campaign_id: str, task_ids: Sequence[str]) -> list[Place]:
    """Return where some annotators' tasks of a campaign stand, locked."""
    query = _places(campaign_id).where(task.c.id.in_(task_ids)).order_by(task.c.id).with_for_update(of=task)
    return [Place(*row) for row in db.execute(query)]


def open_places(db: Connection, campaign_id: str, *, handed: bool, after: str, limit: int) -> list[Place]:
    """Return open tasks that not everybody answers, oldest first, from the one after a task.

    Args:
        db: The open transaction.
        campaign_id: The campaign.
        handed: Whether only those that were handed to somebody.
        after: The last one before.
        limit: Most tasks.
    """
    kinds = [LaneKind.ASSIGNED] if handed else [LaneKind.ASSIGNED, LaneKind.RETURNS, LaneKind.WORK]
    query = _places(campaign_id).where(
        task.c.about == "", task.c.id > after, task.c.need > 0, task.c.wanted < EVERYONE, lane.c.kind.in_(kinds)
    )
    return [Place(*row) for row in db.execute(query.order_by(task.c.id).limit(limit))]


def _places(campaign_id: str) -> sa.Select[Any]:
    return (
        sa.select(*(task.c[name] for name in _OF_TASK), *(lane.c[name] for name in _OF_LANE))
        .join(lane, lane.c.id == task.c.lane_id)
        .where(task.c.campaign_id == campaign_id, task.c.tier == Tier.ANNOTATE.value)
    )


def skills_wanted(db: Connection, campaign_id: str) -> set[str]:
    """Return the skills that the open annotators' tasks of a campaign ask for."""
    is_open = sa.exists().where(task.c.lane_id == lane.c.id, task.c.need > 0)
    query = sa.select(lane.c.skill).where(
        lane.c.campaign_id == campaign_id, lane.c.tier == Tier.ANNOTATE.value, lane.c.skill != "", is_open
    )
    return set(db.scalars(query))


def hand(db: Connection, campaign_id: str, rows: Sequence[tuple[str, Lane]]) -> None:
    """Put tasks at the end of lanes."""
    for task_id, sort in rows:
        target = lane_of(db, campaign_id, sort)
        rank = extend(db, target, 1) + 1
        db.execute(task.update().where(task.c.id == task_id).values(lane_id=target, rank=rank))


def had(db: Connection, task_ids: Sequence[str], annotator: str) -> set[str]:
    """Return which of some tasks an annotator had, whatever became of it, and is not given again."""
    query = sa.select(lease.c.task_id).where(
        lease.c.task_id.in_(task_ids), lease.c.annotator == annotator, lease.c.kept == 1
    )
    return set(db.execute(query).scalars())


def skips(db: Connection, campaign_id: str, *, before: str, limit: int) -> list[Skip]:
    """Return tasks of a campaign that were passed on, newest first, from the one before a lease."""
    query = (
        sa.select(
            lease.c.id,
            lease.c.task_id,
            task.c.record_id,
            lease.c.annotator,
            lease.c.reason,
            lease.c.given_at,
            task.c.need,
        )
        .join(task, task.c.id == lease.c.task_id)
        .where(lease.c.campaign_id == campaign_id, lease.c.state == sa.literal_column("'skipped'"))
    )
    if before:
        query = query.where(lease.c.id < before)
    return [Skip(*row) for row in db.execute(query.order_by(lease.c.id.desc()).limit(limit))]


def skip_reasons(db: Connection, campaign_id: str, *, limit: int) -> list[tuple[str, int, int]]:
    """Return the commonest reasons with how many tasks were passed on for them, and by how many people."""
    people = sa.func.count(sa.distinct(lease.c.annotator))
    query = (
        sa.select(lease.c.reason, sa.func.count(), people)
        .where(lease.c.campaign_id == campaign_id, lease.c.state == sa.literal_column("'skipped'"))
        .group_by(lease.c.reason)
        .order_by(sa.func.count().desc(), lease.c.reason)
        .limit(limit)
    )
    return [(row[0], row[1], row[2]) for row in db.execute(query)]
