"""Inspections of batches, what inspectors found, and how severely is inspected."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from headwater.core.canonical import plain
from headwater.core.ids import new_id
from headwater.quality.model import Inspection, Judgement, Standing, Verdict
from headwater.stats.acceptance.plans import restored
from headwater.stats.acceptance.switching import State
from headwater.stats.acceptance.tables import Severity
from headwater.storage.database import Moment, insert, metadata

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from headwater.storage.database import Connection

inspection = sa.Table(
    "inspection",
    metadata,
    sa.Column("batch_id", sa.String(40), primary_key=True),
    sa.Column("round", sa.Integer, primary_key=True),
    sa.Column("program", sa.String(40), nullable=False),
    sa.Column("campaign_id", sa.String(40), nullable=False),
    sa.Column("question", sa.String(64), nullable=False),
    sa.Column("maker", sa.String(64), nullable=False),
    sa.Column("plan", sa.JSON, nullable=False),
    sa.Column("seed", sa.BigInteger, nullable=False),
    sa.Column("sample", sa.JSON, nullable=False),
    sa.Column("inspected", sa.Integer, nullable=False),
    sa.Column("due", sa.Integer, nullable=False),
    sa.Column("errors", sa.JSON, nullable=False),
    sa.Column("passed", sa.Boolean),
    sa.Column("verdict", sa.String(20)),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("planned_at", Moment, nullable=False),
    sa.Column("drawn_at", Moment),
    sa.Column("decided_at", Moment),
    sa.Column("reopened_at", Moment),
    sa.Index(None, "program", "verdict"),
    info={"frozen": ("batch_id", "round", "question", "plan", "seed", "planned_at")},
)
"""Its row is locked by whoever judges, so the count is taken over all judgements, one inspector after the other."""

judgement = sa.Table(
    "judgement",
    metadata,
    sa.Column("batch_id", sa.String(40), primary_key=True),
    sa.Column("round", sa.Integer, primary_key=True),
    sa.Column("task_id", sa.String(40), primary_key=True),
    sa.Column("given", sa.Text, nullable=False),
    sa.Column("value", sa.Text, nullable=False),
    sa.Column("source", sa.String(20), nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("judged_by", sa.String(40), key="by", nullable=False),
    sa.Column("judged_at", Moment, nullable=False),
)
"""One row per sampled task: a task cannot count twice."""

severity = sa.Table(
    "severity",
    metadata,
    sa.Column("id", sa.String(40), primary_key=True),
    sa.Column("program", sa.String(40), nullable=False),
    sa.Column("campaign_id", sa.String(40), nullable=False),
    sa.Column("maker", sa.String(64), nullable=False),
    sa.Column("state", sa.JSON, nullable=False),
    sa.Column("cause", sa.String(40), nullable=False),
    sa.Column("set_by", sa.String(40), key="by", nullable=False),
    sa.Column("at", Moment, nullable=False),
    sa.Index(None, "program", "campaign_id", "maker", "id"),
    info={"append_only": True},
)
"""Where the switching rules stood after each batch; the newest row of a campaign and team is in force."""


def add(db: Connection, program: str, row: Inspection) -> None:
    """Store a plan, in the place of one whose sample was never drawn."""
    stale = (inspection.c.batch_id == row.batch_id, inspection.c.round == row.round, inspection.c.drawn_at.is_(None))
    db.execute(inspection.delete().where(*stale))
    values = {name: getattr(row, name) for name in Inspection.__slots__}
    lists = {"plan": plain(asdict(row.plan)), "sample": list(row.sample), "errors": list(row.errors)}
    db.execute(inspection.insert().values(values | lists | {"program": program, "verdict": None}))


def change(db: Connection, row: Inspection, **values: object) -> None:
    """Store what changed of an inspection."""
    kept = {name: list(value) if isinstance(value, tuple) else value for name, value in values.items()}
    db.execute(
        inspection.update().where(inspection.c.batch_id == row.batch_id, inspection.c.round == row.round).values(**kept)
    )


def lock(db: Connection, program: str, batch: str) -> None:
    """Let nobody else judge or decide about a batch until the transaction ends."""
    mine = (inspection.c.program == program, inspection.c.batch_id == batch)
    db.execute(sa.select(inspection.c.round).where(*mine).with_for_update()).all()


def select(db: Connection, program: str, *, batch: str = "", every_round: bool = False) -> list[Inspection]:
    """Return inspections, oldest first; only the last round of each batch unless asked for all."""
    query = sa.select(inspection).where(inspection.c.program == program)
    if batch:
        query = query.where(inspection.c.batch_id == batch)
    rows = db.execute(query.order_by(inspection.c.planned_at, inspection.c.round)).mappings()
    found = [_inspection(row) for row in rows]
    if every_round:
        return found
    last = {row.batch_id: row.round for row in sorted(found, key=lambda row: row.round)}
    return [row for row in found if row.round == last[row.batch_id]]


def keep_judgements(db: Connection, row: Inspection, found: Sequence[Judgement]) -> None:
    """Store judgements; one of the same task takes the place of the one before."""
    for each in found:
        values = {name: getattr(each, name) for name in Judgement.__slots__ if name != "task_id"}
        key = {"batch_id": row.batch_id, "round": row.round, "task_id": each.task_id}
        statement = insert(db, judgement).values(**key, **values)
        db.execute(statement.on_conflict_do_update(index_elements=list(key), set_=values))


def judgements(db: Connection, batch: str, number: int) -> dict[str, Judgement]:
    """Return what was found in a round, by task."""
    query = sa.select(judgement).where(judgement.c.batch_id == batch, judgement.c.round == number)
    rows = db.execute(query.order_by(judgement.c.judged_at, judgement.c.task_id))
    return {
        row.task_id: Judgement(
            task_id=row.task_id,
            given=row.given,
            value=row.value,
            source=row.source,
            reason=row.reason,
            by=row.judged_by,
            judged_at=row.judged_at,
        )
        for row in rows
    }


def add_severity(db: Connection, program: str, row: Standing, at: datetime) -> None:
    """Store where the switching rules stand now."""
    values = {"campaign_id": row.campaign_id, "maker": row.maker, "cause": row.cause, "by": row.by, "at": at}
    state = plain(asdict(row.state))
    db.execute(severity.insert().values(id=new_id("sev"), program=program, state=state, **values))


def severities(db: Connection, program: str, *, campaign: str = "", maker: str | None = None) -> list[Standing]:
    """Return where the switching rules stood after each step, oldest first."""
    query = sa.select(severity).where(severity.c.program == program)
    if campaign:
        query = query.where(severity.c.campaign_id == campaign)
    if maker is not None:
        query = query.where(severity.c.maker == maker)
    return [
        Standing(
            campaign_id=row.campaign_id,
            maker=row.maker,
            state=_state(row.state),
            cause=row.cause,
            by=row.set_by,
            at=row.at,
        )
        for row in db.execute(query.order_by(severity.c.id))
    ]


def _state(value: dict[str, Any]) -> State:
    return State(**{**value, "severity": Severity(value["severity"]), "recent": tuple(value["recent"])})


def _inspection(row: Any) -> Inspection:  # noqa: ANN401 -- a row mapping
    values = {name: row[name] for name in Inspection.__slots__}
    values |= {"plan": restored(row["plan"]), "sample": tuple(row["sample"]), "errors": tuple(row["errors"])}
    return Inspection(**values | {"verdict": Verdict(row["verdict"]) if row["verdict"] else None})
