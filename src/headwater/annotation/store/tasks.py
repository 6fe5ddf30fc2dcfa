"""Tasks, leases, and the places of annotators in a campaign: tables, bulk changes, reads."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

from headwater.annotation.model import EVERYONE, LaneKind, Lease, Task, Tier
from headwater.annotation.store.campaigns import batch, campaign, extend, lane
from headwater.annotation.store.rows import read
from headwater.core.ids import new_ids
from headwater.storage import bulk
from headwater.storage.database import Moment, metadata

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from headwater.storage.database import Connection

_CHUNK = 50_000
_SOUGHT = 2_000
IS_ABOUT = sa.text("about <> ''")
"""Said in so many words wherever tasks about something are sought, for their index to be used."""

task = sa.Table(
    "task",
    metadata,
    sa.Column("id", sa.String(40), primary_key=True),
    sa.Column("campaign_id", sa.String(40), nullable=False),
    sa.Column("batch_id", sa.String(40), nullable=False),
    sa.Column("record_id", sa.String(80), nullable=False),
    sa.Column("lane_id", sa.Integer, nullable=False),
    sa.Column("rank", sa.BigInteger, nullable=False),
    sa.Column("tier", sa.String(20), nullable=False),
    sa.Column("wanted", sa.Integer, nullable=False),
    sa.Column("answers", sa.Integer, nullable=False),
    sa.Column("need", sa.Integer, nullable=False),
    sa.Column("away", sa.Integer, nullable=False),
    sa.Column("about", sa.String(40), nullable=False),
    sa.Column("barred", sa.String(40), nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("created_at", Moment, nullable=False),
    sa.Index("ix_task_record", sa.text("substr(record_id, 5, 8)"), postgresql_using="hash"),
    sa.Index("uq_task_about", "about", unique=True, sqlite_where=IS_ABOUT, postgresql_where=IS_ABOUT),
    sa.Index("ix_task_campaign", "campaign_id", "id"),
    sa.Index("ix_task_batch", "batch_id", "id"),
    sa.Index("ix_task_open", "lane_id", "rank", sqlite_where=sa.text("need > 0"), postgresql_where=sa.text("need > 0")),
    postgresql_with={"fillfactor": 80},
)
"""`need` = wanted − live leases − answers − away, where `away` are places that a vendor has. A task stands at `rank` of
its lane and is given out while `need` > 0. `barred` is the one annotator who may not get it (the author of an answer
under review); `reason` tells whoever gets it why it was opened again. A record has one ordinary task in a campaign, and
is found by a part of its digest: an index of whole ids, whose order is random, is five times as large and does not fit
into SQLite's memory."""

_KEY = sa.literal_column("substr(task.record_id, 5, 8)", sa.String)

lease = sa.Table(
    "lease",
    metadata,
    sa.Column("id", sa.String(40), primary_key=True),
    sa.Column("token", sa.String(40), nullable=False),
    sa.Column("campaign_id", sa.String(40), nullable=False),
    sa.Column("task_id", sa.String(40), nullable=False),
    sa.Column("annotator", sa.String(40), nullable=False),
    sa.Column("state", sa.String(20), nullable=False),
    sa.Column("kept", sa.Integer, nullable=False),
    sa.Column("batch_id", sa.String(40), nullable=False),
    sa.Column("schema_id", sa.String(40), nullable=False),
    sa.Column("guideline_id", sa.String(40), nullable=False),
    sa.Column("cohort_id", sa.String(40), nullable=False),
    sa.Column("facts", sa.JSON, nullable=False),
    sa.Column("prelabel", sa.String(40), nullable=False),
    sa.Column("is_blinded", sa.Boolean, nullable=False),
    sa.Column("given_at", Moment, nullable=False),
    sa.Column("expires_at", Moment, nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("answer_id", sa.String(40), nullable=False),
    sa.Column("client_id", sa.String(64), nullable=False),
    sa.Column("next_id", sa.String(40), nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Index(
        "uq_lease_kept",
        "task_id",
        "annotator",
        unique=True,
        sqlite_where=sa.text("kept = 1"),
        postgresql_where=sa.text("kept = 1"),
    ),
    sa.Index(
        "ix_lease_held",
        "campaign_id",
        "annotator",
        sqlite_where=sa.text("state = 'live'"),
        postgresql_where=sa.text("state = 'live'"),
    ),
    sa.Index(
        "ix_lease_expiry",
        "campaign_id",
        "expires_at",
        sqlite_where=sa.text("state = 'live'"),
        postgresql_where=sa.text("state = 'live'"),
    ),
    sa.Index(
        "ix_lease_skipped",
        "campaign_id",
        "id",
        sqlite_where=sa.text("state = 'skipped'"),
        postgresql_where=sa.text("state = 'skipped'"),
    ),
    sqlite_with_rowid=False,
    postgresql_with={"fillfactor": 80},
)
"""`kept` is 1 in the states in which the annotator is not given the task again; the index makes that a law.
`version` counts the annotator's earlier answers to the task."""

seat = sa.Table(
    "seat",
    metadata,
    sa.Column("campaign_id", sa.String(40), primary_key=True),
    sa.Column("annotator", sa.String(40), primary_key=True),
    sa.Column("round", sa.String(90), nullable=False),
    sa.Column("given", sa.Integer, nullable=False),
    sa.Column("answered", sa.Integer, nullable=False),
    sa.Column("batch_id", sa.String(40), nullable=False),
)
"""An annotator in a campaign. Its row is locked first by everything that annotator does there."""

lane_cursor = sa.Table(
    "lane_cursor",
    metadata,
    sa.Column("annotator", sa.String(40), primary_key=True),
    sa.Column("lane_id", sa.Integer, primary_key=True),
    sa.Column("rank", sa.BigInteger, nullable=False),
)
"""Up to this rank of a lane there is nothing left for the annotator: they claim without passing over what they did."""


def add(db: Connection, records: Sequence[str], like: Task, *, lane_id: int, just_made: bool = False) -> int:
    """Append tasks to a lane, one per record; records that are in the campaign already are left out.

    Args:
        db: The open transaction, which holds the campaign.
        records: Their ids in the order in which they are to be given out; none twice.
        like: What the tasks have in common.
        lane_id: The lane.
        just_made: Whether the records were made in this transaction, so that no campaign can have them.

    Returns:
        How many were added.
    """
    constant = _columns(like, lane_id)
    del constant["id"], constant["record_id"]
    fresh_of = None if just_made else _fresh(db, like, len(records))
    added = 0
    for start in range(0, len(records), _CHUNK):
        part = records[start : start + _CHUNK]
        fresh = fresh_of(part) if fresh_of else part
        first = extend(db, lane_id, len(fresh)) + 1
        varying = {"id": new_ids("tsk", len(fresh)), "record_id": fresh, "rank": range(first, first + len(fresh))}
        bulk.add(db, task, varying, constant)
        added += len(fresh)
    return added


def _fresh(db: Connection, like: Task, most: int) -> Callable[[Sequence[str]], Sequence[str]]:
    """Return what leaves out the records that a campaign has ordinary tasks about."""
    held = sa.select(sa.func.sum(batch.c.tasks)).where(batch.c.campaign_id == like.campaign_id)
    if (db.execute(held).scalar_one() or 0) < most:
        found = sa.select(task.c.record_id).where(task.c.campaign_id == like.campaign_id, task.c.about == "")
        known = set(db.execute(found).scalars())
        return lambda some: [each for each in some if each not in known]
    return lambda some: unasked(db, like.campaign_id, some)


def unasked(db: Connection, campaign_id: str, records: Sequence[str]) -> list[str]:
    """Return those of some records that a campaign has no ordinary task about."""
    known: set[str] = set()
    for start in range(0, len(records), _SOUGHT):
        query = sa.select(task.c.record_id).where(*_asks(campaign_id, records[start : start + _SOUGHT]))
        known.update(db.execute(query).scalars())
    return [each for each in records if each not in known]


def _asks(campaign_id: str, records: Sequence[str]) -> tuple[sa.ColumnElement[bool], ...]:
    """Return what is true of a campaign's ordinary tasks about some records."""
    keys = _KEY.in_([each[4:12] for each in records])
    mine = task.c.campaign_id.concat("") == campaign_id  # or the index of campaigns would be taken, whatever their size
    return keys, task.c.record_id.in_(records), mine, task.c.about == ""


def add_one(db: Connection, row: Task, *, lane_id: int, barred: str = "") -> None:
    """Append one task to a lane, for everybody but one annotator."""
    rank = extend(db, lane_id, 1) + 1
    db.execute(task.insert().values(_columns(row, lane_id) | {"rank": rank, "barred": barred}))


def move(db: Connection, task_id: str, *, lane_id: int, wanted: int, need: int) -> None:
    """Put a task at the end of a lane with another number of wanted answers."""
    rank = extend(db, lane_id, 1) + 1
    db.execute(task.update().where(task.c.id == task_id).values(lane_id=lane_id, rank=rank, wanted=wanted, need=need))


def want(db: Connection, task_id: str, wanted: int) -> None:
    """Want another number of answers to a task; whether it is given out is not changed."""
    db.execute(task.update().where(task.c.id == task_id).values(wanted=wanted))


def retire(db: Connection, task_id: str) -> None:
    """Give a task out no more."""
    db.execute(task.update().where(task.c.id == task_id).values(need=0))


def change_overlap(db: Connection, campaign_id: str, overlap: int) -> None:
    """Want another number of answers for every task that does not want everyone's.

    A task that opens again goes to the end of its lane, so that those who passed it find it.
    """
    more = sa.literal(overlap) - task.c.wanted
    ordinary = (task.c.campaign_id == campaign_id, task.c.tier == Tier.ANNOTATE.value, task.c.wanted < EVERYONE)
    opens = sa.and_(task.c.need <= 0, task.c.need + more > 0)
    lanes = sa.select(lane.c.id, lane.c.tail).where(lane.c.campaign_id == campaign_id).with_for_update()
    for row in db.execute(lanes).all():
        db.execute(
            task.update()
            .where(task.c.lane_id == row.id, *ordinary)
            .values(
                rank=sa.case((opens, task.c.rank + row.tail), else_=task.c.rank),
                need=task.c.need + more,
                wanted=overlap,
            )
        )
        db.execute(lane.update().where(lane.c.id == row.id).values(tail=2 * row.tail))


def transfer(db: Connection, batch_id: str, *, source: int, target: int) -> None:
    """Move a batch's tasks from one lane to the end of another, in the same order."""
    inside = (task.c.batch_id == batch_id, task.c.lane_id == source)
    low, high = db.execute(sa.select(sa.func.min(task.c.rank), sa.func.max(task.c.rank)).where(*inside)).one()
    if low is None:
        return
    rank = extend(db, target, high - low + 1)
    db.execute(task.update().where(*inside).values(lane_id=target, rank=task.c.rank - low + 1 + rank))


def get(db: Connection, program: str, identifier: str) -> Task | None:
    """Return a task of a program."""
    query = (
        sa.select(task)
        .join(campaign, campaign.c.id == task.c.campaign_id)
        .where(task.c.id == identifier, campaign.c.program == program)
    )
    row = db.execute(query).one_or_none()
    return read(Task, task, row) if row else None


def by_records(db: Connection, campaign_id: str, records: Sequence[str]) -> dict[str, Task]:
    """Return the ordinary tasks of a campaign about the given records, by record."""
    found: dict[str, Task] = {}
    for start in range(0, len(records), 500):
        query = sa.select(task).where(*_asks(campaign_id, records[start : start + 500]))
        found |= {row.record_id: read(Task, task, row) for row in db.execute(query)}
    return found


def in_lanes(db: Connection, task_ids: Sequence[str], kind: LaneKind) -> set[str]:
    """Return which of some tasks stand in lanes of a kind."""
    found: set[str] = set()
    for start in range(0, len(task_ids), 500):
        query = (
            sa.select(task.c.id)
            .join(lane, lane.c.id == task.c.lane_id)
            .where(task.c.id.in_(task_ids[start : start + 500]), lane.c.kind == kind.value)
        )
        found |= set(db.execute(query).scalars())
    return found


def about(db: Connection, subject: str) -> str | None:
    """Return the task that reviews an answer or adjudicates a task."""
    query = sa.select(task.c.id).where(task.c.about == subject, IS_ABOUT)
    return db.execute(query).scalar_one_or_none()


def upcoming(db: Connection, lane_id: int, rank: int, limit: int) -> list[tuple[str, int]]:
    """Return the records of the open tasks from a rank of a lane on, with their ranks."""
    query = (
        sa.select(task.c.record_id, task.c.rank)
        .where(task.c.lane_id == lane_id, task.c.need > 0, task.c.rank >= rank)
        .order_by(task.c.rank)
        .limit(limit)
    )
    return [(record, place) for record, place in db.execute(query)]


def page(db: Connection, batch_id: str, *, after: str, limit: int) -> list[Task]:
    """Return tasks of a batch in the order of their ids, from the one after `after`."""
    query = sa.select(task).where(task.c.batch_id == batch_id, task.c.id > after).order_by(task.c.id).limit(limit)
    return [read(Task, task, row) for row in db.execute(query)]


def full(db: Connection, task_ids: Sequence[str]) -> list[Task]:
    """Return which of some tasks have the answers they want; without those that everybody answers."""
    query = sa.select(task).where(task.c.id.in_(task_ids), task.c.answers >= task.c.wanted, task.c.wanted < EVERYONE)
    return [read(Task, task, row) for row in db.execute(query)]


def done(db: Connection, batch_id: str) -> int:
    """Return how many annotators' tasks of a batch have the answers they want, by counting."""
    mine = (task.c.batch_id == batch_id, task.c.tier == Tier.ANNOTATE.value)
    query = sa.select(sa.func.count()).where(*mine, task.c.answers >= task.c.wanted)
    return int(db.execute(query).scalar_one())


def leases(db: Connection, campaign_id: str, *, annotator: str = "") -> list[Lease]:
    """Return the live leases of a campaign, or of one annotator in it."""
    query = sa.select(lease).where(lease.c.campaign_id == campaign_id, lease.c.state == sa.literal_column("'live'"))
    if annotator:
        query = query.where(lease.c.annotator == annotator)
    return [read(Lease, lease, row) for row in db.execute(query.order_by(lease.c.given_at))]


def _columns(row: Task, lane_id: int) -> dict[str, object]:
    return {
        "id": row.id,
        "campaign_id": row.campaign_id,
        "batch_id": row.batch_id,
        "record_id": row.record_id,
        "lane_id": lane_id,
        "tier": row.tier.value,
        "wanted": row.wanted,
        "answers": row.answers,
        "need": row.need,
        "away": 0,
        "about": row.about,
        "barred": "",
        "reason": "",
        "created_at": row.created_at,
    }
