"""Resolved labels as they stand."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

import sqlalchemy as sa

from headwater.quality.model import Label
from headwater.quality.resolutions import Resolution
from headwater.storage.database import Moment, metadata

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from headwater.storage.database import Connection

label = sa.Table(
    "label",
    metadata,
    sa.Column("task_id", sa.String(40), primary_key=True),
    sa.Column("question", sa.String(64), primary_key=True),
    sa.Column("program", sa.String(40), nullable=False),
    sa.Column("campaign_id", sa.String(40), nullable=False),
    sa.Column("record_id", sa.String(80), nullable=False),
    sa.Column("value", sa.Text, nullable=False),
    sa.Column("confidence", sa.Float, nullable=False),
    sa.Column("beliefs", sa.JSON, nullable=False),
    sa.Column("method", sa.String(40), nullable=False),
    sa.Column("answers", sa.Integer, nullable=False),
    sa.Column("batch_id", sa.String(40), nullable=False),
    sa.Column("cohort_id", sa.String(80), nullable=False),
    sa.Column("guideline_id", sa.String(40), nullable=False),
    sa.Column("resolved_at", Moment, nullable=False),
    sa.Index(None, "batch_id"),
    sa.Index(None, "program", "record_id", "question"),
)
"""The resolved answer of every task, as it stands now; releases keep what it was."""

resolution = sa.Table(
    "resolution",
    metadata,
    sa.Column("campaign_id", sa.String(40), primary_key=True),
    sa.Column("question", sa.String(64), primary_key=True),
    sa.Column("program", sa.String(40), nullable=False),
    sa.Column("asked", sa.String(40), nullable=False),
    sa.Column("method", sa.String(40), nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("warnings", sa.JSON, nullable=False),
    sa.Column("converged", sa.Boolean, nullable=False),
    sa.Column("labels", sa.Integer, nullable=False),
    sa.Column("gold", sa.Integer, nullable=False),
    sa.Column("confidence", sa.Float, nullable=False),
    sa.Column("doubtful", sa.Integer, nullable=False),
    sa.Column("resolved_at", Moment, nullable=False),
    sa.Index(None, "program", "resolved_at"),
)
"""How the labels of a campaign's question were resolved the last time; the ledger keeps every time."""


def put_resolution(db: Connection, program: str, row: Resolution) -> None:
    """Put how labels were resolved in the place of what was said of the same question."""
    same = (resolution.c.campaign_id == row.campaign_id, resolution.c.question == row.question)
    db.execute(resolution.delete().where(*same))
    values = asdict(row) | {"program": program, "warnings": list(row.warnings)}
    db.execute(resolution.insert().values(values))


def resolutions(db: Connection, program: str, *, campaign: str = "", question: str = "") -> list[Resolution]:
    """Return how labels were resolved, newest first."""
    query = sa.select(resolution).where(resolution.c.program == program)
    if campaign:
        query = query.where(resolution.c.campaign_id == campaign)
    if question:
        query = query.where(resolution.c.question == question)
    newest = query.order_by(resolution.c.resolved_at.desc(), resolution.c.campaign_id, resolution.c.question)
    rows = [{name: value for name, value in row.items() if name != "program"} for row in db.execute(newest).mappings()]
    return [Resolution(**(row | {"warnings": tuple(row["warnings"])})) for row in rows]


def replace_labels(db: Connection, program: str, campaign: str, rows: Sequence[Label]) -> None:
    """Put labels in the place of those of the same tasks and questions."""
    if not rows:
        return
    stale = label.delete().where(label.c.task_id == sa.bindparam("t"), label.c.question == sa.bindparam("q"))
    db.execute(stale, [{"t": row.task_id, "q": row.question} for row in rows])
    db.execute(label.insert(), [{**asdict(row), "program": program, "campaign_id": campaign} for row in rows])


def labels(db: Connection, program: str, *, question: str = "", batches: Iterable[str] | None = None) -> list[Label]:
    """Return labels by record and task."""
    query = sa.select(label).where(label.c.program == program)
    if question:
        query = query.where(label.c.question == question)
    if batches is not None:
        query = query.where(label.c.batch_id.in_(list(batches)))
    rows = db.execute(query.order_by(label.c.record_id, label.c.resolved_at, label.c.task_id)).mappings()
    return [Label(**{name: row[name] for name in row if name not in ("program", "campaign_id")}) for row in rows]


def questions(db: Connection, program: str) -> list[str]:
    """Return the questions of which there are labels, by name."""
    query = sa.select(label.c.question).where(label.c.program == program).distinct().order_by(label.c.question)
    return list(db.execute(query).scalars())


def doubtful(
    db: Connection,
    program: str,
    *,
    campaign: str,
    question: str,
    after: tuple[float, str] | None = None,
    limit: int | None = None,
) -> list[Label]:
    """Return the labels of a campaign's question, least sure first, those after a confidence and task."""
    query = sa.select(label).where(
        label.c.program == program, label.c.campaign_id == campaign, label.c.question == question
    )
    if after is not None:
        query = query.where(sa.tuple_(label.c.confidence, label.c.task_id) > sa.tuple_(*after))
    rows = db.execute(query.order_by(label.c.confidence, label.c.task_id).limit(limit)).mappings()
    return [Label(**{name: row[name] for name in row if name not in ("program", "campaign_id")}) for row in rows]


def label_counts(db: Connection, batch: str, question: str) -> dict[str, int]:
    """Return how often each value was resolved in a batch."""
    query = sa.select(label.c.value, sa.func.count()).where(label.c.batch_id == batch, label.c.question == question)
    return {row[0]: int(row[1]) for row in db.execute(query.group_by(label.c.value))}
