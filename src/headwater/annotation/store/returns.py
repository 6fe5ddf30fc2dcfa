"""Tasks that go back to the queue: where they stand from then on, so that everybody who may still get them comes by."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

from headwater.annotation.model import EVERYONE, LaneKind, Tier
from headwater.annotation.store.campaigns import Lane, extend, lane_of

if TYPE_CHECKING:
    from headwater.storage.database import Connection


def give_back(db: Connection, task_id: str) -> None:
    """Let a task be given out once more: at the end of the returns, or of its own lane when everyone answers it.

    Gold stays where it is: it is taken from random places. A task that was handed to one person stays with them while
    they may still get it.
    """
    found = _place(db, task_id)
    if found.kind == LaneKind.GOLD.value:
        db.execute(_GIVE_BACK, {"task": task_id, "lane": found.lane_id, "rank": found.rank})
        return
    target = found.lane_id
    if (found.wanted < EVERYONE and found.kind == LaneKind.WORK.value) or _is_lost(db, found, task_id):
        target = _returns(db, found)
    rank = extend(db, target, 1) + 1
    db.execute(_GIVE_BACK, {"task": task_id, "lane": target, "rank": rank})


def put_last(db: Connection, task_id: str) -> None:
    """Let a task be given out once more after all other work of its priority, to anybody.

    Gold stays where it is, and so does what everyone answers, at the end of its lane.
    """
    found = _place(db, task_id)
    if found.kind == LaneKind.GOLD.value or found.wanted >= EVERYONE:
        give_back(db, task_id)
        return
    sort = Lane(tier=Tier(found.tier), kind=LaneKind.WORK, priority=found.priority, skill=found.skill)
    target = lane_of(db, found.campaign_id, sort)
    db.execute(_GIVE_BACK, {"task": task_id, "lane": target, "rank": extend(db, target, 1) + 1})


def widen(db: Connection, task_id: str) -> None:
    """Let a task want one answer more than it did, and be given out for it."""
    db.execute(_WIDEN, {"task": task_id})
    give_back(db, task_id)


def share(db: Connection, task_id: str) -> None:
    """Let everybody have what is left of a task that was handed to one person, who has just taken theirs."""
    found = _place(db, task_id)
    if found.need > 0 and _is_lost(db, found, task_id):
        target = _returns(db, found)
        db.execute(_MOVE, {"task": task_id, "lane": target, "rank": extend(db, target, 1) + 1})


def share_all(db: Connection, campaign_id: str) -> None:
    """Do so for every such task of a campaign, after its tasks came to want more answers."""
    for task_id in db.execute(_LOST, {"campaign": campaign_id}).scalars().all():
        share(db, task_id)


def _place(db: Connection, task_id: str) -> sa.Row[tuple[object, ...]]:
    """Where a task stands; locked, since tasks are locked before lanes."""
    return db.execute(_PLACE if db.dialect.name == "sqlite" else _PLACE_LOCKED, {"task": task_id}).one()


def _is_lost(db: Connection, found: sa.Row[tuple[object, ...]], task_id: str) -> bool:
    """Whether it stands before one person who is not given it again."""
    keys = {"task": task_id, "me": found.annotator}
    return bool(found.annotator) and db.execute(_HAD, keys).one_or_none() is not None


def _returns(db: Connection, found: sa.Row[tuple[object, ...]]) -> int:
    sort = Lane(tier=Tier(found.tier), kind=LaneKind.RETURNS, priority=found.priority, skill=found.skill)
    return lane_of(db, found.campaign_id, sort)


_PLACE_SQL = """
SELECT t.campaign_id, t.lane_id, t.rank, t.wanted, t.need, n.tier, n.kind, n.priority, n.skill, n.annotator
FROM task AS t JOIN lane AS n ON n.id = t.lane_id WHERE t.id = :task"""
_PLACE = sa.text(_PLACE_SQL)
_PLACE_LOCKED = sa.text(_PLACE_SQL + " FOR UPDATE OF t")
_GIVE_BACK = sa.text("UPDATE task SET need = need + 1, lane_id = :lane, rank = :rank WHERE id = :task")
_MOVE = sa.text("UPDATE task SET lane_id = :lane, rank = :rank WHERE id = :task")
_WIDEN = sa.text("UPDATE task SET wanted = wanted + 1 WHERE id = :task")
_HAD = sa.text("SELECT 1 FROM lease WHERE task_id = :task AND annotator = :me AND kept = 1")
_LOST = sa.text("""
SELECT t.id FROM lane AS n JOIN task AS t ON t.lane_id = n.id
JOIN lease AS l ON l.task_id = t.id AND l.annotator = n.annotator AND l.kept = 1
WHERE n.campaign_id = :campaign AND n.annotator <> '' AND t.need > 0 ORDER BY t.id""")
