"""Models asked for answers: every fetch, and what came of each record in it."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, NamedTuple

import sqlalchemy as sa

from headwater.annotation.fetch_model import Failure, Fetch, Fetched
from headwater.annotation.model import Tier
from headwater.annotation.store.prelabels import prelabel
from headwater.annotation.store.tasks import task
from headwater.storage.database import Moment, metadata

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import datetime

    from headwater.storage.database import Connection

CHUNK = 10_000
WAITING, ASKED, ANSWERED, FAILED = "waiting", "asked", "answered", "failed"

fetch = sa.Table(
    "fetch",
    metadata,
    sa.Column("id", sa.String(40), primary_key=True),
    sa.Column("campaign_id", sa.String(40), nullable=False),
    sa.Column("model", sa.String(200), nullable=False),
    sa.Column("guideline_id", sa.String(40), nullable=False),
    sa.Column("schema_id", sa.String(40), nullable=False),
    sa.Column("actor", sa.String(40), nullable=False),
    sa.Column("records", sa.Integer, nullable=False),
    sa.Column("started_at", Moment, nullable=False),
    sa.Index(None, "campaign_id", "started_at"),
)

asking = sa.Table(
    "asking",
    metadata,
    sa.Column("fetch_id", sa.String(40), primary_key=True),
    sa.Column("place", sa.Integer, primary_key=True),
    sa.Column("task_id", sa.String(40), nullable=False),
    sa.Column("record_id", sa.String(80), nullable=False),
    sa.Column("state", sa.String(20), nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("tokens_in", sa.Integer, nullable=False),
    sa.Column("tokens_out", sa.Integer, nullable=False),
    sa.Column("cost", sa.Float, nullable=False),
    sa.Column("at", Moment),
    sa.Index("ix_asking_state", "fetch_id", "state", "place"),
)
"""A record becomes `asked` before its call goes out, so that after a crash none is asked twice unknowingly."""


class Waiting(NamedTuple):
    """A record to be asked about."""

    place: int
    task_id: str
    record_id: str


class Outcome(NamedTuple):
    """What came of a record."""

    place: int
    reason: str
    """Empty when it was answered."""
    tokens_in: int
    tokens_out: int
    cost: float


def get(db: Connection, identifier: str) -> Fetch | None:
    """Return a fetch."""
    row = db.execute(sa.select(fetch).where(fetch.c.id == identifier)).mappings().one_or_none()
    return Fetch(**row) if row else None


def add(db: Connection, row: Fetch, tasks: Sequence[tuple[str, str]]) -> None:
    """Store a fetch and the tasks and records it is to ask about, in order."""
    db.execute(fetch.insert().values(asdict(row)))
    empty = {"fetch_id": row.id, "state": WAITING, "reason": "", "tokens_in": 0, "tokens_out": 0, "cost": 0.0}
    for start in range(0, len(tasks), CHUNK):
        db.execute(
            asking.insert(),
            [
                empty | {"place": place, "task_id": task_id, "record_id": record}
                for place, (task_id, record) in enumerate(tasks[start : start + CHUNK], start + 1)
            ],
        )


def unasked(db: Connection, campaign_id: str, *, model: str, only_open: bool) -> list[tuple[str, str]]:
    """Return the tasks, with their records, that have no current answer of a model, in the order of their lanes.

    Args:
        db: The open transaction.
        campaign_id: The campaign.
        model: The model; empty for every task whatever was proposed for it.
        only_open: Only tasks that still want answers.
    """
    known = sa.and_(prelabel.c.task_id == task.c.id, prelabel.c.is_current == 1, prelabel.c.model == model)
    query = sa.select(task.c.id, task.c.record_id).where(
        task.c.campaign_id == campaign_id, task.c.tier == Tier.ANNOTATE.value, task.c.about == ""
    )
    if model:
        query = query.where(~sa.exists().where(known))
    if only_open:
        query = query.where(task.c.need > 0)
    return [(row.id, row.record_id) for row in db.execute(query.order_by(task.c.lane_id, task.c.rank))]


def lose(db: Connection, fetch_id: str, at: datetime) -> int:
    """Count records whose reply a crash lost as failed; returns how many."""
    reason = "the work was cut off while it was being asked; its answer, if there was one, is lost"
    values = {"state": FAILED, "reason": reason, "at": at}
    where = (asking.c.fetch_id == fetch_id, asking.c.state == ASKED)
    return db.execute(asking.update().where(*where).values(values)).rowcount


def take(db: Connection, fetch_id: str, limit: int) -> list[Waiting]:
    """Mark the next records as asked and return them."""
    query = (
        sa.select(asking.c.place, asking.c.task_id, asking.c.record_id)
        .where(asking.c.fetch_id == fetch_id, asking.c.state == WAITING)
        .order_by(asking.c.place)
        .limit(limit)
    )
    found = [Waiting(*row) for row in db.execute(query)]
    _mark(db, fetch_id, [each.place for each in found], ASKED)
    return found


def put_back(db: Connection, fetch_id: str, places: Collection[int]) -> None:
    """Let records that were refused unread wait again."""
    _mark(db, fetch_id, places, WAITING)


def settle(db: Connection, fetch_id: str, outcomes: Sequence[Outcome], at: datetime) -> None:
    """Keep what came of some records."""
    rows = [
        {
            "fetch": fetch_id,
            "where": each.place,
            "state": FAILED if each.reason else ANSWERED,
            "reason": each.reason,
            "tokens_in": each.tokens_in,
            "tokens_out": each.tokens_out,
            "cost": each.cost,
            "at": at,
        }
        for each in outcomes
    ]
    if rows:
        db.execute(_SETTLE, rows)


_SETTLE = sa.text("""
UPDATE asking SET state = :state, reason = :reason, tokens_in = :tokens_in, tokens_out = :tokens_out, cost = :cost,
 at = :at WHERE fetch_id = :fetch AND place = :where""").bindparams(sa.bindparam("at", type_=Moment))


def standings(db: Connection, campaign_id: str, *, fetch_id: str = "") -> list[Fetched]:
    """Return the fetches of a campaign with how far they are, newest first."""
    query = sa.select(fetch).where(fetch.c.campaign_id == campaign_id).order_by(fetch.c.started_at.desc())
    if fetch_id:
        query = query.where(fetch.c.id == fetch_id)
    found = []
    for row in db.execute(query).mappings().all():
        counts = dict.fromkeys((WAITING, ASKED, ANSWERED, FAILED), 0)
        spent = [0, 0, 0.0]
        sums = sa.select(
            asking.c.state,
            sa.func.count(),
            sa.func.sum(asking.c.tokens_in),
            sa.func.sum(asking.c.tokens_out),
            sa.func.sum(asking.c.cost),
        ).where(asking.c.fetch_id == row["id"])
        for state, count, *more in db.execute(sums.group_by(asking.c.state)):
            counts[state] = count
            spent = [before + (part or 0) for before, part in zip(spent, more, strict=True)]
        found.append(
            Fetched(
                fetch=Fetch(**row),
                answered=counts[ANSWERED],
                failed=counts[FAILED],
                left=counts[WAITING] + counts[ASKED],
                tokens_in=int(spent[0]),
                tokens_out=int(spent[1]),
                cost=float(spent[2]),
            )
        )
    return found


def failures(db: Connection, fetch_id: str, *, after: int, limit: int) -> list[Failure]:
    """Return records of a fetch that got no answer, in order, from the one after `after`."""
    query = (
        sa.select(asking.c.place, asking.c.record_id, asking.c.reason, asking.c.at)
        .where(asking.c.fetch_id == fetch_id, asking.c.state == FAILED, asking.c.place > after)
        .order_by(asking.c.place)
        .limit(limit)
    )
    return [Failure(**row) for row in db.execute(query).mappings()]


def _mark(db: Connection, fetch_id: str, places: Collection[int], state: str) -> None:
    where = (asking.c.fetch_id == fetch_id, asking.c.place.in_(places))
    db.execute(asking.update().where(*where).values(state=state))
