"""Opening finished tasks again, many at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import sqlalchemy as sa

from headwater.annotation.model import EVERYONE, LaneKind, LeaseState, Tier
from headwater.annotation.store.answers import answer, gold, tally_up
from headwater.annotation.store.campaigns import Lane, extend, lane, lane_of
from headwater.annotation.store.tasks import IS_ABOUT, lease, task

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from headwater.annotation.model import Batch
    from headwater.storage.database import Connection

_CHUNK = 500


class Reopened(NamedTuple):
    """What was opened again."""

    tasks: int
    answers: int
    """Answers that left force."""


def reopen(db: Connection, batch: Batch, task_ids: Sequence[str], *, reason: str, at: datetime) -> Reopened:
    """Open tasks of a batch again and take their answers out of force."""
    tasks, answers = 0, 0
    wanted = list(dict.fromkeys(task_ids))
    for start in range(0, len(wanted), _CHUNK):
        chunk = _eligible(db, batch, wanted[start : start + _CHUNK])
        if not chunk:
            continue
        answers += _supersede(db, batch, [row.id for row in chunk], at)
        _release(db, [row.id for row in chunk])
        _queue(db, batch, chunk, reason)
        tasks += len(chunk)
    return Reopened(tasks, answers)


def _eligible(db: Connection, batch: Batch, task_ids: Sequence[str]) -> Sequence[sa.Row[str, int, str]]:
    """Tasks of annotators with answers in force, locked, with the sort of their lane."""
    known = sa.select(gold.c.task_id).where(gold.c.retired_at.is_(None))
    query = (
        sa.select(task.c.id, lane.c.priority, lane.c.skill)
        .join(lane, lane.c.id == task.c.lane_id)
        .where(
            task.c.id.in_(task_ids),
            task.c.batch_id == batch.id,
            task.c.tier == Tier.ANNOTATE.value,
            task.c.wanted < EVERYONE,
            task.c.answers > 0,
            task.c.id.not_in(known),
        )
        .order_by(task.c.rank)
        .with_for_update(of=task)
    )
    return db.execute(query).all()


def _supersede(db: Connection, batch: Batch, task_ids: Sequence[str], at: datetime) -> int:
    mine = (answer.c.task_id.in_(task_ids), answer.c.superseded_at.is_(None), answer.c.tier == Tier.ANNOTATE.value)
    sums = sa.select(answer.c.cohort_id, answer.c.annotator, sa.func.count()).where(*mine)
    for cohort, annotator, count in db.execute(sums.group_by(answer.c.cohort_id, answer.c.annotator)).all():
        tally_up(
            db,
            cohort_id=cohort,
            annotator=annotator,
            campaign_id=batch.campaign_id,
            batch_id=batch.id,
            at=at,
            sums={"answers": -count},
        )
    ids = sa.select(answer.c.id).where(*mine)
    about = sa.or_(task.c.about.in_(ids), task.c.about.in_(task_ids))
    db.execute(task.update().where(task.c.campaign_id == batch.campaign_id, about, IS_ABOUT).values(need=0))
    return db.execute(answer.update().where(*mine).values(superseded_at=at)).rowcount


def _release(db: Connection, task_ids: Sequence[str]) -> None:
    """Whoever answered or skipped a task may get it again."""
    over = (LeaseState.ANSWERED.value, LeaseState.SKIPPED.value)
    values = {"state": LeaseState.RETURNED.value, "kept": 0, "reason": "opened again"}
    db.execute(lease.update().where(lease.c.task_id.in_(task_ids), lease.c.state.in_(over)).values(values))


def _queue(db: Connection, batch: Batch, rows: Sequence[sa.Row[str, int, str]], reason: str) -> None:
    """Put the tasks at the end of the returns, where even those who passed their old places find them."""
    live = sa.select(sa.func.count()).where(lease.c.task_id == task.c.id, lease.c.state == LeaseState.LIVE.value)
    for priority, skill in dict.fromkeys((row.priority, row.skill) for row in rows):
        ids = [row.id for row in rows if (row.priority, row.skill) == (priority, skill)]
        sort = Lane(tier=Tier.ANNOTATE, kind=LaneKind.RETURNS, priority=priority, skill=skill)
        target = lane_of(db, batch.campaign_id, sort)
        rank = extend(db, target, len(ids))
        change = (
            task.update()
            .where(task.c.id == sa.bindparam("one"))
            .values(
                lane_id=target,
                rank=sa.bindparam("place"),
                answers=0,
                need=task.c.wanted - task.c.away - live.scalar_subquery(),
                reason=reason,
            )
        )
        db.execute(change, [{"one": each, "place": rank + place} for place, each in enumerate(ids, 1)])
