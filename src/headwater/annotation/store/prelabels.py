"""Answers proposed by models: every one that came, the newest of each task current."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import TYPE_CHECKING, Any, NamedTuple

import sqlalchemy as sa

from headwater.annotation.automation_model import MODEL
from headwater.annotation.model import LaneKind, PrelabelId, TaskId, Tier
from headwater.annotation.store.answers import answer, gold
from headwater.annotation.store.campaigns import extend, lane
from headwater.annotation.store.rows import read
from headwater.annotation.store.tasks import task
from headwater.storage.database import Moment, metadata

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from headwater.storage.database import Connection

prelabel = sa.Table(
    "prelabel",
    metadata,
    sa.Column("id", sa.String(40), primary_key=True),
    sa.Column("campaign_id", sa.String(40), nullable=False),
    sa.Column("task_id", sa.String(40), nullable=False),
    sa.Column("response", sa.JSON, key="values", nullable=False),
    sa.Column("score", sa.Float),
    sa.Column("model", sa.String(200), nullable=False),
    sa.Column("created_at", Moment, nullable=False),
    sa.Column("is_current", sa.Integer, nullable=False),
    sa.Index(
        "uq_prelabel_current",
        "task_id",
        unique=True,
        sqlite_where=sa.text("is_current = 1"),
        postgresql_where=sa.text("is_current = 1"),
    ),
    info={"frozen": ("id", "campaign_id", "task_id", "response", "score", "model", "created_at")},
)
"""Append-only: a newer proposal for a task only takes `is_current` from the one before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Prelabel:
    """An answer proposed by a model; never changed, only followed by a later one."""

    id: PrelabelId
    campaign_id: str
    task_id: TaskId
    values: dict[str, object]
    """Question → answer, in the shapes of `responses`; questions may be left out."""
    score: float | None
    """The model's own confidence, in [0, 1]; None when it gives none."""
    model: str
    """Name and version."""
    created_at: datetime


class Source(NamedTuple):
    """A model whose proposals are current."""

    model: str
    tasks: int
    """For how many tasks."""
    scored: int
    """For how many of them it gave a confidence."""
    newest: datetime


class Compared(NamedTuple):
    """An answer beside what a model had proposed for its task."""

    answer: dict[str, object]
    proposed: dict[str, object]
    is_blinded: bool
    """Whether the annotator did not see the proposal."""
    known: dict[str, object] | None
    """The right answer when it is known, else None."""


def add(db: Connection, rows: Sequence[Prelabel]) -> None:
    """Store proposals and make them current."""
    tasks = [row.task_id for row in rows]
    db.execute(prelabel.update().where(prelabel.c.task_id.in_(tasks), prelabel.c.is_current == 1).values(is_current=0))
    values = [
        {
            "id": row.id,
            "campaign_id": row.campaign_id,
            "task_id": row.task_id,
            "values": row.values,
            "score": row.score,
            "model": row.model,
            "created_at": row.created_at,
            "is_current": 1,
        }
        for row in rows
    ]
    db.execute(prelabel.insert(), values)


def current(db: Connection, task_id: str) -> Prelabel | None:
    """Return the current proposal for a task."""
    row = db.execute(sa.select(prelabel).where(prelabel.c.task_id == task_id, prelabel.c.is_current == 1)).one_or_none()
    return read(Prelabel, prelabel, row) if row else None


def get(db: Connection, identifier: str) -> Prelabel:
    """Return a proposal."""
    row = db.execute(sa.select(prelabel).where(prelabel.c.id == identifier)).one()
    return read(Prelabel, prelabel, row)


def sources(db: Connection, campaign_id: str) -> list[Source]:
    """Return the models whose proposals are current for some task of a campaign, the newest first."""
    newest = sa.func.max(prelabel.c.created_at).label("newest")
    query = sa.select(prelabel.c.model, sa.func.count(), sa.func.count(prelabel.c.score), newest)
    mine = query.where(prelabel.c.campaign_id == campaign_id, prelabel.c.is_current == 1)
    return [Source(*row) for row in db.execute(mine.group_by(prelabel.c.model).order_by(newest.desc()))]


def proposed(db: Connection, campaign_id: str) -> Iterator[Prelabel]:
    """Yield the current proposal for every task of a campaign that has one."""
    query = sa.select(prelabel).where(prelabel.c.campaign_id == campaign_id, prelabel.c.is_current == 1)
    for row in db.execute(query.execution_options(yield_per=2_000)):
        yield read(Prelabel, prelabel, row)


def seen(db: Connection, campaign_id: str) -> int:
    """Return how many of the annotators' answers in force were given with a proposal in view."""
    query = sa.select(sa.func.count()).where(
        answer.c.campaign_id == campaign_id,
        answer.c.superseded_at.is_(None),
        answer.c.tier == Tier.ANNOTATE.value,
        answer.c.prelabel != "",
        answer.c.is_blinded.is_(False),
    )
    return int(db.execute(query).scalar_one())


def compared(db: Connection, campaign_id: str) -> Iterator[Compared]:
    """Yield every person's answer in force beside the proposal its task had when it was given."""
    query = (
        sa.select(
            answer.c["values"].label("answer"),
            prelabel.c["values"].label("proposed"),
            answer.c.is_blinded,
            gold.c.known,
        )
        .join(prelabel, prelabel.c.id == answer.c.prelabel)
        .outerjoin(gold, sa.and_(gold.c.task_id == answer.c.task_id, gold.c.retired_at.is_(None)))
        .where(
            answer.c.campaign_id == campaign_id,
            answer.c.superseded_at.is_(None),
            answer.c.tier == Tier.ANNOTATE.value,
            ~answer.c.annotator.startswith(MODEL, autoescape=True),
        )
    )
    for row in db.execute(query.execution_options(yield_per=2_000)):
        yield Compared(row.answer, row.proposed, row.is_blinded, row.known)


class Unsettled(NamedTuple):
    """An open task that everybody may get."""

    id: str
    record_id: str
    lane_id: int
    score: float | None
    """Of its proposal; None without one."""


def unsettled(db: Connection, campaign_id: str) -> list[Unsettled]:
    """Return the open tasks that are put in order: lane by lane, by score, those without one last."""
    return [Unsettled(*row) for row in db.execute(_open(campaign_id))]


def answered(db: Connection, campaign_id: str, *, limit: int) -> list[str]:
    """Return the records of a campaign that annotators have answered, at most `limit`, those added last first."""
    query = (
        sa.select(task.c.record_id)
        .where(task.c.campaign_id == campaign_id, task.c.tier == Tier.ANNOTATE.value, task.c.answers > 0)
        .order_by(task.c.id.desc())
        .limit(limit)
    )
    return list(db.scalars(query))


def order(db: Connection, campaign_id: str, first: Sequence[str] = ()) -> int:
    """Let open tasks be given out by the score of their proposals, lowest first, then those without; returns how many.

    They go to the end of their lanes, where everybody still comes by. Tasks being taken at this moment stay.

    Args:
        db: The open transaction.
        campaign_id: The campaign.
        first: Tasks that come before all others, in this order.
    """
    before = {each: place for place, each in enumerate(first)}
    rows = db.execute(_open(campaign_id).with_for_update(of=task, skip_locked=True)).all()
    for lane_id, group in groupby(rows, key=lambda row: row.lane_id):
        found = sorted((row.id for row in group), key=lambda each: before.get(each, len(before)))
        start = extend(db, lane_id, len(found)) + 1
        db.execute(_MOVE, [{"task": each, "rank": start + place} for place, each in enumerate(found)])
    return len(rows)


def _open(campaign_id: str) -> sa.Select[Any]:
    return (
        sa.select(task.c.id, task.c.record_id, task.c.lane_id, prelabel.c.score)
        .select_from(task.join(lane, lane.c.id == task.c.lane_id).outerjoin(prelabel, _CURRENT))
        .where(task.c.campaign_id == campaign_id, task.c.tier == Tier.ANNOTATE.value, task.c.need > 0)
        .where(lane.c.kind.in_([LaneKind.WORK.value, LaneKind.RETURNS.value]))
        .order_by(task.c.lane_id, sa.func.coalesce(prelabel.c.score, _LAST), task.c.rank)
    )


_CURRENT = sa.and_(prelabel.c.task_id == task.c.id, prelabel.c.is_current == 1)
_LAST = 2.0
_MOVE = sa.text("UPDATE task SET rank = :rank WHERE id = :task")
