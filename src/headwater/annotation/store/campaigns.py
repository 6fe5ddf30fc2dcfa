"""Campaigns, their batches, and the lanes their open tasks stand in."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple

import sqlalchemy as sa

from headwater.annotation.model import (
    Batch,
    BatchId,
    BatchKind,
    Campaign,
    CampaignId,
    CampaignState,
    GuidelineId,
    LaneKind,
    SchemaId,
    Tier,
)
from headwater.annotation.plan import Plan
from headwater.core.canonical import plain
from headwater.governance.model import PersonId, ProgramId
from headwater.storage.database import WHOLE, Moment, Part, insert, metadata, newest_first

if TYPE_CHECKING:
    from collections.abc import Mapping

    from headwater.storage.database import Connection

campaign = sa.Table(
    "campaign",
    metadata,
    sa.Column("id", sa.String(40), primary_key=True),
    sa.Column("program", sa.String(40), nullable=False),
    sa.Column("name", sa.String(120), nullable=False),
    sa.Column("state", sa.String(20), nullable=False),
    sa.Column("schema_id", sa.String(40), sa.ForeignKey("label_schema.id"), nullable=False),
    sa.Column("guideline_id", sa.String(40), sa.ForeignKey("guideline.id"), nullable=False),
    sa.Column("plan", sa.JSON, nullable=False),
    sa.Column("digest", sa.String(80), nullable=False),
    sa.Column("author", sa.String(40), nullable=False),
    sa.Column("created_at", Moment, nullable=False),
    sa.Column("opened_at", Moment),
    sa.Column("version", sa.Integer, nullable=False),
    sa.UniqueConstraint("program", "name"),
)

batch = sa.Table(
    "batch",
    metadata,
    sa.Column("id", sa.String(40), primary_key=True),
    sa.Column("campaign_id", sa.String(40), sa.ForeignKey("campaign.id"), nullable=False),
    sa.Column("name", sa.String(120), nullable=False),
    sa.Column("kind", sa.String(20), nullable=False),
    sa.Column("number", sa.Integer, nullable=False),
    sa.Column("tasks", sa.Integer, nullable=False),
    sa.Column("done", sa.Integer, nullable=False),
    sa.Column("priority", sa.Integer, nullable=False),
    sa.Column("root", sa.String(80), nullable=False),
    sa.Column("created_at", Moment, nullable=False),
    sa.Column("sealed_at", Moment),
    sa.UniqueConstraint("campaign_id", "number"),
)

lane = sa.Table(
    "lane",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("campaign_id", sa.String(40), sa.ForeignKey("campaign.id"), nullable=False),
    sa.Column("tier", sa.String(20), nullable=False),
    sa.Column("annotator", sa.String(40), nullable=False),
    sa.Column("kind", sa.String(20), nullable=False),
    sa.Column("priority", sa.Integer, nullable=False),
    sa.Column("skill", sa.String(64), nullable=False),
    sa.Column("tail", sa.BigInteger, nullable=False),
    sa.UniqueConstraint("campaign_id", "tier", "annotator", "kind", "priority", "skill"),
)
"""An ordered line of open tasks of one sort. Its last rank `tail` only grows, under this row's lock, so ranks become
visible in order: what an annotator's cursor has passed never appears behind it."""


class Lane(NamedTuple):
    """The sort of tasks that stand in a lane."""

    tier: Tier
    kind: LaneKind
    priority: int = 0
    skill: str = ""
    annotator: str = ""
    """Empty for everybody."""


def add(db: Connection, row: Campaign) -> None:
    """Store a campaign."""
    db.execute(campaign.insert().values(**_values(row)))


def save(db: Connection, row: Campaign) -> None:
    """Store what changed of a campaign."""
    db.execute(campaign.update().where(campaign.c.id == row.id).values(**_values(row)))


def select(db: Connection, program: str, *, identifier: str = "", name: str = "", part: Part = WHOLE) -> list[Campaign]:
    """Return campaigns, newest first."""
    query = sa.select(campaign).where(campaign.c.program == program)
    if identifier:
        query = query.where(campaign.c.id == identifier)
    if name:
        query = query.where(campaign.c.name == name)
    return [_campaign(row) for row in db.execute(newest_first(query, campaign.c.id, part))]


def add_batch(db: Connection, row: Batch) -> None:
    """Store a batch."""
    db.execute(batch.insert().values(**asdict(row) | {"kind": row.kind.value, "done": 0}))


def batches(db: Connection, campaign_id: str) -> list[Batch]:
    """Return the batches of a campaign in order."""
    rows = db.execute(sa.select(batch).where(batch.c.campaign_id == campaign_id).order_by(batch.c.number))
    return [_batch(row) for row in rows]


def batch_by_id(db: Connection, program: str, identifier: str) -> Batch | None:
    """Return a batch of a program."""
    query = (
        sa.select(batch)
        .join(campaign, campaign.c.id == batch.c.campaign_id)
        .where(batch.c.id == identifier, campaign.c.program == program)
    )
    row = db.execute(query).one_or_none()
    return _batch(row) if row else None


def resize_batch(db: Connection, identifier: str, by: int) -> None:
    """Count tasks into a batch or out of it."""
    db.execute(batch.update().where(batch.c.id == identifier).values(tasks=batch.c.tasks + by))


def remove_batch(db: Connection, identifier: str) -> None:
    """Forget a batch that has no tasks."""
    db.execute(batch.delete().where(batch.c.id == identifier, batch.c.tasks == 0))


def recount_batch(db: Connection, identifier: str, done: int) -> None:
    """Keep how many tasks of a batch were done at a time at which tallies start anew."""
    db.execute(batch.update().where(batch.c.id == identifier).values(done=done))


def done_before(db: Connection, campaign_id: str) -> dict[str, int]:
    """Return how many tasks of each batch were done before the tallies started."""
    return {row.id: row.done for row in db.execute(sa.select(batch).where(batch.c.campaign_id == campaign_id))}


def prioritise_batch(db: Connection, identifier: str, priority: int) -> None:
    """Keep the priority of a batch."""
    db.execute(batch.update().where(batch.c.id == identifier).values(priority=priority))


def seal_batch(db: Connection, identifier: str, root: str, at: datetime) -> None:
    """Keep the Merkle root of a batch's answers."""
    db.execute(batch.update().where(batch.c.id == identifier).values(root=root, sealed_at=at))


def lane_of(db: Connection, campaign_id: str, sort: Lane) -> int:
    """Return the lane of a sort, made when it is the first of it."""
    values = {"campaign_id": campaign_id, **_lane_values(sort)}
    query = sa.select(lane.c.id).where(*(lane.c[name] == value for name, value in values.items()))
    found = db.execute(query).scalar_one_or_none()
    if found is None:
        db.execute(insert(db, lane).values(**values, tail=0).on_conflict_do_nothing())
        found = db.execute(query).scalar_one()
    return int(found)


def lanes(db: Connection, campaign_id: str) -> list[tuple[int, Lane]]:
    """Return the lanes of a campaign for annotators in general."""
    rows = db.execute(sa.select(lane).where(lane.c.campaign_id == campaign_id, lane.c.annotator == ""))
    return [(row.id, Lane(Tier(row.tier), LaneKind(row.kind), row.priority, row.skill)) for row in rows]


def hold(db: Connection, campaign_id: str) -> None:
    """Let nobody else put batches or tasks into a campaign until the end of the transaction: a record is asked once."""
    db.execute(sa.select(campaign.c.id).where(campaign.c.id == campaign_id).with_for_update(key_share=True))


def extend(db: Connection, lane_id: int, count: int) -> int:
    """Take `count` ranks at the end of a lane and return the rank before the first of them; locks the lane."""
    tail = db.execute(_EXTEND, {"lane": lane_id, "count": count}).scalar_one()
    return int(tail) - count


_EXTEND = (
    lane.update()
    .where(lane.c.id == sa.bindparam("lane"))
    .values(tail=lane.c.tail + sa.bindparam("count"))
    .returning(lane.c.tail)
)


def _lane_values(sort: Lane) -> dict[str, object]:
    return sort._asdict() | {"tier": sort.tier.value, "kind": sort.kind.value}


def _values(row: Campaign) -> dict[str, object]:
    return {
        "id": row.id,
        "program": row.program,
        "name": row.name,
        "state": row.state.value,
        "schema_id": row.schema_id,
        "guideline_id": row.guideline_id,
        "plan": plain(asdict(row.plan)),
        "digest": row.digest,
        "author": row.author,
        "created_at": row.created_at,
        "opened_at": row.opened_at,
        "version": row.version,
    }


def plan_of(data: Mapping[str, Any]) -> Plan:
    """Return the plan kept in a campaign's row."""
    deadline = data.get("deadline")
    return Plan(**{**data, "deadline": datetime.fromisoformat(deadline) if deadline else None})


def _campaign(row: sa.Row[tuple[object, ...]]) -> Campaign:
    return Campaign(
        id=CampaignId(row.id),
        program=ProgramId(row.program),
        name=row.name,
        state=CampaignState(row.state),
        schema_id=SchemaId(row.schema_id),
        guideline_id=GuidelineId(row.guideline_id),
        plan=plan_of(row.plan),
        digest=row.digest,
        author=PersonId(row.author),
        created_at=row.created_at,
        opened_at=row.opened_at,
        version=row.version,
    )


def _batch(row: sa.Row[tuple[object, ...]]) -> Batch:
    return Batch(
        id=BatchId(row.id),
        campaign_id=CampaignId(row.campaign_id),
        name=row.name,
        kind=BatchKind(row.kind),
        number=row.number,
        tasks=row.tasks,
        priority=row.priority,
        root=row.root,
        created_at=row.created_at,
        sealed_at=row.sealed_at,
    )
